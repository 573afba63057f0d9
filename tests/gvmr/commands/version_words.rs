//! One word, one version, in every place: what gvmr writes of a version is that version where it is read again.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Places where the text names `1.20`, which is a prefix, and not `go1.20`, a toolchain.
fn prefixes(text: &str) -> Vec<&str> {
    let of_name = |character: char| character.is_ascii_alphanumeric() || character == '.';
    let words = text.split(|character: char| !of_name(character));
    words.map(|word| word.trim_end_matches('.')).filter(|word| *word == "1.20").collect()
}

#[test]
fn an_exact_first_release_is_itself_in_every_output_and_file() {
    let mirror = Mirror::small(&["1.20", "1.20.14"]);
    let mut world = mirror.world();
    let project = world.project("project", &[]);
    let mut said: Vec<Run> = vec![world.gvmr(["install", "1.20.0"])];
    assert_eq!(fs::read_to_string(world.home().join("default")).unwrap(), "1.20.0\n");
    said.push(world.gvmr(["install", "1.20.14", "--json"]));
    for arguments in [
        &["exec", "1.20.0", "--", "go", "version"][..],
        &["each", "1.20.0", "1.20.14", "--", "go", "version"],
        &["each", "1.20.0", "--json", "--", "go", "version"],
        &["use", "1.20.0"],
        &["use", "--global", "1.20.0"],
        &["use", "--global"],
        &["current", "--why"],
        &["current", "--json"],
        &["which", "--json"],
        &["where", "1.20.0", "--json"],
        &["env", "--why"],
        &["list"],
        &["list", "--json"],
        &["verify", "--json"],
        &["prune", "--dry-run"],
        &["install", "1.20.0"],
        &["completions", "bash", "--", "gvmr", "uninstall", "1.20."],
        &["uninstall", "1.20.0"],
    ] {
        said.push(world.gvmr_in(&project, arguments));
    }
    let version = |run: &Run| run.stdout.trim().rsplit(' ').nth(1).unwrap_or_default().to_owned();
    assert_eq!(version(&said[2]), "go1.20", "{:?}", said[2]);
    assert!(said[3].stdout.contains("1.20.0 ") && said[3].stdout.contains("1.20.14 "), "{:?}", said[3]);
    assert_eq!(fs::read_to_string(project.join(".go-version")).unwrap(), "1.20.0\n");
    assert_eq!(fs::read_to_string(world.home().join("default")).unwrap(), "1.20.0\n");
    for run in &said {
        assert_eq!((prefixes(&run.stdout), prefixes(&run.stderr)), (Vec::new(), Vec::new()), "{run:?}");
    }
    for line in world.gvmr(["list", "--json"]).json().as_array().unwrap() {
        let version = line["version"].as_str().unwrap();
        let ran = world.gvmr(["exec", version, "--", "go", "version"]).succeeds();
        assert_eq!(
            line["path"]
                .as_str()
                .or(line["goroot"].as_str())
                .map(|path| path.ends_with(ran.split(' ').nth(2).unwrap())),
            Some(true),
            "{line}"
        );
    }
    let receipt = fs::read_to_string(world.goroot("1.20").join(gvmr::unpack::RECEIPT)).unwrap();
    assert_eq!(prefixes(&receipt), [""; 0], "{receipt}");
    fs::write(project.join(".go-version"), "1.19.0\n").unwrap();
    let missing = world.shim("go", &project, ["version"]);
    assert!(missing.stderr.contains("gvmr install 1.19.0"), "{missing:?}");
    world.set("GVMR_VERSION", "1.20.0");
    assert!(world.shim("go", &project, ["version"]).succeeds().contains("go1.20 "));
}

fn three() -> (Mirror, World) {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.98.2"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.4", "1.98.1", "1.98.2"]).succeeds();
    (mirror, world)
}

