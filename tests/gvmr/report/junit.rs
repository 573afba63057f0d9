//! `JUnit`'s XML, read by expat and by junitparser.

use super::{hostile, python, reports, sample, written};
use gvmr::report::{ReportFormat, report};
use serde_json::json;

/// Each element with its attributes and content, without the blanks between elements.
const TREE: &str = "
from xml.etree import ElementTree
for file in files:
    root = ElementTree.parse(file).getroot()
    print(json.dumps({
        'tags': sorted({one.tag for one in root.iter()}),
        'attributes': sorted({one.tag + '.' + name for one in root.iter() for name in one.attrib}),
        'between': sorted({(one.text or '').strip() + (one.tail or '').strip() for one in root.iter() if len(one)}),
        'cases': len(root.findall('./testsuite/testcase')),
        'names': [one.get('name') for one in root.iter('testcase')],
        'messages': [one.get('message') for one in root.iter('failure')],
    }))
";

/// What the schema of Jenkins' xUnit plugin has, of which gvmr writes these.
const ATTRIBUTES: [&str; 23] = [
    "error.message",
    "error.type",
    "failure.message",
    "failure.type",
    "property.name",
    "property.value",
    "skipped.message",
    "testcase.classname",
    "testcase.name",
    "testcase.time",
    "testsuite.errors",
    "testsuite.failures",
    "testsuite.hostname",
    "testsuite.name",
    "testsuite.skipped",
    "testsuite.tests",
    "testsuite.time",
    "testsuite.timestamp",
    "testsuites.errors",
    "testsuites.failures",
    "testsuites.name",
    "testsuites.tests",
    "testsuites.time",
];

#[test]
fn no_text_changes_the_elements() {
    let documents = hostile::documents();
    let directory = reports(ReportFormat::Junit, &documents);
    let Some(trees) = python("xml.etree", TREE, directory.path()) else { return };
    assert_eq!(trees.len(), documents.len());
    let tags = [
        "error",
        "failure",
        "properties",
        "property",
        "skipped",
        "system-out",
        "testcase",
        "testsuite",
        "testsuites",
    ];
    for (tree, document) in trees.iter().zip(&documents) {
        assert_eq!(tree["tags"], json!(tags), "{}", document.name);
        assert_eq!(tree["attributes"], json!(ATTRIBUTES), "{}", document.name);
        assert_eq!(tree["between"], json!([""]), "{}", document.name);
        assert_eq!(tree["cases"], document.probes.len());
    }
}

#[test]
fn texts_come_through() {
    let directory =
        written([report(ReportFormat::Junit, &hostile::with(|_| "<a> & \"b\" ]]> 'c' 日本".to_owned()))]);
    let Some(trees) = python("xml.etree", TREE, directory.path()) else { return };
    assert_eq!(trees[0]["names"][0], "<a> & \"b\" ]]> 'c' 日本");
    assert_eq!(trees[0]["messages"][0], "<a> & \"b\" ]]> 'c' 日本");
}

const SUITES: &str = "
from junitparser import JUnitXml, Error, Failure, Skipped
for file in files:
    kinds = {Error: 'error', Failure: 'failure', Skipped: 'skipped'}
    print(json.dumps([{
        'name': suite.name,
        'counts': [suite.tests, suite.failures, suite.errors, suite.skipped],
        'properties': {one.name: one.value for one in suite.properties() if '.' in one.name},
        'run': {one.name: one.value for one in suite.properties() if '.' not in one.name},
        'cases': {case.name: [kinds[type(one)] for one in case.result] for case in suite},
    } for suite in JUnitXml.fromfile(file)]))
";

#[test]
fn a_dimension_is_a_suite_and_a_probe_a_case() {
    let directory = reports(ReportFormat::Junit, &[sample()]);
    let Some(suites) = python("junitparser", SUITES, directory.path()) else { return };
    let availability = json!({
        "health.p95": "212 ms",
        "health.p95.limit": "<= 500 ms, <= 241.6 ms (baseline 215.1 ms + 10% + 5ms)",
        "health.max": "300 ms",
    });
    let expected = json!([
        { "name": "availability", "counts": [1, 0, 0, 0], "cases": { "health": [] }, "properties": availability },
        {
            "name": "consistency", "counts": [3, 1, 1, 0],
            "cases": { "replica-lag": ["error"], "cache-hits": ["failure"], "dump": [] },
            "properties": {
                "cache-hits.share": "92.07 %", "cache-hits.share.limit": ">= 98.5 %",
                "dump.age": "27 h", "dump.age.limit": "<= 26 h",
            },
        },
        {
            "name": "security", "counts": [2, 1, 0, 0], "cases": { "keys": ["failure"], "tls": [] },
            "properties": {
                "keys.found": "2", "keys.found.limit": "== 0", "tls.expires": "60 d", "tls.expires.limit": ">= 14 d",
            },
        },
        {
            "name": "resources", "counts": [2, 0, 0, 2], "properties": {},
            "cases": { "disk": ["skipped"], "memory": ["skipped"] },
        },
        { "name": "go", "counts": [1, 0, 0, 1], "cases": { "tests": ["skipped"] }, "properties": {} },
    ]);
    let mut suites = suites[0].clone();
    for suite in suites.as_array_mut().unwrap() {
        let run = suite.as_object_mut().unwrap().remove("run").unwrap();
        let baseline = "2026-11-28 14:02 UTC, 20.21 h before, revision 3fa9c1d, on ci-7";
        assert_eq!(run, json!({ "baseline": baseline, "options": "--keep-going" }));
    }
    assert_eq!(suites, expected);
}
