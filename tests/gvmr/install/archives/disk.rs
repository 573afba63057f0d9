//! A disk that fills up in the middle of an install, at every stage of it.

use super::proof::is_archive;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::names;
use crate::unpack::real_modules::SmallDisk;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// More than an install asks for beforehand.
const SIZE: u64 = 600 << 20;
const PAGE: u64 = 4096;

#[test]
fn a_disk_that_fills_up_leaves_nothing_and_the_next_try_succeeds() {
    if slow::left_out(
        "install::archives::disk::a_disk_that_fills_up_leaves_nothing_and_the_next_try_succeeds",
    ) {
        return;
    }
    let Some(disk) = SmallDisk::mount(SIZE) else { return skip("mounting a small file system needs root") };
    let filler = disk.path().join("filler");
    let left = Arc::new(AtomicU64::new(0));
    let (fill, leave): (PathBuf, _) = (filler.clone(), Arc::clone(&left));
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| {
        if is_archive(request) {
            fill_up(&fill, leave.load(Ordering::SeqCst));
        }
        reply
    });
    let (mut refused, mut installed) = (0, 0);
    // Page by page through the tree, then through the shims, which are larger.
    for pages in (0..80).step_by(3).chain([128, 512, 2048, 8192, 16_384]) {
        left.store(pages * PAGE, Ordering::SeqCst);
        let mut world = mirror.archive_world();
        let home = disk.path().join(format!("home-{pages}"));
        world.set("GVMR_HOME", home.to_str().unwrap());
        let run = world.gvmr(["install", "1.99.1"]);
        std::fs::remove_file(&filler).unwrap();
        if run.code == Some(0) {
            installed += 1;
        } else {
            run.exits(8, &["No space left", "next: free some space"]);
            refused += 1;
            // What was committed before the disk was full stays; it is whole then.
            assert_eq!(names(&home.join("staging")), [""; 0], "{pages} pages");
        }
        left.store(SIZE, Ordering::SeqCst);
        world.gvmr(["install", "1.99.1"]).succeeds();
        world.gvmr(["verify"]).succeeds();
        let _ = std::fs::remove_file(&filler);
        std::fs::remove_dir_all(&home).unwrap();
    }
    assert!(refused >= 10 && installed >= 1, "{refused} refused, {installed} installed");
}

/// Takes all of the file system that `file` lies on, but for `leave` bytes.
fn fill_up(file: &Path, leave: u64) {
    let found = statvfs(file.parent().unwrap()).unwrap();
    let free = found.f_bavail * found.f_frsize;
    let taken = File::create(file).unwrap();
    if free > leave {
        fallocate(&taken, FallocateFlags::empty(), 0, free - leave).unwrap();
    }
}
