//! `gvmr current`: the version that runs here, and why.

use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use gvmr_core::select::resolution::{Answer, Choice, Reason};
use serde::Serialize;

/// An answer as scripts read it.
#[derive(Serialize)]
pub(super) struct Line {
    version: Option<String>,
    installed: bool,
    path: Option<String>,
    rule: String,
    file: Option<String>,
    #[serde(rename = "line")]
    number: Option<usize>,
    why: String,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::Current, session: &Session) -> Result<(), Error> {
    let answer = session.resolve()?;
    let line = Line::of(&answer);
    if arguments.json {
        session.terminal.json(&line).map_err(Session::stdout)?;
    } else if line.installed {
        let what = line.version.as_deref().or(line.path.as_deref()).unwrap_or_default();
        let text = if arguments.why { format!("{what}\t{}", line.why) } else { what.to_owned() };
        session.terminal.data(text).map_err(Session::stdout)?;
    }
    match (line.installed, arguments.json) {
        (true, _) => Ok(()),
        (false, true) => Err(missing(&answer, session).after_data()),
        (false, false) => Err(missing(&answer, session)),
    }
}

impl Line {
    pub(super) fn of(answer: &Answer) -> Self {
        let Reason { file, line, .. } = &answer.reason;
        let (version, installed, path) = match &answer.choice {
            Choice::Installed { version, goroot } => {
                (Some(version.to_string()), true, Some(goroot.join("bin/go").display().to_string()))
            }
            Choice::Outside(outside) => (
                outside.version.as_ref().map(ToString::to_string),
                true,
                Some(outside.program.display().to_string()),
            ),
            Choice::Missing { wanted: selector } => (Some(selector.to_string()), false, None),
        };
        Self {
            version,
            installed,
            path,
            rule: answer.reason.source.name().to_owned(),
            file: file.as_ref().map(|file| file.display().to_string()),
            number: *line,
            why: answer.reason.to_string(),
        }
    }
}

/// The failure of a directory that asks for a version that is not installed.
pub(super) fn missing(answer: &Answer, session: &Session) -> Error {
    let Choice::Missing { wanted: selector } = &answer.choice else {
        return Error::said(Kind::NotFound, answer.reason.to_string());
    };
    Error::said(Kind::UnknownVersion, format!("Go {selector} is not installed ({})", answer.reason))
        .hint(session.next_step(&format!("install {selector}")))
}
