//! The checksum database in files and behind the network: joins the proof, which knows no network, with the way there.

use super::log_files::LogFiles;
use crate::net::{self, NetError};
use crate::sources::{NotAHost, ProxyList, SumdbRemote};
use crate::verify::{self, Database, LogError, Remote, RemoteError, SettingError};
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A checksum database and the way to it.
pub struct Log<'c> {
    database: Database,
    remote: FilesAndNetwork<'c>,
}

/// Files first, since these cost nothing; then the network.
struct FilesAndNetwork<'c> {
    name: String,
    files: LogFiles,
    network: SumdbRemote<'c>,
    /// The directory whose file answered last; `None` where the network did.
    answered: Mutex<Option<PathBuf>>,
}

impl<'c> Log<'c> {
    /// The database that `gosumdb` names, read through `proxies` where they serve it.
    pub fn new(
        client: &'c net::Client,
        proxies: &'c ProxyList,
        gosumdb: &str,
        files: &LogFiles,
    ) -> Result<Self, LogError> {
        let database = Database::from_setting(gosumdb)?;
        let named = database.url().map(net::parse).transpose().map_err(|_| SettingError::Url)?;
        let network = SumdbRemote::new(client, proxies, database.name(), named.as_ref())
            .map_err(|NotAHost { name }| SettingError::Name(name))?;
        let (name, files) = (database.name().to_owned(), files.clone());
        Ok(Self { database, remote: FilesAndNetwork { name, files, network, answered: Mutex::default() } })
    }

    /// A client that remembers what it saw below `cache`.
    pub fn client(self, cache: &Path) -> verify::LogClient<'c> {
        verify::LogClient::new(self.database, self.remote, cache)
    }
}

impl Remote for FilesAndNetwork<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        if let Some((answer, root)) = self.files.read(&self.name, path) {
            *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(root);
            return Ok(answer);
        }
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.network
            .read(path)
            .map_err(|error: NetError| RemoteError { absent: error.is_absent(), source: Box::new(error) })
    }

    fn answers_for(&self) -> Option<String> {
        let files = self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        files.map(|root| printable::path(&root)).or_else(|| Some(self.network.other_place()?.to_string()))
    }
}
