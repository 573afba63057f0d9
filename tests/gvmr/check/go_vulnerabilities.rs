//! Known vulnerabilities in a Go project, as a real govulncheck finds them in a small database.

use super::figure;
use super::go_orders::{MAIN, go, measured, orders, verdict, with_go};
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::world::World;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const SCANNER: &str = "golang.org/x/vuln/cmd/govulncheck";
const SCANNER_VERSION: &str = "v1.9.0";
const MODULE: &str = "golang.org/x/mod";
/// What is vulnerable in it: the id, the package, the symbol, and the version without it.
const KNOWN: [(&str, &str, &str, Option<&str>); 3] = [
    ("GO-2099-0001", "golang.org/x/mod/semver", "Major", Some("0.6.0")),
    ("GO-2099-0002", "golang.org/x/mod/semver", "Sort", None),
    ("GO-2099-0003", "golang.org/x/mod/zip", "Create", None),
];
const TIME: &str = "2026-01-01T00:00:00Z";

/// A user with a real govulncheck on PATH; none where the module proxy does not answer.
fn with_scanner() -> Option<World> {
    let mut world = with_go()?;
    let programs = world.path("user/go/bin");
    let mut install = Command::new("go");
    install.args(["install", &format!("{SCANNER}@{SCANNER_VERSION}")]);
    let output = install.env("GOBIN", &programs).env("GOFLAGS", "").output().unwrap();
    if !output.status.success() {
        skip(&format!("no govulncheck: {}", String::from_utf8_lossy(&output.stderr)));
        return None;
    }
    let path = go(&world, &programs, &["env", "GOROOT"]).succeeds();
    world.set("PATH", &format!("{path}/bin:/usr/bin:/bin:{}", programs.display()));
    Some(world)
}

/// A database of those above; gives its address.
fn database(world: &World) -> String {
    let write = |name: &str, value: &Value| {
        world.project("database", &[(name, &value.to_string())]);
    };
    write("index/db.json", &json!({"modified": TIME}));
    let ids = KNOWN.map(|(id, ..)| json!({"id": id, "modified": TIME}));
    write("index/modules.json", &json!([{"path": MODULE, "vulns": ids}]));
    write("index/vulns.json", &json!(ids));
    for (id, package, symbol, fixed) in KNOWN {
        let mut events = vec![json!({"introduced": "0"})];
        events.extend(fixed.map(|version| json!({"fixed": version})));
        let affected = json!({
            "package": {"name": MODULE, "ecosystem": "Go"},
            "ranges": [{"type": "SEMVER", "events": events}],
            "ecosystem_specific": {"imports": [{"path": package, "symbols": [symbol]}]},
        });
        let entry = json!({
            "schema_version": "1.3.1", "id": id, "modified": TIME, "published": TIME, "details": "-",
            "affected": [affected], "database_specific": {"url": format!("https://pkg.go.dev/vuln/{id}")},
        });
        write(&format!("ID/{id}.json"), &entry);
    }
    format!("file://{}", world.path("database").display())
}

#[test]
fn vulnerabilities_count_by_how_near_the_code_comes_to_them() {
    let Some(world) = with_scanner() else { return };
    let project = orders(&world, &[("main.go", MAIN)]);
    let vuln = format!("go = \"security.vuln\"\ndb = \"{}\"", database(&world));
    let probe = measured(&world, &project, &vuln);
    assert_eq!(probe["state"], "fail", "{probe:#}");
    let document = json!({"probes": [probe]});
    for name in ["called", "imported", "required"] {
        assert_eq!(figure(&document, name)["value"], 1.0, "{name}");
    }
    let finding = &document["probes"][0]["findings"][0];
    assert_eq!(finding["rule"], "GO-2099-0001");
    assert_eq!(finding["file"], "version/two words.go");
    assert_eq!((&finding["line"], &finding["column"]), (&json!(6), &json!(43)), "{finding}");
    let message = "golang.org/x/mod@v0.5.0 (fixed in v0.6.0) reached by semver.Major";
    assert_eq!(finding["message"], message);
    assert_eq!(document["probes"][0]["findings"].as_array().unwrap().len(), 1);
    assert!(document.to_string().contains(&format!("govulncheck@{SCANNER_VERSION}, database file://")));
    let limits = format!("{vuln}\ncalled = \"<= 1\"\nimported = \"== 1\"\nrequired = \"< 2\"");
    assert_eq!(verdict(&world, &project, &limits), "pass");
    // What is known and meant does not count, as long as it is meant.
    let allow = |entries: &str| verdict(&world, &project, &format!("{vuln}\nallow = [{entries}]"));
    assert_eq!(allow("\"GO-2099-0001\""), "pass");
    assert_eq!(allow("\"GO-2099-0001 until 9999-12-31\""), "pass");
    let over = measured(&world, &project, &format!("{vuln}\nallow = [\"GO-2099-0001 until 2026-01-31\"]"));
    assert_eq!(over["state"], "fail");
    assert!(
        over.to_string().contains("GO-2099-0001 was allowed until 2026-01-31, and counts again"),
        "{over:#}"
    );
    let unused = allow("\"GO-2099-0001\", \"GO-2099-9999\"");
    assert_eq!(unused, "warn: allow: GO-2099-9999 is not found; remove it");
    // The code does not reach it any more.
    fs::write(
        project.join("version/two words.go"),
        "package version\n\nfunc Newest() string { return \"v1\" }\n",
    )
    .unwrap();
    fs::write(project.join("version/used.go"), "package version\n\nimport _ \"golang.org/x/mod/semver\"\n")
        .unwrap();
    let far = measured(&world, &project, &vuln);
    assert_eq!(far["state"], "pass", "{far:#}");
    assert!(far["findings"].as_array().is_none_or(Vec::is_empty), "{far:#}");
}

