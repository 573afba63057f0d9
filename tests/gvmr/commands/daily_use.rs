//! Daily use: pins, the default, answers with reasons, whole-tree verification, removal.

use crate::support::mirror::Mirror;
use crate::support::world::{World, names};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

fn three() -> (Mirror, World) {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.98.2"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.4", "1.98.1", "1.98.2"]).succeeds();
    (mirror, world)
}

fn go_version(world: &World, directory: &Path) -> String {
    let line = world.shim("go", directory, ["version"]).succeeds();
    line.split(' ').nth(2).unwrap().to_owned()
}

#[test]
fn use_writes_a_pin_or_the_default_and_says_which() {
    let (_mirror, mut world) = three();
    let project = world.project("project", &[]);
    world
        .gvmr_in(&project, ["use", "1.98"])
        .exits(0, &["pinned 1.98 in ", "project/.go-version", "1.98 selects go1.98.2"]);
    assert_eq!(std::fs::read_to_string(project.join(".go-version")).unwrap(), "1.98\n");
    assert_eq!(go_version(&world, &project), "go1.98.2");
    world.gvmr(["use", "--global", "1.97"]).exits(0, &["the default is now 1.97"]);
    assert_eq!(go_version(&world, &world.path("user")), "go1.97.4");
    world.gvmr_in(&project, ["use", "~1.97"]).succeeds();
    assert_eq!(std::fs::read_to_string(project.join(".go-version")).unwrap(), "1.97.4\n");
    world.gvmr_in(&project, ["use", "../../etc"]).exits(2, &["is not a Go version"]);
    assert_eq!(std::fs::read_to_string(project.join(".go-version")).unwrap(), "1.97.4\n");
    world.gvmr_in(&project, ["use", "1.96"]).exits(0, &["gvmr install 1.96"]);
    world.set("GVMR_AUTO_INSTALL", "always");
    world.gvmr_in(&project, ["use", "1.98.77"]).exits(3, &["there is no Go 1.98.77"]);
    assert_eq!(
        std::fs::read_to_string(project.join(".go-version")).unwrap(),
        "1.96\n",
        "nothing is pinned that failed"
    );
}

#[test]
fn every_answer_can_say_why() {
    let (_mirror, world) = three();
    world.gvmr(["use", "--global", "1.97.4"]).succeeds();
    let pinned = world.project("pinned", &[(".go-version", "\n# team\n1.98.1\n")]);
    let module = world.project("module", &[("go.mod", "module m\n\ngo 1.98\n")]);
    let tools = world.project("tools", &[(".tool-versions", "nodejs 20\ngolang 1.98.2\n")]);
    for (directory, version, place) in [
        (&pinned, "1.98.1", "pinned/.go-version:3"),
        (&module, "1.98.2", "module/go.mod:3"),
        (&tools, "1.98.2", "tools/.tool-versions:2"),
        (&world.path("user"), "1.97.4", "default"),
    ] {
        let why = world.gvmr_in(directory, ["current", "--why"]).succeeds();
        assert!(why.starts_with(version) && why.contains(place), "{why}");
        assert_eq!(world.gvmr_in(directory, ["current"]).succeeds(), version);
        assert_eq!(go_version(&world, directory), format!("go{version}"), "the shim agrees");
        let go = world.goroot(version).join("bin/go").display().to_string();
        assert_eq!(world.gvmr_in(directory, ["which"]).succeeds(), go);
        assert_eq!(
            world.gvmr_in(directory, ["where"]).succeeds(),
            world.goroot(version).display().to_string()
        );
    }
    let json = world.gvmr_in(&pinned, ["current", "--json"]).json();
    assert_eq!((json["version"].as_str(), json["line"].as_u64()), (Some("1.98.1"), Some(3)));
    assert_eq!(world.gvmr(["where", "--shims"]).succeeds(), world.home().join("shims").display().to_string());
}

#[test]
fn a_missing_version_names_file_line_and_command_with_and_without_the_shim() {
    let (_mirror, world) = three();
    let project = world.project("project", &[(".go-version", "1.55.5\n")]);
    let words = ["1.55.5 is not installed", "project/.go-version:1", "gvmr install 1.55.5"];
    world.shim("go", &project, ["version"]).exits(127, &words);
    world.gvmr_in(&project, ["exec", "go", "version"]).exits(127, &words);
    world.gvmr_in(&project, ["current"]).exits(3, &words);
    world.gvmr_in(&project, ["which"]).exits(3, &words);
    let json = world.gvmr_in(&project, ["which", "--json"]).json();
    assert_eq!(json["error"]["hint"], "gvmr install 1.55.5");
}

#[test]
fn a_missing_version_is_installed_by_the_shim_where_the_user_settled_that() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.97.4"]).succeeds();
    let project = world.project("project", &[(".go-version", "1.98.1\n")]);
    world.set("GVMR_AUTO_INSTALL", "always");
    assert_eq!(go_version(&world, &project), "go1.98.1");
    assert_eq!(world.installed(), ["go1.97.4", "go1.98.1"]);
}

