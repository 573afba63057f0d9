//! A Go project for the stories of its checks: the Go of this machine, a module, a repository.

use super::check;
use crate::support::skip;
use crate::support::world::{Run, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) const GO_MOD: &str = "module example.com/orders\n\ngo 1.21\n\nrequire golang.org/x/mod v0.5.0\n";
pub(super) const GO_SUM: &str = "golang.org/x/mod v0.5.0 h1:UG21uOlmZabA4fW5i7ZX6bjw1xELEGg/ZLgZq9auk/Q=\n\
    golang.org/x/mod v0.5.0/go.mod h1:5OXOZSfqPIIbmVBIIKWRFfZjPR0E5r58TLhUjH0a2Ro=\n";
pub(super) const MAIN: &str =
    "package main\n\nimport \"example.com/orders/version\"\n\nfunc main() { println(version.Newest()) }\n";
pub(super) const VERSION: &str = "package version\n\nimport \"golang.org/x/mod/semver\"\n\n// Newest is the newest.\n\
    func Newest() string { return semver.Major(\"v1.2.3\") }\n";

/// A user with the Go of this machine, its build cache and the modules that projects here need. None without Go or a
/// network.
pub(super) fn with_go() -> Option<World> {
    let said = |words: &[&str]| {
        let output = Command::new("go").args(words).env("GOFLAGS", "").output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    };
    let found = said(&["mod", "download", "golang.org/x/mod@v0.5.0"])
        .and_then(|_| said(&["env", "GOROOT", "GOCACHE", "GOMODCACHE"]));
    let Some(found) = found else {
        skip("no go, or no network");
        return None;
    };
    let [goroot, cache, modules] = found.lines().collect::<Vec<_>>()[..] else { panic!("{found}") };
    let mut world = World::new("off");
    world.set("PATH", &format!("{goroot}/bin:/usr/bin:/bin"));
    world.set("GOCACHE", cache).set("GOMODCACHE", modules).set("GOTOOLCHAIN", "local");
    Some(world)
}

/// The version of that Go: `1.26.8`.
pub(super) fn go_version(world: &World) -> String {
    let said = go(world, &world.path("user"), &["env", "GOVERSION"]).succeeds();
    said.strip_prefix("go").unwrap().to_owned()
}

/// `orders` with these files and the module above.
pub(super) fn orders(world: &World, files: &[(&str, &str)]) -> PathBuf {
    world.project("orders", &[("go.mod", GO_MOD), ("go.sum", GO_SUM), ("version/two words.go", VERSION)]);
    world.project("orders", files)
}

/// The go command of this machine, as the user runs it.
pub(super) fn go(world: &World, directory: &Path, words: &[&str]) -> Run {
    Run::of(world.command(Path::new("go"), directory).args(words))
}

/// Commits all files of a project.
pub(super) fn commit(world: &World, project: &Path) {
    let git = |words: &[&str]| {
        let mut command = world.command(Path::new("/usr/bin/git"), project);
        Run::of(command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(words)).succeeds()
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "all"]);
}

/// The run of a probe with these lines; what it measures writes nothing into the project.
pub(super) fn measured(world: &World, project: &Path, lines: &str) -> Value {
    fs::write(project.join("gvmr-check.toml"), format!("[a.b]\n{lines}\n")).unwrap();
    let before = tree(project);
    let run = check(world, project, &["--json", "--no-archive"]);
    let after = tree(project);
    let differs = |file: &&PathBuf| before.get(*file) != after.get(*file);
    let changed: Vec<_> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(changed.is_empty(), "{lines}: {changed:?}");
    let code = run.code;
    let document = run.json();
    let probe = document["probes"][0].clone();
    let is_pass = matches!(probe["state"].as_str().unwrap(), "pass" | "warn");
    assert_eq!(code == Some(0), is_pass, "{document:#}");
    probe
}

/// `pass`, or the state and the message.
pub(super) fn verdict(world: &World, project: &Path, lines: &str) -> String {
    let probe = measured(world, project, lines);
    let (state, message) = (probe["state"].as_str().unwrap(), probe["message"].as_str().unwrap());
    if message.is_empty() { state.to_owned() } else { format!("{state}: {message}") }
}

/// Each file below a directory with its bytes.
fn tree(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(tree(&entry.path()));
            files.insert(entry.path(), Vec::new());
        } else {
            files.insert(entry.path(), fs::read(entry.path()).unwrap_or_default());
        }
    }
    files
}
