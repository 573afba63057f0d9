//! The two programs that the shim directory needs: the shim itself, and the `gvmr` it calls.

use super::shims::put_program;
use super::{ShimChanges, Store, StoreError};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::process::running_program;
use std::path::{Path, PathBuf};

/// Where both programs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// `gvmr`.
    pub program: PathBuf,
    /// `gvmr-shim`.
    pub shim: PathBuf,
}

impl Programs {
    /// This very program, and the shim that was installed beside it.
    pub fn beside_this_one() -> Result<Self, StoreError> {
        let program = running_program().map_err(|error| StoreError::io("find", Path::new("gvmr"), error))?;
        let program = without_mark(program);
        let shim = program.with_file_name("gvmr-shim");
        if shim.is_file() { Ok(Self { program, shim }) } else { Err(StoreError::NoShim { path: shim }) }
    }
}

impl Programs {
    /// The copies in a shared home, which every user can run.
    pub(super) fn of_home(home: &Home) -> Self {
        Self { program: home.bin().join("gvmr"), shim: home.bin().join("gvmr-shim") }
    }
}

/// The path of a program that was replaced while it runs: the kernel marks it, and the new one is as good.
fn without_mark(program: PathBuf) -> PathBuf {
    let unmarked = program.to_str().and_then(|path| path.strip_suffix(" (deleted)")).map(PathBuf::from);
    unmarked.filter(|path| path.is_file()).unwrap_or(program)
}

impl Store {
    /// Makes the shims those of the installed versions, with these programs.
    ///
    /// In a shared home they are the home's own copies, since users may be unable to reach these: `share` brings them
    /// up to date, and only what is missing of them is copied here.
    pub fn publish(&self, programs: &Programs) -> Result<ShimChanges, StoreError> {
        if !self.shared {
            return self.write_shims(&programs.shim, &programs.program);
        }
        let own = Programs::of_home(&self.home);
        for (from, to) in [(&programs.program, &own.program), (&programs.shim, &own.shim)] {
            if !to.is_file() {
                put_program(from, to)?;
            }
        }
        self.write_shims(&own.shim, &own.program)
    }
}
