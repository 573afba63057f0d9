//! HOME, ~/go and the home of gvmr as images, root and read-only disks leave them, with a real toolchain.

use super::user_of::{UID, UserOf};
use super::{caches, findings};
use crate::support::skip;
use crate::support::world::Run;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

/// All findings, notes included.
fn all(user: &UserOf) -> Vec<Value> {
    user.gvmr(&["doctor", "--json"]).json()["findings"].as_array().unwrap().clone()
}

/// Each severity and id.
fn ids(user: &UserOf) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    all(user).iter().map(|one| format!("{} {}", word(&one["severity"]), word(&one["id"]))).collect()
}

/// `go build` of the module in `m`, as the user.
fn build(user: &UserOf) -> Run {
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path("m"));
    let id = UID.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]);
    Run::of(command.arg(user.world.home().join("shims/go")).args(["build", "-o", "/dev/null", "."]))
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn for_everyone(path: &Path) -> &str {
    fs::create_dir_all(path).unwrap();
    mode(path, 0o777);
    path.to_str().unwrap()
}

#[test]
fn what_lies_below_the_root_directory_is_not_the_users_to_take() {
    let Some(mut user) = UserOf::new("/bin/bash", None) else { return skip("another user needs root") };
    let opt = user.world.path("opt");
    fs::create_dir_all(opt.join("versions")).unwrap();
    mode(&opt, 0o700);
    user.world.set("HOME", "/").set("GVMR_HOME", opt.to_str().unwrap());
    let found = all(&user);
    assert_eq!((&found[0]["id"], &found[1]["id"]), (&"host.home".into(), &"gvmr.home-unfit".into()));
    assert!(found.iter().all(|one| !one.to_string().contains("chown")), "{found:#?}");
}

#[test]
fn a_home_that_go_can_do_without_is_a_note() {
    let Some(mut user) = caches::user() else { return };
    let gvmr = user.world.home();
    user.world.set("GVMR_HOME", gvmr.to_str().unwrap());
    let home = user.path("");
    let cache = user.world.path("cache");
    let (builds, modules) = (cache.join("builds"), cache.join("modules"));
    for_everyone(&cache);
    user.write("m/go.mod", "module x\n\ngo 1.24\n");
    user.write("m/main.go", "package main\n\nfunc main() {}\n");
    let read_only = user.world.path("read-only");
    fs::create_dir(&read_only).unwrap();
    for wrong in [None, Some("/nowhere"), Some("relative"), read_only.to_str(), Some("/")] {
        match wrong {
            Some(wrong) => user.world.set("HOME", wrong),
            None => user.world.unset("HOME"),
        };
        let alone = ids(&user);
        let is_root = wrong == Some("/");
        let severity = if is_root { "note host.home" } else { "error host.home" };
        assert_eq!(alone[0], severity, "{wrong:?}");
        user.world.set("GOCACHE", builds.to_str().unwrap());
        for name in ["GOPATH", "GOMODCACHE"] {
            user.world.set(name, modules.to_str().unwrap());
            let built = build(&user);
            assert_eq!(built.code, Some(0), "{wrong:?} {name}: {built:#?}");
            let found = ids(&user);
            assert_eq!(found[0], "note host.home", "{wrong:?} {name}");
            let worse: Vec<_> = found.iter().filter(|one| !one.starts_with("note")).collect();
            assert!(worse.is_empty(), "{wrong:?} {name}: {:#?}", all(&user));
            user.world.unset(name);
        }
        user.world.unset("GOCACHE");
    }
    user.world.set("HOME", home.to_str().unwrap());
    mode(&home, 0o555);
    let first = user.first();
    assert_eq!(first["fix"]["command"], format!("chmod u+rwx {}", home.display()), "{first:#}");
    mode(&home, 0o755);
    // As `docker run -u` has it: nothing is set that could be left unset.
    user.world.set("HOME", "/");
    let found = all(&user);
    let words = &found.iter().find(|one| one["id"] == "cache.not-writable").unwrap()["fix"]["text"];
    assert_eq!(words, "set GOCACHE to a directory of yours", "{found:#?}");
}

#[test]
fn the_shims_on_path_are_judged_by_their_own_home() {
    let Some(mut user) = caches::user() else { return };
    let shims = user.world.home().join("shims");
    let path = format!("{}:/usr/bin:/bin", shims.display());
    user.world.set("PATH", &path).unset("GVMR_HOME");
    user.write("m/go.mod", "module x\n\ngo 1.24\n");
    let doctor = |user: &UserOf, directory: &str| {
        findings(&user.world, &user.gvmr_in(directory, &["doctor", "--json"]))
    };
    let other = user.world.path("github-home");
    user.world.set("HOME", for_everyone(&other));
    chown(&other, Some(UID), Some(UID)).unwrap();
    user.write("m/main.go", "package main\n\nfunc main() {}\n");
    build(&user).succeeds();
    assert_eq!(doctor(&user, "m"), [""; 0]);
    assert!(!ids(&user).iter().any(|one| one.contains("nothing-here")));
    user.write("m/.go-version", "1.23.1\n");
    let pin = user.path("m/.go-version");
    assert_eq!(
        doctor(&user, "m"),
        [format!(
            "toolchain.not-available {}:1",
            pin.display().to_string().replacen(user.path("").to_str().unwrap(), "~/", 1)
        )]
    );
}

