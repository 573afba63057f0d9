//! A machine that moves between networks: each `go` uses the proxy of the one it is in, with no command in between.
//!
//! The machine is this process in namespaces of its own. Two sites lie behind two links: a NAT whose gateway is
//! 10.0.2.2, and a bridge whose gateway is 192.168.56.1. In each a scripted proxy listens, which counts, serves one
//! module by itself, and may ask for credentials.

mod network;

use crate::environment::gopath::fixture::Fixture;
use crate::support::namespaces;
use crate::support::world::{Run, gvmr};
use network::{Network, VM};
use std::path::Path;
use std::process::{Command, Stdio};

const CANARY: &str = "canary-8c1f";
const WRONG: &str = "canary-wrong";
const INSIDE: &str = "GVMR_TEST_ROAMING";

/// The rules of the user's: what to use where.
const RULES: &str = r#"
[env]
GOPROXY = "http://modules.example"
GONOSUMDB = "*"

[[network]]
gateway = "10.0.2.2"
env.HTTP_PROXY = "http://10.0.2.2:3128"

[[network]]
subnet = "192.168.56.0/24"
interface = ["eth9", "vm-bridge"]
env.HTTP_PROXY = "http://192.168.56.1:3128"
env.GOFLAGS = "-modcacherw"
"#;

#[test]
fn a_machine_that_moves_reaches_the_proxy_of_the_network_it_is_in() {
    if !namespaces::are_there() {
        return;
    }
    let run = namespaces::run("environment::network_changes::inside", |command| {
        command.env(INSIDE, "1");
    });
    run.unwrap_or_else(|said| panic!("{said}"));
}

/// Does nothing unless it is process 1 of a machine of its own, or a proxy in one of its sites.
#[test]
fn inside() {
    match std::env::var(INSIDE).as_deref() {
        Ok("1") => moves(),
        Ok(address) => network::serve(address),
        Err(_) => {}
    }
}

fn moves() {
    assert_eq!(std::process::id(), 1);
    let Some(mut fixture) = Fixture::with_go() else { return };
    network::prepare();
    let nat = Network::make(&fixture, "nat", "10.0.2.15/24", "10.0.2.2");
    let bridge = Network::make(&fixture, "bridge", "192.168.56.7/24", "192.168.56.1");
    fixture.world.set("GOPROXY", "").set("GOFLAGS", "");
    fixture.config(RULES);

    nat.enter();
    downloads(&fixture).succeeds();
    assert!(nat.served() > 0 && bridge.served() == 0, "{} {}", nat.served(), bridge.served());
    assert_eq!(fixture.go(&[], &["env", "GOFLAGS"]).succeeds(), "");
    let why = fixture.world.gvmr(["env", "--why", "HTTP_PROXY"]).succeeds();
    assert!(why.contains("HTTP_PROXY=http://10.0.2.2:3128") && why.contains("config.toml:8"), "{why}");

    bridge.enter();
    let before = nat.served();
    downloads(&fixture).succeeds();
    assert!(nat.served() == before && bridge.served() > 0, "{} {}", nat.served(), bridge.served());
    assert_eq!(fixture.go(&[], &["env", "GOFLAGS"]).succeeds(), "-modcacherw");

    VM.leave();
    let before = (nat.served(), bridge.served());
    let nowhere = downloads(&fixture);
    assert_ne!(nowhere.code, Some(0), "{nowhere:?}");
    assert_eq!((nat.served(), bridge.served()), before, "no proxy is asked where no network matches");

    nat.enter();
    the_process_and_the_project_have_their_say(&fixture, &nat, &bridge);
    credentials_reach_their_proxy_alone(&fixture, &nat);
}

/// Downloads the module anew.
fn downloads(fixture: &Fixture) -> Run {
    let _ = std::fs::remove_dir_all(fixture.path("modules"));
    fixture.go(
        &[("GOMODCACHE", "@/modules"), ("GOTOOLCHAIN", "local")],
        &["mod", "download", "-modcacherw", "example.com/m@v1.0.0"],
    )
}

