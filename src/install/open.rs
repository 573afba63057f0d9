//! The wiring of an installer: the settings, the network by the rules of the current directory, the sources in the user's
//! order, and the log.
//!
//! Takes a context, gives what an [`Installer`] borrows. Asks nothing yet; warns, once in a run, of stored credentials
//! that it cannot read.

use super::{Installer, Log, LogFiles};
use crate::config::{ConfigError, RuledEnvironment, SourceName};
use crate::context::Context;
use crate::credentials::{self, Credentials, Keyring};
use crate::hexadecimal;
use crate::host::Host;
use crate::net::{self, NetSettings, Notify};
use crate::sources::{
    ArchiveDirectory, ArchiveSettings, Archives, GoSettings, Goproxy, Origin, ProxyList, ProxyListError,
    Reachability, Source, Sources,
};
use crate::store::{Store, StoreError};
use crate::verify::{LogError, SettingError};
use gvmr_core::env::network::Network;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Process;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// Why there is no way to the sources or to the log.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The rules of this directory.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The home.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// GOPROXY is not a list of proxies.
    #[error("GOPROXY ({origin}): {error}")]
    Goproxy {
        /// Where the value stands.
        origin: String,
        /// What is wrong with it.
        error: ProxyListError,
    },
    /// GOSUMDB does not name a checksum database.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl OpenError {
    /// What to do, where the error is of this room; the others' stands with their own.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Goproxy { error, .. } => Some(format!(
                "correct it there, or set GOPROXY to a list such as https://host,direct; {}",
                net::list_step(error.entry())
            )),
            Self::Config(_) | Self::Store(_) | Self::Log(_) => None,
        }
    }
}

/// What an [`Installer`] borrows.
pub struct Access<'a> {
    context: &'a Context,
    client: net::Client,
    proxies: ProxyList,
    gosumdb: String,
    host: Host,
    store: Store,
    /// Which servers could not be connected to lately.
    memory: Arc<Reachability>,
}

/// Opens the way to the sources and the log, by the rules of the current directory, for installs.
pub fn open(context: &Context) -> Result<Access<'_>, OpenError> {
    let store = if context.settings.reads_only { context.store_to_read() } else { context.store() };
    open_with(store?, context)
}

/// The same for a command that changes nothing: it works where the home cannot be written.
pub fn open_to_read(context: &Context) -> Result<Access<'_>, OpenError> {
    open_with(context.store_to_read()?, context)
}

fn open_with(store: Store, context: &Context) -> Result<Access<'_>, OpenError> {
    let env_context = context.env_context()?;
    let environment = RuledEnvironment::of(&env_context, &Process);
    let settings = net_settings(&environment, context);
    let memory = Reachability::new(&context.settings.cache, &network(&settings.proxies));
    let client = client_of(settings, context);
    let toolchains = context.toolchains()?;
    let goroots: Vec<PathBuf> = toolchains.into_iter().rev().map(|toolchain| toolchain.goroot).collect();
    let go = GoSettings::read(&environment, &goroots).ruled(|name| environment.place(name));
    let proxies = ProxyList::parse(&go.goproxy.value, &go.gonoproxy.value)
        .map_err(|error| OpenError::Goproxy { origin: go.goproxy.origin.to_string(), error })?;
    if go.goproxy.origin == Origin::Default && asks_proxies_alone(&context.settings.sources.order) {
        context.warn_once(&format!("GOPROXY is not set; asking {}", go.goproxy.value));
    }
    Ok(Access {
        context,
        client,
        proxies,
        gosumdb: go.gosumdb.value,
        host: Host::look(context.settings.home.root()),
        store,
        memory: Arc::new(memory),
    })
}

/// A client by the rules of the current directory and the stored credentials, which notes servers that let it wait.
pub fn client(context: &Context) -> Result<net::Client, OpenError> {
    let env_context = context.env_context()?;
    let environment = RuledEnvironment::of(&env_context, &Process);
    Ok(client_of(net_settings(&environment, context), context))
}

