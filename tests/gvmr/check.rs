//! `gvmr check`: real files, programs and servers, each limit kept and broken.

mod bad_answers;
mod baselines;
mod chain;
mod command_line;
mod containment;
mod figures;
mod files;
mod go_binaries;
mod go_code;
mod go_modules;
mod go_orders;
mod go_project;
mod go_runs_on;
mod go_same_twice;
mod go_tests;
mod go_toolchain;
mod go_vulnerabilities;
mod kept_runs;
mod limits;
mod manual;
mod notices;
mod recipes;
mod servers;
mod services;
mod trust;

use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

/// A project with a check file that has this text.
fn project(world: &World, text: &str) -> PathBuf {
    world.project("orders", &[("gvmr-check.toml", text)])
}

/// `gvmr check -f` of that file.
fn check(world: &World, project: &Path, words: &[&str]) -> Run {
    let file = project.join("gvmr-check.toml");
    let mut all = vec!["check", "-f", file.to_str().unwrap()];
    all.extend(words);
    world.gvmr_in(project, all)
}

/// What became of one probe `a.b` with these lines: `pass`, or the state and the message.
fn outcome(world: &World, lines: &str) -> String {
    let project = project(world, &format!("[a.b]\n{lines}\n"));
    let run = check(world, &project, &["--json", "--no-archive"]);
    let code = run.code;
    let document = run.json();
    assert!(document.get("probes").is_some(), "{lines}\n{document:#}");
    let probe = &document["probes"][0];
    let state = probe["state"].as_str().unwrap();
    let is_pass = matches!(state, "pass" | "warn");
    assert_eq!(code, Some(i32::from(!is_pass)), "{lines}\n{document:#}");
    assert_eq!(document["verdict"], if is_pass { "pass" } else { "fail" });
    match probe["message"].as_str().unwrap() {
        "" => state.to_owned(),
        message => format!("{state}: {message}"),
    }
}

/// The figure of the first probe of a document.
fn figure<'v>(document: &'v Value, name: &str) -> &'v Value {
    let figures = document["probes"][0]["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["name"] == name).unwrap_or_else(|| panic!("{name}: {document:#}"))
}

/// Writes a file of a project.
fn write(project: &Path, name: &str, text: &str) {
    fs::write(project.join(name), text).unwrap();
}

/// `gvmr check --json` in a process group of its own.
fn start(world: &World, project: &Path) -> Child {
    let mut command = world.command(gvmr(), project);
    command.args(["check", "-f", "gvmr-check.toml", "--json"]).process_group(0);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for its end, and gives what it said and the most memory that it had, in KiB.
fn watched(mut child: Child) -> (Output, u64) {
    let mut peak = 0;
    let status = format!("/proc/{}/status", child.id());
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    (child.wait_with_output().unwrap(), peak)
}

/// `a.b fail: why` of each probe.
fn messages(document: &Value) -> Vec<String> {
    let probes = document["probes"].as_array().unwrap();
    let one = |probe: &Value| format!("{} {}: {}", probe["id"], probe["state"], probe["message"]);
    probes.iter().map(|probe| one(probe).replace('"', "")).collect()
}
