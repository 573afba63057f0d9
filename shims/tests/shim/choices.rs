//! Which Go runs: the order of those who may ask.

use crate::support::{World, failed, output, ran};

#[test]
fn the_first_source_decides() {
    let world = World::new();
    world
        .installed(&["1.19.1", "1.20.1", "1.21.1", "1.22.1", "1.23.1", "1.24.1"])
        .goroot("outside", "1.18.1");
    let outside = world.path("outside/bin");
    let run = |arguments: &[&str], variable: &str| {
        let mut command = world.command("go");
        ran(command.args(arguments).env("PATH", &outside).env("GVMR_VERSION", variable)).one("toolchain")
    };
    assert_eq!(run(&[], ""), "1.18.1");
    world.file("home/default", "1.19.1\n");
    assert_eq!(run(&[], ""), "1.19.1");
    world.file(".tool-versions", "nodejs 20\ngolang 1.20.1\n");
    assert_eq!(run(&[], ""), "1.20.1");
    world.file("project/go.mod", "module m\n\ngo 1.21\n");
    assert_eq!(run(&[], ""), "1.21.1");
    world.file("project/go.work", "go 1.22\n");
    assert_eq!(run(&[], ""), "1.22.1");
    world.file(".go-version", "1.23.1\n");
    assert_eq!(run(&[], ""), "1.23.1");
    assert_eq!(run(&[], "1.24"), "1.24.1");
    assert_eq!(run(&["+1.19", "build"], "1.24"), "1.19.1");
}

#[test]
fn the_nearest_go_version_counts() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file(".go-version", "1.22.1").directory("project/a/b");
    assert_eq!(world.chosen(), "1.22.1");
    world.file("project/.go-version", "go1.23\n");
    let deep = world.path("project/a/b");
    assert_eq!(ran(world.command("go").current_dir(deep)).one("toolchain"), "1.23.1");
}

#[test]
fn a_prefix_means_the_newest_installed_release() {
    let world = World::new();
    world.installed(&["1.22.9", "1.22.10", "1.23rc1"]).file("project/.go-version", "1.22");
    assert_eq!(world.chosen(), "1.22.10");
    world.file("project/.go-version", "1.23rc1");
    assert_eq!(world.chosen(), "1.23rc1");
    world.file("project/.go-version", "1.23");
    let said = failed(&mut world.command("go"), 127);
    assert!(
        said.contains("no release of go1.23 is installed") && said.contains("gvmr install 1.23"),
        "{said}"
    );
}

#[test]
fn go_mod_asks_for_a_minimum() {
    let world = World::new();
    world.installed(&["1.22.3", "1.23.4", "1.24.1"]).file("project/go.mod", "go 1.22\n");
    for (default, file, expected) in [
        ("1.23.4", "go 1.22\n", "1.23.4"),
        ("1.23", "go 1.22\n", "1.23.4"),
        ("1.22.3", "go 1.23.1\n", "1.23.4"),
        ("1.22.3", "go 1.22\ntoolchain go1.23.9\n", "1.24.1"),
        ("1.22.3", "go 1.99\ntoolchain default\n", "1.22.3"),
        ("1.21.9", "go 1.21\n", "1.22.3"),
        ("1.22.3", "module m\n", "1.22.3"),
    ] {
        world.file("home/default", default).file("project/go.mod", file);
        assert_eq!(world.chosen(), expected, "default {default}, {file:?}");
    }
    world.file("project/go.mod", "module m\n\ngo 1.25\n");
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("no release of go1.25 is installed"), "{said}");
    assert!(
        said.contains("project/go.mod:3: \"go 1.25\"") && said.contains("run: gvmr install 1.25\n"),
        "{said}"
    );
    assert!(said.contains("go +1.24.1 COMMAND"), "{said}");
    world.file("project/go.mod", "module m\n\ngo 1.25.0\n");
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("go1.25.0 is not installed") && said.contains("gvmr install 1.25.0\n"), "{said}");
    // No other version can be meant by a pin.
    world.file("project/.go-version", "1.25.0\n");
    assert!(!failed(&mut world.command("go"), 127).contains("COMMAND"));
}

