//! Metrics, read by the parsers of Prometheus' own client.

use super::{hostile, python, reports, sample};
use gvmr::report::{ReportFormat, report};
use serde_json::json;

const FAMILIES: &str = "
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
from prometheus_client.parser import text_string_to_metric_families as read_old
for file in files:
    text = open(file, newline='').read()
    families = list(read(text))
    samples = lambda families: sorted((one.name, sorted(one.labels.items()), one.value) for family in families for one in family.samples)
    names = [family.name for family in families]
    keys = [(one[0], str(one[1])) for one in samples(families)]
    print(json.dumps({
        'families': names,
        'units': {family.name: family.unit for family in families if family.unit},
        'same': samples(families) == samples(read_old(text)),
        'unique': len(set(keys)) == len(keys) and len(set(names)) == len(names),
        'samples': {family.name: len(family.samples) for family in families},
        'values': sorted({value for family in families for one in family.samples for value in one.labels.values()}),
    }))
";

#[test]
fn both_parsers_read_the_same_of_any_document() {
    let documents = hostile::documents();
    let directory = reports(ReportFormat::Openmetrics, &documents);
    let Some(read) = python("prometheus_client", FAMILIES, directory.path()) else { return };
    assert_eq!(read.len(), documents.len());
    let families = [
        "gvmr_check_pass",
        "gvmr_check_verdict_info",
        "gvmr_check_start_time_seconds",
        "gvmr_check_duration_seconds",
        "gvmr_check_probes",
        "gvmr_check_probe_state",
        "gvmr_check_figure",
        "gvmr_check_limit",
        "gvmr_check_baseline",
    ];
    for (read, document) in read.iter().zip(&documents) {
        let has_start = document.started == sample().started;
        let mut families = families.to_vec();
        families.retain(|name| has_start || *name != "gvmr_check_start_time_seconds");
        assert_eq!(read["families"], json!(families), "{document:?}");
        assert_eq!((&read["same"], &read["unique"]), (&json!(true), &json!(true)), "{document:?}");
    }
    let plain = r#"a\b "c" \n 日本"#;
    let directory = reports(ReportFormat::Openmetrics, &[sample(), hostile::with(|_| plain.to_owned())]);
    let Some(read) = python("prometheus_client", FAMILIES, directory.path()) else { return };
    assert_eq!(
        read[0]["samples"],
        json!({
            "gvmr_check_pass": 1, "gvmr_check_verdict_info": 1, "gvmr_check_start_time_seconds": 1,
            "gvmr_check_duration_seconds": 1, "gvmr_check_probes": 5, "gvmr_check_probe_state": 9,
            "gvmr_check_figure": 6, "gvmr_check_limit": 6, "gvmr_check_baseline": 2,
        })
    );
    let seconds =
        json!({ "gvmr_check_start_time_seconds": "seconds", "gvmr_check_duration_seconds": "seconds" });
    assert_eq!(read[0]["units"], seconds);
    assert!(read[1]["values"].as_array().unwrap().contains(&json!(plain)), "{}", read[1]);
}

#[test]
fn figures_are_in_base_units() {
    let text = report(ReportFormat::Openmetrics, &sample());
    let check = r#"check="order-service",key="main""#;
    for line in [
        format!("gvmr_check_pass{{{check}}} 0"),
        format!("gvmr_check_start_time_seconds{{{check}}} 1795947300"),
        format!("gvmr_check_duration_seconds{{{check}}} 3.14"),
        format!(r#"gvmr_check_probes{{{check},state="not_run"}} 2"#),
        format!(
            r#"gvmr_check_figure{{{check},dimension="availability",probe="health",figure="p95",unit="seconds"}} 0.212"#
        ),
        format!(
            r#"gvmr_check_limit{{{check},dimension="consistency",probe="cache-hits",figure="share",unit="percent",condition=">= 98.5%"}} 98.5"#
        ),
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(text.ends_with("\n# EOF\n"), "{text}");
}
