//! The user's home directory, and the one for temporary files.

use super::{Looked, NOTHING, is_usable, may_write_into, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use crate::shell::quote::where_needed;
use crate::store::{PasswdEntry, may_be_given_away, passwd};
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::io::Errno;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// Why HOME cannot be used, and what mends that.
struct HomeFault {
    why: String,
    text: &'static str,
    command: Option<String>,
}

/// A HOME that go cannot use. Where go has other places for all that it writes, that is a note.
pub(in crate::doctor) fn unusable(facts: &Examination<'_>) -> Looked {
    let Some(fault) = HomeFault::of_process() else { return NOTHING };
    let at = |severity| Finding::at("host.home", severity, FindingPlace::variable("HOME"));
    let finding = if is_worked_around(facts) {
        let why = format!("{}; go works all the same, since its caches are elsewhere", fault.why);
        at(Severity::Note).what("HOME cannot be used").why(why)
    } else if Process.get("HOME").is_some_and(|home| home == "/") {
        // As in a container for a user without an entry in passwd.
        let finding = at(Severity::Note).what("HOME is /, and this user cannot write there");
        let finding = finding.why("go needs GOCACHE and GOPATH in other places");
        return one(Some(finding.by_hand("set HOME, or GOCACHE and GOPATH, to directories of this user")));
    } else {
        at(Severity::Error).what("HOME cannot be used").why(fault.why)
    };
    let finding = finding.by_hand(fault.text);
    one(Some(match fault.command {
        Some(command) => finding.command(command),
        None => finding,
    }))
}

/// Whether this user can make no file in HOME.
pub(super) fn is_unusable() -> bool {
    HomeFault::of_process().is_some()
}

/// Whether what go writes goes to directories that it can use: outside of HOME, or there already.
fn is_worked_around(facts: &Examination<'_>) -> bool {
    let home = Process.get("HOME").map(PathBuf::from).filter(|home| home.parent().is_some());
    let has = |name: &str| {
        let value = facts.setting(name).ok().and_then(|setting| setting.value()).unwrap_or_default();
        let first = Path::new(value.split(':').next().unwrap_or_default());
        let is_below = home.as_ref().is_some_and(|home| first.starts_with(home));
        is_usable(first) && (!is_below || first.is_dir())
    };
    has("GOCACHE") && (has("GOPATH") || has("GOMODCACHE"))
}

impl HomeFault {
    /// The fault of this process's HOME; `None` where the user can write there.
    fn of_process() -> Option<Self> {
        let passwd = passwd();
        let me = rustix::process::geteuid().as_raw();
        let own = PasswdEntry::of(&passwd, me).and_then(|entry| entry.home());
        let other = || {
            let own = own.as_ref().filter(|own| own.is_dir());
            let command = own.map(|own| format!("export HOME={}", where_needed(own.as_os_str())));
            ("set it to your home directory", command)
        };
        let Some(home) = Process.get("HOME") else {
            let words = "`neither $XDG_CACHE_HOME nor $HOME are defined`";
            return Some(Self::new(
                format!("it is not set: go has no place for its caches ({words})"),
                other(),
            ));
        };
        let home = Path::new(&home);
        let shown = printable::path(home);
        if !home.is_absolute() {
            return Some(Self::new(format!("{shown} is relative"), other()));
        }
        let is_own = own.as_deref() == Some(home);
        let Some(found) = fs::metadata(home).ok().filter(fs::Metadata::is_dir) else {
            let why = format!("{shown} is not a directory");
            let right = ("make that directory as root, or set HOME to another one", None);
            return Some(Self::new(why, if is_own { right } else { other() }));
        };
        if may_write_into(home) {
            return None;
        }
        let quoted = where_needed(home.as_os_str());
        let mend = if is_read_only(home) {
            ("mount it writable, or set GOCACHE and GOPATH to directories of yours", None)
        } else if found.uid() == me {
            ("let yourself write to it", Some(format!("chmod u+rwx {quoted}")))
        } else if is_own && may_be_given_away(home, me) {
            ("give it back to this user", Some(format!("sudo chown {me}: {quoted}")))
        } else {
            other()
        };
        Some(Self::new(format!("this user cannot write to {shown}"), mend))
    }

    fn new(why: String, (text, command): (&'static str, Option<String>)) -> Self {
        Self { why, text, command }
    }
}

/// Whether a directory's file system is mounted read-only.
fn is_read_only(directory: &Path) -> bool {
    statvfs(directory).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
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
