//! `gvmr doctor --fix`: what was found is gone, `go` works, and `--fix --undo` brings every byte, mode and link back.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::world::{World, gvmr};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

/// What is below a directory: path, mode and owner, then the bytes of a file or the target of a link.
pub(super) type Tree = BTreeMap<PathBuf, (u32, u32, Vec<u8>)>;

fn tree(directory: &Path) -> Tree {
    let mut found = Tree::new();
    let mut left = vec![directory.to_owned()];
    while let Some(path) = left.pop() {
        let is = fs::symlink_metadata(&path).unwrap();
        let content = if is.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            Vec::new()
        } else if is.is_symlink() {
            fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
        } else if is.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new() // fish keeps a FIFO, which nobody writes to
        };
        found.insert(path, (is.mode(), is.uid(), content));
    }
    found
}

/// The user's files without the journal, which is doctor's own.
pub(super) fn of_user(world: &World) -> Tree {
    let mut tree = tree(&world.path("user"));
    let state = world.path("user/.local");
    tree.retain(|path, _| !path.starts_with(&state) && *path != world.path("user"));
    tree
}

/// A user of bash with a version and `gvmr setup` done.
fn set_up(mirror: &Mirror) -> World {
    let mut world = mirror.world();
    world.set("SHELL", "/bin/bash");
    for file in [".bashrc", ".profile"] {
        fs::copy(format!("/etc/skel/{file}"), world.path("user").join(file)).unwrap();
    }
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.gvmr(["setup", "--yes"]).succeeds();
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [""; 0]);
    world
}

/// What is broken is found, mended and found no more; the undo brings it back, and the finding with it.
#[track_caller]
fn mended_and_back(world: &World, expected: &[&str]) {
    let before = of_user(world);
    let found = findings(world, &world.gvmr(["doctor", "--json"]));
    assert_eq!(found, expected);
    let shown = world.gvmr(["doctor", "--fix", "--dry-run"]).exits(1, &[]).stdout.clone();
    for id in expected.iter().map(|one| one.split(' ').next().unwrap()) {
        assert!(shown.contains(id), "{shown}");
    }
    assert!(before == of_user(world), "a preview writes nothing");
    let run = world.gvmr(["doctor", "--fix", "--yes", "--json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let report = run.json();
    assert_eq!(report["healthy"], true, "{report:#}");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!((&finding["fixed"], finding["undo"].is_u64()), (&true.into(), true), "{finding:#}");
    }
    assert_eq!(findings(world, &world.gvmr(["doctor", "--json"])), [""; 0]);
    let mended = of_user(world);
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    let back = of_user(world);
    for path in before.keys().chain(back.keys()) {
        assert!(before.get(path) == back.get(path), "{} is another one", path.display());
    }
    assert_eq!(findings(world, &world.gvmr(["doctor", "--json"])), found);
    world.gvmr(["doctor", "--fix", "--undo"]).exits(2, &["nothing to undo"]);
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    assert!(mended == of_user(world), "the same mend twice is the same");
}

#[test]
fn lines_of_the_go_env_file_are_mended_and_come_back() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let file = world.path("user/dotfiles/env");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::create_dir_all(world.path("user/.config/go")).unwrap();
    symlink("../../dotfiles/env", world.path("user/.config/go/env")).unwrap();
    let text = "# mine \u{fc}\nGOROOT=/usr/local/go\nGOINSECURE=\"*.corp.example\"\r\nGONOSUMDB= x\nGOPATH=relative\nGOOS=plan9\nCC=no-such-cc";
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    mended_and_back(
        &world,
        &[
            "goroot.in-env-file ~/.config/go/env:2",
            "goenv.quoted ~/.config/go/env:3",
            "goenv.quoted ~/.config/go/env:4",
            "goenv.stale-target ~/.config/go/env:6",
            "goenv.stale-target ~/.config/go/env:7",
            "gopath.unusable ~/.config/go/env:5",
        ],
    );
    let mended = "# mine \u{fc}\nGOINSECURE=*.corp.example\nGONOSUMDB=x\n";
    assert_eq!(fs::read_to_string(&file).unwrap(), mended);
    assert!(world.path("user/.config/go/env").is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o640);
}

#[test]
fn shims_and_modes_are_mended_and_come_back() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let netrc = world.path("user/.netrc");
    fs::write(&netrc, "machine x login y password z\n").unwrap();
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o644)).unwrap();
    mended_and_back(&world, &["secret.file-mode ~/.netrc"]);

    let shims = world.home().join("shims");
    fs::remove_file(shims.join("gofmt")).unwrap();
    fs::remove_file(shims.join("go1.98.1")).unwrap();
    fs::write(shims.join("go1.98.1"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(shims.join("go1.98.1"), fs::Permissions::from_mode(0o755)).unwrap();
    let before = tree(&shims);
    let broken =
        ["gofmt", "go1.98.1"].map(|name| format!("gvmr.shim-broken ~/.local/share/gvmr/shims/{name}"));
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), broken);
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    assert!(shims.join("gofmt").is_file());
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert!(before == tree(&shims));
}

