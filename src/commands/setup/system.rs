//! `gvmr setup --system` and its `--undo`: the same for every user of the machine. Root alone may.

mod words;

use super::consent::consent;
use super::render::{self, end};
use crate::cli;
use crate::config;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::{Changes, Crontab, DropInState, SudoPath, SystemPlan, SystemSetup, SystemUndo};
use crate::store;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use gvmr_core::sys::process::running_program;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Runs the command.
pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    be_root(arguments)?;
    let setup = SystemSetup::at(&config::home_to_share(&Process, Path::new("/"))?);
    if arguments.undo { undo(arguments, &setup, context) } else { make(arguments, &setup, context) }
}

fn be_root(arguments: &cli::SetupArgs) -> Result<(), Error> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    // The PATH that sudo gives may lack this program.
    let program = running_program().map_or_else(|_| "gvmr".to_owned(), |path| path.display().to_string());
    let undo = if arguments.undo { " --undo" } else { "" };
    Err(Error::said(ErrorKind::Usage, "only root can set up the machine")
        .hint(format!("run `sudo {program} setup --system{undo}`")))
}

fn make(arguments: &cli::SetupArgs, setup: &SystemSetup, context: &Context) -> Result<(), Error> {
    let terminal = &context.terminal;
    let mut plan = SystemPlan::look(setup, arguments.cron)?;
    if arguments.dry_run {
        show_planned(arguments, &plan.scripts, &(plan.changes.diff() + &plan.sudo.diff()), context)?;
        if !arguments.json {
            render::planned_crontab(&plan.crontab, context);
        }
    } else {
        if plan.is_needed() {
            if !arguments.yes {
                ask_about(&plan, setup, context);
            }
            if !consent(arguments, "Edit them?", context)? {
                return Ok(());
            }
        }
        plan.apply(setup)?;
        context.with_cleanup(|| plan.sudo.apply(&setup.home.shims(), setup.home.root()));
    }
    render::changes(&plan.scripts, context);
    render::changes(&plan.changes, context);
    render::crontab(&plan.crontab, "set PATH in root's crontab", context);
    say_sudo(&plan.sudo, setup, context);
    for taken in plan.taken.iter().filter(|taken| !taken.is_this_program()) {
        terminal.warn(words::taken(taken, &setup.home));
    }
    for line in words::elsewhere(&setup.home, plan.go_is_taken()) {
        terminal.note(line);
    }
    if let Some(line) = config::own_home().and_then(|own| words::roots_own(&own, &setup.home)) {
        terminal.note(line);
    }
    if !arguments.dry_run && store::toolchains(&setup.home).unwrap_or_default().is_empty() {
        terminal.note(words::install_one(&setup.home));
    }
    if let Some(line) = Crontab::read().ok().and_then(|crontab| crontab.advice("gvmr setup --system")) {
        terminal.note(line);
    }
    if plan.is_empty() {
        terminal.note("all files are up to date; nothing was changed");
    }
    let failure = render::failure(&plan.scripts).or_else(|| render::failure(&plan.changes));
    let value = || {
        let mut value = as_json(&plan.changes, arguments, setup);
        value["sudo"] = sudo_as_json(&plan.sudo);
        value["crontab"] = plan.crontab.state().into();
        value["taken"] = plan.taken.iter().map(|taken| taken.path.display().to_string()).collect();
        value
    };
    end(arguments, value, failure.or_else(|| sudo_failure(&plan.sudo)), context)
}

fn undo(arguments: &cli::SetupArgs, setup: &SystemSetup, context: &Context) -> Result<(), Error> {
    let mut undo = SystemUndo::look(setup)?;
    let needed = undo.is_needed();
    if arguments.dry_run {
        show_planned(arguments, &undo.scripts, &undo.changes.diff(), context)?;
    } else {
        if needed && !consent(arguments, "Revert the setup of this machine?", context)? {
            return Ok(());
        }
        undo.apply(setup)?;
    }
    render::changes(&undo.scripts, context);
    render::changes(&undo.changes, context);
    render::crontab(&undo.crontab, "restored root's crontab", context);
    if !needed {
        context.terminal.note("nothing to undo");
    } else if setup.home.versions().is_dir() {
        context.terminal.note(words::home_stays(&setup.home));
    }
    let failure = render::failure(&undo.changes).or_else(|| render::failure(&undo.scripts));
    end(arguments, || as_json(&undo.changes, arguments, setup), failure, context)
}