#[test]
fn what_was_not_scanned_is_an_error_and_never_a_pass() {
    const VULN: &str = "go = \"security.vuln\"";
    let Some(mut world) = with_scanner() else { return };
    let project = orders(&world, &[("main.go", MAIN)]);
    let database = database(&world);
    let scanned = format!("{VULN}\ndb = \"{database}\"");
    // The database is not there, answers with an error, or cannot be reached.
    let missing = verdict(&world, &project, &format!("{VULN}\ndb = \"{database}-of-yesterday\""));
    assert!(
        missing.starts_with("error: govulncheck ended with 1: ") && missing.contains("no such file"),
        "{missing}"
    );
    let server = Server::start(|_| Reply::status(503));
    let answers = verdict(&world, &project, &format!("{VULN}\ndb = \"{}\"", server.url("")));
    assert!(
        answers.starts_with("error: govulncheck ended with 1: ")
            && answers.contains("unrecognized vulndb format"),
        "{answers}"
    );
    world.set("HTTPS_PROXY", &server.url(""));
    let unreachable = verdict(&world, &project, VULN);
    assert!(unreachable.starts_with("error: govulncheck ended with 1: "), "{unreachable}");
    assert!(unreachable.contains("vuln.go.dev"), "{unreachable}");
    world.unset("HTTPS_PROXY");
    // Code that does not compile is not scanned.
    fs::write(project.join("main.go"), "package main\n\nfunc main() { nothing() }\n").unwrap();
    let broken = verdict(&world, &project, &scanned);
    assert!(broken.starts_with("error: govulncheck ended with 1: "), "{broken}");
    fs::write(project.join("main.go"), MAIN).unwrap();
    // Another program of that name that says nothing.
    let programs = world.path("user/go/bin");
    fs::write(programs.join("govulncheck"), "#!/bin/sh\n").unwrap();
    let silent = verdict(&world, &project, &scanned);
    assert_eq!(silent, "error: govulncheck printed no config, so nothing was scanned");
    fs::remove_file(programs.join("govulncheck")).unwrap();
    let none = verdict(&world, &project, &scanned);
    assert_eq!(none, format!("error: govulncheck is not here; `go install {SCANNER}@latest`"));
}

#[test]
fn the_tool_of_go_mod_comes_before_that_of_path() {
    let Some(world) = with_scanner() else { return };
    let project = orders(&world, &[("main.go", MAIN)]);
    fs::write(world.path("user/go/bin/govulncheck"), "#!/bin/sh\nexit 9\n").unwrap();
    let mut get = Command::new("go");
    get.current_dir(&project)
        .args(["get", "-tool", &format!("{SCANNER}@{SCANNER_VERSION}")])
        .env("GOFLAGS", "");
    let got = get.output().unwrap();
    assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stderr));
    // Now the module has a version that no entry covers but those without a fix.
    let probe = measured(&world, &project, &format!("go = \"security.vuln\"\ndb = \"{}\"", database(&world)));
    assert_eq!(probe["state"], "pass", "{probe:#}");
    assert!(probe.to_string().contains(&format!("govulncheck@{SCANNER_VERSION}")), "{probe:#}");
}
