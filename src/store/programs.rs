//! The two programs that the shim directory needs: the shim itself, and the `gvmr` it calls.

use super::program_record::{ProgramRecord, RELEASE};
use super::shims::{put_program, same_program};
use super::{ShimChanges, Store, StoreError};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::process::running_program;
use std::fs;
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

    /// The same where the shim may be missing.
    pub fn of_this_one() -> Result<Self, StoreError> {
        match Self::beside_this_one() {
            Err(StoreError::NoShim { path }) => Ok(Self { program: path.with_file_name("gvmr"), shim: path }),
            programs => programs,
        }
    }
}

impl Programs {
    /// The copies in a shared home, which every user can run.
    pub(super) fn of_home(home: &Home) -> Self {
        Self { program: home.bin().join("gvmr"), shim: home.bin().join("gvmr-shim") }
    }

    /// What a shared home notes of these copies.
    fn record(&self, origin: &Path) -> ProgramRecord {
        let origin = (origin != self.program).then(|| origin.to_owned());
        ProgramRecord { origin, ..ProgramRecord::of(&self.program) }
    }
}

/// Whether the copy of a program may be another one: it has another length, or was made before the program. Then both are read.
fn may_differ(program: &Path, copy: &Path) -> bool {
    let (Ok(program), Ok(copy)) = (fs::metadata(program), fs::symlink_metadata(copy)) else { return true };
    program.len() != copy.len() || program.modified().ok() > copy.modified().ok()
}

/// The path of a program that was replaced while it runs: the kernel marks it, and the new one is as good.
fn without_mark(program: PathBuf) -> PathBuf {
    let unmarked = program.to_str().and_then(|path| path.strip_suffix(" (deleted)")).map(PathBuf::from);
    unmarked.filter(|path| path.is_file()).unwrap_or(program)
}

/// What the next command of a home's owner has to do before anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// The shims are another release's: this gvmr renews them.
    Shims,
    /// The copies in this shared home are another release's than this program, of which they were made: this gvmr renews
    /// them.
    Copies,
    /// This is the copy in a shared home, and the program that it was made of is another release by now, which renews it.
    By(PathBuf),
}

impl Programs {
    /// Whether the home has shims of another release than these programs, which serve it. `None` too where another gvmr
    /// serves it.
    pub fn refresh_of(&self, home: &Home) -> Option<Refresh> {
        let record = ProgramRecord::read(home)?;
        let is_of_this_release = record.release.as_deref() == Some(RELEASE);
        let differs = |program: &Path, copy: &Path| {
            may_differ(program, copy) && same_program(program, copy).is_ok_and(|same| !same)
        };
        if fs::symlink_metadata(home.shared_file()).is_err() {
            let serves = record.program == self.program || !record.program.is_file();
            let is_current = is_of_this_release && !differs(&self.shim, &home.shims().join("go"));
            return (serves && !is_current).then_some(Refresh::Shims);
        }
        let copies = Self::of_home(home);
        let changed = |origin: &Self| {
            let length = |path: &Path| fs::metadata(path).ok().map(|found| found.len());
            differs(&origin.shim, &copies.shim) || length(&origin.program) != length(&copies.program)
        };
        let origin = record.trusted_origin();
        if self.program == copies.program {
            let origin = origin.map(|program| Self { shim: program.with_file_name("gvmr-shim"), program })?;
            return changed(&origin).then_some(Refresh::By(origin.program));
        }
        let serves = origin.is_none_or(|origin| origin == self.program);
        let is_current = is_of_this_release && !changed(self);
        (serves && !is_current).then_some(Refresh::Copies)
    }
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
        let mut is_new = false;
        for (from, to) in [(&programs.program, &own.program), (&programs.shim, &own.shim)] {
            if !to.is_file() {
                is_new |= put_program(from, to)?;
            }
        }
        let record =
            ProgramRecord::read(&self.home).filter(|record| !is_new && record.program == own.program);
        let record = record.unwrap_or_else(|| own.record(&programs.program));
        self.write_shims_of(&own.shim, &record)
    }

    /// The same with the copies of a shared home, which were made of the program `origin`.
    pub(super) fn publish_copies(&self, copies: &Programs, origin: &Path) -> Result<ShimChanges, StoreError> {
        self.write_shims_of(&copies.shim, &copies.record(origin))
    }
}
