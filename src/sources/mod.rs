//! Which releases exist and where their bytes come from.
//!
//! Takes the settings of Go's own environment (GOPROXY, GOSUMDB, GONOPROXY) and the address of a release index, gives
//! lists of versions, answers to "is this one there?", and candidate bytes. Everything it gives is untrusted until `verify` has proved
//! it. Never runs a program; writes nothing but
//! the copies of indexes, which may be deleted at any time.

mod error;
mod glob;
mod goproxy;
mod index;
mod newest;
mod proxies;
mod setting;
mod sumdb;

pub use error::{Outcome, SourceError, SourceErrorKind, Tried};
pub use goproxy::{Fetched, Goproxy, Listing, Presence};
pub use index::{Index, IndexError, IndexFile, Naming};
pub use newest::Newest;
pub use proxies::{Entry, MODULE, Place, ProxyList, ProxyListError};
pub use setting::{GoSettings, Origin, Setting};
pub use sumdb::{NotAHost, SumdbRemote};
