//! kill -9 at any moment: the file is the old one or the new one, and the next edit finds nothing in its way.

use super::child::command;
use super::{BLOCK, block, make, names, temporary, undo};
use gvmr::shell::BlockPosition;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

/// Kills of a process that does nothing but put the block in and take it out again.
const KILLS: u32 = 200;

#[test]
fn two_hundred_kills_leave_the_old_file_or_the_new_one() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    let old = b"export A=\xff\\\n".repeat(2000);
    let new =
        [BLOCK.as_bytes(), &old, b"\n", &BLOCK.replacen('\n', " setup made: 1 line end\n", 1).into_bytes()]
            .concat();
    fs::write(&file, &old).unwrap();
    let mut random = 0x2545_f491_u32;
    let (mut news, mut left) = (0, 0);
    for kill in 0..KILLS {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        kill_after(&file, Duration::from_micros(u64::from(random % 8000)));
        let found = fs::read(&file).unwrap();
        assert!(found == old || found == new, "after kill {kill}: {} bytes", found.len());
        news += u32::from(found == new);
        left += u32::from(names(home.path()).len() > 1);
    }
    eprintln!("{KILLS} kills: {news} left the new file, {left} a temporary one beside it");
    assert!(news > 0 && news < KILLS, "kills hit both states");
    make(&block(&file, BlockPosition::Both)).unwrap();
    undo(&block(&file, BlockPosition::Both)).unwrap();
    assert_eq!(names(home.path()), [".bashrc"], "the next edit removes what killed ones left");
    assert!(fs::read(&file).unwrap() == old);
}

/// Kills a child that toggles the block, some time after it began to.
fn kill_after(file: &std::path::Path, moment: Duration) {
    let before = fs::metadata(file).unwrap().modified().unwrap();
    let mut child = command(&[], "toggle", file).stdout(Stdio::null()).spawn().unwrap();
    let start = std::time::Instant::now();
    while fs::metadata(file).unwrap().modified().unwrap() == before {
        assert!(start.elapsed() < Duration::from_secs(30), "the child does nothing");
        std::thread::yield_now();
    }
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn eight_at_once_make_one_edit() {
    for before in [None, Some("a\n")] {
        let home = temporary();
        let file = home.path().join("d/.bashrc");
        if let Some(before) = before {
            fs::create_dir(home.path().join("d")).unwrap();
            fs::write(&file, before).unwrap();
        }
        let children: Vec<_> = (0..8).map(|_| command(&[], "setup", &file).spawn().unwrap()).collect();
        for child in children {
            let said = child.wait_with_output().unwrap().stdout;
            let said = String::from_utf8_lossy(&said);
            assert!(said.contains("answer: done") || said.contains("answer: nothing to do"), "{said}");
        }
        assert_eq!(names(&home.path().join("d")), [".bashrc"]);
        assert!(!make(&block(&file, BlockPosition::Both)).unwrap());
        assert!(undo(&block(&file, BlockPosition::Both)).unwrap());
        assert_eq!(file.exists().then(|| super::text(&file)).as_deref(), before);
    }
}

#[test]
fn a_living_writers_temporary_file_is_left_to_it() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    let dead = ".gvmr-setup-4194303-0"; // one less than the largest process id that there can be
    let alive = format!(".gvmr-setup-{}-7", std::os::unix::process::parent_id());
    let theirs = ".gvmr-setup-notes";
    for name in [dead, &alive, theirs] {
        fs::write(home.path().join(name), "half").unwrap();
    }
    let locked = home.path().join(".gvmr-setup-4194302-0");
    let writer = fs::File::create(&locked).unwrap();
    writer.lock().unwrap();
    make(&block(&file, BlockPosition::End)).unwrap();
    let mut expected = vec![".bashrc", ".gvmr-setup-4194302-0", &alive, theirs];
    expected.sort_unstable();
    assert_eq!(names(home.path()), expected);
    let hours = Duration::from_secs(7200);
    let old = fs::File::options().write(true).open(home.path().join(&alive)).unwrap();
    old.set_modified(std::time::SystemTime::now() - hours).unwrap();
    drop((old, writer));
    undo(&block(&file, BlockPosition::End)).unwrap();
    assert_eq!(names(home.path()), [theirs], "process ids are used again");
}
