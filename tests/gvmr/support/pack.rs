//! Honest release archives: `go/…` packed as a mirror would.

use super::tar::Tar;
use gvmr::unpack::{ArchiveLimits, module_zip};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What archives hold and modules do not.
pub(crate) const EXTRA: [(&str, &str); 4] = [
    ("api/go1.txt", "pkg fmt, func Print\n"),
    ("doc/go_spec.html", "<p>The Go Programming Language Specification\n"),
    ("misc/cgo/README", "see the documentation\n"),
    ("test/hello.go", "package main\n\nfunc main() { println(\"hello\") }\n"),
];

/// A tar of these files below `go/`.
pub(crate) fn tar(files: &[(String, Vec<u8>)]) -> Tar {
    let files: Vec<_> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    Tar::of(&files)
}

/// The archive of a real release as a mirror would repack it, out of Go's own module cache: made once. `None` where Go
/// or the network is missing.
pub(crate) fn real(version: &str) -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    const VERSION: &str = "1.22.10";
    assert_eq!(version, VERSION, "one real archive is enough");
    let made = MADE.get_or_init(|| {
        let cache = super::mirror::real_modules(&[VERSION])?;
        let module = format!("v0.0.1-go{VERSION}.linux-amd64");
        let mut zip =
            std::fs::File::open(cache.join(format!("golang.org/toolchain/@v/{module}.zip"))).unwrap();
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("archive-{}", std::process::id()));
        let tree = directory.join("go");
        std::fs::create_dir_all(&tree).unwrap();
        module_zip(&mut zip, &format!("golang.org/toolchain@{module}/"), &tree, &ArchiveLimits::default())
            .unwrap();
        for (name, content) in EXTRA {
            std::fs::create_dir_all(tree.join(name).parent().unwrap()).unwrap();
            std::fs::write(tree.join(name), content).unwrap();
        }
        let archive = directory.join(format!("go{VERSION}.linux-amd64.tar.gz"));
        let packed =
            Command::new("tar").arg("-C").arg(&directory).arg("-czf").arg(&archive).arg("go").status();
        assert!(packed.unwrap().success());
        std::fs::remove_dir_all(&tree).unwrap();
        Some(archive)
    });
    made.as_deref()
}
