//! What the stories stand on.

pub(crate) mod log;
pub(crate) mod mirror;
pub(crate) mod world;
