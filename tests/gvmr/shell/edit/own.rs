//! Files and links that are gvmr's alone, and files that are moved aside.

use super::{done, make, mode, names, set_mode, temporary, text, undo, whole};
use gvmr::shell::{Edit, EditContent, EditError, move_aside};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn link(path: &Path, to: &str) -> Edit {
    Edit { path: path.to_owned(), content: EditContent::Link(to.into()), sessions: "tests" }
}

#[test]
fn a_file_of_gvmrs_own_comes_and_goes_with_its_directories() {
    let home = temporary();
    fs::create_dir(home.path().join(".config")).unwrap();
    let edit = whole(home.path().join(".config/fish/conf.d/gvmr.fish"));
    assert!(make(&edit).unwrap());
    assert!(text(&edit.path).ends_with("\nPATH=/x\n# gvmr setup made 2 directories for this file\n"));
    assert!(!make(&edit).unwrap());
    assert!(undo(&edit).unwrap());
    assert_eq!(names(&home.path().join(".config")), [""; 0]);
    assert!(!undo(&edit).unwrap());
}

#[test]
fn a_newer_file_replaces_an_older_one_and_remembers_as_much() {
    let home = temporary();
    let mut edit = whole(home.path().join("d/gvmr.conf"));
    make(&edit).unwrap();
    set_mode(&home.path().join("d"), 0o700); // not a directory for everyone
    edit.content = EditContent::Whole { bytes: b"# gvmr setup, newer\n".to_vec(), mode: 0o600 };
    let change = edit.prepare().unwrap();
    assert!(change.diff().contains("new mode 0600"), "{}", change.diff());
    assert!(done(change).unwrap());
    assert_eq!(text(&edit.path), "# gvmr setup, newer\n# gvmr setup made 1 directory for this file\n");
    assert_eq!(mode(&edit.path), 0o600);
    set_mode(&edit.path, 0o400);
    assert!(!make(&edit).unwrap(), "rights that somebody took stay taken");
    set_mode(&edit.path, 0o666);
    assert!(make(&edit).unwrap(), "too many rights do not stay");
    assert_eq!(mode(&edit.path), 0o600);
    assert!(undo(&edit).unwrap());
    assert_eq!(names(home.path()), [""; 0]);
}

#[test]
fn somebody_elses_file_of_that_name_is_left_alone() {
    let home = temporary();
    let edit = whole(home.path().join("gvmr.conf"));
    for theirs in ["", "PATH=/y\n", &("#".repeat(512) + "gvmr setup")] {
        fs::write(&edit.path, theirs).unwrap();
        let error = edit.prepare().unwrap_err();
        assert!(matches!(error, EditError::Foreign { .. }), "{error}");
        assert!(error.hint().unwrap().contains("mv -n "));
        assert!(!undo(&edit).unwrap());
        assert_eq!(text(&edit.path), theirs);
    }
}

#[test]
fn a_link_is_made_where_nothing_stands_and_only_that_link_is_removed() {
    let home = temporary();
    let path = home.path().join("bin/go");
    let edit = link(&path, "/opt/gvmr/shims/go");
    let change = edit.prepare().unwrap();
    assert!(change.diff().ends_with("@@ -0,0 +1 @@\n+link to /opt/gvmr/shims/go\n"), "{}", change.diff());
    assert!(done(change).unwrap());
    assert_eq!(fs::read_link(&path).unwrap(), Path::new("/opt/gvmr/shims/go"));
    assert!(!make(&edit).unwrap());
    assert!(!undo(&link(&path, "/opt/gvmr/shims/gofmt")).unwrap(), "another link");
    assert!(undo(&edit).unwrap());
    assert!(!undo(&edit).unwrap());
    assert_eq!(names(&path.with_file_name("")), [""; 0]);
}

#[test]
fn whatever_is_where_a_link_would_be_stays() {
    let home = temporary();
    let path = home.path().join("go");
    let edit = link(&path, "/opt/gvmr/shims/go");
    let late = edit.prepare().unwrap();
    let refused = |found: &str| {
        let error = edit.prepare().unwrap_err();
        assert!(error.to_string().contains(&format!("is {found}, not gvmr's link")), "{error}");
        assert!(!undo(&edit).unwrap());
    };
    fs::write(&path, "a compiler").unwrap();
    refused("a file");
    assert!(matches!(late.apply(), Err(EditError::Occupied { .. })));
    assert_eq!(text(&path), "a compiler");
    fs::remove_file(&path).unwrap();
    symlink("/usr/lib/go/bin/go", &path).unwrap();
    refused("a link to /usr/lib/go/bin/go");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("a directory");
}

#[test]
fn a_file_is_moved_aside_and_never_over_another() {
    let home = temporary();
    let path = home.path().join(".bash_profile");
    for number in ["", ".2", ".3"] {
        fs::write(&path, number).unwrap();
        let moved = move_aside(&path, "unreadable-2026-01-02").unwrap();
        let name = format!(".bash_profile.unreadable-2026-01-02{number}");
        assert_eq!(
            (moved.file_name().unwrap().to_str().unwrap(), text(&moved)),
            (&name[..], number.to_owned())
        );
    }
    symlink("nowhere", &path).unwrap();
    assert!(move_aside(&path, "x").unwrap().is_symlink());
    assert!(matches!(move_aside(&path, "x"), Err(EditError::Io { .. })));
    assert_eq!(names(home.path()).len(), 4);
}
