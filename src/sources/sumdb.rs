//! The way to a checksum database: through whom it is read.
//!
//! As cmd/go: a proxy that answers `sumdb/NAME/supported` serves everything and is never bypassed; else the
//! database is read at its own address. Transport only: nothing read here is trusted before `verify`.

use super::proxies::{ProxyList, ProxyTarget, below};
use crate::net::{Client, NetError, RedactedUrl, Url, without_credentials};
use std::sync::Mutex;

/// Larger than any record, tile or tree head.
const MAX_BYTES: u64 = 1 << 20;
/// The name of a database is not a host with an optional path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid checksum database name \"{name}\", expected host[/path]")]
pub struct NotAHost {
    /// The name, without credentials.
    pub name: String,
}

/// `https://NAME`, if that is all that the name can mean.
fn own_address(name: &str) -> Result<Url, NotAHost> {
    let plain = !name.ends_with('/') && !name.contains(['?', '#', '@', '%', '\\']);
    let url = Url::parse(&format!("https://{name}")).ok().filter(|url| plain && url.has_host());
    url.ok_or_else(|| NotAHost { name: without_credentials(name) })
}

/// Reads from one checksum database; finds the way to it at the first read, and keeps to it.
pub struct SumdbRemote<'c> {
    client: &'c Client,
    name: String,
    own: Url,
    list: &'c ProxyList,
    base: Mutex<Option<Url>>,
}

impl<'c> SumdbRemote<'c> {
    /// The way to the database `name`: `url` if GOSUMDB gives one, else through `list`.
    pub fn new(
        client: &'c Client,
        list: &'c ProxyList,
        name: &str,
        url: Option<&Url>,
    ) -> Result<Self, NotAHost> {
        let own = own_address(name)?;
        Ok(Self { client, name: name.to_owned(), own, list, base: Mutex::new(url.cloned()) })
    }

    /// The content of `path`: `/lookup/…`, `/tile/…` or `/latest`.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, NetError> {
        self.client.read(&below(&self.base()?, path), MAX_BYTES)
    }

    /// Where it is read, if that was found out and is not its own address.
    pub fn other_place(&self) -> Option<RedactedUrl> {
        let base = self.base.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        base.as_ref().filter(|base| **base != self.own).map(RedactedUrl::of)
    }

    /// Where the database is read. A failure is not remembered: the next read asks again.
    fn base(&self) -> Result<Url, NetError> {
        let mut base = self.base.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(base) = &*base {
            return Ok(base.clone());
        }
        let mut next = self.list.after(0);
        if !next.is_empty() {
            next.push(self.own.clone());
        }
        let found = self.client.probing(next, || self.find())?;
        Ok(base.insert(found).clone())
    }

    /// Asks each proxy whether it serves this database. An error other than "not found" is final, even one
    /// that was skipped, unless the list ends in `direct`.
    fn find(&self) -> Result<Url, NetError> {
        let mut failed = None;
        for entry in self.list.entries() {
            let proxy = match &entry.place {
                ProxyTarget::Proxy(url) => url,
                ProxyTarget::Direct(_) => return Ok(self.own.clone()),
                ProxyTarget::Private(_) | ProxyTarget::Off => continue,
            };
            let base = below(proxy, &format!("sumdb/{}", self.name));
            match self.client.read(&below(&base, "supported"), MAX_BYTES) {
                Ok(_) => return Ok(base),
                Err(error) if error.is_absent() => {}
                Err(error) => {
                    failed = Some(error);
                    if !entry.any_error_passes {
                        break;
                    }
                }
            }
        }
        failed.map_or_else(|| Ok(self.own.clone()), Err)
    }
}

impl std::fmt::Debug for SumdbRemote<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SumdbRemote {{ {} }}", self.name)
    }
}
