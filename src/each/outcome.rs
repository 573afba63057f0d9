//! How the command ended with one version, for people and for scripts.

use crate::error::Error;
use crate::process::Captured;
use crate::terminal::{self, Cell, Tone};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable::Printable;
use serde::Serialize;
use signal_hook::low_level::signal_name;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;

/// The most bytes of a version's output that the JSON holds: the last ones, which say how it ended.
const IN_JSON: usize = 1 << 20;

/// One version, and how the command ended with it.
pub struct Outcome {
    /// The version.
    pub version: Version,
    pub(super) goroot: PathBuf,
    /// How it ended.
    pub how: How,
    pub(super) seconds: f64,
    pub(super) captured: Captured,
}

/// How it ended.
pub enum How {
    /// By itself.
    Ended(ExitStatus),
    /// It could not be started.
    NotStarted(Error),
    /// While it ran.
    Interrupted,
    /// Before it was started.
    NotRun,
}

/// An outcome in JSON.
#[derive(Serialize)]
pub struct OutcomeRow {
    version: String,
    goroot: String,
    code: Option<i32>,
    signal: Option<Cow<'static, str>>,
    seconds: f64,
    output: String,
    /// Why it did not run, or what the output lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl How {
    /// Whether it succeeded.
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Ended(status) if status.success())
    }
}

impl fmt::Display for How {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(status) => match (status.code(), signal(*status)) {
                (Some(0), _) => formatter.pad("ok"),
                (Some(code), _) => formatter.pad(&format!("exit {code}")),
                (None, name) => formatter.pad(&format!("signal {}", name.unwrap_or_default())),
            },
            Self::NotStarted(_) => formatter.pad("did not start"),
            Self::Interrupted => formatter.pad("interrupted"),
            Self::NotRun => formatter.pad("not run"),
        }
    }
}

fn signal(status: ExitStatus) -> Option<Cow<'static, str>> {
    let number = status.signal()?;
    Some(signal_name(number).map_or_else(|| number.to_string().into(), Cow::Borrowed))
}

impl Outcome {
    /// A row of the table.
    pub fn table_row(&self) -> terminal::Row {
        let piped = format!("{:10} {:14} {:6.1} s", self.version.as_str(), self.how, self.seconds);
        let tone = if self.how.is_ok() { Tone::Good } else { Tone::Bad };
        let how = Cell::new(self.how.to_string(), tone);
        let seconds = Cell::new(format!("{:6.1} s", self.seconds), Tone::Dim);
        terminal::Row::new([self.version.as_str().into(), how, seconds], piped)
    }

    /// The line above what was printed.
    pub fn header(&self) -> String {
        let empty = if self.captured.length() == 0 { ", no output" } else { "" };
        format!("--- {}: {}, {:.1} s{empty}", self.version.toolchain_name(), self.how, self.seconds)
    }

    /// The output, or why there is none.
    pub fn write_output(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.captured.write_to(out)?;
        if self.captured.last().is_some_and(|last| last != b'\n') {
            writeln!(out)?;
        }
        match &self.how {
            How::NotStarted(error) => writeln!(out, "{}", Printable::lines(&error.message)),
            _ => Ok(()),
        }
    }

    /// The outcome in JSON.
    pub fn row(&mut self) -> OutcomeRow {
        let (output, unread) = match self.captured.ending(IN_JSON) {
            Ok(output) => (output, None),
            Err(error) => (Vec::new(), Some(format!("cannot read the output back: {error}"))),
        };
        let lacks = self.captured.length() - output.len() as u64;
        let cut = (lacks > 0).then(|| format!("the first {lacks} bytes of the output are left out"));
        let (code, signal, why) = match &self.how {
            How::Ended(status) => (status.code(), signal(*status), None),
            How::NotStarted(error) => (None, None, Some(error.message.clone())),
            how @ (How::Interrupted | How::NotRun) => (None, None, Some(how.to_string())),
        };
        OutcomeRow {
            version: self.version.to_string(),
            goroot: self.goroot.display().to_string(),
            code,
            signal,
            seconds: (self.seconds * 1000.0).round() / 1000.0,
            output: String::from_utf8_lossy(&output).into_owned(),
            note: why.or(unread).or(cut),
        }
    }
}
