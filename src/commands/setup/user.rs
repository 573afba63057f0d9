//! `gvmr setup` for one user: plan, show, ask, edit, look.

use super::changes::{Changes, Direction};
use super::cron::Cron;
use super::{consent, repair, report};
use crate::cli;
use crate::commands::{Context, completions, env};
use crate::error::{Error, ErrorKind};
use crate::shell::{
    Account, Content, Edit, Extent, ScriptEntry, Sessions, Surroundings, reload_user_manager,
};
use crate::store;
use clap_complete::Shell;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use serde_json::Value;
use std::path::PathBuf;

/// What setup works with.
pub(super) struct Scene<'a> {
    pub(super) context: &'a Context,
    pub(super) account: Account,
    pub(super) gvmr: PathBuf,
    pub(super) go_bin: Option<PathBuf>,
}

impl<'a> Scene<'a> {
    pub(super) fn look(context: &'a Context) -> Result<Self, Error> {
        let gvmr = store::Programs::beside_this_one()?.program;
        Ok(Self { context, account: Account::of_process(&Process)?, gvmr, go_bin: env::settled_go_bin() })
    }

    pub(super) fn home(&self) -> &Home {
        &self.context.settings.home
    }

    pub(super) fn entry(&self) -> ScriptEntry<'_> {
        ScriptEntry {
            home: self.home(),
            user_home: Some(&self.account.home),
            go_bin: self.go_bin.as_deref(),
            export_home: env::is_custom(self.context),
            shared: false, // root's setup wrote the scripts of a shared home
        }
    }

    pub(super) fn sessions(&self) -> Sessions<'_> {
        Sessions { account: &self.account, gvmr: &self.gvmr }
    }

    /// The edits of the user's own files.
    pub(super) fn edits(&self, extent: Extent) -> Result<Vec<Edit>, Error> {
        let surroundings = Surroundings::look(&self.sessions(), &Process);
        Ok(self.entry().user_edits(&self.account, &surroundings, extent)?)
    }

    /// What those files read. In a home that root keeps for all they are root's to write.
    pub(super) fn scripts(&self) -> Result<Vec<Edit>, Error> {
        if !self.context.settings.reads_only {
            return scripts(&self.entry());
        }
        let home = self.home().root();
        if home.join("env").exists() {
            return Ok(Vec::new());
        }
        let said = Error::said(
            ErrorKind::Storage,
            format!("root has not set up the shared {}", printable::path(home)),
        );
        Err(said.hint(format!("sudo {} setup --system", printable::path(&self.gvmr))))
    }
}

/// The scripts in gvmr's home that the edits read, for sessions as `entry` has them.
pub(super) fn scripts(entry: &ScriptEntry<'_>) -> Result<Vec<Edit>, Error> {
    let root = entry.home.root();
    let script = |name: &str, bytes| Edit {
        path: root.join(name),
        content: Content::Whole { bytes, mode: 0o644 },
        sessions: "what the others read",
    };
    Ok(vec![
        script("env", entry.posix()?),
        script("env.fish", entry.fish()?),
        script("completions/gvmr.bash", completion(Shell::Bash)),
        script("completions/_gvmr", completion(Shell::Zsh)),
        script("completions/gvmr.fish", completion(Shell::Fish)),
    ])
}

/// A completion script that says who put it there, behind its first line, which zsh reads.
fn completion(shell: Shell) -> Vec<u8> {
    let script = completions::script(shell);
    let first = script.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mark = format!("# Put here by {}.\n", Content::MARK);
    [&script[..first], mark.as_bytes(), &script[first..]].concat()
}

pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    let scene = Scene::look(context)?;
    let mut plan = Plan::look(arguments, &scene)?;
    if arguments.dry_run {
        return plan.show(arguments, context);
    }
    if plan.is_needed() {
        plan.ask_about(context);
        if !consent(arguments, "Edit them?", context)? {
            context.terminal.note("nothing was edited");
            return Ok(());
        }
    } else if plan.changes.failure().is_none() {
        context.terminal.note("every file is as it should be");
    }
    plan.make(&scene)?;
    plan.scripts.say(context);
    plan.changes.say(context);
    plan.cron.say(Direction::Make, context);
    reload(&plan.changes, &scene);
    let value = plan.json(arguments);
    let failure = plan.changes.failure().or_else(|| plan.cron.failure());
    report::sessions(arguments, &scene, value, failure)
}

