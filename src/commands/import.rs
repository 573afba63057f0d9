//! `gvmr import`: adopts toolchains that other tools installed.

mod tree;

use crate::cli;
use crate::context::Context;
use crate::discover::{self, ImportCandidate};
use crate::error::{Error, ErrorKind};
use crate::host::Host;
use crate::install;
use crate::provision;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::path::PathBuf;
use tree::{State, Tree};

/// Runs the command.
pub(super) fn run(arguments: &cli::ImportArgs, context: &Context) -> Result<(), Error> {
    let mut trees =
        if arguments.trees.is_empty() { survey(context)? } else { named(&arguments.trees, context)? };
    let adoptable = trees.iter().filter(|tree| tree.is_adoptable()).count();
    let shows = arguments.dry_run || arguments.trees.is_empty();
    if shows && !arguments.json {
        show(&trees, context)?;
    }
    if adoptable == 0 || arguments.dry_run {
        if shows && adoptable == 0 {
            context.terminal.note("no toolchain to adopt");
        }
    } else if shows && !agreed(&trees, arguments, context)? {
        return Ok(());
    } else {
        adopt_all(&mut trees, context)?;
    }
    let is_here = trees.iter().any(|tree| matches!(tree.state, State::Installed));
    if is_here && !arguments.dry_run && !context.settings.reads_only {
        context.publish()?; // who adopted it may have been ended before
    }
    finish(trees, arguments, context)
}

/// What is found on this machine.
fn survey(context: &Context) -> Result<Vec<Tree>, Error> {
    let host = Host::look(context.settings.home.root());
    let candidates = discover::candidates(&Process, &context.toolchains()?, &host);
    Ok(candidates.into_iter().map(Tree::from).collect())
}

/// The trees that were named.
fn named(paths: &[PathBuf], context: &Context) -> Result<Vec<Tree>, Error> {
    let installed = context.toolchains()?;
    let tree = |path: &PathBuf| match discover::at(path, &Process) {
        Ok(found) => ImportCandidate::named(found, &installed).into(),
        Err(error) => {
            let goroot = path.clone();
            Tree { goroot, owner: "by hand", version: None, state: State::Failed(error.into()) }
        }
    };
    Ok(paths.iter().map(tree).collect())
}

/// Whether what is shown may be adopted.
fn agreed(trees: &[Tree], arguments: &cli::ImportArgs, context: &Context) -> Result<bool, Error> {
    if arguments.yes {
        return Ok(true);
    }
    let names: Vec<_> = trees.iter().filter(|tree| tree.is_adoptable()).map(Tree::name).collect();
    let names = names.join(", ");
    if !context.terminal.can_ask() {
        return Err(Error::said(ErrorKind::Usage, format!("would adopt {names}"))
            .hint("pass --yes or the paths of the trees, or preview with --dry-run"));
    }
    Ok(context.terminal.ask(&format!("Copy and verify {names}? The originals stay unchanged."), true))
}

fn adopt_all(trees: &mut [Tree], context: &Context) -> Result<(), Error> {
    let access = install::open(context)?;
    let installer = access.installer()?;
    for tree in trees.iter_mut().filter(|tree| tree.is_adoptable()) {
        if context.interrupted() {
            break;
        }
        tree.state = tree.adopt(&installer, context);
    }
    if let Err(error) = installer.store.sweep() {
        context.terminal.warn(format_args!("cannot remove leftovers of interrupted installs: {error}"));
    }
    let adopted = trees.iter().filter_map(|tree| match &tree.state {
        State::Adopted(toolchain) => Some(toolchain.as_ref()),
        _ => None,
    });
    provision::suggest_imported(&adopted.collect::<Vec<_>>(), context)
}

/// Says what came of each tree; the first failure decides the exit code.
fn finish(trees: Vec<Tree>, arguments: &cli::ImportArgs, context: &Context) -> Result<(), Error> {
    if arguments.json {
        let lines: Vec<_> = trees.iter().map(Tree::as_json).collect();
        context.terminal.json(&lines).map_err(Error::stdout)?;
    } else if !arguments.dry_run {
        let mut done = trees.iter().filter_map(Tree::outcome);
        done.try_for_each(|line| context.terminal.data(line)).map_err(Error::stdout)?;
    }
    let mut failures = trees.into_iter().filter_map(|tree| match tree.state {
        State::Failed(error) => Some(error),
        _ => None,
    });
    let Some(first) = failures.next() else { return Ok(()) };
    failures.for_each(|failure| context.terminal.error(&failure.message, failure.hint.as_deref()));
    Err(first.after(arguments.json))
}

/// A table with a line for each tree.
fn show(trees: &[Tree], context: &Context) -> Result<(), Error> {
    let width = trees.iter().map(|tree| tree.owner.len()).max().unwrap_or_default();
    for tree in trees {
        let (name, owner, path) = (tree.name(), tree.owner, printable::path(&tree.goroot));
        let line = format!("{name:12} {owner:width$}  {path}  {}", tree.words());
        context.terminal.data(line).map_err(Error::stdout)?;
    }
    Ok(())
}
