//! What a check file would run, for people: each probe with its target, limits and options, and where variables come from.

use super::shown_target::{notification, target, time};
use crate::check::file::{CheckFile, CheckVariable, Finder, ProbeDefinition, ProbeTarget, VariableOrigin};
use crate::terminal::Terminal;
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::io;

/// Prints a plan.
pub fn show(file: &CheckFile, json: bool, terminal: &Terminal) -> io::Result<()> {
    if json { terminal.json(&as_json(file)) } else { terminal.data(lines(file).join("\n")) }
}

/// The lines of a plan.
fn lines(file: &CheckFile) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: key {}, at most {}",
        file.name,
        printable::text(&file.series),
        time(file.deadline)
    )];
    lines.extend(file.variables.iter().map(|variable| format!("  {}", shown(variable))));
    for dimension in &file.dimensions {
        lines.push(dimension.name.clone());
        for probe in &dimension.probes {
            let place = if probe.line == 0 { "built in".to_owned() } else { format!("line {}", probe.line) };
            lines.push(format!("  {}  {}  ({place})", probe.name, target(&probe.target)));
            let limits = limits(probe);
            if !limits.is_empty() {
                lines.push(format!("    {}", limits.join("; ")));
            }
            let options = options(probe);
            if !options.is_empty() {
                lines.push(format!("    {}", options.join(", ")));
            }
        }
    }
    lines.extend(file.notifications.iter().map(|one| format!("notify {}", notification(one))));
    // A line of the file stays a line: patterns and addresses may hold ends of lines.
    lines.iter().map(|line| printable::text(line)).collect()
}

/// The same for scripts.
fn as_json(file: &CheckFile) -> Value {
    let probes = file.probes().map(|probe| {
        json!({
            "id": probe.id,
            "kind": probe.target.kind(),
            "target": target(&probe.target),
            "line": (probe.line > 0).then_some(probe.line),
            "limits": limits(probe),
            "options": options(probe),
            "definition": probe.definition,
        })
    });
    let variables = file.variables.iter().map(|variable| {
        json!({ "name": variable.name, "value": variable.value, "origin": origin(variable.origin) })
    });
    let notifications = file.notifications.iter().map(notification);
    json!({
        "name": file.name,
        "key": file.series,
        "variables": variables.collect::<Vec<_>>(),
        "probes": probes.collect::<Vec<_>>(),
        "notifications": notifications.collect::<Vec<_>>(),
    })
}

fn shown(variable: &CheckVariable) -> String {
    format!("{} = {} ({})", variable.name, printable::text(&variable.value), origin(variable.origin))
}

fn origin(origin: VariableOrigin) -> String {
    match origin {
        VariableOrigin::Flag => "--var".to_owned(),
        VariableOrigin::Environment => "environment".to_owned(),
        VariableOrigin::Default(line) => format!("default, line {line}"),
    }
}

/// Programs and servers that a file reaches, to be read before it is trusted.
pub fn reached(file: &CheckFile) -> Vec<String> {
    let probes = file.probes().map(|probe| format!("{}: {}", probe.id, target(&probe.target)));
    let notifications = file.notifications.iter().map(|one| format!("notify: {}", notification(one)));
    probes.chain(notifications).map(|line| printable::text(&line)).collect()
}

/// What must hold.
fn limits(probe: &ProbeDefinition) -> Vec<String> {
    let mut limits: Vec<String> =
        probe.figures.iter().map(|figure| format!("{} {}", figure.figure, figure.condition)).collect();
    let extraction = match &probe.target {
        ProbeTarget::Http(target) => {
            limits.extend(
                target
                    .json
                    .iter()
                    .map(|wanted| format!("json {} {} {}", wanted.pointer, wanted.operator, wanted.value)),
            );
            limits.extend(target.contains.as_ref().map(|text| format!("contains {text:?}")));
            target.extraction.as_ref()
        }
        ProbeTarget::Command(target) => {
            let codes: Vec<_> = target.exit.iter().map(ToString::to_string).collect();
            limits.push(format!("exit {}", codes.join(" or ")));
            limits.extend(target.contains.as_ref().map(|text| format!("contains {text:?}")));
            target.extraction.as_ref()
        }
        ProbeTarget::File(target) => {
            limits.push(if target.exists { "exists".to_owned() } else { "does not exist".to_owned() });
            limits.extend(target.contains.as_ref().map(|text| format!("contains {text:?}")));
            target.extraction.as_ref()
        }
        ProbeTarget::Tls(target) => {
            limits.extend(target.trusted.then(|| "trusted".to_owned()));
            None
        }
        _ => None,
    };
    limits.extend(extraction.map(|found| match &found.finder {
        Finder::Pattern(pattern) => {
            format!("value is what '{}' finds", pattern.as_str().trim_start_matches("(?m)"))
        }
        Finder::Pointer(pointer) => format!("value is what json '{pointer}' finds"),
    }));
    limits
}

fn options(probe: &ProbeDefinition) -> Vec<String> {
    let mut options = vec![format!("timeout {}", time(probe.timeout))];
    if probe.within.is_some() || probe.hold_for.is_some() {
        options.push(format!("every {}", time(probe.every)));
    }
    options.extend(probe.within.map(|within| format!("within {}", time(within))));
    options.extend(probe.hold_for.map(|hold_for| format!("for {}", time(hold_for))));
    if !probe.needs.is_empty() {
        options.push(format!("needs {}", probe.needs.join(", ")));
    }
    options.extend(probe.advisory.then(|| "advisory".to_owned()));
    options
}
