//! What every command shares: the settings, the store, the terminal, and the way to the network.

use crate::config::{self, AutoInstall, RuledEnvironment, Settings, SourceName};
use crate::error::{Error, ErrorKind};
use crate::host::Host;
use crate::install::{Installer, Log};
use crate::net;
use crate::request::Request;
use crate::sources::{ArchiveSettings, Archives, Directory, GoSettings, Goproxy, ProxyList, Source, Sources};
use crate::store::{self, Programs, Store, Toolchain};
use crate::terminal::Terminal;
use crate::verify::{LogError, SettingError};
use gvmr_core::env::env_context::EnvContext;
use gvmr_core::env::gvmr_toml;
use gvmr_core::gover::version::Version;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::resolution::{Resolution, Selection};
use gvmr_core::select::resolve::{self, Query};
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{self, Environment, Process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an interrupted command may take to tidy up before it is ended.
const GRACE: Duration = Duration::from_secs(2);

/// One run of `gvmr`.
pub struct Context {
    /// Where it speaks.
    pub terminal: Terminal,
    /// What the user settled.
    pub settings: Settings,
    interrupted: Arc<AtomicBool>,
    pending_cleanup: Arc<AtomicUsize>,
    said: Mutex<BTreeSet<String>>,
}

/// What the user says to installing a missing version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes, now or once and for all.
    Given,
    /// No, just now.
    Refused,
    /// There was nobody to ask, or the settings say never.
    NotAsked,
}

impl Context {
    /// Reads the settings and listens for Ctrl-C. `home` is the home of the shim that calls, where one does.
    pub fn open(terminal: Terminal, home: Option<&Path>) -> Result<Self, Error> {
        if environment::is_privileged() {
            return Err(Error::said(ErrorKind::Usage, "gvmr does not run with borrowed rights (setuid)"));
        }
        let settings = Settings::read(&Process, home)?;
        let interrupted = Arc::new(AtomicBool::new(false));
        let untidy = Arc::new(AtomicUsize::new(0));
        if let Err(error) = listen(&interrupted, &untidy) {
            // Nothing is lost: what an interrupted command leaves is swept later.
            terminal.warn(format_args!("cannot listen for signals, so Ctrl-C ends at once: {error}"));
        }
        Ok(Self { terminal, settings, interrupted, pending_cleanup: untidy, said: Mutex::default() })
    }