fn the_process_and_the_project_have_their_say(fixture: &Fixture, nat: &Network, bridge: &Network) {
    let flags = |variables: &[(&str, &str)]| fixture.go(variables, &["env", "GOFLAGS"]).succeeds();
    fixture.write(
        "p/gvmr.toml",
        "[[network]]\ngateway = [\"10.0.2.2\", \"fd00::1\"]\nenv.GOFLAGS = \"-v\"\n\
         [[network]]\ninterface = \"vm-bridge\"\nenv.override.GOFLAGS = \"-x\"\n",
    );
    fixture.world.gvmr_in(&fixture.path("p"), ["trust"]).succeeds();
    assert_eq!(flags(&[]), "-v");
    assert_eq!(flags(&[("GOFLAGS", "-n")]), "-n");
    bridge.enter();
    assert_eq!(flags(&[("GOFLAGS", "-n")]), "-x");
    std::fs::remove_file(fixture.path("p/gvmr.toml")).unwrap();
    nat.enter();
    let before = nat.served();
    let own = fixture.go(
        &[("GOMODCACHE", "@/other"), ("http_proxy", "http://10.0.2.2:1")],
        &["mod", "download", "-modcacherw", "example.com/m@v1.0.0"],
    );
    assert_ne!(own.code, Some(0), "the process's own proxy goes first: {own:?}");
    assert_eq!(nat.served(), before);
}

/// Port 3129 of a site wants joe's credentials.
fn credentials_reach_their_proxy_alone(fixture: &Fixture, nat: &Network) {
    fixture.config(&RULES.replace("10.0.2.2:3128", "10.0.2.2:3129"));
    let refused = downloads(fixture);
    assert!(refused.stderr.contains("407"), "{refused:?}");

    keep(fixture, CANARY);
    downloads(fixture).succeeds();
    assert!(nat.authorized() > 0);
    fixture.world.gvmr(["ls-remote", "--quiet", "1.22"]); // through the same proxy, whatever it finds
    let why = fixture.world.gvmr(["env", "--why"]).succeeds();
    assert!(!why.contains(CANARY), "{why}");

    keep(fixture, WRONG);
    let (authorized, mut seen) = (nat.authorized(), String::new());
    for run in [
        downloads(fixture),
        fixture.go(&[("GOMODCACHE", "@/modules")], &["list", "-x", "-m", "example.com/m@v1.0.0"]),
        fixture.go(&[], &["env"]),
        fixture.world.gvmr(["env", "--why", "--json"]),
        fixture.world.gvmr(["auth", "list"]),
    ] {
        seen.extend([run.stdout, run.stderr]);
    }
    let install = fixture.world.gvmr(["install", "1.22.10"]);
    assert_eq!(install.code, Some(4), "{install:?}");
    for word in ["10.0.2.2:3129", "joe", "credentials"] {
        assert!(install.stderr.contains(word), "the message names the place, {word}: {}", install.stderr);
    }
    seen += &install.stderr;
    assert_eq!(nat.authorized(), authorized);
    assert!(!seen.contains("canary"), "{seen}");
    no_secret_lies_about(&fixture.path(""));
}

fn keep(fixture: &Fixture, secret: &str) {
    let mut command = fixture.world.command(gvmr(), &fixture.path("user"));
    command.args(["auth", "set", "10.0.2.2:3129", "--proxy", "--user", "joe", "--file"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{secret}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// The secret is in one private file and in no other; in no argument and no environment of what still runs.
fn no_secret_lies_about(directory: &Path) {
    let words = ["--recursive", "--text", "--files-with-matches", "canary"];
    let found = Command::new("grep").args(words).arg(directory).output().unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    assert!(found.trim().ends_with("/gvmr/credentials") && found.lines().count() == 1, "{found}");
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        for file in ["cmdline", "environ"] {
            let bytes = std::fs::read(process.path().join(file)).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&bytes).contains("canary"), "{}", process.path().display());
        }
    }
}
