//! Small made-up toolchains that a log knows: what is adopted, what is refused, and what is said.

use super::discovery::elf;
use super::{lay, put, snapshot};
use crate::support::mirror::Mirror;
use crate::support::server::Reply;
use crate::support::world::{World, names};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A machine with `~/sdk/go1.99.1`, as `golang.org/dl` puts it there.
fn machine(mirror: &Mirror) -> (World, PathBuf) {
    let world = mirror.world();
    let goroot = lay(&world.path("user/sdk/go1.99.1"), "1.99.1");
    (world, goroot)
}

fn import(world: &World, goroot: &Path) -> crate::support::world::Run {
    world.gvmr(["import".as_ref(), goroot.as_os_str()])
}

#[test]
fn a_named_tree_is_copied_proved_and_reachable() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    let before = snapshot(&goroot);
    let run = import(&world, &goroot);
    assert!(run.stderr.contains("go1.99.1 is the default now"), "{run:?}");
    let line = run.succeeds();
    let expected = format!("go1.99.1\t{}\tadopted, proved by test.log", goroot.display());
    assert!(line.starts_with(&expected), "{line}");
    assert!(line.ends_with(&format!("imported from {}", goroot.display())), "{line}");
    assert_eq!(snapshot(&goroot), before);
    assert_eq!(mirror.downloads("1.99.1"), 0);
    assert!(world.gvmr(["verify"]).succeeds().contains("proved"));
    assert!(!world.gvmr(["list", "--long"]).succeeds().contains("from imported from"));
    let version = world.shim("go1.99.1", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.99.1 linux/amd64");
    // Nothing is shared with the original but, where the file system can, blocks.
    put(&goroot.join("bin/go"), "changed later");
    world.gvmr(["verify"]).succeeds();
    let again = import(&world, &goroot).succeeds();
    assert!(again.ends_with("already installed"), "{again}");
}

#[test]
fn the_other_tools_global_version_becomes_the_default_or_the_difference_is_said() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let goenv = |world: &World, version: &str| {
        for version in ["1.98.1", "1.99.1"] {
            let goroot = lay(&world.path("user/.goenv/versions").join(version), version);
            put(&goroot.join("bin/gopls"), "");
        }
        put(&world.path("user/.goenv/version"), format!("{version}\n"));
    };
    let world = mirror.world();
    goenv(&world, "1.98.1");
    // Named, since this machine may have others.
    let words = |world: &World| {
        let tree = |version| world.path("user/.goenv/versions").join(version).display().to_string();
        ["import".to_owned(), tree("1.98.1"), tree("1.99.1")]
    };
    let run = world.gvmr(words(&world)).exits(0, &["go1.98.1 is the default now"]);
    assert_eq!(world.gvmr(["global"]).succeeds(), "1.98.1", "not the newest");
    for version in ["1.98.1", "1.99.1"] {
        let left = format!(
            "not copied from {}: bin/gopls",
            world.path("user/.goenv/versions").join(version).display()
        );
        assert!(run.stderr.contains(&left), "named for every tree: {run:#?}");
    }
    let other = mirror.world();
    other.gvmr(["install", "1.99.1"]).succeeds();
    goenv(&other, "1.98");
    let file = other.path("user/.goenv/version").display().to_string();
    other.gvmr(words(&other)).exits(
        0,
        &[
            &format!("goenv's global version is 1.98 ({file}), the default here is 1.99.1"),
            "gvmr use --global 1.98",
        ],
    );
    assert_eq!(other.gvmr(["global"]).succeeds(), "1.99.1");
}

/// A home that root had before the machine's is moved this way.
#[test]
fn the_versions_of_another_home_of_gvmr_can_be_imported_by_name() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.99.1"]).succeeds();
    let goroot = world.goroot("1.99.1");
    world.set("GVMR_HOME", world.path("shared").to_str().unwrap());
    import(&world, &goroot).succeeds();
    assert_eq!(mirror.downloads("1.99.1"), 1, "copied, not fetched again");
    assert!(world.gvmr(["verify"]).succeeds().contains("proved"));
}

