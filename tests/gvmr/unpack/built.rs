//! A tree that was built in place counts as staged only where it is files and nothing else.

use crate::support::zip::PREFIX;
use gvmr::unpack::{UnpackError, built};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The small tree in a new directory, and its h1.
fn tree() -> (tempfile::TempDir, String) {
    let parent = tempfile::tempdir().unwrap();
    let h1 = super::unpack(&super::small().bytes(), &parent.path().join("go")).unwrap();
    (parent, h1.manifest().h1().to_string())
}

#[test]
fn a_tree_of_files_is_staged_as_it_lies() {
    let (parent, expected) = tree();
    let goroot = parent.path().join("go");
    let staged = built(&goroot, PREFIX).unwrap();
    assert_eq!(staged.manifest().h1().to_string(), expected);
    assert_eq!((staged.files(), staged.directory(), staged.archive_sha256()), (5, goroot.as_path(), None));
    let bytes: u64 =
        super::installed::files(&goroot).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert_eq!(staged.bytes(), bytes);

    fs::create_dir(goroot.join("test")).unwrap();
    fs::write(goroot.join("test/\u{de}foo.go"), b"").unwrap();
    let staged = built(&goroot, PREFIX).unwrap();
    assert_eq!(staged.files(), 6, "the directories that no module holds are hashed too");
}

#[test]
fn what_is_no_file_or_has_two_meanings_is_an_error() {
    let cases: [(&str, fn(&Path)); 6] = [
        ("links", |tree| symlink("go", tree.join("bin/gofmt")).unwrap()),
        ("links", |tree| symlink("src", tree.join("test")).unwrap()),
        ("devices", |tree| {
            let (mode, kind) = (rustix::fs::Mode::from_raw_mode(0o644), rustix::fs::FileType::Fifo);
            rustix::fs::mknodat(rustix::fs::CWD, tree.join("fifo"), kind, mode, 0).unwrap();
        }),
        ("_go.mod", |tree| fs::copy(tree.join("src/go.mod"), tree.join("src/_go.mod")).map(drop).unwrap()),
        ("newline", |tree| fs::write(tree.join("a\nb"), b"").unwrap()),
        ("UTF-8", |tree| {
            let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"caf\xe9");
            fs::write(tree.join(name), b"").unwrap();
        }),
    ];
    for (word, forge) in cases {
        let (parent, _) = tree();
        forge(&parent.path().join("go"));
        let error = built(&parent.path().join("go"), PREFIX).unwrap_err();
        assert!(matches!(error, UnpackError::Refused { .. }) && error.to_string().contains(word), "{error}");
    }
}

#[test]
fn a_tree_that_is_not_there_is_named() {
    let error = built(Path::new("/nonexistent/goroot"), PREFIX).unwrap_err();
    assert!(matches!(&error, UnpackError::Unreadable { path, .. } if path.ends_with("goroot")), "{error}");
}
