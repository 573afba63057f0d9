//! Sessions that are old, jobs of cron, and two homes of gvmr.

use super::user_of::UserOf;
use super::{findings, user_of};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

/// Keeps a crontab in a file: the machine's own holds the jobs of real users.
const CRONTAB: &str = r#"#!/bin/sh
case $1 in
-l) if [ -e "$TABLE" ]; then cat "$TABLE"; else echo "no crontab for u" >&2; exit 1; fi ;;
-r) rm "$TABLE" ;;
-) cat > "$TABLE" ;;
esac
"#;

#[test]
fn a_job_without_go_is_named_with_the_line_of_its_path() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.write("bin/crontab", CRONTAB);
    fs::set_permissions(user.path("bin/crontab"), fs::Permissions::from_mode(0o755)).unwrap();
    let bin = user.path("bin").display().to_string();
    user.world.set("PATH", &format!("{bin}:/usr/bin:/bin"));
    let table = user.path("table");
    user.world.set("TABLE", &table.display().to_string());
    for (text, found) in [
        ("0 * * * * go version\n", &["session.cron crontab:1"][..]),
        ("MAILTO=u\n@daily cd /src && go test ./...\n", &["session.cron crontab:2"]),
        ("PATH=$HOME/go/bin:/bin\n0 * * * * gofmt -l .\n", &["session.cron crontab:1"]),
        ("PATH=~/go/bin\n# go\n0 * * * * make\n", &[]),
        ("0 * * * * /usr/local/go/bin/go version\n", &[]),
        ("0 * * * * make go\n", &[]),
    ] {
        user.write("table", text);
        assert_eq!(user.found(), found, "{text}");
        if found.is_empty() {
            continue;
        }
        user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
        assert_eq!(user.found(), [""; 0], "{text}");
        user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
        assert_eq!(fs::read_to_string(&table).unwrap(), text);
    }
}

#[test]
fn a_session_that_is_older_than_the_setup_is_named_and_one_by_hand_is_not() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::new("/bin/bash", Some(&mirror)) else { return skip("bash and root") };
    // What a login has before gvmr's lines are there.
    user.world.set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games");
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path(""));
    let id = user_of::UID.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--", "bash"]);
    let mut shell =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Clocks of processes are coarse.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    user.gvmr(&["install", "1.98.1"]).succeeds();
    user.gvmr(&["setup", "--yes"]).succeeds();
    assert_eq!(user.found(), [""; 0], "its parent is this test");
    let mut input = shell.stdin.take().unwrap();
    let gvmr = gvmr().display();
    std::io::Write::write_all(
        &mut input,
        format!("'{gvmr}' doctor --json --no-network; exit $?\n").as_bytes(),
    )
    .unwrap();
    drop(input);
    let run = Run::from(shell.wait_with_output().unwrap());
    assert_eq!(findings(&user.world, &run), ["session.stale bash"]);
    // By hand, as in a job: not what a session has.
    let script = format!("'{gvmr}' doctor --json --no-network");
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path(""));
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--", "env", "-i"]);
    command.arg(format!("HOME={}", user.path("").display()));
    let run = Run::of(command.args(["SHELL=/bin/bash", "PATH=/usr/bin:/bin", "sh", "-c", &script]));
    assert_eq!(findings(&user.world, &run), [""; 0]);
}

