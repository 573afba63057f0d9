//! Installs the newest patch release of each installed minor version.
//!
//! Takes the minor versions that were named; gives what was installed, what was removed and what stays, and why. Removes
//! nothing without being told to, and nothing that something asks for.

use super::{Method, PatchStatus, Target, install_all, patches};
use crate::context::{Context, Removal};
use crate::error::Error;
use crate::request;

use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use serde::Serialize;
use std::collections::BTreeSet;

/// Where nothing is installed.
pub const NOTHING_INSTALLED: &str = "no Go version is installed; run `gvmr install latest`";
/// Where nothing is outdated.
pub const UP_TO_DATE: &str = "every installed minor version has its newest patch release";

/// What an upgrade did, as scripts read it.
#[derive(Debug, Default, Serialize)]
pub struct Upgrade {
    /// What was installed, or would be.
    pub upgraded: Vec<Upgraded>,
    /// Replaced releases that were removed.
    pub removed: Vec<String>,
    /// Older releases that stay although a newer one is installed.
    pub kept: Vec<KeptRelease>,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// What failed.
    #[serde(skip)]
    pub errors: Vec<Error>,
}

/// One minor version that was upgraded.
#[derive(Debug, Serialize)]
pub struct Upgraded {
    /// The release that was the newest installed.
    pub from: String,
    /// The newest release.
    pub to: String,
    /// Its directory.
    pub goroot: String,
}

/// A release that stays.
#[derive(Debug, Serialize)]
pub struct KeptRelease {
    /// The release.
    pub version: String,
    /// What asks for it, if something does.
    pub why: Option<String>,
}

/// Upgrades the minor versions that `words` name, or all. A dry run changes nothing.
pub fn upgrade(words: &[String], dry_run: bool, prune: bool, context: &Context) -> Result<Upgrade, Error> {
    let chosen = chosen(words, context)?;
    let patches = patches(&chosen, context)?;
    let mut upgrade = Upgrade { dry_run, errors: patches.failures, ..Upgrade::default() };
    let outdated: Vec<PatchStatus> = patches.known.into_iter().filter(PatchStatus::is_outdated).collect();
    if outdated.is_empty() && upgrade.errors.is_empty() {
        context.terminal.note(if chosen.is_empty() { NOTHING_INSTALLED } else { UP_TO_DATE });
    }
    let mut minors = BTreeSet::new();
    for (status, outcome) in outdated.iter().zip(install(&outdated, dry_run, context)) {
        match outcome {
            Ok(()) => {
                minors.insert(status.installed.language());
                upgrade.upgraded.push(Upgraded {
                    from: status.installed.to_string(),
                    to: status.newest.to_string(),
                    goroot: context.settings.home.toolchain(&status.newest).display().to_string(),
                });
            }
            Err(error) => upgrade.errors.push(error),
        }
    }
    if !dry_run && !minors.is_empty() {
        upgrade.settle(&minors, prune, context)?;
    }
    Ok(upgrade)
}

/// The installed versions to upgrade: all, or those of the minor versions that were named.
fn chosen(words: &[String], context: &Context) -> Result<Vec<Version>, Error> {
    let toolchains = context.toolchains()?;
    let installed = context.installed_versions()?;
    if words.is_empty() {
        return Ok(installed);
    }
    let named = words.iter().map(|word| Ok(context.newest_installed(&toolchains, &request::parse(word)?)?));
    let named: BTreeSet<Version> =
        named.map(|version: Result<Version, Error>| Ok(version?.language())).collect::<Result<_, Error>>()?;
    Ok(installed.into_iter().filter(|version| named.contains(&version.language())).collect())
}

/// Installs the newest patch releases; a dry run installs none.
fn install(outdated: &[PatchStatus], dry_run: bool, context: &Context) -> Vec<Result<(), Error>> {
    if dry_run || outdated.is_empty() {
        return outdated.iter().map(|_| Ok(())).collect();
    }
    let exact = |status: &PatchStatus| Target::Request(Selector::exact(&status.newest));
    let targets: Vec<_> = outdated.iter().map(exact).collect();
    let outcomes = install_all(&targets, Method::default(), context);
    outcomes.into_iter().map(|outcome| outcome.map(drop)).collect()
}

impl Upgrade {
    /// Tells what becomes of the older releases of `minors`, and removes those that nothing asks for if the user wants
    /// that.
    fn settle(&mut self, minors: &BTreeSet<Version>, prune: bool, context: &Context) -> Result<(), Error> {
        let plan = context.retention()?;
        let of_these = |version: &&Version| minors.contains(&version.language());
        for (version, why) in plan.retained.iter().filter(|(version, _)| of_these(version)) {
            context.terminal.note(format_args!("{} stays: {why}", version.toolchain_name()));
            self.kept.push(KeptRelease { version: version.to_string(), why: Some(why.clone()) });
        }
        let removable: BTreeSet<Version> = plan.removable.iter().filter(of_these).cloned().collect();
        if !prune {
            self.kept.extend(
                removable.iter().map(|version| KeptRelease { version: version.to_string(), why: None }),
            );
            if !removable.is_empty() {
                let names = removable.iter().map(Version::toolchain_name).collect::<Vec<_>>().join(", ");
                context
                    .terminal
                    .note(format_args!("{names}: replaced; to remove such releases, run `gvmr prune`"));
            }
            return Ok(());
        }
        if context.settings.home.shared_file().exists() {
            context.terminal.note("other users' defaults and pins cannot be checked from here");
        }
        let Removal { removed, failure } = context.remove(&removable, false)?;
        self.removed = removed.iter().map(Version::to_string).collect();
        self.errors
            .extend(failure.map(|(version, error)| Error::from(error).about(&version.toolchain_name())));
        Ok(())
    }
}
