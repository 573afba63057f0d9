//! Setup of one user: the files in gvmr's home, the user's start-up files, and the crontab.

use super::{SetupError, home_files, is_set_up, unreadable};
use crate::shell::language::POSIX;
use crate::shell::{
    Account, Changes, CrontabChange, Direction, Edit, Extent, ScriptEntry, ScriptError, Sessions, ShellKind,
    Surroundings, reload_user_manager,
};
use crate::store::{Programs, Store};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Process;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The user, and the home that the user's sessions will have.
#[derive(Debug)]
pub struct UserSetup<'a> {
    /// gvmr's home.
    pub home: &'a Home,
    /// Whose files.
    pub account: Account,
    /// This program.
    pub gvmr: PathBuf,
    /// `GOBIN` as the `go env -w` file has it.
    pub go_bin: Option<PathBuf>,
    /// Whether sessions need `GVMR_HOME` to find the home.
    pub export_home: bool,
    /// Whether root keeps the home for every user. Then root's setup writes the files in it.
    pub home_is_shared: bool,
}

impl UserSetup<'_> {
    fn entry(&self) -> ScriptEntry<'_> {
        ScriptEntry {
            home: self.home,
            user_home: Some(&self.account.home),
            go_bin: self.go_bin.as_deref(),
            export_home: self.export_home,
            shared: false, // root's setup wrote the scripts of a shared home
        }
    }

    /// The user's sessions.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { account: &self.account, gvmr: &self.gvmr }
    }

    /// The command that gives the shell which is open what new ones get.
    pub fn source_command(&self) -> OsString {
        let name = self.account.shell.as_deref().and_then(Path::file_name).and_then(OsStr::to_str);
        let language = name.and_then(ShellKind::of_program).map_or(&POSIX, |shell| shell.language);
        let mut command = OsString::from(language.source);
        command.push((language.quote)(self.home.root().join(language.env_file).as_os_str()));
        command
    }

    fn start_up_files(&self, extent: Extent) -> Result<Vec<Edit>, ScriptError> {
        let surroundings = Surroundings::look(&self.sessions(), &Process);
        self.entry().user_edits(&self.account, &surroundings, extent)
    }

    fn home_files(&self) -> Result<Vec<Edit>, SetupError> {
        if !self.home_is_shared {
            return Ok(home_files(&self.entry())?);
        }
        let home = self.home.root();
        if home.join("env").exists() {
            return Ok(Vec::new());
        }
        Err(SetupError::NotSetUp { home: home.to_owned(), gvmr: self.gvmr.clone() })
    }

    /// Brings what setup wrote in the home up to this gvmr: the shims, and the scripts where they are there. Start-up files
    /// stay as they are.
    pub fn refresh(&self) -> Result<(), SetupError> {
        Store::open(self.home.clone())?.publish(&Programs::beside_this_one()?)?;
        if is_set_up(self.home) {
            Changes::prepare(&self.home_files()?, Direction::Make).apply();
        }
        Ok(())
    }

    /// Tells the user's service manager that its file changed. Whether one runs and did not answer.
    fn reload_manager(&self, changes: &Changes) -> bool {
        let is_new = changes.made().any(|path| path.ends_with("environment.d/zz-gvmr.conf"));
        is_new && reload_user_manager(self.account.uid) == Some(false)
    }
}

/// What setup does for a user.
#[derive(Debug)]
pub struct UserPlan {
    /// Files to be moved aside, since only another user can read them.
    pub unreadable: Vec<PathBuf>,
    /// What was moved: the old path and the new one.
    pub moved: Vec<(PathBuf, PathBuf)>,
    /// The files in gvmr's home, which the start-up files read.
    pub scripts: Changes,
    /// The user's start-up files.
    pub changes: Changes,
    /// The crontab.
    pub crontab: CrontabChange,
    /// Whether the user's service manager did not answer when it was told.
    pub manager_is_stale: bool,
}

impl UserPlan {
    /// Looks at every file. With `repair`, unreadable ones are moved aside; with `cron`, the crontab is set up too.
    pub fn look(setup: &UserSetup<'_>, repair: bool, cron: bool) -> Result<Self, SetupError> {
        let edits = setup.start_up_files(Extent::Needed)?;
        let (unreadable, edits) = if repair { unreadable::split(edits) } else { (Vec::new(), edits) };
        Ok(Self {
            unreadable,
            moved: Vec::new(),
            scripts: Changes::prepare(&setup.home_files()?, Direction::Make),
            changes: Changes::prepare(&edits, Direction::Make),
            crontab: if cron { CrontabChange::make(setup.home)? } else { CrontabChange::renew(setup.home) },
            manager_is_stale: false,
        })
    }

    /// Whether anything has to be changed.
    pub fn is_needed(&self) -> bool {
        self.scripts.are_needed()
            || self.changes.are_needed()
            || self.crontab.is_needed()
            || !self.unreadable.is_empty()
    }

    /// Makes everything. If a file in gvmr's home cannot be written, no start-up file is edited to read it.
    pub fn apply(&mut self, setup: &UserSetup<'_>) -> Result<(), SetupError> {
        if !setup.home_is_shared {
            Store::open(setup.home.clone())?.publish(&Programs::beside_this_one()?)?;
            self.scripts = Changes::prepare(&setup.home_files()?, Direction::Make); // the home exists now
        }
        self.scripts.apply();
        if !self.scripts.failed().is_empty() {
            return Ok(());
        }
        for path in std::mem::take(&mut self.unreadable) {
            let moved = unreadable::replace(&path, &setup.account.home)?;
            self.moved.push((path, moved));
        }
        if !self.moved.is_empty() {
            // A file that was moved no longer hides another one.
            self.changes = Changes::prepare(&setup.start_up_files(Extent::Needed)?, Direction::Make);
        }
        self.changes.apply();
        self.crontab.apply();
        self.manager_is_stale = setup.reload_manager(&self.changes);
        Ok(())
    }
}

/// What setup undoes for a user.
#[derive(Debug)]
pub struct UserUndo {
    /// The user's start-up files.
    pub changes: Changes,
    /// The files in gvmr's home.
    pub scripts: Changes,
    /// The crontab.
    pub crontab: CrontabChange,
    /// Whether the user's service manager did not answer when it was told.
    pub manager_is_stale: bool,
}

impl UserUndo {
    /// Looks at every file that any run may have changed.
    pub fn look(setup: &UserSetup<'_>) -> Result<Self, SetupError> {
        let scripts = if setup.home_is_shared { Vec::new() } else { home_files(&setup.entry())? };
        Ok(Self {
            changes: Changes::prepare(&setup.start_up_files(Extent::Possible)?, Direction::Undo),
            scripts: Changes::prepare(&scripts, Direction::Undo),
            crontab: CrontabChange::undo(),
            manager_is_stale: false,
        })
    }

    /// Whether anything has to be undone.
    pub fn is_needed(&self) -> bool {
        self.changes.are_needed() || self.scripts.are_needed() || self.crontab.is_needed()
    }

    /// Undoes everything, the files that others read last.
    pub fn apply(&mut self, setup: &UserSetup<'_>) {
        self.changes.apply();
        self.crontab.apply();
        self.scripts.apply();
        self.manager_is_stale = setup.reload_manager(&self.changes);
    }
}
