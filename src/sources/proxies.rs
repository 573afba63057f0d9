//! The GOPROXY list: who is asked, in which order, and when the next one is.
//!
//! As cmd/go: entries are separated by `,` (go on where the answer is 404 or 410) or `|` (go on after any
//! error); `direct` and `off` end the list; an entry without a scheme is `https`.

use super::glob::matches_prefix;
use crate::net::{self, RedactedUrl, Url, without_credentials, without_credentials_in_list};
use std::path::Path;

/// The one module that is ever asked for.
pub const MODULE: &str = "golang.org/toolchain";
/// What `direct` means for that module: its origin, as its import path says.
const DIRECT: &str = "https://go.dev/dl/mod";

/// A parsed GOPROXY list; it has at least one entry.
#[derive(Clone, Debug)]
pub struct ProxyList {
    entries: Vec<ProxyEntry>,
}

/// One entry of the list.
#[derive(Clone)]
pub struct ProxyEntry {
    /// Who is asked.
    pub place: ProxyTarget,
    /// Whether any error goes on to the next entry, or only "not found".
    pub any_error_passes: bool,
}

/// Who an entry names.
#[derive(Clone, PartialEq, Eq)]
pub enum ProxyTarget {
    /// A module proxy.
    Proxy(Url),
    /// The module's origin, because the list says `direct`.
    Direct(Url),
    /// The module's origin, because GONOPROXY or GOPRIVATE covers it; no proxy for the checksum database.
    Private(Url),
    /// None: `off`.
    Off,
}

/// Why a GOPROXY list cannot be used. Entries are shown without credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyListError {
    /// There are separators but no entries.
    #[error("GOPROXY is set but has no entries")]
    Empty,
    /// An entry is neither a word of the grammar nor a URL.
    #[error("not a valid URL: \"{entry}\"; expected an https, http or file URL, direct or off")]
    Malformed {
        /// The entry.
        entry: String,
    },
    /// A `file` entry names more than a path.
    #[error("not a valid file URL, which may hold only a path: \"{entry}\"")]
    NotOnlyAPath {
        /// The entry.
        entry: String,
    },
}

impl ProxyListError {
    /// The entry that is at fault, as it may be shown.
    pub fn entry(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Malformed { entry } | Self::NotOnlyAPath { entry } => entry,
        }
    }
}

impl ProxyList {
    /// Parses a GOPROXY value; `private` are the patterns of GONOPROXY.
    pub fn parse(list: &str, private: &str) -> Result<Self, ProxyListError> {
        let mut entries = Vec::new();
        let mut rest = list;
        while !rest.is_empty() {
            let end = rest.find([',', '|']).unwrap_or(rest.len());
            let (entry, tail) = rest.split_at(end);
            let any_error_passes = tail.starts_with('|');
            rest = tail.get(1..).unwrap_or_default();
            let place = match entry.trim() {
                "" => continue,
                "off" => ProxyTarget::Off,
                "direct" => ProxyTarget::Direct(direct()?),
                entry if is_cut_off(&entries, entry) => return Err(malformed(entry, list)),
                entry => ProxyTarget::Proxy(proxy(entry, list)?),
            };
            let ends = !matches!(place, ProxyTarget::Proxy(_));
            entries.push(ProxyEntry { place, any_error_passes: any_error_passes && !ends });
            if ends {
                break; // what follows `direct` or `off` is reserved
            }
        }
        if entries.is_empty() {
            return Err(ProxyListError::Empty);
        }
        if list != "direct" && matches_prefix(private, MODULE) {
            entries.insert(0, ProxyEntry { place: ProxyTarget::Private(direct()?), any_error_passes: false });
        }
        Ok(Self { entries })
    }

    /// The entries, in the order in which they are asked.
    pub fn entries(&self) -> &[ProxyEntry] {
        &self.entries
    }

    /// Whom an error of the entry at `index` passes on to.
    pub(super) fn after(&self, index: usize) -> Vec<Url> {
        let mut passes = true;
        let next = self
            .entries
            .iter()
            .skip(index)
            .take_while(|entry| std::mem::replace(&mut passes, entry.any_error_passes));
        next.skip(1).filter_map(|entry| entry.place.url().cloned()).collect()
    }

    /// Whether this is one `file` URL and nothing else, the only list for which cmd/go installs a toolchain
    /// without asking the checksum database.
    pub fn is_one_directory(&self) -> bool {
        matches!(&self.entries[..], [ProxyEntry { place: ProxyTarget::Proxy(url), .. }] if url.scheme() == "file")
    }
}

impl ProxyTarget {
    /// Where toolchain modules are asked for, `None` for `off`.
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::Proxy(url) | Self::Direct(url) | Self::Private(url) => Some(url),
            Self::Off => None,
        }
    }
}

/// `path` below `base`, whatever slashes are between them.
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url
}

fn direct() -> Result<Url, ProxyListError> {
    Url::parse(DIRECT).map_err(|_| malformed(DIRECT, DIRECT))
}

/// Whether an entry may be the rest of a password with a separator in it. The go command would ask a piece of the
/// password for modules.
fn is_cut_off(before: &[ProxyEntry], entry: &str) -> bool {
    let is_whole = ["https://", "http://", "file:"]
        .iter()
        .any(|scheme| entry.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)));
    !before.is_empty() && entry.contains('@') && !is_whole
}

fn proxy(entry: &str, list: &str) -> Result<Url, ProxyListError> {
    // Single words are reserved, and what holds ":/" is complete; all else lacks only its scheme.
    let bare = entry.contains(['.', ':', '/']) && !entry.contains(":/") && !Path::new(entry).is_absolute();
    let text = if bare { format!("https://{entry}") } else { entry.to_owned() };
    let url = net::parse(&text).map_err(|_| malformed(entry, list))?;
    match url.scheme() {
        "https" | "http" => Ok(url),
        "file" if is_only_a_path(&text) => Ok(url),
        "file" => Err(ProxyListError::NotOnlyAPath { entry: shown(entry, list) }),
        _ => Err(malformed(entry, list)),
    }
}

/// `file:///path` or `file:/path`.
fn is_only_a_path(text: &str) -> bool {
    let path = text.split_once(':').map_or("", |(_, rest)| rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    path.starts_with('/') && !path.contains(['?', '#'])
}

fn malformed(entry: &str, list: &str) -> ProxyListError {
    ProxyListError::Malformed { entry: shown(entry, list) }
}

/// What may be shown of an entry: where the list has credentials, what seems to be one may be a piece of a password.
fn shown(entry: &str, list: &str) -> String {
    if list.contains('@') { without_credentials_in_list(list) } else { without_credentials(entry) }
}

impl std::fmt::Debug for ProxyEntry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let separator = if self.any_error_passes { "|" } else { "," };
        write!(formatter, "{:?}{separator}", self.place)
    }
}

impl std::fmt::Debug for ProxyTarget {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proxy(url) => write!(formatter, "{}", RedactedUrl::of(url)),
            Self::Direct(_) => formatter.write_str("direct"),
            Self::Private(_) => formatter.write_str("private"),
            Self::Off => formatter.write_str("off"),
        }
    }
}
