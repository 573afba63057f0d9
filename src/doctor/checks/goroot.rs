//! A GOROOT that is not the chosen toolchain's.

use super::{Looked, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use gvmr_core::env::go_env_file::ForeignGoroot;
use gvmr_core::gover::goenv::SettingsFile;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;

/// One in the file that `go env -w` writes. The shim overrules it, for the `go` of this directory and no other program.
pub(in crate::doctor) fn in_env_file(facts: &Examination<'_>) -> Looked {
    let Some(goroot) = facts.goroot() else {
        return Err("no Go runs here, or its directory is unknown".into());
    };
    let foreign = SettingsFile::of_user(&Process).and_then(|file| ForeignGoroot::of(&file, goroot));
    one(foreign.map(|ForeignGoroot { written, goroot }| {
        let value = printable::path(&written.value);
        let text = format!("GOROOT={value}");
        let mend = facts.without_env_line(written.line);
        let place = FindingPlace::written(written.file, written.line, text);
        Finding::error("goroot.in-env-file", place)
            .what("`go env -w` set a GOROOT that is not this Go's")
            .why(format!(
                "each go reads it: go of {} gets the tools of {value}, and builds fail with `compile: version \"…\" \
                 does not match go tool version \"…\"`",
                printable::path(&goroot)
            ))
            .by_hand("delete that line; Go finds its own directory")
            .command("go env -u GOROOT")
            .mended_if(mend, "deletes that line; Go finds its own directory")
    }))
}
