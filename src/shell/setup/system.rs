//! Setup of the machine: one home that all users share, the machine's start-up files, and sudo. Root alone may.

use super::{SetupError, home_files, is_set_up};
use crate::shell::{
    Changes, CrontabChange, Direction, ScriptEntry, SudoPath, Taken, check_system_home, real_home, sudo_undo,
};
use crate::store::{self, Programs};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// The machine's own files.
const MACHINE: &str = "/";

/// The machine, and the home that every user will share.
#[derive(Debug)]
pub struct SystemSetup {
    /// The home by its real path.
    pub home: Home,
}

impl SystemSetup {
    /// With the home at this path.
    pub fn at(home: &Path) -> Self {
        Self { home: real_home(home) }
    }

    /// Brings the shared home up to this gvmr: its copies of the programs, the shims and the scripts. The machine's files stay
    /// as they are.
    pub fn refresh(&self) -> Result<(), SetupError> {
        store::share(&self.home, &Programs::beside_this_one()?, Path::new(MACHINE))?;
        if is_set_up(&self.home) {
            Changes::prepare(&home_files(&self.entry())?, Direction::Make).apply();
        }
        Ok(())
    }

    fn entry(&self) -> ScriptEntry<'_> {
        ScriptEntry { home: &self.home, user_home: None, go_bin: None, export_home: false, shared: true }
    }

    /// Whether the home is the machine's already.
    pub fn is_shared(&self) -> bool {
        let named = bounded::read(&store::machine_file(Path::new(MACHINE)), PIN_LIMIT).ok().flatten();
        let is_named =
            named.is_some_and(|line| line.trim_ascii_end() == self.home.root().as_os_str().as_bytes());
        is_named && self.home.shared_file().exists()
    }
}

/// What setup does for the machine.
#[derive(Debug)]
pub struct SystemPlan {
    /// The files in the home, which the start-up files read.
    pub scripts: Changes,
    /// The machine's start-up files and links.
    pub changes: Changes,
    /// sudo's `PATH`.
    pub sudo: SudoPath,
    /// Root's crontab.
    pub crontab: CrontabChange,
    /// Names in `/usr/local/bin` that something else has.
    pub taken: Vec<Taken>,
    /// Whether the home still has to become the machine's.
    is_unshared: bool,
    /// Whether the home was changed to become the machine's.
    newly_shared: bool,
}

impl SystemPlan {
    /// Looks at every file. Refuses a home that others than root can change. With `cron`, root's crontab is set up too.
    pub fn look(setup: &SystemSetup, cron: bool) -> Result<Self, SetupError> {
        check_system_home(&setup.home)?;
        let entry = setup.entry();
        let machine = Path::new(MACHINE);
        Ok(Self {
            scripts: Changes::prepare(&home_files(&entry)?, Direction::Make),
            changes: Changes::prepare(&entry.system_edits(machine)?, Direction::Make),
            sudo: SudoPath::look(&setup.home.shims()),
            crontab: if cron { CrontabChange::make(&setup.home)? } else { CrontabChange::renew(&setup.home) },
            taken: entry.system_names_taken(machine),
            is_unshared: !setup.is_shared(),
            newly_shared: false,
        })
    }

    /// Whether anything has to be changed.
    pub fn is_needed(&self) -> bool {
        self.scripts.are_needed()
            || self.changes.are_needed()
            || self.sudo.is_needed()
            || self.is_unshared
            || self.crontab.is_needed()
    }

    /// Makes the home the machine's and changes the files, all but sudo's: [`SudoPath::apply`] must not be cut short.
    pub fn apply(&mut self, setup: &SystemSetup) -> Result<(), SetupError> {
        let machine = Path::new(MACHINE);
        self.newly_shared = store::share(&setup.home, &Programs::beside_this_one()?, machine)?.changed;
        // Only now there are shims to check, and the directories of the scripts.
        check_system_home(&setup.home)?;
        self.scripts = Changes::prepare(&home_files(&setup.entry())?, Direction::Make);
        self.scripts.apply();
        self.changes.apply();
        self.crontab.apply();
        self.taken = setup.entry().system_names_taken(machine);
        Ok(())
    }

    /// Whether nothing had to be changed.
    pub fn is_empty(&self) -> bool {
        self.scripts.are_empty()
            && self.changes.are_empty()
            && self.sudo.is_unchanged()
            && !self.newly_shared
            && !self.crontab.is_installed()
    }

    /// Whether `/usr/local/bin/go` is something else.
    pub fn go_is_taken(&self) -> bool {
        self.taken.iter().any(|taken| taken.path.ends_with("go"))
    }
}

/// What setup undoes for the machine.
#[derive(Debug)]
pub struct SystemUndo {
    /// The machine's start-up files, links and sudo's drop-in.
    pub changes: Changes,
    /// The files in the home.
    pub scripts: Changes,
    /// Root's crontab.
    pub crontab: CrontabChange,
    is_shared: bool,
}

impl SystemUndo {
    /// Looks at every file that any run may have changed.
    pub fn look(setup: &SystemSetup) -> Result<Self, SetupError> {
        let machine = Path::new(MACHINE);
        // Backwards: a directory goes with the first file that was put there.
        let mut edits = setup.entry().system_undo(machine)?;
        edits.push(sudo_undo(machine));
        edits.reverse();
        Ok(Self {
            changes: Changes::prepare(&edits, Direction::Undo),
            scripts: Changes::prepare(&home_files(&setup.entry())?, Direction::Undo),
            crontab: CrontabChange::undo(),
            is_shared: setup.is_shared(),
        })
    }

    /// Whether anything has to be undone.
    pub fn is_needed(&self) -> bool {
        self.crontab.is_needed() || self.scripts.are_needed() || self.changes.are_needed() || self.is_shared
    }

    /// Undoes everything. The home and its versions stay.
    pub fn apply(&mut self, setup: &SystemSetup) -> Result<(), SetupError> {
        self.changes.apply();
        self.scripts.apply();
        self.crontab.apply();
        store::unshare(&setup.home, Path::new(MACHINE))?;
        Ok(())
    }
}
