//! Which value counts, where it is written, and what it shadows.

use super::fixture::Fixture;

const PROJECT: &str = "go = \"1.99\"\n[env]\nGOPROXY = \"https://project.example\"\n[env.override]\n\
    GOPATH = \"${PROJECT}/.gopath\"\nNO_PROXY = \"\"\n";
const CONFIG: &str = "[env]\nGOPATH = \"§/everywhere\"\nGOFLAGS = \"-v\"\n[[directory]]\npath = \"§/p\"\n\
    env.GOFLAGS = \"-x\"\n[[directory]]\npath = \"§/p/q\"\nenv.GOFLAGS = \"-n\"\n[[directory]]\npath = \"§/elsewhere\"\n\
    env.override.GOFLAGS = \"-a\"\n[[network]]\ngateway = \"203.0.113.77\"\nenv.HTTPS_PROXY = \"http://far.example:1\"\n";

/// The lines of `gvmr env --why`, their columns separated by one blank.
fn why(fixture: &Fixture, variables: &[(&str, &str)], names: &[&str]) -> Vec<String> {
    let text = fixture.env(variables, &[&["--why"], names].concat()).succeeds();
    let lines = text.lines().map(|line| {
        let (left, right) = line.split_once('\t').unwrap_or_else(|| panic!("{line:?} has one column"));
        format!("{} {right}", left.trim_end())
    });
    lines.collect()
}

#[track_caller]
fn assert_lines(fixture: &Fixture, lines: &[String], expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| fixture.text(line)).collect();
    assert_eq!(lines, expected);
}

#[test]
fn every_value_that_loses_is_named_with_its_place_and_the_reason() {
    let fixture = Fixture::new();
    fixture.project(PROJECT);
    fixture.config(CONFIG);
    fixture.go_env_file("# of the user\nGOFLAGS=-w\nGOPROXY=https://written.example\n");
    let process = [("GOPATH", "/process"), ("no_proxy", "n.example"), ("GOROOT", "/other")];
    let names = ["GOPATH", "GOPROXY", "GOFLAGS", "NO_PROXY", "GOROOT", "GOTOOLCHAIN", "NETRC"];
    let config = "§/user/.config/gvmr/config.toml";
    let expected = [
        "GOPATH=§/p/.gopath §/p/gvmr.toml:5 (override)",
        "  not /process the environment: an override beats it",
        &format!("  not §/everywhere {config}:2: an override beats it"),
        "GOPROXY=https://project.example §/p/gvmr.toml:3",
        "  not https://written.example §/user/.config/go/env:3 (go env -w): a rule sets it",
        &format!("GOFLAGS=-n {config}:9 (directory §/p/q)"),
        &format!("  not -x {config}:6 (directory §/p): a deeper directory comes first"),
        &format!("  not -v {config}:3: a directory's rule comes first"),
        "  not -w §/user/.config/go/env:2 (go env -w): a rule sets it",
        &format!(
            "  not -a {config}:12 (override, directory §/elsewhere): does not apply: §/p/q is not in §/elsewhere"
        ),
        "NO_PROXY= unset",
        "  removed §/p/gvmr.toml:6 (override)",
        "  not n.example the environment (no_proxy): §/p/gvmr.toml:6 removes it",
        "GOROOT=§/user/.local/share/gvmr/versions/go1.99.1 the toolchain that runs here (§/p/gvmr.toml:1)",
        "  not /other the environment: it belongs to another toolchain",
        "GOTOOLCHAIN=local set by gvmr for the exact pin at §/p/gvmr.toml:1; for a tool that needs a newer Go: \
         GOTOOLCHAIN=auto, or go +VERSION",
        "  not auto §/user/.local/share/gvmr/versions/go1.99.1/go.env:2: the version was named explicitly",
        "NETRC= unset",
    ];
    assert_lines(&fixture, &why(&fixture, &process, &names), &expected);
}

