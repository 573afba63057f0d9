//! From the shim's arguments to the exec of the right Go.
//!
//! Takes what C gave, becomes the tool or the program that does what a shim must not. Never writes a file.

pub mod called_shim;
pub mod child_environment;
pub mod handover;
pub mod invocation;
pub mod launch;
pub mod missing;
pub mod need;
pub mod shim;