#[test]
fn a_language_version_takes_the_newest_patch_of_the_lowest_minor_and_all_else_the_lowest() {
    let world = World::new();
    world.installed(&[
        "1.20", "1.20.14", "1.24.1", "1.25rc1", "1.25.0", "1.25.14", "1.26.1", "1.26.3", "1.27rc1",
    ]);
    world.file("home/default", "1.20");
    for (file, expected) in [
        ("go 1.25\n", "1.25.14"),
        ("go 1.21\n", "1.24.1"),
        ("go 1.25.0\n", "1.25.0"),
        ("go 1.25.1\n", "1.25.14"),
        ("go 1.25rc1\n", "1.25.0"),
        ("go 1.24.2\n", "1.25.0"),
        ("go 1.26\n", "1.26.3"),
        ("go 1.26.1\n", "1.26.1"),
        ("go 1.24\ntoolchain go1.26.2\n", "1.26.3"),
        ("go 1.24\ntoolchain go1.25.0\n", "1.25.0"),
        ("go 1.27\n", "1.27rc1"),
        ("go 1.20\n", "1.20.14"),
    ] {
        world.file("project/go.mod", file);
        assert_eq!(world.chosen(), expected, "{file:?}");
    }
    world.file("home/default", "1.19.1").file("project/go.mod", "go 1.20\n");
    assert_eq!(world.chosen(), "1.20.14");
}

#[test]
fn a_malformed_go_line_is_left_to_go() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("home/default", "1.22.1");
    world.file("project/go.mod", "module m\n\ngo banana\n");
    assert_eq!(world.chosen(), "1.22.1");
    world.file("project/go.mod", "module m\n\ngo banana\ntoolchain go1.23.0\n");
    assert_eq!(world.chosen(), "1.23.1");
}

#[test]
fn a_prerelease_serves_only_where_no_release_does() {
    let world = World::new();
    world.installed(&["1.24rc1", "1.24.2"]).file("project/go.mod", "go 1.24\n");
    assert_eq!(world.chosen(), "1.24.2");
    let world = World::new();
    world.installed(&["1.23.1", "1.24rc1"]).file("project/go.mod", "go 1.24\n");
    assert_eq!(world.chosen(), "1.24rc1");
}

#[test]
fn a_go_outside_stands_in_for_the_default() {
    let world = World::new();
    world.goroot("outside", "1.23.4").file("project/go.mod", "go 1.23\n");
    let mut go = world.command("go");
    go.env("PATH", world.path("outside/bin"));
    assert_eq!(ran(&mut go).one("toolchain"), "1.23.4");
    world.file("project/go.mod", "go 1.24\n");
    assert!(failed(&mut go, 127).contains("no release of go1.24 is installed"));
    world.installed(&["1.25.1"]);
    assert_eq!(ran(&mut go).one("toolchain"), "1.25.1");
}

#[test]
fn without_a_default_there_is_still_some_go() {
    let world = World::new();
    assert!(failed(&mut world.command("go"), 127).contains("no Go version is installed"));
    world.installed(&["1.22.1", "1.23.2", "1.24rc1"]);
    assert_eq!(world.chosen(), "1.23.2");
    world.goroot("outside", "1.18.1").file("project/.tool-versions", "golang system\n");
    let mut go = world.command("go");
    assert_eq!(ran(go.env("PATH", world.path("outside/bin"))).one("toolchain"), "1.18.1");
    assert!(failed(&mut world.command("go"), 127).contains("project/.tool-versions:1"));
}

#[test]
fn a_default_that_is_not_installed_is_named_with_its_file() {
    let world = World::new();
    world.installed(&["1.22.1"]).file("home/default", "1.23.4\n");
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("home/default:1") && said.contains("gvmr install 1.23.4"), "{said}");
}

#[test]
fn a_shim_named_by_version_ignores_every_pin() {
    let world = World::new();
    world.installed(&["1.22.1", "1.20", "1.20.14"]).file("project/.go-version", "1.22.1");
    world.shim("go1.20").shim("go1.19.1");
    let mut go = world.command("go1.20");
    let said = ran(go.args(["+1.22", "x"]).env("GVMR_VERSION", "1.22.1").env("GOTOOLCHAIN", "auto"));
    assert_eq!((said.one("toolchain"), said.one("tool")), ("1.20".to_owned(), "go".to_owned()));
    assert_eq!(said.all("argument"), ["+1.22", "x"]);
    assert!(ran(&mut world.command("go1.20")).lacks("GOTOOLCHAIN"));
    assert!(failed(&mut world.command("go1.19.1"), 127).contains("gvmr install 1.19.1"));
}

