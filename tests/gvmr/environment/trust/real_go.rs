//! The same with a real go, whose flags run programs and whose proxies are asked.

use super::fixture::{Machine, script};
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_hostile_repository_gets_nothing_from_a_real_go_before_trust() {
    let Some((machine, version)) = with_this_machines_go() else { return skip("no go") };
    let server = Server::start(|_| Reply::status(404));
    let (marker, tool, auth) =
        (machine.world.path("marker"), machine.world.path("tool"), machine.world.path("auth"));
    script(&tool, &format!("#!/bin/sh\n: >'{}'\nexec \"$@\"\n", marker.display()));
    script(&auth, &format!("#!/bin/sh\n: >'{}'\n", marker.display()));
    let text = format!(
        "[env]\nGOFLAGS = \"-toolexec={}\"\nGOPROXY = \"{proxy}\"\nGOAUTH = \"{}\"\nHTTPS_PROXY = \"{proxy}\"\n\
         [env.override]\nGOPATH = \"/\"\n",
        tool.display(),
        auth.display(),
        proxy = server.url(""),
    );
    let project = machine.project("evil", &text);
    fs::write(project.join("go.mod"), "module evil\n\ngo 1.19\n").unwrap();
    fs::write(project.join("main.go"), "package main\n\nfunc main() {}\n").unwrap();

    let is_harmless = |when: &str| {
        let run = tries(&machine, &project);
        assert_eq!(run.environment, run.plain, "{when}");
        assert!(!marker.exists(), "{when}: {marker:?}");
        assert_eq!(server.targets(), [""; 0], "{when}");
        assert!(run.download.stderr.contains("GOPROXY=off"), "{when}: {:?}", run.download);
    };
    is_harmless("before trust");
    machine.trust(&project, &[]).succeeds();
    let run = tries(&machine, &project);
    let expected = [
        format!("-toolexec={}", tool.display()),
        server.url(""),
        if auth_is_known(&version) { auth.display().to_string() } else { String::new() },
        "/".to_owned(),
    ];
    assert_eq!(run.environment, expected);
    assert!(marker.exists(), "the tool runs: {:?}", run.build);
    assert!(!server.targets().is_empty(), "the proxy is asked: {:?}", run.download);

    let mut https = machine.world.command(&machine.world.home().join("shims/go"), &project);
    https.args(["mod", "download", "example.test/absent@v1.0.0"]).env("GOPROXY", "https://modules.test");
    assert_ne!(Run::of(&mut https).code, Some(0));
    assert_eq!(server.count("modules.test:443"), 1, "the HTTP proxy is asked: {:?}", server.targets());

    fs::remove_file(&marker).unwrap();
    let asked = server.targets().len();
    fs::write(project.join("gvmr.toml"), format!("{text}#")).unwrap();
    let run = tries(&machine, &project);
    assert_eq!(run.environment, run.plain, "one byte changed");
    assert!(!marker.exists());
    assert_eq!(server.targets().len(), asked);
}

struct Tries {
    /// GOFLAGS, GOPROXY, GOAUTH and GOPATH.
    environment: Vec<String>,
    /// The same in a directory without a file.
    plain: Vec<String>,
    build: Run,
    download: Run,
}

/// What a user does in a fresh clone.
fn tries(machine: &Machine, project: &Path) -> Tries {
    let go = |directory: &Path, words: &[&str]| machine.world.shim("go", directory, words);
    let variables = |directory: &Path| {
        let lines = go(directory, &["env", "GOFLAGS", "GOPROXY", "GOAUTH", "GOPATH"]);
        assert_eq!(lines.code, Some(0), "{lines:?}");
        lines.stdout.lines().map(str::to_owned).collect()
    };
    let environment = variables(project);
    let plain = variables(&machine.world.path("user"));
    let build = go(project, &["build", "-a", "-o", "built", "unicode/utf8"]);
    assert_eq!(build.code, Some(0), "{build:?}");
    assert_eq!(go(project, &["list", "./..."]).succeeds(), "evil");
    let download = go(project, &["mod", "download", "example.test/absent@v1.0.0"]);
    assert_ne!(download.code, Some(0));
    Tries { environment, plain, build, download }
}

/// A machine whose one toolchain is this machine's go, which asks nobody by itself and writes only there.
fn with_this_machines_go() -> Option<(Machine, String)> {
    let output =
        Command::new("go").args(["env", "GOROOT", "GOVERSION"]).env("GOTOOLCHAIN", "local").output().ok()?;
    let output = String::from_utf8(output.stdout).unwrap();
    let (goroot, version) = output.trim().split_once('\n')?;
    let mut machine = Machine::new();
    symlink(PathBuf::from(goroot), machine.world.home().join("versions").join(version)).unwrap();
    fs::write(machine.world.home().join("default"), version).unwrap();
    let cache = machine.world.path("modules").display().to_string();
    machine.world.set("GOTOOLCHAIN", "local").set("GOSUMDB", "off").set("GOMODCACHE", &cache);
    fs::create_dir_all(machine.world.path("user/.config/go")).unwrap();
    fs::write(machine.world.path("user/.config/go/env"), "GOPROXY=off\n").unwrap();
    Some((machine, version.to_owned()))
}

fn auth_is_known(version: &str) -> bool {
    let minor = version.strip_prefix("go1.").and_then(|rest| rest.split(['.', 'r', 'b']).next());
    minor.and_then(|minor| minor.parse().ok()).is_none_or(|minor: u32| minor >= 24)
}
