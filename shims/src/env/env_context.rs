//! Everything about a directory that decides the environment of the next go: the project file that the user trusts, the
//! user's own rules, the network, credentials; and what to tell the user first.
//!
//! Takes a home, a directory and the environment, gives the [`ResolvedEnv`] changes. Reads files, changes nothing. Rules of
//! the user's that were edited since they were compiled are never guessed: [`Config::Stale`] says so.

use crate::env::compiled_rules::{CompiledRules, RECORD_LIMIT, SOURCE_LIMIT, When};
use crate::env::go_env_file::{ForeignGoroot, UncheckedSettings};
use crate::env::goauth::{Lacking, give_credentials};
use crate::env::gopath;
use crate::env::gvmr_toml::{self, ProjectRules};
use crate::env::network::Network;
use crate::env::notice::{Notice, UnfitGopath};
use crate::env::rules::{self, Applied, Change, KeepList, Names};
use crate::env::variable;
use crate::gover::goenv::SettingsFile;
use crate::gover::version::Version;
use crate::home::paths::Home;
use crate::home::shared_home;
use crate::home::user_dirs::{self, UserDirs};
use crate::sys::bounded;
use crate::sys::environment::Environment;
use crate::sys::printable;
use crate::sys::process;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// What decides the environment in a directory.
#[derive(Debug)]
pub struct EnvContext {
    /// Where the user's own things are.
    pub own: Option<UserDirs>,
    /// The directory, absolute.
    pub directory: PathBuf,
    /// The project's file.
    pub project: ProjectRules,
    /// The user's rules.
    pub config: Config,
}

/// The user's rules as they were compiled.
#[derive(Debug)]
pub enum Config {
    /// The user has no `config.toml`.
    None,
    /// What it says.
    Compiled(CompiledRules),
    /// It belongs to another user and does not count.
    Foreign {
        /// The `config.toml`.
        file: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// It is not what was compiled, or never was.
    Stale {
        /// The `config.toml`.
        file: PathBuf,
    },
}

/// What the next go gets, and what comes first.
#[derive(Debug, Default)]
pub struct ResolvedEnv {
    /// The variables that differ from the process's.
    pub changes: Vec<Change>,
    /// Whether GOROOT must be set, against another one in the file that `go env -w` writes.
    pub exports_goroot: bool,
    /// What the user is to be told.
    pub notices: Vec<Notice>,
    /// Whether credentials are kept that this go needs and the shim cannot give it.
    pub needs_credentials: bool,
}

impl EnvContext {
    /// What counts in `directory`. `compiled` is what `config.toml` says where that was compiled just now.
    pub fn of(
        home: &Home,
        directory: &Path,
        environment: &dyn Environment,
        compiled: Option<CompiledRules>,
    ) -> Self {
        let own = UserDirs::of(home, environment);
        let project = gvmr_toml::find(directory, own.as_ref());
        let config = match (compiled, &own) {
            (Some(record), _) => Config::Compiled(record),
            (None, Some(own)) => config(own, environment),
            (None, None) => Config::None,
        };
        Self { own, directory: directory.to_owned(), project, config }
    }

    /// All assignments that count, strongest first.
    pub fn applied(&self) -> Vec<Applied<'_>> {
        let config = self.config.record();
        let project = self.project.trusted.as_ref();
        if project.is_none() && config.is_none() {
            return Vec::new();
        }
        let asks = |record: &&CompiledRules| {
            record.sections.iter().any(|one| matches!(one.when, When::Directory(_)))
        };
        let names = match config.filter(asks) {
            Some(_) => Names::of(&self.directory),
            None => Names { logical: self.directory.clone(), physical: PathBuf::new() },
        };
        rules::applied(project, config, &names, &Network::default())
    }

    /// What a toolchain gets; ignored project files go into its notices. `goroot` and `version` are the
    /// toolchain's, where they are known.
    pub fn resolve_env(
        &mut self,
        home: &Home,
        environment: &dyn Environment,
        goroot: Option<&Path>,
        version: Option<&Version>,
    ) -> ResolvedEnv {
        let applied = self.applied();
        let mut changes = if applied.is_empty() { Vec::new() } else { rules::changes(&applied, environment) };
        let user_file = SettingsFile::of_user(environment);
        let user_file = user_file.as_ref();
        let unfit = unfit_gopath(&applied, &mut changes, environment, user_file, home, goroot);
        let lacking = self
            .own
            .as_ref()
            .map(|own| (own, give_credentials(own, &mut changes, environment, user_file, home, version)));
        let needs_credentials = lacking.as_ref().is_some_and(|(_, lacking)| lacking.needs_program);
        let foreign = user_file.zip(goroot).and_then(|(file, goroot)| ForeignGoroot::of(file, goroot));
        let exports_goroot = foreign.is_some();
        let mut notices: Vec<Notice> = unfit.map(Notice::Gopath).into_iter().collect();
        notices.extend(foreign.map(Notice::Goroot));
        if let (Some(file), Some(version), Some(_)) = (user_file, version, &self.own) {
            notices.extend(UncheckedSettings::of(file, version, environment).map(Notice::Settings));
        }
        if let Config::Foreign { file, owner } = &self.config {
            notices.push(Notice::Config { file: file.clone(), owner: *owner });
        }
        if let Some((own, Lacking { exposure: Some(why), .. })) = lacking {
            notices.push(Notice::Credentials { file: own.credentials(), why });
        }
        notices.extend(std::mem::take(&mut self.project.passed_over).into_iter().map(Notice::ProjectFile));
        ResolvedEnv { changes, exports_goroot, notices, needs_credentials }
    }
}

