//! gvmr in every session: what is written for shells and into start-up files, and what real sessions then see.

mod completions;
mod edit;
mod script;
mod session_matrix;
mod sessions;
mod setup;
pub(crate) mod system;
mod user;
