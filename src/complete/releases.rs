//! Which released versions to offer for what is typed so far. Pure.
//!
//! First the minor versions, which mean the newest of their releases; once one is typed, its releases; and pre-releases
//! where nothing else fits.

use super::candidates::Candidate;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;

/// Words that are requests, and what they mean.
const WORDS: [(&str, &str); 2] =
    [("latest", "the newest release"), ("oldstable", "the newest release of the previous minor version")];

/// What fits `word`, newest first. Both lists may come in any order.
pub(super) fn matching(word: &str, known: &[Version], installed: &[Version]) -> Vec<Candidate> {
    let mut newest_first: Vec<_> = known.iter().collect();
    newest_first.sort_unstable_by(|one, other| other.cmp(one));
    newest_first.dedup();
    let (prereleases, releases): (Vec<_>, Vec<_>) =
        newest_first.into_iter().partition(|version| version.is_prerelease());
    let minors = minors(word, &releases, installed);
    let of_one = |versions: &[&Version]| -> Vec<Candidate> {
        let spelled = versions.iter().map(|version| (*version, version.exact().to_string()));
        let fit = spelled.filter(|(_, spelled)| spelled.starts_with(word));
        fit.map(|(version, word)| Candidate { word, help: mark(version, installed) }).collect()
    };
    let words = WORDS.iter().filter(|(name, _)| name.starts_with(word));
    let words = words.map(|(name, help)| Candidate { word: (*name).into(), help: (*help).into() });
    let mut fit: Vec<_> = words.chain(minors).collect();
    if fit.len() <= 1 && !word.is_empty() {
        fit.extend(of_one(&releases));
    }
    if fit.is_empty() {
        fit = of_one(&prereleases);
    }
    fit
}

/// The minor versions that begin with `word`. What came before 1.1 is called `1`, which would mean the newest of all.
fn minors(word: &str, releases: &[&Version], installed: &[Version]) -> Vec<Candidate> {
    let minor = |of_one: &[&Version]| {
        let newest = of_one.first()?;
        let language = newest.language().to_string();
        let help = match mark(newest, installed) {
            mark if mark.is_empty() => format!("newest is {newest}"),
            mark => format!("newest is {newest}, {mark}"),
        };
        let fits = language.contains('.') && language.starts_with(word);
        fits.then_some(Candidate { word: language, help })
    };
    releases.chunk_by(|one, other| one.language() == other.language()).filter_map(minor).collect()
}

fn mark(version: &Version, installed: &[Version]) -> String {
    let mark = if Selector::exact(version).newest(installed).is_some() { "installed" } else { "" };
    mark.to_owned()
}

#[cfg(test)]
mod tests;
