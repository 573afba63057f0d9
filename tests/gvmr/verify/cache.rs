//! What the client remembers: it may be damaged, missing, unwritable or shared, and no proof suffers.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use gvmr::verify::{Database, LogClient, LogError, Warning};

use super::remote::{Scripted, lookup_numbered};
use crate::support::log::{TestLog, sum_of};

const NAME: &str = "log.example.com";

fn log() -> TestLog {
    TestLog::filled(NAME, 700)
}

/// All files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn damaged_files_are_dropped_and_fetched_anew() {
    let log = log();
    let damages: [fn(&Path, &[u8]); 8] = [
        |path, honest| fs::write(path, honest.iter().map(|byte| byte ^ 1).collect::<Vec<_>>()).unwrap(),
        |path, honest| fs::write(path, &honest[..honest.len() / 2]).unwrap(),
        |path, honest| fs::write(path, &honest[..honest.len() - 1]).unwrap(),
        |path, _| fs::write(path, b"").unwrap(),
        |path, honest| fs::write(path, vec![0; honest.len()]).unwrap(),
        |path, honest| fs::write(path, [honest, honest].concat()).unwrap(),
        |path, _| fs::write(path, vec![b'x'; 3 << 20]).unwrap(),
        |path, _| fs::remove_file(path).unwrap(),
    ];
    for damage in damages {
        let cache = tempfile::tempdir().unwrap();
        lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
        for file in files(cache.path()).into_iter().filter(|file| !file.ends_with("latest.lock")) {
            let honest = fs::read(&file).unwrap();
            damage(&file, &honest);
            let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
            assert_eq!(logged.h1().to_string(), sum_of(5));
            assert_eq!(fs::read(&file).unwrap(), honest, "{} was not repaired", file.display());
            lookup_numbered(&log, &Scripted::offline(), cache.path(), 5).unwrap();
        }
    }
}

#[test]
fn an_emptied_head_is_reported_like_a_damaged_one_and_an_absent_one_is_not() {
    let log = log();
    let cache = tempfile::tempdir().unwrap();
    lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
    let latest = cache.path().join(NAME).join("latest");
    let honest = fs::read(&latest).unwrap();
    for (damage, reason) in [(&b""[..], "empty"), (b"\n", ""), (b"go.sum database tree\n", "")] {
        fs::write(&latest, damage).unwrap();
        let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
        let [warning @ Warning::HeadDropped { .. }] = logged.warnings() else {
            panic!("{damage:?}: {logged:?}")
        };
        assert!(warning.to_string().contains(reason), "{warning}");
        assert_eq!(fs::read(&latest).unwrap(), honest);
        assert!(lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap().warnings().is_empty());
    }
    fs::remove_file(&latest).unwrap();
    assert!(lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap().warnings().is_empty());
}

#[test]
fn a_damaged_cache_and_no_network_is_an_error() {
    let log = log();
    let cache = tempfile::tempdir().unwrap();
    lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
    let tile = cache.path().join(NAME).join("tile/8/0/000");
    let mut data = fs::read(&tile).unwrap();
    data[0] ^= 1;
    fs::write(&tile, data).unwrap();
    let result = lookup_numbered(&log, &Scripted::offline(), cache.path(), 5);
    assert!(matches!(result, Err(LogError::Remote { .. })), "{result:?}");
}

#[test]
fn a_cached_answer_that_lies_is_no_proof() {
    let log = log();
    let cache = tempfile::tempdir().unwrap();
    let kept = cache.path().join(NAME).join("lookup/example.com/m5@v1.0.0");
    fs::create_dir_all(kept.parent().unwrap()).unwrap();
    for lie in [log.answer("/lookup/example.com/m6@v1.0.0").unwrap(), {
        TestLog::lookup_answer(5, &log.text(5).replace("h1:", "h1:A"), &log.head(700))
    }] {
        fs::write(&kept, lie).unwrap();
        let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
        assert_eq!(logged.h1().to_string(), sum_of(5));
        assert!(logged.needed_network());
    }
}

#[test]
fn things_that_are_no_files_neither_block_nor_hinder() {
    let log = log();
    let cache = tempfile::tempdir().unwrap();
    lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
    for file in files(cache.path()).into_iter().filter(|file| !file.ends_with("latest.lock")) {
        fs::remove_file(&file).unwrap();
        assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
        let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
        assert_eq!(logged.h1().to_string(), sum_of(5));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
        assert_eq!(logged.h1().to_string(), sum_of(5));
        fs::remove_dir(&file).unwrap();
    }
}

