//! A Go project: its go command, what that says of the project, and a place for what it makes.

use super::answer::{GoAnswer, answered};
use super::build_settings::BuildSettings;
use super::go_flags;
use super::workspace::WorkspaceCopy;
use crate::check::file::GoTarget;
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::config::cleaned;
use crate::probe::program;
use crate::probe::{ProbeSurroundings, failed};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A project, and how long its questions may take.
pub(super) struct GoProject<'a> {
    pub(super) surroundings: &'a ProbeSurroundings<'a>,
    is_named: bool,
    until: Instant,
    settings: OnceCell<GoEnv>,
    flags: OnceCell<Option<String>>,
    has_vendor: OnceCell<bool>,
    workspace: OnceCell<Option<WorkspaceCopy>>,
}

/// What `go env` says of the project.
pub(super) struct GoEnv {
    /// The go.work that is in force.
    pub(super) go_work: Option<PathBuf>,
    /// The go.mod of the module that the directory is in.
    pub(super) go_mod: Option<PathBuf>,
    pub(super) goroot: PathBuf,
    /// `go1.26.8`; empty before Go 1.16.
    pub(super) version: String,
    /// GO111MODULE, which is empty where it is not set.
    modules: String,
    /// For what and how it builds.
    pub(super) build: BuildSettings,
}

impl<'a> GoProject<'a> {
    pub(super) fn of(target: &GoTarget, timeout: Duration, surroundings: &'a ProbeSurroundings<'a>) -> Self {
        Self {
            surroundings,
            is_named: target.is_named,
            until: Instant::now() + timeout,
            settings: OnceCell::new(),
            flags: OnceCell::new(),
            has_vendor: OnceCell::new(),
            workspace: OnceCell::new(),
        }
    }

    /// Whether a file names the probe.
    pub(super) fn is_named(&self) -> bool {
        self.is_named
    }

    /// Where the project is.
    pub(super) fn directory(&self) -> &Path {
        self.surroundings.directory
    }

    /// What is left of the time.
    pub(super) fn time_left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// There is nothing here to ask about. What a file names has to be there, a thing that is made of it as well.
    pub(super) fn lacks(&self, what: impl Into<String>) -> NotMeasured {
        if self.is_named { failed(what) } else { NotMeasured::NotApplicable(what.into()) }
    }

    /// What the file does not ask for by its name makes a warning, and an error where it does.
    pub(super) fn cannot_tell(&self, why: String) -> Result<Measurement, NotMeasured> {
        if self.is_named {
            return Err(failed(why));
        }
        Ok(Measurement { doubts: vec![why], ..Measurement::default() })
    }

    /// What the go command answers, whatever its exit code is.
    pub(super) fn go(&self, words: &[&str]) -> Result<GoAnswer, NotMeasured> {
        self.go_in(&[], words)
    }

    /// The same with variables of the environment.
    pub(super) fn go_in(&self, env: &[(&str, &str)], words: &[&str]) -> Result<GoAnswer, NotMeasured> {
        let words: Vec<String> =
            std::iter::once("go").chain(words.iter().copied()).map(str::to_owned).collect();
        self.program(env, &words)
    }

    /// What the go command answers where it succeeds; else why it does not.
    pub(super) fn said_by_go(&self, words: &[&str]) -> Result<String, NotMeasured> {
        let answer = self.go(words)?;
        if answer.code == 0 {
            return Ok(answer.stdout);
        }
        Err(answer.failure(&format!("go {}", words.first().unwrap_or(&""))))
    }

    /// What a program prints to its end.
    pub(super) fn program(&self, env: &[(&str, &str)], words: &[String]) -> Result<GoAnswer, NotMeasured> {
        answered(&mut |hear| self.heard(env, words, hear))
    }

    /// What go answers in the workspace itself, for what writes nothing there.
    pub(super) fn in_workspace(&self, env: &[(&str, &str)], words: &[&str]) -> Result<GoAnswer, NotMeasured> {
        let words: Vec<String> = ["go"].iter().chain(words).map(|word| (*word).to_owned()).collect();
        answered(&mut |hear| self.run(env, &words, hear))
    }

