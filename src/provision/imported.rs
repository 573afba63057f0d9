//! The default after an import: what the other tool ran where no file selects a version.

use crate::context::Context;
use crate::discover::{self, GlobalVersion};
use crate::error::Error;
use crate::store::Toolchain;
use gvmr_core::gover::selector::Selector;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;

/// Makes one of the `adopted` toolchains the default where there is none: the other tool's global version, else the
/// newest release, as `latest` would choose. Says if the two tools differ.
pub fn suggest_imported(adopted: &[&Toolchain], context: &Context) -> Result<(), Error> {
    let global = discover::global_version(&Process);
    let theirs = global.as_ref().and_then(|global| {
        let version = global.selector.newest(adopted.iter().map(|toolchain| &toolchain.version))?;
        adopted.iter().find(|toolchain| toolchain.version == *version)
    });
    let newest =
        adopted.iter().max_by_key(|toolchain| (!toolchain.version.is_prerelease(), &toolchain.version));
    if let Some(toolchain) = theirs.or(newest) {
        context.suggest_default(&Selector::exact(&toolchain.version), toolchain)?;
    }
    global.map_or(Ok(()), |global| note_other_default(&global, context))
}

/// Says that the other tool runs another version than the default here, and how to take that over.
fn note_other_default(global: &GlobalVersion, context: &Context) -> Result<(), Error> {
    let installed = context.installed_versions()?;
    let default = context.default_version(&context.toolchains()?)?;
    let theirs = global.selector.newest(&installed);
    if let (Some(theirs), Some(default)) = (theirs, default)
        && *theirs != default
    {
        let GlobalVersion { owner, selector, file } = global;
        let (file, word) = (printable::path(file), selector.argument());
        context.terminal.note(format_args!(
            "{owner}'s global version is {selector} ({file}), the default here is {default}; to use {owner}'s, run \
             `gvmr use --global {word}`",
        ));
    }
    Ok(())
}
