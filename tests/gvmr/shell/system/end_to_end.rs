//! The whole of it: a machine is set up, used by another user, and undone.

use super::sandbox::{GVMR, Machine};
use crate::support::skip;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const DROP_IN: &str = "etc/sudoers.d/zz-gvmr";

#[test]
fn every_user_has_go_sudo_too_and_undo_gives_every_byte_back() {
    let Some(machine) = Machine::new() else { return };
    let before = machine.everything();
    let first = machine.setup(&["--yes"]);
    assert!(first.stderr.contains("wrote /etc/profile.d/zz-gvmr.sh\n"), "{first:#?}");
    assert!(first.stderr.contains("no Go version is installed in /opt/gvmr"), "{first:#?}");
    first.succeeds();
    machine.run("/opt/gvmr/bin/gvmr", &["install", "1.98.1"]).succeeds();

    let set_up = machine.everything();
    let changed: Vec<_> = before.iter().filter(|(path, old)| set_up.get(*path) != Some(old)).collect();
    let owners = |(mode, uid, gid, _): &(u32, u32, u32, Vec<u8>)| (*mode, *uid, *gid);
    for (path, old) in &changed {
        assert_eq!(owners(&set_up[*path]), owners(old), "{}", path.display());
    }
    for (path, (mode, uid, ..)) in set_up.iter().filter(|(path, _)| !before.contains_key(*path)) {
        let expected = if path.ends_with("zz-gvmr") { 0o440 } else { 0o444 };
        assert_eq!((mode & expected, *uid), (expected, 0), "{} is for everyone", path.display());
    }
    assert_eq!(fs::metadata(machine.path(DROP_IN)).unwrap().mode() & 0o7777, 0o440);

    machine.run("visudo", &["-c"]).succeeds();
    let version = "go version go1.98.1 linux/amd64";
    for sudo in [&["-n", "-u", "alice", "go", "version"][..], &["-n", "go", "version"]] {
        assert_eq!(machine.run("sudo", sudo).succeeds(), version, "sudo {sudo:?}");
    }
    let path = machine.run("sudo", &["-n", "-u", "alice", "sh", "-c", "printf %s \"$PATH\""]).succeeds();
    assert!(path.starts_with("/opt/gvmr/shims:"), "{path}");

    let again = machine.setup(&["--yes"]);
    assert!(again.stderr.contains("nothing was changed"), "{again:#?}");
    assert_eq!(again.succeeds(), "", "twice is once");
    assert!(machine.everything() == set_up, "twice is once");

    let undone = machine.setup(&["--undo", "--yes"]);
    assert!(undone.stderr.contains("/opt/gvmr and its Go versions stay"), "{undone:#?}");
    undone.succeeds();
    let after = machine.everything();
    let differs = before.iter().filter(|(path, old)| after.get(*path) != Some(old)).map(|(path, _)| path);
    let new = after.keys().filter(|path| !before.contains_key(*path));
    let differs: Vec<_> = differs.chain(new).collect();
    assert!(differs.is_empty(), "{differs:?}");
    assert!(machine.path("opt/gvmr/versions/go1.98.1/bin/go").exists());
    assert!(!machine.path("opt/gvmr/env").exists() && !machine.path("opt/gvmr/completions").exists());
    let nothing = machine.setup(&["--undo", "--yes"]);
    assert!(nothing.stderr.contains("nothing to undo"), "{nothing:#?}");
}