#[test]
fn a_download_by_the_versions_name_says_that_it_is_there() {
    let world = World::new();
    world.installed(&["1.25.14"]).shim("go1.25.14").shim("go1.26.1").file("project/.go-version", "1.22.1");
    let said = output(world.command("go1.25.14").arg("download"));
    assert_eq!((said.status.code(), said.stdout.as_slice()), (Some(0), &b""[..]));
    let words = String::from_utf8(said.stderr).unwrap();
    assert!(
        words.starts_with("gvmr: go1.25.14 is already installed in ") && words.lines().count() == 1,
        "{words}"
    );
    assert!(words.contains("home/versions/go1.25.14"), "{words}");
    assert_eq!(ran(world.command("go1.25.14").args(["download", "x"])).all("argument"), ["download", "x"]);
    // A missing one is installed, and then there is nothing to download.
    assert!(failed(world.command("go1.26.1").arg("download"), 127).contains("gvmr install 1.26.1"));
    world
        .goroot("program", "the program")
        .file("home/program", world.path("program/bin/go").display().to_string());
    let handed = ran(world.command("go1.26.1").arg("download")).all("argument");
    assert_eq!(handed[handed.len() - 3..], ["--", "go", "version"]);
    // `go` itself has no such command.
    world.file("project/.go-version", "1.25.14");
    assert_eq!(ran(world.command("go").arg("download")).all("argument"), ["download"]);
}

#[test]
fn gofmt_and_other_tools_follow_go() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("project/.go-version", "1.22.1").shim("godoc");
    world.directory("elsewhere").file("elsewhere/.go-version", "1.23.1");
    let said = ran(world.command("gofmt").args(["-C", "../elsewhere"]));
    assert_eq!((said.one("toolchain"), said.one("tool")), ("1.22.1".to_owned(), "gofmt".to_owned()));
    let said = failed(&mut world.command("godoc"), 127);
    assert!(said.contains("versions/go1.22.1/bin/godoc"), "{said}");
    world
        .goroot("outside", "1.18.1")
        .file("project/.go-version", "")
        .file("project/.tool-versions", "go system");
    std::fs::remove_file(world.path("project/.go-version")).unwrap();
    let said = ran(world.command("gofmt").env("PATH", world.path("outside/bin")));
    assert_eq!((said.one("toolchain"), said.one("tool")), ("1.18.1".to_owned(), "gofmt".to_owned()));
}

#[test]
fn a_change_of_directory_comes_first_and_stays_in_the_arguments() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("project/.go-version", "1.22.1");
    world.file("elsewhere/.go-version", "1.23.1");
    for arguments in [
        &["-C", "../elsewhere", "build"][..],
        &["build", "-C=../elsewhere"],
        &["mod", "tidy", "-C", "../elsewhere"],
    ] {
        let said = ran(world.command("go").args(arguments).env("PWD", world.path("project")));
        assert_eq!(
            (said.one("toolchain").as_str(), said.all("argument")),
            ("1.23.1", arguments.iter().map(|a| (*a).to_owned()).collect())
        );
    }
    let said = ran(world.command("go").args(["+1.22", "-C", "../elsewhere", "build"]));
    assert_eq!(said.one("toolchain"), "1.22.1");
    let said = ran(world.command("go").args(["-C", "../nowhere", "build"]));
    assert_eq!(said.one("toolchain"), "1.22.1");
}

#[test]
fn a_linked_directory_keeps_its_own_parents() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("real/.go-version", "1.22.1").directory("real/module");
    world.file("project/.go-version", "1.23.1").link("project/link", world.path("real/module"));
    let link = world.path("project/link");
    assert_eq!(ran(world.command("go").current_dir(&link).env("PWD", &link)).one("toolchain"), "1.23.1");
    assert_eq!(ran(world.command("go").current_dir(&link).env("PWD", "/")).one("toolchain"), "1.22.1");
    assert_eq!(ran(world.command("go").current_dir(&link)).one("toolchain"), "1.22.1");
}

#[test]
fn the_standard_library_belongs_to_no_workspace() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("home/default", "1.22.1").file("home/go.work", "go 1.23\n");
    world.file("home/versions/go1.22.1/src/go.mod", "module std\n\ngo 1.22\n");
    let in_directory = |name: &str| {
        let directory = world.directory(name).path(name);
        ran(world.command("go").current_dir(directory)).one("toolchain")
    };
    assert_eq!(in_directory("home/versions/go1.22.1/src"), "1.22.1");
    assert_eq!(in_directory("home/versions/go1.22.1"), "1.23.1");
    assert_eq!(in_directory("home/elsewhere"), "1.23.1");
}
