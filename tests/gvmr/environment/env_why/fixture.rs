//! A machine with the shims, and Go toolchains that nothing had to install.

use crate::support::mirror::real_modules;
use crate::support::world::{Run, World, gvmr, shim};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A toolchain whose `go` prints the environment that it gets, its own `go.env` beside it.
const PRINTS: &str = "#!/bin/sh\nexec env\n";

pub(crate) struct Fixture {
    pub(crate) world: World,
}

impl Fixture {
    /// With a toolchain as 1.99.1 whose `go` prints what it gets.
    pub(crate) fn new() -> Self {
        let fixture = Self::with_shims("1.99.1");
        let goroot = fixture.world.goroot("1.99.1");
        fs::create_dir_all(goroot.join("bin")).unwrap();
        let program = fixture.world.path("prints");
        fs::write(&program, PRINTS).unwrap();
        install(&program, &goroot.join("bin/go"));
        fs::write(goroot.join("go.env"), "GOPROXY=https://shipped.example\nGOTOOLCHAIN=auto\n").unwrap();
        fixture
    }

    /// With a real release, of which only the program is copied; `None` where there is none.
    pub(crate) fn with_release(version: &str) -> Option<Self> {
        let fixture = Self::with_shims(version);
        fixture.add_release(version)?;
        Some(fixture)
    }

    /// Another real release beside it, which Go's own switching finds too.
    pub(crate) fn add_release(&self, version: &str) -> Option<()> {
        let module = real_modules(&[version])?.join("../../golang.org");
        let tree = module.join(format!("toolchain@v0.0.1-go{version}.linux-amd64"));
        let goroot = self.world.goroot(version);
        install(shim(), &self.world.home().join("shims").join(format!("go{version}")));
        fs::create_dir_all(goroot.join("bin")).unwrap();
        install(&tree.join("bin/go"), &goroot.join("bin/go"));
        for name in ["pkg", "src", "lib", "VERSION", "go.env"] {
            if tree.join(name).exists() {
                symlink(tree.join(name).canonicalize().unwrap(), goroot.join(name)).unwrap();
            }
        }
        Some(())
    }

    /// With the Go on PATH as 1.99.1; `None` where there is none.
    pub(crate) fn with_go() -> Option<Self> {
        let goroot = Command::new("go").args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output().ok()?;
        let goroot = String::from_utf8(goroot.stdout).unwrap();
        let fixture = Self::with_shims("1.99.1");
        fs::create_dir_all(fixture.world.home().join("versions")).unwrap();
        symlink(goroot.trim(), fixture.world.goroot("1.99.1")).unwrap();
        Some(fixture)
    }

    fn with_shims(default: &str) -> Self {
        let mut world = World::new("");
        world.set("PATH", "/usr/bin:/bin");
        let home = world.home();
        for directory in [home.join("shims"), world.path("p/q")] {
            fs::create_dir_all(directory).unwrap();
        }
        install(shim(), &home.join("shims/go"));
        fs::write(home.join("program"), format!("{}\n", gvmr().display())).unwrap();
        fs::write(home.join("default"), format!("{default}\n")).unwrap();
        Self { world }
    }

    /// Where the tests stand.
    pub(crate) fn here(&self) -> PathBuf {
        self.world.path("p/q")
    }

    /// The text of a test, in which `§` stands for the machine's directory.
    pub(crate) fn text(&self, text: &str) -> String {
        text.replace('§', self.root().to_str().unwrap())
    }

    /// The machine's directory by its real path.
    pub(crate) fn root(&self) -> PathBuf {
        self.world.path("").canonicalize().unwrap()
    }

    /// The project's `gvmr.toml`, trusted.
    #[track_caller]
    pub(crate) fn project(&self, text: &str) {
        fs::write(self.world.path("p/gvmr.toml"), self.text(text)).unwrap();
        self.world.gvmr_in(&self.here(), ["trust", ".."]).succeeds();
    }

    /// The user's own rules.
    pub(crate) fn config(&self, text: &str) {
        self.write("user/.config/gvmr/config.toml", text);
    }

    /// The file that `go env -w` writes.
    pub(crate) fn go_env_file(&self, text: &str) {
        self.write("user/.config/go/env", text);
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.world.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, self.text(text)).unwrap();
    }

    /// `gvmr env ARGUMENTS…` in the project, with these variables more.
    pub(crate) fn env(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.world.command(gvmr(), &self.here());
        self.run(command.arg("env").args(arguments), variables)
    }

    /// The members of `variables` in the JSON.
    #[track_caller]
    pub(crate) fn json(&self, variables: &[(&str, &str)], names: &[&str]) -> Value {
        let run = self.env(variables, &[&["--json"], names].concat());
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.json()["variables"].take()
    }

    /// `go ARGUMENTS…` through the shim in the project.
    pub(crate) fn go(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.world.command(&self.world.home().join("shims/go"), &self.here());
        self.run(command.args(arguments), variables)
    }

    fn run(&self, command: &mut Command, variables: &[(&str, &str)]) -> Run {
        command.envs(variables.iter().map(|(name, value)| (name, self.text(value))));
        Run::of(command)
    }
}

/// Copies a program, in another process: a file that this one wrote is busy while any thread starts a program.
fn install(from: &Path, to: &Path) {
    let mut install = Command::new("install");
    assert!(install.args(["-m", "755"]).args([from, to]).status().unwrap().success());
}
