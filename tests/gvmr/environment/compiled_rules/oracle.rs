//! Addresses in rules against what Go itself makes of them.

use crate::support::skip;
use gvmr::config::compile_project;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Prints for each line of its input which proxy Go uses where `HTTP_PROXY` has that value: it asks itself anew each
/// time, since Go reads the variable once.
const PROGRAM: &str = r#"package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		request, _ := http.NewRequest("GET", "http://example.com/", nil)
		proxy, err := http.ProxyFromEnvironment(request)
		if err != nil || proxy == nil {
			return
		}
		password, _ := proxy.User.Password()
		fmt.Printf("%s %s %s %s %s", proxy.Scheme, proxy.Hostname(), proxy.Port(), proxy.User.Username(), password)
		return
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		again := exec.Command(os.Args[0], "x")
		again.Env = []string{"HTTP_PROXY=" + lines.Text()}
		output, _ := again.Output()
		fmt.Printf("%s\n", output)
	}
}
"#;

/// A part of an address as it is written and as it is meant; the first of each kind is the plain one. The last field
/// says whether a rule takes it.
type Part = (&'static str, &'static str, bool);

const SCHEMES: [Part; 9] = [
    ("http://", "http", true),
    ("", "http", true),
    ("https://", "https", true),
    ("socks5://", "socks5", true),
    ("socks5h://", "socks5h", true),
    ("HTTP://", "http", true),
    ("ftp://", "ftp", false),
    ("http:/", "http", false),
    ("http:", "http", false),
];
const USERS: [Part; 8] = [
    ("", " ", true),
    ("joe@", "joe ", true),
    ("joe:pw@", "joe pw", true),
    ("joe:p%23w@", "joe p#w", true),
    ("joe:p@w@", "joe p@w", true),
    ("joe:p#w@", "joe p#w", false),
    ("joe:p w@", "joe p w", false),
    ("joe:100%@", "joe 100%", false),
];
const HOSTS: [Part; 8] = [
    ("proxy", "proxy", true),
    ("Proxy.corp-1.example", "Proxy.corp-1.example", true),
    ("10.0.0.1", "10.0.0.1", true),
    ("[fd00::1]", "fd00::1", true),
    ("a_b", "a_b", true),
    ("fd00::1", "fd00::1", false),
    ("pro xy", "pro xy", false),
    ("", "", false),
];
const PORTS: [Part; 6] = [
    (":3128", "3128", true),
    ("", "", true),
    (":0", "0", false),
    (":65536", "65536", false),
    (":", "", false),
    (":x", "x", false),
];
const TAILS: [Part; 4] = [("", "", true), ("/", "", true), ("/wpad.dat", "", false), ("?x", "", false)];

#[test]
fn a_proxy_that_a_rule_takes_is_the_one_that_go_uses() {
    let addresses = addresses();
    let values: Vec<_> = addresses.iter().map(|(written, _, _)| written.as_str()).collect();
    let Some(answers) = by_go(&values.join("\n")) else { return };
    assert_eq!(answers.len(), addresses.len());
    let mut count = 0;
    for ((written, meant, allowed), by_go) in addresses.iter().zip(&answers) {
        let takes = is_taken("HTTP_PROXY", written);
        assert_eq!(takes, *allowed, "{written}, which Go reads as {by_go}");
        assert!(!takes || by_go == meant, "{written}: Go reads {by_go}");
        count += usize::from(takes);
    }
    assert!(count > 80 && count + 80 < addresses.len(), "{count} of {}", addresses.len());
}

/// Addresses that are plain but for two parts at most: as written, as meant, and whether a rule takes them.
fn addresses() -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for (a, scheme) in SCHEMES.iter().enumerate() {
        for (b, user) in USERS.iter().enumerate() {
            for (c, host) in HOSTS.iter().enumerate() {
                for (d, port) in PORTS.iter().enumerate() {
                    for (e, tail) in TAILS.iter().enumerate() {
                        if [a, b, c, d, e].iter().filter(|index| **index > 0).count() > 2 {
                            continue;
                        }
                        let parts = [scheme, user, host, port, tail];
                        // Without a scheme it is host:port and nothing else.
                        let whole = !scheme.0.is_empty() || (!port.0.is_empty() && tail.0.is_empty());
                        found.push((
                            parts.map(|part| part.0).concat(),
                            format!("{} {} {} {}", scheme.1, host.1, port.1, user.1),
                            whole && parts.iter().all(|part| part.2),
                        ));
                    }
                }
            }
        }
    }
    found
}