#[test]
fn exec_runs_a_whole_command_with_a_version() {
    let (_mirror, world) = three();
    let version = |arguments: &[&str]| world.gvmr(arguments).succeeds();
    assert_eq!(version(&["exec", "1.98.1", "--", "go", "version"]), "go version go1.98.1 linux/amd64");
    assert_eq!(
        version(&["exec", "1.98", "sh", "-c", "go version; echo $GOTOOLCHAIN $GVMR_VERSION"]),
        "go version go1.98.2 linux/amd64\nlocal 1.98.2"
    );
    assert_eq!(version(&["exec", "go", "version"]), "go version go1.97.4 linux/amd64");
    assert_eq!(world.gvmr(["exec", "1.98", "--", "sh", "-c", "exit 7"]).code, Some(7));
    world.gvmr(["exec", "1.98", "--", "no-such-program"]).exits(127, &["no-such-program"]);
    world.gvmr(["exec", "1.55", "--", "go"]).exits(127, &["1.55 is not installed"]);
    world.gvmr(["exec", "garbage", "--", "go"]).exits(2, &["\"garbage\" is not a Go version"]);
    assert_eq!(
        version(&["exec", "latest", "--", "go", "+1.97", "version"]),
        "go version go1.97.4 linux/amd64"
    );
}

#[test]
fn verify_names_every_changed_missing_and_added_file() {
    let (_mirror, world) = three();
    assert!(world.gvmr(["verify", "1.98.1"]).succeeds().starts_with("go1.98.1\tproved\t"));
    let tree = world.goroot("1.98.1");
    std::fs::write(tree.join("go.env"), "GOTOOLCHAIN=local\n").unwrap();
    let edited = world.gvmr(["verify", "1.98.1"]).exits(1, &["go.env was edited"]);
    assert!(edited.stdout.contains("edited, as packagers do\tgo.env"), "{edited:?}");
    std::fs::write(tree.join("src/p1/file.go"), "package evil\n").unwrap();
    std::fs::remove_file(tree.join("src/p2/file.go")).unwrap();
    std::fs::write(tree.join("bin/extra"), "").unwrap();
    let differs =
        world.gvmr(["verify", "1.98.1"]).exits(5, &["go1.98.1: does not match the checksum database"]);
    for line in ["changed\tsrc/p1/file.go", "missing\tsrc/p2/file.go", "added\tbin/extra"] {
        assert!(differs.stdout.contains(line), "{line}: {differs:?}");
    }
    let json = world.gvmr(["verify", "--json"]).json();
    assert_eq!(json[0]["verdict"], "proved");
    assert_eq!(json[1]["missing"][0], "src/p2/file.go");
}

#[test]
fn verify_does_not_believe_a_forged_manifest_or_receipt() {
    let (_mirror, world) = three();
    let tree = world.goroot("1.98.1");
    std::fs::write(tree.join("bin/go"), "#!/bin/sh\n").unwrap();
    for name in names(&tree).iter().filter(|name| name.starts_with(".gvmr-")) {
        std::fs::write(tree.join(name), "{}").unwrap();
    }
    world.gvmr(["verify", "1.98.1"]).exits(5, &["go1.98.1"]);
}

#[test]
fn a_damaged_toolchain_is_named_by_every_command_and_mended_by_what_they_say() {
    let (_mirror, world) = three();
    let go = world.goroot("1.98.1").join("bin/go");
    std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o644)).unwrap();
    world.shim("go", &world.path("user"), ["+1.98.1", "version"]).exits(126, &["bin/go"]);
    let verify = world.gvmr(["verify", "1.98.1"]).exits(5, &["go1.98.1"]);
    assert!(verify.stdout.contains("mode\tbin/go"), "{verify:?}");
    let next = "gvmr uninstall --force 1.98.1 && gvmr install 1.98.1";
    world.gvmr(["install", "1.98.1"]).exits(10, &["no executable bin/go", next]);
    world.gvmr(["uninstall", "--force", "1.98.1"]).succeeds();
    world.gvmr(["install", "1.98.1"]).succeeds();
    assert_eq!(
        world.shim("go", &world.path("user"), ["+1.98.1", "version"]).succeeds(),
        "go version go1.98.1 linux/amd64"
    );
}

