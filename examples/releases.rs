//! Adds releases to the table of known releases, `src/verify/known.txt`:
//!
//! ```sh
//! cargo run --example releases -- INDEX.json [INDEX.json.gz ...]
//! ```
//!
//! Takes files as `https://go.dev/dl/?mode=json&include=all` gives them. The table is rewritten in place (a shell's
//! `>` would empty it before it is read). What it knows stays: another sha256 for a known file is an error, and a
//! release that an index lacks is told and kept.

#![allow(clippy::print_stderr, reason = "a maintainer's tool that talks to its terminal")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gvmr_core::gover::version::Version;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

const TITLE: &str = "# Go's releases: their linux archives and sources (src) with the sha256 in base64, \
    as far as published; written by examples/releases.rs";
/// Larger than any index will be, in bytes.
const LONGEST: u64 = 64 << 20;

/// A release's files by what they are for, each with its sha256 in base64 if there is one.
type Files = BTreeMap<String, Option<String>>;

/// Every known release, newest first; what is no Go version comes last.
#[derive(Default)]
struct Table(BTreeMap<Reverse<(Option<Version>, String)>, Files>);

#[derive(Deserialize)]
struct Release {
    version: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    os: String,
    arch: String,
    sha256: String,
    kind: String,
}

fn main() -> ExitCode {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify/known.txt");
    let indexes: Vec<_> = std::env::args_os().skip(1).collect();
    match run(&table, &indexes) {
        Ok(kept) => {
            for line in kept {
                eprintln!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(table: &Path, indexes: &[std::ffi::OsString]) -> Result<Vec<String>, Box<dyn Error>> {
    if indexes.is_empty() {
        return Err("name at least one index file".into());
    }
    let contents: Result<Vec<_>, _> = indexes.iter().map(|path| content(Path::new(path))).collect();
    let (text, kept) = merged(&std::fs::read_to_string(table)?, &contents?)?;
    gvmr::store::replace(table, text.as_bytes(), 0o644)?;
    Ok(kept)
}

/// A file's bytes, decompressed if it is a gzip file.
pub(crate) fn content(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let raw = std::fs::read(path)?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw);
    }
    let mut data = Vec::new();
    flate2::read::GzDecoder::new(&raw[..]).take(LONGEST).read_to_end(&mut data)?;
    Ok(data)
}

/// The table `text` with the releases of `indexes`, and a line for each index that lacks a known release.
pub(crate) fn merged(text: &str, indexes: &[Vec<u8>]) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let mut table = Table::parse(text);
    let mut kept = Vec::new();
    for (number, index) in indexes.iter().enumerate() {
        let before: BTreeSet<_> = table.0.keys().map(|Reverse((_, version))| version.clone()).collect();
        let mut listed = BTreeSet::new();
        for release in serde_json::from_slice::<Vec<Release>>(index)? {
            listed.insert(release.version.trim_start_matches("go").to_owned());
            table.add(&release)?;
        }
        let missing: Vec<_> = before.difference(&listed).map(String::as_str).collect();
        if !missing.is_empty() {
            kept.push(format!(
                "index {} lacks known releases, which stay: {}",
                number + 1,
                missing.join(" ")
            ));
        }
    }
    Ok((table.text(), kept))
}

impl Table {
    fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.split(' ');
            let files = table.release(words.next().unwrap_or_default());
            for word in words {
                let (part, sum) = word.split_once('=').map_or((word, None), |(part, sum)| (part, Some(sum)));
                files.insert(part.to_owned(), sum.map(str::to_owned));
            }
        }
        table
    }

    fn release(&mut self, version: &str) -> &mut Files {
        self.0.entry(Reverse((Version::parse(version), version.to_owned()))).or_default()
    }

    /// Adds a release's linux archives and source. Other platforms are no concern of this program.
    fn add(&mut self, release: &Release) -> Result<(), Box<dyn Error>> {
        for file in &release.files {
            let (part, expected) = match (file.kind.as_str(), file.os.as_str()) {
                ("archive", "linux") => {
                    (file.arch.as_str(), format!("{}.linux-{}.tar.gz", release.version, file.arch))
                }
                ("source", _) => ("src", format!("{}.src.tar.gz", release.version)),
                _ => continue,
            };
            let version = release.version.strip_prefix("go").unwrap_or_default();
            let plain = |text: &str| text.bytes().all(|byte| byte == b'.' || byte.is_ascii_alphanumeric());
            if file.filename != expected || !plain(version) || !plain(part) || version.is_empty() {
                return Err(format!("expected the file {expected:?}, got {:?}", file.filename).into());
            }
            let sum = if file.sha256.is_empty() { None } else { Some(encoded(file)?) };
            let known = self.release(version).entry(part.to_owned()).or_default();
            match (known.as_ref(), sum) {
                (Some(known), Some(sum)) if *known != sum => {
                    let known = STANDARD_NO_PAD.decode(known)?;
                    let known = known.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
                    return Err(format!("{expected}: known sha256 {known}, got {}", file.sha256).into());
                }
                (None, Some(sum)) => *known = Some(sum),
                _ => {}
            }
        }
        Ok(())
    }

    fn text(&self) -> String {
        let released = |version: &&Version| !version.is_prerelease();
        let newest = self.0.keys().find_map(|Reverse((version, _))| version.as_ref().filter(released));
        let newest = newest.map(Version::toolchain_name).unwrap_or_default();
        let mut text = format!("{TITLE}\n# as of {newest}\n");
        for (Reverse((_, version)), files) in &self.0 {
            text.push_str(version);
            for (part, sum) in files {
                text.extend([" ", part]);
                text.extend(sum.iter().flat_map(|sum| ["=", sum]));
            }
            text.push('\n');
        }
        text
    }
}

/// A file's sha256 in base64.
fn encoded(file: &File) -> Result<String, Box<dyn Error>> {
    let pairs = file.sha256.as_bytes().chunks(2).map(|pair| {
        let digits = std::str::from_utf8(pair).ok().filter(|_| pair.iter().all(u8::is_ascii_hexdigit));
        u8::from_str_radix(digits?, 16).ok()
    });
    match pairs.collect::<Option<Vec<u8>>>() {
        Some(sum) if file.sha256.len() == 64 => Ok(STANDARD_NO_PAD.encode(sum)),
        _ => Err(format!("{}: {:?} is not a sha256", file.filename, file.sha256).into()),
    }
}
