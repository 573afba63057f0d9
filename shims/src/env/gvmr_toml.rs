//! The `gvmr.toml` that counts in a directory: the nearest one whose very bytes the user approved.
//!
//! Takes a directory, gives the [`CompiledRules`] that was compiled when the user trusted the file, and the files on the way that
//! do not count, with the reason. The file itself is only compared: what takes effect comes from the record, and a file that
//! changes during the comparison changes nothing.

use crate::env::compiled_rules::{CompiledRules, RECORD_LIMIT, RulesPin, SOURCE_LIMIT};
use crate::home::shared_home;
use crate::home::user_dirs::UserDirs;
use crate::sys::bounded::{self, Refusal};
use crate::sys::directory::{Name, climb};
use crate::sys::fingerprint;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

/// The file's name.
pub const NAME: &str = "gvmr.toml";
const SEARCHED: Name = Name::of(NAME);

/// How many files that do not count are read and reported: the nearest ones. A repository may have one in each directory,
/// which must not slow every go down, nor fill the pipe of a caller that reads stderr later.
const TOLD: usize = 4;

/// What was found on the way up.
#[derive(Debug, Default)]
pub struct ProjectRules {
    /// What the nearest trusted file says.
    pub trusted: Option<CompiledRules>,
    /// Nearer files that count as absent, nearest first; of many the nearest few.
    pub passed_over: Vec<IgnoredFile>,
}

impl ProjectRules {
    /// The version that the trusted file pins, and that file.
    pub fn pin(&self) -> Option<(&Path, &RulesPin)> {
        let record = self.trusted.as_ref()?;
        Some((&record.source, record.pin.as_ref()?))
    }
}

/// A file that has no effect.
#[derive(Debug)]
pub struct IgnoredFile {
    /// The file.
    pub file: PathBuf,
    /// Why not.
    pub why: IgnoredReason,
    /// What it holds, in short: other bytes, other numbers. `None` where it was not read.
    pub content: Option<u64>,
}

impl IgnoredFile {
    /// A file with these bytes, where they were read.
    pub fn of(file: PathBuf, why: IgnoredReason, bytes: Option<&[u8]>) -> Self {
        Self { file, why, content: bytes.map(fingerprint::of) }
    }
}

/// Why a project file has no effect.
#[derive(Debug)]
pub enum IgnoredReason {
    /// The user never approved it.
    Untrusted,
    /// The user approved other bytes.
    Changed,
    /// It may not be trusted at all.
    Unread(Unreadable),
}

/// Why a project file may not be trusted, whatever it holds.
#[derive(Debug)]
pub enum Unreadable {
    /// It belongs to this user, who is neither the one that runs this nor root.
    Foreign(u32),
    /// It cannot be read.
    Refused(Refusal),
}

impl From<Unreadable> for IgnoredReason {
    fn from(unread: Unreadable) -> Self {
        Self::Unread(unread)
    }
}

/// The project file for `directory`, an absolute path. Without a place for what is trusted, nothing is.
pub fn find(directory: &Path, own: Option<&UserDirs>) -> ProjectRules {
    let mut found = ProjectRules::default();
    let ended: Result<Option<CompiledRules>, Infallible> = climb(directory, &SEARCHED, |path| {
        let Some(real) = real_name(path) else { return Ok(None) };
        let record = own.and_then(|own| record(own, &real));
        if record.is_none() && found.passed_over.len() >= TOLD {
            return Ok(None); // never approved, and enough is said
        }
        Ok(match look(&real, record) {
            Ok(record) => record,
            Err(passed_over) => {
                found.passed_over.push(passed_over);
                None
            }
        })
    });
    found.trusted = ended.unwrap_or_default();
    found
}

/// The name under which a file is trusted: its directory by its real path, whatever links led there.
pub fn real_name(file: &Path) -> Option<PathBuf> {
    Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?))
}

