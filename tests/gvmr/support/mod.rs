//! What the stories stand on.

pub(crate) mod go;
pub(crate) mod log;
