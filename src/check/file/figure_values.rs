//! What a figure can be, beyond its unit: a condition that all such values keep, or none, decides nothing.

use super::extraction::Pick;
use super::model::ProbeTarget;
use crate::check::condition::{Condition, ConditionError, FigureLimit};
use crate::check::quantity::Measure;

/// The versions of TLS, as figures have them.
const TLS_VERSIONS: [f64; 4] = [1.0, 1.1, 1.2, 1.3];

/// The values that a figure may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FigureValues {
    /// 0, 1, 2 and so on.
    Counts,
    /// Those of [`TLS_VERSIONS`].
    TlsVersions,
}

/// Why a condition on a figure decides nothing, or compares it with what it cannot be.
pub(super) fn fault(
    target: &ProbeTarget,
    figure: &str,
    measure: Measure,
    condition: &Condition,
) -> Option<String> {
    let values = values_of(target, figure, measure)?;
    if values == FigureValues::TlsVersions {
        let is_version = |limit: &FigureLimit| match limit {
            FigureLimit::Fixed(limit) => TLS_VERSIONS.contains(&limit.value),
            FigureLimit::Baseline(slacks) => slacks.is_empty(),
        };
        if !condition.comparisons.iter().all(|one| is_version(&one.limit)) {
            return Some("versions of TLS are 1.0, 1.1, 1.2 and 1.3".to_owned());
        }
    }
    let fixed: Vec<_> = condition
        .comparisons
        .iter()
        .filter_map(|one| match one.limit {
            FigureLimit::Fixed(limit) => Some((one.operator, limit.value)),
            FigureLimit::Baseline(_) => None,
        })
        .collect();
    let possible = match values {
        FigureValues::TlsVersions => TLS_VERSIONS.to_vec(),
        FigureValues::Counts => {
            let around = |limit: f64| [limit.floor() - 1.0, limit.floor(), limit.floor() + 1.0];
            let mut counts: Vec<_> =
                fixed.iter().flat_map(|(_, limit)| around(*limit)).chain([0.0, f64::MAX]).collect();
            counts.retain(|count| *count >= 0.0);
            counts
        }
    };
    let holds = |value: &f64| fixed.iter().all(|(operator, limit)| operator.holds(*value, *limit));
    if !possible.iter().any(holds) {
        return Some(ConditionError::Never.to_string());
    }
    let is_fixed = fixed.len() == condition.comparisons.len();
    (is_fixed && possible.iter().all(holds)).then(|| ConditionError::Always.to_string())
}

fn values_of(target: &ProbeTarget, figure: &str, measure: Measure) -> Option<FigureValues> {
    let picks = |pick: Option<Pick>| figure == "value" && pick == Some(Pick::Count);
    let is_count = match target {
        ProbeTarget::Tls(_) if matches!(figure, "oldest" | "newest") => {
            return Some(FigureValues::TlsVersions);
        }
        ProbeTarget::Secrets(_) | ProbeTarget::Go(_) => measure == Measure::Number,
        ProbeTarget::Command(target) => picks(target.extraction.as_ref().map(|one| one.pick)),
        ProbeTarget::File(target) => picks(target.extraction.as_ref().map(|one| one.pick)),
        ProbeTarget::Http(target) => picks(target.extraction.as_ref().map(|one| one.pick)),
        ProbeTarget::Prometheus(target) => picks(Some(target.pick)),
        _ => false,
    };
    is_count.then_some(FigureValues::Counts)
}
