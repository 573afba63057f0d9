//! Annotations, read as GitHub's runner reads the lines of a log.

use super::{hostile, sample};
use gvmr::check::RunVerdict;
use gvmr::report::{ReportFormat, report};
use std::collections::BTreeMap;

/// A command: `::name key=value,key=value::data`.
#[derive(Debug, PartialEq)]
struct WorkflowCommand {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// The commands in a log. A line that holds none is an error here.
fn commands(log: &str) -> Vec<WorkflowCommand> {
    let lines = log.split(['\r', '\n']).filter(|line| !line.is_empty());
    lines.map(|line| command(line).unwrap_or_else(|| panic!("not a command: {line}"))).collect()
}

fn command(line: &str) -> Option<WorkflowCommand> {
    let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let mut found = BTreeMap::new();
    for property in properties.split(',').filter(|property| !property.trim().is_empty()) {
        let (key, value) = property.split_once('=')?;
        let value = value.replace("%3A", ":").replace("%2C", ",");
        found.insert(key.trim().to_owned(), unescaped(&value));
    }
    Some(WorkflowCommand { name: name.to_owned(), properties: found, data: unescaped(data) })
}

fn unescaped(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

#[test]
fn each_place_has_an_annotation() {
    let shown = commands(&report(ReportFormat::Github, &sample())).into_iter().map(|command| {
        let WorkflowCommand { name, properties, data } = command;
        let properties: Vec<_> =
            properties.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{name} {} {data:?}", properties.join(" "))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "error file=services/orders/gvmr-check.toml line=17 title=consistency.cache-hits \
             \"share is 92.07 %, >= 98.5 % asked (last pass 99.1 %, 2026-11-28 14:02, 3fa9c1d)\\nhttps://wiki.example/cache?a=1&b=2\"",
            "error col=9 file=services/orders/deploy/prod.env line=3 title=security.keys \"aws-access-key\"",
            "error file=/etc/orders/key.pem title=security.keys \"private-key\"",
            "error file=services/orders/gvmr-check.toml line=11 title=consistency.replica-lag \
             \"value is NULL, which is not a number\"",
            "warning file=services/orders/gvmr-check.toml line=23 title=consistency.dump \"age is 27 h, <= 26 h asked\"",
        ]
    );
}

#[test]
fn no_text_makes_another_command() {
    for document in hostile::documents() {
        let found = commands(&report(ReportFormat::Github, &document));
        assert_eq!(found.len(), 5, "{found:#?}");
        for command in &found {
            assert!(matches!(command.name.as_str(), "error" | "warning"), "{command:?}");
            let known = |key: &String| ["file", "line", "col", "title"].contains(&key.as_str());
            assert!(command.properties.keys().all(known), "{command:?}");
            assert!(command.properties.values().all(|value| !value.contains(['\r', '\n'])), "{command:?}");
        }
    }
    let text = "a::b, c=d %0A e%25";
    for command in commands(&report(ReportFormat::Github, &hostile::with(|_| text.to_owned()))) {
        assert_eq!(command.properties["title"], text);
        assert!(command.data.starts_with(text), "{command:?}");
    }
}

#[test]
fn the_tenth_says_how_many_more_there_are() {
    let mut document = sample();
    let finding = document.probes[4].findings[0].clone();
    document.probes[4].findings = vec![finding; 30];
    let found = commands(&report(ReportFormat::Github, &document));
    assert_eq!(found.len(), 10);
    assert_eq!(
        (found[9].name.as_str(), found[9].data.as_str()),
        ("error", "24 more do not hold; the markdown report has them all")
    );
    document.probes.retain(|probe| probe.state.holds());
    document.verdict = RunVerdict::Pass;
    let log = report(ReportFormat::Github, &document);
    assert_eq!(commands(&log).len(), 1, "{log}");
}
