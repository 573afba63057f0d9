//! Installs what a person or a shim asked for, with its progress on the terminal.
//!
//! Takes words or versions and a context, gives installed toolchains. Asks for consent before an install that was not asked for;
//! suggests a default where there is none.

mod imported;
mod missing;
mod named_versions;
mod patches;
mod progress;
mod target;
mod upgrade;

pub use imported::suggest_imported;
pub use missing::{install_missing, installed_or_missing, toolchain_to_run};
pub use named_versions::{all_installed, named_versions};
pub use patches::{PatchStatus, Patches, patches};
pub use target::{Method, Target};
pub use upgrade::{KeptRelease, NOTHING_INSTALLED, UP_TO_DATE, Upgrade, Upgraded, upgrade};

use crate::context::Context;
use crate::error::Error;
use crate::install::{self, InstallOutcome, Installer, OpenError};
use crate::process::in_order;
use crate::sources::Source;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Process;
use progress::Shown;
use std::path::Path;

/// Installs that run at the same time. Each keeps two processors and about 20 MiB busy.
const AT_ONCE: usize = 2;

/// Installs one version and shows its progress.
pub fn install_one(request: &Selector, context: &Context) -> Result<InstallOutcome, Error> {
    let target = Target::Request(request.clone());
    let access = install::open(context)?;
    let outcome = install_target(&target, Method::default(), &access.installer()?, context)?;
    context.suggest_default(request, outcome.toolchain())?;
    Ok(outcome)
}

/// Installs several versions and shows their progress; if one fails, the others are still installed.
pub fn install_several(requests: &[Selector], context: &Context) -> Result<(), Error> {
    let targets: Vec<_> = requests.iter().cloned().map(Target::Request).collect();
    let outcomes = install_all(&targets, Method::default(), context);
    suggest_default(&targets, &outcomes, context)?;
    outcomes.into_iter().find_map(Result::err).map_or(Ok(()), Err)
}

/// Makes what was asked for first and is there now the default, where there is none; whether it did.
pub fn suggest_default(
    targets: &[Target],
    outcomes: &[Result<InstallOutcome, Error>],
    context: &Context,
) -> Result<bool, Error> {
    let mut pairs = targets.iter().zip(outcomes);
    let first = pairs.find_map(|(target, outcome)| Some((target, outcome.as_ref().ok()?)));
    let Some((target, outcome)) = first else { return Ok(false) };
    let selector = match target {
        Target::Request(selector) => selector.clone(),
        Target::File(name, _) => Selector::exact(&name.version),
    };
    Ok(context.suggest_default(&selector, outcome.toolchain())?)
}

/// Installs all targets, two at a time, and shows their progress. The results have the order of the targets; an error
/// that stops all of them is the only result.
pub fn install_all(
    requests: &[Target],
    method: Method,
    context: &Context,
) -> Vec<Result<InstallOutcome, Error>> {
    let install = || {
        let access = match install::open(context) {
            Err(OpenError::Store(error)) if error.is_unwritable() => {
                return present(requests, method, context).ok_or_else(|| error.into());
            }
            access => access?,
        };
        let installer = access.installer()?;
        Ok(in_order(requests, AT_ONCE, |request| install_target(request, method, &installer, context)))
    };
    install().unwrap_or_else(|error: Error| vec![Err(error)])
}

/// What was asked for, where all of it is exact and there already: that needs neither a source nor a home to write to.
pub fn present(
    requests: &[Target],
    method: Method,
    context: &Context,
) -> Option<Vec<Result<InstallOutcome, Error>>> {
    let toolchains = context.toolchains().ok().filter(|_| !method.from_source)?;
    let present = |target: &Target| {
        let Target::Request(selector) = target else { return None };
        let version = selector.as_exact()?;
        let found = toolchains.iter().find(|toolchain| toolchain.version == *version)?;
        Some(Ok(InstallOutcome::Present(found.clone())))
    };
    requests.iter().map(present).collect()
}

/// Adopts one tree and shows its progress.
pub fn adopt(
    goroot: &Path,
    version: &Version,
    installer: &Installer<'_>,
    context: &Context,
) -> Result<InstallOutcome, Error> {
    let shown = Shown::begin(&version.toolchain_name(), context);
    // An interrupt between the commit and its shims must not leave the shims out.
    let result =
        context.with_cleanup(|| Ok(installer.beside(goroot, || installer.adopt(goroot, version, &shown))?));
    shown.bar.finish();
    result
}

/// The exact version that a request selects, for commands that write it to a file.
pub fn choose(request: &Selector, context: &Context) -> Result<Version, Error> {
    let access = install::open_to_read(context)?;
    let installer = access.installer()?;
    let shown = Shown::begin(&request.to_string(), context);
    let version = install::choose(request, &installer, &shown).map_err(Error::from);
    shown.bar.finish();
    version
}

/// Installs one target and shows its progress.
fn install_target(
    target: &Target,
    method: Method,
    installer: &Installer<'_>,
    context: &Context,
) -> Result<InstallOutcome, Error> {
    let shown = Shown::begin(&target.to_string(), context);
    let version = match target {
        Target::Request(request) => install::choose(request, installer, &shown).map_err(Error::from),
        Target::File(name, path) => target::fits(name, path, installer).map(|()| name.version.clone()),
    };
    let result = version.and_then(|version| {
        shown.bar.set_label(version.toolchain_name());
        let outcome = context.with_cleanup(|| match target {
            _ if method.from_source => installer.build(&version, &Process, &shown),
            Target::Request(_) => installer.install(&version, method.wishes, &shown),
            Target::File(name, path) => {
                let source = [Source::Directory(installer.sources.file(name, path))];
                installer.beside(path, || installer.install_from(&source, &version, method.wishes, &shown))
            }
        });
        outcome.map_err(Error::from)
    });
    shown.bar.finish();
    if let Ok(InstallOutcome::Installed(toolchain)) = &result {
        shown.summarize(toolchain);
    }
    result
}
