//! What the shim hands over: compile the user's rules, print notices, give credentials, install a missing version; then become
//! the tool.
//!
//! Takes the shim's own words. It goes the shim's own way (`gvmr_core::exec::invocation`), so that the two cannot choose
//! differently, and needs none of the settings until a version has to be installed. A notice or a mark that cannot be
//! written never keeps the tool from running.

mod missing;
mod notices;
mod prepare;
mod tool;

pub use missing::run as missing;
pub use prepare::run as prepare;
