//! What a check file would run, for people: each probe with its target, limits and options, and where variables come from.

use crate::check::file::{
    BinarySource, CheckFile, CheckVariable, Finder, GoQuestion, GoTarget, GoTests, HttpTarget,
    ProbeDefinition, ProbeTarget, PrometheusTarget, ResourceScope, SocketTarget, VariableOrigin,
};
use crate::terminal::Terminal;
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

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
    lines.extend(
        file.notifications
            .iter()
            .map(|one| (one.url.host(), format!("({:?}) on {:?}", one.format, one.on).to_lowercase()))
            .map(|(host, how)| format!("notify {host} {how}")),
    );
    lines
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
    json!({
        "name": file.name,
        "key": file.series,
        "variables": variables.collect::<Vec<_>>(),
        "probes": probes.collect::<Vec<_>>(),
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
    let notifications = file.notifications.iter().map(|one| format!("notify: {}", one.url.host()));
    probes.chain(notifications).collect()
}

fn target(target: &ProbeTarget) -> String {
    let path = printable::path;
    match target {
        ProbeTarget::Http(target) => http(target),
        ProbeTarget::Tcp(target) => {
            let address = match &target.address {
                SocketTarget::Tcp(host, port) => format!("{host}:{port}"),
                SocketTarget::Unix(socket) => format!("unix:{}", path(socket)),
            };
            format!("tcp {address}{}", if target.closed { " must be closed" } else { "" })
        }
        ProbeTarget::Tls(target) => format!("tls {}:{} as {}", target.host, target.port, target.name),
        ProbeTarget::Command(target) => {
            format!(
                "run {}",
                target.words.iter().map(|word| printable::typed(word)).collect::<Vec<_>>().join(" ")
            )
        }
        ProbeTarget::File(target) => format!("file {}", path(&target.path)),
        ProbeTarget::Disk(disk) => format!("disk of {}", path(disk)),
        ProbeTarget::Memory(scope) => format!("memory of the {}", scope_name(*scope)),
        ProbeTarget::Cpu(scope, over) => {
            format!("processors of the {} over {}", scope_name(*scope), time(*over))
        }
        ProbeTarget::Prometheus(target) => prometheus(target),
        ProbeTarget::Secrets(target) => format!("credentials in {}", path(&target.path)),
        ProbeTarget::Go(target) => go(target),
    }
}

fn scope_name(scope: ResourceScope) -> &'static str {
    match scope {
        ResourceScope::Host => "machine",
        ResourceScope::Cgroup => "control group",
    }
}

fn http(target: &HttpTarget) -> String {
    let mut text = format!("{} {}", target.method, target.url);
    if target.requests > 1 {
        let _ = write!(text, " {} times, {} at once", target.requests, target.concurrency);
    }
    if let Some(address) = &target.address {
        let _ = write!(text, " at {address}");
    }
    if target.insecure {
        text.push_str(" INSECURE: certificates are not verified");
    }
    text
}

/// `go code.test of ./api/..., with the race detector`
fn go(target: &GoTarget) -> String {
    let program = |source: &BinarySource| match source {
        BinarySource::Built => String::new(),
        BinarySource::File(file) => format!(" of {}", printable::path(file)),
        BinarySource::Process(pid) => format!(" of process {pid}"),
    };
    let more = match &target.question {
        GoQuestion::Tests(GoTests { packages, race, tags }) => {
            let list = |words: &[String]| printable::text(&words.join(" "));
            let packages = (!packages.is_empty()).then(|| format!(" of {}", list(packages)));
            let race = race.then(|| ", with the race detector".to_owned());
            let tags = (!tags.is_empty()).then(|| format!(", with the tags {}", list(tags)));
            [packages, race, tags].into_iter().flatten().collect()
        }
        GoQuestion::Binaries(source) => program(source),
        GoQuestion::RunsOn(source, platform) => {
            let platform = platform.map(|platform| format!(", which must start with {platform}"));
            program(source) + &platform.unwrap_or_default()
        }
        GoQuestion::Vulnerabilities(options) => options
            .database
            .as_ref()
            .map(|database| format!(" by {}", printable::text(database)))
            .unwrap_or_default(),
        _ => String::new(),
    };
    format!("go {}{more}", target.name)
}

fn prometheus(target: &PrometheusTarget) -> String {
    let baseline = target.baseline.as_ref().map(|query| format!(", baseline {query}")).unwrap_or_default();
    format!("query {} at {}{baseline}", target.query, target.server)
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

fn time(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
