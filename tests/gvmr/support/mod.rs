//! What the stories stand on.

pub(crate) mod authority;
pub(crate) mod connection;
pub(crate) mod log;
pub(crate) mod mirror;
pub(crate) mod server;
pub(crate) mod world;
pub(crate) mod zip;