#[test]
fn a_comma_is_a_list_for_each_and_a_mistake_elsewhere() {
    let (_mirror, world) = three();
    let project = world.project("project", &[]);
    let rows = |arguments: &[&str]| {
        let arguments = [&["each", "--json"], arguments, &["--", "go", "version"]].concat();
        let rows = world.gvmr_in(&project, &arguments).json();
        let version = |row: &serde_json::Value| row["version"].as_str().unwrap().to_owned();
        rows.as_array().unwrap().iter().map(version).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(rows(&["1.97,1.98"]), "1.97.4 1.98.2");
    assert_eq!(rows(&["1.97.4,1.98.1,1.98.2"]), "1.97.4 1.98.1 1.98.2");
    assert_eq!(rows(&[">=1.98"]), "1.98.1 1.98.2");
    assert_eq!(rows(&[">=1.97, <1.98.2"]), "1.97.4 1.98.1");
    assert_eq!(rows(&["--installed"]), "1.97.4 1.98.1 1.98.2");
    for arguments in [
        &["install", "1.97.4,1.98.1"][..],
        &["exec", "1.97,1.98", "--", "go", "version"],
        &["use", "1.97,1.98"],
        &["use", "--global", "1.97,1.98"],
        &["uninstall", "1.97.4,1.98.1"],
    ] {
        let run = world.gvmr_in(&project, arguments).exits(2, &["is several versions", "1.97"]);
        assert_eq!(run.stdout, "");
    }
    assert!(!project.join(".go-version").exists());
    world.gvmr(["each", "1.97,nonsense", "--", "go"]).exits(2, &["is not a Go version"]);
    world.gvmr(["each", "--installed", "1.97", "--", "go"]).exits(2, &["cannot be used with"]);
}

#[test]
fn a_default_that_was_asked_for_in_words_follows_them() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.98.2"]);
    let world = mirror.world();
    let default = || fs::read_to_string(world.home().join("default")).unwrap();
    let runs = || world.shim("go", &world.path("user"), ["version"]).succeeds();
    world.gvmr(["install", "1.98.1"]).exits(0, &["go1.98.1 is the default now"]);
    assert_eq!(default(), "1.98.1\n");
    world
        .gvmr(["use", "--global", "latest"])
        .exits(0, &["the default is now latest", "latest selects go1.98.1"]);
    assert_eq!(
        (default().as_str(), world.gvmr(["use", "--global"]).succeeds().as_str()),
        ("1\nlatest\n", "latest")
    );
    world.gvmr(["install", "1.98.2"]).succeeds();
    assert!(runs().contains("go1.98.2"), "the default has moved");
    world.gvmr(["prune", "--yes"]).exits(0, &["removed go1.98.1"]);
    world.gvmr(["use", "--global", "~1.97", "--force"]).exits(0, &["~1.97"]);
    assert_eq!(default(), "1.97.4\n~1.97\n");
    world.gvmr(["install", "~1.97"]).succeeds();
    assert!(runs().contains("go1.97.4"));
    world.gvmr(["use", "--global", "1.98"]).exits(0, &["the default is now 1.98", "follows newer releases"]);
    assert_eq!(default(), "1.98\n");
    world.gvmr(["use", "--global", "1.97.4"]).exits(0, &["it is pinned to this release"]);
    assert_eq!(default(), "1.97.4\n");

    let fresh = mirror.world();
    fresh.gvmr(["install", "latest"]).exits(0, &["the default is now latest, which is go1.98.2"]);
    assert_eq!(fs::read_to_string(fresh.home().join("default")).unwrap(), "1\nlatest\n");
}

#[test]
fn what_no_release_can_be_is_refused_unless_forced() {
    let (_mirror, world) = three();
    let project = world.project("project", &[(".go-version", "1.97.4\n")]);
    let before = fs::read(world.home().join("default")).unwrap();
    for version in ["1.2222", "2", "1.1.9", "1.22.99"] {
        for global in [&["use", version][..], &["use", "--global", version]] {
            world.gvmr_in(&project, global).exits(3, &["there is no Go", version, "--force"]);
        }
    }
    assert_eq!(fs::read_to_string(project.join(".go-version")).unwrap(), "1.97.4\n");
    assert_eq!(fs::read(world.home().join("default")).unwrap(), before);
    world.gvmr_in(&project, ["use", "1.2222", "--force"]).exits(0, &["pinned 1.2222"]);
    assert_eq!(fs::read_to_string(project.join(".go-version")).unwrap(), "1.2222\n");
}

#[test]
fn a_pin_that_is_no_file_is_named_with_what_to_do() {
    let (_mirror, world) = three();
    for (name, make) in [
        ("link", (|file| std::os::unix::fs::symlink("gone", file).unwrap()) as fn(&std::path::Path)),
        ("directory", |file| fs::create_dir(file).unwrap()),
    ] {
        let project = world.project(name, &[]);
        make(&project.join(".go-version"));
        world.gvmr_in(&project, ["use", "1.98"]).exits(8, &["not a regular file", "remove ", ".go-version"]);
    }
}

#[test]
fn use_says_that_the_variable_beats_what_it_writes() {
    let (_mirror, mut world) = three();
    world.set("GVMR_VERSION", "1.97");
    let project = world.project("project", &[]);
    for global in [&["use", "1.98"][..], &["use", "--global", "1.98"]] {
        world
            .gvmr_in(&project, global)
            .exits(0, &["GVMR_VERSION=1.97 still selects the version in this session"]);
    }
    assert_eq!(world.gvmr_in(&project, ["current"]).succeeds(), "1.97.4");
}

