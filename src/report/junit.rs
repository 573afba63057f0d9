//! `JUnit`'s XML: a suite for each dimension, a case for each probe, figures as the suite's properties.
//!
//! Only elements and attributes that the schema of Jenkins' xUnit plugin has.

use super::circumstances::circumstances;
use super::figures::limit;
use super::last_line::sentence;
use super::location::{finding_place, finding_words, probe_line};
use super::order::{dimensions, has_run};
use super::plain_text::{lines, one_line};
use crate::check::{ProbeRecord, ProbeState, RunDocument};
use std::fmt::Write as _;

/// The whole file. Writing to a string does not fail.
pub(super) fn junit(document: &RunDocument) -> String {
    let all: Vec<_> = document.probes.iter().collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (name, time) = (escaped(&one_line(&document.name)), seconds(document.seconds));
    let _ = write!(xml, "<testsuites name=\"{name}\" time=\"{time}\" tests=\"{}\"", all.len());
    let _ = writeln!(xml, " failures=\"{}\" errors=\"{}\">", document.counts.fail, document.counts.error);
    for (dimension, probes) in dimensions(document) {
        suite(&mut xml, document, dimension, &probes);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, document: &RunDocument, dimension: &str, probes: &[&ProbeRecord]) {
    let count =
        |is_one: &dyn Fn(ProbeState) -> bool| probes.iter().filter(|probe| is_one(probe.state)).count();
    let failures = count(&|state| state == ProbeState::Fail);
    let errors = count(&|state| state == ProbeState::Error);
    let skipped = count(&|state| !has_run(state));
    let time = seconds(probes.iter().map(|probe| probe.seconds).sum());
    let started = one_line(document.started.trim_end_matches('Z'));
    let (name, host) = (escaped(&one_line(dimension)), escaped(&one_line(&document.place.host)));
    let _ = write!(xml, "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\"", probes.len());
    let _ = write!(xml, " errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time}\"");
    let _ = writeln!(xml, " timestamp=\"{}\" hostname=\"{host}\">", escaped(&started));
    properties(xml, document, probes);
    for probe in probes {
        case(xml, document, probe);
    }
    xml.push_str("  </testsuite>\n");
}

fn properties(xml: &mut String, document: &RunDocument, probes: &[&ProbeRecord]) {
    let mut text = String::new();
    let mut property = |name: &str, value: &str| {
        let (name, value) = (escaped(&one_line(name)), escaped(&one_line(value)));
        let _ = writeln!(text, "      <property name=\"{name}\" value=\"{value}\"/>");
    };
    for (name, text) in circumstances(document) {
        property(name, &text);
    }
    for probe in probes {
        for figure in &probe.figures {
            let name = format!("{}.{}", probe.name, figure.name);
            property(&name, &figure.shown);
            if !figure.conditions.is_empty() {
                property(&format!("{name}.limit"), &limit(figure));
            }
        }
    }
    if !text.is_empty() {
        let _ = writeln!(xml, "    <properties>\n{text}    </properties>");
    }
}

fn case(xml: &mut String, document: &RunDocument, probe: &ProbeRecord) {
    let (name, time) = (escaped(&one_line(&probe.name)), seconds(probe.seconds));
    let class = escaped(&one_line(&format!("{}.{}", document.name, probe.dimension)));
    let _ = writeln!(xml, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time}\">");
    let message = escaped(&one_line(&probe.message));
    let details = escaped(&details(document, probe));
    match probe.state {
        ProbeState::Pass | ProbeState::Warn => {}
        ProbeState::Fail => {
            let _ = writeln!(xml, "      <failure type=\"fail\" message=\"{message}\">{details}</failure>");
        }
        ProbeState::Error => {
            let _ = writeln!(xml, "      <error type=\"error\" message=\"{message}\">{details}</error>");
        }
        ProbeState::NotRun | ProbeState::NotApplicable => {
            let _ = writeln!(xml, "      <skipped message=\"{message}\"/>");
        }
    }
    let output = lines(probe.output.as_deref().unwrap_or_default());
    let told = if matches!(probe.state, ProbeState::Pass | ProbeState::Warn) {
        told(document, probe)
    } else {
        String::new()
    };
    if !(told.is_empty() && output.is_empty()) {
        let _ = writeln!(xml, "      <system-out>{}</system-out>", escaped(&format!("{told}{output}")));
    }
    xml.push_str("    </testcase>\n");
}

/// What a case without a failure says: a warning, and remarks.
fn told(document: &RunDocument, probe: &ProbeRecord) -> String {
    if probe.state == ProbeState::Warn {
        return format!("warning: {}\n", details(document, probe));
    }
    probe.remarks.iter().map(|remark| lines(remark) + "\n").collect()
}

fn details(document: &RunDocument, probe: &ProbeRecord) -> String {
    let mut text = vec![sentence(document, probe), lines(&probe.message)];
    text.extend(probe.why.as_deref().map(lines));
    text.extend(probe.remarks.iter().map(|remark| lines(remark)));
    text.extend(
        probe
            .findings
            .iter()
            .map(|finding| format!("{}  {}", finding_place(finding), one_line(&finding_words(finding)))),
    );
    text.extend(probe_line(document, probe));
    text.retain(|line| !line.is_empty());
    lines(&text.join("\n"))
}

/// The schema has digits and a point alone.
fn seconds(seconds: f64) -> String {
    format!("{:.3}", if seconds.is_finite() { seconds.max(0.0) } else { 0.0 })
}

/// For content and for values in double quotes; readers make blanks of ends of lines in values.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"), // `]]>` may not stand in content
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