#[test]
fn shims_of_another_home_that_come_first_are_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let other = user.path("other");
    user.world.set("GVMR_HOME", other.to_str().unwrap());
    user.gvmr(&["install", "1.98.1"]).succeeds();
    user.world.unset("GVMR_HOME");
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    let line = text.lines().count() + 1;
    user.write(".profile", format!("{text}PATH=\"$HOME/other/shims:$PATH\"\n"));
    assert_eq!(user.found(), [format!("gvmr.two-homes ~/.profile:{line}")]);
    assert_eq!(user.first()["sessions"], json!(["bash login", "bash login command"]));
    user.is_mended_and_comes_back();
    user.write(".profile", format!("{text}export GVMR_HOME=$HOME/other\n"));
    assert_eq!(user.found(), [format!("gvmr.two-homes ~/.profile:{line}")]);
    user.write(".profile", text);
    // A home that a variable names, and the shims of another one on PATH.
    let shims = user.world.home().join("shims").display().to_string();
    user.world.set("PATH", &format!("{shims}:/usr/bin:/bin"));
    user.world.set("GVMR_HOME", other.to_str().unwrap());
    let run = user.gvmr(&["doctor", "--json", "--only", "gvmr"]);
    assert_eq!(findings(&user.world, &run), ["gvmr.two-homes GVMR_HOME"]);
}

#[test]
fn sessions_that_no_file_reaches_are_skipped_with_the_reason() {
    let mirror = Mirror::small(&["1.98.1"]);
    for (shell, expected) in [
        ("/bin/bash", &["session.bare-command", "session.sudo"][..]),
        ("/usr/bin/zsh", &["session.sudo"]),
        (
            "/bin/dash",
            &["session.new-terminal", "session.ssh-command", "session.bare-command", "session.sudo"],
        ),
        ("/bin/mksh", &["session.ssh-command", "session.bare-command", "session.sudo"]),
    ] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        let report = user.gvmr(&["doctor", "--json"]).json();
        let skipped = report["skipped"].as_array().unwrap();
        // A user without an entry in /etc/passwd has no crontab.
        let is_session = |one: &&Value| one["why"] != "--no-network" && one["id"] != "session.cron";
        let sessions = skipped.iter().filter(is_session);
        let ids: Vec<_> = sessions.clone().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{shell}: {report:#}");
        assert!(sessions.clone().all(|one| !one["why"].as_str().unwrap().is_empty()));
        let said = user.gvmr(&["doctor"]).succeeds();
        assert!(!said.contains("session.sudo"), "`gvmr setup` tells people: {said}");
    }
}

#[test]
fn another_go_in_a_nix_shell_or_below_an_envrc_is_a_note() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.another_go("nix/bin");
    let shims = user.world.home().join("shims");
    fs::create_dir(user.path("linked")).unwrap();
    std::os::unix::fs::symlink(shims.join("go"), user.path("linked/go")).unwrap();
    let path = |first: &str| format!("{}:{}:/usr/bin:/bin", user.path(first).display(), shims.display());
    let [nix, linked] = ["nix/bin", "linked"].map(path);
    for (variable, value) in [("IN_NIX_SHELL", "impure"), ("DIRENV_DIR", "-/home/u/project")] {
        for (path, expected) in [(&nix, 1), (&linked, 0)] {
            user.world.set("PATH", path);
            user.world.set(variable, value);
            let run = user.gvmr(&["doctor", "--json"]);
            assert_eq!(findings(&user.world, &run), [""; 0], "{variable} {path}");
            let notes = run.json()["findings"].as_array().unwrap().clone();
            assert_eq!(notes.len(), expected, "{variable} {path}: {notes:#?}");
            if let Some(note) = notes.first() {
                assert_eq!((&note["id"], &note["severity"]), (&json!("path.shim-not-first"), &json!("note")));
                assert_eq!(note["where"][1]["file"], user.path("nix/bin/go").to_str().unwrap());
                assert!(note["why"].as_str().unwrap().contains(variable), "{note:#}");
            }
            user.world.unset(variable);
            assert_eq!(user.gvmr(&["doctor", "--json"]).json()["findings"], json!([]), "{path}");
        }
    }
    // A file that puts it there for each session is an error all the same.
    user.world.set("IN_NIX_SHELL", "impure");
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    user.write(".profile", format!("{text}PATH=\"$HOME/nix/bin:$PATH\"\n"));
    assert_eq!(user.found(), [format!("path.shim-not-first ~/.profile:{}", text.lines().count() + 1)]);
}
