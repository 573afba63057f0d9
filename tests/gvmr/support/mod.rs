//! What the stories stand on.

pub mod log;
pub mod world;
