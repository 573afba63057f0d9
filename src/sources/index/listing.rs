//! The index's JSON: untrusted words, read entry by entry. What is not for linux is skipped unread.

use super::error::IndexError;
use super::names::{self, Naming};
use super::notes::{Notes, shown};
use super::releases::{IndexFile, Releases};
use crate::net::{RedactedUrl, without_credentials_in_text};
use gvmr_core::gover::version::Version;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// Releases in one index; the real one has some 370.
const MAX_RELEASES: usize = 20_000;
/// Entries of one release, those of other platforms included; real ones have some fifty.
const MAX_FILES: usize = 1_000;
/// Characters of the parser's words that are shown.
const REASON: usize = 200;

/// What an index lists.
#[derive(Debug, Default)]
pub(super) struct ParsedIndex {
    pub(super) releases: Releases,
    /// One line for each entry that was refused.
    pub(super) refused: Vec<String>,
}

/// Reads an index.
pub(super) fn parse(body: &[u8], naming: Naming, url: &RedactedUrl) -> Result<ParsedIndex, IndexError> {
    let malformed = |line, column, reason: &str| {
        let reason = reason.chars().take(REASON).flat_map(char::escape_debug).collect();
        IndexError::Malformed { url: url.clone(), line, column, reason }
    };
    let text = std::str::from_utf8(body).map_err(|error| {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = before.iter().fold((1, 1), |(line, column), byte| match byte {
            b'\n' => (line + 1, 1),
            _ => (line, column + 1),
        });
        malformed(line, column, "expected UTF-8")
    })?;
    let mut reading = Reading {
        naming,
        listing: ParsedIndex::default(),
        refused: Notes::default(),
        conflicts: BTreeSet::new(),
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let read = reading.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let place = format!(" at line {line} column {column}");
        malformed(line, column, &without_credentials_in_text(error.to_string().trim_end_matches(&place)))
    })?;
    let listing = reading.finished();
    if listing.releases.count() == 0 {
        return Err(IndexError::Empty { url: url.clone(), refused: listing.refused });
    }
    Ok(listing)
}

/// An index that is being read.
struct Reading {
    naming: Naming,
    listing: ParsedIndex,
    refused: Notes,
    /// Archives that are listed twice with two sums.
    conflicts: BTreeSet<(Version, String)>,
}

#[derive(Deserialize)]
struct Release<'a> {
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "for_linux")]
    files: Vec<File<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    os: Cow<'a, str>,
    #[serde(borrow)]
    arch: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    sha256: Cow<'a, str>,
    #[serde(default)]
    size: u64,
}

impl Reading {
    fn take(&mut self, release: &Release<'_>) {
        let Some(version) = names::released(&release.version) else {
            // The real index has such a release, `go1.9.2rc2`: no reason to tell everybody every time.
            let plain = |text: &str| text.bytes().all(|byte| byte == b'.' || byte.is_ascii_alphanumeric());
            let oddity =
                release.version.strip_prefix("go").is_some_and(|text| text.len() < 16 && plain(text));
            if !oddity && !release.files.is_empty() {
                self.refused.add(|| refusal(&release.version, "not a release version"));
            }
            return;
        };
        for file in &release.files {
            if let Err(why) = self.take_file(&version, release, file) {
                self.refused.add(|| refusal(&file.filename, &why));
            }
        }
    }

    fn take_file(&mut self, version: &Version, release: &Release<'_>, file: &File<'_>) -> Result<(), String> {
        let processor = file.arch.strip_suffix(self.naming.suffix()).unwrap_or(&file.arch);
        let (expected, named) = if file.kind == "source" {
            (names::source(&release.version), true)
        } else {
            (self.naming.archive(&release.version, processor), names::is_processor(processor))
        };
        if file.version != release.version {
            return Err(format!(
                "its version is {}, listed under {}",
                shown(&file.version),
                shown(&release.version)
            ));
        }
        if file.filename != expected {
            return Err(format!("expected the name {}", shown(&expected)));
        }
        if !named {
            return Err("not the name of a release archive".to_owned());
        }
        let sha256 = match &*file.sha256 {
            "" => None,
            digits => Some(sum(digits).ok_or_else(|| format!("{} is not a sha256", shown(digits)))?),
        };
        let size = Some(file.size).filter(|size| *size != 0);
        let releases = &mut self.listing.releases;
        let Some(other) = releases.file_mut(version, &expected) else {
            let room = releases.add(version, IndexFile { name: expected, sha256, size });
            return if room { Ok(()) } else { Err("too many entries".to_owned()) };
        };
        if other.sha256.is_some() && sha256.is_some() && other.sha256 != sha256 {
            self.conflicts.insert((version.clone(), expected));
            return Err("listed with different sha256 sums".to_owned());
        }
        other.sha256 = other.sha256.or(sha256);
        other.size = if other.size == size { size } else { None };
        Ok(())
    }

    fn finished(mut self) -> ParsedIndex {
        for (version, name) in &self.conflicts {
            self.listing.releases.remove(version, name);
        }
        self.listing.refused = self.refused.lines("ignored entries");
        self.listing
    }
}

fn refusal(name: &str, why: &str) -> String {
    format!("ignoring the index entry {}: {why}", shown(name))
}

/// The sum that 64 hexadecimal digits spell.
fn sum(digits: &str) -> Option<[u8; 32]> {
    let mut sum = [0; 32];
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in sum.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(sum)
}

/// Reads the list of releases, one at a time.
impl<'de> DeserializeSeed<'de> for &mut Reading {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Reading {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of releases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(release) = list.next_element::<Release<'de>>()? {
            count += 1;
            if count > MAX_RELEASES {
                return Err(A::Error::custom(format!("expected at most {MAX_RELEASES} releases")));
            }
            self.take(&release);
        }
        Ok(())
    }
}

/// A release's linux archives and sources. Entries of other platforms are not kept even for a moment.
fn for_linux<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<File<'de>>, D::Error> {
    struct Files;

    impl<'de> Visitor<'de> for Files {
        type Value = Vec<File<'de>>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of files")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let (mut files, mut count) = (Vec::new(), 0);
            while let Some(file) = list.next_element::<File<'de>>()? {
                count += 1;
                if count > MAX_FILES {
                    return Err(A::Error::custom(format!("expected at most {MAX_FILES} files in a release")));
                }
                if file.kind == "source" || (file.kind == "archive" && file.os == "linux") {
                    files.push(file);
                }
            }
            Ok(files)
        }
    }

    deserializer.deserialize_seq(Files)
}
