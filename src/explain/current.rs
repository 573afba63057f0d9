//! The Go that runs in a directory, as scripts read it.

use super::passed_over::PassedOver;
use crate::host;
use crate::verify::known_versions;
use gvmr_core::gover::selector::Selector;
use gvmr_core::select::resolution::{Origin, Resolution, Selection, Source, place};
use serde::Serialize;
use std::fmt::Display;
use std::path::Path;

/// The words for a version that is asked for and not installed; `reason` is who asks for it.
pub fn not_installed(wanted: &Selector, reason: impl Display) -> String {
    format!("Go {wanted} is not installed ({reason})")
}

/// A line that tells of a newer patch than the one that go.mod or go.work names as its minimum; pins mean what they say.
/// Known are the releases of gvmr's own table.
pub fn newer_patch(wanted: &Selector, reason: &Origin) -> Option<String> {
    let version = wanted.as_exact().filter(|_| matches!(reason.source, Source::GoMod | Source::GoWork))?;
    let known = known_versions(host::platform().arch());
    let newer = known
        .iter()
        .filter(|known| !known.is_prerelease() && known.language() == version.language())
        .max()?;
    (newer > version).then(|| {
        format!("go{newer} is the newest patch of go{}; {} is a minimum", version.language(), reason.place())
    })
}

/// What selects the version, where that is not the default: a file below `directory` by its short name.
pub fn place_seen_from(directory: Option<&Path>, origin: &Origin) -> Option<String> {
    if matches!(origin.source, Source::Default | Source::Unset) {
        return None;
    }
    let file = origin.file.as_deref();
    let file = file.map(|file| directory.and_then(|above| file.strip_prefix(above).ok()).unwrap_or(file));
    Some(place(origin.source.name(), file, origin.line))
}

/// The Go that runs in a directory, and why: what `--json` shows.
#[derive(Clone, Debug, Serialize)]
pub struct CurrentGo {
    /// Its version, or the one that is asked for and missing.
    pub version: Option<String>,
    /// Whether it can run.
    pub installed: bool,
    /// Its `go` program.
    pub path: Option<String>,
    /// Which kind of source selects it.
    pub rule: String,
    /// The file that selects it.
    pub file: Option<String>,
    /// The line in that file, counted from 1.
    #[serde(rename = "line")]
    pub number: Option<usize>,
    /// The same in words.
    pub why: String,
    /// What else asks for a Go here and does not decide.
    pub passed_over: Vec<PassedOver>,
}

impl CurrentGo {
    /// What this resolution says.
    pub fn of(answer: &Resolution, passed_over: Vec<PassedOver>) -> Self {
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
            passed_over,
        }
    }
}
