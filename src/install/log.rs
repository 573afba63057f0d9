//! The checksum database behind the network: joins the proof, which knows no network, with the way there.

use crate::net::{self, NetError};
use crate::sources::{NotAHost, ProxyList, SumdbRemote};
use crate::verify::{self, Database, LogError, Remote, RemoteError, SettingError};
use std::path::Path;

/// A checksum database and the way to it.
pub struct Log<'c> {
    database: Database,
    remote: OverNetwork<'c>,
}

struct OverNetwork<'c>(SumdbRemote<'c>);

impl<'c> Log<'c> {
    /// The database that `gosumdb` names, read through `proxies` where they serve it.
    pub fn new(client: &'c net::Client, proxies: &'c ProxyList, gosumdb: &str) -> Result<Self, LogError> {
        let database = Database::from_setting(gosumdb)?;
        let named = database.url().map(net::parse).transpose().map_err(|_| SettingError::Url)?;
        let remote = SumdbRemote::new(client, proxies, database.name(), named.as_ref())
            .map_err(|NotAHost { name }| SettingError::Name(name))?;
        Ok(Self { database, remote: OverNetwork(remote) })
    }

    /// A client that remembers what it saw below `cache`.
    pub fn client(self, cache: &Path) -> verify::LogClient<'c> {
        verify::LogClient::new(self.database, self.remote, cache)
    }
}

impl Remote for OverNetwork<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        self.0
            .read(path)
            .map_err(|error: NetError| RemoteError { absent: error.is_absent(), source: Box::new(error) })
    }
}
