//! gvmr's home and what is installed: paths, a user's own directories, a home that root shares, the Go outside gvmr.
//!
//! Takes the environment and a home, gives paths and versions. Never writes.

pub mod goroot;
pub mod installed;
pub mod paths;
pub mod shared_home;
pub mod system_go;
pub mod user_dirs;
