//! Settings that weaken or bend a build, and where they are written: what the doctor finds that concerns builds, and what
//! switches proofs off.

use super::go_flags;
use super::project::{GoProject, count};
use crate::check::{Measurement, NotMeasured};
use crate::doctor::{Diagnosis, Examination, KINDS, Severity};
use crate::probe::failed;
use crate::sources::matches_prefix;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;

/// The areas of the doctor that concern builds. The others are about sessions, networks and gvmr's home.
const AREAS: [&str; 7] = ["goroot", "goenv", "toolchain", "gopath", "modules", "vendor", "cache"];
/// Single kinds of other areas.
const KINDS_OF_OTHER_AREAS: [&str; 4] = ["host.cannot-run", "host.limits", "host.tmpdir", "gvmr.rules"];
/// Lists of modules that are not checked.
const UNCHECKED: [&str; 3] = ["GONOSUMDB", "GONOSUMCHECK", "GOINSECURE"];

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let context = project.surroundings.context;
    let rules = context.rules().map_err(|error| failed(error.to_string()))?;
    let facts = Examination::new(context, rules).without_network(true);
    facts.table().map_err(failed)?;
    let mut measurement = Measurement::default();
    let mut found = weakened(&facts);
    let is_of_builds = |id: &&str| {
        AREAS.contains(&id.split('.').next().unwrap_or_default()) || KINDS_OF_OTHER_AREAS.contains(id)
    };
    let wanted = KINDS.iter().map(|kind| kind.id).filter(is_of_builds).collect();
    let home = facts.user_home();
    for finding in Diagnosis::make(&facts, KINDS, &wanted).findings {
        let places: Vec<_> = finding.places.iter().map(|place| place.position(home.as_deref())).collect();
        let words = format!("{} ({}; {})", finding.what, finding.id, places.join(", "));
        match finding.severity {
            Severity::Error | Severity::Warning => found.push(words),
            Severity::Note => measurement.remarks.push(words),
        }
    }
    if !found.is_empty() {
        measurement.remarks.push("`gvmr doctor` explains and mends what it finds".to_owned());
    }
    count(&mut measurement, "found", found.len());
    measurement.unmet = found;
    Ok(measurement)
}

/// What switches checks off, or changes what is built.
fn weakened(facts: &Examination<'_>) -> Vec<String> {
    let written = |name: &str| {
        let setting = facts.setting(name).ok();
        setting.and_then(|setting| setting.written()).or_else(|| Process.text(name))
    };
    let place = |name: &str| {
        let place = facts.setting(name).ok().and_then(|setting| setting.place());
        place.map_or_else(
            || format!("{name} in the environment"),
            |place| place.position(facts.user_home().as_deref()),
        )
    };
    let mut found = Vec::new();
    if written("GOSUMDB").is_some_and(|value| value == "off") {
        found.push(format!(
            "GOSUMDB=off: modules are not checked against the checksum database ({})",
            place("GOSUMDB")
        ));
    }
    let private = written("GOPRIVATE").unwrap_or_default();
    for name in UNCHECKED {
        let patterns = written(name).unwrap_or_default();
        let beyond: Vec<_> =
            patterns.split(',').map(str::trim).filter(|one| is_beyond(one, &private)).collect();
        if !beyond.is_empty() {
            let beyond = printable::text(&beyond.join(","));
            found.push(format!("{name} covers {beyond}, and GOPRIVATE does not ({})", place(name)));
        }
    }
    if let Some(modules) = written("GO111MODULE").filter(|value| !["on", "auto"].contains(&value.as_str())) {
        let modules = printable::text(&modules);
        found.push(format!("GO111MODULE={modules}: go finds no module ({})", place("GO111MODULE")));
    }
    for (flag, effect) in go_flags::effects(&written("GOFLAGS").unwrap_or_default()) {
        found.push(format!("{flag} in GOFLAGS {effect} ({})", place("GOFLAGS")));
    }
    found
}

/// Whether a pattern covers modules that GOPRIVATE does not.
fn is_beyond(pattern: &str, private: &str) -> bool {
    let is_same = private.split(',').any(|one| one.trim() == pattern);
    !pattern.is_empty() && !is_same && !matches_prefix(private, pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goprivate_covers_is_meant() {
        let private = "*.corp.example,github.com/own";
        for (pattern, expected) in [
            ("*.corp.example", false),
            ("git.corp.example/team", false),
            ("github.com/own/tool", false),
            ("github.com", true),
            ("*", true),
            ("", false),
        ] {
            assert_eq!(is_beyond(pattern, private), expected, "{pattern}");
        }
    }
}