#[test]
fn a_new_users_sessions_have_the_shims_first_and_once() {
    let Some(machine) = Machine::new() else { return };
    machine.setup(&["--yes"]).succeeds();
    machine.run("/opt/gvmr/bin/gvmr", &["install", "1.98.1"]).succeeds();
    let sessions = [
        "bash -lc",
        "bash -lic",
        "bash -ic",
        "zsh -c",
        "zsh -lc",
        "zsh -ic",
        "zsh -lic",
        "fish -c",
        "fish -lc",
        "fish -ic",
        "dash -lc",
        "ksh -lc",
        "mksh -lc",
        "mksh -ic",
    ];
    for skeleton in [false, true] {
        if skeleton {
            machine.run("cp", &["-a", "/etc/skel/.", "/home/alice/"]).succeeds();
            machine.run("chown", &["-R", "4001:4001", "/home/alice"]).succeeds();
            machine.run("chmod", &["-R", "go+rX", "/home/alice"]).succeeds();
        }
        for session in sessions {
            let (shell, flags) = session.split_once(' ').unwrap();
            // mksh reads /etc/mkshrc only through the user's own file, as the skeleton has it.
            if !Path::new("/usr/bin").join(shell).exists() || (session == "mksh -ic" && !skeleton) {
                continue;
            }
            let seen = machine.as_alice(&[shell, flags, "env"]).stdout;
            let path = seen.lines().find_map(|line| line.strip_prefix("PATH=")).unwrap_or_default();
            let elements: Vec<_> = path.split(':').collect();
            assert_eq!(elements[0], "/opt/gvmr/shims", "{session} (skeleton: {skeleton}): {seen}");
            let times = elements.iter().filter(|element| **element == "/opt/gvmr/shims").count();
            assert_eq!(times, 1, "{session}: {path}");
            let go = machine.as_alice(&[shell, flags, "go version"]).stdout;
            assert!(go.ends_with("go version go1.98.1 linux/amd64\n"), "{session}: {go}");
        }
    }
    // What reads no file finds the link.
    assert!(machine.as_alice(&["sh", "-c", "go version && gvmr current"]).succeeds().ends_with("1.98.1"));
}