#[test]
fn what_others_put_into_a_tree_stays_there() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    for extra in [
        "bin/gopls",
        "pkg/mod/cache/lock",
        "pkg/linux_amd64/fmt.a",
        "packages/bin/dlv",
        "src/github.com/someone/something/go.mod",
        "api/go1.txt",
        "test/hello.go",
        ".unpacked-success",
        "manifest",
    ] {
        put(&goroot.join(extra), "not Go's");
    }
    symlink("/nowhere", goroot.join("packages/dangling")).unwrap();
    fs::set_permissions(goroot.join("pkg/mod/cache"), fs::Permissions::from_mode(0o555)).unwrap();
    let before = snapshot(&goroot);
    let run = import(&world, &goroot);
    assert!(run.stderr.contains("not part of Go, not copied from "), "{run:?}");
    run.succeeds();
    assert_eq!(snapshot(&goroot), before);
    assert!(!world.goroot("1.99.1").join("bin/gopls").exists());
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn the_layout_of_the_module_cache_is_turned_back() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    fs::rename(goroot.join("src/go.mod"), goroot.join("src/_go.mod")).unwrap();
    let twin = goroot.join("src/go.mod"); // as the go command makes it beside the other
    for twin_content in [None, Some("module std\n"), Some("module changed\n")] {
        if let Some(content) = twin_content {
            put(&twin, content);
        }
        import(&world, &goroot).succeeds();
        let src = world.goroot("1.99.1").join("src");
        assert_eq!(fs::read_to_string(src.join("go.mod")).unwrap(), "module std\n");
        assert!(!src.join("_go.mod").exists());
        world.gvmr(["verify"]).succeeds();
        world.gvmr(["uninstall", "--force", "1.99.1"]).succeeds();
    }
}

#[test]
fn one_changed_byte_is_not_adopted_and_the_file_is_named() {
    for file in ["bin/go", "VERSION", "src/p5/file.go", "src/go.mod"] {
        let mirror = Mirror::small(&["1.99.1"]);
        let (world, goroot) = machine(&mirror);
        let unpacked = SystemTime::now() - Duration::from_secs(90_000);
        for path in snapshot(&goroot).into_keys().filter(|path| path.is_file()) {
            fs::File::options().write(true).open(path).unwrap().set_modified(unpacked).unwrap();
        }
        let mut content = fs::read(goroot.join(file)).unwrap();
        *content.last_mut().unwrap() ^= 1;
        put(&goroot.join(file), content);
        let before = snapshot(&goroot);
        let run = import(&world, &goroot)
            .exits(5, &["is not go1.99.1 as Go published it", "h1:", "gvmr install 1.99.1"]);
        let named = run.stderr.contains(&format!("written after the other files: {file}"));
        assert!(named || file == "VERSION", "{run:?}");
        assert!(run.stdout.contains("changed, not adopted"), "{run:?}");
        assert_eq!(world.installed(), [""; 0], "{file}");
        assert_eq!(names(&world.home().join("staging")), [""; 0], "{file}");
        assert!(!world.home().join("default").exists());
        assert_eq!(snapshot(&goroot), before);
        world.gvmr(["install", "1.99.1"]).succeeds();
    }
}

#[test]
fn a_missing_file_and_an_added_one_are_changes() {
    let changes: [fn(&Path); 3] = [
        |goroot| fs::remove_file(goroot.join("src/p7/file.go")).unwrap(),
        |goroot| put(&goroot.join("src/p7/more.go"), "package p7\n"),
        |goroot| put(&goroot.join("lib/time/update.bash"), "#!/bin/sh\n"),
    ];
    for change in changes {
        let mirror = Mirror::small(&["1.99.1"]);
        let (world, goroot) = machine(&mirror);
        change(&goroot);
        import(&world, &goroot).exits(5, &["as Go published it"]);
        assert_eq!(world.installed(), [""; 0]);
    }
}

