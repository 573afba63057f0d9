//! The commands that change something, each with the state it begins in.

use super::snapshot::{self, Snapshot};
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A command, what is run before it, and what it reads.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    before: &'static [&'static [&'static str]],
    command: &'static [&'static str],
    stdin: &'static str,
    /// What it answers where everything is done already.
    again: &'static [i32],
}

const fn scenario(
    name: &'static str,
    before: &'static [&'static [&'static str]],
    command: &'static [&'static str],
) -> Scenario {
    Scenario { name, before, command, stdin: "", again: &[0] }
}

pub(crate) const SCENARIOS: [Scenario; 10] = [
    scenario("install", &[&["install", "1.98.1"]], &["install", "1.99.1"]),
    Scenario {
        again: &[0, 3, 127],
        ..scenario("uninstall", &[&["install", "1.98.1"], &["install", "1.99.1"]], &["uninstall", "1.99.1"])
    },
    scenario("use", &[&["install", "1.98.1", "1.99.1"], &["use", "1.98.1"]], &["use", "1.99.1"]),
    scenario(
        "use --global",
        &[&["install", "1.98.1", "1.99.1"], &["use", "--global", "1.98.1"]],
        &["use", "--global", "1.99.1"],
    ),
    scenario("setup", &[&["install", "1.98.1"]], &["setup", "--yes"]),
    scenario("undo", &[&["install", "1.98.1"], &["setup", "--yes"]], &["setup", "--undo", "--yes"]),
    scenario("trust", &[&["install", "1.98.1"]], &["trust", "project"]),
    Scenario {
        stdin: "s3cret\n",
        ..scenario("auth", &[&["install", "1.98.1"]], &["auth", "set", "git.corp.example", "--user", "joe"])
    },
    scenario("import", &[&["install", "1.98.1"]], &["import", "sdk/go1.99.1"]),
    scenario(
        "prune",
        &[&["install", "1.99.1", "1.99.2"], &["use", "--global", "1.99.2"]],
        &["prune", "--yes"],
    ),
];

/// A machine in the state before, which can be brought back.
pub(super) struct Stage<'s> {
    scenario: &'s Scenario,
    world: World,
    _mirror: Mirror,
    pub(super) before: Snapshot,
    pub(super) after: Snapshot,
}

impl<'s> Stage<'s> {
    pub(super) fn of(scenario: &'s Scenario) -> Self {
        Self::with(scenario, Mirror::world)
    }

    /// The same on a machine that `make` gives.
    pub(super) fn with(scenario: &'s Scenario, make: impl FnOnce(&Mirror) -> World) -> Self {
        let mirror = Mirror::small(&["1.98.1", "1.99.1", "1.99.2"]);
        let world = make(&mirror);
        let user = world.path("user");
        for file in [".bashrc", ".profile", ".zshrc"] {
            fs::write(user.join(file), format!("# {file}\nexport A=1\n")).unwrap();
        }
        fs::create_dir(user.join("project")).unwrap();
        fs::write(user.join("project/gvmr.toml"), "[env]\nGOFLAGS = \"-mod=mod\"\n").unwrap();
        if scenario.name == "import" {
            world.gvmr(["install", "1.99.1"]).succeeds();
            fs::create_dir(user.join("sdk")).unwrap();
            fs::rename(world.goroot("1.99.1"), user.join("sdk/go1.99.1")).unwrap();
            fs::remove_file(user.join("sdk/go1.99.1/.gvmr-receipt.json")).unwrap();
            fs::remove_dir_all(world.home()).unwrap();
        }
        for words in scenario.before {
            world.gvmr(*words).succeeds();
        }
        copy(&user, &world.path("template"));
        let mut stage =
            Self { scenario, world, _mirror: mirror, before: snapshot::of(&user), after: Snapshot::new() };
        stage.run().succeeds();
        stage.after = snapshot::of(&user);
        assert_ne!(stage.before, stage.after, "{} changes nothing", scenario.name);
        stage
    }

    pub(super) fn user(&self) -> PathBuf {
        self.world.path("user")
    }

    /// Brings the state before back.
    pub(super) fn begin(&self) {
        fs::remove_dir_all(self.user()).unwrap();
        copy(&self.world.path("template"), &self.user());
    }

    /// The command, behind the words of `under`.
    pub(super) fn command(&self, under: &[&str]) -> Command {
        let program = under.first().map_or(gvmr(), Path::new);
        let mut command = self.world.command(program, &self.user());
        if !under.is_empty() {
            command.args(&under[1..]).arg(gvmr());
        }
        command.args(self.scenario.command).stdout(Stdio::null()).stderr(Stdio::null());
        let stdin = self.world.path("stdin");
        fs::write(&stdin, self.scenario.stdin).unwrap();
        command.stdin(fs::File::open(stdin).unwrap());
        command
    }

    pub(super) fn run(&self) -> Run {
        Run::of(self.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    /// What is half now that `what` happened to the command, and what is not as it should be once it ran again.
    pub(super) fn violations(&self, what: &str) -> Vec<String> {
        let now = snapshot::of(&self.user());
        let mut found = snapshot::violations(&self.before, &self.after, &now);
        let run = self.run();
        if !run.code.is_some_and(|code| self.scenario.again.contains(&code)) {
            found.push(format!("once more: {run:#?}"));
        }
        let now = snapshot::of(&self.user());
        found.extend(snapshot::violations(&self.after, &self.after, &now));
        found.into_iter().map(|found| format!("{what}: {found}")).collect()
    }
}

/// How a command fared.
pub(crate) struct Count {
    command: &'static str,
    what: &'static str,
    pub(crate) runs: usize,
    /// Those that hit a running command.
    pub(crate) ended: usize,
    /// What was half.
    pub(crate) violations: Vec<String>,
}

impl Count {
    /// None yet; `what` will happen to the command.
    pub(super) fn of(scenario: &Scenario, what: &'static str) -> Self {
        Self { command: scenario.name, what, runs: 0, ended: 0, violations: Vec::new() }
    }

    pub(super) fn add(&mut self, has_ended: bool, violations: Vec<String>) {
        self.runs += 1;
        self.ended += usize::from(has_ended);
        self.violations.extend(violations);
    }
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, what, runs, ended, violations } = self;
        write!(
            formatter,
            "{command}: {runs} {what}, {ended} of a running command, {} violations",
            violations.len()
        )
    }
}

/// Moments from the start of a command that takes `whole` to a little after its end, the same ones in each run.
pub(super) fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    let mut random = 0x2545_f491_u32;
    std::iter::repeat_with(move || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        whole.mul_f64(1.1 * f64::from(random % 10_000) / 10_000.0)
    })
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success(), "{}", from.display());
}
