//! One changed byte, anywhere: never another sum, and nothing wrong is kept.
//!
//! One thing is not authenticated by design, here as in Go: the two low bits of a signature's last base64
//! digit, which carry no data. Such a change yields the true sum.

use std::fs;
use std::path::Path;

use gvmr::verify::{DEFAULT_SETTING, Database, LogClient, LogError, TreeHead, Warning, note};

use super::public_log::{MODULE, NEWEST, remember_latest, sums};
use super::remote::{Scripted, fixture_path, lookup, lookup_numbered};
use crate::support::log::{TestLog, sum_of};
use crate::support::slow;

const VERSION: &str = "v0.0.1-go1.22.10.linux-amd64";

#[test]
fn every_byte_of_every_real_answer_counts() {
    const TEST: &str = "verify::flips::every_byte_of_every_real_answer_counts";
    let sums = sums();
    for (version, sum) in sums.iter().take(slow::rounds(TEST, 2, sums.len())) {
        flip_answer(version, sum, &[0x01, 0x80]);
    }
}

#[test]
fn every_bit_of_one_real_answer_counts() {
    const TEST: &str = "verify::flips::every_bit_of_one_real_answer_counts";
    let masks = [0x01, 0x80, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40];
    flip_answer(VERSION, &sums()[VERSION], slow::first(TEST, 3, &masks));
}

fn flip_answer(version: &str, sum: &str, masks: &[u8]) {
    let path = format!("/lookup/{MODULE}@{version}");
    let honest = fs::read(fixture_path(&path)).unwrap();
    let cache = tempfile::tempdir().unwrap();
    remember_latest(cache.path());
    lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, version).unwrap();
    let kept = cache.path().join("sum.golang.org").join(&path[1..]);
    fs::remove_file(&kept).unwrap();

    for (position, &mask) in (0..honest.len()).flat_map(|position| masks.iter().map(move |m| (position, m))) {
        let mut answer = honest.clone();
        answer[position] ^= mask;
        let remote = Scripted::fixture().replace(&path, Some(answer.clone()));
        let result = lookup(DEFAULT_SETTING, &remote, cache.path(), MODULE, version);
        if only_unused_bits_differ(&honest, &answer) {
            assert_eq!(result.unwrap().h1().to_string(), sum);
            fs::remove_file(&kept).unwrap();
            continue;
        }
        let error = result.expect_err(&format!("{version}: byte {position} ^ {mask:#x}"));
        assert!(!matches!(error, LogError::Fork(_) | LogError::TileMismatch { .. }), "{error}");
        assert!(!kept.exists(), "byte {position} was kept");
    }
    let logged = lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, version).unwrap();
    assert_eq!(logged.h1().to_string(), sum);
}

/// Whether the change is within the last base64 digit of the note's one signature, below the bits in use.
fn only_unused_bits_differ(honest: &[u8], changed: &[u8]) -> bool {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = honest.len() - 3; // a digit, "=" and a newline
    let value = |text: &[u8]| DIGITS.iter().position(|&digit| digit == text[last]);
    honest[..last] == changed[..last]
        && honest[last + 1..] == changed[last + 1..]
        && value(changed).is_some_and(|changed| changed >> 2 == value(honest).unwrap() >> 2)
}

#[test]
fn every_byte_of_the_remembered_head_counts() {
    let honest = fs::read(fixture_path("/latest")).unwrap();
    let verifier =
        note::Verifier::parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
            .unwrap();
    assert_eq!(TreeHead::open(&honest, &verifier).unwrap().size, NEWEST);
    let cache = tempfile::tempdir().unwrap();
    let latest = cache.path().join("sum.golang.org/latest");
    remember_latest(cache.path());
    for (position, mask) in (0..honest.len()).flat_map(|position| [(position, 0x01), (position, 0x80)]) {
        let mut changed = honest.clone();
        changed[position] ^= mask;
        fs::write(&latest, &changed).unwrap();
        let logged = lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, VERSION).unwrap();
        if only_unused_bits_differ(&honest, &changed) {
            assert_eq!(logged.tree_size(), NEWEST);
            continue;
        }
        // It is no head at all: it is told, and the answer's own head takes its place.
        assert!(TreeHead::open(&changed, &verifier).is_err(), "byte {position}");
        assert!(matches!(logged.warnings(), [Warning::HeadDropped { .. }]), "byte {position}");
        assert!(logged.tree_size() < NEWEST);
        let saved = TreeHead::open(&fs::read(&latest).unwrap(), &verifier).unwrap();
        assert_eq!(saved.size, logged.tree_size());
        assert_eq!(logged.h1().to_string(), sums()[VERSION]);
    }
}

