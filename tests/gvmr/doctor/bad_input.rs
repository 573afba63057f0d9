//! What the doctor cannot look at: shells that hang, flood or die, files that are no files, machines that lack something.

use super::findings;
use super::fix::of_user;
use super::user_of::{UID, UserOf};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longer than the slowest session may take, and its trace.
const LIMIT: Duration = Duration::from_secs(30);

/// The report of a run that ended in time.
#[track_caller]
fn examined(user: &UserOf) -> (Vec<String>, Value) {
    let started = Instant::now();
    let run = user.gvmr(&["doctor", "--json"]);
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    let found = findings(&user.world, &run);
    (found, run.json())
}

/// Why this kind was not looked for.
fn why(report: &Value, id: &str) -> String {
    let skipped = report["skipped"].as_array().unwrap();
    let why = skipped.iter().find(|one| one["id"] == id).map(|one| one["why"].as_str().unwrap());
    why.unwrap_or_default().to_owned()
}

#[test]
fn a_login_shell_that_hangs_floods_or_dies_is_skipped_with_the_reason() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    for (line, reason) in [
        ("sleep 600", "bash login: no answer within 5 s"),
        ("tr '\\0' x < /dev/zero", "bash login: no answer within 5 s"),
        ("kill -9 $$", "(signal: 9 (SIGKILL))"),
        ("kill -SEGV $$", "(signal: 11 (SIGSEGV))"),
    ] {
        user.write(".profile", format!("{line}\n{text}"));
        let (found, report) = examined(&user);
        assert_eq!(found, [""; 0], "{line}");
        for id in ["rc.stops-early", "path.overwritten", "path.shim-not-first", "session.without-go"] {
            assert!(why(&report, id).contains(reason), "{line}, {id}: {report:#}");
        }
    }
}

#[test]
fn files_that_are_no_text_are_read_to_a_limit_and_waited_for_by_none() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    for file in
        [".zshrc", ".config/environment.d/50-x.conf", ".xprofile", ".pam_environment", ".gitconfig", ".netrc"]
    {
        fs::create_dir_all(user.path(file).parent().unwrap()).unwrap();
        Run::of(Command::new("mkfifo").args(["-m", "600"]).arg(user.path(file))).succeeds();
        chown(user.path(file), Some(UID), Some(UID)).unwrap();
        let (found, _) = examined(&user);
        assert_eq!(found, [""; 0], "{file}");
        fs::remove_file(user.path(file)).unwrap();
    }
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    // bash itself waits for this one.
    fs::remove_file(user.path(".bashrc")).unwrap();
    Run::of(Command::new("mkfifo").args(["-m", "600"]).arg(user.path(".bashrc"))).succeeds();
    chown(user.path(".bashrc"), Some(UID), Some(UID)).unwrap();
    let (found, report) = examined(&user);
    assert_eq!(found, [""; 0]);
    assert_eq!(why(&report, "session.without-go"), "bash new terminal: no answer within 5 s");
    fs::remove_file(user.path(".bashrc")).unwrap();
    let line = "# ten MiB of comments, as a shell's history looks\n";
    user.write(".bashrc", text.clone() + &line.repeat((10 << 20) / line.len()));
    assert_eq!(examined(&user).0, [""; 0], "10 MiB");
    let bytes = [text.as_bytes(), b"alias gr\xfc\xdfe='echo \xff\xfe'\nexport NAME=\x80\x81\n"].concat();
    user.write(".bashrc", &bytes);
    assert_eq!(examined(&user).0, [""; 0], "Latin-1");
    user.write(".bashrc", [&bytes[..], b"export GOROOT=/opt/\xfc\n"].concat());
    let line = bytes.split(|byte| *byte == b'\n').count();
    assert_eq!(examined(&user).0, [format!("goroot.exported ~/.bashrc:{line}")]);
    user.is_mended_and_comes_back();
}

#[test]
fn sessions_of_a_shell_that_is_not_there_are_skipped_with_the_reason() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    for shell in ["/nonexistent/sh", "relative", "/usr/sbin/nologin", ""] {
        user.world.set("SHELL", shell);
        let (found, report) = examined(&user);
        assert_eq!(found, [""; 0], "{shell}");
        for id in ["rc.block-missing", "path.overwritten", "path.alias", "session.without-go"] {
            assert_eq!(why(&report, id), "the login shell is none that gvmr knows", "{shell}, {id}");
        }
    }
}

#[test]
fn a_machine_without_proc_and_a_home_that_is_read_only_are_examined_all_the_same() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.write(".config/go/env", "GOPRIVATE=\"*.corp.example\"\n");
    let quoted = "goenv.quoted ~/.config/go/env:1";
    let read_only = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\"";
    let run = |spoil: &str, words: &[&str]| {
        let id = UID.to_string();
        let script = format!("{spoil} && exec setpriv --reuid {id} --regid {id} --clear-groups \"$@\"");
        let mut command = user.world.command(Path::new("/usr/bin/unshare"), &user.path(""));
        command.args(["--mount", "sh", "-c", &script]).arg(user.path("")).arg(gvmr());
        Run::of(command.args(["doctor", "--no-network", "--json"]).args(words))
    };
    for (spoil, expected) in
        [("true", &[quoted][..]), ("umount -l /proc", &[quoted]), (read_only, &["host.home HOME", quoted])]
    {
        assert_eq!(findings(&user.world, &run(spoil, &[])), expected, "{spoil}");
    }
    fs::create_dir(user.path(".local/state")).unwrap();
    chown(user.path(".local/state"), Some(UID), Some(UID)).unwrap();
    let before = of_user(&user.world);
    // What cannot be written is not promised to be mended.
    let refused = run(read_only, &["--fix", "--yes"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("--fix can mend nothing here"), "{refused:#?}");
    assert!(before == of_user(&user.world));
    // What can be written stays as it is where no record of it can be kept.
    let no_record = "cd \"$0/.local/state\" && mount --bind . . && mount -o remount,ro,bind \"$PWD\"";
    let refused = run(no_record, &["--fix", "--yes"]);
    assert_eq!(refused.code, Some(8), "{refused:#?}");
    assert!(refused.stdout.contains("Read-only file system"), "{refused:#?}");
    assert!(before == of_user(&user.world));
    // Without /proc it mends all the same.
    run("umount -l /proc", &["--fix", "--yes"]).succeeds();
    assert_eq!(user.found(), [""; 0]);
    user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
    assert!(before == of_user(&user.world));
}