    /// Whether the user has asked for the end.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether this has not been said before in this run.
    pub fn warn_once(&self, note: &str) -> bool {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).insert(note.to_owned())
    }

    /// The home, to be changed; created where it is missing. Only looking at it needs no more than the paths.
    pub fn store(&self) -> Result<Store, Error> {
        Store::open(self.settings.home.clone()).map_err(Error::from)
    }

    /// What is installed, oldest version first.
    pub fn toolchains(&self) -> Result<Vec<Toolchain>, Error> {
        store::toolchains(&self.settings.home).map_err(Error::from)
    }

    /// The installed version that the default means now.
    pub fn default_version(&self, toolchains: &[Toolchain]) -> Result<Option<Version>, Error> {
        store::default_version(&self.settings.home, &Process, toolchains).map_err(Error::from)
    }

    /// Whether a missing version may be installed now: settled before, or asked for once on a terminal.
    pub fn consent_to_install(&self, question: &str) -> Consent {
        match self.settings.auto_install {
            _ if self.settings.reads_only => Consent::NotAsked,
            AutoInstall::Always => Consent::Given,
            AutoInstall::Ask if self.terminal.can_ask() => {
                if self.terminal.ask(question, true) {
                    Consent::Given
                } else {
                    Consent::Refused
                }
            }
            AutoInstall::Ask | AutoInstall::Never => Consent::NotAsked,
        }
    }

    /// Runs `work`, which leaves something to tidy up if it is interrupted.
    pub fn with_cleanup<T>(&self, work: impl FnOnce() -> T) -> T {
        self.pending_cleanup.fetch_add(1, Ordering::Relaxed);
        let result = work();
        self.pending_cleanup.fetch_sub(1, Ordering::Relaxed);
        result
    }

    /// Parses a request; the error names what is allowed and what was probably meant.
    pub fn request(&self, text: &str) -> Result<Request, Error> {
        Request::parse(text).map_err(Error::from)
    }

    /// Which Go runs in the current directory, by the shim's own code.
    pub fn resolve(&self) -> Result<Resolution, Error> {
        let here = directory::working(&Process, None).map_err(|error| {
            Error::said(ErrorKind::Storage, format!("cannot find the current directory: {error}"))
        })?;
        let answer = self.resolve_for(&here, &Process)?;
        if !answer.exact {
            self.warn_of_strangers_default();
        }
        Ok(answer)
    }

    fn resolve_for(&self, directory: &Path, environment: &dyn Environment) -> Result<Resolution, Error> {
        let home = &self.settings.home;
        let shim = home.shims().join("go");
        let found = gvmr_toml::find(directory, UserDirs::of(home, &Process).as_ref());
        let shim = Some(shim.as_path());
        let question = Query { home, directory, plus: None, environment, shim, pin: found.pin() };
        resolve::resolve(&question).map_err(Error::from)
    }

    /// What decides the environment of a go in `directory`; the user's rules are compiled anew where they were edited.
    pub fn env_context(&self, directory: &Path) -> Result<EnvContext, Error> {
        let home = &self.settings.home;
        let own = UserDirs::of(home, &Process);
        let rules = config::rules(own.as_ref(), &Process)?;
        Ok(EnvContext::of(home, directory, &Process, rules))
    }

    /// Runs `work` with a way to the sources and the log, by the rules that count in the current directory.
    pub fn with_installer<T>(
        &self,
        work: impl FnOnce(&Installer<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let env_context = self.env_context(&here())?;
        let environment = RuledEnvironment::of(&env_context, &Process);
        let settings = super::auth::given(net::NetSettings::from_environment(&environment), self);
        let client = net::Client::new(settings);
        let goroots: Vec<_> =
            self.toolchains()?.into_iter().rev().map(|toolchain| toolchain.goroot).collect();
        let go = GoSettings::read(&environment, &goroots).ruled(|name| environment.place(name));
        let proxies = ProxyList::parse(&go.goproxy.value, &go.gonoproxy.value)
            .map_err(|error| {
                Error::said(ErrorKind::Usage, format!("GOPROXY ({}): {error}", go.goproxy.origin))
            })
            .map_err(|error| {
                error.hint("correct it there, or set GOPROXY to a list such as https://host,direct")
            })?;
        let log = match Log::new(&client, &proxies, &go.gosumdb.value) {
            Ok(log) => Some(log),
            // What the table of known releases vouches for needs no log; all else says that it lacks one.
            Err(LogError::Setting(SettingError::Disabled)) => None,
            Err(error) => return Err(error.into()),
        };
        let host = Host::look(self.settings.home.root());
        let store = self.store_to_read()?;
        let log = log.as_ref().map(|log| log.client(&self.settings.cache.join("sumdb")));
        let sources = self.sources(&client, &proxies, &host);
        work(&Installer { store: &store, sources: &sources, log: log.as_ref(), host: &host })
    }

    /// The sources in the user's order.
    fn sources<'c>(&self, client: &'c net::Client, proxies: &'c ProxyList, host: &Host) -> Sources<'c> {
        let settings = &self.settings.sources;
        let platform = || host.platform().clone();
        let cache = &self.settings.cache;
        let archives = |settings| Source::Archives(Box::new(Archives::new(client, platform(), settings)));
        let entry = |name: &SourceName| match name {
            SourceName::Archive => archives(ArchiveSettings {
                mirrors: settings.mirrors.clone(),
                mirrors_named: settings.mirrors_named,
                index: settings.index.clone(),
                index_named: settings.index_named,
                musl: false,
                cache: cache.clone(),
            }),
            SourceName::Goproxy => Source::Goproxy(Goproxy::new(client, proxies, platform())),
            SourceName::Directory(path) => Source::Directory(Directory::new(client, platform(), path)),
        };
        let musl = Some(&settings.musl_mirrors).filter(|mirrors| !mirrors.is_empty()).map(|mirrors| {
            archives(ArchiveSettings {
                mirrors: mirrors.clone(),
                mirrors_named: true,
                index: settings.musl_index.clone(),
                index_named: true,
                musl: true,
                cache: cache.clone(),
            })
        });
        Sources::new(client, platform(), settings.order.iter().map(entry).collect(), musl)
    }

    /// Makes the toolchains reachable under their names in the shim directory.
    pub fn publish(&self) -> Result<(), Error> {
        self.store()?.publish(&Programs::beside_this_one()?)?;
        Ok(())
    }

    /// Makes a toolchain the default where there is none.
    pub fn suggest_default(&self, toolchain: &Toolchain) -> Result<(), Error> {
        if self.store()?.set_default_if_none(toolchain.version.as_str())? {
            let name = toolchain.version.toolchain_name();
            self.terminal
                .note(format_args!("{name} is the default now; gvmr use --global VERSION changes it"));
        }
        Ok(())
    }

    /// Installed versions that something asks for, and what that is: the default, this directory, and the pins
    /// that were written or read before.
    pub fn kept_for(&self, toolchains: &[Toolchain]) -> Result<BTreeMap<Version, String>, Error> {
        let mut kept = BTreeMap::new();
        if let Some(version) = self.default_version(toolchains)? {
            kept.insert(version, "it is the default".to_owned());
        }
        let here = directory::working(&Process, None).ok();
        let projects = self.store()?.projects()?;
        let pinned = projects.iter().filter_map(|file| file.parent()).filter(|directory| directory.is_dir());
        for directory in here.as_deref().into_iter().chain(pinned) {
            // A pin that cannot be read may ask for anything: better to stop than to remove what it asks for.
            let answer = self.resolve_for(directory, &ProjectOnly)?;
            if let Selection::Installed { version, .. } = answer.choice {
                kept.entry(version).or_insert_with(|| answer.reason.to_string());
            }
        }
        Ok(kept)
    }

    /// Keeps the path of a file that pins a version, so that `prune` asks it, where that is for this user to say.
    pub fn remember_project(&self, file: Option<&Path>) -> Result<(), Error> {
        file.filter(|_| !self.settings.reads_only)
            .map_or(Ok(()), |file| self.store()?.remember_project(file).map_err(Error::from))
    }

    /// An error of writing a result.
    #[allow(clippy::needless_pass_by_value)] // for `map_err`
    pub fn stdout(error: std::io::Error) -> Error {
        Error::said(ErrorKind::Storage, format!("cannot write to stdout: {error}"))
    }
}

