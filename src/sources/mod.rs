//! Which releases exist and where their bytes come from.
//!
//! Takes the settings of Go's own environment (GOPROXY, GOSUMDB, GONOPROXY), gives lists of versions, answers
//! to "is this one there?", and candidate bytes. Everything it gives is untrusted until `verify` has proved
//! it. Never runs a program, never writes a file.

mod error;
mod glob;
mod goproxy;
mod newest;
mod proxies;
mod setting;
mod sumdb;

pub use error::{Outcome, SourceError, SourceErrorKind, Tried};
pub use goproxy::{Fetched, Goproxy, Listing, Presence};
pub use newest::Newest;
pub use proxies::{Entry, MODULE, Place, ProxyList, ProxyListError};
pub use setting::{GoSettings, Origin, Setting};
pub use sumdb::{NotAHost, SumdbRemote};
