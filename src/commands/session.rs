//! What every command shares: the settings, the store, the terminal, and the way to the network.

use crate::config::Settings;
use crate::error::{Error, Kind};
use crate::host::Platform;
use crate::install::Installer;
use crate::net;
use crate::request::Request;
use crate::sources::{self, Goproxy, SumdbRemote};
use crate::store::{Programs, Store, Toolchain};
use crate::terminal::Terminal;
use crate::verify::{self, Database};
use gvmr_shims::environment::Process;
use gvmr_shims::resolve::{self, Answer};
use gvmr_shims::selector::Selector;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long an interrupted command may take to tidy up before it is ended.
const GRACE: Duration = Duration::from_secs(2);

/// One run of `gvmr`.
pub struct Session {
    /// Where it speaks.
    pub terminal: Terminal,
    /// What the user settled.
    pub settings: Settings,
    /// What is installed.
    pub store: Store,
    interrupted: Arc<AtomicBool>,
}

impl Session {
    /// Reads the settings, opens the home, and listens for Ctrl-C.
    pub fn open(terminal: Terminal) -> Result<Self, Error> {
        let settings = Settings::read(&Process)?;
        let store = Store::open(settings.home.clone())?;
        let interrupted = Arc::new(AtomicBool::new(false));
        listen(&interrupted).map_err(|error| Error::said(Kind::Storage, format!("cannot listen for signals: {error}")))?;
        Ok(Self { terminal, settings, store, interrupted })
    }

    /// Whether the user has asked for the end.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Parses a request; the error names what is allowed and what was probably meant.
    pub fn request(&self, text: &str) -> Result<Request, Error> {
        Request::parse(text).map_err(Error::from)
    }

    /// Which Go runs in the current directory, by the shim's own code.
    pub fn resolve(&self, plus: Option<&Selector>) -> Result<Answer, Error> {
        resolve::here(&self.settings.home, plus, &Process).map_err(Error::from)
    }

    /// Runs `work` with a way to the sources and the log.
    pub fn with_installer<T>(&self, work: impl FnOnce(&Installer<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let client = net::Client::new(net::Settings::from_environment(&Process))?;
        let goroots: Vec<_> = self.store.toolchains()?.into_iter().rev().map(|toolchain| toolchain.goroot).collect();
        let setting = sources::goproxy_setting(&Process, &goroots);
        let proxies = setting.proxies()?;
        let platform = Platform::here();
        let goproxy = Goproxy::new(&client, &proxies, &platform);
        let database = Database::from_setting(&sources::gosumdb_setting(&Process, &goroots).value)?;
        let remote = SumdbRemote::new(&client, &proxies, database.name(), database.url());
        let log = verify::Client::new(database, &remote, self.store.home().cache().join("sumdb"));
        work(&Installer { store: &self.store, platform: &platform, goproxy: &goproxy, log: &log })
    }

    /// Makes a toolchain reachable: its names in the shim directory, and the default where there is none.
    pub fn publish(&self, toolchain: &Toolchain) -> Result<(), Error> {
        self.store.write_shims(&Programs::beside_this_one()?)?;
        if self.store.set_default_if_none(toolchain.version.as_str())? {
            let name = toolchain.version.toolchain_name();
            self.terminal.note(format_args!("{name} is the default now; gvmr use --global VERSION changes it"));
        }
        Ok(())
    }

    /// Keeps the path of a file that pins a version, so that `prune` asks it.
    pub fn remember_project(&self, file: Option<&Path>) -> Result<(), Error> {
        file.map_or(Ok(()), |file| self.store.remember_project(file).map_err(Error::from))
    }

    /// An error of writing a result.
    pub fn stdout(error: std::io::Error) -> Error {
        Error::said(Kind::Storage, format!("cannot write to stdout: {error}"))
    }
}

/// The first signal asks for a tidy end; a second one, or too long a tidying, ends the process.
/// Nothing is lost either way: what is not committed is swept by the next run.
fn listen(interrupted: &Arc<AtomicBool>) -> std::io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let interrupted = Arc::clone(interrupted);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in &mut signals {
            if interrupted.swap(true, Ordering::Relaxed) {
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

fn end(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal); // it does not return for these signals
}
