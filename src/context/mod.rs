//! One run of gvmr: the settings, the terminal, Ctrl-C, and which Go runs here.
//!
//! Takes the terminal and, where a shim calls, that shim's home; gives what every command shares. Never asks a source or
//! the log, never changes the home.

mod consent;
mod error;
mod installed;
mod interrupt;
mod refresh;
mod removal;
mod reports;
mod session;
mod shared_home;

pub use consent::Consent;
pub use error::ContextError;
pub use interrupt::ending_signal;
pub use removal::Removal;
pub use session::SessionPath;
pub use shared_home::DefaultOf;

use crate::config::{self, ConfigError, Settings};
use crate::explain::{self, PassedOver};
use crate::store::{self, Holder, LOCK_TIMEOUT, LockWait, Programs, Retention, Store, StoreError, Toolchain};
use crate::terminal::Terminal;
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::env_context::EnvContext;
use gvmr_core::env::gvmr_toml;
use gvmr_core::gover::version::Version;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::error::ResolveError;
use gvmr_core::select::resolution::{Resolution, Selection};
use gvmr_core::select::resolve::{self, Query};
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{self, Environment, Process};
use gvmr_core::sys::printable;
use interrupt::Interrupt;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How a question is answered.
type Resolve = fn(&Query<'_>) -> Result<Resolution, ResolveError>;

/// How the user's rules are read.
type ReadRules = fn(Option<&UserDirs>, &dyn Environment) -> Result<Option<CompiledRules>, ConfigError>;

/// One run of `gvmr`.
pub struct Context {
    /// Where it prints.
    pub terminal: Terminal,
    /// The user's settings.
    pub settings: Settings,
    read_rules: ReadRules,
    interrupt: Interrupt,
    warned: Mutex<BTreeSet<String>>,
}

impl Context {
    /// Reads the settings and listens for Ctrl-C. `home` is the home of the shim that calls, where one does.
    pub fn open(terminal: Terminal, home: Option<&Path>) -> Result<Self, ContextError> {
        Self::with_rules(terminal, home, config::rules)
    }

    /// The same for who only looks: nothing is written.
    pub fn open_to_look(terminal: Terminal) -> Result<Self, ContextError> {
        Self::with_rules(terminal, None, config::rules_to_look_at)
    }

    fn with_rules(
        terminal: Terminal,
        home: Option<&Path>,
        read_rules: ReadRules,
    ) -> Result<Self, ContextError> {
        if environment::is_privileged() {
            return Err(ContextError::Setuid);
        }
        let settings = Settings::read(&Process, home)?;
        // A mistake in config.toml stops each go, so it stops each command too.
        match read_rules(UserDirs::of(&settings.home, &Process).as_ref(), &Process) {
            Err(ConfigError::Foreign { path, owner }) => {
                let file = printable::path(&path);
                terminal.warn(format_args!(
                    "ignoring {file}, which belongs to user {owner}; make it yours with chown"
                ));
            }
            rules => drop(rules?),
        }
        let interrupt = Interrupt::default();
        if let Err(error) = interrupt.listen() {
            // Nothing is lost: the next install removes what an interrupted command leaves.
            terminal.warn(format_args!("cannot listen for signals, so Ctrl-C ends at once: {error}"));
        }
        Ok(Self { terminal, settings, read_rules, interrupt, warned: Mutex::default() })
    }

    /// Whether the user pressed Ctrl-C, or a signal asked for the end.
    pub fn interrupted(&self) -> bool {
        self.interrupt.is_set()
    }

    /// Runs `work`, which needs time to clean up if it is interrupted.
    pub fn with_cleanup<T>(&self, work: impl FnOnce() -> T) -> T {
        self.interrupt.with_cleanup(work)
    }

    /// Runs `work`, which waits for a lock and cleans up if it is interrupted.
    pub fn waiting<T>(&self, work: impl FnOnce(&LockWait<'_>) -> T) -> T {
        let timeout = self.settings.lock_timeout.unwrap_or(LOCK_TIMEOUT);
        let waiting = |holder: &Holder| self.terminal.note(format_args!("waiting: {holder}"));
        self.with_cleanup(|| {
            work(&LockWait { timeout, waiting: &waiting, cancelled: &|| self.interrupted() })
        })
    }

    /// Whether this note is new in this run.
    pub fn is_first(&self, note: &str) -> bool {
        self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(note.to_owned())
    }

    /// Warns, once in a run.
    pub fn warn_once(&self, note: &str) {
        if self.is_first(note) {
            self.terminal.warn(note);
        }
    }

    /// The home, to be changed; created where it is missing. Only looking at it needs no more than the paths.
    pub fn store(&self) -> Result<Store, StoreError> {
        let store = Store::open(self.settings.home.clone())?;
        if let Some(open) = store.open_directory() {
            self.warn_of_open_home(open);
        }
        Ok(match self.settings.lock_timeout {
            Some(timeout) => store.with_lock_timeout(timeout),
            None => store,
        })
    }

    /// What is installed, oldest version first.
    pub fn toolchains(&self) -> Result<Vec<Toolchain>, StoreError> {
        store::toolchains(&self.settings.home)
    }

    /// The versions that are installed, oldest first.
    pub fn installed_versions(&self) -> Result<Vec<Version>, StoreError> {
        Ok(self.toolchains()?.into_iter().map(|toolchain| toolchain.version).collect())
    }

    /// The installed version that the default means now.
    pub fn default_version(&self, toolchains: &[Toolchain]) -> Result<Option<Version>, StoreError> {
        store::default_version(&self.settings.home, &Process, toolchains)
    }

    /// Which Go runs in the current directory, by the shim's own code.
    pub fn resolve(&self) -> Result<Resolution, ContextError> {
        self.resolve_by(resolve::resolve)
    }

    /// Which Go this tool runs of there. Only `go` itself needs what go.mod asks for.
    pub fn resolve_tool(&self, tool: &str) -> Result<Resolution, ContextError> {
        self.resolve_by(if tool == "go" { resolve::resolve } else { resolve::resolve_any })
    }

    fn resolve_by(&self, resolve: Resolve) -> Result<Resolution, ContextError> {
        let here = directory::working(&Process, None).map_err(ContextError::WorkingDirectory)?;
        let answer = self
            .resolve_for(&here, &Process, resolve)
            .inspect_err(|_| self.note_foreign_pins(&resolve::foreign_pins(&here, &Process)))?;
        self.note_foreign_pins(&answer.ignored);
        if !answer.exact {
            self.warn_of_foreign_default();
        }
        Ok(answer)
    }

    /// What else asks for a Go in the current directory, besides what decided.
    pub fn passed_over(&self, answer: &Resolution) -> Result<Vec<PassedOver>, ContextError> {
        let here = directory::working(&Process, None).map_err(ContextError::WorkingDirectory)?;
        let project = gvmr_toml::find(&here, UserDirs::of(&self.settings.home, &Process).as_ref());
        Ok(explain::passed_over(answer, &here, project.pin(), &self.settings.home, &Process))
    }

    fn resolve_for(
        &self,
        directory: &Path,
        environment: &dyn Environment,
        resolve: Resolve,
    ) -> Result<Resolution, ContextError> {
        let home = &self.settings.home;
        let shim = home.shims().join("go");
        let found = gvmr_toml::find(directory, UserDirs::of(home, &Process).as_ref());
        let shim = Some(shim.as_path());
        let question = Query { home, directory, plus: None, environment, shim, pin: found.pin() };
        resolve(&question).map_err(ContextError::from)
    }

    /// What decides the environment of a go in the current directory; a directory that is gone has no rules.
    /// The user's rules are compiled again where they were edited.
    pub fn env_context(&self) -> Result<EnvContext, ConfigError> {
        let here = directory::working(&Process, None).unwrap_or_else(|_| PathBuf::from("/"));
        let home = &self.settings.home;
        Ok(EnvContext::of(home, &here, &Process, self.rules()?))
    }

    /// The user's rules as they are now; those of another user's file do not count, as the shim's own code finds too.
    pub fn rules(&self) -> Result<Option<CompiledRules>, ConfigError> {
        match (self.read_rules)(UserDirs::of(&self.settings.home, &Process).as_ref(), &Process) {
            Err(ConfigError::Foreign { .. }) => Ok(None),
            rules => rules,
        }
    }

    /// Makes the toolchains reachable under their names in the shim directory.
    pub fn publish(&self) -> Result<(), StoreError> {
        self.store()?.publish(&Programs::beside_this_one()?).map(drop)
    }

    /// Which installed versions `prune` may remove.
    pub fn retention(&self) -> Result<Retention, ContextError> {
        let toolchains = self.toolchains()?;
        Ok(Retention::plan(&toolchains, self.asked_for(&toolchains)?))
    }

    /// Who asks for installed versions: the default, this directory and the known pins.
    pub fn asked_for(&self, toolchains: &[Toolchain]) -> Result<BTreeMap<Version, String>, ContextError> {
        let here = directory::working(&Process, None).ok();
        let resolve = |directory: &Path| {
            let answer = match self.resolve_for(directory, &ProjectOnly, resolve::resolve) {
                // Nothing asks, and nothing is there.
                Err(ContextError::Resolve(
                    ResolveError::NothingAnywhere { .. } | ResolveError::NothingOutside { .. },
                )) => {
                    return Ok(None);
                }
                answer => answer?,
            };
            Ok(match answer.choice {
                Selection::Installed { version, .. } => Some((version, answer.reason.to_string())),
                _ => None,
            })
        };
        let store = Store::to_read(self.settings.home.clone());
        store.asked_for(toolchains, here.as_deref(), &Process, resolve)
    }

    /// Keeps the path of a file that pins a version, so that `prune` asks it, where this user may change the home.
    pub fn remember_project(&self, file: Option<&Path>) -> Result<(), StoreError> {
        file.filter(|_| !self.settings.reads_only).map_or(Ok(()), |file| self.store()?.remember_project(file))
    }
}

/// What a project asks for, whichever user asks: this process's environment without the variables that overrule files.
struct ProjectOnly;

impl Environment for ProjectOnly {
    fn get(&self, name: &str) -> Option<OsString> {
        let overrules = name.starts_with("GVMR_") || matches!(name, "GOWORK" | "GO111MODULE" | "PWD");
        if overrules { None } else { Process.get(name) }
    }
}
