//! A combination laid out on the disk, and the real programs in it.

use super::combination::{Ask, Combination, DIRECTORIES, LINKS, Section, Trust, When, text};
use super::model::Toolchain;
use crate::support::world::{Run, gvmr};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The version whose `go` tells the environment that it got.
pub(super) const TELLER: &str = "1.99.0";

/// It has no working environment of its own: what a process was started with stands in `/proc`.
pub(super) const TELLER_SCRIPT: &str = "#!/bin/sh\n/bin/cat \"/proc/$$/environ\"\n";

/// One combination's machine.
pub(super) struct Machine<'a> {
    combination: &'a Combination,
    home: PathBuf,
}

impl<'a> Machine<'a> {
    /// Lays everything out below `root`, with the toolchains and the shim of the home `installed`. `pins` are the versions
    /// that project files
    /// may pin.
    pub(super) fn new(
        combination: &'a Combination,
        root: &Path,
        installed: &Path,
        pins: &[Toolchain],
    ) -> Self {
        for (name, real) in DIRECTORIES {
            if name == real {
                fs::create_dir_all(root.join(name)).unwrap();
            }
        }
        for (link, to) in LINKS {
            fs::create_dir_all(root.join(link).parent().unwrap()).unwrap();
            symlink(root.join(to), root.join(link)).unwrap();
        }
        for name in ["gopath", "user/work/team/app/sub"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let machine = Self { combination, home: root.join("user/.local/share/gvmr") };
        machine.settle_home(installed);
        machine.write_settings();
        machine.write_projects(pins);
        machine
    }

    fn settle_home(&self, installed: &Path) {
        fs::create_dir_all(self.home.join("shims")).unwrap();
        symlink(installed.join("versions"), self.home.join("versions")).unwrap();
        // A link: a copy could still be open for writing in a child that another thread is just starting.
        fs::hard_link(installed.join("shims/go"), self.go()).unwrap();
        fs::write(self.home.join("program"), text(gvmr()) + "\n").unwrap();
    }

    fn go(&self) -> PathBuf {
        self.home.join("shims/go")
    }

    fn write_settings(&self) {
        let Combination { goenv, config, .. } = self.combination;
        match &goenv.text {
            Some(text) => write(&goenv.file, text),
            None => fs::create_dir_all(&goenv.file).unwrap(),
        }
        let is_named = self.combination.process.contains_key("GVMR_CONFIG");
        if is_named || !config.sections.is_empty() {
            write(&config.file, &toml(&config.sections));
        }
    }

    fn write_projects(&self, pins: &[Toolchain]) {
        for project in &self.combination.projects {
            let pin = project.pin.map(|pin| format!("go = \"{}\"\n", pins[pin].version));
            let text = pin.unwrap_or_default() + &toml(&project.sections);
            let file = project.directory.join("gvmr.toml");
            write(&file, &text);
            if project.trust != Trust::Never {
                let mut trust = self.command(gvmr(), &project.directory);
                Run::of(trust.arg("trust").env_remove("GVMR_VERSION")).succeeds();
            }
            if project.trust == Trust::Outdated {
                write(&file, &(text + "\n"));
            }
        }
    }

    fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.combination.process).current_dir(directory).stdin(Stdio::null());
        command
    }

    /// The shim as `go`, where the combination calls it; `has_change` says whether that version knows `-C`.
    fn shim(&self, version: &str, pinned: bool, has_change: bool) -> Command {
        let here = &self.combination.here;
        let change = here.change.as_ref();
        let mut command = match change {
            Some(_) if !has_change => self.command(&self.go(), &here.physical),
            _ => self.command(&self.go(), &here.start),
        };
        if let Some(pwd) = &here.pwd
            && (has_change || change.is_none())
        {
            command.env("PWD", pwd);
        }
        match self.combination.ask {
            _ if pinned => {}
            Ask::Argument => {
                command.arg(format!("+{version}"));
            }
            Ask::Variable => {
                command.env("GVMR_VERSION", version);
            }
        }
        if let Some(change) = change.filter(|_| has_change) {
            command.arg("-C").arg(change);
        }
        command
    }

    /// What the shim's `go env -json` shows; `pinned` where the project's file chooses that version.
    pub(super) fn through_the_shim(&self, toolchain: &Toolchain, pinned: bool) -> BTreeMap<String, String> {
        let mut command = self.shim(&toolchain.version, pinned, toolchain.minor >= 20);
        shown(&Run::of(command.args(["env", "-json"])))
    }

    /// What that `go` itself shows in this environment, where the combination calls it.
    pub(super) fn directly(
        &self,
        toolchain: &Toolchain,
        environment: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let here = &self.combination.here;
        let mut command = Command::new(toolchain.goroot.join("bin/go"));
        command.env_clear().envs(environment).stdin(Stdio::null());
        let change = here.change.is_some();
        command.current_dir(if change { &here.physical } else { &here.start });
        if let Some(pwd) = here.pwd.as_ref().filter(|_| !change) {
            command.env("PWD", pwd);
        }
        shown(&Run::of(command.args(["env", "-json"])))
    }

    /// The whole environment that a tool gets.
    pub(super) fn told(&self) -> BTreeMap<String, String> {
        let run = Run::of(&mut self.shim(TELLER, false, true));
        assert_eq!(run.code, Some(0), "{run:#?}");
        let mut told = BTreeMap::new();
        for entry in run.stdout.split_terminator('\0') {
            let (name, value) = entry.split_once('=').unwrap();
            assert!(told.insert(name.to_owned(), value.to_owned()).is_none(), "{name} twice: {run:#?}");
        }
        told
    }

    /// The environment that the model gives, with what the call of [`Self::told`] adds by itself.
    pub(super) fn expected_to_be_told(
        &self,
        mut environment: BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let Combination { here, ask, .. } = self.combination;
        environment.extend(here.pwd.as_ref().map(|pwd| ("PWD".to_owned(), text(pwd))));
        if *ask == Ask::Variable {
            environment.insert("GVMR_VERSION".to_owned(), TELLER.to_owned());
        }
        environment
    }
}

/// What `go env -json` printed. It names a directory of its own in the flags for the C compiler, another each time.
fn shown(run: &Run) -> BTreeMap<String, String> {
    let mut shown: BTreeMap<String, String> =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    if let Some(flags) = shown.get_mut("GOGCCFLAGS") {
        let words = flags.split(' ').filter(|word| !word.contains("/go-build") || word.contains("/caches/"));
        *flags = words.collect::<Vec<_>>().join(" ");
    }
    shown
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// The sections as a file has them.
fn toml(sections: &[Section]) -> String {
    let mut toml = String::new();
    for section in sections {
        let (fill, over) = match &section.when {
            When::Always => ("[env]", "[env.override]"),
            When::Directory { written, .. } => {
                writeln!(toml, "[[directory]]\npath = \"{written}\"").unwrap();
                ("[directory.env]", "[directory.env.override]")
            }
            When::Network { written, .. } => {
                writeln!(toml, "[[network]]\n{written}").unwrap();
                ("[network.env]", "[network.env.override]")
            }
        };
        for (head, overrides) in [(fill, false), (over, true)] {
            writeln!(toml, "{head}").unwrap();
            for rule in section.rules.iter().filter(|rule| rule.overrides == overrides) {
                writeln!(toml, "{} = \"{}\"", rule.name, rule.value.written).unwrap();
            }
        }
    }
    toml
}
