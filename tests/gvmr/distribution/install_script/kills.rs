//! Wherever a kill or a signal ends the script, the old or the new gvmr works.

use super::forged::{Release, VERSION};
use super::machine::{Machine, executable, is_there};
use crate::support::{skip, slow};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Calls that change a name in a directory. Not every architecture has each of them.
const CALLS: &str = "?rename,?renameat,?renameat2,?unlink,?unlinkat,?mkdir,?mkdirat,?rmdir,?fchmodat,?chmod";

/// A machine with an old gvmr, and a newer release to install.
fn with_old() -> Machine {
    let mut machine = Machine::new();
    machine.release(&Release::of("1.2.2"));
    machine.install(&[]).succeeds();
    machine.release(&Release::of(VERSION));
    machine
}

/// Around each tool that changes something is a script that counts the uses of all of them. Beside the use of a number it
/// kills install.sh: before the tool runs, in the tool's first call that changes a name, or after it has run.
#[test]
fn a_kill_at_any_change_leaves_the_old_or_the_new() {
    let test = "distribution::install_script::kills::a_kill_at_any_change_leaves_the_old_or_the_new";
    for &when in slow::first(test, 1, &["during", "before", "after"]) {
        if when == "during" && !is_there("strace") {
            skip("strace is not installed");
            continue;
        }
        let ended = (1..100).take_while(|number| is_killed_and_whole(when, *number)).count();
        assert!((8..99).contains(&ended), "{ended} kills {when}");
    }
}

/// Whether the script has a use of this number, which is its last; asserts that a gvmr works then.
fn is_killed_and_whole(when: &str, number: usize) -> bool {
    let machine = with_old();
    for tool in ["tar", "mv", "rm"] {
        machine.tool(tool, &killer(&machine, tool, number, when));
    }
    let status =
        machine.command(&["dash"], &[]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    if status.success() {
        return false;
    }
    assert_eq!(status.signal(), Some(9), "{when} {number}");
    let says = machine.says();
    assert!(says == "gvmr 1.2.2" || says == "gvmr 1.2.3", "{when} {number}: {says}");
    fs::remove_dir_all(machine.world.path("tools")).unwrap();
    machine.tool("id", "echo 1000");
    machine.install(&[]).succeeds();
    assert_eq!(machine.says(), "gvmr 1.2.3");
    true
}

/// A tool that counts its uses with the others, and kills the script beside use `number`.
fn killer(machine: &Machine, tool: &str, number: usize, when: &str) -> String {
    let count = machine.world.path("count");
    let count = count.display();
    let tool = format!("/usr/bin/{tool} \"$@\"");
    let last = match when {
        "before" => String::new(),
        "during" => format!("strace -qq -o /dev/null -e inject={CALLS}:signal=KILL:when=1 {tool}"),
        _ => tool.clone(),
    };
    format!(
        "echo >>'{count}'\n[ \"$(wc -l <'{count}')\" = {number} ] || exec {tool}\n{last}\nkill -s KILL $PPID"
    )
}

#[test]
fn a_signal_cleans_up_and_ends_the_script() {
    for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        for shell in super::SHELLS {
            if !is_there(shell[0]) {
                skip(&format!("{} is not installed", shell[0]));
                continue;
            }
            let mut machine = with_old();
            let before = machine.programs();
            // The new gvmr is asked for its version while the temporary directory is there.
            let process = machine.world.path("process");
            let program = format!(
                "#!/bin/sh\nkill -s {name} \"$(cat '{}')\"\necho gvmr {VERSION}\n",
                process.display()
            );
            machine.release(&Release::of(VERSION).with("bin/gvmr", &program));
            let script = machine.command(shell, &[]);
            let mut command = machine.world.command(Path::new("/bin/sh"), &machine.world.path("user"));
            command.args(["-c", "echo $$ >\"$0\"; exec \"$@\""]).arg(&process);
            command.arg(script.get_program()).args(script.get_args()).process_group(0);
            let status = command.stdout(Stdio::null()).status().unwrap();
            // After a hangup mksh exits with 129, and zsh with 1.
            let by = status.signal().or(status.code().map(|code| code % 128));
            assert_eq!(by, Some(number), "{shell:?} {name}: {status:?}");
            assert_eq!(machine.programs(), before, "{shell:?} {name}");
            assert_eq!(machine.says(), "gvmr 1.2.2");
        }
    }
}

#[test]
fn what_a_kill_left_yesterday_is_removed() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    for (name, age) in [(".gvmr-install.old", "2 days ago"), (".gvmr-install.new", "now")] {
        fs::create_dir_all(machine.bin().join(name)).unwrap();
        executable(&machine.bin().join(name).join("gvmr"), "");
        let touched = Command::new("touch").args(["-d", age]).arg(machine.bin().join(name)).status().unwrap();
        assert!(touched.success());
    }
    machine.install(&[]).succeeds();
    assert_eq!(machine.programs(), [".gvmr-install.new", "gvmr", "gvmr-shim"]);
}
