//! Files that are not edited: each is named, with what to do, and stays as it is.

use super::{BLOCK, LINE, block, make, names, temporary, text, undo, whole};
use crate::support::skip;
use gvmr::shell::{BlockError, BlockPosition, EditError};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The error of an edit of `path`, whose undo has nothing to do.
#[track_caller]
fn refused(path: &Path) -> EditError {
    for edit in [block(path, BlockPosition::End), whole(path)] {
        assert!(!undo(&edit).unwrap());
        edit.prepare().unwrap_err();
    }
    let error = block(path, BlockPosition::Both).prepare().unwrap_err();
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{error}");
    error
}

#[test]
fn what_is_no_file_is_named() {
    let home = temporary();
    let at = |name: &str| home.path().join(name);
    fs::create_dir(at("directory")).unwrap();
    assert!(matches!(refused(&at("directory")), EditError::Directory { .. }));
    assert!(matches!(refused(Path::new("/")), EditError::Directory { .. }));
    let fifo = std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap();
    assert!(fifo.success());
    let error = refused(&at("fifo"));
    assert!(matches!(error, EditError::Special { kind: "FIFO", .. }), "{error:?}");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    assert!(matches!(refused(&at("socket")), EditError::Special { kind: "socket", .. }));
    symlink("/dev/null", at("null")).unwrap();
    assert!(matches!(refused(&at("null")), EditError::Special { kind: "device", .. }));
    fs::write(at("file"), "").unwrap();
    let error = refused(&at("file/below/it"));
    assert!(matches!(&error, EditError::NotADirectory { path } if path.ends_with("file")), "{error:?}");
    assert_eq!(names(home.path()), ["directory", "fifo", "file", "null", "socket"]);
}

#[test]
fn links_to_nothing_and_circles_are_named() {
    let home = temporary();
    let at = |name: &str| home.path().join(name);
    symlink("gone/rc", at("dangling")).unwrap();
    symlink("dangling", at("far")).unwrap();
    for name in ["dangling", "far"] {
        let error = refused(&at(name));
        let EditError::Dangling { link, target } = &error else { panic!("{error:?}") };
        assert!(link.ends_with("dangling") && target.ends_with("gone/rc"), "{error}");
    }
    symlink("one", at("two")).unwrap();
    symlink("two", at("one")).unwrap();
    assert!(matches!(refused(&at("one")), EditError::Loop { .. }));
    assert!(matches!(refused(&at("one/rc")), EditError::Loop { .. }));
    symlink("gone", at("config")).unwrap();
    let error = refused(&at("config/fish/config.fish"));
    assert!(matches!(&error, EditError::Dangling { link, .. } if link.ends_with("config")), "{error:?}");
    assert!(!at("gone").exists());
}

#[test]
fn a_file_with_another_name_is_not_parted_from_it() {
    let home = temporary();
    let (file, other) = (home.path().join(".bashrc"), home.path().join("backup"));
    fs::write(&file, "a\n").unwrap();
    fs::hard_link(&file, &other).unwrap();
    let error = block(&file, BlockPosition::End).prepare().unwrap_err();
    assert!(matches!(error, EditError::HardLinked { links: 2, .. }), "{error:?}");
    assert!(error.hint().unwrap().contains(LINE.trim_end()), "{error:?}");
    // The user does as they are told, and all is well.
    fs::write(&file, format!("a\n{LINE}b\n")).unwrap();
    assert!(!make(&block(&file, BlockPosition::End)).unwrap());
    assert!(!undo(&block(&file, BlockPosition::End)).unwrap());
    fs::write(&file, format!("a\n{BLOCK}")).unwrap();
    let error = block(&file, BlockPosition::End).prepare_undo().unwrap_err();
    assert!(error.hint().unwrap().contains("remove the lines"), "{error:?}");
    assert_eq!(text(&other), format!("a\n{BLOCK}"));
}

#[test]
fn a_file_that_is_too_large_for_a_start_up_file_is_not_read() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
    let error = block(&file, BlockPosition::End).prepare().unwrap_err();
    assert!(
        matches!(error, EditError::TooLarge { size: 0x100_0000_0000, limit: 0x100_0000, .. }),
        "{error:?}"
    );
    // One that would grow beyond could never be undone.
    fs::File::create(&file).unwrap().set_len((16 << 20) - 10).unwrap();
    assert!(matches!(block(&file, BlockPosition::End).prepare(), Err(EditError::TooLarge { .. })));
}

#[test]
fn a_torn_block_is_left_for_a_person() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    let torn = "a\n# >>> gvmr >>>\nb\n";
    fs::write(&file, torn).unwrap();
    for error in [block(&file, BlockPosition::End).prepare(), block(&file, BlockPosition::End).prepare_undo()]
    {
        let error = error.unwrap_err();
        let EditError::Block { source: BlockError::Unterminated { line: 2 }, .. } = &error else {
            panic!("{error:?}")
        };
        assert!(error.hint().unwrap().ends_with(".bashrc, line 2"), "{error:?}");
    }
    assert_eq!(text(&file), torn);
}

#[test]
fn a_read_only_file_system_is_named() {
    let home = temporary();
    if super::child::own_mounts().is_none() {
        return skip("a mount of one's own needs root");
    }
    let said = |name: &str| {
        let home = home.path().display();
        let mounts = format!(
            "mount -t tmpfs none {home} && echo a > {home}/.bashrc && ln -s .bashrc {home}/link && mount -o remount,ro {home}"
        );
        super::child::answer_in_own_mounts("setup", &Path::new(&home.to_string()).join(name), &mounts)
    };
    let file = said(".bashrc");
    assert!(file.starts_with("ReadOnly") && file.contains("edit ") && file.contains(" yourself: "), "{file}");
    assert!(said("new").starts_with("ReadOnly"), "{}", said("new"));
    let link = said("link");
    assert!(link.starts_with("Managed") && link.contains("edit the source of "), "{link}");
    assert!(link.contains("add this at its top and at its end: if [ -r"), "{link}");
}