#[test]
fn a_cache_that_cannot_be_written_costs_only_the_memory() {
    let log = log();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let logged = lookup_numbered(&log, &Scripted::log(&log), &file, 5).unwrap();
    assert_eq!(logged.h1().to_string(), sum_of(5));
    assert!(logged.warnings().iter().any(|warning| matches!(warning, Warning::HeadNotSaved { .. })));

    // Within one client the head is remembered all the same.
    let mut shorter = log.fork(300);
    (5000..5100).for_each(|index| {
        shorter.add_numbered(index);
    });
    let forked = AtomicBool::new(false);
    let remote =
        Scripted::new(
            |path| {
                if forked.load(Ordering::SeqCst) { shorter.answer(path) } else { log.answer(path) }
            },
        );
    let client = LogClient::new(Database::from_setting(&log.key()).unwrap(), &remote, &file);
    client.lookup("example.com/m5", "v1.0.0").unwrap();
    forked.store(true, Ordering::SeqCst);
    // The forked server cannot even support the head that was seen before.
    assert!(client.lookup("example.com/m5", "v1.0.0").is_err());
}

#[test]
fn files_are_for_their_owner_alone() {
    let log = log();
    let parent = tempfile::tempdir().unwrap();
    let cache = parent.path().join("sumdb");
    lookup_numbered(&log, &Scripted::log(&log), &cache, 5).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let kept = files(&cache);
    assert!(kept.len() >= 6, "{kept:?}");
    for file in kept {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        for directory in file.ancestors().skip(1).take_while(|path| *path != parent.path()) {
            assert_eq!(mode(directory), 0o700, "{}", directory.display());
        }
    }
}

#[test]
fn many_clients_at_once_leave_the_newest_head() {
    let cache = tempfile::tempdir().unwrap();
    let logs: Vec<TestLog> = (0..12)
        .map(|index| {
            let mut log = log();
            log.serve_size(Some(300 + 36 * index));
            log
        })
        .collect();
    thread::scope(|scope| {
        for (index, log) in logs.iter().enumerate() {
            let cache = cache.path();
            scope.spawn(move || {
                let index = index as u64;
                let logged = lookup_numbered(log, &Scripted::log(log), cache, index).unwrap();
                assert_eq!(logged.h1().to_string(), sum_of(index));
                assert!(logged.warnings().is_empty(), "{:?}", logged.warnings());
            });
        }
    });
    let latest = fs::read_to_string(cache.path().join(NAME).join("latest")).unwrap();
    assert!(latest.starts_with("go.sum database tree\n696\n"), "{latest}");
    assert!(files(cache.path()).iter().all(|file| file.extension().is_none_or(|suffix| suffix != "tmp")));
}

/// Looks up record 5 by a client that finds `theirs` saved by another process when it wants to save.
fn lookup_while_other_saves(ours: &TestLog, theirs: &TestLog, cache: &Path) -> Result<u64, LogError> {
    let other_is_done = AtomicBool::new(false);
    let remote = Scripted::new(|path| {
        if path.starts_with("/lookup/") && !other_is_done.swap(true, Ordering::SeqCst) {
            lookup_numbered(theirs, &Scripted::log(theirs), cache, 6).unwrap();
        }
        ours.answer(path)
    });
    lookup_numbered(ours, &remote, cache, 5).map(|logged| {
        assert_eq!(logged.h1().to_string(), sum_of(5));
        logged.tree_size()
    })
}

#[test]
fn a_head_that_another_process_saved_meanwhile_is_merged() {
    let (mut older, newer) = (log(), log());
    older.serve_size(Some(300));
    for (ours, theirs) in [(&older, &newer), (&newer, &older), (&newer, &newer)] {
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(lookup_while_other_saves(ours, theirs, cache.path()).unwrap(), 700);
        let latest = fs::read_to_string(cache.path().join(NAME).join("latest")).unwrap();
        assert!(latest.starts_with("go.sum database tree\n700\n"));
    }
}

#[test]
fn a_forked_head_that_another_process_saved_meanwhile_is_noticed() {
    let (ours, mut theirs) = (log(), log().fork(280));
    for index in 6000..6100 {
        theirs.add_numbered(index);
    }
    let cache = tempfile::tempdir().unwrap();
    let result = lookup_while_other_saves(&ours, &theirs, cache.path());
    assert!(matches!(result, Err(LogError::Fork(_))), "{result:?}");
}

#[test]
fn a_lock_that_is_never_given_back_does_not_hang() {
    let log = log();
    let cache = tempfile::tempdir().unwrap();
    fs::create_dir_all(cache.path().join(NAME)).unwrap();
    let lock = File::create(cache.path().join(NAME).join("latest.lock")).unwrap();
    lock.lock().unwrap();
    let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), 5).unwrap();
    assert!(matches!(logged.warnings(), [Warning::HeadNotSaved { .. }]), "{:?}", logged.warnings());
}
