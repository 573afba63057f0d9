//! The third pipeline: a tree that another tool installed goes in, a proved copy of it comes out.
//!
//! Takes a GOROOT and the version that it says it is; guarantees what an install does: what is committed was proved
//! before, by the log alone. The tree itself is only read. Nothing is downloaded but the log's answers.

use super::error::Difference;
use super::progress::{Event, LockedProgress, Progress};
use super::verifier::{self, Unpacked};
use super::{InstallError, InstallOutcome, Installer};
use crate::sources::{Form, MODULE};
use crate::store::{self, IMPORTED, VersionLock};
use crate::unpack::{self, ArchiveLimits, Part, Shape, Staged, UnpackError};
use crate::verify::{self, H1, Mismatch};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::printable;
use std::path::Path;

impl Installer<'_> {
    /// Installs `version` as a copy of the tree at `goroot`, unless it is there.
    pub fn adopt(
        &self,
        goroot: &Path,
        version: &Version,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        self.published(version, || self.import(goroot, version, watch))
    }

    fn import(
        &self,
        goroot: &Path,
        version: &Version,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        let assessment = self.host.assess(version);
        if assessment.cannot_run() {
            return Err(self.cannot_run(assessment));
        }
        assessment.reasons.into_iter().for_each(|reason| watch.event(Event::Note(reason.text)));
        let tree = Tree::look(self, goroot, version, watch)?;
        let Some(lock) = self.lock(version, watch)? else {
            return self.present(version);
        };
        let watch: &dyn Progress = &LockedProgress::new(&lock, watch);
        watch.event(Event::Proving);
        let logged = verifier::logged(self, version)?;
        logged.warnings().iter().for_each(|warning| watch.event(Event::Note(warning.to_string())));
        let unpacked = self.copy(&tree, logged.h1(), &lock, watch)?;
        let verified = verify::prove(unpacked.staged.manifest(), logged)
            .map_err(|mismatch| tree.changed(tree.difference(mismatch)))?;
        tree.note_left_out(&tree.part.odd_names(), watch);
        self.commit(unpacked, verified, watch)
    }

    /// A copy in a new directory. It is not proved yet; `expected` is only what is hoped for.
    fn copy<'lock>(
        &self,
        tree: &Tree<'_>,
        expected: H1,
        lock: &'lock VersionLock,
        watch: &dyn Progress,
    ) -> Result<Unpacked<'lock>, InstallError> {
        let path = printable::path(tree.goroot);
        watch.event(Event::Fetching { source: path.clone(), length: Some(tree.part.bytes()) });
        let staging = self.store.stage(lock)?;
        let mut go_on = |bytes| {
            watch.event(Event::Bytes(bytes));
            !watch.cancelled()
        };
        let staged = tree.part.copy(staging.path(), &ArchiveLimits::default(), &mut go_on);
        let mut staged = staged.map_err(|error| tree.failed(error, watch))?;
        if staged.manifest().h1() != expected
            && let Some((restored, was)) = tree.with_own_settings(staging.path())?
            && restored.manifest().h1() == expected
        {
            watch.event(Event::Note(format!("go.env was edited ({was}); the copy has Go's own")));
            staged = restored;
        }
        Ok(Unpacked { staging, staged, source: format!("{IMPORTED}{path}"), form: Form::Module })
    }
}

/// The tree that is to be adopted.
struct Tree<'a> {
    goroot: &'a Path,
    version: &'a Version,
    prefix: String,
    part: Part,
}

impl<'a> Tree<'a> {
    fn look(
        installer: &Installer<'_>,
        goroot: &'a Path,
        version: &'a Version,
        watch: &dyn Progress,
    ) -> Result<Self, InstallError> {
        let platform = installer.sources.platform();
        let prefix = format!("{MODULE}@{}/", platform.module_version(version));
        let shape = Shape::of(version, platform.os(), platform.arch());
        let part = Part::of(goroot, &prefix, &shape, &ArchiveLimits::default())
            .map_err(|error| failed(goroot, version, error, Vec::new(), watch))?;
        let tree = Self { goroot, version, prefix, part };
        tree.note_left_out(tree.part.left_out(), watch);
        Ok(tree)
    }

