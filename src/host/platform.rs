//! An operating system and processor as the toolchain modules name them.

use gvmr_core::gover::version::Version;
use std::fmt;

/// A platform such as `linux-amd64`, in GOOS and GOARCH words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    os: String,
    arch: String,
}

impl Platform {
    /// A platform; the archive's word `armv6l` becomes the module's `arm`.
    pub fn new(os: &str, arch: &str) -> Self {
        let arch = if arch == "armv6l" { "arm" } else { arch };
        Self { os: os.to_owned(), arch: arch.to_owned() }
    }

    /// GOOS.
    pub fn os(&self) -> &str {
        &self.os
    }

    /// GOARCH.
    pub fn arch(&self) -> &str {
        &self.arch
    }

    /// The module version of a toolchain: `v0.0.1-go1.23.4.linux-amd64`.
    pub fn module_version(&self, version: &Version) -> String {
        format!("v0.0.1-{}.{self}", version.toolchain_name())
    }

    /// The Go version that a module version names, if it is one for this platform.
    pub fn version_in(&self, module_version: &str) -> Option<Version> {
        const MAX_LENGTH: usize = 64; // real ones have about 35 bytes; a list is untrusted
        if module_version.len() > MAX_LENGTH {
            return None;
        }
        let suffix = format!(".{self}");
        Version::parse(module_version.strip_prefix("v0.0.1-go")?.strip_suffix(suffix.as_str())?)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.os, self.arch)
    }
}
