//! Real trees, packed by those who pack releases and mirrors: Go's own writer, GNU tar, Python.

use super::super::real_modules::toolchain;
use super::assert_same_tree;
use crate::support::mirror::real_modules;
use crate::support::scratch;
use crate::support::skip;
use crate::support::slow;
use gvmr::unpack::{ArchiveLimits, EntryKind, Format, Staged, archive, installed, manifest, module_zip};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The hash that the log has for a toolchain, as it is kept beside the tests.
fn logged(module_version: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sumdb/toolchain-sums.json");
    let sums: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    sums.get(module_version)?.as_str().map(str::to_owned)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Packs `root` with Go's own writers.
pub(crate) fn go_packs(level: u8, root: &Path, out: &Path) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gvmr/unpack/archive/pack.go");
    let mut go = Command::new("go");
    go.arg("run").arg(program).arg(level.to_string()).args([root, out]);
    run(go.env("GOTOOLCHAIN", "local").env("GOFLAGS", "").current_dir("/"));
}

fn unpack(path: &Path, prefix: &str, into: &Path) -> Staged {
    let format = Format::of_name(path.to_str().unwrap()).unwrap();
    fs::create_dir(into).unwrap();
    archive(&mut File::open(path).unwrap(), format, prefix, into, &ArchiveLimits::default()).unwrap()
}

#[test]
fn archives_of_a_real_tree_by_any_packer_have_the_logged_hash() {
    const VERSION: &str = "v0.0.1-go1.22.10.linux-amd64";
    if slow::left_out(
        "unpack::archive::real_archives::archives_of_a_real_tree_by_any_packer_have_the_logged_hash",
    ) {
        return;
    }
    let Some(cache) = real_modules(&["1.22.10"]) else {
        return skip("no module of go1.22.10 can be had");
    };
    let parent = scratch::tempdir().unwrap();
    let (root, prefix) = (parent.path().join("go"), format!("golang.org/toolchain@{VERSION}/"));
    fs::create_dir(&root).unwrap();
    let mut zip = File::open(cache.join(format!("golang.org/toolchain/@v/{VERSION}.zip"))).unwrap();
    module_zip(&mut zip, &prefix, &root, &ArchiveLimits::default()).unwrap();
    // A copy of the tree, to compare with; the other gets what only archives hold.
    let module = parent.path().join("module");
    run(Command::new("cp").arg("-r").args([&root, &module]));
    for name in ["api/go1.txt", "doc/x.html", "misc/go.mod", "test/\u{de}foo.go", ".github/x.md"] {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), b"something\n").unwrap();
    }

    let out = |name: &str| parent.path().join(name);
    go_packs(1, &root, &out("go.tar.gz"));
    go_packs(1, &root, &out("go.zip"));
    let gnu = |options: &[&str], name: &str| {
        run(Command::new("tar")
            .args(options)
            .arg("-cf")
            .arg(out(name))
            .arg("-C")
            .arg(parent.path())
            .arg("go"));
    };
    gnu(&["--use-compress-program=gzip -1"], "gnu.tar.gz");
    gnu(&["--use-compress-program=gzip -1", "--format=posix"], "posix.tar.gz");
    for mode in ["gz", "xz"] {
        let script = "import sys, tarfile\n\
             options = {'compresslevel': 1} if sys.argv[1] == 'gz' else {'preset': 0}\n\
             with tarfile.open(sys.argv[2], 'w:' + sys.argv[1], format=tarfile.PAX_FORMAT, **options) as archive:\n\
             \x20   archive.add(sys.argv[3], 'go')\n";
        let target = out(&format!("python.tar.{mode}"));
        run(Command::new("python3").args(["-c", script, mode]).args([&target, &root]));
    }
    for name in ["go.tar.gz", "go.zip", "gnu.tar.gz", "posix.tar.gz", "python.tar.gz", "python.tar.xz"] {
        let tree = parent.path().join(format!("tree of {name}"));
        let staged = unpack(&out(name), &prefix, &tree);
        assert_eq!(staged.manifest().h1().to_string(), logged(VERSION).unwrap(), "{name}");
        assert_eq!(staged.archive_sha256().unwrap()[..], Sha256::digest(fs::read(out(name)).unwrap())[..]);
        assert_same_tree(&tree, &module);
        fs::remove_dir_all(&tree).unwrap();
    }
}

/// This machine's own Go, where it is an official release: its GOROOT, version and the hash that the log has for it.
pub(crate) fn own_release() -> Option<(PathBuf, String, String)> {
    let output =
        Command::new("go").args(["env", "GOROOT", "GOVERSION", "GOHOSTOS", "GOHOSTARCH"]).output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    let [root, version, system, architecture] = text.lines().collect::<Vec<_>>().try_into().ok()?;
    let module_version = format!("v0.0.1-{version}.{system}-{architecture}");
    let sum = logged(&module_version).or_else(|| Some(toolchain(version.strip_prefix("go")?)?.1))?;
    // Whether it is what was released shows the walk over installed trees, which reads no archive.
    let prefix = format!("golang.org/toolchain@{module_version}/");
    let mut entries = installed(Path::new(root), &prefix).unwrap();
    for entry in entries.iter_mut().filter(|entry| entry.name == format!("{prefix}go.env")) {
        let edited = fs::read_to_string(Path::new(root).join("go.env")).unwrap();
        let original = edited.replacen("GOTOOLCHAIN=local", "GOTOOLCHAIN=auto", 1);
        entry.kind = EntryKind::File(Sha256::digest(original).into());
    }
    let official = manifest(&entries).is_ok_and(|manifest| manifest.h1().to_string() == sum);
    official.then(|| (PathBuf::from(root), module_version, sum))
}

#[test]
fn the_archive_of_this_machines_own_go_has_the_logged_hash() {
    if slow::left_out(
        "unpack::archive::real_archives::the_archive_of_this_machines_own_go_has_the_logged_hash",
    ) {
        return;
    }
    let Some((root, module_version, sum)) = own_release() else {
        return skip("the go on PATH is no official release, or the log's hash of it cannot be had");
    };
    let parent = scratch::tempdir().unwrap();
    let packed = parent.path().join("go.tar.gz");
    go_packs(9, &root, &packed);
    let prefix = format!("golang.org/toolchain@{module_version}/");
    let staged = unpack(&packed, &prefix, &parent.path().join("tree"));
    assert_eq!(staged.manifest().h1().to_string(), sum);
    let entries = installed(staged.directory(), &prefix).unwrap();
    assert_eq!(manifest(&entries).unwrap().h1().to_string(), sum);
    if module_version == "v0.0.1-go1.26.8.linux-amd64" {
        // What was packed here is, bit for bit, what was published.
        let published = "d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b";
        let sha256: Vec<_> =
            staged.archive_sha256().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sha256.concat(), published);
    }
}