/// What a project asks for whoever asks: this process's environment without the variables that overrule files.
struct ProjectOnly;

impl Environment for ProjectOnly {
    fn get(&self, name: &str) -> Option<OsString> {
        let overrules = name.starts_with("GVMR_") || matches!(name, "GOWORK" | "GO111MODULE" | "PWD");
        if overrules { None } else { Process.get(name) }
    }
}

/// The current directory; one that is gone has no rules.
fn here() -> PathBuf {
    directory::working(&Process, None).unwrap_or_else(|_| PathBuf::from("/"))
}

/// While something is to be tidied up, the first signal asks for that; a second one, or too long a tidying, ends
/// the process, and otherwise every signal does. Nothing is lost either way: what is not committed is swept later.
fn listen(interrupted: &Arc<AtomicBool>, untidy: &Arc<AtomicUsize>) -> std::io::Result<()> {
    let heeded = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
    let mut signals = signal_hook::iterator::Signals::new(heeded)?;
    let (interrupted, untidy) = (Arc::clone(interrupted), Arc::clone(untidy));
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in &mut signals {
            if interrupted.swap(true, Ordering::Relaxed) || untidy.load(Ordering::Relaxed) == 0 {
                end(signal);
            }
            std::thread::spawn(move || {
                std::thread::sleep(GRACE);
                end(signal);
            });
        }
    })?;
    Ok(())
}

/// Whether whoever started this process wants it to survive the signal, as `nohup` does.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

fn end(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal); // it does not return for these signals
}
