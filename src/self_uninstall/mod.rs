//! Removes gvmr from a machine: what setup changed, what it keeps, and its programs.
//!
//! Takes a context; gives a plan that can be shown and carried out. Refuses before the first change what it could only do in
//! part. Keeps homes and settings unless they are asked for, keeps a home with anything that is not gvmr's, and keeps programs that a
//! package manager or another user owns. Never asks and never prints.

mod error;
mod leftovers;

pub use error::UninstallError;
pub use leftovers::Leftover;

use crate::context::Context;
use crate::installation::Installation;
use crate::shell::{Changes, SystemSetup, SystemUndo, UserSetup, UserUndo};
use crate::store;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is to go.
#[derive(Debug)]
pub struct UninstallPlan<'a> {
    setup: UserSetup<'a>,
    user: UserUndo,
    system: Option<(SystemSetup, SystemUndo)>,
    /// This gvmr.
    pub installation: Installation,
    /// What gvmr keeps beside its programs.
    pub leftovers: Vec<Leftover>,
    /// Whether a package manager or another user keeps the programs.
    pub keeps_programs: bool,
    purge: bool,
}

impl<'a> UninstallPlan<'a> {
    /// Looks at everything. With `purge`, homes, settings and caches go too.
    ///
    /// [`UninstallError::Store`] where one of these cannot go now, since it is in use.
    pub fn look(context: &'a Context, purge: bool) -> Result<Self, UninstallError> {
        let setup = context.user_setup()?;
        let system = leftovers::machine_setup()?;
        let system = system.map(|setup| Ok::<_, UninstallError>((SystemUndo::look(&setup)?, setup)));
        let installation = Installation::of_this_program(&context.settings.home)?;
        let plan = Self {
            user: UserUndo::look(&setup)?,
            setup,
            system: system.transpose()?.map(|(undo, setup)| (setup, undo)),
            keeps_programs: installation.replacement().is_err(),
            installation,
            leftovers: leftovers::all(&context.settings),
            purge,
        };
        plan.purged().try_for_each(|left| store::refuse_purge(&left.path))?;
        Ok(plan)
    }

    /// The files that are reverted: those that still have to be, and those that were.
    pub fn reverted(&self) -> BTreeSet<&Path> {
        self.changes().flat_map(|changes| changes.needed().chain(changes.made())).collect()
    }

    /// What goes of the leftovers.
    pub fn purged(&self) -> impl Iterator<Item = &Leftover> {
        self.leftovers.iter().filter(|left| self.purge && left.kept_because.is_none())
    }

    /// What stays of them.
    pub fn kept(&self) -> impl Iterator<Item = &Leftover> {
        self.leftovers.iter().filter(|left| !self.purge || left.kept_because.is_some())
    }

    /// The files of this gvmr that go.
    pub fn programs(&self) -> Vec<PathBuf> {
        if self.keeps_programs { Vec::new() } else { self.installation.files() }
    }

    /// Does all of it, the programs last; gives what was removed.
    pub fn apply(&mut self) -> Result<Vec<PathBuf>, UninstallError> {
        self.user.apply(&self.setup);
        if let Some((setup, undo)) = &mut self.system {
            undo.apply(setup)?;
        }
        if let Some((path, error)) = self.changes().flat_map(Changes::failed).next() {
            return Err(UninstallError::NotReverted { path: path.clone(), why: error.to_string() });
        }
        let mut removed = Vec::new();
        for left in self.purged() {
            left.purge()?;
            removed.push(left.path.clone());
        }
        if !self.keeps_programs {
            removed.extend(self.installation.remove()?);
        }
        Ok(removed)
    }

    fn changes(&self) -> impl Iterator<Item = &Changes> {
        let system = self.system.iter().flat_map(|(_, undo)| [&undo.changes, &undo.scripts]);
        [&self.user.changes, &self.user.scripts].into_iter().chain(system)
    }
}
