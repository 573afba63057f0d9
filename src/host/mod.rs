//! What this host is, in Go's words.
//!
//! Takes nothing but the program's own target: a `gvmr` built for a 32-bit userland asks for 32-bit toolchains,
//! whatever the kernel says.

mod platform;

pub use platform::Platform;

/// The platform this program runs on.
pub fn platform() -> Platform {
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
    Platform::new(os, arch)
}
