//! `gvmr setup --system`: the same for every user of the machine, with a home that all of them share. Root alone may.

mod sudo;
mod words;

use super::changes::{Changes, Direction};
use super::consent;
use super::user::scripts;
use crate::cli;
use crate::commands::Context;
use crate::config;
use crate::error::{Error, ErrorKind};
use crate::shell::{self, ScriptEntry};
use crate::store::{self, Programs};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use sudo::SudoPath;

/// The machine's own files.
const MACHINE: &str = "/";

/// Runs the command.
pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    be_root(arguments)?;
    let home = shell::real_home(&config::home_to_share(&Process, Path::new(MACHINE))?);
    let run = Run { arguments, context, home: &home };
    if arguments.undo { run.undo() } else { run.make() }
}

fn be_root(arguments: &cli::SetupArgs) -> Result<(), Error> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    // The PATH that sudo gives may lack this program.
    let program =
        std::env::current_exe().map_or_else(|_| "gvmr".to_owned(), |path| path.display().to_string());
    let undo = if arguments.undo { " --undo" } else { "" };
    Err(Error::said(ErrorKind::Usage, "only root may change the files of the machine")
        .hint(format!("sudo {program} setup --system{undo}")))
}

struct Run<'a> {
    arguments: &'a cli::SetupArgs,
    context: &'a Context,
    home: &'a Home,
}

impl Run<'_> {
    fn make(&self) -> Result<(), Error> {
        shell::check_system_home(self.home)?;
        let machine = Path::new(MACHINE);
        let entry = self.entry();
        let own = scripts(&entry)?;
        let mut scripts = Changes::prepare(&own, Direction::Make);
        let mut changes = Changes::prepare(&entry.system_edits(machine)?, Direction::Make);
        let mut sudo = SudoPath::look(&self.home.shims());
        let mut shared = false;
        if !self.arguments.dry_run {
            let needed = scripts.are_needed() || changes.are_needed() || sudo.is_needed();
            if (needed || !self.is_shared()) && !self.may_go_on(&changes, &sudo)? {
                return Ok(());
            }
            shared = store::share(self.home, &Programs::beside_this_one()?, machine)?.changed;
            // By now the shims are there to be looked at, and the directories of the scripts.
            shell::check_system_home(self.home)?;
            scripts = Changes::prepare(&own, Direction::Make);
            scripts.apply();
            changes.apply();
            sudo.apply(self.context, self.home.root());
        }
        let is_done = [&scripts, &changes].iter().all(|each| each.is_done()) && sudo.is_done() && !shared;
        self.show(&scripts, &changes, &sudo.diff())?;
        sudo.say(self.home, self.context);
        let taken = entry.system_names_taken(machine);
        taken.iter().filter_map(|taken| words::taken(taken, self.home)).for_each(|line| self.warn(&line));
        let go_is_taken = taken.iter().any(|taken| taken.path.ends_with("go"));
        for line in words::elsewhere(self.home, go_is_taken) {
            self.note(&line);
        }
        let installed = store::toolchains(self.home).unwrap_or_default();
        if installed.is_empty() && !self.arguments.dry_run {
            self.note(&words::install_one(self.home));
        }
        if is_done {
            self.note("every file is as it should be: nothing was changed");
        }
        let failure = scripts.failure().or_else(|| changes.failure());
        let details = json!({ "sudo": sudo.json(), "taken": taken.iter().map(|taken| taken.path.display().to_string()).collect::<Vec<_>>() });
        self.end(&changes, &details, failure.or_else(|| sudo.failure()))
    }

    fn undo(&self) -> Result<(), Error> {
        let machine = Path::new(MACHINE);
        let entry = self.entry();
        // Backwards: a directory goes with the first file that was put there.
        let mut edits = entry.system_undo(machine)?;
        edits.push(shell::sudo_undo(machine));
        edits.reverse();
        let mut changes = Changes::prepare(&edits, Direction::Undo);
        let mut scripts = Changes::prepare(&scripts(&entry)?, Direction::Undo);
        let needed = scripts.are_needed() || changes.are_needed() || self.is_shared();
        if !self.arguments.dry_run {
            if needed && !consent(self.arguments, "Take the setup of this machine back?", self.context)? {
                self.note("nothing was edited");
                return Ok(());
            }
            changes.apply();
            scripts.apply();
            store::unshare(self.home, machine)?;
        }
        self.show(&scripts, &changes, "")?;
        if !needed {
            self.note("there is nothing to take back");
        } else if self.home.versions().is_dir() {
            self.note(&words::home_stays(self.home));
        }
        let failure = changes.failure().or_else(|| scripts.failure());
        self.end(&changes, &json!({}), failure)
    }

    fn entry(&self) -> ScriptEntry<'_> {
        ScriptEntry { home: self.home, user_home: None, go_bin: None, export_home: false, shared: true }
    }

    /// Whether the home is the machine's already.
    fn is_shared(&self) -> bool {
        let named = bounded::read(&store::machine_file(Path::new(MACHINE)), PIN_LIMIT).ok().flatten();
        let is_named =
            named.is_some_and(|line| line.trim_ascii_end() == self.home.root().as_os_str().as_bytes());
        is_named && self.home.shared_file().exists()
    }

    fn may_go_on(&self, changes: &Changes, sudo: &SudoPath) -> Result<bool, Error> {
        let terminal = &self.context.terminal;
        if terminal.can_ask() && !self.arguments.yes {
            let home = printable::path(self.home.root());
            terminal.say(format_args!(
                "{home} becomes the home of Go for every user, and these files put its shims first on PATH from now \
                 on (gvmr setup --system --dry-run shows how, --undo takes it back):"
            ));
            for path in changes.paths().chain(sudo.path()) {
                terminal.say(format_args!("  {}", printable::path(path)));
            }
        }
        let may = consent(self.arguments, "Edit them?", self.context)?;
        if !may {
            self.note("nothing was edited");
        }
        Ok(may)
    }

    /// What was done, or what would be.
    fn show(&self, scripts: &Changes, changes: &Changes, sudo: &str) -> Result<(), Error> {
        let terminal = &self.context.terminal;
        if self.arguments.dry_run && !self.arguments.json {
            for path in scripts.paths() {
                self.note(&words::planned(path, self.arguments.undo));
            }
            let diff = changes.diff() + sudo;
            if !diff.is_empty() {
                terminal.data(diff.trim_end()).map_err(Error::stdout)?;
            }
        }
        scripts.say(self.context);
        changes.say(self.context);
        Ok(())
    }

    fn end(&self, changes: &Changes, details: &Value, failure: Option<Error>) -> Result<(), Error> {
        let json = self.arguments.json;
        if json {
            let mut value = changes.json(self.arguments);
            value["home"] = self.home.root().display().to_string().into();
            for (name, detail) in details.as_object().into_iter().flatten() {
                value[name] = detail.clone();
            }
            self.context.terminal.json(&value).map_err(Error::stdout)?;
        }
        failure.map_or(Ok(()), |error| Err(if json { error.after_data() } else { error }))
    }

    fn note(&self, line: &str) {
        self.context.terminal.note(line);
    }

    fn warn(&self, line: &str) {
        self.context.terminal.warn(line);
    }
}