#[test]
fn system_is_the_go_outside_gvmr_wherever_it_is_said() {
    let (_mirror, mut world) = three();
    let project = world.project("project", &[]);
    let outside = world.path("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("go"), "#!/bin/sh\necho outside \"$@\"\n").unwrap();
    fs::set_permissions(outside.join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}:/usr/bin:/bin", world.home().join("shims").display(), outside.display());
    world.set("PATH", &path);
    assert_eq!(world.gvmr_in(&project, ["exec", "system", "--", "go", "x"]).succeeds(), "outside x");
    world.gvmr_in(&project, ["use", "system"]).exits(0, &["pinned system"]);
    assert_eq!(world.shim("go", &project, ["x"]).succeeds(), "outside x");
    world.gvmr(["use", "--global", "system"]).exits(0, &["no default"]);
    assert_eq!(world.shim("go", &world.path("user"), ["x"]).succeeds(), "outside x");
    world.gvmr(["install", "system"]).exits(2, &["neither installs nor removes"]);
}

#[test]
fn why_names_what_was_passed_over() {
    let (_mirror, world) = three();
    fs::write(world.path(".tool-versions"), "golang 1.97.4\n").unwrap();
    let module = world.project("module", &[("go.mod", "module m\n\ngo 1.98.1\n")]);
    let why = |directory: &std::path::Path| world.gvmr_in(directory, ["current", "--why"]).succeeds();
    let said = why(&module);
    assert!(said.starts_with("1.98.1\t") && said.contains("module/go.mod:3"), "{said}");
    let outside = format!(
        "{}:1: \"1.97.4\" is not used: it lies outside the project, where ",
        world.path(".tool-versions").display()
    );
    assert!(said.contains(&outside), "{said}");

    let project = world.project(
        "project",
        &[
            (".go-version", "1.98.2\n# old\n1.97.4\n"),
            ("mise.toml", "[tools]\ngo = \"1.97\"\n"),
            ("go.mod", "module m\n\ngo 1.98.1\n"),
        ],
    );
    let said = why(&project);
    let place = project.join(".go-version");
    for expected in [
        format!("{}:3 is not used: only line 1 of the file is read", place.display()),
        format!("mise.toml:2: \"1.97\" is not used: {}:1 decides", place.display()),
        format!("go.mod:3: \"go 1.98.1\" is not used: {}:1 decides", place.display()),
    ] {
        assert!(said.contains(&expected), "{expected}\n{said}");
    }
    let files = [(".tool-versions", "golang 1.96.1 1.97.4\n"), ("gvmr.toml", "go = \"1.98\"\n")];
    let tools = world.project("tools", &files);
    world.gvmr_in(&tools, ["trust"]).succeeds();
    assert!(why(&tools).contains(".tool-versions:1: \"1.96.1\" is not used: "), "{}", why(&tools));
    fs::write(tools.join(".go-version"), "1.97\n").unwrap();
    assert!(why(&tools).contains("gvmr.toml:1: \"1.98\" is not used: "), "{}", why(&tools));
    let fallback = world.project("fallback", &files[..1]);
    let said = why(&fallback);
    assert!(said.contains("\"1.96.1\" is not used: it is not installed, and 1.97.4 is"), "{said}");

    let json = world.gvmr_in(&project, ["current", "--json"]).json();
    assert_eq!(
        (json["passed_over"].as_array().unwrap().len(), &json["passed_over"][1]["line"]),
        (3, &2.into())
    );
    assert_eq!(world.gvmr_in(&project, ["current"]).succeeds(), "1.98.2");
}

#[test]
fn install_takes_the_newest_release_of_a_pin_that_moves_and_the_shim_the_newest_installed() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.98.2"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    for (pin, newest) in [("latest", "go1.98.2"), ("1.97.x", "go1.97.4"), ("~1.98", "go1.98.2")] {
        let project = world.project("project", &[(".go-version", &format!("{pin}\n"))]);
        world.gvmr_in(&project, ["install"]).exits(0, &[newest]);
        assert!(world.shim("go", &project, ["version"]).succeeds().contains(newest), "{pin}");
        world.set("GOPROXY", "off");
        world
            .gvmr_in(&project, ["install"])
            .exits(0, &["cannot check for a newer release of", "already installed"]);
        world.set("GOPROXY", &mirror.server.url(""));
    }
}
