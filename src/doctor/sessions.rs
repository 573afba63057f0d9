//! What the user's login shell gives a new program: the sessions of it, asked for real, and the files that it reads.
//!
//! Takes the user's setup; starts each kind of session once, and once more where a check asks what its files do. Changes
//! nothing.

use super::finding::Skipped;
use super::lines::MAX_BYTES;
use crate::context::Context;
use crate::shell::{
    Account, ProbeResult, SessionKind, SessionState, SessionTrace, Sessions, Shell, ShellKind, UserPlan,
    UserSetup, has_lines_of_ours,
};
use crate::store;
use gvmr_core::home::paths::Home;
use gvmr_core::select::resolution::Resolution;
use gvmr_core::select::resolve::{self, Query};
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::{Environment, Process};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The kinds of sessions that a login shell is asked for; a bare command inherits what these have.
pub(super) const KINDS: [SessionKind; 4] =
    [SessionKind::LoginInteractive, SessionKind::Login, SessionKind::Interactive, SessionKind::SshCommand];

/// What was found out about the login shell.
pub struct LoginShell {
    /// The shell.
    pub shell: Shell,
    /// Whether `gvmr setup` has been run.
    pub is_set_up: bool,
    /// Start-up files that have nothing of what setup would put there.
    pub lacking: Vec<PathBuf>,
    /// Start-up files that are links to nothing, and what helps.
    pub dangling: Vec<(PathBuf, String)>,
    /// Whether setup would change a start-up file.
    pub setup_helps: bool,
    /// What each kind of session sees.
    pub sessions: Vec<ProbeResult>,
    pub(super) account: Account,
    gvmr: PathBuf,
    files: BTreeMap<SessionKind, Vec<PathBuf>>,
    traces: RefCell<BTreeMap<(SessionKind, String), Rc<SessionTrace>>>,
}

impl LoginShell {
    /// Asks the sessions; the reason where there is no such shell.
    pub fn ask(context: &Context) -> Result<Self, Skipped> {
        let setup = context.user_setup().map_err(|error| error.to_string())?;
        let shell = setup.sessions().shells().into_iter().next();
        let shell = shell.filter(|shell| setup.account.shell.as_ref() == Some(&shell.program));
        let Some(shell) = shell else { return Err("the login shell is none that gvmr knows".into()) };
        let plan = UserPlan::look(&setup, true, false).map_err(|error| error.to_string())?;
        let sessions = setup.sessions().of_kinds(std::slice::from_ref(&shell), &KINDS);
        let files: BTreeMap<_, _> =
            KINDS.iter().map(|kind| (*kind, setup.sessions().files(&shell, *kind))).collect();
        // What root wrote for all users counts where root's home is the user's too.
        let counts = |file: &&PathBuf| {
            file.starts_with(&setup.account.home) || context.settings.home.shared_file().exists()
        };
        let is_set_up =
            context.is_set_up() || files.values().flatten().filter(counts).any(|file| is_edited(file));
        let lacking = plan.changes.needed().filter(|file| !is_edited(file)).map(Path::to_owned).collect();
        let is_dangling = |file: &Path| file.is_symlink() && !file.exists();
        let failed = plan.changes.failed().iter().filter(|(file, _)| is_dangling(file));
        let dangling = failed.filter_map(|(file, error)| Some((file.clone(), error.hint()?)));
        let dangling = dangling.collect();
        let setup_helps = plan.changes.are_needed() || !plan.unreadable.is_empty();
        let UserSetup { account, gvmr, .. } = setup;
        let traces = RefCell::default();
        Ok(Self { shell, is_set_up, lacking, dangling, setup_helps, sessions, account, gvmr, files, traces })
    }

    /// Whose it is.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The sessions whose `go` is not the shim, though the user's files decide that.
    pub fn wrong(&self, home: &Home) -> impl Iterator<Item = &ProbeResult> {
        self.sessions.iter().filter(move |session| session.state(home) == SessionState::Wrong)
    }

    /// Which Go runs in a session where this directory is; `None` where that is not known.
    pub fn resolution(&self, session: &ProbeResult, directory: &Path, home: &Home) -> Option<Resolution> {
        let environment = SessionEnvironment(env::join_paths(&session.path).ok()?);
        let shim = home.shims().join("go");
        let (plus, pin) = (None, None);
        let question = Query { home, directory, plus, environment: &environment, shim: Some(&shim), pin };
        resolve::resolve(&question).ok()
    }

    /// The sessions that ended, or became another program, before they could be asked.
    pub fn ended(&self) -> impl Iterator<Item = &ProbeResult> {
        self.sessions.iter().filter(|session| session.has_ended)
    }

    /// What the files of such a session do to a variable; empty where the shell does not tell.
    pub fn trace(&self, kind: SessionKind, variable: &str) -> Rc<SessionTrace> {
        let key = (kind, variable.to_owned());
        if let Some(known) = self.traces.borrow().get(&key) {
            return Rc::clone(known);
        }
        // One that hangs would hang again.
        let hangs =
            |session: &ProbeResult| session.kind == kind && session.failure.is_some() && !session.has_ended;
        let is_asked = !self.sessions.iter().any(hangs);
        let trace = is_asked.then(|| self.of_account().trace(&self.shell, kind, variable)).flatten();
        let trace = Rc::new(trace.unwrap_or_default());
        self.traces.borrow_mut().insert(key, Rc::clone(&trace));
        trace
    }

