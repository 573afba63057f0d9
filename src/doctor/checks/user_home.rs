//! The user's home directory, and the one for temporary files.

use super::{Looked, NOTHING, may_write_into, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use rustix::io::Errno;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// A HOME that go cannot use.
pub(in crate::doctor) fn unusable(_facts: &Examination<'_>) -> Looked {
    let place = || FindingPlace::variable("HOME");
    let error = |why: String| {
        one(Some(
            Finding::error("host.home", place())
                .what("HOME cannot be used")
                .why(why)
                .by_hand("set it to your home directory"),
        ))
    };
    let Some(home) = Process.get("HOME") else {
        return error(
            "it is not set: go has no place for its caches (`neither $XDG_CACHE_HOME nor $HOME are defined`)"
                .to_owned(),
        );
    };
    let home = Path::new(&home);
    let shown = printable::path(home);
    if !home.is_absolute() {
        return error(format!("{shown} is relative"));
    }
    if !home.is_dir() {
        return error(format!("{shown} is not a directory"));
    }
    if !may_write_into(home) && home.parent().is_none() {
        // As in a container for a user without an entry in passwd.
        return one(Some(
            Finding::at("host.home", Severity::Note, place())
                .what("HOME is /, and this user cannot write there")
                .why("go needs GOCACHE and GOPATH in other places")
                .by_hand("set HOME, or GOCACHE and GOPATH, to directories of this user"),
        ));
    }
    if !may_write_into(home) {
        return error(format!("this user cannot write to {shown}"));
    }
    NOTHING
}

/// Where go builds what it runs, and who says so.
fn directory() -> (PathBuf, FindingPlace) {
    for name in ["GOTMPDIR", "TMPDIR"] {
        if name == "GOTMPDIR"
            && Process.get(name).is_none()
            && let Some(written) = goenv::written(&Process, name)
        {
            return (written.value.into(), FindingPlace::line(written.file, Some(written.line)));
        }
        if let Some(value) = Process.get(name) {
            return (value.into(), FindingPlace::variable(name));
        }
    }
    (PathBuf::from("/tmp"), FindingPlace::file("/tmp"))
}

/// A directory for temporary files in which go cannot build, or cannot run what it built. Tried, since mount options do not
/// say it all.
pub(in crate::doctor) fn temporary(facts: &Examination<'_>) -> Looked {
    let (directory, place) = directory();
    one(fault(&directory).map(|why| {
        Finding::error("host.tmpdir", place)
            .what("go cannot use its directory for temporary files")
            .why(why)
            .by_hand("set GOTMPDIR to a directory of yours in which programs may run")
            .mended_if(
                is_ours_to_make(facts, &directory).then(|| Mend::Directory(directory.clone())),
                "makes that directory",
            )
    }))
}

/// Whether a missing directory belongs below the user's home.
fn is_ours_to_make(facts: &Examination<'_>, directory: &Path) -> bool {
    let home = facts.user_home();
    let is_plain = directory.components().all(|part| !matches!(part, Component::ParentDir));
    let above = directory.ancestors().find(|above| above.exists());
    is_plain
        && fs::symlink_metadata(directory).is_err()
        && home.is_some_and(|home| directory.starts_with(home))
        && above.is_some_and(|above| above.is_dir() && may_write_into(above))
}

fn fault(directory: &Path) -> Option<String> {
    let shown = without_credentials_in_text(&printable::path(directory));
    if !directory.is_dir() {
        return Some(format!("{shown} is not there: `go: creating work dir` fails"));
    }
    let program = directory.join(format!(".gvmr-doctor-{}", std::process::id()));
    let made = File::options().write(true).create_new(true).mode(0o700).open(&program);
    let written = made.and_then(|mut file| file.write_all(b"#!/bin/sh\n"));
    let fault = if let Err(error) = written {
        Some(format!("no file can be made in {shown}: {error}"))
    } else {
        let mut command = Command::new(&program);
        let run = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        // EPERM is a filter's, which lets no process start.
        let is_refused = run.is_err_and(|error| error.raw_os_error() == Some(Errno::ACCESS.raw_os_error()));
        is_refused
            .then(|| format!("no program runs in {shown}: go run and go test end with `permission denied`"))
    };
    let _ = fs::remove_file(&program);
    fault
}
