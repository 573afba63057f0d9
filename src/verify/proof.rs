//! What a tree was proved by: the types that stand between an unpacked tree and a commit.
//!
//! A [`Verified`] is made by the functions of this file and nowhere else, cannot be copied, and says which tree it
//! is about: the module version, and the hash of every file's name and content. From strong to weak: the log,
//! this program's own table of known releases, an index that the user named, a build from proved sources, the user's
//! word alone.

use super::h1::{H1, Manifest};
use super::known::known_sum;
use super::{LoggedSum, Mismatch};
use std::fmt;

/// A tree and its proof.
#[derive(Debug)]
pub struct Verified {
    subject: String,
    h1: H1,
    proof: Proof,
}

/// What proves a tree.
#[derive(Debug)]
pub enum Proof {
    /// The transparency log recorded exactly this tree.
    Logged(LoggedSum),
    /// The tree came out of the archive whose sha256 this program has known since it was built.
    Known {
        /// The archive's name: `go1.19.13.linux-amd64.tar.gz`.
        archive: String,
    },
    /// The tree came out of the archive whose sha256 an index gives that the user named.
    Indexed {
        /// The index, without credentials.
        index: String,
        /// The archive's name there.
        archive: String,
    },
    /// The tree was built on this machine.
    Built {
        /// The proof of the sources.
        sources: Box<Proof>,
        /// The hash of the source tree.
        sources_h1: H1,
        /// The compiler that built it: `go1.22.6`.
        bootstrap: String,
    },
    /// Nothing; the user allowed it.
    Unlogged,
}

/// An archive's sha256, as somebody gave it or as it is. Shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256Sum(pub [u8; 32]);

impl Verified {
    /// The module version that the tree is: `v0.0.1-go1.22.10.linux-amd64`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The hash of the tree.
    pub fn h1(&self) -> H1 {
        self.h1
    }

    /// Its proof.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}

/// Compares a tree with what the log recorded for it.
pub fn prove(manifest: &Manifest, logged: LoggedSum) -> Result<Verified, Mismatch> {
    let got = manifest.h1();
    if got == logged.h1() {
        let subject = logged.version().to_owned();
        return Ok(Verified { subject, h1: got, proof: Proof::Logged(logged) });
    }
    let module = format!("{}@{}", logged.module(), logged.version());
    let (log, expected) = (logged.log().to_owned(), logged.h1());
    Err(Mismatch { module, log, expected, got, files: manifest.len() })
}

/// The proof by the built-in table, where it holds the archive called `archive` with the sha256 `got`.
pub fn prove_known(manifest: &Manifest, archive: &str, got: &[u8; 32]) -> Option<Verified> {
    let subject = subject_of(archive)?;
    let known = known_sum(archive)? == *got;
    let proof = Proof::Known { archive: archive.to_owned() };
    known.then(|| Verified { subject, h1: manifest.h1(), proof })
}

/// The proof by an index that the user named, where it gives `archive` the sha256 `got`. This is for builds that Go
/// itself does not publish: those that it does, the log or the table decides.
pub fn prove_indexed(
    manifest: &Manifest,
    subject: &str,
    (index, archive): (&str, &str),
    (expected, got): (&[u8; 32], &[u8; 32]),
) -> Option<Verified> {
    let proof = Proof::Indexed { index: index.to_owned(), archive: archive.to_owned() };
    (expected == got).then(|| Verified { subject: subject.to_owned(), h1: manifest.h1(), proof })
}

/// A tree that was built here for `platform` from proved sources with a named compiler.
pub fn built_here(manifest: &Manifest, sources: Verified, platform: &str, bootstrap: &str) -> Verified {
    let Verified { subject, h1: sources_h1, proof } = sources;
    let release = subject.rsplit_once('.').map_or(subject.as_str(), |(release, _)| release);
    let proof = Proof::Built { sources: Box::new(proof), sources_h1, bootstrap: bootstrap.to_owned() };
    Verified { subject: format!("{release}.{platform}"), h1: manifest.h1(), proof }
}

/// No proof at all: the user said that this tree may be installed without one.
pub fn accept_unlogged(manifest: &Manifest, subject: &str) -> Verified {
    Verified { subject: subject.to_owned(), h1: manifest.h1(), proof: Proof::Unlogged }
}

/// The module version that a release archive holds: `v0.0.1-go1.22.10.linux-amd64`; of a source archive, which is
/// for every platform, `v0.0.1-go1.22.10.src`.
fn subject_of(archive: &str) -> Option<String> {
    let stem = archive.strip_suffix(".tar.gz")?;
    // 32-bit ARM has had three names in archives, and one in modules.
    let arm = [".linux-armv6l", ".linux-arm6"].into_iter().find_map(|end| stem.strip_suffix(end));
    let stem = arm.map_or(stem.to_owned(), |release| format!("{release}.linux-arm"));
    Some(format!("v0.0.1-{stem}"))
}

impl fmt::Display for Sha256Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
