//! Which releases exist and where their bytes come from.
//!
//! Takes mirrors and indexes of release archives, directories, and the settings of Go's own environment (GOPROXY, GOSUMDB,
//! GONOPROXY); gives lists of versions, answers to "is this one there?", and candidate bytes. Everything it gives is
//! untrusted until `verify` has proved it. Never runs a program, writes no file but copies of indexes in the cache.

mod archive_name;
mod archives;
mod directory;
mod error;
mod fetched;
mod glob;
mod goproxy;
mod index;
mod latest;
mod listing;
mod newest;
mod order;
mod proxies;
mod race;
mod reachability;
mod setting;
mod sumdb;

pub use archive_name::ArchiveName;
pub use archives::{ArchiveSettings, Archives, by_table};
pub use directory::ArchiveDirectory;
pub use error::{AttemptOutcome, SourceError, SourceErrorKind, Tried, in_words};
pub use fetched::{Fetched, Form, PromisedSum};
pub use glob::matches_prefix;
pub use goproxy::{Goproxy, Presence};
pub use index::{
    Index, IndexError, IndexFile, KeptReleases, Naming, Remembered, forget_indexes, kept_releases,
};
pub use listing::{KnownFrom, Listing};
pub use newest::Newest;
pub use order::{Source, Sources};
pub use proxies::{MODULE, ProxyEntry, ProxyList, ProxyListError, ProxyTarget, below};
pub use race::{Lane, Lap, PATIENCE, Race, Work};
pub use reachability::Reachability;
pub use setting::{GoSetting, GoSettings, Origin};
pub use sumdb::{NotAHost, SumdbRemote};
