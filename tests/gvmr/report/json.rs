//! The document as JSON, and GitLab's Code Quality report.

use super::{hostile, jq, reports, sample};
use gvmr::check::RunDocument;
use gvmr::report::{ReportFormat, report};
use serde_json::{Value, json};

#[test]
fn the_document_is_read_back_as_it_was() {
    let documents = hostile::documents();
    for document in &documents {
        let text = report(ReportFormat::Json, document);
        let read: RunDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(read, *document);
        assert!(text.chars().all(|one| one == '\n' || !one.is_control()), "{text}");
    }
    let directory = reports(ReportFormat::Json, &documents);
    let Some(values) = jq("[.schema, .name, .probes[2].message, .probes[1].output]", directory.path()) else {
        return;
    };
    let expected = documents.iter().map(|document| {
        let probe = |number: usize| &document.probes[number];
        json!([document.schema, document.name, probe(2).message, probe(1).output])
    });
    assert_eq!(values, expected.collect::<Vec<_>>());
}

/// What GitLab's page on custom Code Quality reports asks of each issue.
const ISSUE: &str = r#"[.[] |
    (.description | type == "string" and length > 0 and length <= 1000 and (test("[\\x00-\\x1f]") | not))
    and (.check_name | type == "string")
    and (.fingerprint | test("^[0-9a-f]{64}$"))
    and (.severity | IN("info", "minor", "major", "critical", "blocker"))
    and (.location.path | type == "string" and length > 0)
    and (.location.lines.begin | . >= 1 and . == floor)]
    | {all: all, count: length}"#;

#[test]
fn gitlab_gets_an_issue_for_each_place() {
    let documents = hostile::documents();
    let directory = reports(ReportFormat::Gitlab, &documents);
    let Some(values) = jq(ISSUE, directory.path()) else { return };
    assert_eq!(values, vec![json!({ "all": true, "count": 5 }); documents.len()]);
    let Some(values) = jq("[.[].fingerprint] | unique | length", directory.path()) else { return };
    assert_eq!(values, vec![json!(5); documents.len()]);
}

#[test]
fn an_issue_stays_the_same_one_while_its_figure_and_line_change() {
    let issues = |document: &RunDocument| -> Vec<Value> {
        serde_json::from_str(&report(ReportFormat::Gitlab, document)).unwrap()
    };
    let before = issues(&sample());
    let shown = |issue: &Value| {
        format!("{} {}:{}", issue["severity"], issue["location"]["path"], issue["location"]["lines"]["begin"])
            .replace('"', "")
    };
    assert_eq!(
        before.iter().map(shown).collect::<Vec<_>>(),
        [
            "critical services/orders/gvmr-check.toml:17",
            "critical services/orders/deploy/prod.env:3",
            "critical /etc/orders/key.pem:1",
            "major services/orders/gvmr-check.toml:11",
            "minor services/orders/gvmr-check.toml:23",
        ]
    );
    assert_eq!(before[0]["description"], "consistency.cache-hits: share is 92.07 %, >= 98.5 % asked");
    let mut later = sample();
    for probe in &mut later.probes {
        probe.line = probe.line.map(|line| line + 5);
        probe.message.push_str(" again");
        probe.findings.iter_mut().for_each(|finding| finding.line += 1);
    }
    let fingerprints =
        |issues: &[Value]| issues.iter().map(|issue| issue["fingerprint"].clone()).collect::<Vec<_>>();
    assert_eq!(fingerprints(&before), fingerprints(&issues(&later)));
}
