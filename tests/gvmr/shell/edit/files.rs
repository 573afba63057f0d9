//! The block in real files: made, changed, moved, taken out; what else is there stays.

use super::{BLOCK, LINE, block, make, mode, names, set_mode, temporary, text, undo};
use gvmr::shell::{BlockPosition, EditError};
use proptest::prelude::*;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, symlink};

#[test]
fn a_file_gets_the_block_once_and_undo_gives_it_back() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    fs::write(&file, "alias ll='ls -l'\n").unwrap();
    let edit = block(&file, BlockPosition::Both);
    assert!(make(&edit).unwrap());
    assert_eq!(text(&file), format!("{BLOCK}alias ll='ls -l'\n{BLOCK}"));
    assert!(!make(&edit).unwrap(), "the second time");
    assert!(undo(&edit).unwrap());
    assert_eq!(text(&file), "alias ll='ls -l'\n");
    assert!(!undo(&edit).unwrap(), "the second time");
    assert_eq!(names(home.path()), [".bashrc"]);
}

#[test]
fn a_missing_file_is_made_with_the_directories_above_it_and_undo_leaves_none_of_them() {
    let home = temporary();
    let file = home.path().join(".config/fish/config.fish");
    let edit = block(&file, BlockPosition::Both);
    assert!(make(&edit).unwrap());
    let note = " setup made: this file, 2 directories";
    assert_eq!(text(&file), format!("# >>> gvmr >>>{note}\n{LINE}# <<< gvmr <<<\n"));
    assert!(mode(&file) & 0o133 == 0 && mode(&file) & 0o600 == 0o600);
    assert!(!make(&edit).unwrap());
    assert!(undo(&edit).unwrap());
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn two_files_below_directories_that_neither_had_leave_none_of_them_in_any_order() {
    for reversed in [false, true] {
        let home = temporary();
        let mut edits = [".config/fish/config.fish", ".config/environment.d/zz.conf"]
            .map(|name| block(home.path().join(name), BlockPosition::End));
        let changes = edits.each_ref().map(|edit| edit.prepare().unwrap());
        for change in changes {
            change.apply().unwrap();
        }
        if reversed {
            edits.reverse();
        }
        assert!(edits.iter().all(|edit| undo(edit).unwrap()));
        assert_eq!(names(home.path()), [""; 0]);
    }
}

#[test]
fn what_others_put_into_a_new_file_or_directory_stays() {
    let home = temporary();
    let file = home.path().join(".config/fish/config.fish");
    let edit = block(&file, BlockPosition::End);
    make(&edit).unwrap();
    fs::write(home.path().join(".config/theirs"), "x").unwrap();
    fs::write(&file, text(&file) + "set -x A 1").unwrap();
    assert!(make(&edit).unwrap());
    assert!(undo(&edit).unwrap());
    assert_eq!(text(&file), "set -x A 1");
    make(&edit).unwrap();
    // Nobody remembers by now that setup made this file once: it is theirs.
    fs::write(&file, text(&file).replace("set -x A 1", "")).unwrap();
    assert!(undo(&edit).unwrap());
    assert_eq!(
        (text(&file), names(&home.path().join(".config"))),
        (String::new(), vec!["fish".into(), "theirs".into()])
    );
}

#[test]
fn an_empty_file_stays_an_empty_file() {
    let home = temporary();
    let file = home.path().join(".profile");
    fs::write(&file, "").unwrap();
    assert!(make(&block(&file, BlockPosition::Both)).unwrap());
    assert_eq!(text(&file), BLOCK);
    assert!(undo(&block(&file, BlockPosition::Both)).unwrap());
    assert_eq!(text(&file), "");
}

#[test]
fn a_link_stays_a_link_and_the_file_it_leads_to_is_edited() {
    let home = temporary();
    fs::create_dir(home.path().join("dotfiles")).unwrap();
    let real = home.path().join("dotfiles/bashrc");
    fs::write(&real, "a\n").unwrap();
    let file = home.path().join(".bashrc");
    symlink("dotfiles/chain", &file).unwrap();
    symlink("./../dotfiles/bashrc", home.path().join("dotfiles/chain")).unwrap();
    let edit = block(&file, BlockPosition::End);
    let change = edit.prepare().unwrap();
    assert_eq!(change.real_path(), fs::canonicalize(&real).unwrap());
    assert!(change.diff().contains("dotfiles/bashrc)"), "{}", change.diff());
    change.apply().unwrap();
    assert_eq!(
        (text(&real), fs::read_link(&file).unwrap()),
        (format!("a\n{BLOCK}"), "dotfiles/chain".into())
    );
    assert!(undo(&edit).unwrap());
    assert_eq!((text(&real), fs::read_link(&file).unwrap()), ("a\n".to_owned(), "dotfiles/chain".into()));
}

#[test]
fn a_file_of_setups_that_somebody_moved_behind_a_link_goes_with_the_link() {
    let home = temporary();
    let (file, real) = (home.path().join(".profile"), home.path().join("profile"));
    let edit = block(&file, BlockPosition::End);
    make(&edit).unwrap();
    fs::rename(&file, &real).unwrap();
    symlink("profile", &file).unwrap();
    assert!(!make(&edit).unwrap());
    assert!(undo(&edit).unwrap());
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn modes_stay_read_only_ones_too() {
    let home = temporary();
    for bits in [0o444, 0o400, 0o600, 0o640, 0o666, 0o755] {
        let file = home.path().join(format!("{bits:o}"));
        fs::write(&file, "a").unwrap();
        set_mode(&file, bits);
        make(&block(&file, BlockPosition::Both)).unwrap();
        assert_eq!(mode(&file), bits);
        undo(&block(&file, BlockPosition::Both)).unwrap();
        assert_eq!((mode(&file), text(&file)), (bits, "a".to_owned()));
    }
}

#[test]
fn extended_attributes_stay() {
    let home = temporary();
    let file = home.path().join(".zshenv");
    fs::write(&file, "a\n").unwrap();
    let (name, value) = ("user.gvmr.test", b"\x00kept");
    if rustix::fs::setxattr(&file, name, value, rustix::fs::XattrFlags::empty()).is_err() {
        return crate::support::skip("this file system has no attributes of users");
    }
    make(&block(&file, BlockPosition::End)).unwrap();
    let mut found = [0; 64];
    let length = rustix::fs::getxattr(&file, name, &mut found[..]).unwrap();
    assert_eq!(&found[..length], value);
}

#[test]
fn a_file_that_changed_since_it_was_looked_at_is_left_alone() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    let edit = block(&file, BlockPosition::End);
    let same_length = edit.prepare().unwrap();
    fs::write(&file, "b\n").unwrap();
    assert!(matches!(same_length.apply(), Err(EditError::Changed { .. })));
    let same_bytes = edit.prepare().unwrap();
    fs::rename(&file, home.path().join("old")).unwrap();
    fs::write(&file, "b\n").unwrap();
    assert!(matches!(same_bytes.apply(), Err(EditError::Changed { .. })), "another file of that name");
    let gone = edit.prepare().unwrap();
    fs::remove_file(&file).unwrap();
    assert!(matches!(gone.apply(), Err(EditError::Changed { .. })));
    let new = edit.prepare().unwrap();
    fs::write(&file, "theirs").unwrap();
    let error = new.apply().unwrap_err();
    assert!(error.hint().unwrap().contains("run it again"), "{error}");
    assert_eq!(text(&file), "theirs");
    let linked = edit.prepare().unwrap();
    fs::rename(&file, home.path().join("elsewhere")).unwrap();
    symlink("elsewhere", &file).unwrap();
    assert!(matches!(linked.apply(), Err(EditError::Changed { .. })), "another way to the same file");
    let removed = block(home.path().join("new"), BlockPosition::End);
    make(&removed).unwrap();
    let undone = removed.prepare_undo().unwrap();
    fs::write(&removed.path, text(&removed.path) + "theirs").unwrap();
    assert!(matches!(undone.apply(), Err(EditError::Changed { .. })));
    let undone = removed.prepare_undo().unwrap();
    fs::write(&removed.path, "theirs").unwrap();
    undone.apply().unwrap(); // there is nothing to be undone any more
    assert_eq!(text(&removed.path), "theirs");
    assert_eq!(names(home.path()), [".bashrc", "elsewhere", "new", "old"]);
}

#[test]
fn two_names_of_one_file_are_edited_once() {
    let home = temporary();
    let (file, link) = (home.path().join(".profile"), home.path().join(".bash_profile"));
    fs::write(&file, "a\n").unwrap();
    symlink(".profile", &link).unwrap();
    let changes = [&file, &link].map(|path| block(path, BlockPosition::End).prepare().unwrap());
    assert_eq!(changes[0].real_path(), changes[1].real_path());
    for change in changes {
        change.apply().unwrap();
    }
    assert_eq!(text(&file), format!("a\n{BLOCK}"));
    let changes = [&file, &link].map(|path| block(path, BlockPosition::End).prepare_undo().unwrap());
    for change in changes {
        change.apply().unwrap();
    }
    assert_eq!(text(&file), "a\n");
}

#[test]
fn ten_megabytes_of_anything_are_edited_and_given_back() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    let bytes = b"\xff\x00# >>> gvmr\r\nexport A='\\\n'".repeat(400_000);
    assert!(bytes.len() > 10 << 20);
    fs::write(&file, &bytes).unwrap();
    let edit = block(&file, BlockPosition::Both);
    let change = edit.prepare().unwrap();
    assert!(change.diff().lines().count() < 20, "a small change is shown small");
    change.apply().unwrap();
    assert!(fs::metadata(&file).unwrap().size() > bytes.len() as u64 + 100);
    undo(&edit).unwrap();
    assert!(fs::read(&file).unwrap() == bytes);
}