#[test]
fn only_root_and_with_the_command_to_run() {
    let Some(machine) = Machine::new() else { return };
    machine.run("chmod", &["-R", "a+rX", "/opt/build"]).succeeds();
    let before = machine.everything();
    let command = format!("next: run `sudo {GVMR} setup --system");
    machine.as_alice(&[GVMR, "setup", "--system", "--yes"]).exits(2, &["only root", &command]);
    let undo = format!("{command} --undo");
    machine.as_alice(&[GVMR, "setup", "--system", "--undo"]).exits(2, &[&undo]);
    // There is no terminal to ask on.
    machine.setup(&[]).exits(2, &["needs confirmation", "--yes"]);
    assert!(machine.everything() == before && !machine.path("opt/gvmr").exists());
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let Some(machine) = Machine::new() else { return };
    let before = machine.everything();
    let shown = machine.setup(&["--dry-run"]).succeeds();
    for line in [
        "+++ /etc/profile.d/zz-gvmr.sh",
        "+++ /etc/sudoers.d/zz-gvmr",
        "+Defaults secure_path=\"/opt/gvmr/shims:",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let outcome = machine.setup(&["--dry-run", "--json"]).json();
    assert_eq!((&outcome["sudo"]["state"], &outcome["home"]), (&"needed".into(), &"/opt/gvmr".into()));
    let needed = outcome["needed"].as_array().unwrap();
    assert!(
        needed.contains(&"/usr/local/bin/go".into()) && outcome["changed"] == serde_json::json!([]),
        "{outcome}"
    );
    assert!(machine.everything() == before && !machine.path("opt/gvmr").exists());
}

#[test]
fn a_broken_sudoers_stays_as_it_is() {
    let Some(machine) = Machine::new() else { return };
    machine.append("etc/sudoers", "this is no line of sudoers\n");
    let broken = fs::read(machine.path("etc/sudoers")).unwrap();
    let run = machine.setup(&["--yes"]).exits(8, &["sudoers is invalid", "next: fix sudoers with `visudo`"]);
    assert!(run.stderr.contains("wrote /etc/profile.d/zz-gvmr.sh"), "the rest is done: {run:#?}");
    assert_eq!(fs::read(machine.path("etc/sudoers")).unwrap(), broken);
    assert!(!machine.path(DROP_IN).exists());
}

#[test]
fn a_drop_in_that_visudo_rejects_is_undone() {
    let Some(machine) = Machine::new() else { return };
    let refuses =
        "#!/bin/sh\nif [ $# = 1 ] && [ -e /etc/sudoers.d/zz-gvmr ]; then echo 'no, thanks' >&2; exit 1; fi\n";
    machine.write("visudo", refuses, 0o755);
    machine.setup(&["--yes"]).exits(8, &["undone: no, thanks"]);
    assert!(!machine.path(DROP_IN).exists());
    // One of an earlier run is put back.
    machine.write("visudo", "#!/bin/sh\n", 0o755);
    machine.setup(&["--yes"]).succeeds();
    let old = fs::read_to_string(machine.path(DROP_IN)).unwrap();
    let sudoers = fs::read_to_string(machine.path("etc/sudoers")).unwrap();
    machine.write("etc/sudoers", &sudoers.replace("secure_path=\"", "secure_path=\"/first:"), 0o440);
    let refuses = "#!/bin/sh\nif [ $# = 1 ] && grep -q first /etc/sudoers.d/zz-gvmr; then exit 1; fi\n";
    machine.write("visudo", refuses, 0o755);
    machine.setup(&["--yes"]).exits(8, &["it was undone"]);
    assert_eq!(fs::read_to_string(machine.path(DROP_IN)).unwrap(), old);
    assert_eq!(fs::metadata(machine.path(DROP_IN)).unwrap().mode() & 0o7777, 0o440);
    // One that is refused before it is in place never is.
    machine.setup(&["--undo", "--yes"]).succeeds();
    machine.write("visudo", "#!/bin/sh\n[ $# = 1 ] || { echo bad text; exit 1; }\n", 0o755);
    machine.setup(&["--yes"]).exits(8, &["not installed: bad text"]);
    assert!(!machine.path(DROP_IN).exists());
}

#[test]
fn another_go_in_usr_local_stays_and_is_named() {
    let Some(machine) = Machine::new() else { return };
    machine.write("usr/local/bin/go", "#!/bin/sh\necho another\n", 0o755);
    let run = machine.setup(&["--yes"]);
    assert!(run.stderr.contains("/usr/local/bin/go is not gvmr's and stays"), "{run:#?}");
    run.succeeds();
    assert_eq!(
        fs::read_link(machine.path("usr/local/bin/gofmt")).unwrap(),
        Path::new("/opt/gvmr/shims/gofmt")
    );
    machine.setup(&["--undo", "--yes"]).succeeds();
    assert_eq!(machine.as_alice(&["sh", "-c", "go"]).succeeds(), "another");
    assert!(!machine.path("usr/local/bin/gofmt").exists());
}

#[test]
fn a_home_that_others_can_change_is_refused_before_anything_is_done() {
    let Some(machine) = Machine::new() else { return };
    fs::create_dir(machine.path("opt/open")).unwrap();
    machine.run("chmod", &["0775", "/opt/open"]).succeeds();
    let before = machine.everything();
    let setup = ["GVMR_HOME=/opt/open/gvmr", GVMR, "setup", "--system", "--yes"];
    machine.run("env", &setup).exits(8, &["/opt/open is writable by users other than root"]);
    assert!(machine.everything() == before && !machine.path("opt/open/gvmr").exists());
    machine.run("chmod", &["0755", "/opt/open"]).succeeds();
    machine.run("env", &setup).succeeds();
    // The place is remembered.
    let undone = machine.setup(&["--undo", "--yes"]);
    assert!(undone.stderr.contains("/opt/open/gvmr/env\n"), "{undone:#?}");
    assert!(machine.everything() == before);
}

#[test]
fn with_cron_the_jobs_of_root_get_the_shims_and_undo_takes_them_back() {
    let Some(machine) = Machine::new() else { return };
    if !Path::new("/usr/bin/crontab").exists() || !Path::new("/var/spool/cron/crontabs").exists() {
        return skip("cron is not installed");
    }
    let table = "MAILTO=ops\n0 3 * * * cd /srv && go build ./...\n";
    fs::create_dir(machine.path("spool")).unwrap();
    machine.write("root/table", table, 0o600);
    machine.run("crontab", &["/root/table"]).succeeds();
    let listed = || machine.run("crontab", &["-l"]).succeeds();
    let before = listed();
    machine.setup(&["--yes"]).exits(0, &["line 2", "gvmr setup --system --cron"]);
    assert_eq!(listed(), before, "only --cron writes there");
    machine.setup(&["--cron", "--yes"]).exits(0, &["set PATH in root's crontab"]);
    let path = listed().lines().find(|line| line.starts_with("PATH=")).map(str::to_owned);
    assert!(path.as_ref().is_some_and(|path| path.contains("/opt/gvmr/shims:")), "{path:?}");
    machine.setup(&["--undo", "--yes"]).exits(0, &["restored root's crontab"]);
    assert_eq!(listed(), before);
}
