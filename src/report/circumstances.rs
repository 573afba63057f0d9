//! What a reader must know of a run beside its probes: what it was compared with, and how it was run.

use super::figures::{minute, short_revision};
use super::plain_text::{brief, one_line};
use crate::calendar::milliseconds;
use crate::check::{BaselineRun, Quantity, RunDocument};

/// The most characters of one of them.
const MAX_TEXT: usize = 1000;

/// Each with its name.
pub(super) fn circumstances(document: &RunDocument) -> Vec<(&'static str, String)> {
    let baseline = document.baseline.as_ref().map(|run| ("baseline", baseline(document, run)));
    let options = Some(("options", options(document))).filter(|(_, options)| !options.is_empty());
    let owner = document.owner.map(|owner| ("file", format!("belongs to user {owner}")));
    let all = baseline.into_iter().chain(options).chain(owner);
    all.map(|(name, text)| (name, brief(&text, MAX_TEXT))).collect()
}

/// `2026-11-28 14:02 UTC, 20 h before, revision 3fa9c1d, on ci-7`
fn baseline(document: &RunDocument, run: &BaselineRun) -> String {
    let times = milliseconds(&document.started).zip(milliseconds(&run.started));
    let age = times.and_then(|(now, then)| {
        #[allow(clippy::cast_precision_loss)] // it is shown with two digits
        let seconds = now.checked_sub(then)? as f64 / 1000.0;
        Some(format!("{} before", Quantity::in_unit(seconds, "s")?))
    });
    let revision = run.revision.as_deref().map(|revision| format!("revision {}", short_revision(revision)));
    let other = if run.host == document.place.host { "" } else { ", which is another host" };
    let host = format!("on {}{other}", one_line(&run.host));
    let parts = [Some(format!("{} UTC", minute(&run.started))), age, revision, Some(host)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// As on the command line.
fn options(document: &RunDocument) -> String {
    let flags = [(document.keep_going, "--keep-going"), (document.accepted, "--accept")];
    let flags = flags.iter().filter(|(is_given, _)| *is_given).map(|(_, flag)| (*flag).to_owned());
    [part(document)].into_iter().filter(|part| !part.is_empty()).chain(flags).collect::<Vec<_>>().join(" ")
}

/// What of the file ran, as on the command line; nothing where all did.
pub(super) fn part(document: &RunDocument) -> String {
    let selected = document.selected.iter().map(|name| one_line(name));
    let skipped = document.skipped.iter().map(|name| format!("--skip {}", one_line(name)));
    selected.chain(skipped).collect::<Vec<_>>().join(" ")
}