#[test]
fn uninstall_removes_only_what_nothing_uses() {
    let (_mirror, world) = three();
    world.gvmr(["uninstall", "1.98"]).exits(2, &["1.98.1, 1.98.2"]);
    world.gvmr(["uninstall", "1.55"]).exits(3, &["1.55 is not installed"]);
    world.gvmr(["uninstall", "1.97.4"]).exits(9, &["is the default"]);
    // A program of the tree itself runs: a copy of sleep in its bin directory.
    let sleep = world.goroot("1.98.1").join("bin/sleep");
    std::fs::copy("/bin/sleep", &sleep).unwrap();
    let mut running =
        world.command(&sleep, &world.path("user")).arg("60").stdout(Stdio::null()).spawn().unwrap();
    world.gvmr(["uninstall", "1.98.1"]).exits(9, &["go1.98.1", &running.id().to_string()]);
    running.kill().unwrap();
    running.wait().unwrap();
    world.gvmr(["uninstall", "1.98.1"]).succeeds();
    assert_eq!(world.installed(), ["go1.97.4", "go1.98.2"]);
    assert_eq!(names(&world.home().join("shims")), ["go", "go1.97.4", "go1.98.2", "gofmt", "gvmr"]);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn prune_keeps_what_a_newer_patch_does_not_replace_and_what_someone_pins() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.98.2", "1.98.3"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.4", "1.98.1", "1.98.2", "1.98.3"]).succeeds();
    let project = world.project("project", &[]);
    world.gvmr_in(&project, ["use", "1.98.1"]).succeeds();
    world.gvmr(["prune"]).exits(2, &["1.98.2", "--yes"]);
    assert_eq!(world.gvmr(["prune", "--dry-run"]).succeeds(), "1.98.2");
    let run = world.gvmr(["prune", "--yes"]).exits(0, &["go1.98.1 stays", "project/.go-version"]);
    assert_eq!(run.stdout, "1.98.2\n");
    assert_eq!(world.installed(), ["go1.97.4", "go1.98.1", "go1.98.3"]);
}

#[test]
fn prune_is_not_misled_by_the_environment_or_by_a_pin_it_cannot_read() {
    let (_mirror, mut world) = three();
    let project = world.project("project", &[(".go-version", "1.98.1\n")]);
    world.gvmr_in(&project, ["install"]).succeeds(); // read once, so that it is known
    world.set("GVMR_VERSION", "1.98.2");
    assert_eq!(
        world.gvmr(["prune", "--yes"]).exits(0, &["go1.98.1 stays", "project/.go-version"]).stdout,
        ""
    );
    std::fs::write(project.join(".go-version"), "?\n").unwrap();
    world.gvmr(["prune", "--yes"]).exits(2, &["project/.go-version:1"]);
    assert_eq!(world.installed(), ["go1.97.4", "go1.98.1", "go1.98.2"]);
}

#[test]
fn the_default_goes_with_its_last_version() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.gvmr(["uninstall", "1.98.1"]).exits(0, &["that was the default"]);
    assert!(!world.home().join("default").exists());
    world.gvmr(["install", "1.98.1"]).exits(0, &["is the default now"]);
}

#[test]
fn verify_without_the_log_says_that_a_receipt_is_no_proof() {
    let (mirror, mut world) = three();
    std::fs::remove_dir_all(world.home().join("cache")).unwrap();
    world.set("GOPROXY", "http://127.0.0.1:9");
    let run = world.gvmr(["verify", "1.98.1"]).exits(4, &["the checksum database could not be reached"]);
    assert!(run.stdout.contains("unproved\t") && run.stdout.contains("by its receipt only"), "{run:?}");
    std::fs::write(world.goroot("1.98.1").join("VERSION"), "go1.98.1x").unwrap();
    world.gvmr(["verify", "1.98.1"]).exits(5, &["go1.98.1"]);
    world.set("GOPROXY", &mirror.server.url(""));
    world.gvmr(["verify"]).exits(5, &["go1.98.1: does not match"]);
}

#[test]
fn exec_never_runs_what_lies_in_the_current_directory() {
    let mirror = Mirror::small(&["1.98.1"]);
    let mut world = mirror.world();
    let evil = world.project("evil", &[("go", "#!/bin/sh\necho evil\n")]);
    std::fs::set_permissions(evil.join("go"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let good = world.project("good", &[("go", "#!/bin/sh\necho good\n")]);
    std::fs::set_permissions(good.join("go"), std::fs::Permissions::from_mode(0o755)).unwrap();
    world.set("PATH", &format!(".::{}:/usr/bin:/bin", good.display()));
    assert_eq!(world.gvmr_in(&evil, ["exec", "--", "go"]).succeeds(), "good");
    world.gvmr(["install", "1.98.1"]).succeeds();
    assert_eq!(
        world.gvmr_in(&evil, ["exec", "--", "go", "version"]).succeeds(),
        "go version go1.98.1 linux/amd64"
    );
}

#[test]
fn list_marks_what_runs_here_and_how_it_was_proved() {
    let (_mirror, world) = three();
    let list = world.gvmr(["list"]).succeeds();
    let first = list.lines().next().unwrap();
    assert!(first.starts_with("* 1.97.4") && first.contains("default") && first.contains("proved"), "{list}");
    let remote = world.gvmr(["ls-remote", "1.98"]).succeeds();
    let expected = |version| format!("{version}\tinstalled\tsupported\t2030-01-01");
    assert_eq!(remote, [expected("1.98.1"), expected("1.98.2")].join("\n"));
    assert_eq!(world.gvmr(["ls-remote", "latest"]).succeeds(), expected("1.98.2"));
}
