//! The architectures that Go has Linux ports to: one row each, with its names, ELF header, loaders and first releases.
//!
//! Takes GOARCH, an ELF header or this program's target; gives the row. Pure.

use super::version_number::Numbers;
use gvmr_core::sys::interpreter::Machine;

/// Minor and patch of Go 1.
pub(super) type Patch = (u64, u64);

/// One architecture.
pub(super) struct Arch {
    /// Go's name, as in GOARCH.
    pub(super) goarch: &'static str,
    /// Rust's name, which says nothing of the byte order.
    rust: &'static str,
    /// `e_machine` of its ELF files.
    elf_machine: u16,
    /// 32 or 64.
    pub(super) bits: u8,
    little_endian: bool,
    /// musl's names, as in `/lib/ld-musl-NAME.so.1`.
    pub(super) musl: &'static [&'static str],
    /// Debian's names, as in `/usr/lib/NAME`.
    pub(super) multiarch: &'static [&'static str],
    /// The glibc loader that official releases before 1.21 ask for; `None` where there were none.
    pub(super) release_loader: Option<&'static str>,
    /// glibc's loader elsewhere, only to find out which glibc is there.
    pub(super) other_loader: Option<&'static str>,
    /// The glibc that those releases need, by minor version, newest first; empty where no archive was looked into.
    pub(super) release_glibc: &'static [(u64, Numbers)],
    /// The first release with an archive.
    pub(super) first_release: Patch,
    /// The first release whose source knows the architecture.
    pub(super) first_source: Patch,
    /// The kernel that this port needs beyond what Go needs everywhere, by minor version, newest first.
    pub(super) kernel: &'static [(u64, Numbers)],
}

/// What most rows have.
const COMMON: Arch = Arch {
    goarch: "",
    rust: "",
    elf_machine: 0,
    bits: 64,
    little_endian: true,
    musl: &[],
    multiarch: &[],
    release_loader: None,
    other_loader: None,
    release_glibc: &[],
    first_release: (21, 0),
    first_source: (0, 0),
    kernel: &[],
};

