//! Checklists as people write them.

use gvmr::check::Condition;
use gvmr::check::file::{CheckFile, FileSurroundings, ProbeDefinition, ProbeTarget};
use gvmr::toml_file::TomlFileError;
use gvmr_core::sys::environment::Process;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// A check file: all mistakes have a place in it, or all that runs is within its limits.
pub fn check_file(data: &[u8]) {
    let given = BTreeMap::from([("SERVICE".to_owned(), "http://127.0.0.1".to_owned())]);
    let built_in = |name: &str| (name == "PROJECT").then(|| "/p".to_owned());
    let surroundings = FileSurroundings { built_in: &built_in, given: &given, environment: &Process };
    let lines = data.split(|byte| *byte == b'\n').count();
    match CheckFile::parse(Path::new("/p/gvmr-check.toml"), data, &surroundings) {
        Err(error) => named(&error, lines),
        Ok(file) => {
            assert!((1..=64).contains(&file.jobs) && !file.deadline.is_zero());
            let mut known = BTreeSet::new();
            for dimension in &file.dimensions {
                assert!(!dimension.probes.is_empty());
                known.extend(dimension.probes.iter().map(|probe| probe.id.clone()));
                for probe in &dimension.probes {
                    assert!(probe.needs.iter().all(|need| known.contains(need)), "{probe:?}");
                    within_limits(probe, lines);
                    search(probe, data);
                }
            }
            assert!((1..=500).contains(&known.len()));
            assert_eq!(known.len(), file.probes().count(), "names are unique");
        }
    }
}

fn named(error: &TomlFileError, lines: usize) {
    assert!(!error.mistakes.is_empty());
    for mistake in &error.mistakes {
        assert!((1..=lines).contains(&mistake.line) || mistake.line == 1, "{mistake:?}");
        assert!(mistake.column >= 1 && !mistake.message.is_empty(), "{mistake:?}");
    }
}

fn within_limits(probe: &ProbeDefinition, lines: usize) {
    assert!((1..=lines).contains(&probe.line), "{probe:?}");
    for time in [Some(probe.timeout), Some(probe.every), probe.within, probe.hold_for].into_iter().flatten() {
        assert!(!time.is_zero() && time <= Duration::from_secs(365 * 86_400), "{probe:?}");
    }
    for figure in &probe.figures {
        let written = figure.condition.to_string();
        assert_eq!(Condition::parse(&written, figure.measure).as_ref(), Ok(&figure.condition));
        let limits = figure.condition.comparisons.iter().map(|one| one.limit(Some(1.0)));
        assert!(limits.flatten().all(f64::is_finite), "{written}");
    }
}

/// Any output is searched in time, and gives a number or why there is none.
fn search(probe: &ProbeDefinition, data: &[u8]) {
    let extraction = match &probe.target {
        ProbeTarget::Command(target) => target.extraction.as_ref(),
        ProbeTarget::Http(target) => target.extraction.as_ref(),
        ProbeTarget::File(target) => target.extraction.as_ref(),
        _ => None,
    };
    if let Some(extraction) = extraction {
        let text = String::from_utf8_lossy(data);
        assert!(extraction.value(&text).is_ok_and(f64::is_finite) || extraction.value(&text).is_err());
        assert!(extraction.share(&text).is_ok_and(f64::is_finite) || extraction.share(&text).is_err());
    }
}