/// The names of a directory, in groups that lead to one file.
fn linked(directory: &Path) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let inode = fs::symlink_metadata(entry.path()).unwrap().ino();
        groups.entry(inode).or_default().push(entry.file_name().into_string().unwrap());
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for names in &mut groups {
        names.sort();
    }
    groups.sort();
    groups
}

#[test]
fn an_undo_of_shims_gives_back_links_and_a_directory_that_was_missing() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let shims = world.home().join("shims");
    let whole = linked(&shims);
    assert!(whole.contains(&["go", "go1.98.1", "gofmt"].map(str::to_owned).to_vec()), "{whole:?}");
    let mode = |mode: u32| fs::Permissions::from_mode(mode);
    let spoils: [(&str, &dyn Fn()); 5] = [
        ("all names lose their mode", &|| fs::set_permissions(shims.join("go"), mode(0o644)).unwrap()),
        ("all names get other bytes", &|| fs::write(shims.join("go"), "x").unwrap()),
        ("one more name, and go is another file", &|| {
            fs::hard_link(shims.join("go"), shims.join("mine")).unwrap();
            fs::remove_file(shims.join("go")).unwrap();
            fs::write(shims.join("go"), "y").unwrap();
        }),
        ("a name is a copy, and another one is gone", &|| {
            fs::copy(shims.join("go"), shims.join("copy")).unwrap();
            fs::rename(shims.join("copy"), shims.join("go1.98.1")).unwrap();
            fs::remove_file(shims.join("gofmt")).unwrap();
        }),
        ("the directory is gone", &|| fs::remove_dir_all(&shims).unwrap()),
    ];
    for (name, spoil) in spoils {
        world.gvmr(["reshim"]);
        spoil();
        let of_home = || {
            let mut tree = tree(&world.home());
            tree.retain(|path, _| !path.starts_with(world.home().join("locks"))); // a lock names its last holder
            tree
        };
        let home = of_home();
        let links = shims.exists().then(|| linked(&shims));
        world.gvmr(["doctor", "--fix", "--yes", "--only", "gvmr.shim-broken"]).exits(0, &[]);
        world.shim("go", &world.path("user"), ["version"]).succeeds();
        world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
        let back = of_home();
        for path in home.keys().chain(back.keys()) {
            assert!(home.get(path) == back.get(path), "{name}: {} is another one", path.display());
        }
        assert_eq!(shims.exists().then(|| linked(&shims)), links, "{name}");
        world.gvmr(["doctor", "--fix", "--yes", "--only", "gvmr.shim-broken"]).exits(0, &[]);
    }
}

#[test]
fn a_login_leaves_its_line_only_when_it_is_stored_and_comes_back() {
    const CANARY: &str = "Canary-59c2e7";
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let file = world.path("user/.config/go/env");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text = format!("GONOSUMDB=x\nGOPROXY=https://joe:{CANARY}@goproxy.corp.example/go,off\n");
    fs::write(&file, &text).unwrap();
    mended_and_back(&world, &["secret.in-go-env ~/.config/go/env:2"]);
    let mended = "GONOSUMDB=x\nGOPROXY=https://goproxy.corp.example/go,off\n";
    assert_eq!(fs::read_to_string(&file).unwrap(), mended);
    assert!(world.gvmr(["auth", "list"]).succeeds().contains("goproxy.corp.example/go"));
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert!(!world.gvmr(["auth", "list"]).succeeds().contains("goproxy"));
    for words in [&["doctor"][..], &["doctor", "--fix", "--dry-run"], &["doctor", "--fix", "--yes"]] {
        let run = world.gvmr(words);
        assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    }
    // One that gvmr stores already is the user's to choose.
    fs::write(&file, &text).unwrap();
    let run = world.gvmr(["doctor", "--fix", "--yes", "--json"]);
    assert_eq!(run.code, Some(8), "{run:#?}");
    assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    assert_eq!(run.json()["findings"][0]["fixed"], "refused");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    // The record has the old bytes, and goes when the user says so.
    let state = world.path("user/.local/state/gvmr/doctor");
    assert!(fs::read_dir(&state).unwrap().count() > 1);
    world.gvmr(["doctor", "--forget"]).succeeds();
    let left: Vec<_> = fs::read_dir(&state).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"]);
    // A link in the record's place leads to what is not gvmr's.
    fs::create_dir(world.path("user/own")).unwrap();
    fs::write(world.path("user/own/file"), "mine").unwrap();
    symlink(world.path("user/own"), state.join("7")).unwrap();
    fs::create_dir(state.join("18446744073709551615")).unwrap();
    world.gvmr(["doctor", "--forget"]).succeeds();
    assert!(world.path("user/own/file").exists());
}

