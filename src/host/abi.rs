//! What the go command of an official release needs of the C library.
//!
//! Up to 1.20 releases were built with cgo on their own platform, so that `bin/go` asks for glibc's loader; since
//! 1.21 every program of a release is static and needs nothing.

use super::assess::Release;
use super::version_number::Numbers;

/// What a dynamic `bin/go` asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// The loader, by its absolute path.
    pub(super) loader: &'static str,
    /// The oldest glibc that has its symbols; `None` where no archive of that platform was looked into.
    pub(super) glibc: Option<Numbers>,
    /// Whether it asks for `libresolv.so.2` too.
    pub(super) resolver: bool,
}

/// The needs of a release; `None` for a static one.
pub(super) fn of(release: &Release<'_>) -> Option<Needs> {
    if release.since(21, 0) {
        return None;
    }
    let glibc = match release.arch {
        "amd64" if release.since(5, 0) => Some([2, 3, 2]),
        "amd64" => Some([2, 2, 5]),
        "arm64" => Some([2, 17, 0]),
        _ => None,
    };
    Some(Needs { loader: loader(release.arch)?, glibc, resolver: release.since(20, 0) })
}

/// The path of glibc's loader on each platform that had releases before 1.21.
pub(super) fn loader(arch: &str) -> Option<&'static str> {
    Some(match arch {
        "amd64" => "/lib64/ld-linux-x86-64.so.2",
        "386" => "/lib/ld-linux.so.2",
        "arm64" => "/lib/ld-linux-aarch64.so.1",
        "arm" => "/lib/ld-linux-armhf.so.3",
        "ppc64le" => "/lib64/ld64.so.2",
        "s390x" => "/lib/ld64.so.1",
        _ => return None,
    })
}

/// The loader's path elsewhere, only to find out which glibc is there.
pub(super) fn other_loader(arch: &str) -> Option<&'static str> {
    Some(match arch {
        "arm" => "/lib/ld-linux.so.3",
        "riscv64" => "/lib/ld-linux-riscv64-lp64d.so.1",
        "loong64" => "/lib64/ld-linux-loongarch-lp64d.so.1",
        "ppc64" => "/lib64/ld64.so.1",
        "mips" | "mipsle" => "/lib/ld.so.1",
        "mips64" | "mips64le" => "/lib64/ld.so.1",
        _ => return None,
    })
}

/// musl's names of an architecture, as its loader's name has them.
pub(super) fn musl_names(arch: &str) -> &'static [&'static str] {
    match arch {
        "amd64" => &["x86_64"],
        "386" => &["i386"],
        "arm64" => &["aarch64"],
        "arm" => &["armhf", "arm"],
        "ppc64le" => &["powerpc64le"],
        "ppc64" => &["powerpc64"],
        "s390x" => &["s390x"],
        "riscv64" => &["riscv64"],
        "loong64" => &["loongarch64"],
        "mips" => &["mips", "mips-sf"],
        "mipsle" => &["mipsel", "mipsel-sf"],
        "mips64" => &["mips64", "mips64-sf"],
        "mips64le" => &["mips64el", "mips64el-sf"],
        _ => &[],
    }
}

/// The names that distributions with several platforms in one tree give a platform's library directories.
pub(super) fn multiarch(arch: &str) -> &'static [&'static str] {
    match arch {
        "amd64" => &["x86_64-linux-gnu"],
        "386" => &["i386-linux-gnu", "i486-linux-gnu", "i686-linux-gnu"],
        "arm64" => &["aarch64-linux-gnu"],
        "arm" => &["arm-linux-gnueabihf", "arm-linux-gnueabi"],
        "ppc64le" => &["powerpc64le-linux-gnu"],
        "ppc64" => &["powerpc64-linux-gnu"],
        "s390x" => &["s390x-linux-gnu"],
        "riscv64" => &["riscv64-linux-gnu"],
        "loong64" => &["loongarch64-linux-gnu"],
        "mips" => &["mips-linux-gnu"],
        "mipsle" => &["mipsel-linux-gnu"],
        "mips64" => &["mips64-linux-gnuabi64"],
        "mips64le" => &["mips64el-linux-gnuabi64"],
        _ => &[],
    }
}
