//! systemd, `node_exporter`, Ansible and Nagios: what they run on a machine.

use super::super::baselines::FILE;
use super::{documents, machine, recipe, run, text, tool};
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use regex_lite::Regex;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The check file of all recipes for machines.
pub(super) const CHECK_FILE: &str = "/etc/orders/gvmr-check.toml";
/// The program in units.
pub(super) const PROGRAM: &str = "/usr/local/bin/gvmr";
/// Where `node_exporter` looks.
const METRICS: &str = "/var/lib/node_exporter/textfile";

/// A machine with the recipes' check file below its root, and a figure that passes or fails.
fn orders() -> World {
    let world = machine();
    let without_baseline = FILE.replace(", <= baseline + 10%", "");
    world.project("etc/orders", &[("gvmr-check.toml", &without_baseline), ("figure", "50")]);
    world.project("var/lib/node_exporter/textfile", &[]);
    world
}

fn set_figure(world: &World, figure: &str) {
    fs::write(world.path("etc/orders/figure"), figure).unwrap();
}

/// A recipe with the machine's paths.
fn placed(world: &World, title: &str) -> String {
    let below = |path: &str| world.path(path.trim_start_matches('/')).display().to_string();
    [CHECK_FILE, METRICS]
        .into_iter()
        .fold(recipe(title), |recipe, path| recipe.replace(path, &below(path)))
        .replace(PROGRAM, gvmr().to_str().unwrap())
}

/// The last value of a unit's setting.
fn setting<'u>(unit: &'u str, name: &str) -> &'u str {
    unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).next_back().unwrap()
}

/// What `systemd-analyze` says of these units.
fn said_of_units(world: &World, units: &[(&str, &str)]) -> Option<String> {
    let directory = world.project("units", units);
    let mut command = Command::new("systemd-analyze");
    command.current_dir(&directory).env("SYSTEMD_UNIT_PATH", format!("{}:", directory.display()));
    let Ok(output) = command.args(["verify", "./gvmr-check.service", "./gvmr-check.timer"]).output() else {
        skip("needs systemd-analyze");
        return None;
    };
    // Other units of this machine may have faults, too.
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(said.lines().filter(|line| line.contains("gvmr-check")).collect::<Vec<_>>().join("\n"))
}

#[test]
fn systemd_takes_the_units_and_runs_the_check() {
    let world = orders();
    let [service, timer, metrics] =
        ["gvmr-check.service\n", "gvmr-check.timer", "metrics.conf"].map(|title| placed(&world, title));
    let (timer_file, drop_in) = ("gvmr-check.timer", "gvmr-check.service.d/metrics.conf");
    let verify = |service: &str, metrics: &str| {
        said_of_units(&world, &[("gvmr-check.service", service), (timer_file, &timer), (drop_in, metrics)])
    };
    let Some(said) = verify(&service, &metrics) else { return };
    assert_eq!(said, "");
    let wrong = verify(&service.replace("DynamicUser", "DynamicUsers"), &metrics).unwrap();
    assert!(wrong.contains("DynamicUsers"), "{wrong}");
    let wrong = verify(&service, &metrics.replace("UMask=0022", "UMask=x")).unwrap();
    assert!(wrong.contains("metrics.conf"), "{wrong}");

    let (name, value) = setting(&service, "Environment").split_once('=').unwrap();
    let state = world.project("var/lib/gvmr-check", &[]);
    let value = value.replace("%S", state.parent().unwrap().to_str().unwrap());
    let start = || {
        let mut words = setting(&service, "ExecStart").split(' ');
        let mut command = world.command(Path::new(words.next().unwrap()), Path::new("/"));
        // The home of a user that exists only meanwhile.
        Run::of(command.args(words).env(name, &value).env("HOME", "/"))
    };
    start().succeeds();
    set_figure(&world, "150");
    assert!(start().exits(1, &[]).stdout.contains("value is 150, <= 100 asked"));
    assert_eq!(fs::read_dir(state.join("default")).unwrap().count(), 3, "two runs and their lock");
}

