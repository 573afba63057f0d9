//! What is in the packages: files, owners, scripts, licences, and the same bytes from the same release.

use super::red_hat::rpm_query;
use super::upgrade::as_released;
use crate::support::distribution::current;
use crate::support::skip;
use crate::support::world::Run;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages, and what each holds below `/usr`.
const FORMATS: [&str; 3] = ["deb", "rpm", "apk"];
const FILES: &[(&str, &str)] = &[
    ("bin/gvmr", "deb rpm apk"),
    ("bin/gvmr-shim", "deb rpm apk"),
    ("share/bash-completion/completions/gvmr", "deb rpm apk"),
    ("share/fish/vendor_completions.d/gvmr.fish", "deb rpm apk"),
    ("share/zsh/vendor-completions/_gvmr", "deb"),
    ("share/zsh/site-functions/_gvmr", "rpm apk"),
    ("share/man/man1/gvmr.1.gz", "deb rpm apk"),
    ("share/man/man1/gvmr-shim.1.gz", "deb rpm apk"),
    ("share/doc/gvmr/changelog.gz", "deb"),
    ("share/doc/gvmr/copyright", "deb"),
    ("share/doc/gvmr/CHANGELOG.md.gz", "deb"),
    ("share/doc/gvmr/README.md.gz", "deb"),
    ("share/doc/gvmr/THIRD-PARTY-LICENSES.gz", "deb"),
    ("share/lintian/overrides/gvmr", "deb"),
    ("share/doc/gvmr/CHANGELOG.md", "rpm apk"),
    ("share/doc/gvmr/README.md", "rpm apk"),
    ("share/licenses/gvmr/LICENSE-APACHE", "rpm apk"),
    ("share/licenses/gvmr/LICENSE-MIT", "rpm apk"),
    ("share/licenses/gvmr/THIRD-PARTY-LICENSES", "rpm apk"),
];

#[test]
fn each_package_has_its_files_where_its_system_looks() {
    for format in FORMATS {
        let Some(listed) = listed(format) else { return };
        let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
        for (mode, owner, name) in &listed {
            let program = name.starts_with("bin/");
            let right = match mode.as_bytes()[0] {
                b'l' => true,
                _ => mode == if program { "-rwxr-xr-x" } else { "-rw-r--r--" },
            };
            if !right || !["root/root", "0/0"].contains(&owner.as_str()) {
                wrong.push(format!("{mode} {owner} {name}"));
            }
            names.insert(name.as_str());
        }
        assert!(wrong.is_empty(), "{format}: {wrong:#?}");
        let meant = FILES.iter().filter(|(_, formats)| formats.split(' ').any(|each| each == format));
        let documented = man_pages();
        let meant: BTreeSet<_> =
            meant.map(|(name, _)| *name).chain(documented.iter().map(String::as_str)).collect();
        assert_eq!(names, meant, "{format}");
    }
}

/// Mode, owner and name below `/usr` of each file in a package, but for directories.
fn listed(format: &str) -> Option<Vec<(String, String, String)>> {
    let file = as_released(&current()).file(format);
    let lines = match format {
        "rpm" => rpm_query(
            &file,
            &["--queryformat", "[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]"],
        )?,
        "deb" => Run::of(Command::new("dpkg-deb").arg("--contents").arg(&file)).succeeds(),
        _ => Run::of(Command::new("tar").args(["-tvzf"]).arg(&file)).succeeds(),
    };
    let fields = |line: &str| {
        let line = line.split(" -> ").next().unwrap();
        let mut words = line.split_whitespace();
        let (mode, owner) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        let name = words.next_back().unwrap().trim_start_matches(['.', '/']);
        Some((mode, owner, name.strip_prefix("usr/")?.to_owned()))
    };
    let files = lines.lines().filter_map(fields).filter(|(mode, ..)| !mode.starts_with('d'));
    Some(files.collect())
}

/// The pages in the archive, as packages name them.
fn man_pages() -> Vec<String> {
    let stage = Stage::unpacked();
    let pages = fs::read_dir(stage.top().join("share/man/man1")).unwrap();
    let name = |entry: fs::DirEntry| format!("share/man/man1/{}.gz", entry.file_name().to_str().unwrap());
    pages.map(|entry| name(entry.unwrap())).collect()
}

