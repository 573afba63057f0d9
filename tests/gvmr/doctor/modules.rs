//! Vendor directories, copies below GOPATH/src, and changed trees, with real toolchains.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::World;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::SystemTime;

const MAIN: (&str, &str) = ("main.go", "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n");
const REQUIRES: (&str, &str) = ("go.mod", "module x\n\ngo 1.19\n\nrequire (\n\texample.com/a v1.0.0\n)\n");
const COPY: (&str, &str) = ("vendor/example.com/a/a.go", "package a\n");

fn found(world: &World, directory: &Path) -> Vec<String> {
    let found = findings(world, &world.gvmr_in(directory, ["doctor", "--json"]));
    let project = directory.display().to_string();
    found.iter().map(|one| one.replace(&project, "PROJECT")).collect()
}

#[test]
fn vendor_directories_and_sources_that_go_takes_by_mistake_are_named() {
    let Some(mirror) = Mirror::real(&["1.19.13", "1.24.11"]) else {
        return skip("the module proxy does not answer");
    };
    let mut world = mirror.world();
    world.gvmr(["install", "1.24.11", "1.19.13"]).succeeds();
    let marked = "# example.com/a v1.0.0\n## explicit\nexample.com/a\n";
    let older = "# example.com/b v1.0.0\n## explicit\n# example.com/a v0.9.0\n## explicit\nexample.com/a\n";
    for (name, version, files, expected) in [
        ("older", "1.24.11", &[REQUIRES, MAIN, COPY, ("vendor/modules.txt", older)][..], &[3][..]),
        ("older19", "1.19.13", &[REQUIRES, MAIN, COPY, ("vendor/modules.txt", older)], &[3]),
        ("missing", "1.24.11", &[REQUIRES, MAIN, COPY], &[0]),
        ("whole", "1.24.11", &[REQUIRES, MAIN, COPY, ("vendor/modules.txt", marked)], &[]),
        ("php", "1.24.11", &[("go.mod", "module x\n\ngo 1.19\n"), ("vendor/autoload.php", "<?php\n")], &[]),
    ] {
        let project = world.project(name, files);
        fs::write(project.join(".go-version"), version).unwrap();
        let lines = expected.iter().map(|line| match line {
            0 => "vendor.inconsistent PROJECT/vendor/modules.txt".to_owned(),
            line => format!("vendor.inconsistent PROJECT/vendor/modules.txt:{line}"),
        });
        assert_eq!(found(&world, &project), lines.collect::<Vec<_>>(), "{name}");
    }
    let project = world.path("older");
    let report = world.gvmr_in(&project, ["doctor", "--json"]).json();
    assert_eq!(report["findings"][0]["where"][1]["line"], 6, "{report:#}");
    world.set("GOFLAGS", "-mod=mod");
    assert_eq!(found(&world, &project), [""; 0], "vendor/ does not count then");
    world.unset("GOFLAGS");

    let copy = ("user/go/src/example.com/a/a.go", "package a\n");
    let source = world.path(copy.0);
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    fs::write(&source, copy.1).unwrap();
    let script = world.project("script", &[MAIN, (".go-version", "1.24.11")]);
    let shadow = "gopath.src-shadows ~/go/src/example.com/a";
    for (mode, expected) in [("off", &[shadow][..]), ("auto", &[shadow]), ("on", &[]), ("", &[])] {
        world.set("GO111MODULE", mode);
        assert_eq!(found(&world, &script), expected, "{mode}");
    }
    world.set("GO111MODULE", "off");
    let inside = world.project("user/go/src/example.com/b", &[MAIN, (".go-version", "1.24.11")]);
    assert_eq!(found(&world, &inside), [""; 0], "that is where such sources are at home");
    world.unset("GO111MODULE");
    fs::remove_dir_all(world.path("user/go")).unwrap();

    assert_eq!(found(&world, &script), [""; 0]);
    for name in [".cache", ".config/go", "go"] {
        assert!(!world.path("user").join(name).exists(), "{name}: looking writes nothing");
    }
}

#[test]
fn a_tree_that_is_not_as_it_was_installed_is_named_by_its_first_files() {
    let Some(mirror) = Mirror::real(&["1.24.11"]) else {
        return skip("the module proxy does not answer");
    };
    let world = mirror.world();
    world.gvmr(["install", "1.24.11"]).succeeds();
    let here = world.path("user");
    let tree = world.home().join("versions/go1.24.11");
    assert_eq!(found(&world, &here), [""; 0]);
    let shown = |name: &str| vec![format!("gvmr.tree-changed ~/.local/share/gvmr/versions/go1.24.11/{name}")];
    // The manifest is older by some seconds than what is changed now.
    std::thread::sleep(std::time::Duration::from_millis(2100));

    let file = tree.join("src/fmt/print.go");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("package fmt", "package fnt", 1)).unwrap();
    assert_eq!(found(&world, &here), shown("src/fmt/print.go"), "the same size");
    fs::write(&file, format!("{text}\n")).unwrap();
    assert_eq!(found(&world, &here), shown("src/fmt/print.go"), "one byte more");
    fs::write(&file, &text).unwrap();
    assert_eq!(found(&world, &here), [""; 0], "its time alone is new");
    fs::write(tree.join("bin/own"), "x").unwrap();
    assert_eq!(found(&world, &here), shown("bin/own"));
    fs::remove_file(tree.join("bin/own")).unwrap();
    fs::rename(tree.join("bin/gofmt"), tree.join("gofmt")).unwrap();
    assert_eq!(found(&world, &here), shown("gofmt"));
    fs::rename(tree.join("gofmt"), tree.join("bin/gofmt")).unwrap();

    let go = tree.join("bin/go");
    fs::set_permissions(&go, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(found(&world, &here), shown("bin/go"), "it cannot be executed");
    fs::set_permissions(&go, Permissions::from_mode(0o755)).unwrap();

    let settings = tree.join("go.env");
    fs::set_permissions(&settings, Permissions::from_mode(0o644)).unwrap();
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}# packaged\n")).unwrap();
    let report = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(&world, &report), [""; 0]);
    assert_eq!(report.json()["findings"][0]["id"], "gvmr.tree-changed");
    fs::write(&settings, text).unwrap();

    // As after a restored backup: each time is new.
    let now = FileTimes::new().set_modified(SystemTime::now());
    for entry in fs::read_dir(tree.join("src/fmt")).unwrap() {
        File::open(entry.unwrap().path()).unwrap().set_times(now).unwrap();
    }
    assert_eq!(found(&world, &here), [""; 0]);
}
