//! Our client before every answer of the table, and what it leaves behind.

use std::fs;
use std::path::Path;

use gvmr::verify::{LogError, LoggedSum};

use super::cases::{self, Case, SHORT, SIZE, Verdict};
use super::remote::{Scripted, lookup_numbered};
use crate::support::log::{TestLog, sum_of};

const NAME: &str = "log.example.com";

#[test]
fn every_answer_gets_its_verdict() {
    for case in cases::all() {
        let cache = tempfile::tempdir().unwrap();
        remember(cache.path(), &case.remembered);
        let result = lookup_numbered(&case.log, &Scripted::log(&case.log), cache.path(), case.index);
        assert_eq!(verdict(&result), case.verdict, "{}: {result:?}", case.name);
    }
}

#[test]
fn what_was_refused_leaves_nothing_that_hinders_or_helps() {
    for case in cases::all() {
        if !matches!(case.verdict, Verdict::Refused(_)) {
            continue;
        }
        let cache = tempfile::tempdir().unwrap();
        remember(cache.path(), &case.remembered);
        let refused = lookup_numbered(&case.log, &Scripted::log(&case.log), cache.path(), case.index);
        assert!(refused.is_err());
        assert!(!cache.path().join(NAME).join("lookup").exists(), "{}: a lookup was kept", case.name);
        let remembered = fs::read(cache.path().join(NAME).join("latest")).unwrap_or_default();
        assert_eq!(remembered, case.remembered, "{}: the head moved", case.name);

        // The honest log now answers, from the same cache.
        let honest = TestLog::filled(NAME, SIZE);
        let logged = lookup_numbered(&honest, &Scripted::log(&honest), cache.path(), 5).unwrap();
        assert_eq!(logged.h1().to_string(), sum_of(5), "{}", case.name);
    }
}

#[test]
fn a_fork_keeps_both_notes_as_evidence() {
    let forks: Vec<Case> = cases::all().into_iter().filter(|case| case.verdict == Verdict::Fork).collect();
    assert!(forks.len() >= 6);
    for case in forks {
        let cache = tempfile::tempdir().unwrap();
        remember(cache.path(), &case.remembered);
        let result = lookup_numbered(&case.log, &Scripted::log(&case.log), cache.path(), case.index);
        let Err(LogError::Fork(fork)) = result else { panic!("{}", case.name) };
        assert_ne!(fork.expected, fork.got);
        let evidence = fork.evidence.expect("evidence is written");
        let name = format!("fork-{}-{}.txt", fork.older_size, fork.newer_size);
        assert_eq!(evidence, cache.path().join(NAME).join(name));
        let text = fs::read_to_string(evidence).unwrap();
        for note in [&fork.older, &fork.newer] {
            assert!(text.contains(std::str::from_utf8(note).unwrap()));
        }
        assert!(text.contains(std::str::from_utf8(&case.remembered).unwrap()));
        let kept = fs::read(cache.path().join(NAME).join("latest")).unwrap_or_default();
        assert_eq!(kept, case.remembered, "{}: the remembered head stays", case.name);
    }
}

#[test]
fn errors_say_where_and_what() {
    let message = |name: &str| {
        let case = cases::all().into_iter().find(|case| case.name == name).unwrap();
        let cache = tempfile::tempdir().unwrap();
        remember(cache.path(), &case.remembered);
        lookup_numbered(&case.log, &Scripted::log(&case.log), cache.path(), case.index)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message("the record of another module"),
        "log.example.com/lookup/example.com/m5@v1.0.0: record 6 has no h1: line for example.com/m5 v1.0.0"
    );
    assert_eq!(
        message("a tile cut short"),
        "log.example.com/tile/8/0/000: the tile has 8191 bytes, expected 8192"
    );
    assert_eq!(
        message("no such version"),
        "log.example.com/lookup/example.com/m5@v1.0.0: not in the checksum database: 404 Not Found"
    );
    let mismatch = message("a hash at the right edge");
    assert!(mismatch.starts_with("log.example.com/tile/8/1/000.p/2, /tile/8/0/002.p/188: the tile does not"));
    let fork = message("rolled back and grown again");
    assert!(fork.starts_with("log.example.com: SECURITY: two signed tree heads contradict each other: the"));
}

