//! The kept runs of a check file: where they are, adding one, and looking at them.

use super::error::GateError;
use super::plan::{CheckPlan, CheckSource};
use crate::archive::Archive;
use crate::check::RunDocument;
use crate::check::file::CheckFile;
use crate::context::Context;
use crate::hexadecimal;
use crate::report;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Names the directory of all archives.
const ARCHIVE_VARIABLE: &str = "GVMR_CHECK_ARCHIVE";

/// Where the runs of a file are kept: as the file says, as the environment does, or in gvmr's home. `path` is where the file
/// is, or would be.
pub(super) fn archive(
    (path, has_file): (&Path, bool),
    file: &CheckFile,
    series: Option<&str>,
    context: &Context,
) -> Archive {
    let directory = file.archive.directory.clone();
    let directory =
        directory.or_else(|| Process.get(ARCHIVE_VARIABLE).map(|place| absolute(&PathBuf::from(place))));
    let directory = directory.unwrap_or_else(|| {
        let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
        let digest = hexadecimal::digits(digest.get(..8).unwrap_or_default());
        context.settings.home.root().join("checks").join(digest)
    });
    let path = path.display().to_string();
    Archive::of(&directory, series.unwrap_or(&file.series), has_file.then_some(&path))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Prints the kept runs of a file's series: all of them, or the newest one beside the last that passed. Runs nothing.
pub fn show_kept(
    source: &CheckSource,
    given: &BTreeMap<String, String>,
    (series, is_diff, json): (Option<&str>, bool, bool),
    context: &Context,
) -> Result<io::Result<()>, GateError> {
    let file = source.read(given)?;
    let archive = archive((&source.path(), source.has_file()), &file, series, context);
    let failed = |source| GateError::Archive { path: archive.directory().to_owned(), source };
    let kept = archive.runs(SystemTime::now()).map_err(failed)?;
    kept.ignored.iter().for_each(|ignored| context.terminal.warn(format_args!("ignoring {ignored}")));
    let Some(newest) = kept.runs.first() else { return Err(GateError::NoRuns(archive.key().to_owned())) };
    let skipped = newest.skipped.iter().cloned().collect();
    let last_passing = kept.runs.iter().skip(1).find(|run| run.is_baseline(&skipped));
    Ok(match (json, is_diff) {
        (true, true) => context.terminal.json(&report::diff_as_json(newest, last_passing)),
        (true, false) => context.terminal.json(&report::history_as_json(&kept.runs)),
        (false, true) => context.terminal.table(&report::diff(newest, last_passing)),
        (false, false) => context.terminal.table(&report::history(&kept.runs)),
    })
}

/// Keeps a run, and removes old ones. Where that fails, the verdict stands.
pub(super) fn keep(
    document: &mut RunDocument,
    archive: &Archive,
    plan: &CheckPlan,
    warnings: &mut Vec<String>,
) {
    match archive.add(document) {
        Ok(path) => document.archived = Some(path.display().to_string()),
        Err(error) => {
            let place = printable::path(archive.directory());
            warnings.push(format!("this run is not kept, and there is no evidence of it: {place}: {error}"));
            return;
        }
    }
    let (keep, count) = (plan.file.archive.keep, plan.file.baseline_runs);
    if let Err(error) = archive.prune(keep, count, SystemTime::now()) {
        let place = printable::path(archive.directory());
        warnings.push(format!("cannot remove old runs in {place}: {error}"));
    }
}