    /// The files that such a session reads by itself.
    pub fn files(&self, kind: SessionKind) -> &[PathBuf] {
        self.files.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The files that any session reads by itself, the machine's first.
    pub fn all_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = Vec::new();
        for file in self.files.values().flatten() {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        files.sort_by_key(|file| file.starts_with(&self.account.home));
        files
    }

    /// Whether the login shell may read this file by itself, if it were there.
    pub fn reads(&self, file: &Path) -> bool {
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        match self.shell.name.as_str() {
            "bash" => matches!(name, ".profile" | ".bash_profile" | ".bash_login" | ".bashrc"),
            "zsh" => matches!(name, ".zshenv" | ".zprofile" | ".zshrc" | ".zlogin"),
            "fish" => file.components().any(|part| part.as_os_str() == "fish"),
            "nu" => file.components().any(|part| part.as_os_str() == "nushell"),
            "ksh" => matches!(name, ".profile" | ".kshrc"),
            "mksh" => matches!(name, ".profile" | ".mkshrc"),
            _ => name == ".profile",
        }
    }

    /// Whether such a session may read this file by itself, if it were there.
    pub fn may_read(&self, file: &Path, kind: SessionKind) -> bool {
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        match name {
            ".profile" | ".bash_profile" | ".bash_login" | ".zprofile" | ".zlogin" => kind.is_login(),
            ".bashrc" => !kind.is_login(),
            ".zshrc" | ".kshrc" | ".mkshrc" => kind.is_interactive(),
            _ => true,
        }
    }

    /// The sessions that read this file by themselves, among these.
    pub fn readers<'s>(&self, file: &Path, sessions: &[&'s ProbeResult]) -> Vec<&'s ProbeResult> {
        let reads = |session: &&&ProbeResult| self.files(session.kind).iter().any(|one| one == file);
        sessions.iter().filter(reads).copied().collect()
    }

    /// The shell of this machine that a program of this path or name is.
    pub fn shell_of(&self, program: &str) -> Option<Shell> {
        let name = ShellKind::of_program(program.rsplit('/').next()?)?.name;
        let has_name = |shell: &Shell| shell.name == name || shell.also.iter().any(|other| other == name);
        self.of_account().shells().into_iter().find(has_name)
    }

    /// What a session of a shell sees that another program starts, with these variables.
    pub fn started_with(
        &self,
        shell: &Shell,
        kind: SessionKind,
        variables: &[(&str, &OsStr)],
    ) -> ProbeResult {
        self.of_account().started_with(shell, kind, variables)
    }

    /// `bash login`
    pub fn names(&self, sessions: &[&ProbeResult]) -> Vec<String> {
        sessions.iter().map(|session| self.name(session.kind)).collect()
    }

    /// `bash login`
    pub fn name(&self, kind: SessionKind) -> String {
        session_name(&self.shell, kind)
    }

    /// The sessions that read no file of the user's, and why; with a command of the shell and with sudo.
    pub fn out_of_reach(&self) -> Vec<(&'static str, String)> {
        let id = |kind| match kind {
            SessionKind::LoginInteractive => "session.login",
            SessionKind::Login => "session.login-command",
            SessionKind::Interactive => "session.new-terminal",
            SessionKind::SshCommand => "session.ssh-command",
            SessionKind::Command => "session.bare-command",
        };
        let shims = |kind| self.sessions.iter().any(|seen| seen.kind == kind && seen.go.is_some());
        let kinds = SessionKind::ALL.into_iter().filter(|kind| !shims(*kind));
        let unreached = kinds.filter_map(|kind| {
            let why = self.shell.out_of_reach(kind)?;
            Some((id(kind), format!("{}: {why}", self.name(kind))))
        });
        let is_of_machine = store::machine_file(Path::new("/")).exists();
        let sudo = "sudo go: reads no file of yours; use sudo env \"PATH=$PATH\" go, or `gvmr setup --system` as root";
        unreached.chain((!is_of_machine).then(|| ("session.sudo", sudo.to_owned()))).collect()
    }

    fn of_account(&self) -> Sessions<'_> {
        Sessions { account: &self.account, gvmr: &self.gvmr }
    }
}

/// What a program of a session gets, as far as it decides which Go runs.
struct SessionEnvironment(OsString);

impl Environment for SessionEnvironment {
    fn get(&self, name: &str) -> Option<OsString> {
        if name == "PATH" { Some(self.0.clone()) } else { Process.get(name) }
    }
}

/// Whether setup wrote to this file, whatever became of that.
pub(super) fn is_edited(file: &Path) -> bool {
    has_lines_of_ours(&bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default())
}

/// `bash login`, as findings name it.
pub(super) fn session_name(shell: &Shell, kind: SessionKind) -> String {
    format!("{} {}", shell.name, kind.name())
}
