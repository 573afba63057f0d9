//! How it is printed: for eval, for people, for scripts; and never a secret.

use super::fixture::Fixture;
use crate::support::world::Run;
use std::process::Command;

const CANARY: &str = "canary";

#[test]
fn names_print_values_alone_as_go_env_does() {
    let fixture = Fixture::new();
    fixture.config("[env]\nGOPRIVATE = \"*.corp.example\"\n");
    let run = fixture.env(&[("GOFLAGS", "-v")], &["GOPRIVATE", "GOBIN", "GOFLAGS", "HTTP_PROXY"]);
    assert_eq!(run.stdout, "*.corp.example\n\n-v\n\n");
    fixture.env(&[], &["GOOS"]).exits(2, &["gvmr cannot explain \"GOOS\"", "go env"]);
    fixture.env(&[], &["GOPATH", "--shell", "fish"]).exits(2, &["--shell"]);
}

#[test]
fn the_lines_for_eval_stay_what_they_were() {
    let fixture = Fixture::new();
    fixture.project("[env.override]\nGOPATH = \"/x\"\n");
    let lines = fixture.env(&[("GOPATH", "rel")], &[]);
    assert_eq!(lines.stderr, "");
    assert_eq!(lines.stdout.matches(";\n").count(), 1, "{lines:?}");
    let script = format!("{}\nprintf %s \"$PATH\"", lines.stdout);
    let path = Run::of(Command::new("sh").args(["-c", &script]).env_clear()).succeeds();
    assert!(path.starts_with(&format!("{}:", fixture.world.home().join("shims").display())), "{path}");
    assert!(!lines.stdout.contains("GOPATH"));
}

#[test]
fn no_secret_is_shown_wherever_it_is_written() {
    let fixture = Fixture::new();
    fixture.project("[env.override]\nGOPROXY = \"https://joe:canary@p.example,https://h.example|direct\"\n");
    fixture.config(
        "[env]\nGOPROXY = \"https://canary@c.example\"\nHTTPS_PROXY = \"http://joe:canary@x.example:1\"\n\
         GOFLAGS = \"-ldflags=-X=a.b=https://joe:canary@f.example\"\n",
    );
    fixture.go_env_file(
        "GOPROXY=https://joe:can,canary@w.example\nGOSUMDB=s+1+k https://joe:canary@s.example\n",
    );
    let process = [
        ("GOPROXY", "joe:canary@process.example,off"),
        ("HTTP_PROXY", "joe:canary@up.example:1"),
        ("http_proxy", "//joe:canary@low.example:1"),
        ("NO_PROXY", "a\u{1b}[2J"),
    ];
    for arguments in [&["--why"] as &[&str], &["--json"], &["GOPROXY", "HTTP_PROXY", "GOFLAGS", "GOSUMDB"]] {
        let run = fixture.env(&process, arguments);
        assert!(!format!("{run:?}").contains(CANARY), "{arguments:?}: {run:#?}");
        assert!(run.stdout.contains("***@p.example,https://h.example|direct"), "{run:#?}");
        assert!(run.stdout.contains("***@up.example:1"), "{run:#?}");
        assert!(!run.stdout.contains('\u{1b}'), "{run:#?}");
    }
    // Go itself gets them whole.
    let got = fixture.go(&process, &[]).succeeds();
    assert!(got.contains("GOPROXY=https://joe:canary@p.example,https://h.example|direct\n"), "{got}");
}

#[test]
fn scripts_read_places_and_what_is_shadowed() {
    let fixture = Fixture::new();
    fixture.project("[env]\nGOPATH = \"/fill\"\n[env.override]\nGOFLAGS = \"-v\"\n");
    fixture.config("[[directory]]\npath = \"§/p\"\nenv.GOPRIVATE = \"d\"\n");
    let document = fixture.env(&[("GOPATH", "§/process")], &["--json"]).json();
    for key in ["home", "shims", "go", "gofmt", "path", "go_bin", "variables", "notices"] {
        assert!(document.get(key).is_some(), "{key} is missing: {document:#}");
    }
    let variables = &document["variables"];
    assert_eq!(variables["GOFLAGS"]["value"], "-v");
    let file = fixture.text("§/p/gvmr.toml");
    let from = serde_json::json!({ "kind": "project", "file": file, "line": 4, "override": true });
    assert_eq!(variables["GOFLAGS"]["from"], from);
    assert_eq!(variables["GOPATH"]["from"], serde_json::json!({ "kind": "process", "name": "GOPATH" }));
    let shadowed = &variables["GOPATH"]["shadowed"][0];
    assert_eq!((shadowed["value"].as_str(), shadowed["from"]["line"].as_u64()), (Some("/fill"), Some(2)));
    assert_eq!(shadowed["why"], "the environment sets it");
    assert_eq!(variables["GOPRIVATE"]["from"]["directory"], fixture.text("§/p"));
    assert_eq!(variables["GOPROXY"]["from"]["kind"], "toolchain-go-env");
    assert_eq!(variables["HTTP_PROXY"]["from"], serde_json::json!({ "kind": "unset" }));
    // This toolchain does not say what its defaults are.
    assert_eq!(variables["GOBIN"]["value"], serde_json::Value::Null);
    assert_eq!(document["notices"][0]["kind"], "defaults");
    let names: Vec<&String> = variables.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 52, "{names:?}");
}

#[test]
fn without_a_toolchain_the_rules_are_explained_all_the_same() {
    let fixture = Fixture::new();
    fixture.project("go = \"1.50\"\n[env]\nGOPROXY = \"https://project.example\"\n");
    let run = fixture.env(&[], &["--why", "GOPROXY", "GOCACHE", "GOTOOLCHAIN"]);
    assert!(run.stderr.contains("Go 1.50 is not installed"), "{run:?}");
    let text = run.succeeds();
    assert!(text.starts_with("GOPROXY=https://project.example"), "{text}");
    assert!(text.contains("GOCACHE=?") && text.contains("\tGo's default"), "{text}");
    std::fs::write(fixture.world.path("p/.go-version"), "nonsense\n").unwrap();
    let run = fixture.env(&[], &["--json", "GOPROXY"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["notices"][0]["kind"], "version");
}
