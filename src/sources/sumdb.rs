//! The way to the checksum database: which one GOSUMDB names, and through whom it is read.
//!
//! As cmd/go: a proxy that answers `sumdb/NAME/supported` serves everything and is never bypassed; else the
//! database is read at its own address. Transport only: nothing read here is trusted before `verify`.

use super::proxies::{Place, ProxyList, below};
use crate::net::{Client, NetError, Url, without_credentials};
use std::sync::Mutex;

/// Larger than any record, tile or tree head.
const LARGEST: u64 = 1 << 20;
const MAINLAND_CHINA: &str = "sum.golang.google.cn";

/// A parsed GOSUMDB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gosumdb {
    /// `off`.
    Off,
    /// A database.
    Database {
        /// Its name: a host, or a host and a path.
        name: String,
        /// Its verifier key, where GOSUMDB gives more than the name.
        key: Option<String>,
        /// Where it is read, where GOSUMDB says so. No proxy is asked then.
        url: Option<Url>,
    },
}

/// Why a GOSUMDB cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GosumdbError {
    /// Nothing, or more than a key and a URL.
    #[error("GOSUMDB must be a name or a key, and then perhaps a URL")]
    Fields,
    /// Not a host with an optional path.
    #[error("GOSUMDB names the database \"{name}\", which is not a host with an optional path")]
    Name {
        /// The name, printable.
        name: String,
    },
    /// The second word is not a URL that can be read.
    #[error("GOSUMDB's URL \"{url}\" is not an https, http or file URL")]
    Url {
        /// The word, without credentials.
        url: String,
    },
}

impl Gosumdb {
    /// Parses `sum.golang.org`, `NAME+HASH+KEY`, either with a URL after it, or `off`.
    pub fn parse(value: &str) -> Result<Self, GosumdbError> {
        let value = match value {
            "off" => return Ok(Self::Off),
            MAINLAND_CHINA => "sum.golang.org https://sum.golang.google.cn",
            other => other,
        };
        let words: Vec<&str> = value.split_whitespace().collect();
        let (first, url) = match words[..] {
            [first] => (first, None),
            [first, url] => (first, Some(url)),
            _ => return Err(GosumdbError::Fields),
        };
        let name = first.split('+').next().unwrap_or(first);
        own_address(name)?;
        let key = first.contains('+').then(|| first.to_owned());
        let url = url.map(|url| {
            let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http" | "file"));
            parsed.ok_or_else(|| GosumdbError::Url { url: without_credentials(url) })
        });
        Ok(Self::Database { name: name.to_owned(), key, url: url.transpose()? })
    }
}

/// `https://NAME`, if that is all that the name can mean.
fn own_address(name: &str) -> Result<Url, GosumdbError> {
    let plain = !name.ends_with('/') && !name.contains(['?', '#', '@', '%', '\\']);
    let url = Url::parse(&format!("https://{name}")).ok().filter(|url| plain && url.has_host());
    url.ok_or_else(|| GosumdbError::Name { name: without_credentials(name) })
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
    ) -> Result<Self, GosumdbError> {
        let own = own_address(name)?;
        Ok(Self { client, name: name.to_owned(), own, list, base: Mutex::new(url.cloned()) })
    }

    /// The content of `path`: `/lookup/…`, `/tile/…` or `/latest`.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, NetError> {
        self.client.read(&below(&self.base()?, path), LARGEST)
    }

    /// Where the database is read. A failure is not remembered: the next read asks again.
    fn base(&self) -> Result<Url, NetError> {
        let mut base = self.base.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(base) = &*base {
            return Ok(base.clone());
        }
        let found = self.find()?;
        Ok(base.insert(found).clone())
    }

    /// Asks each proxy whether it serves this database. An error other than "not found" is final, even one
    /// that was passed over, unless the list ends in `direct`.
    fn find(&self) -> Result<Url, NetError> {
        let mut failed = None;
        for entry in self.list.entries() {
            let proxy = match &entry.place {
                Place::Proxy(url) => url,
                Place::Direct(_) => return Ok(self.own.clone()),
                Place::Private(_) | Place::Off => continue,
            };
            let base = below(proxy, &format!("sumdb/{}", self.name));
            match self.client.read(&below(&base, "supported"), LARGEST) {
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
