//! A GOPATH that can hurt, and real Go: what is said, and that nothing else changes.

use super::fixture::{Fixture, said};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// A value, in which `@` is the machine's directory, and what is said of it.
const FAULTS: [(&str, &str); 8] = [
    ("rel", "\"rel\" is relative"),
    ("@/gopath:rel/x", "is \"@/gopath:rel/x\": \"rel/x\" is relative"),
    ("~/go", "\"~/go\" starts with \"~\""),
    ("@/file", "\"@/file\" is not a directory"),
    ("@/module", "\"@/module\" is a module root"),
    ("@/user/.local/share/gvmr/versions/go1.99.1", "is the GOROOT"),
    ("@/user/.local/share/gvmr", "is in gvmr's home"),
    ("@/else/gvmr/versions", "is in gvmr's home"),
];

fn fixture() -> Option<Fixture> {
    let fixture = Fixture::with_go()?;
    fixture.write("file", "");
    fixture.write("module/go.mod", "module m\n");
    fs::create_dir(fixture.path("else")).unwrap();
    symlink(fixture.world.home(), fixture.path("else/gvmr")).unwrap();
    Some(fixture)
}

#[test]
fn each_fault_is_said_once_and_the_go_runs_as_it_would() {
    let Some(fixture) = fixture() else { return };
    for (value, words) in FAULTS {
        let gopath = [("GOPATH", value)];
        let directly = fixture.directly(&gopath, &["env", "GOPATH"]);
        let first = fixture.go(&gopath, &["env", "GOPATH"]);
        assert_eq!((&first.stdout, first.code), (&directly.stdout, directly.code), "{value}: {first:?}");
        let words = fixture.text(words);
        let [line] = said(&first)[..] else { panic!("{value}: {first:?}") };
        assert!(line.starts_with("gvmr: GOPATH (the environment) ") && line.contains(&words), "{line}");
        assert!(first.stderr.contains("correct it there, or add to "), "{value}: {first:?}");
        assert!(first.stderr.ends_with(&directly.stderr), "{value}: {first:?}");
        let second = fixture.go(&gopath, &["env", "GOPATH"]);
        assert_eq!((&second.stderr, second.code), (&directly.stderr, directly.code), "{value}: {second:?}");
    }
    for fit in ["@/gopath", "@/gopath/new", "@/gopath:@/no/such/place", "@/no/such/place", ""] {
        assert_eq!(fixture.go(&[("GOPATH", fit)], &["env", "GOPATH"]).stderr, "", "{fit}");
    }
}

/// direnv's `layout go` and goenv name a GOPATH that nothing has made yet.
#[test]
fn a_gopath_that_go_itself_creates_is_no_fault() {
    let Some(fixture) = fixture() else { return };
    fixture.write("p/go.mod", "module m\n\ngo 1.20\n");
    fixture.write("p/main.go", "package main\n\nfunc main() {}\n");
    for gopath in ["@/p/.direnv/go", "@/user/go/1.23.4"] {
        let run = fixture.go(&[("GOPATH", gopath), ("GOPROXY", "off")], &["install", "."]);
        assert_eq!((run.code, said(&run).len()), (Some(0), 0), "{gopath}: {run:?}");
        assert!(Path::new(&fixture.text(gopath)).join("bin/m").is_file(), "go made it: {gopath}");
    }
}

#[test]
fn the_lines_that_mend_it_do_so_when_they_are_added() {
    let Some(fixture) = fixture() else { return };
    for (value, _) in FAULTS {
        let config = fixture.config("");
        let said = fixture.go(&[("GOPATH", value)], &["version"]).stderr;
        let (before, lines) = said.split_once("add to ").unwrap();
        let (file, lines) = lines.split_once(":\n").unwrap();
        assert!(Path::new(file) == config && !before.contains("add"), "{said}");
        let lines: Vec<_> = lines.lines().map_while(|line| line.strip_prefix("    ")).collect();
        fs::write(&config, lines.join("\n")).unwrap();
        let mended = fixture.go(&[("GOPATH", value)], &["env", "GOPATH"]);
        assert_eq!(mended.stderr, "", "{value}");
        assert_eq!(mended.succeeds(), fixture.text("@/user/go"), "{value}");
    }
}