#[test]
fn what_is_kept_and_what_another_network_asks_for_is_told() {
    let fixture = Fixture::new();
    fixture.project(PROJECT);
    fixture.config(CONFIG);
    let lines =
        why(&fixture, &[("GVMR_KEEP", "GOPATH,GOPROXY"), ("GOPATH", "/mine")], &["GOPATH", "GOPROXY"]);
    let expected = [
        "GOPATH=/mine the environment, kept by GVMR_KEEP",
        "  not §/p/.gopath §/p/gvmr.toml:5 (override): GVMR_KEEP names the variable",
        "  not §/everywhere §/user/.config/gvmr/config.toml:2: GVMR_KEEP names the variable",
        "GOPROXY=https://shipped.example §/user/.local/share/gvmr/versions/go1.99.1/go.env:1",
        "  not https://project.example §/p/gvmr.toml:3: GVMR_KEEP names the variable",
    ];
    assert_lines(&fixture, &lines, &expected);
    let lines =
        why(&fixture, &[("https_proxy", "http://low:1"), ("HTTPS_PROXY", "http://up:1")], &["HTTPS_PROXY"]);
    assert_eq!(lines[0], "HTTPS_PROXY=http://up:1 the environment");
    assert_eq!(
        lines[1],
        "  not http://low:1 the environment (https_proxy): the upper-case name is read first"
    );
    let far = fixture.text("  not http://far.example:1 §/user/.config/gvmr/config.toml:15 (gateway 203.0.113.77): does not apply: gateway is ");
    assert!(lines[2].starts_with(&far) && lines[2].ends_with(", not 203.0.113.77"), "{lines:?}");
    let all = fixture.env(&[], &["--why"]).succeeds();
    assert!(!all.contains("far.example") && !all.contains("elsewhere") && !all.contains("GOBIN"), "{all}");
}

#[test]
fn a_process_gopath_that_can_hurt_gives_way_and_says_so() {
    let fixture = Fixture::new();
    fixture.config(CONFIG);
    let lines = why(&fixture, &[("GOPATH", "relative")], &["GOPATH"]);
    assert_eq!(lines[0], fixture.text("GOPATH=§/everywhere §/user/.config/gvmr/config.toml:2"));
    assert!(lines[1].starts_with("  not relative the environment: \"relative\" is relative"), "{lines:?}");
    assert_eq!(fixture.go(&[("GOPATH", "relative")], &[]).stdout.matches("GOPATH=").count(), 1);
    let notices = fixture.env(&[("GOPATH", "relative")], &["--json"]).json()["notices"].take();
    assert_eq!(notices[0]["kind"], "gopath");
}

#[test]
fn a_file_that_is_not_trusted_has_no_effect_and_is_told() {
    let fixture = Fixture::new();
    fixture.project(PROJECT);
    std::fs::write(fixture.world.path("p/gvmr.toml"), fixture.text(PROJECT).replace("project", "edited"))
        .unwrap();
    let run = fixture.env(&[], &["--why", "GOPROXY"]);
    assert!(run.stderr.contains("gvmr.toml, which changed since you trusted it"), "{run:?}");
    assert!(run.succeeds().starts_with("GOPROXY=https://shipped.example"));
    let notices = fixture.env(&[], &["--json"]).json()["notices"].take();
    assert_eq!(notices[0]["kind"], "project-file");
}

#[test]
fn the_version_of_a_trusted_file_is_explained_like_any_pin() {
    let fixture = Fixture::new();
    fixture.project(PROJECT);
    let why = fixture.world.gvmr_in(&fixture.here(), ["current", "--why"]).succeeds();
    let expected = "1.99.1\t§/p/gvmr.toml:1: \"1.99\" selects its newest installed release";
    assert_eq!(why, fixture.text(expected));
    let json = fixture.world.gvmr_in(&fixture.here(), ["current", "--json"]).json();
    assert_eq!(json["version"], "1.99.1");
    assert_eq!((json["rule"].as_str(), json["line"].as_u64()), (Some("gvmr.toml"), Some(1)));
    assert_eq!(json["file"], fixture.text("§/p/gvmr.toml"));
    // In one directory .go-version wins, and so what `use` writes counts at once.
    fixture.world.gvmr_in(&fixture.world.path("p"), ["use", "1.99.1"]).succeeds();
    let why = fixture.world.gvmr_in(&fixture.here(), ["current", "--why"]).succeeds();
    assert!(why.contains("/p/.go-version:1"), "{why}");
    std::fs::remove_file(fixture.world.path("p/.go-version")).unwrap();
    fixture.project("go = \"1.50\"\n");
    fixture
        .world
        .gvmr_in(&fixture.here(), ["current"])
        .exits(3, &["Go 1.50 is not installed", "gvmr.toml:1"]);
}