#[test]
fn names_that_could_leave_the_cache_are_never_asked_for() {
    let log = TestLog::filled(NAME, SHORT);
    let remote = Scripted::log(&log);
    let cache = tempfile::tempdir().unwrap();
    for (module, version) in [
        ("../golang.org/toolchain", "v1.0.0"),
        ("golang.org/../toolchain", "v1.0.0"),
        ("/golang.org/toolchain", "v1.0.0"),
        ("golang.org//toolchain", "v1.0.0"),
        ("golang.org/toolchain/", "v1.0.0"),
        ("golang.org/tool chain", "v1.0.0"),
        ("golang.org/toolchain\n", "v1.0.0"),
        ("toolchain", "v1.0.0"),
        ("Golang.org/toolchain", "v1.0.0"),
        ("", "v1.0.0"),
        ("golang.org/toolchain", ""),
        ("golang.org/toolchain", "1.0.0"),
        ("golang.org/toolchain", "v1.0.0/go.mod"),
        ("golang.org/toolchain", "v1/../../x"),
        ("golang.org/toolchain", "v1.0.0 "),
        ("golang.org/toolchain", "v1.0.0\nx"),
        ("golang.org/toolchain", "v1.0.0."),
        ("golang.org/toolchain", "v1.0.0!x"),
    ] {
        let result = super::remote::lookup(&log.key(), &remote, cache.path(), module, version);
        assert!(matches!(result, Err(LogError::InvalidModule { .. })), "{module:?} {version:?}");
    }
    assert!(remote.asked().is_empty());
}

#[test]
fn capitals_are_escaped() {
    let log = TestLog::new(NAME);
    let remote = Scripted::log(&log);
    let cache = tempfile::tempdir().unwrap();
    let result =
        super::remote::lookup(&log.key(), &remote, cache.path(), "example.com/BigCorp", "v1.0.0-RC1");
    assert!(matches!(result, Err(LogError::Absent { .. })));
    assert_eq!(remote.asked(), ["/lookup/example.com/!big!corp@v1.0.0-!r!c1"]);
}

fn remember(cache: &Path, note: &[u8]) {
    if !note.is_empty() {
        fs::create_dir_all(cache.join(NAME)).unwrap();
        fs::write(cache.join(NAME).join("latest"), note).unwrap();
    }
}

fn verdict(result: &Result<LoggedSum, LogError>) -> Verdict {
    match result {
        Ok(logged) => Verdict::Sum(logged.h1().to_string()),
        Err(LogError::Fork(_)) => Verdict::Fork,
        Err(error) => Verdict::Refused(kind(error)),
    }
}

fn kind(error: &LogError) -> &'static str {
    match error {
        LogError::Setting(_) => "Setting",
        LogError::InvalidModule { .. } => "InvalidModule",
        LogError::Absent { .. } => "Absent",
        LogError::Remote { .. } => "Remote",
        LogError::NotAnAnswer { .. } => "NotAnAnswer",
        LogError::TooLong { .. } => "TooLong",
        LogError::BadRecord { .. } => "BadRecord",
        LogError::BadNote { .. } => "BadNote",
        LogError::BadSignature { .. } => "BadSignature",
        LogError::RecordMissing { .. } => "RecordMissing",
        LogError::BeyondTree { .. } => "BeyondTree",
        LogError::NotInLog { .. } => "NotInLog",
        LogError::TileLength { .. } => "TileLength",
        LogError::TileMismatch { .. } => "TileMismatch",
        LogError::Fork(_) => "Fork",
    }
}