#[test]
fn a_rule_that_would_fill_takes_its_place_and_one_that_overrides_leaves_nothing_to_say() {
    let Some(fixture) = fixture() else { return };
    let config = fixture.config("# mine\n[env]\nGOPATH = \"@/gopath\"\n");
    for (value, words) in FAULTS {
        let run = fixture.go(&[("GOPATH", value)], &["env", "GOPATH"]);
        let end = format!("; this run uses \"{}\" ({}:3)", fixture.text("@/gopath"), config.display());
        let [line] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{value}: {run:?}") };
        assert!(line.contains(&fixture.text(words)) && line.ends_with(&end), "{line}");
        let again = fixture.go(&[("GOPATH", value)], &["env", "GOPATH"]);
        assert_eq!((again.stdout, again.stderr.as_str()), (run.stdout, ""), "{value}");
    }
    assert_eq!(fixture.go(&[("GOPATH", "@/user")], &["env", "GOPATH"]).succeeds(), fixture.text("@/user"));
    // What GVMR_KEEP names nothing changes; it is still said.
    let kept = fixture.go(&[("GOPATH", "@/file"), ("GVMR_KEEP", "GOPATH")], &["env", "GOPATH"]);
    assert_eq!(kept.stdout.trim_end(), fixture.text("@/file"));
    assert!(kept.stderr.contains("is not a directory") && !kept.stderr.contains("this run uses"), "{kept:?}");

    fixture.config("[env.override]\nGOPATH = \"@/gopath\"\n");
    for (value, _) in FAULTS {
        let run = fixture.go(&[("GOPATH", value)], &["env", "GOPATH"]);
        assert_eq!((run.stdout.trim_end(), run.stderr.as_str()), (&*fixture.text("@/gopath"), ""), "{value}");
    }
}

#[test]
fn a_rules_own_value_is_looked_at_too() {
    let Some(fixture) = fixture() else { return };
    let config = fixture.config("[env]\nGOPATH = \"@/module\"\n");
    for variables in [&[][..], &[("GOPATH", "rel")]] {
        fixture.date_marks(std::time::UNIX_EPOCH);
        let run = fixture.go(variables, &["env", "GOPATH"]);
        let [line] = run.stderr.lines().filter(|line| line.starts_with("gvmr")).collect::<Vec<_>>()[..]
        else {
            panic!("{run:?}")
        };
        let start =
            format!("gvmr: GOPATH ({}:2) \"{}\" is a module", config.display(), fixture.text("@/module"));
        assert!(line.starts_with(&start) && line.ends_with("; correct it there"), "{line}");
        assert_eq!(run.succeeds(), fixture.text("@/module"));
    }
    // One that takes the variable away leaves what the go command has without it.
    fixture.config("[env.override]\nGOPATH = \"\"\n");
    let run = fixture.go(&[("GOPATH", "rel")], &["env", "GOPATH"]);
    assert_eq!((run.stdout.trim_end(), run.stderr.as_str()), (&*fixture.text("@/user/go"), ""));
}