#[test]
fn what_stands_in_the_place_of_the_default_gopath_is_named_once() {
    let Some(user) = caches::user() else { return };
    let go = user.path("go");
    fs::write(&go, "").unwrap();
    chown(&go, Some(UID), Some(UID)).unwrap();
    assert_eq!(user.found(), ["gopath.unusable ~/go"]);
    assert!(!user.first()["fix"]["text"].as_str().unwrap().contains("unset"));
    fs::remove_file(&go).unwrap();
    symlink("/nowhere/disk/go", &go).unwrap();
    assert_eq!(user.found(), ["gopath.unusable ~/go"]);
    fs::remove_file(&go).unwrap();
    // A link to a directory is as good as one.
    fs::create_dir(user.path("disk")).unwrap();
    chown(user.path("disk"), Some(UID), Some(UID)).unwrap();
    symlink(user.path("disk"), &go).unwrap();
    assert_eq!(user.found(), [""; 0]);
}

#[test]
fn what_one_sudo_go_took_is_given_back_by_one_command() {
    let Some(user) = caches::user() else { return };
    for (made, top) in [
        (&["go", "go/pkg", "go/pkg/mod", "go/bin"][..], "go"),
        (&["go"], "go"),
        (&[".cache", ".cache/go-build"], ".cache"),
    ] {
        for name in made {
            fs::create_dir(user.path(name)).unwrap();
        }
        let report = user.gvmr(&["doctor", "--json"]);
        assert_eq!(findings(&user.world, &report), [format!("cache.not-writable ~/{top}")], "{made:?}");
        let command = format!("sudo chown -R {UID}: {}", user.path(top).display());
        assert_eq!(user.first()["fix"]["command"], command);
        fs::remove_dir_all(user.path(top)).unwrap();
    }
}

#[test]
fn a_directory_of_downloads_that_its_user_closed_is_named() {
    let Some(user) = caches::user() else { return };
    let download = "go/pkg/mod/cache/download";
    user.write(&format!("{download}/example.com/a/@v/list"), "");
    user.write("go/pkg/mod/example.com/a@v1.0.0/a.go", "package a\n");
    // As go leaves the trees of modules.
    mode(&user.path("go/pkg/mod/example.com/a@v1.0.0"), 0o555);
    mode(&user.path("go/pkg/mod/example.com/a@v1.0.0/a.go"), 0o444);
    assert_eq!(user.found(), [""; 0]);
    for part in ["go/pkg/mod/cache", download, "go/pkg/mod/cache/download/example.com"] {
        mode(&user.path(part), 0o555);
        assert_eq!(user.found(), [format!("cache.not-writable ~/{part}")]);
        let command = format!("chmod u+rwx {}", user.path(part).display());
        assert_eq!(user.first()["fix"]["command"], command);
        mode(&user.path(part), 0o755);
    }
}

#[test]
fn after_setup_without_a_version_there_is_still_nothing() {
    let Some(user) = UserOf::new("/bin/bash", None) else { return skip("another user needs root") };
    user.gvmr(&["setup", "--yes"]).succeeds();
    let found = ids(&user);
    assert_eq!(found, ["note gvmr.nothing-here"], "{:#?}", all(&user));
    user.another_go("go/bin");
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    user.write(".bashrc", text + "PATH=$PATH:$HOME/go/bin\n");
    let found = ids(&user);
    assert!(!found.contains(&"note gvmr.nothing-here".to_owned()), "{found:?}");
}

#[test]
fn a_module_that_a_workspace_in_the_home_uses_is_at_its_place() {
    let Some(user) = caches::user() else { return };
    user.write("go.work", "go 1.24\n\nuse ./p\n");
    user.write("p/go.mod", "module p\n\ngo 1.24\n");
    user.write("p/sub/p.go", "package sub\n");
    user.write("q/q.go", "package q\n");
    user.write("r/go.mod", "module r\n\ngo 1.24\n");
    user.write("r/r.go", "package r\n");
    let stray = &["modules.stray-root ~/go.work"][..];
    for (directory, found) in [("p", &[][..]), ("p/sub", &[]), ("q", stray), ("r", stray)] {
        let run = user.gvmr_in(directory, &["doctor", "--json"]);
        assert_eq!(findings(&user.world, &run), found, "{directory}");
        assert!(!run.stdout.contains("go mod init"), "{}", run.stdout);
    }
}

#[test]
fn an_undo_into_a_directory_that_its_user_closed_says_so() {
    let Some(user) = caches::user() else { return };
    user.write(".config/go/env", "GOFLAGS=-nosuch\n");
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    mode(&user.path(".config/go"), 0o555);
    user.gvmr(&["doctor", "--fix", "--undo"]).exits(8, &["could not restore", "is yours, and its mode"]);
    mode(&user.path(".config/go"), 0o755);
    user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
    assert_eq!(fs::read(user.path(".config/go/env")).unwrap(), b"GOFLAGS=-nosuch\n");
}

#[test]
fn what_root_wrote_into_the_settings_of_go_is_not_promised_to_be_mended() {
    let Some(user) = caches::user() else { return };
    user.write(".config/go/env", "GOROOT=/usr/local/go\n");
    let file = user.path(".config/go/env");
    let is_automatic = || {
        let report = user.gvmr(&["doctor", "--json"]).json();
        let findings = report["findings"].as_array().unwrap().clone();
        let found = findings.into_iter().find(|one| one["id"] == "goroot.in-env-file");
        found.unwrap_or_else(|| panic!("{report:#}"))["fix"]["automatic"].clone()
    };
    assert_eq!(is_automatic(), true);
    chown(&file, Some(0), Some(0)).unwrap();
    assert_eq!(is_automatic(), false);
}
