//! All that the shim and the command line must agree on: the Go version grammar, the layout of gvmr's
//! home, the readers of pins, the resolver and the exec. Standard library only.

pub mod environment;
pub mod home;
pub mod selector;
pub mod version;
