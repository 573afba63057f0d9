//! `gvmr prune`: removes patch releases that a newer installed one replaces and that nothing asks for.

use super::uninstall;
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use gvmr_core::gover::version::Version;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct Outcome {
    removed: Vec<String>,
    kept: Vec<Kept>,
    dry_run: bool,
}

#[derive(Serialize)]
struct Kept {
    version: String,
    why: String,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::PruneArgs, context: &Context) -> Result<(), Error> {
    context.may_change()?;
    if !arguments.dry_run {
        context.store()?.sweep()?;
    }
    if context.settings.home.shared_file().exists() {
        context.terminal.note("what other users' defaults and pins ask for is not known here");
    }
    let toolchains = context.toolchains()?;
    let replaced = replaced(&toolchains.iter().map(|toolchain| &toolchain.version).collect::<Vec<_>>());
    let reasons = context.kept_for(&toolchains)?;
    let (kept, removable): (Vec<_>, Vec<_>) =
        replaced.into_iter().partition(|version| reasons.contains_key(version));
    let removable: BTreeSet<Version> = removable.into_iter().collect();
    for version in &kept {
        context.terminal.note(format_args!("{} stays: {}", version.toolchain_name(), reasons[version]));
    }
    let list = removable.iter().map(Version::to_string).collect::<Vec<_>>();
    if !removable.is_empty() && !arguments.dry_run && !arguments.yes {
        if !context.terminal.can_ask() {
            return Err(Error::said(ErrorKind::Usage, format!("would remove {}", list.join(", ")))
                .hint("say so with --yes, or look first with --dry-run"));
        }
        if !context.terminal.ask(&format!("Remove {}?", list.join(", ")), false) {
            return Ok(());
        }
    }
    let (removed, failure) = if arguments.dry_run {
        (list, None)
    } else {
        let (removed, failure) = uninstall::remove(&removable, false, context)?;
        (removed.iter().map(Version::to_string).collect(), failure)
    };
    if arguments.json {
        let kept =
            kept.iter().map(|version| Kept { version: version.to_string(), why: reasons[version].clone() });
        let outcome = Outcome { removed, kept: kept.collect(), dry_run: arguments.dry_run };
        context.terminal.json(&outcome).map_err(Error::stdout)?;
        return failure.map_or(Ok(()), |error| Err(error.after_data()));
    }
    if removed.is_empty() {
        context.terminal.note("nothing to remove");
    }
    removed.iter().try_for_each(|version| context.terminal.data(version)).map_err(Error::stdout)?;
    failure.map_or(Ok(()), Err)
}

/// Versions of which a newer release of the same minor is installed too.
fn replaced(installed: &[&Version]) -> Vec<Version> {
    let same_minor = |one: &Version, other: &Version| one.language() == other.language();
    let replaces = |newer: &Version, older: &Version| {
        newer > older && same_minor(newer, older) && !newer.is_prerelease()
    };
    let is_replaced = |version: &&&Version| installed.iter().any(|newer| replaces(newer, version));
    installed.iter().filter(is_replaced).map(|version| (*version).clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_older_patches_of_a_minor_are_replaced() {
        let installed = ["1.21.0", "1.21.13", "1.22rc1", "1.22.0", "1.23.4", "1.24rc1"]
            .map(|text| Version::parse(text).unwrap());
        let replaced: Vec<_> =
            replaced(&installed.iter().collect::<Vec<_>>()).iter().map(Version::to_string).collect();
        assert_eq!(replaced, ["1.21.0", "1.22rc1"]);
    }
}
