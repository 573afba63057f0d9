//! Credentials in files that git would hand out.

mod rules;

use super::{ProbeSurroundings, failed, source_files};
use crate::check::file::SecretsTarget;
use crate::check::{CheckFinding, Measure, Measurement, NotMeasured, Quantity, shown_time};
use crate::hexadecimal;
use gvmr_core::sys::{bounded, printable};
use rules::FoundSecret;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The largest file that is read.
const MAX_FILE: u64 = 10 << 20;
/// How many large files are named.
const MAX_UNREAD: usize = 10;
/// What on a line says that a person has looked at it.
const ALLOWED: &[u8] = b"gitleaks:allow";

pub(super) fn measure(
    target: &SecretsTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let until = Instant::now() + timeout;
    let mut measurement = Measurement::default();
    let files = files(&target.path, timeout)?;
    let mut used = BTreeSet::new();
    let mut large = Vec::new();
    for file in &files {
        if let Some(why) = surroundings.stopped() {
            return Err(why);
        }
        if Instant::now() > until {
            let (count, time) = (files.len(), shown_time(timeout));
            return Err(failed(format!("not all {count} files were read within {time}; raise timeout")));
        }
        let bytes = match bounded::read(file, MAX_FILE) {
            Ok(Some(bytes)) => bytes,
            Err(bounded::Refusal::TooLarge(_)) => {
                large.push(file);
                continue;
            }
            // A submodule, a socket, a link to nothing; or a file that is gone meanwhile.
            Ok(None) | Err(bounded::Refusal::NotAFile(_) | bounded::Refusal::DanglingLink) => continue,
            Err(error) => return Err(failed(format!("{}: {error}", printable::path(file)))),
        };
        let name = file.strip_prefix(surroundings.directory).unwrap_or(file);
        for found in rules::find(&bytes) {
            let finding = finding(&bytes, &found, name);
            if target.allow.contains(&finding.fingerprint) {
                used.insert(finding.fingerprint);
            } else if !is_allowed(&bytes, found.start) {
                measurement.findings.push(finding);
            }
        }
    }
    if !large.is_empty() {
        measurement.remarks.push(unread(&large, surroundings.directory));
    }
    for allowed in target.allow.iter().filter(|allowed| !used.contains(*allowed)) {
        measurement.doubts.push(format!("allow: nothing has the fingerprint {}", printable::typed(allowed)));
    }
    #[allow(clippy::cast_precision_loss)]
    let found = Quantity { value: measurement.findings.len() as f64, measure: Measure::Number };
    measurement.figures.insert("found".to_owned(), found);
    Ok(measurement)
}

/// `not read, since larger than 10 MiB: a.bin, b.bin, and 3 more`
fn unread(large: &[&PathBuf], directory: &Path) -> String {
    let name = |file: &&PathBuf| printable::path(file.strip_prefix(directory).unwrap_or(file));
    let names: Vec<_> = large.iter().take(MAX_UNREAD).map(name).collect();
    let more = large.len() - names.len();
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("not read, since larger than 10 MiB: {}{more}", names.join(", "))
}

/// The whole line that holds an offset.
fn line_of(bytes: &[u8], offset: usize) -> &[u8] {
    let start =
        memchr::memrchr(b'\n', bytes.get(..offset).unwrap_or_default()).map_or(0, |newline| newline + 1);
    bytes.get(start..).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default()
}

fn is_allowed(bytes: &[u8], offset: usize) -> bool {
    memchr::memmem::find(line_of(bytes, offset), ALLOWED).is_some()
}

/// The place without its text. The fingerprint is of rule, path and text: a line that is added above changes nothing.
fn finding(bytes: &[u8], found: &FoundSecret, file: &Path) -> CheckFinding {
    let before = bytes.get(..found.start).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    let text = bytes.get(found.start..found.end).unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [found.rule.as_bytes(), file.as_os_str().as_bytes(), text] {
        digest.update(part);
        digest.update([0]);
    }
    // Of a key the first line is the same everywhere: what follows tells keys apart.
    if found.rule == "private-key" {
        digest.update(bytes.get(found.end..(found.end + 200).min(bytes.len())).unwrap_or_default());
    }
    let fingerprint = hexadecimal::digits(digest.finalize().get(..8).unwrap_or_default());
    let (rule, file) = (found.rule.to_owned(), printable::path(file));
    CheckFinding { rule, file, line, column, fingerprint, message: String::new() }
}

/// What git has, and what it would take; elsewhere all but git's own. Links are names of other files.
fn files(path: &Path, timeout: Duration) -> Result<Vec<PathBuf>, NotMeasured> {
    let shown = printable::path(path);
    let found = fs::symlink_metadata(path).map_err(|error| failed(format!("{shown}: {error}")))?;
    if !found.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = source_files::of(path, timeout)?;
    files.retain(|file| fs::symlink_metadata(file).is_ok_and(|found| found.is_file()));
    if files.is_empty() {
        return Err(failed(format!("{shown} has no files")));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_files_are_named() {
        let files: Vec<PathBuf> = (0..12).map(|number| PathBuf::from(format!("/p/{number}"))).collect();
        let named = |count: usize| unread(&files.iter().take(count).collect::<Vec<_>>(), Path::new("/p"));
        assert_eq!(named(2), "not read, since larger than 10 MiB: 0, 1");
        assert!(named(12).ends_with("8, 9, and 2 more"), "{}", named(12));
    }
}
