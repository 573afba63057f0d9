//! This test binary once more, as another process that does one thing with a home.

use super::{Committed, StoreError, install, lock, open, version};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command that runs `task` in the home at `root`, under another program (such as strace) where `under` names one.
pub(super) fn command(under: &[&str], task: &str, root: &Path) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut words = under.iter().map(std::ffi::OsString::from).collect::<Vec<_>>();
    words.push(this.into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(["store::child::task", "--exact", "--nocapture"]);
    command.env("GVMR_TEST_TASK", task).env("GVMR_TEST_HOME", root);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What `task` printed behind `answer: `.
pub(super) fn answer(under: &[&str], task: &str, root: &Path) -> String {
    let output = command(under, task, root).output().unwrap();
    answer_in(&String::from_utf8_lossy(&output.stdout))
}

pub(super) fn answer_in(text: &str) -> String {
    let start = text.find("answer: ").unwrap_or_else(|| panic!("no answer in {text:?}"));
    text[start + 8..].lines().next().unwrap().to_owned()
}

/// What `task` printed when it ran without root's rights over files, and could still reach every directory that this
/// user owns. Root reads and writes whatever it likes, so only without them is anything refused.
pub(crate) fn answer_without_rights(task: &str, root: &Path) -> String {
    if rustix::process::geteuid().is_root() {
        return answer(&["setpriv", "--bounding-set=-all", "--inh-caps=-all"], task, root);
    }
    answer(&[], task, root)
}

/// Does nothing unless it runs in a child.
#[test]
fn task() {
    let Some(task) = std::env::var_os("GVMR_TEST_TASK") else { return };
    let root = std::env::var_os("GVMR_TEST_HOME").unwrap();
    println!("answer: {}", run(task.to_str().unwrap(), Path::new(&root)));
}

fn run(task: &str, root: &Path) -> String {
    if task == "walk" {
        let entries = gvmr::unpack::installed(root, crate::support::zip::PREFIX).unwrap();
        let unreadable =
            entries.iter().filter(|entry| matches!(entry.kind, gvmr::unpack::EntryKind::Unreadable(_)));
        return unreadable.map(|entry| entry.name.rsplit('/').next().unwrap()).collect::<Vec<_>>().join(" ");
    }
    let store = match open(root) {
        Ok(store) => store,
        Err(error) => return describe(&error),
    };
    match task {
        "install" => match install(&store, "1.99.1") {
            Ok(Committed::New(_)) => "new".to_owned(),
            Ok(Committed::Existing(_)) => "existing".to_owned(),
            Err(error) => describe(&error),
        },
        "lock" => match store.lock(&version("1.99.1"), &|_| {}, &|| false) {
            Ok(_lock) => "locked".to_owned(),
            Err(error) => describe(&error),
        },
        "hold" => {
            let _lock = lock(&store, "1.99.1");
            println!("answer: held");
            std::thread::sleep(std::time::Duration::from_secs(60));
            String::new()
        }
        "remove" => match store.remove(&lock(&store, "1.99.1"), false) {
            Ok(removed) => format!("removed {removed}"),
            Err(error) => describe(&error),
        },
        other => panic!("no task {other:?}"),
    }
}

fn describe(error: &StoreError) -> String {
    format!("{error:?}")
}

/// Starts a child that holds the lock of 1.99.1 until it is killed.
pub(super) fn holder(root: &Path) -> std::process::Child {
    let mut child = command(&[], "hold", root).spawn().unwrap();
    let mut text = String::new();
    let output = child.stdout.as_mut().unwrap();
    while !text.contains("answer: held") {
        let mut byte = [0];
        assert_eq!(output.read(&mut byte).unwrap(), 1, "the child ended: {text}");
        text.push(char::from(byte[0]));
    }
    child
}

/// Whether a program is there to be run.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