#[test]
fn every_hash_of_every_real_tile_counts() {
    const TEST: &str = "verify::flips::every_hash_of_every_real_tile_counts";
    let cold = tempfile::tempdir().unwrap();
    remember_latest(cold.path());
    let recorder = Scripted::fixture();
    lookup(DEFAULT_SETTING, &recorder, cold.path(), MODULE, VERSION).unwrap();
    let tiles: Vec<String> = recorder
        .asked()
        .into_iter()
        .filter(|path| path.starts_with("/tile/") && fixture_path(path).is_file())
        .collect();
    assert!(tiles.len() >= 6, "{tiles:?}");
    for path in tiles {
        let honest = fs::read(fixture_path(&path)).unwrap();
        let kept = cold.path().join("sum.golang.org").join(&path[1..]);
        for hash in (0..honest.len() / 32).step_by(slow::rounds(TEST, 3, 1)) {
            let _ = fs::remove_file(&kept);
            let mut changed = honest.clone();
            changed[hash * 32 + hash % 32] ^= 1 << (hash % 8);
            // The answer is kept; what has to be refused is the tile.
            let remote = Scripted::fixture().replace(&path, Some(changed));
            let result = lookup(DEFAULT_SETTING, &remote, cold.path(), MODULE, VERSION);
            assert!(matches!(result, Err(LogError::TileMismatch { .. })), "{path} hash {hash}: {result:?}");
            assert!(!kept.exists(), "{path}: a wrong tile was kept");
        }
        lookup(DEFAULT_SETTING, &Scripted::fixture(), cold.path(), MODULE, VERSION).unwrap();
    }
}

#[test]
fn every_byte_of_every_tile_of_a_small_log_counts() {
    const TEST: &str = "verify::flips::every_byte_of_every_tile_of_a_small_log_counts";
    let log = TestLog::filled("log.example.com", 270);
    let cache = tempfile::tempdir().unwrap();
    let recorder = Scripted::log(&log);
    lookup_numbered(&log, &recorder, cache.path(), 5).unwrap();
    let tiles: Vec<String> = recorder.asked().into_iter().filter(|path| path.starts_with("/tile/")).collect();
    assert_eq!(tiles.len(), 3, "{tiles:?}");
    for path in tiles {
        let kept = cache.path().join("log.example.com").join(&path[1..]);
        let honest = log.answer(&path).unwrap();
        for position in (0..honest.len()).step_by(slow::rounds(TEST, 7, 1)) {
            let _ = fs::remove_file(&kept);
            let mut changed = honest.clone();
            changed[position] ^= 0x10;
            let remote = Scripted::log(&log).replace(&path, Some(changed));
            let result = lookup_numbered(&log, &remote, cache.path(), 5);
            assert!(matches!(result, Err(LogError::TileMismatch { .. })), "{path} byte {position}");
            assert!(!kept.exists());
        }
        same_client_recovers(&log, &path, cache.path());
    }
}

/// A client whose remote lied once believes it when it no longer does.
fn same_client_recovers(log: &TestLog, path: &str, cache: &Path) {
    let lied = std::sync::atomic::AtomicBool::new(false);
    let remote = Scripted::new(|asked| {
        let mut answer = log.answer(asked)?;
        if asked == path && !lied.swap(true, std::sync::atomic::Ordering::SeqCst) {
            answer[0] ^= 1;
        }
        Some(answer)
    });
    let client = LogClient::new(Database::from_setting(&log.key()).unwrap(), &remote, cache);
    client.lookup("example.com/m5", "v1.0.0").unwrap_err();
    assert_eq!(client.lookup("example.com/m5", "v1.0.0").unwrap().h1().to_string(), sum_of(5));
}
