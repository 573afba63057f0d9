//! All that the shim and the command line must agree on: the Go version grammar, the layout of gvmr's
//! home, the readers of pins, the resolver and the exec. Standard library only.

pub mod answer;
pub mod bounded;
pub mod child;
pub mod directory;
pub mod environment;
pub mod goenv;
pub mod gomod;
pub mod home;
pub mod installed;
pub mod interpreter;
pub mod invocation;
pub mod launch;
pub mod missing;
pub mod outside;
pub mod pin;
pub mod printable;
pub mod problem;
pub mod process;
pub mod project;
pub mod resolve;
pub mod selector;
pub mod shared;
pub mod shim;
pub mod version;
