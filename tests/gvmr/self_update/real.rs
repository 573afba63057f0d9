//! The true program of one release replaces itself by that of the next, and goes back.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, names};
use crate::support::{distribution, skip, slow};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Calls that change something on a disk.
const CALLS: &str = "trace=?write,?pwrite64,?rename,?renameat,?renameat2,?link,?linkat,?symlink,\
    ?symlinkat,?unlink,?unlinkat,?fsync,?fdatasync,?fchmod,?chmod,?fchmodat,?fchown,?ftruncate,?mkdir,?mkdirat,?utimensat";

/// A machine with the current release in `opt`, and one Go.
struct Machine {
    world: World,
    _mirror: Mirror,
}

impl Machine {
    fn new() -> Self {
        let mirror = Mirror::small(&["1.22.1"]);
        let mut world = mirror.world();
        world.set("GVMR_DIST", &format!("file://{}", distribution::next().display()));
        let machine = Self { world, _mirror: mirror };
        machine.unpack(&distribution::current());
        machine.gvmr(&["install", "1.22.1"]).succeeds();
        machine
    }

    /// Puts a release's files in place, as a user does by hand.
    fn unpack(&self, release: &Path) {
        let to = self.world.path("opt");
        let _ = fs::remove_dir_all(&to);
        fs::create_dir_all(&to).unwrap();
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(archive(release)).arg("--strip-components=1").arg("-C").arg(to);
        assert!(tar.status().unwrap().success());
    }

    fn bin(&self) -> PathBuf {
        self.world.path("opt/bin")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(&self.bin().join("gvmr"), &self.world.path("user"));
        command.args(arguments);
        command
    }

    fn gvmr(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    fn version(&self) -> String {
        self.gvmr(&["--version"]).succeeds()
    }

    /// `go version` by the home's shim.
    fn go(&self) -> String {
        self.world.shim("go", &self.world.path("user"), ["version"]).succeeds()
    }

    /// The release that the home notes.
    fn home_release(&self) -> String {
        let record = fs::read_to_string(self.world.home().join("release")).unwrap();
        record.lines().next().unwrap().to_owned()
    }

    /// Whether every shim is the program beside gvmr.
    fn shims_are_current(&self) -> bool {
        let shim = fs::read(self.bin().join("gvmr-shim")).unwrap();
        ["go", "gofmt", "go1.22.1"]
            .iter()
            .all(|name| fs::read(self.world.home().join("shims").join(name)).unwrap() == shim)
    }
}

fn archive(release: &Path) -> PathBuf {
    let name = names(release)
        .into_iter()
        .find(|name| name.ends_with(&format!("-linux-{}.tar.gz", std::env::consts::ARCH)));
    release.join(name.unwrap())
}

/// The version that a release's manifest says.
fn version_of(release: &Path) -> String {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(release.join("dist.json")).unwrap()).unwrap();
    manifest["version"].as_str().unwrap().to_owned()
}

fn can_build() -> bool {
    let has = Command::new("minisign").arg("-v").stdout(Stdio::null()).status().is_ok();
    if !has {
        skip("minisign is not installed");
    }
    has
}

