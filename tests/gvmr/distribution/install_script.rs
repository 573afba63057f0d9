//! `install.sh`, as users run it: in each shell, by each downloader, from servers that fail and lie.

mod directories;
mod downloads;
mod forged;
mod kills;
mod machine;
mod needs;
mod options;
mod refusals;
mod signatures;
mod true_release;

use crate::support::skip;
use crate::support::sources::root;
use std::process::Command;

/// What takes the script, and the words before its name.
const SHELLS: [&[&str]; 5] =
    [&["dash"], &["busybox", "ash"], &["bash"], &["mksh"], &["zsh", "--emulate", "sh"]];

/// The largest number of lines that an admin reads before piping them to a shell.
const LINES: usize = 146;

#[test]
fn it_is_portable_and_short() {
    let script = root().join("install.sh");
    let lines = std::fs::read_to_string(&script).unwrap().lines().count();
    assert!(lines <= LINES, "{lines} lines");
    match Command::new("shellcheck").args(["-s", "sh"]).arg(&script).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
        Err(_) => skip("shellcheck is not installed"),
    }
}