const ARCHS: [Arch; 13] = [
    Arch {
        goarch: "amd64",
        rust: "x86_64",
        elf_machine: 62,
        musl: &["x86_64"],
        multiarch: &["x86_64-linux-gnu"],
        release_loader: Some("/lib64/ld-linux-x86-64.so.2"),
        release_glibc: &[(5, [2, 3, 2]), (0, [2, 2, 5])],
        first_release: (2, 2),
        ..COMMON
    },
    Arch {
        goarch: "386",
        rust: "x86",
        elf_machine: 3,
        bits: 32,
        musl: &["i386"],
        multiarch: &["i386-linux-gnu", "i486-linux-gnu", "i686-linux-gnu"],
        release_loader: Some("/lib/ld-linux.so.2"),
        first_release: (2, 2),
        ..COMMON
    },
    Arch {
        goarch: "arm64",
        rust: "aarch64",
        elf_machine: 183,
        musl: &["aarch64"],
        multiarch: &["aarch64-linux-gnu"],
        release_loader: Some("/lib/ld-linux-aarch64.so.1"),
        release_glibc: &[(0, [2, 17, 0])],
        first_release: (8, 5),
        first_source: (5, 0),
        ..COMMON
    },
    Arch {
        goarch: "arm",
        rust: "arm",
        elf_machine: 40,
        bits: 32,
        musl: &["armhf", "arm"],
        multiarch: &["arm-linux-gnueabihf", "arm-linux-gnueabi"],
        release_loader: Some("/lib/ld-linux-armhf.so.3"),
        other_loader: Some("/lib/ld-linux.so.3"),
        first_release: (6, 0),
        kernel: &[(0, [3, 1, 0])],
        ..COMMON
    },
    Arch {
        goarch: "ppc64le",
        rust: "powerpc64",
        elf_machine: 21,
        musl: &["powerpc64le"],
        multiarch: &["powerpc64le-linux-gnu"],
        release_loader: Some("/lib64/ld64.so.2"),
        first_release: (6, 4),
        first_source: (5, 0),
        ..COMMON
    },
    Arch {
        goarch: "ppc64",
        rust: "powerpc64",
        elf_machine: 21,
        little_endian: false,
        musl: &["powerpc64"],
        multiarch: &["powerpc64-linux-gnu"],
        other_loader: Some("/lib64/ld64.so.1"),
        first_source: (5, 0),
        kernel: &[(27, [3, 13, 0])],
        ..COMMON
    },
    Arch {
        goarch: "s390x",
        rust: "s390x",
        elf_machine: 22,
        little_endian: false,
        musl: &["s390x"],
        multiarch: &["s390x-linux-gnu"],
        release_loader: Some("/lib/ld64.so.1"),
        first_release: (7, 1),
        first_source: (7, 0),
        ..COMMON
    },
    Arch {
        goarch: "riscv64",
        rust: "riscv64",
        elf_machine: 243,
        musl: &["riscv64"],
        multiarch: &["riscv64-linux-gnu"],
        other_loader: Some("/lib/ld-linux-riscv64-lp64d.so.1"),
        first_source: (14, 0),
        ..COMMON
    },
    Arch {
        goarch: "loong64",
        rust: "loongarch64",
        elf_machine: 258,
        musl: &["loongarch64"],
        multiarch: &["loongarch64-linux-gnu"],
        other_loader: Some("/lib64/ld-linux-loongarch-lp64d.so.1"),
        first_source: (19, 0),
        kernel: &[(0, [5, 19, 0])],
        ..COMMON
    },
    Arch {
        goarch: "mips",
        rust: "mips",
        elf_machine: 8,
        bits: 32,
        little_endian: false,
        musl: &["mips", "mips-sf"],
        multiarch: &["mips-linux-gnu"],
        other_loader: Some("/lib/ld.so.1"),
        first_source: (8, 0),
        ..COMMON
    },
    Arch {
        goarch: "mipsle",
        rust: "mips",
        elf_machine: 8,
        bits: 32,
        musl: &["mipsel", "mipsel-sf"],
        multiarch: &["mipsel-linux-gnu"],
        other_loader: Some("/lib/ld.so.1"),
        first_source: (8, 0),
        ..COMMON
    },
    Arch {
        goarch: "mips64",
        rust: "mips64",
        elf_machine: 8,
        little_endian: false,
        musl: &["mips64", "mips64-sf"],
        multiarch: &["mips64-linux-gnuabi64"],
        other_loader: Some("/lib64/ld.so.1"),
        first_source: (6, 0),
        ..COMMON
    },
    Arch {
        goarch: "mips64le",
        rust: "mips64",
        elf_machine: 8,
        musl: &["mips64el", "mips64el-sf"],
        multiarch: &["mips64el-linux-gnuabi64"],
        other_loader: Some("/lib64/ld.so.1"),
        first_source: (6, 0),
        kernel: &[(0, [4, 8, 0])],
        ..COMMON
    },
];

/// The row of a GOARCH.
pub(super) fn of(goarch: &str) -> Option<&'static Arch> {
    ARCHS.iter().find(|arch| arch.goarch == goarch)
}

/// musl's names of a GOARCH.
pub(super) fn musl_names(goarch: &str) -> &'static [&'static str] {
    of(goarch).map_or(&[], |arch| arch.musl)
}

/// GOARCH for an ELF header; `None` for a machine that Go has no port to.
pub(super) fn of_elf(machine: Machine) -> Option<&'static str> {
    let found = ARCHS.iter().find(|arch| {
        let wide = arch.bits == 64;
        // A 32-bit amd64 program is x32, whose kernel runs amd64 too.
        let fits = machine.wide == wide || arch.goarch == "amd64";
        machine.number == arch.elf_machine && machine.little == arch.little_endian && fits
    });
    found.map(|arch| arch.goarch)
}

/// GOARCH of the target that this program was built for.
pub(super) fn built_for() -> &'static str {
    let name = std::env::consts::ARCH;
    let little_endian = cfg!(target_endian = "little");
    let found = ARCHS.iter().find(|arch| arch.rust == name && arch.little_endian == little_endian);
    found.map_or(name, |arch| arch.goarch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rows_share_a_header_or_a_name() {
        for (number, arch) in ARCHS.iter().enumerate() {
            let machine =
                Machine { number: arch.elf_machine, wide: arch.bits == 64, little: arch.little_endian };
            assert_eq!(of_elf(machine), Some(arch.goarch));
            assert_eq!(of(arch.goarch).map(|found| found.rust), Some(arch.rust));
            assert!(ARCHS[number + 1..].iter().all(|other| other.goarch != arch.goarch));
        }
        assert_eq!(of_elf(Machine { number: 62, wide: false, little: true }), Some("amd64"));
        assert_eq!(of_elf(Machine { number: 183, wide: true, little: false }), None);
        assert!(of(built_for()).is_some());
    }
}
