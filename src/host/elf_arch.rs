//! What the programs of this system are built for: the userland, which a 64-bit kernel may run in 32 bits.
//!
//! Takes the headers of the programs that every system has; gives Go's name of their platform and the loader they ask for.

use super::root::Root;
use super::{Fact, Platform, arch};
use gvmr_core::sys::interpreter;
use gvmr_core::sys::printable;
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
            let platform = Platform::new("linux", arch::of_elf(machine)?);
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
            None => ("the target of this gvmr".to_owned(), None),
            Some(program) => {
                let bits = if program.wide { 64 } else { 32 };
                (format!("{}, a {bits}-bit program", printable::path(&program.path)), program.loader.as_ref())
            }
        };
        let mut facts = vec![Fact::new("platform", &self.platform, source)];
        if let (Some(loader), Some(program)) = (loader, &self.program) {
            facts.push(Fact::new("system-loader", printable::path(loader), printable::path(&program.path)));
        }
        facts
    }
}

/// The platform that this program itself was built for.
fn built_for() -> Platform {
    let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
    Platform::new(os, arch::built_for())
}
