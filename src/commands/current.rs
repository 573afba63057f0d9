//! `gvmr current`: the version that runs here, and why.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::select::resolution::{Origin, Resolution, Selection};
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
pub(super) fn run(arguments: &cli::CurrentArgs, context: &Context) -> Result<(), Error> {
    let answer = context.resolve()?;
    let line = Line::of(&answer);
    if arguments.json {
        context.terminal.json(&line).map_err(Error::stdout)?;
    } else if line.installed {
        let what = line.version.as_deref().or(line.path.as_deref()).unwrap_or_default();
        if arguments.why {
            let cells = [Cell::new(what, Tone::Good), Cell::sentence(line.why.as_str())];
            let row = Row::new(cells, format!("{what}\t{}", line.why));
            context.terminal.table(&[row]).map_err(Error::stdout)?;
        } else {
            context.terminal.data(what).map_err(Error::stdout)?;
        }
    }
    let Selection::Missing { wanted } = &answer.choice else { return Ok(()) };
    let error = Error::from(context.missing(wanted, &answer.reason));
    Err(if arguments.json { error.after_data() } else { error })
}

impl Line {
    pub(super) fn of(answer: &Resolution) -> Self {
        let Origin { file, line, .. } = &answer.reason;
        let (version, installed, path) = match &answer.choice {
            Selection::Installed { version, goroot } => {
                (Some(version.to_string()), true, Some(goroot.join("bin/go").display().to_string()))
            }
            Selection::System(outside) => (
                outside.version.as_ref().map(ToString::to_string),
                true,
                Some(outside.program.display().to_string()),
            ),
            Selection::Missing { wanted: selector } => (Some(selector.to_string()), false, None),
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