#[test]
fn what_was_edited_since_is_left_and_the_rest_comes_back() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let file = world.path("user/.config/go/env");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "GOROOT=/usr/local/go\n").unwrap();
    let netrc = world.path("user/.netrc");
    fs::write(&netrc, "machine x login y password z\n").unwrap();
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o644)).unwrap();
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    fs::write(&file, "GOPRIVATE=x\n").unwrap();
    world.gvmr(["doctor", "--fix", "--undo"]).exits(8, &["could not restore", "go/env", "changed since"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "GOPRIVATE=x\n");
    assert_eq!(fs::metadata(&netrc).unwrap().mode() & 0o777, 0o644);
    // As it was mended again, it can be restored.
    fs::write(&file, "").unwrap();
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert_eq!(fs::read_to_string(&file).unwrap(), "GOROOT=/usr/local/go\n");
}

#[test]
fn it_asks_waits_for_no_other_run_and_trusts_no_changed_record() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let file = world.path("user/.config/go/env");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "GOROOT=/usr/local/go\n").unwrap();
    world.gvmr(["doctor", "--fix"]).exits(2, &["--yes"]);
    world.gvmr(["doctor", "--fix", "--undo"]).exits(2, &["nothing to undo"]);
    assert!(!world.path("user/.local/state").exists(), "nothing is written without a mend");
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    let state = world.path("user/.local/state/gvmr/doctor");
    let lock = File::open(state.join("lock")).unwrap();
    lock.lock().unwrap();
    world.gvmr(["doctor", "--fix", "--undo"]).exits(9, &["another `gvmr doctor --fix` is running"]);
    lock.unlock().unwrap();
    let record = state.join("1/run.json");
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("/env", "/evil")).unwrap();
    world.gvmr(["doctor", "--fix", "--undo"]).exits(10, &["damaged", "gvmr doctor --forget"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
    fs::write(&record, text).unwrap();
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert_eq!(fs::read_to_string(&file).unwrap(), "GOROOT=/usr/local/go\n");
}

#[test]
fn a_kill_at_any_moment_leaves_what_the_undo_brings_back() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let file = world.path("user/.config/go/env");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "GOROOT=/usr/local/go\nGOPRIVATE='x'\nGOOS=plan9\nGOPATH=relative\n").unwrap();
    let netrc = world.path("user/.netrc");
    fs::write(&netrc, "machine x login y password z\n").unwrap();
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(world.home().join("shims/gofmt")).unwrap();
    let (before, shims) = (of_user(&world), tree(&world.home().join("shims")));
    let mut mended = 0;
    let began = Instant::now();
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    let whole = began.elapsed();
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    for round in 0..16 {
        let mut command = world.command(gvmr(), &world.path("user"));
        command.args([
            "doctor",
            "--fix",
            "--yes",
            "--only",
            "goroot,goenv,gopath,secret.file-mode,gvmr.shim-broken",
        ]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * (round + 1) / 17);
        child.kill().unwrap();
        child.wait().unwrap();
        mended += usize::from(before != of_user(&world));
        let undo = world.gvmr(["doctor", "--fix", "--undo"]);
        assert!(undo.code == Some(0) || undo.stderr.contains("nothing to undo"), "{undo:#?}");
        assert!(before == of_user(&world) && shims == tree(&world.home().join("shims")), "round {round}");
    }
    assert!(mended > 0, "every kill came before the first mend");
}

#[test]
fn an_undo_takes_a_home_that_the_mend_made_and_leaves_one_that_is_used_since() {
    let mirror = Mirror::small(&["1.98.1"]);
    let mut world = mirror.world();
    world.set("SHELL", "/bin/bash");
    for file in [".bashrc", ".profile"] {
        fs::copy(format!("/etc/skel/{file}"), world.path("user").join(file)).unwrap();
    }
    let bin = world.project("user/sdk/bin", &[]);
    fs::copy("/bin/true", bin.join("go")).unwrap();
    world.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let profile = fs::read_to_string(world.path("user/.profile")).unwrap();
    fs::write(world.path("user/.profile"), profile + "PATH=$PATH:$HOME/sdk/bin\n").unwrap();
    let of_home = || {
        let mut tree = tree(&world.path("user"));
        tree.retain(|path, _| !path.starts_with(world.path("user/.local/state")));
        tree
    };
    fs::create_dir(world.path("user/.local")).unwrap(); // where the journal is too
    let fix = || world.gvmr(["doctor", "--fix", "--yes", "--json", "--only", "session.without-go"]);
    let before = of_home();
    assert_eq!(fix().json()["findings"][0]["fixed"], true);
    assert!(world.home().join("shims/go").exists());
    world.gvmr(["reshim"]).succeeds();
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    let back = of_home();
    assert_eq!(before.keys().collect::<Vec<_>>(), back.keys().collect::<Vec<_>>());
    assert!(before == back);

    assert_eq!(fix().json()["findings"][0]["fixed"], true);
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert!(fs::read_to_string(world.path("user/.profile")).unwrap().ends_with("sdk/bin\n"));
    let version = world.shim("go1.98.1", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.98.1 linux/amd64");
}