#[test]
fn node_exporter_finds_the_metrics_that_the_alerts_ask() {
    let world = orders();
    let drop_in = placed(&world, "metrics.conf");
    let Some(rules) = documents(&recipe("gvmr-check.rules.yml")) else { return };
    let mut line = format!("umask {}; ", setting(&drop_in, "UMask"));
    line += setting(&drop_in, "ExecStart");
    let start = || run(&world, Path::new("sh"), Path::new("/"), &["-c", &line]);
    let file = world.path("var/lib/node_exporter/textfile/gvmr_check.prom");
    let sample = || {
        let text = fs::read_to_string(&file).unwrap();
        let pass = text.lines().find_map(|line| line.strip_prefix("gvmr_check_pass{")).unwrap();
        (pass.rsplit(' ').next().unwrap().to_owned(), text)
    };
    start().succeeds();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(sample().0, "1");
    set_figure(&world, "150");
    start().exits(1, &[]);
    let (pass, metrics) = sample();
    assert_eq!(pass, "0");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing half is left");

    let asked = rules[0]["groups"][0]["rules"].as_array().unwrap().iter().map(|rule| text(&rule["expr"]));
    let asked = asked.collect::<Vec<_>>().join("\n");
    let names: BTreeSet<_> =
        Regex::new(r"gvmr_\w+").unwrap().find_iter(&asked).map(|name| name.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.iter().all(|name| metrics.contains(&format!("\n{name}{{"))), "{names:?} {metrics}");
}

#[test]
fn ansible_stops_at_the_machine_that_does_not_hold() {
    let Some(playbook) = tool("bin/ansible-playbook") else { return };
    let mut world = orders();
    world.set("LC_ALL", "C.UTF-8");
    let directory = world.path("etc/orders");
    fs::write(directory.join("rollout.yml"), placed(&world, "rollout.yml")).unwrap();
    fs::write(
        directory.join("hosts"),
        "[orders]\norders-1 ansible_connection=local\norders-2 ansible_connection=local\n\
         [orders:vars]\nansible_python_interpreter=/usr/bin/python3\n",
    )
    .unwrap();
    let play = |words: &[&str]| {
        let mut all = vec!["-i", "hosts", "rollout.yml"];
        all.extend(words);
        run(&world, &playbook, &directory, &all)
    };
    play(&["--syntax-check"]).succeeds();
    let passed = play(&[]).succeeds();
    assert_eq!(passed.matches("changed=0").count(), 2, "{passed}");
    assert_eq!(passed.matches("failed=0").count(), 2, "{passed}");
    set_figure(&world, "150");
    let failed = play(&[]).exits(2, &[]);
    assert!(failed.stdout.contains("a.b: value is 150, <= 100 asked"), "{failed:#?}");
    assert!(!failed.stdout.contains("orders-2"), "the second machine is left alone: {failed:#?}");
    fs::write(directory.join("gvmr-check.toml"), "[a.b]\n").unwrap();
    let wrong = play(&[]).exits(2, &[]);
    assert!(wrong.stdout.contains("a.b has no kind"), "{wrong:#?}");
}

#[test]
fn nagios_gets_one_line_and_its_codes() {
    let world = orders();
    let plugin = world.project("plugins", &[("check_gvmr", &recipe("check_gvmr FILE"))]).join("check_gvmr");
    fs::set_permissions(&plugin, Permissions::from_mode(0o755)).unwrap();
    let command = recipe("gvmr-check.cfg");
    assert!(
        command.contains("$USER1$/check_gvmr $ARG1$")
            && command.contains(&format!("check_gvmr!{CHECK_FILE}"))
    );
    let file = world.path(CHECK_FILE.trim_start_matches('/'));
    let file = file.to_str().unwrap();
    let answer = |words: &[&str], code: i32| {
        let run = run(&world, &plugin, Path::new("/"), words).exits(code, &[]);
        assert!(run.stdout.lines().count() == 1 && run.stderr.is_empty(), "{run:#?}");
        run.stdout
    };
    assert!(answer(&[file], 0).starts_with("gvmr check: pass in "));
    set_figure(&world, "150");
    assert!(answer(&[file], 2).contains("a.b is 150, <= 100 asked"));
    assert!(answer(&[file, "--skip", "c"], 3).contains("there is no dimension or probe c"));
    assert!(answer(&["/none.toml"], 3).contains("there is no /none.toml"));
    fs::write(file, "[a.b]\ncommand = [\"sh\", \"-c\", \"echo 'one|two' >&2; exit 3\"]\n").unwrap();
    assert!(answer(&[file], 2).contains("sh ended with 3, 0 asked: one/two"));
}
