//! A release as its mirrors serve it: the archive, its sum, the index, the page and the repository's tags.
//!
//! Made once, out of the real module and what only archives hold, taken from the Go on PATH; kept below `target/tmp`.

use flate2::read::GzDecoder;
use gvmr::unpack::{ArchiveLimits, module_zip};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) const VERSION: &str = "1.22.10";

/// A directory that holds all of it.
pub(crate) struct Release {
    pub(crate) directory: PathBuf,
    /// The archive's sha256, in hex.
    pub(crate) sha256: String,
    /// Every version in the index, newest first, without `go`.
    pub(crate) versions: Vec<String>,
}

impl Release {
    /// Makes it where it is not there yet. Needs Go, tar and gzip, and once the network for the module.
    pub(crate) fn ready() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("release-{VERSION}"));
        if !directory.exists() {
            println!("packing {} as Go packs it", archive_name());
            let partial = directory.with_extension("partial");
            let _ = fs::remove_dir_all(&partial);
            fs::create_dir_all(partial.join("dl")).unwrap();
            make(&partial);
            fs::rename(&partial, &directory).unwrap();
        }
        let sha256 = fs::read_to_string(sum_of(&directory)).unwrap();
        let index: Value = serde_json::from_slice(&fs::read(directory.join("index.json")).unwrap()).unwrap();
        Self {
            sha256,
            versions: releases(&index).map(|(version, _)| version.to_owned()).collect(),
            directory,
        }
    }

    pub(crate) fn archive_bytes(&self) -> u64 {
        self.directory.join("dl").join(archive_name()).metadata().unwrap().len()
    }
}

pub(crate) fn archive_name() -> String {
    format!("go{VERSION}.linux-amd64.tar.gz")
}

fn sum_of(directory: &Path) -> PathBuf {
    directory.join("dl").join(format!("{}.sha256", archive_name()))
}

fn make(directory: &Path) {
    let archive = directory.join("dl").join(archive_name());
    pack(&tree(directory), &archive);
    let output = output(Command::new("sha256sum").arg(&archive));
    let sha256 = output.split_whitespace().next().unwrap();
    fs::write(sum_of(directory), sha256).unwrap();
    let index = index(sha256, archive.metadata().unwrap().len());
    fs::write(directory.join("index.json"), serde_json::to_vec_pretty(&index).unwrap()).unwrap();
    fs::write(directory.join("page.html"), page(&index)).unwrap();
    tags(&directory.join("golang.git"), &index);
}

/// The parent of a whole `go` directory: the module's tree, and beside it what Go's own installation has of the rest.
fn tree(directory: &Path) -> PathBuf {
    let cache = super::support::mirror::real_modules(&[VERSION]).expect("the module from Go's proxy");
    let module = format!("v0.0.1-go{VERSION}.linux-amd64");
    let mut zip = File::open(cache.join(format!("golang.org/toolchain/@v/{module}.zip"))).unwrap();
    let parent = directory.join("tree");
    fs::create_dir_all(parent.join("go")).unwrap();
    let prefix = format!("golang.org/toolchain@{module}/");
    module_zip(&mut zip, &prefix, &parent.join("go"), &ArchiveLimits::default()).unwrap();
    let goroot = PathBuf::from(output(Command::new("go").args(["env", "GOROOT"])));
    for name in ["api", "doc", "misc", "test"] {
        let from = goroot.join(name);
        if !from.exists() {
            println!("{} is not there, so the archive lacks it", from.display());
            continue;
        }
        run(Command::new("cp").arg("-r").arg(from).arg(parent.join("go")));
    }
    parent
}

