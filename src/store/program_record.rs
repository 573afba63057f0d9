//! What a home notes of the gvmr whose shims it has.

use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::program;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// This gvmr's version.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// A home's `program` file, which shims read, and its `release` file, which a former gvmr knows nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramRecord {
    /// The `gvmr` that the shims become when they need more.
    pub program: PathBuf,
    /// The release that wrote the shims; a home that an older gvmr wrote does not say it.
    pub release: Option<String>,
    /// In a shared home, the program that its copy was made from.
    pub origin: Option<PathBuf>,
}

impl ProgramRecord {
    /// The home's record; `None` where it has none that can be read.
    pub fn read(home: &Home) -> Option<Self> {
        let program = bounded::read(&home.program_file(), PIN_LIMIT).ok()??;
        let program = PathBuf::from(OsStr::from_bytes(program.split(|byte| *byte == b'\n').next()?));
        let release = bounded::read(&release_file(home), PIN_LIMIT).ok().flatten().unwrap_or_default();
        let mut lines = release.split(|byte| *byte == b'\n').map(OsStr::from_bytes);
        let mut next = || lines.next().filter(|line| !line.is_empty());
        let (release, origin) = (next(), next());
        let release = release.and_then(OsStr::to_str).map(str::to_owned);
        Some(Self { program, release, origin: origin.map(PathBuf::from) })
    }

    /// The program that the copy was made from, while it is there and root alone can replace it: root runs it.
    pub fn trusted_origin(&self) -> Option<PathBuf> {
        self.origin.clone().filter(|origin| is_roots_alone(origin))
    }

    /// That of a program that serves its own home.
    pub(super) fn of(program: &Path) -> Self {
        Self { program: program.to_owned(), release: Some(RELEASE.to_owned()), origin: None }
    }

    /// Each file with its content: one line with the program; one with the release, and one with the origin.
    pub(super) fn files(&self, home: &Home) -> [(PathBuf, Vec<u8>); 2] {
        let line = |bytes: &[u8]| [bytes, b"\n"].concat();
        let mut release = line(self.release.as_deref().unwrap_or_default().as_bytes());
        release.extend(self.origin.iter().flat_map(|origin| line(origin.as_os_str().as_bytes())));
        [(home.program_file(), line(self.program.as_os_str().as_bytes())), (release_file(home), release)]
    }
}

fn release_file(home: &Home) -> PathBuf {
    home.root().join("release")
}

/// Whether root alone can change this program or put another in its place: no link, and in directories that count for root.
fn is_roots_alone(path: &Path) -> bool {
    let is_roots = |found: fs::Metadata| found.is_file() && found.uid() == 0 && found.mode() & 0o022 == 0;
    path.is_absolute()
        && fs::symlink_metadata(path).is_ok_and(is_roots)
        && path.parent().is_some_and(program::is_roots_alone)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_one_line_is_enough() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path().to_owned());
        assert_eq!(ProgramRecord::read(&home), None);
        let write = |record: &ProgramRecord| {
            for (path, bytes) in record.files(&home) {
                fs::write(path, bytes).unwrap();
            }
        };
        let own = ProgramRecord::of(Path::new("/usr/bin/gvmr"));
        let copy = ProgramRecord { origin: Some("/usr/bin/gvmr".into()), ..own.clone() };
        for record in [own, copy] {
            write(&record);
            assert_eq!(ProgramRecord::read(&home), Some(record));
        }
        fs::remove_file(release_file(&home)).unwrap();
        let old = ProgramRecord { program: "/usr/bin/gvmr".into(), release: None, origin: None };
        assert_eq!(ProgramRecord::read(&home), Some(old));
    }
}