/// What is to be done.
struct Plan {
    /// Files that nobody but another user can read.
    aside: Vec<PathBuf>,
    scripts: Changes,
    changes: Changes,
    cron: Cron,
}

impl Plan {
    fn look(arguments: &cli::SetupArgs, scene: &Scene<'_>) -> Result<Self, Error> {
        let edits = scene.edits(Extent::Needed)?;
        let (aside, edits) = if arguments.repair { repair::unreadable(edits) } else { (Vec::new(), edits) };
        Ok(Self {
            aside,
            scripts: Changes::prepare(&scene.scripts()?, Direction::Make),
            changes: Changes::prepare(&edits, Direction::Make),
            cron: if arguments.cron { Cron::make(scene.home())? } else { Cron::renew(scene.home()) },
        })
    }

    fn is_needed(&self) -> bool {
        self.scripts.are_needed()
            || self.changes.are_needed()
            || self.cron.is_needed()
            || !self.aside.is_empty()
    }

    /// Makes everything. What the files are to read comes first: without it none of them is edited.
    fn make(&mut self, scene: &Scene<'_>) -> Result<(), Error> {
        let context = scene.context;
        if !context.settings.reads_only {
            context.publish()?;
            self.scripts = Changes::prepare(&scene.scripts()?, Direction::Make); // the home is there now
        }
        self.scripts.apply();
        if let Some(error) = self.scripts.failure() {
            self.scripts.say(context);
            return Err(error);
        }
        if !self.aside.is_empty() {
            repair::start_anew(&self.aside, &scene.account.home, context)?;
            // A file that is gone now hides no other one.
            self.changes = Changes::prepare(&scene.edits(Extent::Needed)?, Direction::Make);
        }
        self.changes.apply();
        self.cron.install();
        Ok(())
    }

    fn show(&self, arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
        let failure = self.changes.failure();
        if arguments.json {
            context.terminal.json(&self.json(arguments)).map_err(Error::stdout)?;
            return failure.map_or(Ok(()), |error| Err(error.after_data()));
        }
        for path in &self.aside {
            context.terminal.note(format_args!("would move {} aside", printable::path(path)));
        }
        for path in self.scripts.paths() {
            context.terminal.note(format_args!("would write {}", printable::path(path)));
        }
        self.cron.show(context);
        self.changes.show(context)?;
        if !self.is_needed() && failure.is_none() {
            context.terminal.note("every file is as it should be");
        }
        failure.map_or(Ok(()), Err)
    }

    fn ask_about(&self, context: &Context) {
        if !context.terminal.can_ask() {
            return;
        }
        context.terminal.say("These files of yours put the shims first on PATH from now on (gvmr setup --dry-run shows how, --undo takes it back):");
        for path in self.changes.paths().chain(self.aside.iter().map(PathBuf::as_path)) {
            context.terminal.say(format_args!("  {}", printable::path(path)));
        }
        if self.cron.is_needed() {
            context.terminal.say("  the crontab");
        }
    }

    fn json(&self, arguments: &cli::SetupArgs) -> Value {
        let mut value = self.changes.json(arguments);
        value["moved_aside"] = self.aside.iter().map(|path| path.display().to_string()).collect();
        value["scripts"] = self.scripts.json(arguments);
        value["crontab"] = self.cron.word().into();
        value
    }
}

/// Tells the user's service manager, where one runs, what its file says now.
pub(super) fn reload(changes: &Changes, scene: &Scene<'_>) {
    let is_new = changes.made("environment.d/zz-gvmr.conf");
    if is_new && reload_user_manager(scene.account.uid) == Some(false) {
        scene.context.terminal.note(
            "the user's service manager does not answer: systemctl --user daemon-reload, or the next login, tells it",
        );
    }
}