    /// Runs a program; `hear` takes what it prints to stdout. Gives its exit code, and what it printed to stderr.
    pub(super) fn heard(
        &self,
        env: &[(&str, &str)],
        words: &[String],
        hear: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(i32, String), NotMeasured> {
        let copy = self.workspace()?.map(|copy| copy.go_work().display().to_string());
        let copy = copy.as_deref().map(|file| ("GOWORK", file));
        let env: Vec<_> = copy.into_iter().chain(env.iter().copied()).collect();
        self.run(&env, words, hear)
    }

    fn run(
        &self,
        env: &[(&str, &str)],
        words: &[String],
        hear: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(i32, String), NotMeasured> {
        let env: Vec<_> =
            self.flags()?.map(|flags| ("GOFLAGS", flags)).into_iter().chain(env.iter().copied()).collect();
        self.start(&env, words, hear)
    }

    fn start(
        &self,
        env: &[(&str, &str)],
        words: &[String],
        hear: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(i32, String), NotMeasured> {
        // go list and go build ask git for the revision, and git would refresh its index.
        let env: Vec<_> = [("GIT_OPTIONAL_LOCKS", "0")].iter().chain(env).copied().collect();
        let ended = program::run(words, &env, self.time_left(), hear, self.surroundings)?;
        Ok((ended.code, ended.stderr))
    }

    /// GOFLAGS without what changes what the commands of a check do, if it has such. `go env` says it where go could run
    /// nothing else, and without a switch to another Go.
    fn flags(&self) -> Result<Option<&str>, NotMeasured> {
        if let Some(flags) = self.flags.get() {
            return Ok(flags.as_deref());
        }
        let words = ["go", "env", "-json=false", "GOFLAGS"].map(str::to_owned);
        let answer = answered(&mut |hear| self.start(&[("GOTOOLCHAIN", "local")], &words, hear))?;
        let value = if answer.code == 0 { answer.stdout.trim() } else { "" };
        let kept = Some(go_flags::kept(value)).filter(|kept| kept.trim() != value);
        Ok(self.flags.get_or_init(|| kept).as_deref())
    }

    /// What `go env` says, asked once.
    pub(super) fn settings(&self) -> Result<&GoEnv, NotMeasured> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let names = ["env", "GOWORK", "GOMOD", "GOROOT", "GOVERSION", "GO111MODULE"];
        let answer = self.in_workspace(&[], &[&names[..], &BuildSettings::NAMES].concat())?;
        if answer.code != 0 {
            return Err(answer.failure("go env"));
        }
        let mut lines = answer.stdout.lines();
        let mut line = || lines.next().unwrap_or_default();
        let file = |line: &str| {
            Some(PathBuf::from(line)).filter(|file| file.is_absolute() && file != Path::new("/dev/null"))
        };
        let (go_work, go_mod, goroot) = (file(line()), file(line()), PathBuf::from(line()));
        let version = line().split(' ').next().unwrap_or_default().to_owned();
        let modules = line().to_owned();
        let build = BuildSettings::of([line(), line(), line(), line(), line()]);
        Ok(self.settings.get_or_init(|| GoEnv { go_work, go_mod, goroot, version, modules, build }))
    }

    /// The copy of go.work that go may complete: it writes go.work.sum even where it may not change go.mod. None outside a
    /// workspace, and with vendor/, which go looks for beside go.work.
    pub(super) fn workspace(&self) -> Result<Option<&WorkspaceCopy>, NotMeasured> {
        if let Some(copy) = self.workspace.get() {
            return Ok(copy.as_ref());
        }
        let copy = match &self.settings()?.go_work {
            Some(file) if !self.has_vendor()? => Some(self.workspace_copy(file)?),
            _ => None,
        };
        Ok(self.workspace.get_or_init(|| copy).as_ref())
    }

    /// A copy of a go.work, with vendor/ too.
    pub(super) fn workspace_copy(&self, go_work: &Path) -> Result<WorkspaceCopy, NotMeasured> {
        let edit = |words: &[&str]| {
            let answer = self.in_workspace(&[], words)?;
            if answer.code == 0 { Ok(answer.stdout) } else { Err(answer.failure("go work edit")) }
        };
        WorkspaceCopy::of(go_work, temporary()?, &edit)
    }

    /// Fails where this Go is older than 1.`minor`, which `what` needs.
    pub(super) fn needs_go(&self, minor: u64, what: &str) -> Result<(), NotMeasured> {
        let version = &self.settings()?.version;
        if Version::from_toolchain(version).is_some_and(|version| !version.is_before(minor)) {
            return Ok(());
        }
        let version = if version.is_empty() { "an older one" } else { version };
        Err(self.lacks(format!("{what} needs Go 1.{minor} or later, this is {version}")))
    }

    /// The directories of the modules that are worked on: one, or those of a go.work.
    pub(super) fn modules(&self) -> Result<Vec<PathBuf>, NotMeasured> {
        let modules = self.module_lines("{{.Dir}}")?;
        let modules: Vec<_> = modules.iter().map(PathBuf::from).filter(|dir| dir.is_absolute()).collect();
        if modules.is_empty() {
            return Err(self.no_module()?);
        }
        Ok(modules)
    }

    /// What `go list -m` says of each of these modules with a template.
    pub(super) fn module_lines(&self, template: &str) -> Result<Vec<String>, NotMeasured> {
        // A vendor/ that go does not accept has the same module around it.
        let is_workspace = self.settings()?.go_work.is_some();
        let flag = if is_workspace { self.mod_flag()? } else { "-mod=readonly" };
        self.root()?; // says why there is none
        let listed = self.said_by_go(&["list", "-m", flag, "-f", template])?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// The patterns of all packages of these modules.
    pub(super) fn patterns(&self) -> Result<Vec<String>, NotMeasured> {
        Ok(self.modules()?.iter().map(|module| pattern(module, self.directory())).collect())
    }

    /// The directory of the go.work or go.mod that is in force.
    pub(super) fn root(&self) -> Result<PathBuf, NotMeasured> {
        let GoEnv { go_work, go_mod, .. } = self.settings()?;
        let directory = go_work.as_ref().or(go_mod.as_ref()).and_then(|file| file.parent());
        match directory {
            Some(directory) => Ok(directory.to_owned()),
            None => Err(self.no_module()?),
        }
    }

    /// Why go finds no module here. Where there is a file of one, that is an error.
    pub(super) fn no_module(&self) -> Result<NotMeasured, NotMeasured> {
        let Some(file) = self.module_file() else { return Ok(self.lacks("no go.mod")) };
        let why = match self.settings()?.modules.as_str() {
            "" | "on" | "auto" if file.is_dir() => ", a directory".to_owned(),
            "" | "on" | "auto" => String::new(),
            modules => format!("; GO111MODULE is {}", printable::word(modules)),
        };
        Ok(failed(format!("go finds no module, and there is {}{why}", self.told(&file))))
    }

    /// The nearest go.mod or go.work, whatever go says. One that lies directly in the directory for temporary files counts
    /// nowhere.
    pub(super) fn module_file(&self) -> Option<PathBuf> {
        let temporary = std::env::temp_dir();
        let places = self.directory().ancestors().filter(|place| *place != temporary);
        places.flat_map(|place| ["go.mod", "go.work"].map(|name| place.join(name))).find(|file| file.exists())
    }

    /// Whether go builds from `vendor/`. In a workspace that is the one of `go work vendor`; in a module go takes one
    /// without modules.txt too.
    pub(super) fn has_vendor(&self) -> Result<bool, NotMeasured> {
        if let Some(has_vendor) = self.has_vendor.get() {
            return Ok(*has_vendor);
        }
        let vendor = self.root()?.join("vendor");
        let is_workspace = self.settings()?.go_work.is_some();
        let has_vendor = match std::fs::read_to_string(vendor.join("modules.txt")) {
            Ok(listed) => !is_workspace || listed.starts_with("## workspace"),
            Err(_) => !is_workspace && vendor.is_dir() && self.is_of_go_1_14()?,
        };
        Ok(*self.has_vendor.get_or_init(|| has_vendor))
    }

    /// Whether go.mod says `go 1.14` or later.
    fn is_of_go_1_14(&self) -> Result<bool, NotMeasured> {
        let Some(go_mod) = &self.settings()?.go_mod else { return Ok(false) };
        let text = std::fs::read_to_string(go_mod)
            .map_err(|error| failed(format!("{}: {error}", printable::path(go_mod))))?;
        let version = text.lines().find_map(|line| line.trim().strip_prefix("go "));
        let version = version.and_then(|version| Version::parse(version.split("//").next()?.trim()));
        Ok(version.is_some_and(|version| !version.is_before(14)))
    }

    /// The flag with which go changes neither go.mod nor go.sum.
    pub(super) fn mod_flag(&self) -> Result<&'static str, NotMeasured> {
        Ok(if self.has_vendor()? { "-mod=vendor" } else { "-mod=readonly" })
    }

    /// The flag with which go asks git for nothing, where this Go knows it.
    pub(super) fn stamp_flag(&self) -> Result<Option<&'static str>, NotMeasured> {
        let version = Version::from_toolchain(&self.settings()?.version);
        Ok(version.is_some_and(|version| !version.is_before(18)).then_some("-buildvcs=false"))
    }

    /// What `go list` says of all packages with a template, as lines without empty ones.
    pub(super) fn packages(&self, template: &str) -> Result<Vec<String>, NotMeasured> {
        self.packages_with(&[], template)
    }

    /// The same with more flags.
    pub(super) fn packages_with(&self, flags: &[&str], template: &str) -> Result<Vec<String>, NotMeasured> {
        let patterns = self.patterns()?;
        let words = ["list", self.mod_flag()?, "-e", "-f", template];
        let words = words.into_iter().chain(self.stamp_flag()?).chain(flags.iter().copied());
        let words: Vec<&str> = words.into_iter().chain(patterns.iter().map(String::as_str)).collect();
        let said = self.said_by_go(&words)?;
        Ok(said.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// A path as it is told: below the project's directory where it is there. A relative one starts there.
    pub(super) fn told(&self, file: &Path) -> String {
        let whole = cleaned(&self.directory().join(file));
        if let Ok(below) = whole.strip_prefix(self.directory()) {
            return printable::path(below);
        }
        // The project may have been entered by a symbolic link, and go say the other path.
        let real = self.directory().canonicalize().ok().zip(whole.canonicalize().ok());
        let below = real.as_ref().and_then(|(directory, file)| file.strip_prefix(directory).ok());
        printable::path(below.unwrap_or(&whole))
    }
}

/// A directory for what is made here; it goes with its value.
pub(super) fn temporary() -> Result<TempDir, NotMeasured> {
    tempfile::Builder::new()
        .prefix("gvmr-check-")
        .tempdir()
        .map_err(|error| failed(format!("no directory for temporary files: {error}")))
}

/// The pattern of a module's packages. `...` is a wildcard in a directory's name too: such a one is named from here.
fn pattern(module: &Path, here: &Path) -> String {
    let whole = module.join("...").display().to_string();
    if !module.display().to_string().contains("...") {
        return whole;
    }
    let real = here.canonicalize().unwrap_or_default();
    let names_it = |place: &&&Path| real.starts_with(place) || here.starts_with(place);
    let shared = module.ancestors().collect::<Vec<_>>();
    let Some(shared) = shared.iter().find(names_it) else { return whole };
    let here = if real.starts_with(shared) { real.as_path() } else { here };
    let up = here.strip_prefix(shared).map_or(0, |rest| rest.components().count());
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    let below = module.strip_prefix(shared).unwrap_or(module).join("...").display().to_string();
    start + &below
}

/// A count as a figure.
pub(super) fn count(measurement: &mut Measurement, figure: &str, number: usize) {
    #[allow(clippy::cast_precision_loss)]
    let value = number as f64;
    measurement.figures.insert(figure.to_owned(), Quantity { value, measure: Measure::Number });
}
