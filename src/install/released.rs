//! Which releases are known here, from where, and which of them Go supports.
//!
//! Takes an installer; asks its sources for their lists, and the log by name. Where a list cannot be read, what is known without
//! it is shown, and that is said. That a release exists is believed of an index, the built-in table and the log alone: a list
//! of a proxy or a directory says what somebody put there.

use super::choose::in_log;
use super::{InstallError, Installer};
use crate::sources::{KnownFrom, Listing, Source, SourceError, SourceErrorKind, Tried, by_table, in_words};
use crate::store::Toolchain;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::collections::{BTreeMap, BTreeSet};

/// How many releases that only a list names the log is asked about, newest first.
const MAX_LOOKUPS: usize = 3;

/// The releases that are known here.
pub struct Released {
    /// All, oldest first.
    pub versions: Vec<Version>,
    /// Where each is known from.
    pub known_from: BTreeMap<Version, BTreeSet<KnownFrom>>,
    /// Lines about sources that gave no list, and about what is used instead.
    pub notes: Vec<String>,
    /// Why no source gave a list, where none did: then what is not listed may still exist.
    pub failure: Option<SourceError>,
}

/// Every release that the sources list or that this program knows, and the exact one `named` where the log knows it.
pub fn released(installer: &Installer<'_>, named: Option<&Selector>) -> Result<Released, InstallError> {
    let mut listing = installer.sources.listed();
    // A directory lists all that it has; a proxy only what somebody fetched, and an index may be out of reach.
    let is_complete = |source: &Source| matches!(source, Source::Directory(_));
    let is_complete = installer.sources.entries().iter().all(is_complete);
    let mut failure = None;
    if listing.versions.is_empty() && (listing.failed.is_empty() || is_complete) {
        // An empty list is not an answer; asking for the newest by name gives one, or tells why there is none.
        match installer.sources.newest(None, &|version| in_log(version, installer)) {
            Ok(newest) => listing.add([newest.version], KnownFrom::Proxy),
            Err(error) if is_complete => return Err(error.into()),
            Err(error) if error.kind() == SourceErrorKind::Off => listing.notes.push(error.to_string()),
            Err(error) => failure = Some(unread(&listing).unwrap_or(error)),
        }
    }
    if failure.is_none() && listing.is_unread() {
        failure = unread(&listing);
    }
    let notes = notes(&listing, failure.as_ref());
    if !is_complete {
        listing.add(installer.sources.known(), KnownFrom::Table);
    }
    let exact = named.and_then(Selector::as_exact);
    let exact = exact.filter(|version| !listing.known_from.contains_key(version));
    listing.add(exact.filter(|version| is_logged(version, installer)).cloned(), KnownFrom::Log);
    listing.versions.sort();
    listing.versions.dedup();
    Ok(Released { versions: listing.versions, known_from: listing.known_from, notes, failure })
}

/// What the sources said that gave no list.
fn unread(listing: &Listing) -> Option<SourceError> {
    let tried: Vec<Tried> =
        listing.unread.iter().chain(&listing.failed).chain(&listing.empty).cloned().collect();
    let error = SourceError { wanted: "the list of releases".to_owned(), tried, ended_early: false };
    Some(error).filter(|error| !error.tried.is_empty())
}

/// One line about all sources that gave no list, and what else there is to say.
fn notes(listing: &Listing, failure: Option<&SourceError>) -> Vec<String> {
    let has_copy = listing.known_from.values().any(|from| from.contains(&KnownFrom::Index));
    // Where a copy serves, that is said with it.
    let unread = listing.unread.iter().filter(|_| !has_copy);
    let empty = listing.empty.iter().filter(|_| failure.is_some());
    let tried: Vec<Tried> = unread.chain(&listing.failed).chain(empty).cloned().collect();
    let mut said = in_words(&tried);
    if let Some(failure) = failure.filter(|_| tried.is_empty() && listing.unread.is_empty()) {
        said = failure.to_string();
    }
    let mut notes = listing.notes.clone();
    if !said.is_empty() {
        let instead =
            if listing.is_unread() && !has_copy { format!("; {}", by_table()) } else { String::new() };
        // Who refuses a login can be given one.
        let next = failure.filter(|_| listing.is_refused()).and_then(SourceError::hint);
        let next = next.map(|next| format!("; next: {next}")).unwrap_or_default();
        notes.push(format!("{said}{instead}{next}"));
    }
    notes
}

/// The newest release that certainly exists, from which Go's support of the others follows: one of an index, of the built-in
/// table or of those `present` that were proved, or one that is `listed` and in the log.
pub fn newest_proved<'t>(
    installer: &Installer<'_>,
    listed: &[Version],
    present: impl IntoIterator<Item = &'t Toolchain>,
) -> Option<Version> {
    let present = present.into_iter().filter(|toolchain| toolchain.is_proved());
    let present = present.map(|toolchain| toolchain.version.clone()).collect();
    let stable = |version: &&Version| !version.is_prerelease();
    let proved = [installer.sources.known(), installer.sources.indexed(), present].concat();
    let proved = proved.iter().filter(stable).max().cloned();
    let minor = |version: &Version| version.numbers().map(|(major, minor, _)| (major, minor));
    let is_later = |version: &&Version| proved.as_ref().is_none_or(|proved| minor(version) > minor(proved));
    let later = listed.iter().filter(stable).filter(is_later);
    // One of each minor version is enough.
    let later: BTreeMap<_, _> = later.map(|version| (minor(version), version)).collect();
    let logged = later.into_values().rev().take(MAX_LOOKUPS).find(|version| is_logged(version, installer));
    logged.cloned().or(proved)
}

fn is_logged(version: &Version, installer: &Installer<'_>) -> bool {
    installer.lookup(&installer.sources.platform().module_version(version)).is_ok()
}
