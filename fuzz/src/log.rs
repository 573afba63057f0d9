//! Answers of a checksum database: its own formats, and the client with one answer replaced.

use crate::scratch;
use gvmr::verify::note::Verifier;
use gvmr::verify::record::Record;
use gvmr::verify::{self, DEFAULT_SETTING, Database, LogClient, Remote, RemoteError};
use std::path::Path;

const MODULE: &str = "golang.org/toolchain";
const VERSION: &str = "v0.0.1-go1.22.10.linux-amd64";
const H1: &str = "h1:";
const KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

/// A signed note.
pub fn note(data: &[u8]) {
    let verifier = Verifier::parse(KEY).expect("the database's key");
    if let Ok(text) = verify::note::open(data, &verifier) {
        assert!(data.starts_with(text.as_bytes()), "a note's text is its beginning");
    }
}

/// A record.
pub fn record(data: &[u8]) {
    let Ok((record, rest)) = Record::parse(data) else { return };
    assert!(rest.len() < data.len());
    let _ = record.hash();
    let _ = record.sum(MODULE, VERSION);
}

/// The answer to a lookup.
pub fn lookup(data: &[u8]) {
    prove("lookup", |path| path.starts_with("/lookup/"), data);
}

/// A tile.
pub fn tile(data: &[u8]) {
    prove("tile", |path| path.starts_with("/tile/"), data);
}

/// The public database's real answers, but for some.
struct Replaced<'a> {
    which: fn(&str) -> bool,
    with: &'a [u8],
}

impl Remote for Replaced<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        if (self.which)(path) {
            return Ok(self.with.to_vec());
        }
        let answers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/sumdb");
        std::fs::read(answers.join(path.trim_start_matches('/')))
            .map_err(|error| RemoteError { absent: true, source: Box::new(error) })
    }
}

/// A client that has never seen the database proves nothing but what the database really says.
fn prove(name: &str, which: fn(&str) -> bool, data: &[u8]) {
    let cache = scratch(name).join("cache");
    let _ = std::fs::remove_dir_all(&cache);
    let database = Database::from_setting(DEFAULT_SETTING).expect("the default");
    let proved = LogClient::new(database, Replaced { which, with: data }, &cache).lookup(MODULE, VERSION);
    if let Ok(sum) = proved {
        let real = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/fixtures/sumdb/lookup")
            .join(format!("{MODULE}@{VERSION}"));
        let real = std::fs::read_to_string(real).expect("the real answer");
        let h1 = sum.h1().to_string();
        assert!(h1.starts_with(H1) && real.contains(&format!("{VERSION} {h1}")), "{h1}");
    }
}