#[test]
fn lintian_finds_no_error_and_no_warning() {
    let deb = as_released(&current()).file("deb");
    let scratch = tempfile::tempdir().unwrap(); // where lintian leaves its own files
    let mut lintian = Command::new("lintian");
    lintian.env("TMPDIR", scratch.path());
    lintian.args(["--pedantic", "--fail-on", "error,warning,pedantic", "--allow-root"]).arg(deb);
    let Ok(output) = lintian.output() else { return skip("lintian is not installed") };
    let run = Run::from(output);
    assert!(run.code == Some(0) && run.stdout.is_empty(), "{run:#?}");
}

#[test]
fn rpm_knows_the_package_its_licences_and_its_scripts() {
    let rpm = as_released(&current()).file("rpm");
    let Some(about) = rpm_query(&rpm, &["--info"]) else { return };
    for line in ["License     : MIT OR Apache-2.0", "Build Host  : localhost", "Release     : 1"] {
        assert!(about.contains(line), "{about}");
    }
    let licences = rpm_query(&rpm, &["--licensefiles"]).unwrap();
    assert_eq!(licences.lines().count(), 3, "{licences}");
    let scripts = rpm_query(&rpm, &["--scripts"]).unwrap();
    for (title, script) in [("postinstall", "refresh"), ("preuninstall", "what-stays")] {
        let text = fs::read_to_string(packaging().join("scripts").join(script)).unwrap();
        assert!(
            scripts.contains(&format!("{title} scriptlet (using /bin/sh):\n{}", text.trim_end())),
            "{scripts}"
        );
    }
}

#[test]
fn debians_copyright_file_has_all_licences() {
    let deb = as_released(&current()).file("deb");
    let unpacked = tempfile::tempdir().unwrap();
    Run::of(Command::new("dpkg-deb").arg("--extract").arg(deb).arg(unpacked.path())).succeeds();
    let documents = unpacked.path().join("usr/share/doc/gvmr");
    let copyright = fs::read_to_string(documents.join("copyright")).unwrap();
    assert!(
        copyright.starts_with("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
    );
    let mit = fs::read_to_string(packaging().with_file_name("LICENSE-MIT")).unwrap();
    for line in mit.lines().skip(2).filter(|line| !line.is_empty()) {
        assert!(copyright.contains(&format!("\n {line}\n")), "{copyright}");
    }
    let text =
        Run::of(Command::new("gzip").arg("-dc").arg(documents.join("THIRD-PARTY-LICENSES.gz"))).succeeds();
    let stage = Stage::unpacked();
    let third_party = stage.top().join("share/doc/gvmr/THIRD-PARTY-LICENSES");
    assert_eq!(text, fs::read_to_string(third_party).unwrap().trim_end_matches('\n'));
}

#[test]
fn the_same_release_gives_the_same_packages() {
    let stage = Stage::unpacked();
    let built = ["022", "077"].map(|umask| {
        let out = tempfile::tempdir().unwrap();
        let build = format!("umask {umask} && exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &build]).arg(packaging().join("build-packages")).arg(stage.top()).arg(out.path());
        command.args([std::env::consts::ARCH, &as_released(&current()).version]);
        command.env("SOURCE_DATE_EPOCH", "1796000000").env("TMPDIR", stage.directory.path());
        Run::of(&mut command).succeeds();
        out
    });
    let [first, second] = &built;
    let names = crate::support::world::names(first.path());
    assert_eq!(names.len(), 4, "{names:?}");
    for name in names {
        let [one, other] = [first, second].map(|out| fs::read(out.path().join(&name)).unwrap());
        assert!(one == other, "{name} differs");
    }
}

/// The archive of the release, unpacked.
struct Stage {
    directory: tempfile::TempDir,
}

impl Stage {
    fn unpacked() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let archive = as_released(&current()).file("gz");
        Run::of(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(directory.path())).succeeds();
        Self { directory }
    }

    fn top(&self) -> PathBuf {
        fs::read_dir(self.directory.path()).unwrap().next().unwrap().unwrap().path()
    }
}

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging")
}

/// A program that builds releases.
pub(super) fn tool(name: &str) -> PathBuf {
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/dist-tools/bin").join(name);
    if pinned.exists() { pinned } else { name.into() }
}
