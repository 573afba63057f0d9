//! What probes need: others of their own dimension or of an earlier one, and never in a ring.

use crate::toml_file::{Mistakes, nearest};
use gvmr_core::sys::printable;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A probe and the names of those that it needs; it may have other mistakes.
pub(super) struct ProbeNeeds {
    pub(super) id: String,
    pub(super) needs: Vec<String>,
    /// Where they stand.
    pub(super) span: Range<usize>,
}

/// Adds a mistake for each need that cannot be met, of all probes in the order in which they run.
pub(super) fn check(mistakes: &mut Mistakes<'_>, probes: &[ProbeNeeds]) {
    let needs: BTreeMap<&str, &[String]> =
        probes.iter().map(|probe| (probe.id.as_str(), probe.needs.as_slice())).collect();
    let dimension = |id: &str| id.split('.').next().unwrap_or_default().to_owned();
    let mut dimensions: Vec<String> = probes.iter().map(|probe| dimension(&probe.id)).collect();
    dimensions.dedup();
    let place = |id: &str| dimensions.iter().position(|one| *one == dimension(id));
    for probe in probes {
        for need in &probe.needs {
            if *need == probe.id {
                mistakes.add(&probe.span, format!("{need} needs itself"));
            } else if !needs.contains_key(need.as_str()) {
                let advice = match nearest(need, needs.keys().copied()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => "write it as dimension.probe".to_owned(),
                };
                mistakes.add(&probe.span, format!("there is no probe {}; {advice}", printable::typed(need)));
            } else if place(need) > place(&probe.id) {
                let message = format!("{need} runs later than {}; needs names what runs before", probe.id);
                mistakes.add(&probe.span, message);
            }
        }
        if let Some(ring) = ring(&probe.id, &needs) {
            mistakes.add(&probe.span, format!("probes need each other in a ring: {}", ring.join(" → ")));
        }
    }
}

/// The ring that begins and ends with a probe, through others; told once, at its smallest name.
fn ring<'a>(start: &'a str, needs: &BTreeMap<&'a str, &'a [String]>) -> Option<Vec<&'a str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen: BTreeSet<&str> = BTreeSet::from([start]);
    while let Some(way) = ways.pop() {
        let last = *way.last()?;
        for next in needs.get(last).copied().unwrap_or_default() {
            if next == start {
                if way.len() == 1 {
                    continue; // told as such
                }
                let is_told_here = way.iter().all(|one| *one >= start);
                let closed = way.iter().copied().chain([start]).collect();
                return is_told_here.then_some(closed);
            }
            if seen.insert(next) {
                ways.push(way.iter().copied().chain([next.as_str()]).collect());
            }
        }
    }
    None
}
