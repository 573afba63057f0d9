//! Whether Go still fixes the version that runs here, and whether it has the fixes. Asks no server.

use super::project::GoProject;
use crate::calendar;
use crate::check::{Measurement, NotMeasured};
use crate::host;
use crate::install::{SupportState, newest_of_minors, oldest_supported};
use crate::probe::failed;
use crate::sources::kept_releases;
use crate::verify::{known_since, known_versions};
use gvmr_core::gover::version::Version;

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let context = project.surroundings.context;
    let answer = context.resolve().map_err(|error| failed(error.to_string()))?;
    let Some(version) = answer.choice.version() else {
        return Err(failed("the version of the Go that runs here is unknown"));
    };
    let settings = &context.settings;
    let kept = settings.sources.index.as_ref().and_then(|index| kept_releases(index, &settings.cache));
    let mut known = known_versions(host::platform().arch());
    let mut measurement = Measurement::default();
    measurement.remarks.push(match &kept {
        Some(kept) => {
            let date = calendar::date(calendar::seconds_since_epoch(kept.checked));
            format!("by the list of releases of {date}")
        }
        None => format!(
            "by gvmr's own list of releases up to {}; `gvmr ls-remote` fetches a newer one",
            known_since()
        ),
    });
    known.extend(kept.into_iter().flat_map(|kept| kept.versions));
    let name = version.toolchain_name();
    measurement.unmet.extend(fault(version, &known).map(|why| format!("{name} {why}")));
    Ok(measurement)
}

/// What is wrong with a version where these are released.
fn fault(version: &Version, known: &[Version]) -> Option<String> {
    let newest = known.iter().filter(|known| !known.is_prerelease()).max()?;
    match SupportState::of(version, newest) {
        SupportState::Supported => {}
        SupportState::EndOfLife => {
            let oldest = oldest_supported(newest)?;
            return Some(format!("is end of life; Go supports {oldest} and later"));
        }
        SupportState::Prerelease => return Some("is a pre-release".to_owned()),
    }
    let patch = *newest_of_minors(known).get(&version.language())?;
    (patch > version).then(|| format!("lacks fixes; {} is out", patch.toolchain_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_patches_of_the_two_newest_minors_are_fine() {
        let version = |text: &str| Version::parse(text).unwrap();
        let known = ["1.25.3", "1.25.9", "1.26.0", "1.26.2", "1.24.11", "1.27rc1"].map(version);
        for (text, expected) in [
            ("1.26.2", None),
            ("1.25.9", None),
            ("1.25.3", Some("lacks fixes; go1.25.9 is out")),
            ("1.24.11", Some("is end of life; Go supports 1.25 and later")),
            ("1.27rc1", Some("is a pre-release")),
            ("1.28.0", None),
        ] {
            assert_eq!(fault(&version(text), &known).as_deref(), expected, "{text}");
        }
    }
}