fn ask_about(plan: &SystemPlan, setup: &SystemSetup, context: &Context) {
    let mut paths: Vec<_> = plan.changes.needed().chain(plan.sudo.path()).map(PathBuf::from).collect();
    paths.extend(plan.crontab.is_needed().then(|| PathBuf::from("root's crontab")));
    let home = printable::path(setup.home.root());
    let what = format!(
        "{home} will hold Go for every user, and these files will put its shim directory first on PATH \
         (--dry-run shows the changes, --undo reverts them):"
    );
    render::question(what, &paths, context);
}

fn show_planned(
    arguments: &cli::SetupArgs,
    scripts: &Changes,
    diff: &str,
    context: &Context,
) -> Result<(), Error> {
    if arguments.json {
        return Ok(());
    }
    let what = if arguments.undo { "would remove" } else { "would write" };
    render::planned(what, scripts.needed(), context);
    render::diff(diff, context)
}

fn as_json(changes: &Changes, arguments: &cli::SetupArgs, setup: &SystemSetup) -> Value {
    let mut value = render::changes_as_json(changes, arguments.dry_run);
    value["home"] = setup.home.root().display().to_string().into();
    value
}

/// What was done about sudo, or why nothing was.
fn say_sudo(sudo: &SudoPath, setup: &SystemSetup, context: &Context) {
    let terminal = &context.terminal;
    match sudo {
        SudoPath::DropIn(_, drop_in, DropInState::Changed) => {
            terminal.note(format_args!("wrote {}", printable::path(&drop_in.path)));
        }
        SudoPath::DropIn(_, _, DropInState::Failed(error)) => {
            terminal.warn(render::with_hint(error, error.hint()));
        }
        SudoPath::DropIn(..) => {}
        SudoPath::Left(reason) if reason.is_failure() => {
            terminal.warn(render::with_hint(reason, reason.hint()));
        }
        SudoPath::Left(reason) if reason.finds_shims() => terminal.note(reason),
        SudoPath::Left(reason) => {
            let reason = format!("sudo does not find the shims: {reason}");
            terminal.warn(render::with_hint(&reason, Some(words::sudo_by_hand(&setup.home))));
        }
    }
}

fn sudo_failure(sudo: &SudoPath) -> Option<Error> {
    let (message, hint) = match sudo {
        SudoPath::Left(reason) if reason.is_failure() => {
            ("sudo's PATH was not changed".to_owned(), reason.hint().map(str::to_owned))
        }
        SudoPath::DropIn(_, drop_in, DropInState::Failed(error)) => {
            let path = printable::path(&drop_in.path);
            (format!("cannot write {path}"), error.hint())
        }
        _ => return None,
    };
    Some(Error { hint, ..Error::said(ErrorKind::Storage, message) })
}

/// For scripts: `state` is `unchanged`, `needed`, `changed`, `failed`, or `left` with the reason.
fn sudo_as_json(sudo: &SudoPath) -> Value {
    let (drop_in, state) = match sudo {
        SudoPath::Left(reason) => return json!({ "state": "left", "why": reason.to_string() }),
        SudoPath::DropIn(_, drop_in, state) => (drop_in, state),
    };
    let (name, why) = match state {
        DropInState::Unchanged => ("unchanged", None),
        DropInState::Needed(_) => ("needed", None),
        DropInState::Changed => ("changed", None),
        DropInState::Failed(error) => ("failed", Some(error.to_string())),
    };
    json!({ "state": name, "path": printable::path(&drop_in.path), "why": why })
}
