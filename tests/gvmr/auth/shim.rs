//! What the shim makes of the file, and that `gvmr env --why` says the same.

use super::{file, set};
use crate::environment::env_why::fixture::Fixture;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

/// The variable as the next go gets it, and as `gvmr env --why` shows it.
fn both(fixture: &Fixture, variables: &[(&str, &str)], name: &str) -> [Option<String>; 2] {
    let run = fixture.go(variables, &["env"]);
    let line = run.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let shown = fixture.json(variables, &[name])[name].take();
    let is_set = shown["from"]["kind"] != "default" && shown["from"]["kind"] != "toolchain";
    [line.map(str::to_owned), shown["value"].as_str().filter(|_| is_set).map(str::to_owned)]
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A toolchain of this version, the default, whose `go` prints what it gets.
fn prints_as(fixture: &Fixture, version: &str) {
    let program = fixture.world.goroot(version).join("bin/go");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    let mut copy = Command::new("install");
    Run::of(copy.args(["-m", "755"]).args([&fixture.world.path("prints"), &program])).succeeds();
    fs::write(fixture.world.home().join("default"), format!("{version}\n")).unwrap();
}

#[test]
fn a_file_that_is_not_used_is_told_once_a_day_and_the_explanation_agrees() {
    let fixture = Fixture::new();
    set(&fixture.world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    let provider = format!("netrc;{}/shims/gvmr auth", fixture.world.home().display());
    assert_eq!(both(&fixture, &[], "GOAUTH"), [Some(provider.clone()), Some(provider)]);
    let path = file(&fixture.world);
    let not_used = |word: &str| {
        assert_eq!(both(&fixture, &[], "GOAUTH"), [None, None], "{word}");
        let why = fixture.env(&[], &["--why"]);
        let line = format!("ignoring stored credentials: {} ", path.display());
        assert!(why.stderr.contains(&line) && why.stderr.contains(word), "{why:?}");
        // The first go above said it, so this one is silent.
        assert_eq!(fixture.go(&[], &["env"]).stderr, "", "{word}");
        let _ = fs::remove_dir_all(fixture.world.home().join("notices"));
        let go = fixture.go(&[], &["env"]);
        assert!(go.code == Some(0) && go.stderr.contains(&line) && go.stderr.contains(word), "{go:?}");
    };
    mode(&path, 0o644);
    not_used("mode 0644");
    mode(&path, 0o600);
    mode(&fixture.world.home(), 0o777);
    not_used("chmod o-w");
    mode(&fixture.world.home(), 0o700);
    let elsewhere = fixture.world.path("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    not_used("symbolic link");
}

#[test]
fn a_go_that_asks_nobody_is_not_given_a_file_that_others_can_read() {
    let mut fixture = Fixture::new();
    prints_as(&fixture, "1.22.10");
    set(&fixture.world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    fixture.world.set("HTTPS_PROXY", "http://proxy.corp:3128");
    set(&fixture.world, &["proxy.corp:3128", "--proxy", "--user", "joe"], "pr0xy").succeeds();
    let given = fixture.go(&[], &["env"]).succeeds();
    assert!(given.contains("\nNETRC=/proc/self/fd/") && given.contains("joe:pr0xy@proxy.corp"), "{given}");
    let said = "which are not shown";
    assert!(fixture.env(&[], &["--why"]).stderr.contains(said));
    mode(&file(&fixture.world), 0o644);
    let given = fixture.go(&[], &["env"]).exits(0, &["mode 0644"]);
    assert!(!given.stdout.contains("NETRC=") && !given.stdout.contains("pr0xy"), "{given:?}");
    let why = fixture.env(&[], &["--why"]).exits(0, &["mode 0644"]);
    assert!(!why.stderr.contains(said), "{why:?}");
}

#[test]
fn goauth_off_keeps_the_netrc_from_every_version_of_go() {
    let fixture = Fixture::new();
    set(&fixture.world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    fs::write(fixture.world.path("user/.netrc"), "machine m login l password p\n").unwrap();
    let off = [("GOAUTH", "off")];
    let netrc = |variables: &[(&str, &str)]| {
        let given = fixture.go(variables, &["env"]).succeeds();
        given.lines().find_map(|line| line.strip_prefix("NETRC=")).map(str::to_owned)
    };
    assert_eq!(netrc(&off), None, "go 1.24 and later knows the word");
    for old in ["1.13.15", "1.19.13", "1.23.12"] {
        prints_as(&fixture, old);
        assert_eq!(netrc(&off).as_deref(), Some("/dev/null"), "{old}");
        assert_eq!(netrc(&[("GOAUTH", " off ")]).as_deref(), Some("/dev/null"), "{old}");
        assert_eq!(netrc(&[("GOAUTH", "off"), ("NETRC", "/x")]).as_deref(), Some("/dev/null"), "{old}");
        assert_eq!(netrc(&[("GOAUTH", "off"), ("GVMR_KEEP", "NETRC")]), None, "{old}");
        assert!(netrc(&[]).unwrap().starts_with("/proc/self/fd/"), "{old}");
        assert!(netrc(&[("GOAUTH", "netrc")]).unwrap().starts_with("/proc/self/fd/"), "{old}");
    }
    let named = [("GOAUTH", "off"), ("NETRC", "/x")];
    let shown = fixture.json(&named, &["NETRC"])["NETRC"].take();
    assert_eq!(
        (&shown["value"], &shown["from"]["kind"]),
        (&"/dev/null".into(), &"credentials".into()),
        "{shown}"
    );
    let why = fixture.env(&named, &["--why", "NETRC"]).succeeds();
    assert!(why.contains("GOAUTH=off") && why.contains("/x"), "{why}");
    // Where it is written says nothing of whom it is for, and a rule beats the file.
    fixture.go_env_file("GOAUTH=off\n");
    assert_eq!(netrc(&[]).as_deref(), Some("/dev/null"));
    fixture.config("[env]\nGOAUTH = \"netrc\"\n");
    assert!(netrc(&[]).unwrap().starts_with("/proc/self/fd/"));
    // Without anything stored too.
    fs::remove_file(file(&fixture.world)).unwrap();
    fixture.config("[env.override]\nGOAUTH = \"off\"\n");
    assert_eq!(netrc(&[]).as_deref(), Some("/dev/null"));
    prints_as(&fixture, "1.12.17");
    assert_eq!(netrc(&[]), None, "no variable names its netrc");
}

#[test]
fn a_proxys_login_is_for_its_scheme_host_and_port_alone() {
    let fixture = Fixture::new();
    set(&fixture.world, &["https://proxy.corp:3128", "--proxy", "--user", "joe"], "tls").succeeds();
    let given = |proxy: &str| {
        let run = fixture.go(&[("HTTPS_PROXY", proxy)], &["env"]).succeeds();
        run.lines().find_map(|line| line.strip_prefix("HTTPS_PROXY=")).unwrap().to_owned()
    };
    assert_eq!(given("https://proxy.corp:3128"), "https://joe:tls@proxy.corp:3128");
    assert_eq!(given("HTTPS://Proxy.corp:3128"), "HTTPS://joe:tls@Proxy.corp:3128");
    for other in [
        "http://proxy.corp:3128",
        "proxy.corp:3128",
        "socks5://proxy.corp:3128",
        "other://proxy.corp:3128",
        "https://proxy.corp:3129",
        "https://proxy.corp",
        "https://a.proxy.corp:3128",
    ] {
        assert_eq!(given(other), other);
    }
    set(&fixture.world, &["proxy.corp:3128", "--proxy", "--user", "ann"], "plain").succeeds();
    assert_eq!(given("http://proxy.corp:3128"), "http://ann:plain@proxy.corp:3128");
    assert_eq!(given("proxy.corp:3128"), "http://ann:plain@proxy.corp:3128");
    assert_eq!(given("https://proxy.corp:3128"), "https://joe:tls@proxy.corp:3128");
    let list = fixture.world.gvmr(["auth", "list"]).succeeds();
    assert_eq!(list, "proxy  https://proxy.corp:3128  joe  file\nproxy  proxy.corp:3128          ann  file");
    fixture.world.gvmr(["auth", "remove", "--proxy", "https://proxy.corp:3128"]).succeeds();
    assert_eq!(given("https://proxy.corp:3128"), "https://proxy.corp:3128");
    assert!(given("http://proxy.corp:3128").contains("ann"));
}
