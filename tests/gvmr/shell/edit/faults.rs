//! Every call that changes something is killed, or fails, once: the old file or the new one, and an error that says so.

use super::child::{answer, command};
use super::{BLOCK, block, names, temporary, text, undo};
use crate::store::child::has;
use crate::support::skip;
use gvmr::shell::BlockPosition;
use std::fs;
use std::path::Path;

/// What an edit of a file calls to change anything.
const CALLS: [&str; 10] =
    ["openat", "write", "fsync", "renameat", "renameat2", "fchmod", "unlinkat", "mkdirat", "flock", "rmdir"];

const OLD: &str = "export A=1\n";

/// An edit, from what is there before to what is there after; both as a text, or nothing.
struct Case {
    task: &'static str,
    file: &'static str,
    before: Option<&'static str>,
    after: Option<String>,
}

fn cases() -> [Case; 4] {
    let note = BLOCK.replacen('\n', " setup made: this file, 1 directory\n", 1);
    let block = format!("{BLOCK}{OLD}{BLOCK}");
    [
        Case { task: "setup", file: ".bashrc", before: Some(OLD), after: Some(block.clone()) },
        Case { task: "undo", file: ".bashrc", before: Some(block.leak()), after: Some(OLD.to_owned()) },
        Case { task: "setup", file: "d/config", before: None, after: Some(note.clone()) },
        Case { task: "undo", file: "d/config", before: Some(note.leak()), after: None },
    ]
}

impl Case {
    /// Makes the state before, in an empty directory.
    fn begin(&self, home: &Path) {
        let file = home.join(self.file);
        let _ = fs::remove_file(&file);
        let _ = fs::remove_dir_all(home.join("d"));
        if let Some(before) = self.before {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, before).unwrap();
        }
    }

    fn found(&self, home: &Path) -> Option<String> {
        home.join(self.file).exists().then(|| text(home.join(self.file)))
    }

    /// Runs it with `fault` in the `when`th `call`; what it said, and what is there now.
    fn run(&self, home: &Path, call: &str, fault: &str, when: usize) -> (String, Option<String>) {
        self.begin(home);
        let inject = format!("inject={call}:{fault}:when={when}");
        let under = ["strace", "-f", "-o", "/dev/null", "-e", &inject];
        let said = answer(&mut command(&under, self.task, &home.join(self.file)));
        (said, self.found(home))
    }
}

/// The calls of a case, each as the how-manieth of its kind in its thread: from the first that names the home on.
fn calls(case: &Case, home: &Path) -> Vec<(&'static str, usize)> {
    case.begin(home);
    let log = home.join("strace");
    let trace = format!("trace=?{}", CALLS.join(",?")); // not every architecture has each of them
    let under = ["strace", "-f", "-o", log.to_str().unwrap(), "-e", &trace];
    assert_eq!(answer(&mut command(&under, case.task, &home.join(case.file))), "done");
    let lines = text(&log);
    fs::remove_file(&log).unwrap();
    let first = lines.lines().position(|line| line.contains(home.to_str().unwrap())).unwrap();
    let thread = lines.lines().nth(first).unwrap().split(' ').next().unwrap();
    let mut counts = [0; CALLS.len()];
    let mut found = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let Some(line) = line.strip_prefix(thread).map(str::trim_start) else { continue };
        if let Some(call) = CALLS.iter().position(|call| line.starts_with(&format!("{call}("))) {
            counts[call] += 1;
            if number >= first {
                found.push((CALLS[call], counts[call]));
            }
        }
    }
    found
}

#[test]
fn a_kill_at_each_call_leaves_the_old_file_or_the_new_one() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let home = temporary();
    for case in cases() {
        let mut killed = 0;
        for (call, when) in calls(&case, home.path()) {
            let (said, found) = case.run(home.path(), call, "signal=KILL", when);
            let at = format!("{} {} at {call} {when}: {said}", case.task, case.file);
            assert!(found.as_deref() == case.before || found == case.after, "{at}: {found:?}");
            killed += usize::from(said.is_empty());
        }
        assert!(killed > 10, "{killed} kills");
        // The next edit finds nothing in its way, and leaves nothing of the killed ones.
        case.begin(home.path());
        assert_eq!(answer(&mut command(&[], case.task, &home.path().join(case.file))), "done");
        assert_eq!(case.found(home.path()), case.after);
        let directory = home.path().join(case.file).parent().unwrap().to_owned();
        let left = if directory.exists() { names(&directory) } else { Vec::new() };
        assert!(left.iter().all(|name| !name.contains("gvmr-setup")), "{left:?}");
    }
}

#[test]
fn a_disk_that_is_full_or_broken_at_each_call_leaves_the_old_file_and_is_told() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let home = temporary();
    for case in cases() {
        let mut told = 0;
        for (call, when) in calls(&case, home.path()) {
            for (fault, words) in [("error=ENOSPC", "No space left"), ("error=EIO", "Input/output error")] {
                let (said, found) = case.run(home.path(), call, fault, when);
                let at = format!("{} {} at {call} {when} {fault}: {said}", case.task, case.file);
                let late = said.starts_with("Io { action: \"sync\"") || call == "rmdir";
                if said == "done" || late || said.is_empty() {
                    // Nothing that matters failed, or only what comes after, or the test could not say so.
                    assert_eq!(found, case.after, "{at}");
                } else {
                    assert!(said.contains(words), "{at}");
                    assert_eq!(found.as_deref(), case.before, "{at}");
                    told += 1;
                }
                let above = home.path().join(case.file).parent().unwrap().to_owned();
                let left = if above.exists() { names(&above) } else { Vec::new() };
                assert!(left.iter().all(|name| !name.contains("gvmr-setup")), "{at}: {left:?}");
            }
        }
        assert!(told > 6, "{} {}: {told} errors", case.task, case.file);
    }
}

#[test]
fn an_old_kernel_and_a_simple_file_system_will_do() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let home = temporary();
    let file = home.path().join("new");
    for faults in [
        ["renameat2:error=EINVAL", "faccessat2:error=ENOSYS"],
        ["flock:error=ENOLCK", "flistxattr:error=EOPNOTSUPP"],
        ["renameat2:error=ENOSYS", "ioctl:error=ENOTTY"],
    ] {
        let inject = faults.map(|fault| format!("inject={fault}"));
        let under = ["strace", "-f", "-o", "/dev/null", "-e", &inject[0], "-e", &inject[1]];
        assert_eq!(answer(&mut command(&under, "setup", &file)), "done", "{faults:?}");
        assert!(undo(&block(&file, BlockPosition::Both)).unwrap());
        assert_eq!(names(home.path()), [""; 0]);
    }
}
