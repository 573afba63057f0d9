//! The real go command and ours before the same scripted proxies: who is asked for what.

use super::{Goproxy, ProxyList, SumdbRemote, amd64, list, offline, version};
use crate::support::server::{Reply, Server};
use crate::support::skip;
use gvmr::sources::ProxyTarget;
use std::process::Command;

const WANTED: &str = "golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64";

/// Lists of two proxies, where A and B stand for their addresses.
const LISTS: [&str; 7] = ["A", "A,B", "A|B", "A,B,off", "A|B,off", "A,off,B", " A , ,B|"];

/// Runs `go mod download` on the toolchain; false where there is no go command.
fn run_go(goproxy: &str, private: &str) -> bool {
    let home = tempfile::tempdir().unwrap();
    let ran = Command::new("go")
        .args(["mod", "download", WANTED])
        .current_dir(home.path())
        .env("GOPROXY", goproxy)
        .env("GONOPROXY", private)
        .env("GOSUMDB", "sum.golang.org")
        .env("GOMODCACHE", home.path().join("modules"))
        .env("GOPATH", home.path())
        .env("GOENV", "off")
        .env("GOTOOLCHAIN", "local")
        .env("HTTPS_PROXY", "http://127.0.0.1:1") // the database's own address is out of reach
        .env("NETRC", "/nonexistent")
        .output();
    if ran.is_err() {
        skip("go is not on PATH");
    }
    ran.is_ok()
}

/// The requests of one kind that two servers saw, without repetitions.
fn asked(servers: [&Server; 2], part: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for (server, name) in servers.into_iter().zip(["A", "B"]) {
        for target in server.targets().iter().filter(|target| target.contains(part)) {
            let line = format!("{name}{target}");
            if !seen.contains(&line) {
                seen.push(line);
            }
        }
    }
    seen
}

#[test]
fn the_next_proxy_is_asked_when_go_asks_it() {
    let mut pairs = 0;
    for text in LISTS {
        for status in [404, 410, 403, 401, 500] {
            let start =
                || [Server::start(move |_| Reply::status(status)), Server::start(|_| Reply::status(404))];
            let ([a, b], [our_a, our_b]) = (start(), start());
            if !run_go(&text.replace('A', &a.url("/p")).replace('B', &b.url("")), "") {
                return;
            }
            let (client, list) =
                (offline(), list(&text.replace('A', &our_a.url("/p")).replace('B', &our_b.url(""))));
            assert!(Goproxy::new(&client, &list, amd64()).fetch(&version("1.99.0")).is_err());
            let ours = asked([&our_a, &our_b], ".zip").join(" ").replace(".zip", ".info");
            assert_eq!(ours, asked([&a, &b], ".info").join(" "), "{text} with {status}");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 35);
}

#[test]
fn the_checksum_database_is_reached_as_go_reaches_it() {
    for text in LISTS {
        for (of_a, of_b) in
            [(200, 200), (404, 200), (410, 404), (403, 200), (500, 200), (500, 404), (404, 500)]
        {
            let serving = |supported: u16| {
                Server::start(move |request| {
                    let file = request.target.rsplit('/').next().unwrap();
                    match (file.strip_suffix(".info"), file.strip_suffix(".mod")) {
                        _ if file == "supported" => Reply::status(supported),
                        (Some(version), _) => Reply::ok(format!("{{\"Version\":\"{version}\"}}")),
                        (_, Some(_)) => Reply::ok("module golang.org/toolchain\n"),
                        _ => Reply::status(404),
                    }
                })
            };
            let (a, b, our_a, our_b) = (serving(of_a), serving(of_b), serving(of_a), serving(of_b));
            if !run_go(&text.replace('A', &a.url("/p")).replace('B', &b.url("")), "") {
                return;
            }
            let (client, list) =
                (offline(), list(&text.replace('A', &our_a.url("/p")).replace('B', &our_b.url(""))));
            let remote = SumdbRemote::new(&client, &list, "sum.golang.org", None).unwrap();
            let error = remote.read(&format!("/lookup/{WANTED}")).unwrap_err();
            let theirs = asked([&a, &b], "/sumdb/");
            assert!(!theirs.is_empty());
            assert_eq!(asked([&our_a, &our_b], "/sumdb/"), theirs, "{text} with {of_a} and {of_b}: {error}");
        }
    }
}

const PATTERNS: [&str; 26] = [
    "golang.org/toolchain",
    "golang.org",
    "golang.org/",
    "*.org",
    "*",
    "corp.example,golang.org/*",
    "corp.example, golang.org",
    "g?lang.[m-p]rg/tool*",
    "golang.org/toolchain/sub",
    "golang.org/*/*",
    "golang",
    "*/x",
    "*/*",
    "org",
    "golang.org/tool",
    "golang.org//",
    "[golang.org",
    "[^g]olang.org",
    "[^a-f]olang.org",
    "[]g]olang.org",
    "[\\g-h]olang.org",
    "[g-]olang.org",
    "golang\\.org",
    "golang.org\\",
    "GOLANG.org",
    ",",
];

#[test]
fn a_pattern_makes_the_module_private_where_go_thinks_so() {
    let mut private = 0;
    for pattern in PATTERNS {
        let server = Server::start(|_| Reply::status(404));
        if !run_go(&server.url(""), pattern) {
            return;
        }
        // The origin is out of reach, which does not pass the implied comma: then the proxy is not asked.
        let theirs = server.requests().is_empty();
        let list = ProxyList::parse(&server.url(""), pattern).unwrap();
        assert_eq!(matches!(list.entries()[0].place, ProxyTarget::Private(_)), theirs, "{pattern}");
        private += usize::from(theirs);
    }
    assert!((5..20).contains(&private), "{private}");
}
