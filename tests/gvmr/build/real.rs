//! A real toolchain from its real sources, without a network: byte for byte the one that Go publishes.

use crate::support::skip;
use crate::support::world::Run;
use crate::unpack::real::toolchain;
use gvmr::build::{Candidate, Plan, build, candidate_on_path, choose_bootstrap, strip_to_source};
use gvmr::unpack::{Limits, installed, is_executable, manifest, module_zip};
use gvmr_shims::environment::Process;
use gvmr_shims::home::Home;
use gvmr_shims::version::Version;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Go's own builders and this machine must agree on every byte of it, which they can since 1.21.
const VERSION: &str = "1.21.0";

#[test]
fn what_is_built_from_source_is_what_the_log_recorded() {
    let Some((zip, sum)) = toolchain(VERSION) else { return skip("no go, or no network") };
    let version = Version::parse(VERSION).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let below = |name: &str| directory.path().join(name);
    let Some(bootstrap) = bootstrap(&version) else { return skip("no Go on PATH that can build") };
    let prefix = format!("golang.org/toolchain@v0.0.1-go{VERSION}.linux-amd64/");
    let tree = below("staged");
    fs::create_dir(&tree).unwrap();
    module_zip(&mut File::open(zip).unwrap(), &prefix, &tree, &Limits::default()).unwrap();
    strip_to_source(&tree).unwrap();
    let path = offline_path(&below("offline"));
    let environment = vec![("PATH", path.as_str())];
    let plan = Plan {
        version: &version,
        goroot: &tree,
        final_goroot: &below("final"),
        bootstrap: Some(&bootstrap.goroot),
        log: &below("log"),
        home_cache: &below("scratch"),
        environment: &environment,
    };
    let start = Instant::now();
    let mut last = String::new();
    build(&plan, &mut |line| last = line.to_owned(), &|| false).unwrap();
    println!("go{VERSION} with go{}: {:.0?}", bootstrap.version, start.elapsed());
    assert!(!last.is_empty() && !below("scratch").exists());

    fs::rename(&tree, below("final")).unwrap();
    let entries = installed(&below("final"), &prefix).unwrap();
    assert_eq!(manifest(&entries).unwrap().h1().to_string(), sum);
    modes_follow_the_rule(&below("final"), "");
    is_usable(&below("final"), &below("project"));
}

fn bootstrap(version: &Version) -> Option<Candidate> {
    let candidates = Vec::from_iter(candidate_on_path(&Process, &Home::at("/nowhere")));
    choose_bootstrap(version, &candidates).cloned()
}

/// PATH, led by a `bash` that runs in a network namespace of its own, where this user may make one.
fn offline_path(directory: &Path) -> String {
    let path = std::env::var("PATH").unwrap();
    let find =
        |name: &str| std::env::split_paths(&path).map(|element| element.join(name)).find(|p| p.is_file());
    let works = Command::new("unshare").args(["-n", "true"]).status().is_ok_and(|status| status.success());
    let (true, Some(unshare), Some(bash)) = (works, find("unshare"), find("bash")) else {
        skip("a network namespace needs root");
        return path;
    };
    fs::create_dir(directory).unwrap();
    let wrapper = directory.join("bash");
    let script = format!("#!{0}\nexec {1} -n {0} \"$@\"\n", bash.display(), unshare.display());
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{path}", directory.display())
}

fn modes_follow_the_rule(directory: &Path, below: &str) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        let found = entry.metadata().unwrap();
        let mode = if found.is_dir() || is_executable(&name) { 0o755 } else { 0o644 };
        assert_eq!(found.permissions().mode() & 0o7777, mode, "{name}");
        if found.is_dir() {
            modes_follow_the_rule(&entry.path(), &format!("{name}/"));
        }
    }
}

/// Uses it as its owner would, offline.
fn is_usable(goroot: &Path, project: &Path) {
    fs::create_dir(project).unwrap();
    let write = |name: &str, text: &str| fs::write(project.join(name), text).unwrap();
    write("go.mod", "module hello\n\ngo 1.20\n");
    write("hello.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n");
    write("hello_test.go", "package main\n\nimport \"testing\"\n\nfunc TestHello(*testing.T) { main() }\n");
    let go = |arguments: &[&str]| {
        let mut go = Command::new(goroot.join("bin/go"));
        go.args(arguments).current_dir(project).env_clear().env("PATH", std::env::var("PATH").unwrap());
        go.env("HOME", project.join("home")).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
        Run::of(&mut go).succeeds()
    };
    assert_eq!(go(&["version"]), format!("go version go{VERSION} linux/amd64"));
    assert_eq!(PathBuf::from(go(&["env", "GOROOT"])), goroot);
    go(&["build", "-o", "hello", "."]);
    assert_eq!(Run::of(&mut Command::new(project.join("hello"))).succeeds(), "hello");
    go(&["vet", "."]);
    assert!(go(&["test", "."]).starts_with("ok"));
    let stale = "{{if and .Standard .Stale}}{{.ImportPath}}: {{.StaleReason}}{{end}}";
    assert_eq!(go(&["list", "-deps", "-f", stale, "."]), "");
}