#[test]
fn an_edited_go_env_is_taken_back_in_the_copy_and_that_is_said() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    let settings = goroot.join("go.env");
    let shipped = fs::read_to_string(&settings).unwrap();
    put(&settings, shipped.replace("GOTOOLCHAIN=auto", "GOTOOLCHAIN=local"));
    let before = snapshot(&goroot);
    let run = import(&world, &goroot);
    assert!(run.stderr.contains("go.env was edited (GOTOOLCHAIN=local)"), "{run:?}");
    run.succeeds();
    assert_eq!(snapshot(&goroot), before);
    assert_eq!(fs::read_to_string(world.goroot("1.99.1").join("go.env")).unwrap(), shipped);
    assert_eq!(names(&world.goroot("1.99.1")).iter().filter(|name| name.contains("go.env")).count(), 1);
    world.gvmr(["verify"]).succeeds();
    // Another edit is another tree.
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    put(&goroot.join("go.env"), "GOPROXY=https://evil.example\nGOTOOLCHAIN=local\n");
    let run = import(&world, &goroot).exits(5, &["as Go published it"]);
    assert!(!run.stderr.contains("was edited"), "{run:?}");
}

#[test]
fn added_links_and_fifos_stay_behind_like_other_additions() {
    let add = |goroot: &Path| {
        symlink("..", goroot.join("src/loop")).unwrap();
        symlink("itself", goroot.join("src/p1/itself")).unwrap();
        symlink("/etc/passwd", goroot.join("go")).unwrap();
        let (mode, kind) = (rustix::fs::Mode::from_raw_mode(0o644), rustix::fs::FileType::Fifo);
        rustix::fs::mknodat(rustix::fs::CWD, goroot.join("src/fifo"), kind, mode, 0).unwrap();
    };
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    add(&goroot);
    import(&world, &goroot).exits(0, &["not part of Go, not copied from ", "src/fifo and 2 more"]);
    for left in ["src/loop", "src/p1/itself", "src/fifo", "go"] {
        assert!(fs::symlink_metadata(world.goroot("1.99.1").join(left)).is_err(), "{left}");
        assert!(fs::symlink_metadata(goroot.join(left)).is_ok(), "{left}");
    }
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn links_where_go_has_files_are_refused_without_being_followed() {
    let odd: [(&str, fn(&Path)); 3] = [
        ("VERSION", |goroot| {
            fs::rename(goroot.join("VERSION"), goroot.join("VERSION.real")).unwrap();
            symlink("VERSION.real", goroot.join("VERSION")).unwrap();
        }),
        ("src", |goroot| {
            fs::rename(goroot.join("src"), goroot.join("source")).unwrap();
            symlink("source", goroot.join("src")).unwrap();
        }),
        ("a name holds a character", |goroot| put(&goroot.join("src/p1/a\nb"), "")),
    ];
    for (word, spoil) in odd {
        let mirror = Mirror::small(&["1.99.1"]);
        let (world, goroot) = machine(&mirror);
        spoil(&goroot);
        import(&world, &goroot).exits(5, &["is not go1.99.1 as Go published it", word, "next: "]);
        assert_eq!(world.installed(), [""; 0], "{word}");
    }
}

#[test]
fn a_tree_that_is_larger_than_any_release_costs_nothing() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    let huge = fs::File::create(goroot.join("src/huge")).unwrap();
    huge.set_len(1 << 40).unwrap();
    import(&world, &goroot).exits(5, &["exceeds"]);
    fs::remove_file(goroot.join("src/huge")).unwrap();
    for number in 0..40_000 {
        fs::create_dir(goroot.join(format!("src/d{number}"))).unwrap();
    }
    import(&world, &goroot).exits(5, &["exceeds"]);
    assert!(!world.home().join("staging").exists() || names(&world.home().join("staging")).is_empty());
}

#[test]
fn without_the_log_nothing_is_adopted() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.starts_with("/sumdb/") { Reply::status(500) } else { reply }
    });
    let (world, goroot) = machine(&mirror);
    import(&world, &goroot).exits(
        4,
        &["go1.99.1 is not adopted, because only the checksum database can verify a tree", "next: "],
    );
    assert_eq!(world.installed(), [""; 0]);
    let mut world = World::new("http://127.0.0.1:9");
    let goroot = lay(&world.path("tree"), "1.99.1");
    import(&world, &goroot).exits(4, &["only the checksum database can verify"]);
    world.set("GOSUMDB", "off");
    import(&world, &goroot).exits(5, &["GOSUMDB"]);
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn what_the_log_does_not_know_is_no_release() {
    let mirror = Mirror::small(&["1.99.1"]);
    let world = mirror.world();
    let goroot = lay(&world.path("tree"), "1.99.7");
    import(&world, &goroot).exits(3, &["there is no Go 1.99.7"]);
}