fn net_settings(environment: &RuledEnvironment<'_>, context: &Context) -> NetSettings {
    let settings = NetSettings::from_environment(environment);
    settings.proxies.faults().iter().for_each(|line| context.warn_once(line));
    settings
}

fn client_of(settings: NetSettings, context: &Context) -> net::Client {
    let terminal = context.terminal.clone();
    let notify = Notify::new(move |line| terminal.note(line));
    net::Client::new(with_credentials(settings, context).notifying(notify))
}

impl Access<'_> {
    /// An installer for this thread and those that it starts.
    pub fn installer(&self) -> Result<Installer<'_>, OpenError> {
        let files = LogFiles::default();
        for source in &self.context.settings.sources.order {
            if let SourceName::Directory(path) = source {
                files.add(path);
            }
        }
        for url in self.proxies.entries().iter().filter_map(|entry| entry.place.url()) {
            if let Some(path) =
                Some(url).filter(|url| url.scheme() == "file").and_then(|url| url.to_file_path().ok())
            {
                files.add(&path);
            }
        }
        let log = match Log::new(&self.client, &self.proxies, &self.gosumdb, &files) {
            Ok(log) => Some(log.client(&self.context.settings.cache.join("sumdb"))),
            // The table of known releases needs no log; every other request reports that it is off.
            Err(LogError::Setting(SettingError::Disabled)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Installer { store: &self.store, sources: self.sources(), log, log_files: files, host: &self.host })
    }

    /// The sources in the user's order.
    fn sources(&self) -> Sources {
        let memory = &self.memory;
        let settings = &self.context.settings.sources;
        let platform = || self.host.platform().clone();
        let archives = |mirrors: &Vec<_>, mirrors_named, index: &_, index_named, musl| {
            let (mirrors, index) = (mirrors.clone(), Clone::clone(index));
            let cache = self.context.settings.cache.clone();
            let settings = ArchiveSettings { mirrors, mirrors_named, index, index_named, musl, cache };
            Source::Archives(Box::new(Archives::new(&self.client, platform(), settings).remembering(memory)))
        };
        let source = |name: &SourceName| match name {
            SourceName::Archive => archives(
                &settings.mirrors,
                settings.mirrors_named,
                &settings.index,
                settings.index_named,
                false,
            ),
            SourceName::Goproxy => {
                Source::Goproxy(Goproxy::new(&self.client, &self.proxies, platform()).remembering(memory))
            }
            SourceName::Directory(path) => {
                Source::Directory(ArchiveDirectory::new(&self.client, platform(), path))
            }
        };
        let has_musl = !settings.musl_mirrors.is_empty();
        let musl = has_musl.then(|| archives(&settings.musl_mirrors, true, &settings.musl_index, true, true));
        Sources::new(&self.client, platform(), settings.order.iter().map(source).collect(), musl)
    }
}

fn asks_proxies_alone(order: &[SourceName]) -> bool {
    order.contains(&SourceName::Goproxy) && !order.contains(&SourceName::Archive)
}

/// A word for the network that servers are seen from: the gateways, and the settings of proxies without credentials.
fn network(proxies: &net::ProxyChoice) -> String {
    let gateways = Network::default().seen().gateways;
    let digest = Sha256::digest(format!("{gateways:?} {proxies:?}"));
    hexadecimal::digits(digest.get(..8).unwrap_or_default())
}

/// `settings` with the stored credentials. Where they cannot be read, requests go without them.
pub fn with_credentials(settings: NetSettings, context: &Context) -> NetSettings {
    let Some(own) = UserDirs::of(&context.settings.home, &Process) else { return settings };
    let keyring = Keyring::of(&Process);
    match credentials::for_requests(&Credentials::of(&own), keyring.as_ref(), settings.clone()) {
        Ok((settings, lacking)) => {
            for (entry, error) in lacking {
                context.warn_once(&format!(
                    "{error}: asking without the login {} for {}",
                    entry.login, entry.machine
                ));
            }
            settings
        }
        Err(error) => {
            context.warn_once(&format!("ignoring stored credentials: {error}"));
            settings
        }
    }
}
