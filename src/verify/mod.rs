//! A stand-in with the settled interface: hashes of a tree and the proof that the log knows them.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The directory hash of a module: sha256 over the sorted `hex(sha256)  name` lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H1([u8; 32]);

impl fmt::Display for H1 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "h1:{}", base64::engine::general_purpose::STANDARD.encode(self.0))
    }
}

/// A name that came twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file name {0:?} occurs twice")]
pub struct ManifestError(String);

/// The names and sha256 sums of a tree's files.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    files: BTreeMap<String, [u8; 32]>,
}

impl Manifest {
    /// Adds one file by its full name in the module zip.
    pub fn add(&mut self, name: String, sha256: [u8; 32]) -> Result<(), ManifestError> {
        match self.files.insert(name.clone(), sha256) {
            None => Ok(()),
            Some(_) => Err(ManifestError(name)),
        }
    }

    /// The files and their sha256 sums, sorted bytewise by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[u8; 32])> {
        self.files.iter().map(|(name, sha256)| (name.as_str(), sha256))
    }

    /// The hash of all files added so far.
    pub fn h1(&self) -> H1 {
        use std::fmt::Write as _;
        let mut hash = Sha256::new();
        for (name, sum) in &self.files {
            let mut line = String::new();
            for byte in sum {
                let _ = write!(line, "{byte:02x}");
            }
            hash.update(format!("{line}  {name}\n"));
        }
        H1(hash.finalize().into())
    }
}

/// What the log said about one module version.
#[derive(Clone, Debug)]
pub struct Verified {
    version: String,
    h1: H1,
}

impl Verified {
    /// A proof made by hand.
    pub fn stand_in(version: &str, h1: H1) -> Self {
        Self { version: version.to_owned(), h1 }
    }

    /// The module's path.
    pub fn module(&self) -> &'static str {
        "golang.org/toolchain"
    }

    /// The module version, such as `v0.0.1-go1.22.10.linux-amd64`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The proven hash.
    pub fn h1(&self) -> H1 {
        self.h1
    }

    /// The name of the log.
    pub fn log(&self) -> &'static str {
        "sum.golang.org"
    }

    /// The record's position in the log.
    pub fn record(&self) -> u64 {
        32_419_892
    }

    /// How many records the tree held.
    pub fn tree_size(&self) -> u64 {
        66_398_721
    }
}