impl Config {
    /// The rules, where they count.
    pub fn record(&self) -> Option<&CompiledRules> {
        match self {
            Self::Compiled(record) => Some(record),
            Self::None | Self::Foreign { .. } | Self::Stale { .. } => None,
        }
    }
}

/// The user's rules, if what was compiled is what is written now.
fn config(own: &UserDirs, environment: &dyn Environment) -> Config {
    let named = user_dirs::config_file(environment);
    if named.as_ref().is_none_or(|file| std::fs::symlink_metadata(file).is_err()) {
        // A file that someone named must be there.
        match environment.get("GVMR_CONFIG") {
            Some(file) => return Config::Stale { file: file.into() },
            None if named.is_some() => return Config::None,
            None => {}
        }
    }
    let trusted_owners = shared_home::trusted_uids();
    let record = bounded::read_owned(&own.rules(), RECORD_LIMIT, &trusted_owners).ok().flatten();
    let record = record.and_then(|bytes| CompiledRules::read(&bytes));
    // Without a HOME the record tells which file it was.
    let Some(file) = named.or_else(|| Some(record.as_ref()?.source.clone())) else { return Config::None };
    let bytes = match bounded::read_owned(&file, SOURCE_LIMIT, &trusted_owners) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            return match shared_home::foreign_owner(&file) {
                Some(owner) => Config::Foreign { file, owner },
                None => Config::None,
            };
        }
        Err(_) => return Config::Stale { file },
    };
    let user_home = environment.get("HOME").map(PathBuf::from);
    let is_current = |record: &CompiledRules| {
        let same_home = user_home.is_none() || record.home == user_home;
        record.source == file && record.body == bytes && same_home
    };
    match record.filter(is_current) {
        Some(record) => Config::Compiled(record),
        None => Config::Stale { file },
    }
}

/// What is wrong with the GOPATH that the next go would see. One that comes from the process and that a rule would only
/// have filled gives way to the rule's, for this run.
fn unfit_gopath(
    applied: &[Applied<'_>],
    changes: &mut Vec<Change>,
    environment: &dyn Environment,
    user_file: Option<&SettingsFile>,
    home: &Home,
    goroot: Option<&Path>,
) -> Option<UnfitGopath> {
    let gopath = variable::find(b"GOPATH")?;
    let unfit = |value: OsString, place: String, by_rule| {
        let fault = gopath::fault(&value, home, goroot)?;
        Some(UnfitGopath { place, by_rule, value, fault, replaced: None })
    };
    let change = changes.iter().find(|change| change.name == gopath.name);
    if let Some(value) = change.and_then(|change| change.value.clone()) {
        return unfit(value, rules::decisive(applied, gopath)?.place(), true);
    }
    // A change without a value takes the process's away.
    let Some(value) = environment.get(gopath.name).filter(|_| change.is_none()) else {
        return unfit_by_default(environment, user_file, home, goroot, unfit);
    };
    let unfit_own = unfit(value, "the environment".to_owned(), false)?;
    let is_kept = KeepList::of(environment).holds(gopath);
    let Some(rule) = rules::strongest(applied, gopath, false).filter(|_| !is_kept) else {
        return Some(unfit_own);
    };
    let value = rule.assignment.value.clone();
    changes.push(Change { name: gopath.name, twin: None, value: Some(value.clone()) });
    let unfit_too = unfit(value.clone(), rule.place(), true);
    Some(unfit_too.unwrap_or(UnfitGopath { replaced: Some((value, rule.place())), ..unfit_own }))
}

/// What is wrong with the GOPATH of a go to which neither the process nor a rule gives one.
fn unfit_by_default(
    environment: &dyn Environment,
    user_file: Option<&SettingsFile>,
    home: &Home,
    goroot: Option<&Path>,
    unfit: impl Fn(OsString, String, bool) -> Option<UnfitGopath>,
) -> Option<UnfitGopath> {
    if let Some(written) = user_file.and_then(|file| file.written("GOPATH")) {
        let place = format!("{}:{}", printable::path(&written.file), written.line);
        return unfit(written.value, place, false);
    }
    let mut default = [environment.get("HOME")?.as_bytes(), b"/go\0"].concat();
    if default.first() != Some(&b'/') || process::is_absent(&default) {
        return None; // the go command itself refuses a relative one
    }
    default.pop();
    let default = PathBuf::from(OsString::from_vec(default));
    let fault = gopath::fault_of_default(&default, home, goroot)?;
    let place = "Go's default, as nothing sets it".to_owned();
    Some(UnfitGopath { place, by_rule: false, value: default.into_os_string(), fault, replaced: None })
}