fn by_go(written: &str) -> Option<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("main.go");
    std::fs::write(&source, PROGRAM).unwrap();
    let program = directory.path().join("program");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).args([&program, &source]).current_dir(&directory);
    let Ok(output) = go.output() else {
        skip("go is not on PATH");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut running = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = running.stdin.take().unwrap();
    let written = written.to_owned();
    let writer = std::thread::spawn(move || input.write_all(written.as_bytes()).unwrap());
    let output = running.wait_with_output().unwrap();
    writer.join().unwrap();
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

/// Entries of a GOPROXY, and whether a rule is stricter than the go command, which would fail at them only later.
const ENTRIES: [(&str, bool); 29] = [
    ("direct", false),
    ("off", false),
    ("off,proxy", false),
    ("direct|proxy", false),
    ("https://proxy.example", false),
    ("http://proxy.example:8080|https://b.example , direct", false),
    ("HTTPS://proxy.example", false),
    ("https://joe:pw@proxy.example/x?y", false),
    ("https://[fd00::1]:80/x", false),
    ("proxy.example/team", false),
    ("proxy:8080", false),
    ("file:///srv/mirror", false),
    ("file:///srv/my mirror", false),
    ("file:/srv/mirror", false),
    ("file://host/x", false),
    ("file:///x?y", false),
    ("file:///x/%zz", false),
    ("proxy", false),
    ("Direct", false),
    ("/srv/mirror", false),
    ("ftp://proxy.example", false),
    ("https://proxy.example/%zz", false),
    ("https://pro xy.example", false),
    ("https://proxy.example:x", false),
    ("~/mirror", true),
    ("http:/proxy.example", true),
    ("https://", true),
    ("https://proxy.example:99999", true),
    ("http://joe:pw@proxy.example", true),
];

#[test]
fn a_list_of_proxies_that_a_rule_takes_is_one_that_the_go_command_takes() {
    let directory = tempfile::tempdir().unwrap();
    let versions = directory.path().join("example.com/m/@v");
    std::fs::create_dir_all(&versions).unwrap();
    for (name, text) in [
        ("list", "v1.0.0\n"),
        ("v1.0.0.info", "{\"Version\":\"v1.0.0\",\"Time\":\"2026-01-01T00:00:00Z\"}"),
        ("v1.0.0.mod", "module example.com/m\n"),
    ] {
        std::fs::write(versions.join(name), text).unwrap();
    }
    let mut verdicts = [0, 0];
    for (entry, is_stricter) in ENTRIES {
        // The go command reads the whole list first, and then asks nobody but the directory that has the module.
        let list = format!("file://{},{entry}", directory.path().display());
        let ran = Command::new("go")
            .args(["list", "-m", "-versions", "example.com/m"])
            .current_dir(&directory)
            .env("HOME", directory.path())
            .env("GOPROXY", &list)
            .envs([("GOENV", "off"), ("GOFLAGS", "-mod=mod"), ("GOSUMDB", "off"), ("GOTOOLCHAIN", "local")])
            .env_remove("GOPRIVATE")
            .env_remove("GONOPROXY")
            .output();
        let Ok(output) = ran else { return skip("go is not on PATH") };
        let says = String::from_utf8_lossy(&output.stderr);
        let by_go = output.status.success();
        assert_eq!(is_taken("GOPROXY", &list), by_go && !is_stricter, "{entry}: {says}");
        assert!(by_go || !is_stricter, "{entry}: go refuses it too: {says}");
        verdicts[usize::from(by_go)] += 1;
    }
    assert!(verdicts.iter().all(|count| *count > 8), "{verdicts:?}");
}

fn is_taken(name: &str, value: &str) -> bool {
    let text = format!("env.{name} = '{value}'\n");
    compile_project(Path::new("/p/gvmr.toml"), text.as_bytes(), None).is_ok()
}
