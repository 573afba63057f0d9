//! What the user's login shell gives a new program: the sessions of it, asked for real, and the files that it reads.
//!
//! Takes the user's setup; starts each kind of session once, and reads files. Changes nothing.

use super::finding::Skipped;
use crate::context::Context;
use crate::shell::{
    Account, Dropped, ProbeResult, SessionKind, SessionState, Sessions, Shell, UserPlan, UserSetup,
    has_lines_of_ours,
};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The largest start-up file that is looked at, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The kinds of sessions that a login shell is asked for; a bare command inherits what these have.
const KINDS: [SessionKind; 4] =
    [SessionKind::LoginInteractive, SessionKind::Login, SessionKind::Interactive, SessionKind::SshCommand];

/// What was found out about the login shell.
pub struct LoginShell {
    /// The shell.
    pub shell: Shell,
    /// Whether `gvmr setup` has been run.
    pub is_set_up: bool,
    /// Start-up files that have nothing of what setup would put there.
    pub lacking: Vec<PathBuf>,
    /// Start-up files that only another user can read.
    pub unreadable: Vec<PathBuf>,
    /// What each kind of session sees.
    pub sessions: Vec<ProbeResult>,
    account: Account,
    gvmr: PathBuf,
}

impl LoginShell {
    /// Asks the sessions; the reason where there is no such shell.
    pub fn ask(context: &Context) -> Result<Self, Skipped> {
        let setup = context.user_setup().map_err(|error| error.to_string())?;
        let shell = setup.sessions().shells().into_iter().next();
        let shell = shell.filter(|shell| setup.account.shell.as_ref() == Some(&shell.program));
        let Some(shell) = shell else { return Err("the login shell is none that gvmr knows".into()) };
        let plan = UserPlan::look(&setup, true, false).map_err(|error| error.to_string())?;
        let is_set_up = context.settings.home.root().join("env").exists();
        let sessions = setup.sessions().of_kinds(std::slice::from_ref(&shell), &KINDS);
        let lacking = plan.changes.needed().filter(|file| !is_edited(file)).map(Path::to_owned).collect();
        let UserSetup { account, gvmr, .. } = setup;
        Ok(Self { shell, is_set_up, lacking, unreadable: plan.unreadable, sessions, account, gvmr })
    }

    /// Whose it is.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The sessions whose `go` is not the shim, though the user's files decide that.
    pub fn wrong(&self, home: &Home) -> impl Iterator<Item = &ProbeResult> {
        self.sessions.iter().filter(move |session| session.state(home) == SessionState::Wrong)
    }

    /// The line after which this directory is off PATH in such a session, and its text.
    pub fn line_that_drops(&self, directory: &Path, kind: SessionKind) -> Option<(PathBuf, usize, String)> {
        let sessions = Sessions { account: &self.account, gvmr: &self.gvmr };
        let Dropped { file, line } = sessions.dropped(&self.shell, kind, directory)?;
        let text = bounded::read(&file, MAX_BYTES).ok()??;
        let text = text.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)?;
        Some((file, line, String::from_utf8_lossy(text.trim_ascii()).into_owned()))
    }

    /// Whether this file is one that the login shell reads.
    pub fn reads(&self, file: &Path) -> bool {
        let Ok(name) = file.strip_prefix(&self.account.home) else { return false };
        let is_profile =
            name == Path::new(".profile") && self.shell.name != "fish" && self.shell.name != "zsh";
        let kind = self.shell.kind();
        let is_named =
            |file: &Path| kind.is_some_and(|kind| kind.files.iter().any(|one| file.ends_with(one.path)));
        is_profile || is_named(file)
    }

    /// The line of a start-up file that puts this directory on PATH, by its text; of several the last.
    pub fn line_that_adds(&self, directory: &Path) -> Option<(PathBuf, usize, String)> {
        let home = &self.account.home;
        let below = directory.strip_prefix(home).ok().map(|below| below.as_os_str().as_bytes().to_vec());
        let names = |line: &[u8]| {
            let whole = contains(line, directory.as_os_str().as_bytes());
            let from_home = below.as_ref().is_some_and(|below| {
                ["$HOME/", "${HOME}/", "~/"]
                    .iter()
                    .any(|start| contains(line, &[start.as_bytes(), below].concat()))
            });
            (whole || from_home) && (contains(line, b"PATH") || contains(line, b"path"))
        };
        let mut found = None;
        for file in self.files() {
            let Ok(Some(text)) = bounded::read(&file, MAX_BYTES) else { continue };
            for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
                if !line.trim_ascii_start().starts_with(b"#") && names(line) {
                    let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
                    found = Some((file.clone(), index + 1, line));
                }
            }
        }
        found
    }

    /// The files that sessions of this shell may read, the machine's first.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            ["/etc/environment", "/etc/profile"].iter().map(PathBuf::from).collect();
        let listed = std::fs::read_dir("/etc/profile.d").into_iter().flatten().flatten();
        let mut scripts: Vec<_> = listed.map(|entry| entry.path()).collect();
        scripts.sort();
        files.extend(scripts);
        files.extend(
            ["/etc/bash.bashrc", "/etc/zsh/zshenv", "/etc/zsh/zprofile", "/etc/zsh/zshrc"].map(PathBuf::from),
        );
        let own = [
            ".profile",
            ".bash_profile",
            ".bash_login",
            ".bashrc",
            ".zshenv",
            ".zprofile",
            ".zshrc",
            ".zlogin",
        ];
        files.extend(own.map(|name| self.account.home.join(name)));
        files.extend(
            [".config/fish/config.fish", ".kshrc", ".mkshrc"].map(|name| self.account.home.join(name)),
        );
        files
    }
}

/// Whether setup wrote to this file, whatever became of that.
fn is_edited(file: &Path) -> bool {
    has_lines_of_ours(&bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default())
}

fn contains(line: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && line.windows(part.len()).any(|window| window == part)
}

/// `bash login`, as findings name it.
pub(super) fn session_name(shell: &Shell, kind: SessionKind) -> String {
    let kind = match kind {
        SessionKind::LoginInteractive => "login",
        SessionKind::Login => "login command",
        SessionKind::Interactive => "new terminal",
        SessionKind::SshCommand => "ssh command",
        SessionKind::Command => "command",
    };
    format!("{} {kind}", shell.name)
}
