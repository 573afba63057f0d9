//! Go's own grammars: versions, selectors, the `go` and `toolchain` lines, the `go env -w` file, version files.
//!
//! Takes text, gives values that are known to be valid. Never chooses a toolchain.

pub mod goenv;
pub mod gomod;
pub mod mise_toml;
pub mod range;
pub mod selector;
pub mod version;
pub mod version_file;
