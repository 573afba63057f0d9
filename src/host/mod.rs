//! What this host is, in Go's words.
//!
//! Takes nothing but the program's own target: a `gvmr` built for a 32-bit userland asks for 32-bit toolchains,
//! whatever the kernel says.

use std::fmt;

/// An operating system and architecture in the go command's spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// GOOS, such as `linux`.
    pub os: String,
    /// GOARCH, such as `amd64`; `arm` for every 32-bit ARM.
    pub arch: String,
}

impl Platform {
    /// The platform this program runs on.
    pub fn here() -> Self {
        let arch = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "x86" => "386",
            "aarch64" => "arm64",
            "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
            "powerpc64" => "ppc64",
            "loongarch64" => "loong64",
            "mips" if cfg!(target_endian = "little") => "mipsle",
            "mips64" if cfg!(target_endian = "little") => "mips64le",
            same => same, // arm, riscv64, s390x, mips, mips64
        };
        let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
        Self { os: os.to_owned(), arch: arch.to_owned() }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.os, self.arch)
    }
}