#[test]
fn a_release_becomes_the_next_and_its_home_follows() {
    if slow::left_out("self_update::real::a_release_becomes_the_next_and_its_home_follows") || !can_build() {
        return;
    }
    let machine = Machine::new();
    let (old, new) = (version_of(&distribution::current()), version_of(&distribution::next()));
    assert_eq!((machine.version(), machine.home_release()), (format!("gvmr {old}"), old.clone()));
    let planned = machine.gvmr(&["self", "update", "--dry-run"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert!(planned.stderr.contains(&format!("would replace gvmr {old} with {new}")), "{planned:?}");
    assert_eq!(machine.version(), format!("gvmr {old}"), "a dry run changes nothing");

    let done: serde_json::Value =
        serde_json::from_str(&machine.gvmr(&["self", "update", "--json"]).succeeds()).unwrap();
    assert_eq!((done["from"].as_str(), done["to"].as_str()), (Some(&*old), Some(&*new)));
    assert_eq!(
        done["changed"].as_array().unwrap().len(),
        names(&machine.world.path("opt/share/man/man1")).len() + 5
    );
    assert_eq!((machine.version(), machine.home_release()), (format!("gvmr {new}"), new.clone()));
    assert!(machine.shims_are_current());
    assert_eq!(machine.go(), "go version go1.22.1 linux/amd64");
    let again = machine.gvmr(&["self", "update"]).exits(0, &["is up to date"]);
    assert_eq!(again.stdout, "");

    let back = format!("file://{}", distribution::current().display());
    let run = |arguments: &[&str]| Run::of(machine.command(arguments).env("GVMR_DIST", &back));
    run(&["self", "update"])
        .exits(5, &[&format!("offers gvmr {old}"), &format!("gvmr {new} of"), "was offered before"]);
    run(&["self", "update", &old]).exits(0, &[&format!("gvmr {old}"), "in place of"]);
    assert_eq!((machine.version(), machine.home_release()), (format!("gvmr {old}"), old));
    assert!(machine.shims_are_current());
    assert_eq!(machine.go(), "go version go1.22.1 linux/amd64");
}

#[test]
fn the_owners_next_command_renews_a_home_after_an_upgrade_by_hand() {
    if slow::left_out("self_update::real::the_owners_next_command_renews_a_home_after_an_upgrade_by_hand")
        || !can_build()
    {
        return;
    }
    let machine = Machine::new();
    let new = version_of(&distribution::next());
    machine.unpack(&distribution::next());
    assert_eq!(machine.go(), "go version go1.22.1 linux/amd64", "shims of the former release work");
    machine.gvmr(&["list"]).succeeds();
    assert_eq!(machine.home_release(), new);
    assert!(machine.shims_are_current());
}

#[test]
fn a_kill_at_any_change_leaves_a_gvmr_that_works() {
    if slow::left_out("self_update::real::a_kill_at_any_change_leaves_a_gvmr_that_works") || !can_build() {
        return;
    }
    if Command::new("strace").arg("-V").output().is_err() {
        skip("strace is not installed");
        return;
    }
    let machine = Machine::new();
    let versions = [&distribution::current(), &distribution::next()]
        .map(|release| format!("gvmr {}", version_of(release)));
    let update = |strace: &[&str]| {
        let mut command = machine.world.command(Path::new("/usr/bin/strace"), &machine.world.path("user"));
        command.args(["-f", "-qq"]).args(strace).arg(machine.bin().join("gvmr")).args(["self", "update"]);
        Run::of(&mut command)
    };
    // The programs and one page: the others are replaced as that one is.
    let unpack_few = || {
        machine.unpack(&distribution::current());
        let share = machine.world.path("opt/share");
        let page = fs::read(share.join("man/man1/gvmr.1")).unwrap();
        fs::remove_dir_all(&share).unwrap();
        fs::create_dir_all(share.join("man/man1")).unwrap();
        fs::write(share.join("man/man1/gvmr.1"), page).unwrap();
    };
    unpack_few();
    let log = machine.world.path("strace");
    update(&["-o", log.to_str().unwrap(), "-e", CALLS]);
    assert_eq!(machine.version(), versions[1]);
    let mut seen = [0, 0];
    for (call, count) in calls(&fs::read_to_string(&log).unwrap()) {
        for when in 1..=count {
            unpack_few();
            let inject = format!("inject={call}:signal=KILL:when={when}");
            update(&["-o", "/dev/null", "-e", &inject]);
            let version = machine.version();
            let which = versions.iter().position(|known| *known == version);
            seen[which.unwrap_or_else(|| panic!("{inject}: {version}"))] += 1;
            assert_eq!(machine.go(), "go version go1.22.1 linux/amd64", "{inject}");
            machine.gvmr(&["self", "update"]).exits(0, &[]);
            assert_eq!(machine.version(), versions[1], "{inject}");
            assert!(machine.shims_are_current(), "{inject}");
            assert_eq!(names(&machine.bin()), ["gvmr", "gvmr-shim"], "{inject}");
        }
    }
    println!("{} kills left the former release, {} the next", seen[0], seen[1]);
    assert!(seen[0] > 5 && seen[1] > 0, "{seen:?}");
}

/// How often each call comes in one process or thread, at most.
fn calls(log: &str) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in log.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        if let Some((name, _)) = call.trim_start().split_once('(') {
            *counts.entry((thread, name)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((_, call), count) in counts {
        let entry = most.entry(call.to_owned()).or_insert(0);
        *entry = count.max(*entry);
    }
    most
}
