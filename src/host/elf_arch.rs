//! What the programs of this system are built for: the userland, which a 64-bit kernel may run in 32 bits.
//!
//! Takes the headers of the programs that every system has; gives Go's name of their platform and the loader they ask for.

use super::root::Root;
use super::{Fact, Platform};
use gvmr_core::sys::interpreter::{self, Machine};
use std::path::{Path, PathBuf};

/// Programs that belong to the system itself; the first that is an ELF file speaks for all.
const PROGRAMS: [&str; 6] =
    ["/bin/sh", "/usr/bin/sh", "/usr/bin/env", "/bin/busybox", "/sbin/init", "/system/bin/sh"];

/// The userland, as one of its programs shows it.
#[derive(Clone, Debug)]
pub(super) struct Userland {
    /// Where toolchains for it are called.
    pub(super) platform: Platform,
    /// The program whose header was read; `None` where there is none and this program's own target counts.
    program: Option<Program>,
}

#[derive(Clone, Debug)]
struct Program {
    path: PathBuf,
    wide: bool,
    loader: Option<PathBuf>,
}

impl Userland {
    pub(super) fn look(root: &Root) -> Self {
        let found = PROGRAMS.iter().find_map(|path| {
            let real = root.file(path)?.real;
            let machine = interpreter::machine(&real)?;
            let platform = Platform::new("linux", go_arch(machine)?);
            let program = Program { path: path.into(), wide: machine.wide, loader: interpreter::of(&real) };
            Some(Self { platform, program: Some(program) })
        });
        found.unwrap_or_else(|| Self { platform: built_for(), program: None })
    }

    /// The loader that the system's own programs ask for; `None` where they are static, or where none was found.
    pub(super) fn loader(&self) -> Option<&Path> {
        self.program.as_ref()?.loader.as_deref()
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        let (source, loader) = match &self.program {
            None => ("the target that this program was built for".to_owned(), None),
            Some(program) => {
                let bits = if program.wide { 64 } else { 32 };
                (format!("{}, a {bits}-bit program", program.path.display()), program.loader.as_ref())
            }
        };
        let mut facts = vec![Fact::new("platform", &self.platform, source)];
        if let (Some(loader), Some(program)) = (loader, &self.program) {
            facts.push(Fact::new("system-loader", loader.display(), program.path.display()));
        }
        facts
    }
}

/// The platform that this program itself was built for.
pub(super) fn built_for() -> Platform {
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

/// GOARCH for an ELF header; `None` for machines that Go has no port to.
pub(super) fn go_arch(machine: Machine) -> Option<&'static str> {
    const EM_386: u16 = 3;
    const EM_MIPS: u16 = 8;
    const EM_PPC64: u16 = 21;
    const EM_S390: u16 = 22;
    const EM_ARM: u16 = 40;
    const EM_X86_64: u16 = 62;
    const EM_AARCH64: u16 = 183;
    const EM_RISCV: u16 = 243;
    const EM_LOONGARCH: u16 = 258;
    Some(match (machine.number, machine.wide, machine.little) {
        (EM_X86_64, _, true) => "amd64", // a 32-bit one is x32, whose kernel runs amd64 too
        (EM_386, false, true) => "386",
        (EM_AARCH64, true, true) => "arm64",
        (EM_ARM, false, true) => "arm",
        (EM_PPC64, true, true) => "ppc64le",
        (EM_PPC64, true, false) => "ppc64",
        (EM_S390, true, false) => "s390x",
        (EM_RISCV, true, true) => "riscv64",
        (EM_LOONGARCH, true, true) => "loong64",
        (EM_MIPS, true, true) => "mips64le",
        (EM_MIPS, true, false) => "mips64",
        (EM_MIPS, false, true) => "mipsle",
        (EM_MIPS, false, false) => "mips",
        _ => return None,
    })
}