#[test]
fn the_go_env_file_and_gos_own_default_are_looked_at_and_named() {
    let Some(fixture) = fixture() else { return };
    let file = fixture.write("user/.config/go/env", "GOFLAGS=-v\nGOPATH=@/module\n");
    let run = fixture.go(&[], &["version"]);
    let start = format!("gvmr: GOPATH ({}:2) \"{}\" is a module", file.display(), fixture.text("@/module"));
    assert!(run.stderr.starts_with(&start), "{run:?}");
    let run = fixture.go(&[("GOPATH", "@/gopath")], &["env", "GOPATH"]);
    assert_eq!((run.stdout.trim_end(), run.stderr.as_str()), (&*fixture.text("@/gopath"), ""));

    fs::remove_file(file).unwrap();
    assert_eq!(fixture.go(&[], &["version"]).stderr, "", "one that does not exist yet is as it should be");
    fixture.write("user/go/go.mod", "module m\n");
    let run = fixture.go(&[], &["version"]);
    let default = "gvmr: GOPATH (Go's default, as nothing sets it) \"@/user/go\" is a module root";
    assert!(run.stderr.starts_with(&fixture.text(default)), "{run:?}");
    assert!(run.stderr.contains("env.override.GOPATH = \"~/gopath\""), "{run:?}");
    fs::remove_dir_all(fixture.path("user/go")).unwrap();
    symlink(fixture.world.home().join("versions/go1.99.1"), fixture.path("user/go")).unwrap();
    assert!(fixture.go(&[], &["version"]).stderr.contains("is the GOROOT"));
}

#[test]
fn what_cannot_be_written_to_is_said_to_whom_it_is_refused() {
    let Some(fixture) = fixture() else { return };
    fs::create_dir(fixture.path("closed")).unwrap();
    fs::set_permissions(fixture.path("closed"), fs::Permissions::from_mode(0o555)).unwrap();
    for (value, words) in [
        ("@/closed", "is not writable; "),
        ("@/closed/new", "does not exist, and no directory above it is writable"),
    ] {
        let run = fixture.go_without_rights(&[("GOPATH", value)], &["env", "GOPATH"]);
        assert!(run.stderr.contains(&fixture.text(value)) && run.stderr.contains(words), "{value}: {run:?}");
        assert_eq!(run.succeeds(), fixture.text(value));
    }
}

/// Root may write to any mode of file, but not to a mount that is read-only.
#[test]
fn a_mount_that_is_read_only_is_told_by_the_kernel() {
    let Some(fixture) = fixture() else { return };
    if !rustix::process::geteuid().is_root() {
        return skip("only root mounts");
    }
    let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"";
    let gopath = fixture.text("@/gopath");
    let words = ["unshare", "--mount", "sh", "-c", mount, &gopath];
    let run = fixture.under(&words, &[("GOPATH", "@/gopath")], &["env", "GOPATH"]);
    assert!(run.stderr.contains("is not writable"), "{run:?}");
    assert_eq!(run.succeeds(), gopath);
    assert_eq!(fixture.go(&[("GOPATH", "@/gopath")], &["env", "GOPATH"]).stderr, "");
}

/// The words about versions, by those versions.
#[test]
fn a_modules_root_as_gopath_stops_go_1_19_and_a_rule_lets_it_run() {
    let Some(mirror) = Mirror::real(&["1.19.13", "1.22.10"]) else { return skip("no go, or no network") };
    let world = mirror.world();
    world.gvmr(["install", "1.19.13", "1.22.10"]).succeeds();
    let module = world.project("m", &[("go.mod", "module m\n\ngo 1.18\n"), ("m.go", "package m\n")]);
    let go = |version: &str, words: &[&str]| {
        let mut command = world.command(&world.home().join("shims/go"), &module);
        Run::of(command.env("GOPATH", &module).env("GVMR_VERSION", version).args(words))
    };
    let old = go("1.19.13", &["build"]);
    assert!(
        said(&old)[0].contains("Go before 1.22 fails with \"$GOPATH/go.mod exists but should not\""),
        "{old:?}"
    );
    old.exits(1, &["$GOPATH/go.mod exists but should not"]);
    let new = go("1.22.10", &["mod", "tidy"]);
    assert!(said(&new).is_empty(), "it was said: {new:?}");
    new.exits(1, &["ignoring go.mod in $GOPATH"]);
    let config = world.path("user/.config/gvmr");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "[env]\nGOPATH = \"~/go\"\n").unwrap();
    go("1.19.13", &["build"]).succeeds();
    go("1.22.10", &["mod", "tidy"]).succeeds();
}