    fn note_left_out(&self, names: &[String], watch: &dyn Progress) {
        let [first, others @ ..] = names else { return };
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        let (first, path) = (printable::word(first), printable::path(self.goroot));
        watch.event(Event::Note(format!("not part of Go, not copied from {path}: {first}{more}")));
    }

    /// A link in the place of a file is why the hash is another one.
    fn difference(&self, mismatch: Mismatch) -> Difference {
        match self.part.odd(self.goroot) {
            Some(odd) => Difference::Shape(Box::new(odd)),
            None => Difference::Hash(Box::new(mismatch)),
        }
    }

    /// The copy with the `go.env` that Go ships, and what stood there instead; `None` where it has no other.
    fn with_own_settings(&self, copy: &Path) -> Result<Option<(Staged, String)>, InstallError> {
        let path = copy.join("go.env");
        let Some(text) = bounded::read(&path, PIN_LIMIT).ok().flatten() else { return Ok(None) };
        let Some((own, was)) = own_settings(&String::from_utf8_lossy(&text)) else { return Ok(None) };
        store::replace(&path, own.as_bytes(), 0o644)?;
        let staged = unpack::built(copy, &self.prefix);
        let unpack =
            |error| InstallError::Unpack { toolchain: self.version.toolchain_name(), error: Box::new(error) };
        Ok(Some((staged.map_err(unpack)?, was)))
    }

    fn changed(&self, difference: Difference) -> InstallError {
        InstallError::Changed {
            path: self.goroot.to_owned(),
            version: self.version.clone(),
            difference,
            written_later: self.part.written_later().map(printable::word).collect(),
        }
    }

    fn failed(&self, error: UnpackError, watch: &dyn Progress) -> InstallError {
        let written_later = self.part.written_later().map(printable::word).collect();
        failed(self.goroot, self.version, error, written_later, watch)
    }
}

/// What cannot be read or written is trouble; everything else means that it is not the release.
fn failed(
    goroot: &Path,
    version: &Version,
    error: UnpackError,
    written_later: Vec<String>,
    watch: &dyn Progress,
) -> InstallError {
    match error {
        _ if watch.cancelled() => InstallError::Cancelled,
        UnpackError::Read(_) | UnpackError::Write { .. } | UnpackError::Unreadable { .. } => {
            InstallError::Unpack { toolchain: version.toolchain_name(), error: Box::new(error) }
        }
        error => InstallError::Changed {
            path: goroot.to_owned(),
            version: version.clone(),
            difference: Difference::Shape(Box::new(error)),
            written_later,
        },
    }
}

/// The text of a `go.env` as Go ships it: the last line is `GOTOOLCHAIN=auto`. Packagers write another value there, or
/// more lines behind it. The second text is what they wrote; `None` where nothing of that kind was done.
fn own_settings(text: &str) -> Option<(String, String)> {
    const KEY: &str = "GOTOOLCHAIN=";
    let start = if text.starts_with(KEY) { 0 } else { text.find(&format!("\n{KEY}"))? + 1 };
    let (before, edited) = text.split_at(start);
    let own = format!("{before}{KEY}auto\n");
    let was = edited.lines().map(printable::word).collect::<Vec<_>>().join(", ");
    (own != text).then_some((own, was))
}

#[cfg(test)]
mod tests {
    use super::own_settings;

    #[test]
    fn the_edits_of_packagers_are_taken_back() {
        let shipped = "# defaults\nGOSUMDB=sum.golang.org\n\nGOTOOLCHAIN=auto\n";
        assert_eq!(own_settings(shipped), None);
        assert_eq!(own_settings("GOPROXY=direct\n"), None);
        assert_eq!(own_settings(""), None);
        for (edited, was) in [
            (shipped.replace("auto", "local"), "GOTOOLCHAIN=local"),
            (shipped.trim_end().to_owned(), "GOTOOLCHAIN=auto"),
            (format!("{shipped}GOARM=7\n"), "GOTOOLCHAIN=auto, GOARM=7"),
        ] {
            assert_eq!(own_settings(&edited), Some((shipped.to_owned(), was.to_owned())));
        }
        assert_eq!(own_settings("GOTOOLCHAIN=local").unwrap().0, "GOTOOLCHAIN=auto\n");
    }
}
