//! Go projects with a real go command, and modules from a proxy that is a directory.

use super::{check, write};
use crate::support::skip;
use crate::support::world::{Run, World};
use crate::support::zip::{File, Zip};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A machine with this one's go command, its build cache, and modules of a proxy of its own.
pub(crate) struct GoWorld {
    pub(crate) world: World,
    go: PathBuf,
    /// This machine's own: the standard library is built once.
    pub(crate) build_cache: String,
}

impl GoWorld {
    /// None where there is no go command.
    pub(crate) fn new() -> Option<Self> {
        let Ok(found) = Command::new("go").args(["env", "GOROOT", "GOCACHE"]).output() else {
            skip("no go on PATH");
            return None;
        };
        let found = String::from_utf8(found.stdout).unwrap();
        let (goroot, cache) = found.trim().split_once('\n').unwrap();
        let mut world = World::new("off");
        let proxy = world.path("proxy");
        fs::create_dir(&proxy).unwrap();
        world.set("GOPROXY", &format!("file://{}", proxy.display()));
        world.set("PATH", &format!("{goroot}/bin:/usr/bin:/bin")).set("GOCACHE", cache);
        world.set("GOMODCACHE", world.path("modules").to_str().unwrap());
        world.set("GOSUMDB", "off").set("GOTOOLCHAIN", "local").set("GOFLAGS", "-modcacherw");
        Some(Self { world, go: Path::new(goroot).join("bin/go"), build_cache: cache.to_owned() })
    }

    /// Publishes a version of a module.
    pub(crate) fn publish(&self, module: &str, version: &str, files: &[(&str, &str)]) {
        let directory = self.world.path("proxy").join(module).join("@v");
        fs::create_dir_all(&directory).unwrap();
        let go_mod = format!("module {module}\n\ngo 1.21\n");
        let own = [("go.mod", go_mod.as_str())];
        let packed = files.iter().chain(&own);
        let packed = packed
            .map(|(name, content)| File::new(&format!("{module}@{version}/{name}"), content.as_bytes()))
            .collect();
        let write = |end: &str, bytes: &[u8]| {
            fs::write(directory.join(format!("{version}.{end}")), bytes).unwrap();
        };
        write("zip", &Zip::with(packed).bytes());
        write("mod", go_mod.as_bytes());
        write("info", format!("{{\"Version\":\"{version}\"}}").as_bytes());
    }

    /// The go command itself, which must succeed.
    #[track_caller]
    pub(crate) fn go(&self, directory: &Path, words: &[&str]) -> String {
        Run::of(self.world.command(&self.go, directory).args(words)).succeeds()
    }

    /// What a probe with these lines gives. It writes nothing into the project.
    #[track_caller]
    pub(crate) fn asked(&self, project: &Path, lines: &str) -> Asked {
        asked(&self.world, project, project, lines)
    }
}

/// What one probe gave.
pub(crate) struct Asked(Value);

/// What a probe of the check file in `directory` gives; nothing of `tree` changes.
#[track_caller]
pub(crate) fn asked(world: &World, directory: &Path, tree: &Path, lines: &str) -> Asked {
    write(directory, "gvmr-check.toml", &format!("[a.b]\n{lines}\n"));
    let before = contents(tree);
    let run = check(world, directory, &["--json", "--no-archive"]);
    let (code, document) = (run.code, run.json());
    assert!(contents(tree) == before, "{lines} writes into the project: {document:#}");
    let asked = Asked(document["probes"][0].clone());
    let expected = match asked.state() {
        "pass" | "warn" => 0,
        "not_applicable" => 2,
        _ => 1,
    };
    assert_eq!(code, Some(expected), "{document:#}");
    asked
}

impl Asked {
    pub(crate) fn state(&self) -> &str {
        self.0["state"].as_str().unwrap()
    }

    /// `pass`, or the state and the message.
    pub(crate) fn told(&self) -> String {
        match self.0["message"].as_str().unwrap() {
            "" => self.state().to_owned(),
            message => format!("{}: {message}", self.state()),
        }
    }

    /// `file:line:column message` of each finding.
    pub(crate) fn places(&self) -> Vec<String> {
        let of = |one: &Value| {
            let (file, message) = (one["file"].as_str().unwrap(), one["message"].as_str().unwrap());
            format!("{file}:{}:{} {message}", one["line"], one["column"])
        };
        self.0["findings"].as_array().unwrap().iter().map(of).collect()
    }

    pub(crate) fn figure(&self, name: &str) -> f64 {
        let figures = self.0["figures"].as_array().unwrap();
        let found = figures.iter().find(|figure| figure["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {:#}", self.0))["value"].as_f64().unwrap()
    }

    pub(crate) fn remarks(&self) -> String {
        self.0["remarks"].to_string()
    }

    pub(crate) fn output(&self) -> &str {
        self.0["output"].as_str().unwrap_or_default()
    }
}

/// Every file of a tree.
fn contents(tree: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut files, mut directories) = (BTreeMap::new(), vec![tree.to_owned()]);
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                files.insert(path.clone(), fs::read(&path).unwrap_or_default());
            }
        }
    }
    files
}
