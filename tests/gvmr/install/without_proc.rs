//! A chroot without `/proc`, as image builders such as Packer run programs in: everything of daily use works there.

use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use std::path::Path;
use std::process::Command;

const VERSION: &str = "1.22.10";

/// A command in a mount namespace whose `/proc` is empty.
fn without_proc(world: &World, program: &Path, arguments: &[&str]) -> Run {
    let mut command = world.command(Path::new("unshare"), &world.path("user"));
    let script = "mount -t tmpfs none /proc && exec \"$0\" \"$@\"";
    Run::of(command.args(["--mount", "sh", "-c", script]).arg(program).args(arguments))
}

#[test]
fn install_setup_and_the_shim_work_without_proc() {
    let unshared =
        Command::new("unshare").args(["--mount", "mount", "-t", "tmpfs", "none", "/proc"]).status();
    if !unshared.is_ok_and(|status| status.success()) {
        return skip("mount namespaces need root and unshare");
    }
    let Some(mirror) = Mirror::real(&[VERSION]) else { return skip("no go, or no network") };
    let world = mirror.world();
    without_proc(&world, gvmr(), &["install", VERSION]).exits(0, &["/proc is not mounted"]);
    without_proc(&world, gvmr(), &["verify"]).succeeds();
    without_proc(&world, gvmr(), &["setup", "--yes"]).succeeds();
    let go = world.home().join("shims/go");
    let version = without_proc(&world, &go, &["version"]).succeeds();
    assert_eq!(version, format!("go version go{VERSION} linux/amd64"));
    let goroot = without_proc(&world, &go, &["env", "GOROOT"]).succeeds();
    assert_eq!(Path::new(&goroot), world.goroot(VERSION));
    let sh = ["-lc", "command -v go && go version"];
    let found = without_proc(&world, Path::new("bash"), &sh).succeeds();
    assert_eq!(found, format!("{}\n{version}", go.display()));
    // What is missing there is compiled by the program that wrote the shims.
    let config = world.path("user/.config/gvmr");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "[[directory]]\npath = \"/\"\nenv.GOFLAGS = \"-tags=x\"\n")
        .unwrap();
    assert_eq!(without_proc(&world, &go, &["env", "GOFLAGS"]).succeeds(), "-tags=x");
    let project = world.project(
        "user/hello",
        &[("go.mod", "module hello\n"), ("main.go", "package main\nfunc main() {}\n")],
    );
    without_proc(&world, &go, &["-C", project.to_str().unwrap(), "vet", "."]).succeeds();
    without_proc(&world, gvmr(), &["exec", VERSION, "--", "go", "version"]).succeeds();
    without_proc(&world, gvmr(), &["each", VERSION, "--", "go", "version"]).exits(126, &["mount /proc"]);
    without_proc(&world, gvmr(), &["use", "--global", VERSION]).succeeds();
    without_proc(&world, gvmr(), &["uninstall", "--force", VERSION]).succeeds();
    assert_eq!(world.installed(), [""; 0]);
}