/// Sorted, owned by nobody in particular, compressed as well as gzip can.
fn pack(parent: &Path, archive: &Path) {
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner"]);
    let mut tar = tar.arg("-C").arg(parent).args(["-cf", "-", "go"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut gzip = Command::new("gzip");
    run(gzip.arg("-9n").stdin(tar.stdout.take().unwrap()).stdout(File::create(archive).unwrap()));
    assert!(tar.wait().unwrap().success());
    fs::remove_dir_all(parent).unwrap();
}

/// The index of all releases, with this archive's own sum.
fn index(sha256: &str, size: u64) -> Value {
    let packed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/go-index.json.gz");
    let mut index: Value = serde_json::from_reader(GzDecoder::new(File::open(packed).unwrap())).unwrap();
    let files =
        index.as_array_mut().unwrap().iter_mut().filter_map(|release| release["files"].as_array_mut());
    let file = files.flatten().find(|file| file["filename"] == archive_name()).unwrap();
    file["sha256"] = sha256.into();
    file["size"] = size.into();
    index
}

/// Each release: its version without `go`, and its files.
fn releases(index: &Value) -> impl Iterator<Item = (&str, &Vec<Value>)> {
    let releases = index.as_array().unwrap().iter();
    releases.map(|release| {
        (release["version"].as_str().unwrap().trim_start_matches("go"), release["files"].as_array().unwrap())
    })
}

/// The download page, as far as programs read it: the newest release is stable, and all others are in the archive.
fn page(index: &Value) -> String {
    let mut html = "<!DOCTYPE html><html><body><h2 id=\"stable\">Stable versions</h2>\n".to_owned();
    for (place, (version, files)) in releases(index).enumerate() {
        let class = if place == 0 { "toggleVisible" } else { "toggle" };
        writeln!(html, "<div class=\"{class}\" id=\"go{version}\"><table class=\"downloadtable\">").unwrap();
        html.push_str("<thead><tr class=\"first\"><th>File name</th><th>Kind</th><th>OS</th><th>Arch</th>");
        html.push_str("<th>Size</th><th>SHA256 Checksum</th></tr></thead>\n");
        for file in files {
            let text = |field: &str| file[field].as_str().unwrap_or_default();
            let name = text("filename");
            write!(
                html,
                "<tr><td class=\"filename\"><a class=\"download\" href=\"/dl/{name}\">{name}</a></td>"
            )
            .unwrap();
            for cell in [kind(text("kind")), system(text("os")), processor(text("arch")), "70MB"] {
                write!(html, "<td>{cell}</td>").unwrap();
            }
            writeln!(html, "<td><tt>{}</tt></td></tr>", text("sha256")).unwrap();
        }
        html.push_str("</table></div>\n");
        if place == 0 {
            html.push_str("<div id=\"archive\">\n");
        }
    }
    html + "</div></body></html>\n"
}

fn kind(kind: &str) -> &str {
    match kind {
        "archive" => "Archive",
        "installer" => "Installer",
        "source" => "Source",
        other => other,
    }
}

fn system(os: &str) -> &str {
    match os {
        "linux" => "Linux",
        "darwin" => "macOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        other => other,
    }
}

fn processor(arch: &str) -> &str {
    match arch {
        "amd64" => "x86-64",
        "386" => "x86",
        "arm64" => "ARM64",
        "armv6l" => "ARMv6",
        other => other,
    }
}

/// A bare repository that has nothing but a tag for each release.
fn tags(repository: &Path, index: &Value) {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.arg("--git-dir").arg(repository).args(arguments).stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "bench").env(format!("GIT_{who}_EMAIL"), "bench@example.test");
        }
        git
    };
    if git(&["init", "--quiet", "--bare"]).status().is_err() {
        println!("without git there is no repository of tags");
        return;
    }
    let tree = output(&mut git(&["mktree"]));
    let commit = output(&mut git(&["commit-tree", "-m", "a release", &tree]));
    let mut update = git(&["update-ref", "--stdin"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = update.stdin.take().unwrap();
    for (version, _) in releases(index) {
        writeln!(lines, "create refs/tags/go{version} {commit}").unwrap();
    }
    drop(lines);
    assert!(update.wait().unwrap().success());
    run(&mut git(&["pack-refs", "--all"]));
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
