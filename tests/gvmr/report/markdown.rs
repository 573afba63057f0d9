//! The page, read by GitHub's own parser of Markdown.

use super::{hostile, python, reports, sample, written};
use crate::support::skip;
use gvmr::check::{ProbeRecord, ProbeState};
use gvmr::report::{ReportFormat, report};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What stands in a page: marks that a text could make, and each row of its tables.
const TREE: &str = "
import re
from xml.etree import ElementTree
for file in files:
    root = ElementTree.parse(file).getroot()
    own = lambda one: one.tag.split('}')[1]
    text = lambda one: ''.join(part.text or '' for part in one.iter() if own(part) in ('text', 'code'))
    found = {}
    for one in root.iter():
        found[own(one)] = found.get(own(one), 0) + 1
    print(json.dumps({
        'found': found,
        'html': sorted({(one.text or '').strip() for one in root.iter() if own(one).startswith('html')}),
        'links': [one.get('destination') for one in root.iter() if own(one) == 'link' and one.get('destination').split('://')[-1].rstrip('/') != text(one).split('://')[-1].rstrip('/')],
        'widths': sorted({len(one) for one in root.iter() if own(one) in ('table_row', 'table_header')}),
        'rows': [[text(cell) for cell in one] for one in root.iter() if own(one) == 'table_row'],
        'headings': [text(one) for one in root.iter() if own(one) == 'heading'],
        'mentions': [one.text for one in root.iter() if own(one) == 'text' and re.search('@[A-Za-z0-9]', one.text or '')],
        'items': [text(one) for one in root.iter() if own(one) == 'item'],
        'code': [one.text for one in root.iter() if own(one) == 'code_block'],
    }))
";

/// Each page as GitHub's parser understands it.
fn read(pages: &TempDir, count: usize) -> Option<Vec<Value>> {
    let parsed = (0..count).map(|number| parsed(&pages.path().join(format!("{number:05}"))));
    let parsed = written(parsed.collect::<Option<Vec<_>>>()?);
    python("xml.etree", TREE, parsed.path())
}

fn parsed(page: &Path) -> Option<String> {
    let mut command = Command::new("cmark-gfm");
    command.args(["--to", "xml", "--unsafe"]).arg(page);
    for extension in ["table", "strikethrough", "autolink", "tasklist", "footnotes"] {
        command.args(["--extension", extension]);
    }
    let Ok(output) = command.output() else {
        skip("needs cmark-gfm");
        return None;
    };
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn no_text_makes_a_mark() {
    let documents = hostile::documents();
    let pages = reports(ReportFormat::Markdown, &documents);
    let Some(read) = read(&pages, documents.len()) else { return };
    for (read, document) in read.iter().zip(&documents) {
        let found: BTreeMap<String, usize> = serde_json::from_value(read["found"].clone()).unwrap();
        let count = |name: &str| found.get(name).copied().unwrap_or_default();
        assert_eq!((count("table"), count("table_row"), count("heading")), (1, 9, 1), "{document:?}");
        assert_eq!(read["widths"], json!([5]), "{document:?}");
        let own = ["<!-- -->", "<!-- output -->"];
        let is_own = |html: &Value| own.contains(&html.as_str().unwrap());
        assert!(read["html"].as_array().unwrap().iter().all(is_own), "{} {document:?}", read["html"]);
        for mark in
            ["image", "thematic_break", "code", "emph", "strikethrough", "footnote_reference", "block_quote"]
        {
            assert_eq!(count(mark), 0, "{mark}: {document:?}");
        }
        let says_more = |probe: &&ProbeRecord| {
            matches!(probe.state, ProbeState::Fail | ProbeState::Error | ProbeState::Warn)
                || !probe.remarks.is_empty()
        };
        let details = document.probes.iter().filter(says_more).count();
        assert_eq!(count("strong"), details, "{document:?}");
        assert_eq!((&read["links"], &read["mentions"]), (&json!([]), &json!([])), "{document:?}");
        assert!(count("list") <= details && count("code_block") <= details, "{document:?}");
    }
}

#[test]
fn what_fails_stands_first_and_texts_come_through() {
    let mut document = sample();
    let text = "a|b `c` <i>d</i> *e* \\f @g ![h](i) &amp; #1";
    text.clone_into(&mut document.probes[2].message);
    let pages = reports(ReportFormat::Markdown, &[document]);
    let Some(read) = read(&pages, 1) else { return };
    let read = &read[0];
    assert_eq!(read["headings"], json!(["order-service: FAIL in 3.1 s"]));
    let states = read["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap());
    let states: Vec<_> = states.collect();
    let expected = ["FAIL", "FAIL", "ERROR", "warn", "not run", "not run", "pass", "pass", "not applicable"];
    assert_eq!(states, expected);
    assert_eq!(
        read["rows"][0],
        json!(["FAIL", "consistency.cache-hits", "share 92.07 %", ">= 98.5 %", "99.1 %"])
    );
    assert_eq!(read["items"][0], "at gvmr-check.toml:17");
    assert_eq!(read["items"][1], "why: https://wiki.example/cache?a=1&b=2");
    assert_eq!(read["found"]["link"], 1);
    assert_eq!(read["code"], json!(["Seconds_Behind_Master: NULL\n    Slave_SQL_Running: No\n"]));
    let pages = reports(ReportFormat::Markdown, &[hostile::with(|_| text.to_owned())]);
    let Some(read) = self::read(&pages, 1) else { return };
    assert_eq!(read[0]["rows"][0][1], text);
}

#[test]
fn a_page_is_never_too_large() {
    let mut document = hostile::long();
    let probes = document.probes.clone();
    document.probes = probes.into_iter().cycle().take(500).collect();
    let page = report(ReportFormat::Markdown, &document);
    assert!((300_000..=900_000).contains(&page.len()), "{}", page.len());
    let more = |what: &str| page.lines().any(|line| line.contains(" more ") && line.contains(what));
    assert!(more("probes with details are not shown"), "{}", page.len());
}
