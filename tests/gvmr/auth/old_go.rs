//! Go commands that ask nobody: a netrc in memory before 1.24, and proxies in every release.

use super::{canary, file, files_with, go, set};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{Run, World};
use gvmr::credentials::{Credentials, ForGo, for_go};
use gvmr_core::env::rules::Change;
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use std::path::Path;
use std::process::Command;

/// What a go of this version is given, where the environment holds `variables`.
fn given(world: &World, variables: &[(&str, String)], version: &str) -> (ForGo, Vec<Change>) {
    let user = world.path("user").display().to_string();
    let mut environment: Vec<(&str, &str)> = vec![("HOME", &user)];
    environment.extend(variables.iter().map(|(name, value)| (*name, value.as_str())));
    let own = UserDirs::of(&Home::at(world.home()), &environment).unwrap();
    let mut changes = Vec::new();
    let version = Version::parse(version).unwrap();
    let given = for_go(&Credentials::of(&own), &environment, Some(&version), &mut changes).unwrap();
    (given, changes)
}

fn run(mut go: Command, changes: &[Change]) -> Run {
    for change in changes {
        for name in [Some(change.name), change.twin].into_iter().flatten() {
            go.env(name, change.value.as_ref().unwrap());
        }
    }
    Run::of(&mut go)
}

/// Each matches a machine in its own way: by host and port, by host alone, by what the request says.
const VERSIONS: [&str; 3] = ["1.13.15", "1.19.13", "1.22.10"];

#[test]
fn a_go_before_1_24_reads_them_from_memory() {
    if slow::left_out("auth::old_go::a_go_before_1_24_reads_them_from_memory") {
        return;
    }
    let Some(authority) = authority() else { return };
    let Some(mut world) = go::installed(&VERSIONS) else { return skip("no go, or no network") };
    for version in VERSIONS {
        let secret = format!("canary-o{version}");
        let server = go::private(authority, &secret);
        go::for_go(&mut world, &server.url(""), authority);
        world.set("GOFLAGS", if version == "1.13.15" { "" } else { "-modcacherw" }); // it came with 1.14
        let words = canary::spellings("joe", &secret);
        let own = "machine own.corp login me password mine\nmacdef init\ncd /";
        std::fs::write(world.path("user/.netrc"), own).unwrap();
        let machine = server.address().to_string();
        assert!(given(&world, &[], version).1.is_empty(), "nothing is kept");
        set(&world, &[&machine, "--user", "joe"], &secret).succeeds();
        let (for_go, changes) = given(&world, &[], version);
        assert!(for_go.notices.is_empty(), "{for_go:?}");
        let watch = canary::Watch::start(words.clone(), &["cmdline", "environ"]);
        let ended = run(go::direct(&world, &world.goroot(version)), &changes);
        assert!(!words.iter().any(|word| ended.stderr.contains(word)), "{ended:?}");
        assert_eq!(ended.code, Some(0), "{version}: {ended:?}");
        watch.saw_nothing();
        drop(for_go);
        assert_eq!(files_with(&world.path(""), &words), [file(&world)]);
        // The lines of the netrc that is named go before those that are kept.
        let named = world.path("named");
        let host = if version == "1.19.13" { "127.0.0.1" } else { &machine };
        std::fs::write(&named, format!("machine {host} login joe password wrong\ndefault\n")).unwrap();
        let (_given, changes) = given(&world, &[("NETRC", named.display().to_string())], version);
        let ended = run(go::direct(&world, &world.goroot(version)), &changes);
        assert!(ended.code != Some(0) && ended.stderr.contains("401"), "{version}: {ended:?}");
        world.gvmr(["auth", "remove", &machine]).succeeds();
    }
}

#[test]
fn a_netrc_that_is_kept_from_rules_is_left_alone() {
    let world = super::world();
    set(&world, &["git.corp.example", "--user", "joe"], "canary-k").succeeds();
    let kept = |names: &str| {
        let variables = [("GVMR_KEEP", names.to_owned()), ("NETRC", "/dev/null".to_owned())];
        given(&world, &variables, "1.22.10").1.is_empty()
    };
    assert!(kept("GOFLAGS,NETRC"));
    assert!(!kept("GOFLAGS,NETRC2"));
}

#[test]
fn a_proxys_credentials_are_in_its_address_for_that_go_alone() {
    let secret = "canary p@:/%\u{e9}";
    let wanted = format!("Basic {}", canary::spellings("jo@e", secret)[1]);
    let proxy = Server::start(move |request| {
        let given = request.header("proxy-authorization").unwrap_or_default().trim_end_matches('=');
        if given == wanted {
            go::module(request)
        } else {
            Reply::status(407).header("Proxy-Authenticate", "Basic")
        }
    });
    let goroot = Run::of(Command::new("go").args(["env", "GOROOT"])).succeeds();
    let version = Run::of(Command::new("go").args(["env", "GOVERSION"])).succeeds();
    let version = version.trim_start_matches("go");
    let mut world = World::new("off");
    world.set("GOPROXY", "http://goproxy.example").set("GOSUMDB", "off").set("GOFLAGS", "-modcacherw");
    let variables = [("http_proxy", proxy.address().to_string())];
    world.set(variables[0].0, &variables[0].1);
    let run_now = |changes: &[Change]| run(go::direct(&world, Path::new(&goroot)), changes);
    assert!(run_now(&[]).stderr.contains("407"));
    set(&world, &["--proxy", &proxy.url(""), "--user", "jo@e"], secret).succeeds();
    let (_given, changes) = given(&world, &variables, version);
    assert_eq!((changes.len(), changes[0].name, changes[0].twin), (1, "HTTP_PROXY", Some("http_proxy")));
    run_now(&changes).succeeds();
    // What nothing may change stays, and so does an address that brings its own.
    let keep = [variables[0].clone(), ("GVMR_KEEP", "HTTP_PROXY".to_owned())];
    assert!(given(&world, &keep, version).1.is_empty());
    let own = [("HTTP_PROXY", proxy.url("").replace("//", "//me:mine@"))];
    assert!(given(&world, &own, version).1.is_empty());
}
