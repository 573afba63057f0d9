//! What must never run, and what must never run for ever.

use crate::support::{World, failed, ran, skip};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

#[test]
fn relative_and_empty_elements_of_path_never_run() {
    let world = World::new();
    world.goroot("project", "9.9.9").script("project/go", "#!/bin/sh\necho toolchain=bad\n");
    for path in [".", "", ":", "bin", "./bin:", "../project/bin"] {
        let said = failed(world.command("go").env("PATH", path), 127);
        assert!(said.contains("PATH has no go"), "{path}: {said}");
    }
}

#[test]
fn what_is_no_program_is_passed_over() {
    let world = World::new();
    world.file("plain/go", "not executable").directory("directory/go").goroot("outside", "1.18.1");
    world.link("dangling/go", "nothing").link("linked/go", world.path("home/shims/go"));
    let names = ["absent", "plain", "directory", "dangling", "linked", "home/shims", "outside/bin"];
    let path = names.map(|name| world.path(name).display().to_string()).join(":");
    assert_eq!(ran(world.command("go").env("PATH", path)).one("toolchain"), "1.18.1");
}

#[test]
fn a_shim_of_another_home_is_not_a_go() {
    let world = World::new();
    world.shim_at("other/shims/go").file("other/program", "/usr/bin/gvmr\n").goroot("outside", "1.18.1");
    world.link("linked/go", world.path("other/shims/go"));
    let path = ["other/shims", "linked"].map(|name| world.path(name).display().to_string()).join(":");
    assert!(failed(world.command("go").env("PATH", &path), 127).contains("PATH has no go"));
    let path = format!("{path}:{}", world.path("outside/bin").display());
    assert_eq!(ran(world.command("go").env("PATH", &path)).one("toolchain"), "1.18.1");
}

#[test]
fn a_wrapper_that_calls_the_shim_ends_after_two_rounds() {
    let world = World::new();
    let wrapper = format!(
        "#!/bin/sh\necho x >>'{}'\nexec '{}' \"$@\"\n",
        world.path("rounds").display(),
        world.path("home/shims/go").display()
    );
    // A project with a version of its own is no GOROOT.
    world.script("wrapper/bin/go", &wrapper).file("wrapper/VERSION", "go1.23.4\n");
    let said = failed(world.command("go").env("PATH", world.path("wrapper/bin")), 127);
    assert!(said.contains("wrapper/bin/go and gvmr's shim call each other"), "{said}");
    assert_eq!(fs::read_to_string(world.path("rounds")).unwrap(), "x\nx\n");
    // A version here ends it, and the counter is not seen behind it.
    world.installed(&["1.23.4"]).file("home/default", "1.23.4");
    let said = ran(world.command("go").env("PATH", world.path("wrapper/bin")).env("GVMR_SHIM_DEPTH", "2"));
    assert!(said.lacks("GVMR_SHIM_DEPTH"));
}

#[test]
fn two_homes_that_do_not_know_each_other_end_too() {
    let world = World::new();
    world.shim_at("other/shims/go");
    let path = ["home/shims", "other/shims"].map(|name| world.path(name).display().to_string()).join(":");
    for shim in ["home/shims/go", "other/shims/go"] {
        let said = failed(world.command_at(shim).env("PATH", &path), 127);
        assert!(said.contains("and gvmr's shim call each other"), "{said}");
    }
}

#[test]
fn a_wrapper_keeps_the_environment_and_a_goroot_does_not_see_the_counter() {
    let world = World::new();
    world
        .goroot("outside", "1.18.1")
        .script("wrapper/go", "#!/bin/sh\necho toolchain=wrapper\n/usr/bin/env\n");
    let run = |name: &str| {
        let mut go = world.command("go");
        ran(go.env("PATH", world.path(name)).env("GOROOT", "/x").env("GVMR_SHIM_DEPTH", "1"))
    };
    let wrapper = run("wrapper");
    assert_eq!((wrapper.one("GOROOT").as_str(), wrapper.one("GVMR_SHIM_DEPTH").as_str()), ("/x", "2"));
    let outside = run("outside/bin");
    assert!(outside.lacks("GOROOT") && outside.lacks("GVMR_SHIM_DEPTH"));
}

#[test]
fn a_program_that_calls_the_shim_again_ends_too() {
    let world = World::new();
    world.file("project/.go-version", "1.23.4");
    world.script("program", &format!("#!/bin/sh\nexec '{}'\n", world.path("home/shims/go").display()));
    world.file("home/program", world.path("program").display().to_string());
    assert!(failed(&mut world.command("go"), 127).contains("go1.23.4 is not installed"));
    // The shim itself is no such program.
    world.file("home/program", world.path("home/shims/go").display().to_string());
    assert!(failed(&mut world.command("go"), 127).contains("go1.23.4 is not installed"));
}

#[test]
fn a_shim_that_lies_nowhere_says_so() {
    let world = World::new();
    world
        .shim_at("bin/go")
        .shim("gvmr-shim")
        .link("home/shims/gofmt1", "gvmr-shim")
        .link("bin/linked", "../home/shims/go");
    assert!(failed(&mut world.command_at("bin/go"), 127).contains("bin/go is a shim"));
    assert!(failed(&mut world.command("gvmr-shim"), 127).contains("gvmr where --shims"));
    world.installed(&["1.23.4"]);
    assert_eq!(ran(&mut world.command_at("bin/linked")).one("tool"), "go");
    assert!(failed(&mut world.command("gofmt1"), 127).contains("bin/gofmt1"));
}

#[test]
fn borrowed_rights_hide_the_callers_variables() {
    let world = World::new();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    if fs::metadata("/proc/self").unwrap().uid() != 0 || !status.contains("NoNewPrivs:\t0") {
        return skip("only root can make the shim setuid");
    }
    world.installed(&["1.22.1", "1.23.1"]).file("home/default", "1.22.1");
    fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
    let start = |mode, user| {
        fs::set_permissions(world.path("home/shims/go"), Permissions::from_mode(mode)).unwrap();
        let mut command = Command::new("/usr/bin/setpriv");
        command.args([format!("--ruid={user}"), format!("--regid={user}"), "--clear-groups".to_owned()]);
        command.arg(world.path("home/shims/go")).env_clear().env("GVMR_VERSION", "1.23.1");
        command.current_dir(world.path(""));
        command
    };
    assert_eq!(ran(&mut start(0o755, 0)).one("toolchain"), "1.23.1");
    // Rights that another program lent are passed on.
    assert_eq!(ran(&mut start(0o755, 65534)).one("toolchain"), "1.22.1");
    for mode in [0o4755, 0o2755] {
        fs::set_permissions(world.path("home/shims/go"), Permissions::from_mode(mode)).unwrap();
        let said = failed(world.command("go").uid(65534).gid(65534), 126);
        assert!(said.contains("refusing to run setuid"), "{said}");
    }
}
