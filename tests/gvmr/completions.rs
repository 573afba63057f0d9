//! The completion scripts that are checked in are the ones the program prints.

use super::support::world::{Run, gvmr};
use std::path::Path;
use std::process::Command;

#[test]
fn the_checked_in_completions_are_current() {
    for (shell, file) in [("bash", "gvmr.bash"), ("zsh", "_gvmr"), ("fish", "gvmr.fish")] {
        let printed = Run::of(Command::new(gvmr()).args(["completions", shell])).succeeds();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let checked_in = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            printed.trim_end(),
            checked_in.trim_end(),
            "gvmr completions {shell} > completions/{file}"
        );
    }
}
