//! What an index says now against what is known: nothing known is given up, and contradictions are reported.

use super::listing::ParsedIndex;
use super::notes::{Notes, hex};
use super::releases::Releases;
use crate::net::RedactedUrl;
use crate::verify::known_sum;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How the note on a sum that an index changed ends, after the name of the archive.
const FIRST_APPLIES: &str = "the first still applies";
/// What more contradictions are counted as.
const CONTRADICTIONS: &str = "contradictions";

/// What is in force.
pub(super) struct Settled {
    pub(super) releases: Releases,
    /// Releases that the index listed once and lists no more.
    pub(super) withdrawn: BTreeSet<Version>,
    /// What the user should hear.
    pub(super) notes: Vec<String>,
    /// The archives of which another sum is in force than the index lists, and the one that it lists.
    pub(super) contested: BTreeMap<String, Option<[u8; 32]>>,
}

/// Whether a note may speak of a sum that the index changed.
pub(super) fn is_contradiction(note: &str) -> bool {
    note.contains(FIRST_APPLIES) || note.ends_with(CONTRADICTIONS)
}

/// What is in force, and what the user should hear: the table of known releases goes before what the index listed
/// earlier, which goes before what it lists now. `copy` is what remembers.
pub(super) fn settle(listing: ParsedIndex, mut earlier: Releases, url: &RedactedUrl, copy: &Path) -> Settled {
    let mut contested = BTreeMap::new();
    let mut listed = listing.releases;
    let mut contradictions = Notes::default();
    hold_to_table(&mut listed, &mut contradictions);
    hold_to_table(&mut earlier, &mut contradictions);
    let dropped = dropped(&listed, &earlier);
    let mut refused = Notes::default();
    let mut in_force = earlier;
    for (version, new) in listed.files() {
        let Some(old) = in_force.file_mut(version, &new.name) else {
            if !in_force.add(version, new.clone()) {
                refused.add(|| format!("ignoring the index entry {}: too many entries", new.name));
            }
            continue;
        };
        if old.sha256.is_some() && old.sha256 != new.sha256 {
            contested.insert(old.name.clone(), new.sha256);
        }
        if let (Some(before), Some(now)) = (old.sha256, new.sha256)
            && before != now
        {
            contradictions.add(|| {
                let (name, before, now) = (&old.name, hex(&before), hex(&now));
                format!("{url} changed the sha256 of {name} from {before} to {now}; {FIRST_APPLIES}")
            });
            continue;
        }
        old.sha256 = old.sha256.or(new.sha256);
        old.size = new.size.or(old.size);
    }
    let mut notes = listing.refused;
    notes.extend(refused.lines("ignored entries"));
    notes.extend(contradictions.lines(CONTRADICTIONS));
    if let Some(newest) = dropped.last() {
        let (count, newest, copy) = (dropped.len(), newest.toolchain_name(), printable::path(copy));
        notes.push(format!(
            "{url} no longer lists {count} releases that it listed before, up to {newest}; gvmr lists them until \
             `gvmr prune --indexes` removes {copy}"
        ));
    }
    Settled { releases: in_force, withdrawn: dropped, notes, contested }
}

/// The releases of which archives were listed before and are not now, those that a newer one replaced excepted.
fn dropped(listed: &Releases, earlier: &Releases) -> BTreeSet<Version> {
    let newest_only = NewestOnly::of(listed);
    let gone = earlier.files().filter(|(version, old)| listed.file(version, &old.name).is_none());
    let gone = gone.map(|(version, _)| version);
    gone.filter(|version| !newest_only.as_ref().is_some_and(|list| list.outgrew(version))).cloned().collect()
}

/// Puts the sums that this program was built with in force.
pub(super) fn hold_to_table(releases: &mut Releases, contradictions: &mut Notes) {
    for file in releases.files_mut() {
        let Some(known) = known_sum(&file.name) else { continue };
        if let Some(now) = file.sha256.filter(|now| *now != known) {
            contradictions.add(|| {
                let (name, known, now) = (&file.name, hex(&known), hex(&now));
                format!("{name} has the sha256 {known} in the built-in table and {now} in the index; the table applies")
            });
            file.size = None; // of another file
        }
        file.sha256 = Some(known);
    }
}

/// A list of nothing but the newest release of each language version, as Go's own without `include=all`: an older
/// release leaves it when the next comes out.
struct NewestOnly(Vec<Version>);

impl NewestOnly {
    fn of(listed: &Releases) -> Option<Self> {
        let versions: Vec<_> = listed.versions().into_iter().cloned().collect();
        let mut neighbours = versions.windows(2);
        let distinct =
            neighbours.all(|pair| pair.first().map(Version::language) != pair.last().map(Version::language));
        distinct.then_some(Self(versions))
    }

    /// Whether a release left because a newer one is listed in its place.
    fn outgrew(&self, version: &Version) -> bool {
        let older = |listed: &&Version| version < *listed;
        let successor = self.0.iter().find(older);
        successor.is_some_and(|next| next.language() == version.language())
            || self.0.first().as_ref().is_some_and(older)
    }
}
