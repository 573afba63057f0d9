//! A machine with the shims and a real Go that nothing had to install.

use crate::support::skip;
use crate::support::world::{Run, World, gvmr, names, shim};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The words before a root's command that take its rights over files.
const WITHOUT_RIGHTS: [&str; 3] = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];

pub(crate) struct Fixture {
    pub(crate) world: World,
}

impl Fixture {
    /// With the Go on PATH as 1.99.1, by a link; `None` where there is none.
    pub(crate) fn with_go() -> Option<Self> {
        let goroot = Command::new("go").args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output();
        let Ok(goroot) = goroot else {
            skip("no go");
            return None;
        };
        let goroot = String::from_utf8(goroot.stdout).unwrap();
        Some(Self::with(|bin| symlink(goroot.trim(), bin.parent().unwrap()).unwrap()))
    }

    /// With a program of the system's as the `go` of 1.99.1.
    pub(crate) fn with_program(program: &str) -> Self {
        Self::with(|bin| {
            fs::create_dir_all(bin).unwrap();
            install(Path::new(program), &bin.join("go"));
        })
    }

    fn with(toolchain: impl FnOnce(&Path)) -> Self {
        let mut world = World::new("off");
        world.set("GOTOOLCHAIN", "local").set("GOFLAGS", "-mod=mod");
        let home = world.home();
        for directory in [home.join("shims"), home.join("versions"), world.path("p"), world.path("gopath")] {
            fs::create_dir_all(directory).unwrap();
        }
        toolchain(&home.join("versions/go1.99.1/bin"));
        install(shim(), &home.join("shims/go"));
        fs::hard_link(home.join("shims/go"), home.join("shims/gofmt")).unwrap();
        fs::write(home.join("program"), format!("{}\n", gvmr().display())).unwrap();
        fs::write(home.join("default"), "1.99.1\n").unwrap();
        Self { world }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.path(name)
    }

    /// The path as text; `@` in a text of a test stands for the machine's directory.
    pub(crate) fn text(&self, text: &str) -> String {
        text.replace('@', self.path("").to_str().unwrap().trim_end_matches('/'))
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, self.text(text)).unwrap();
        file
    }

    /// The user's own rules.
    pub(crate) fn config(&self, text: &str) -> PathBuf {
        self.write("user/.config/gvmr/config.toml", text)
    }

    /// `go ARGUMENTS…` through the shim in `p`, with these variables more.
    pub(crate) fn go(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        Run::of(self.command(variables).args(arguments))
    }

    pub(crate) fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = self.world.command(&self.world.home().join("shims/go"), &self.path("p"));
        command.envs(variables.iter().map(|(name, value)| (name, self.text(value))));
        command
    }

    /// The same without the shim.
    pub(crate) fn directly(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let go = self.world.home().join("versions/go1.99.1/bin/go");
        let mut command = self.world.command(&go, &self.path("p"));
        command.envs(variables.iter().map(|(name, value)| (name, self.text(value))));
        Run::of(command.args(arguments))
    }

    /// The same as [`Self::go`] for a user whom file modes hold back, as they do not hold back root.
    pub(crate) fn go_without_rights(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        if !rustix::process::geteuid().is_root() {
            return self.go(variables, arguments);
        }
        self.under(&WITHOUT_RIGHTS, variables, arguments)
    }

    /// The shim started by another program: `WORDS… go ARGUMENTS…`.
    pub(crate) fn under(&self, words: &[&str], variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.world.command(Path::new(words[0]), &self.path("p"));
        command.envs(variables.iter().map(|(name, value)| (name, self.text(value))));
        command.args(&words[1..]).arg(self.world.home().join("shims/go")).args(arguments);
        Run::of(&mut command)
    }

    /// The marks of what was said.
    pub(crate) fn marks(&self) -> Vec<String> {
        names(&self.world.home().join("notices"))
    }

    /// Lets all marks be of this time.
    pub(crate) fn date_marks(&self, time: SystemTime) {
        for mark in self.marks() {
            let mark = self.world.home().join("notices").join(mark);
            fs::File::options().write(true).open(mark).unwrap().set_modified(time).unwrap();
        }
    }

    /// From now on each hand-over leaves a line; gives the file with the lines.
    pub(crate) fn count_hand_overs(&self) -> PathBuf {
        let log = self.path("handed-over");
        let script =
            format!("#!/bin/sh\necho \"$1\" >> {}\nexec {} \"$@\"\n", log.display(), gvmr().display());
        let program = self.path("counting");
        fs::write(self.path("counting.sh"), script).unwrap();
        install(&self.path("counting.sh"), &program);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(self.world.home().join("program"), format!("{}\n", program.display())).unwrap();
        log
    }
}

/// Copies a program by another process: a copy of this one's own could still be open for writing in a child that another
/// test is just starting, and then nobody can run it.
fn install(program: &Path, target: &Path) {
    assert!(Command::new("cp").arg(program).arg(target).status().unwrap().success());
}

/// The lines that gvmr said.
pub(crate) fn said(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| line.starts_with("gvmr: ")).collect()
}

/// How many lines a file has; none where there is no file.
pub(crate) fn lines(file: &Path) -> usize {
    fs::read_to_string(file).unwrap_or_default().lines().count()
}
