//! Start-up files that the login shell reads and this user may not.

use super::{Looked, NOTHING};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::host::mounts::{self, MountedFileSystem};
use crate::shell::quote;
use gvmr_core::sys::printable;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// As many links in a row as the kernel follows.
const MAX_LINKS: usize = 40;

/// A file that this user cannot read, as it is.
struct Unreadable {
    file: PathBuf,
    /// Behind links.
    target: PathBuf,
    /// What refuses: the file behind links, or the deepest directory on the way to it that can be seen.
    barrier: PathBuf,
    owner: u32,
    mode: u32,
    /// Whether a directory stands in the file's place.
    is_directory: bool,
}

impl Unreadable {
    /// `None` for a file that can be read, and for one that is not there.
    fn of(file: PathBuf) -> Option<Self> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let is_directory = match rustix::fs::open(&file, flags, Mode::empty()) {
            Err(Errno::ACCESS | Errno::PERM) => false,
            Ok(_) if file.is_dir() => true,
            _ => return None,
        };
        let target = fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
        let barrier = barrier(&file);
        let found = fs::symlink_metadata(&barrier);
        let (owner, mode) = found.map(|found| (found.uid(), found.mode() & 0o7777)).unwrap_or_default();
        Some(Self { file, target, barrier, owner, mode, is_directory })
    }

    /// `it belongs to user 0 and has mode 700`
    fn words(&self) -> String {
        let Self { owner, mode, .. } = self;
        if self.is_directory {
            return "it is a directory".to_owned();
        }
        let what = if self.barrier.is_dir() { printable::path(&self.barrier) } else { "it".to_owned() };
        format!("{what} belongs to user {owner} and has mode {mode:03o}")
    }

    fn mended(&self, finding: Finding, login: &LoginShell) -> Finding {
        let name = quote::where_needed(self.file.as_os_str());
        let barrier = quote::where_needed(self.barrier.as_os_str());
        if self.is_directory {
            let aside = "move it aside, then run `gvmr setup`";
            return finding.by_hand(aside).command(format!("mv -n {name} {name}.old"));
        }
        if self.owner == login.account.uid {
            let needed = if self.barrier.is_dir() { 0o700 } else { 0o600 };
            let mend = Mend::Mode { file: self.barrier.clone(), mode: self.mode | needed };
            return finding.mended(mend, "lets you read it");
        }
        let is_own_name = self.file.starts_with(&login.account.home);
        if is_own_name && (!self.barrier.is_dir() || self.file.is_symlink()) {
            return finding.mended(
                Mend::Setup { repair: true, crontab: false },
                "moves it aside, and begins with the file that new users get",
            );
        }
        if is_own_name {
            let own = format!("sudo chown -R {} {barrier}", login.account.uid);
            return finding.by_hand("let it belong to you").command(own);
        }
        let rights = if self.barrier.is_dir() { "a+rx" } else { "a+r" };
        finding.by_hand("let everyone read it").command(format!("sudo chmod {rights} {barrier}"))
    }
}

/// What refuses a file: the end of its links, or the deepest directory on the way there that can be seen.
fn barrier(file: &Path) -> PathBuf {
    let mut here = file.to_owned();
    for _ in 0..MAX_LINKS {
        if fs::symlink_metadata(&here).is_err() {
            let seen = here.ancestors().find(|above| fs::symlink_metadata(above).is_ok());
            here = seen.unwrap_or(Path::new("/")).to_owned();
        }
        let Ok(next) = fs::read_link(&here) else { break };
        here = here.parent().unwrap_or(Path::new("/")).join(next);
    }
    here
}

/// The files that the login shell reads by itself and this user cannot read.
fn all_unreadable(login: &LoginShell) -> impl Iterator<Item = Unreadable> {
    login.all_files().into_iter().filter_map(Unreadable::of)
}

/// Whether it breaks a session: only bash says so, the others go on without the file.
fn matters(login: &LoginShell, facts: &Examination<'_>) -> bool {
    login.shell.name == "bash" || login.is_set_up && login.wrong(facts.home).next().is_some()
}

/// A file that the login shell reads and this user may not.
pub(in crate::doctor) fn here(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if !matters(login, facts) {
        return NOTHING;
    }
    let broken: Vec<_> = login.wrong(facts.home).collect();
    let files = all_unreadable(login).filter(|file| mounts::share_of(&file.target).is_none());
    let findings = files.map(|unreadable| {
        let finding = Finding::error("rc.unreadable", FindingPlace::file(&unreadable.file))
            .what(format!("{} cannot read a start-up file: {}", login.shell.name, unreadable.words()))
            .why("no other file is read in its place, as after a restore or a rollback by root");
        let sessions = login.names(&login.readers(&unreadable.file, &broken));
        Finding { sessions, ..unreadable.mended(finding, login) }
    });
    Ok(findings.collect())
}

/// The same on a shared folder, where neither owner nor mode can be changed.
pub(in crate::doctor) fn on_share(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if !matters(login, facts) {
        return NOTHING;
    }
    let broken: Vec<_> = login.wrong(facts.home).collect();
    let findings = all_unreadable(login).filter_map(|file| {
        let MountedFileSystem { point: mount, kind, .. } = mounts::share_of(&file.target)?;
        let finding = Finding::error("rc.on-share", FindingPlace::file(&file.file));
        let finding =
            if file.target == file.file { finding } else { finding.and(FindingPlace::file(&file.target)) };
        Some(Finding {
            sessions: login.names(&login.readers(&file.file, &broken)),
            ..finding
                .and(FindingPlace::Mount { mount, r#type: kind })
                .what(format!(
                    "{} cannot read a start-up file, which is on a shared folder",
                    login.shell.name
                ))
                .why(format!(
                    "{}; on a share the mount decides that, and chown and chmod have no effect",
                    file.words()
                ))
                .by_hand("keep the file on a local disk, or mount the share with uid=, gid= and fmask=")
        })
    });
    Ok(findings.collect())
}
