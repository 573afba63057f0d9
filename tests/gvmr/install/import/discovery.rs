//! Where toolchains are found, and whose they are.

use super::put;
use gvmr::discover::{self, DiscoveredGo, NotATree, Survey, Unfit};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A home of somebody's, and what their environment says.
struct Machine {
    directory: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Machine {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // As the system names it, since what is found is named without links.
        let home = fs::canonicalize(directory.path()).unwrap().join("home");
        fs::create_dir(&home).unwrap();
        Self { directory, variables: vec![("HOME", home.display().to_string())] }
    }

    fn path(&self, below: &str) -> PathBuf {
        fs::canonicalize(self.directory.path()).unwrap().join(below)
    }

    /// A tree that says it is `version`.
    fn tree(&self, below: &str, version: &str) -> PathBuf {
        let goroot = self.path(below);
        put(&goroot.join("VERSION"), format!("{version}\ntime 2030-01-01T00:00:00Z\n"));
        put(&goroot.join("bin/go"), "");
        goroot
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// What is found in this machine's own directories: the one that tests run on may have others.
    fn look(&self) -> Survey {
        let Survey { mut found, mut passed } = discover::look(&self.environment());
        found.retain(|found| found.goroot.starts_with(self.path("")));
        passed.retain(|passed| passed.goroot.starts_with(self.path("")));
        Survey { found, passed }
    }

    fn versions(&self) -> Vec<String> {
        self.look().found.iter().map(|found| found.version.to_string()).collect()
    }
}

#[test]
fn every_tool_has_its_layout() {
    // The tree, the variable that makes it be found (none where the tool's usual place is enough), its value, the owner.
    for (tree, variable, value, owner) in [
        ("home/.goenv/versions/1.22.1", "", "", "goenv"),
        ("other/versions/1.22.1", "GOENV_ROOT", "other", "goenv"),
        ("home/.gvm/gos/go1.22.1", "", "", "gvm"),
        ("other/gos/go1.22.1", "GVM_ROOT", "other", "gvm"),
        ("home/.gvm/versions/go1.22.1.linux.amd64", "", "", "akgvm"),
        ("home/.asdf/installs/golang/1.22.1/go", "", "", "asdf"),
        ("other/installs/golang/1.22.1/go", "ASDF_DATA_DIR", "other", "asdf"),
        ("home/.local/share/mise/installs/go/1.22.1", "", "", "mise"),
        ("home/.local/share/mise/installs/go/1.22.1/go", "", "", "mise"),
        ("other/installs/go/1.22.1", "MISE_DATA_DIR", "other", "mise"),
        ("data/mise/installs/go/1.22.1", "XDG_DATA_HOME", "data", "mise"),
        ("home/.version-fox/cache/golang/v-1.22.1/golang-1.22.1", "", "", "vfox"),
        ("home/.vfox/cache/golang/v-1.22.1/golang-1.22.1", "", "", "vfox"),
        ("other/golang/v-1.22.1/golang-1.22.1", "VFOX_CACHE", "other", "vfox"),
        ("home/.proto/tools/go/1.22.1", "", "", "proto"),
        ("other/tools/go/1.22.1", "PROTO_HOME", "other", "proto"),
        ("home/.g/versions/1.22.1", "", "", "g"),
        ("other/versions/1.22.1", "G_HOME", "other", "g"),
        ("home/.gobrew/versions/1.22.1/go", "", "", "gobrew"),
        ("other/.gobrew/versions/1.22.1/go", "GOBREW_ROOT", "other", "gobrew"),
        ("home/.goup/go1.22.1", "", "", "goup-rs"),
        ("other/go1.22.1", "GOUP_HOME", "other", "goup-rs"),
        ("home/.go/go1.22.1", "", "", "goup"),
        ("home/.go/.versions/1.22.1", "", "", "g (stefanmaric)"),
        ("other/.versions/1.22.1", "GOROOT", "other", "g (stefanmaric)"),
        ("home/.gimme/versions/go1.22.1.linux.amd64", "", "", "gimme"),
        ("home/sdk/go1.22.1", "", "", "golang.org/dl"),
        ("tools/go/1.22.1/x64", "RUNNER_TOOL_CACHE", "tools", "setup-go"),
        ("home/go", "", "", "by hand"),
        ("home/go1.22.1", "", "", "by hand"),
        ("home/.go", "", "", "by hand"),
        ("other/somewhere", "GOROOT", "other/somewhere", "by hand"),
        ("home/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64", "", "", "the module cache"),
        ("other/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64", "GOMODCACHE", "other", "the module cache"),
        ("a/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64", "GOPATH", "a", "the module cache"),
        ("anywhere/at/all", "PATH", "anywhere/at/all/bin", "on PATH"),
    ] {
        let mut machine = Machine::new();
        if !variable.is_empty() {
            machine.variables.push((variable, machine.path(value).display().to_string()));
        }
        let goroot = machine.tree(tree, "go1.22.1");
        let found = machine.look().found;
        let [DiscoveredGo { goroot: at, version, owner: whose, .. }] = found.as_slice() else {
            panic!("{tree}: {found:?}");
        };
        assert_eq!((at, version.as_str(), *whose), (&goroot, "1.22.1", owner), "{tree}");
    }
}

#[test]
fn the_go_env_file_moves_the_module_cache_too() {
    let machine = Machine::new();
    let cache = machine.path("cache");
    put(&machine.path("home/.config/go/env"), format!("GOMODCACHE={}\n", cache.display()));
    machine.tree("cache/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64", "go1.22.1");
    assert_eq!(machine.versions(), ["1.22.1"]);
}

#[test]
fn a_tree_is_found_once_however_many_names_lead_to_it() {
    let mut machine = Machine::new();
    let goroot = machine.tree("home/.g/versions/1.22.1", "go1.22.1");
    symlink(&goroot, machine.path("home/.g/go")).unwrap();
    symlink("1.22.1", machine.path("home/.g/versions/1.22")).unwrap();
    symlink("loop", machine.path("home/.g/versions/loop")).unwrap();
    symlink("../versions", machine.path("home/.g/versions/above")).unwrap();
    fs::create_dir_all(machine.path("bin")).unwrap();
    symlink(goroot.join("bin/go"), machine.path("bin/go")).unwrap();
    let path = format!("{}:{}::relative", machine.path("bin").display(), goroot.join("bin").display());
    machine.variables.push(("PATH", path));
    machine.variables.push(("GOROOT", machine.path("home/.g/go").display().to_string()));
    machine.tree("home/sdk/go1.21.3", "go1.21.3");
    machine.tree("home/sdk/go1.9", "go1.9");
    assert_eq!(machine.versions(), ["1.9.0", "1.21.3", "1.22.1"], "the oldest first");
    let owner = |version: &str| {
        machine.look().found.iter().find(|found| found.version.as_str() == version).unwrap().owner
    };
    assert_eq!((owner("1.22.1"), owner("1.9.0")), ("g", "golang.org/dl"));
}

#[test]
fn what_is_no_release_for_this_machine_is_named_and_passed() {
    let machine = Machine::new();
    for (number, name) in [
        "devel go1.24-0123abc Thu Jan 1",
        "go1.22.3-bigcorp",
        "go1.22.3 X:boringcrypto",
        "go1.22",
        "go1.20.0",
        "1.22.3",
        "\u{1b}[2Jgo1.22.3",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        machine.tree(&format!("home/sdk/go{number}"), name);
    }
    let arm = machine.tree("home/sdk/go-arm", "go1.22.3");
    put(&arm.join("bin/go"), elf(183));
    let darwin = machine.tree("home/sdk/go-darwin", "go1.22.3");
    fs::create_dir_all(darwin.join("pkg/tool/darwin_arm64")).unwrap();
    let here = machine.tree("home/sdk/go-here", "go1.22.3");
    fs::create_dir_all(here.join("pkg/tool/darwin_arm64")).unwrap();
    let platform = gvmr::host::platform();
    fs::create_dir_all(here.join(format!("pkg/tool/{}_{}", platform.os(), platform.arch()))).unwrap();

    let Survey { found, passed } = machine.look();
    assert_eq!(found.iter().map(|found| &found.goroot).collect::<Vec<_>>(), [&here]);
    assert_eq!(passed.len(), 10);
    let why = |goroot: &Path| &passed.iter().find(|passed| passed.goroot == goroot).unwrap().why;
    assert!(matches!(why(&darwin), Unfit::OtherPlatform { platform, .. } if platform == "darwin-arm64"));
    if platform.arch() != "arm64" {
        assert!(matches!(why(&arm), Unfit::OtherPlatform { platform, .. } if platform == "linux-arm64"));
    }
    assert!(why(&machine.path("home/sdk/go0")).to_string().contains("devel go1.24"));
    assert!(passed.iter().all(|passed| !passed.why.to_string().contains('\u{1b}')), "{passed:?}");
}

#[test]
fn what_is_no_tree_is_neither_found_nor_waited_for() {
    let machine = Machine::new();
    let fifo = |path: &Path| {
        let mode = rustix::fs::Mode::from_raw_mode(0o644);
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    };
    let spoil: [fn(&Path); 4] = [
        |goroot| fs::create_dir(goroot.join("VERSION")).unwrap(),
        |goroot| symlink("VERSION", goroot.join("VERSION")).unwrap(),
        |goroot| put(&goroot.join("VERSION"), vec![b'1'; 1 << 20]),
        |_| {},
    ];
    for (number, spoil) in spoil.iter().enumerate() {
        let goroot = machine.tree(&format!("home/sdk/go{number}"), "go1.22.1");
        fs::remove_file(goroot.join("VERSION")).unwrap();
        spoil(&goroot);
    }
    let goroot = machine.tree("home/sdk/go-fifo", "go1.22.1");
    fs::remove_file(goroot.join("VERSION")).unwrap();
    fifo(&goroot.join("VERSION"));
    let goroot = machine.tree("home/sdk/go-program", "go1.22.1");
    fs::remove_file(goroot.join("bin/go")).unwrap();
    fifo(&goroot.join("bin/go"));
    put(&machine.path("home/sdk/go-file"), "");
    assert_eq!(machine.look(), Survey::default());
}

#[test]
fn gvmrs_own_are_found_only_by_name() {
    let mut machine = Machine::new();
    let home = machine.path("home/.local/share/gvmr");
    let committed = machine.tree("home/.local/share/gvmr/versions/go1.22.1", "go1.22.1");
    put(&committed.join(".gvmr-receipt.json"), "{}");
    // One that lost its receipt still lies in a home.
    let lost = machine.tree("home/.local/share/gvmr/versions/go1.22.2", "go1.22.2");
    put(&home.join("program"), "/usr/bin/gvmr");
    put(&home.join("shims/go"), "");
    let path =
        [home.join("shims"), committed.join("bin"), lost.join("bin")].map(|path| path.display().to_string());
    machine.variables.push(("PATH", path.join(":")));
    assert_eq!(machine.look(), Survey::default());
    // By name they are as good as any: they may be another home's.
    for named in [&committed, &lost] {
        assert_eq!(discover::at(named, &machine.environment()).unwrap().goroot, **named);
    }
}

#[test]
fn a_path_that_is_named_may_lead_to_a_tree_in_several_ways() {
    let machine = Machine::new();
    let goroot = machine.tree("somewhere/1.22.1/go", "go1.22.1");
    symlink(&goroot, machine.path("link")).unwrap();
    symlink(goroot.join("bin/go"), machine.path("go1.22.1")).unwrap();
    for path in ["somewhere/1.22.1/go", "somewhere/1.22.1", "somewhere/1.22.1/go/bin", "link", "go1.22.1"] {
        let found = discover::at(&machine.path(path), &machine.environment()).unwrap();
        assert_eq!((&found.goroot, found.owner), (&goroot, "by hand"), "{path}");
    }
    let theirs = machine.tree("home/.goenv/versions/1.22.1", "go1.22.1");
    assert_eq!(discover::at(&theirs, &machine.environment()).unwrap().owner, "goenv");
    let at = |path: &str| discover::at(&machine.path(path), &machine.environment());
    assert!(matches!(at("nowhere"), Err(NotATree::Unreadable { .. })));
    assert!(matches!(at("home"), Err(NotATree::Other { .. })));
    assert!(matches!(at("somewhere/1.22.1/go/VERSION"), Err(NotATree::Other { .. })));
}

#[test]
fn a_hint_counts_each_version_that_is_missing_once() {
    let machine = Machine::new();
    machine.tree("home/sdk/go1.22.1", "go1.22.1");
    machine.tree("home/.g/versions/1.22.1", "go1.22.1");
    machine.tree("home/.g/versions/1.23.4", "go1.23.4");
    let adoptable = |installed: &str| {
        let found = discover::adoptable(&machine.environment(), &|version| version.as_str() == installed);
        let ours = found.iter().filter(|found| found.goroot.starts_with(machine.path("")));
        ours.map(|found| found.version.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(adoptable(""), ["1.22.1", "1.23.4"]);
    assert_eq!(adoptable("1.22.1"), ["1.23.4"]);
}

#[test]
fn a_look_around_is_cheap() {
    let machine = Machine::new();
    for patch in 0..60 {
        let name = format!("go1.22.{patch}");
        machine.tree(&format!("home/sdk/{name}"), &name);
        machine.tree(&format!("home/go/pkg/mod/golang.org/toolchain@v0.0.1-{name}.linux-amd64"), &name);
    }
    let once = || {
        let start = thread_time();
        assert_eq!(machine.look().found.len(), 120);
        thread_time().saturating_sub(start)
    };
    let fastest = (0..5).map(|_| once()).min().unwrap();
    eprintln!("120 trees are found in {fastest:?} of a processor");
    assert!(fastest < Duration::from_millis(50), "{fastest:?}");
}

/// How long this thread has run, whatever else the machine does.
fn thread_time() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(times.split(' ').next().unwrap().parse().unwrap())
}

/// The header of a 64-bit little-endian program for a machine.
pub(super) fn elf(machine: u8) -> Vec<u8> {
    let mut header = vec![0; 64];
    header[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    header[16] = 2;
    header[18] = machine;
    header
}