/// The bytes of a project file that may be trusted at all; `None` where it is gone. It is this user's, root's or `bound`'s:
/// that of the user whose file was trusted by name.
pub fn read(file: &Path, bound: Option<u32>) -> Result<Option<Vec<u8>>, Unreadable> {
    let [root, user] = shared_home::trusted_uids();
    let owners = [root, user, bound.unwrap_or(user)];
    let bytes = bounded::read_owned(file, SOURCE_LIMIT, &owners).map_err(Unreadable::Refused)?;
    match if bytes.is_none() { shared_home::owner_besides(file, &owners) } else { None } {
        Some(owner) => Err(Unreadable::Foreign(owner)),
        None => Ok(bytes),
    }
}

/// The record, if it is in force for the file of this real name; `None` where the file went away meanwhile.
fn look(real: &Path, record: Option<CompiledRules>) -> Result<Option<CompiledRules>, IgnoredFile> {
    let unread = |why| IgnoredFile::of(real.to_owned(), why, None);
    let bound = record.as_ref().and_then(|record| record.owner);
    let Some(bytes) = read(real, bound).map_err(|why| unread(why.into()))? else { return Ok(None) };
    let why = match record {
        Some(record) if record.body == bytes => return Ok(Some(record)),
        Some(_) => IgnoredReason::Changed,
        None => IgnoredReason::Untrusted,
    };
    if is_made_up(real, &bytes) {
        return Err(unread(Unreadable::Refused(Refusal::NotAFile("made up by the kernel")).into()));
    }
    Err(IgnoredFile::of(real.to_owned(), why, Some(&bytes)))
}

/// Whether the file has another length than what was read of it, as those of `/proc` and `/sys` have. A link there may
/// hold something else each time, which would be told each time.
fn is_made_up(file: &Path, bytes: &[u8]) -> bool {
    fs::metadata(file).is_ok_and(|found| found.len() != bytes.len() as u64)
}