#[test]
fn a_tree_for_another_machine_or_of_no_release_is_named_and_refused() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, goroot) = machine(&mirror);
    put(&goroot.join("bin/go"), elf(22)); // of a mainframe
    fs::create_dir_all(goroot.join("pkg/tool/linux_s390x")).unwrap();
    import(&world, &goroot).exits(11, &["go1.99.1 for linux-s390x", "next: "]);
    put(&goroot.join("VERSION"), "devel go1.100-abc\n");
    import(&world, &goroot).exits(1, &["devel go1.100-abc", "next: "]);
    world.gvmr(["import", "./nowhere"]).exits(2, &["nowhere", "next: "]);
    world.gvmr(["import", "."]).exits(2, &["not a Go toolchain", "next: "]);
    let list = world.gvmr(["import", "--dry-run", "--json"]).json();
    let line =
        list.as_array().unwrap().iter().find(|line| line["goroot"] == goroot.to_str().unwrap()).unwrap();
    assert_eq!(line["state"], "passed");
    assert!(line["why"].as_str().unwrap().contains("not a Go release"), "{line}");
}

#[test]
fn one_failure_spares_the_others_and_decides_the_exit_code() {
    let mirror = Mirror::small(&["1.98.3", "1.99.1"]);
    let (world, good) = machine(&mirror);
    let bad = lay(&world.path("user/sdk/go1.98.3"), "1.98.3");
    put(&bad.join("src/p3/file.go"), "changed");
    let words = ["import", "--json", "sdk/go1.98.3", "nowhere", "sdk/go1.99.1/bin/go"];
    let run = world.gvmr(words);
    assert_eq!(run.code, Some(5), "{run:?}");
    let json = run.json();
    let states: Vec<_> =
        json.as_array().unwrap().iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["failed", "failed", "adopted"]);
    assert_eq!((&json[0]["error"]["kind"], &json[1]["error"]["code"]), (&"integrity".into(), &2.into()));
    assert_eq!(json[2]["goroot"], good.to_str().unwrap());
    assert_eq!(json[2]["receipt"]["proof"], "log");
    assert_eq!(json[2]["receipt"]["source"], format!("imported from {}", good.display()));
    assert_eq!(world.installed(), ["go1.99.1"]);
}

#[test]
fn looking_changes_nothing_and_asks_nobody() {
    let mirror = Mirror::small(&["1.98.3", "1.99.1"]);
    let (world, goroot) = machine(&mirror);
    lay(&world.path("user/.gobrew/versions/1.98.3/go"), "1.98.3");
    let before = snapshot(&world.path("user"));
    let table = world.gvmr(["import", "--dry-run"]).succeeds();
    for (name, owner) in [("go1.98.3", "gobrew"), ("go1.99.1", "golang.org/dl")] {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{table}"));
        assert!(line.contains(owner) && line.ends_with("can be adopted"), "{line}");
    }
    // Nobody can be asked here, and nobody said yes.
    world.gvmr(["import"]).exits(2, &["would adopt", "go1.99.1", "--yes"]);
    assert_eq!(snapshot(&world.path("user")), before, "gvmr's home is not even made");
    assert_eq!(mirror.server.requests().len(), 0);
    world.gvmr(["import", "--yes"]);
    assert_eq!(snapshot(&goroot), before.into_iter().filter(|(path, _)| path.starts_with(&goroot)).collect());
    assert!(world.installed().contains(&"go1.98.3".to_owned()));
    let list = world.gvmr(["import", "--dry-run", "--json"]).json();
    let ours = |line: &&serde_json::Value| {
        line["goroot"].as_str().unwrap().starts_with(world.path("user").to_str().unwrap())
    };
    let states: Vec<_> = list.as_array().unwrap().iter().filter(ours).map(|line| &line["state"]).collect();
    assert_eq!(states, ["installed", "installed"]);
}
