//! The copy that is kept of an index, as one text file per address: for the days when the index cannot be read, and as
//! the memory of what it said.
//!
//! A copy with one wrong byte is damaged: its first line holds the sha256 of the rest.

use super::names::Naming;
use super::notes::{Notes, hex};
use super::releases::{IndexFile, Releases};
use super::settle::hold_to_table;
use crate::net::{Url, Validators};
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::bounded;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a copy begins with, before its checksum. Another form gets another number.
const FORM: &str = "gvmr index 1 ";
/// What the names of all copies begin with.
pub(super) const COPY: &str = "index-";
/// The longest copy, in bytes: more than the most archives that are kept can take.
const MAX_LENGTH: u64 = 16 << 20;
/// When this form was made, in seconds since 1970: a clock that showed less was not set.
const FIRST: Duration = Duration::from_secs(1_735_689_600);

/// An index as it is kept.
pub(super) struct Kept {
    pub(super) releases: Releases,
    /// Releases that it listed once and lists no more.
    pub(super) withdrawn: BTreeSet<Version>,
    /// What the user should hear as long as the server has this content.
    pub(super) notes: Vec<String>,
    pub(super) validators: Validators,
    /// When the server was known to have this content.
    pub(super) checked: SystemTime,
}

/// Where the copy for an address lies. Credentials are no part of an address.
pub(super) fn path(cache: &Path, url: &Url, naming: Naming) -> PathBuf {
    let mut address = url.clone();
    // These fail only for URLs that cannot carry credentials in the first place.
    let _ = address.set_password(None);
    let _ = address.set_username("");
    address.set_fragment(None);
    let digest = Sha256::digest(format!("{address}{}", naming.suffix()));
    cache.join(format!("{COPY}{}", hex(&digest.into())))
}

impl Kept {
    /// The copy at `path`, if there is one; the error says what is wrong with it.
    pub(super) fn read(path: &Path, naming: Naming) -> Result<Option<Self>, String> {
        let bytes = bounded::read(path, MAX_LENGTH).map_err(|refusal| refusal.to_string())?;
        let parse = |bytes| Self::parse(&String::from_utf8(bytes).ok()?, naming);
        bytes.map(|bytes| parse(bytes).ok_or_else(|| "is damaged".to_owned())).transpose()
    }

    fn parse(text: &str, naming: Naming) -> Option<Self> {
        let (first, rest) = text.split_once('\n')?;
        if first.strip_prefix(FORM)? != hex(&Sha256::digest(rest).into()) {
            return None;
        }
        let mut kept = Self {
            releases: Releases::default(),
            withdrawn: BTreeSet::new(),
            notes: Vec::new(),
            validators: Validators::default(),
            checked: UNIX_EPOCH,
        };
        for line in rest.lines() {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "checked" => {
                    let since = Duration::from_secs(rest.parse().ok()?);
                    kept.checked = UNIX_EPOCH.checked_add(since)?;
                }
                "etag" => kept.validators.etag = Some(rest.to_owned()),
                "last-modified" => kept.validators.last_modified = Some(rest.to_owned()),
                "note" => kept.notes.push(rest.to_owned()),
                "withdrawn" => {
                    kept.withdrawn.insert(Version::parse(rest)?);
                }
                name => {
                    let added = kept.releases.add(&naming.version_in(name)?, read_file(name, rest)?);
                    added.then_some(())?;
                }
            }
        }
        Some(kept)
    }

    /// Puts the copy at `path`; the error is a line for the user, since an index that cannot be kept is still one.
    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        let text = self.text();
        let text = format!("{FORM}{}\n{text}", hex(&Sha256::digest(&text).into()));
        store::replace(path, text.as_bytes(), 0o600).map_err(|error| {
            let source = error.source().map_or(String::new(), |source| format!(": {source}"));
            format!("cannot save a copy of the index: {error}{source}")
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let checked = self.checked.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut line = |words: std::fmt::Arguments<'_>| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{words}");
        };
        line(format_args!("checked {}", checked.as_secs()));
        if let Some(etag) = &self.validators.etag {
            line(format_args!("etag {etag}"));
        }
        if let Some(date) = &self.validators.last_modified {
            line(format_args!("last-modified {date}"));
        }
        for note in &self.notes {
            line(format_args!("note {note}"));
        }
        for version in &self.withdrawn {
            line(format_args!("withdrawn {version}"));
        }
        for (_, file) in self.releases.files() {
            let sum = file.sha256.map_or("-".to_owned(), |sum| STANDARD_NO_PAD.encode(sum));
            let size = file.size.map_or("-".to_owned(), |size| size.to_string());
            line(format_args!("{} {sum} {size}", file.name));
        }
        text
    }

    /// The same content, of which the server has just said that it has it still.
    pub(super) fn checked_again(self) -> Self {
        Self { checked: SystemTime::now(), ..self.checked_against_the_table() }
    }

    /// The same content, under the table of this program, which may be newer than the one that wrote the copy.
    pub(super) fn checked_against_the_table(mut self) -> Self {
        let mut contradictions = Notes::default();
        hold_to_table(&mut self.releases, &mut contradictions);
        self.notes.extend(contradictions.lines("contradictions"));
        self
    }

    /// How long ago the content was checked; `None` where the clock cannot say.
    pub(super) fn age(&self, now: SystemTime) -> Option<Duration> {
        let age = now.duration_since(self.checked).ok()?;
        (self.checked >= UNIX_EPOCH + FIRST).then_some(age)
    }
}

/// An archive from its line: its name, its sum and its length, the last two `-` where unknown.
fn read_file(name: &str, rest: &str) -> Option<IndexFile> {
    let (sum, size) = rest.split_once(' ')?;
    let sha256 = match sum {
        "-" => None,
        sum => Some(STANDARD_NO_PAD.decode(sum).ok()?.try_into().ok()?),
    };
    let size = if size == "-" { None } else { Some(size.parse().ok()?) };
    Some(IndexFile { name: name.to_owned(), sha256, size })
}
