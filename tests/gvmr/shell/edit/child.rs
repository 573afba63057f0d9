//! This test binary once more, as another process that edits one file: killed, under strace, as another user.

use super::{block, make, undo, whole};
use gvmr::shell::{BlockPosition, EditError, move_aside};
use std::path::Path;
use std::process::{Command, Stdio};

/// A user id that nobody has.
pub(super) const STRANGER: u32 = 54_321;

/// A command that runs `task` with the file at `path`, under another program (such as strace) where `under` names one.
pub(super) fn command(under: &[&str], task: &str, path: &Path) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut words = under.iter().map(std::ffi::OsString::from).collect::<Vec<_>>();
    words.push(this.into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(["shell::edit::child::task", "--exact", "--nocapture"]);
    command.env("GVMR_TEST_TASK", task).env("GVMR_TEST_HOME", path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What `task` printed behind `answer: `; nothing where it was killed.
pub(super) fn answer(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = text.split_once("answer: ").and_then(|(_, answer)| answer.lines().next());
    answer.unwrap_or_default().to_owned()
}

/// What `task` printed when it ran as the user `uid`; `None` where this user cannot become another one, or the other
/// cannot come to `path`.
pub(super) fn answer_as(uid: u32, task: &str, path: &Path) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let said = answer(command(&[], task, path).env("GVMR_TEST_UID", uid.to_string()));
    (said != "unreachable").then_some(said)
}

/// Whether a process may have mounts of its own here.
pub(super) fn own_mounts() -> Option<()> {
    let status = Command::new("unshare").args(["-m", "true"]).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success()).then_some(())
}

/// What `task` printed in a process with mounts of its own, after the shell commands `mounts`.
pub(super) fn answer_in_own_mounts(task: &str, path: &Path, mounts: &str) -> String {
    let script = format!("{mounts} && exec \"$@\"");
    answer(&mut command(&["unshare", "-m", "sh", "-c", &script, "sh"], task, path))
}

/// Does nothing unless it runs in a child.
#[test]
fn task() {
    let Some(task) = std::env::var_os("GVMR_TEST_TASK") else { return };
    let path = std::env::var_os("GVMR_TEST_HOME").unwrap();
    if let Some(uid) = std::env::var_os("GVMR_TEST_UID") {
        become_user(uid.to_str().unwrap().parse().unwrap());
        let above = Path::new(&path).parent().unwrap().symlink_metadata();
        if above.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied) {
            println!("answer: unreachable");
            return;
        }
    }
    count_past_the_harness();
    println!("answer: {}", run(task.to_str().unwrap(), Path::new(&path)));
}

/// strace counts the calls of each thread by itself. The harness's own thread makes fewer than these, so what is done
/// to a later one of this thread is done to nothing else.
fn count_past_the_harness() {
    for _ in 0..32 {
        std::fs::write("/dev/null", "-").unwrap();
    }
}

fn become_user(uid: u32) {
    let (user, group) = (nix::unistd::Uid::from_raw(uid), nix::unistd::Gid::from_raw(uid));
    nix::unistd::setgroups(&[]).unwrap();
    nix::unistd::setresgid(group, group, group).unwrap();
    nix::unistd::setresuid(user, user, user).unwrap();
}

fn run(task: &str, path: &Path) -> String {
    let edit = block(path, BlockPosition::Both);
    match task {
        "setup" => describe(make(&edit)),
        "undo" => describe(undo(&edit)),
        "whole" => describe(make(&whole(path))),
        "undo whole" => describe(undo(&whole(path))),
        "aside" => describe(move_aside(path, "unreadable").map(|_| true)),
        "toggle" => loop {
            make(&edit).unwrap();
            undo(&edit).unwrap();
        },
        other => panic!("no task {other:?}"),
    }
}

/// `done`, `nothing to do`, or the error with its message and hint.
fn describe(outcome: Result<bool, EditError>) -> String {
    match outcome {
        Ok(true) => "done".to_owned(),
        Ok(false) => "nothing to do".to_owned(),
        Err(error) => {
            format!("{error:?} | {error} | {}", error.hint().unwrap_or_default()).replace('\n', "\\n")
        }
    }
}