/// What was compiled when the file of this real name was trusted, whatever the file holds now. A record that is another
/// user's, damaged, or of another file counts as none.
pub fn record(own: &UserDirs, real: &Path) -> Option<CompiledRules> {
    let bytes =
        bounded::read_owned(&own.trusted_record(real), RECORD_LIMIT, &shared_home::trusted_uids()).ok()??;
    CompiledRules::read(&bytes).filter(|record| record.source == real)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use crate::home::paths::Home;
    use std::os::unix::fs::symlink;

    struct Place {
        directory: tempfile::TempDir,
        own: UserDirs,
    }

    impl Place {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let own = UserDirs::of(&Home::at(directory.path().join("home")), &Vec::new()).unwrap();
            fs::create_dir_all(directory.path().join("p/a/b")).unwrap();
            Self { directory, own }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.directory.path().canonicalize().unwrap().join(name)
        }

        fn trust(&self, name: &str, body: &[u8]) {
            let source = self.path(name);
            let kept = self.own.trusted_record(&source);
            fs::create_dir_all(kept.parent().unwrap()).unwrap();
            let record = CompiledRules {
                source,
                owner: None,
                home: None,
                pin: None,
                sections: Vec::new(),
                body: body.to_vec(),
            };
            fs::write(kept, record.write()).unwrap();
        }

        fn find(&self, name: &str) -> (Option<PathBuf>, Vec<(PathBuf, String)>) {
            let found = find(&self.path(name), Some(&self.own));
            let passed = found.passed_over.into_iter().map(|one| (one.file, format!("{:?}", one.why)));
            (found.trusted.map(|record| record.source), passed.collect())
        }
    }

    #[test]
    fn the_nearest_trusted_file_counts_and_nearer_ones_are_named() {
        let place = Place::new();
        fs::write(place.path("p/gvmr.toml"), b"outer").unwrap();
        fs::write(place.path("p/a/gvmr.toml"), b"inner").unwrap();
        place.trust("p/gvmr.toml", b"outer");
        let (outer, inner) = (place.path("p/gvmr.toml"), place.path("p/a/gvmr.toml"));
        let untrusted = vec![(inner.clone(), "Untrusted".to_owned())];
        assert_eq!(place.find("p/a/b"), (Some(outer.clone()), untrusted));
        assert_eq!(place.find("p"), (Some(outer.clone()), vec![]));
        place.trust("p/a/gvmr.toml", b"inner");
        assert_eq!(place.find("p/a/b"), (Some(inner.clone()), vec![]));
        fs::write(&inner, b"innes").unwrap();
        assert_eq!(place.find("p/a/b"), (Some(outer), vec![(inner, "Changed".to_owned())]));
        assert!(find(&place.path("p"), None).trusted.is_none());
    }

    #[test]
    fn of_many_the_nearest_are_told_and_a_trusted_one_above_them_counts() {
        let place = Place::new();
        let deepest = format!("p{}", "/d".repeat(20));
        fs::create_dir_all(place.path(&deepest)).unwrap();
        for depth in 0..=20 {
            fs::write(place.path(&format!("p{}/gvmr.toml", "/d".repeat(depth))), b"x").unwrap();
        }
        let (trusted, passed) = place.find(&deepest);
        assert_eq!((trusted, passed.len()), (None, TOLD));
        assert_eq!(passed[0].0, place.path(&format!("{deepest}/gvmr.toml")));
        place.trust("p/d/gvmr.toml", b"x");
        place.trust("p/d/d/gvmr.toml", b"y");
        let (trusted, passed) = place.find(&deepest);
        assert_eq!((trusted, passed.len()), (Some(place.path("p/d/gvmr.toml")), TOLD + 1));
        assert_eq!(passed[TOLD].1, "Changed");
    }

    #[test]
    fn a_link_to_what_the_kernel_makes_up_is_told_alike_each_time() {
        let place = Place::new();
        symlink("/proc/uptime", place.path("p/gvmr.toml")).unwrap();
        let found = find(&place.path("p"), Some(&place.own));
        let [passed] = &found.passed_over[..] else { panic!("{found:?}") };
        assert_eq!(passed.content, None);
        assert!(
            matches!(passed.why, IgnoredReason::Unread(Unreadable::Refused(Refusal::NotAFile(_)))),
            "{passed:?}"
        );
    }

    #[test]
    fn a_record_counts_for_its_own_path_alone() {
        let place = Place::new();
        fs::write(place.path("p/gvmr.toml"), b"x").unwrap();
        place.trust("p/gvmr.toml", b"x");
        let (here, there) =
            (place.own.trusted_record(&place.path("p/gvmr.toml")), place.path("p/a/gvmr.toml"));
        fs::write(&there, b"x").unwrap();
        fs::create_dir_all(place.own.trusted_record(&there).parent().unwrap()).unwrap();
        fs::copy(here, place.own.trusted_record(&there)).unwrap();
        assert_eq!(place.find("p/a").1, [(there, "Untrusted".to_owned())]);
    }

    #[test]
    fn links_on_the_way_lead_to_one_name() {
        let place = Place::new();
        fs::write(place.path("p/gvmr.toml"), b"x").unwrap();
        place.trust("p/gvmr.toml", b"x");
        symlink(place.path("p"), place.path("link")).unwrap();
        assert_eq!(place.find("link/a"), (Some(place.path("p/gvmr.toml")), vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let place = Place::new();
        fs::create_dir(place.path("p/gvmr.toml")).unwrap();
        let (trusted, passed) = place.find("p");
        assert!(trusted.is_none() && passed[0].1.contains("a directory"), "{passed:?}");
        fs::remove_dir(place.path("p/gvmr.toml")).unwrap();
        symlink("nothing", place.path("p/gvmr.toml")).unwrap();
        assert!(place.find("p").1[0].1.contains("DanglingLink"));
    }
}
