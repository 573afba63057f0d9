//! All that the shim and the command line must agree on: the Go version grammar, the layout of gvmr's
//! home, the readers of pins, the resolver and the exec. Standard library only.

pub mod env;
pub mod exec;
pub mod gover;
pub mod home;
pub mod select;
pub mod sys;