#[test]
fn a_name_of_any_bytes_will_do() {
    let home = temporary();
    let name = [vec![b'n'; 250], b"\xff\n\x1b".to_vec()].concat();
    let file = home.path().join(std::ffi::OsStr::from_bytes(&name));
    let change = block(&file, BlockPosition::End).prepare().unwrap();
    assert!(change.diff().chars().all(|c| c == '\n' || !c.is_control()));
    change.apply().unwrap();
    assert!(undo(&block(&file, BlockPosition::End)).unwrap());
}

#[test]
fn a_diff_shows_what_is_done() {
    let home = temporary();
    let home = fs::canonicalize(home.path()).unwrap();
    let file = home.join(".bashrc");
    let shown = file.display();
    let edit = block(&file, BlockPosition::End);
    let made = edit.prepare().unwrap().diff();
    assert!(made.starts_with(&format!("--- /dev/null\n+++ {shown}\n@@ -0,0 +1,3 @@\n+# >>> gvmr")), "{made}");
    fs::write(&file, "1\n2\n3\n4\n").unwrap();
    let added = format!(
        "--- {shown}\n+++ {shown}\n@@ -2,3 +2,6 @@\n 2\n 3\n 4\n+# >>> gvmr >>>\n+{LINE}+# <<< gvmr <<<\n"
    );
    assert_eq!(edit.prepare().unwrap().diff(), added);
    make(&edit).unwrap();
    assert_eq!(edit.prepare().unwrap().diff(), "");
    assert_eq!(text(&file), format!("1\n2\n3\n4\n{BLOCK}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn setup_twice_is_once_and_undo_is_identity(bytes in prop::collection::vec(any::<u8>(), 0..200), at_end in any::<bool>()) {
        let home = temporary();
        let file = home.path().join("rc");
        fs::write(&file, &bytes).unwrap();
        let edit = block(&file, if at_end { BlockPosition::End } else { BlockPosition::Both });
        prop_assert!(make(&edit).unwrap());
        prop_assert!(!make(&edit).unwrap());
        prop_assert!(undo(&edit).unwrap());
        prop_assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}
