//! Which versions `gvmr each` runs: installed ones, each once.

use crate::context::{Consent, Context};
use crate::error::{Error, ErrorKind};
use crate::request;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;

/// The versions that the words select, in order. Missing ones are installed first if the user agrees.
///
/// A list such as `1.21,1.22` is its parts, and a range is every installed version in it, not the newest alone.
pub fn named_versions(words: &[String], context: &Context) -> Result<Vec<Version>, Error> {
    let mut requests: Vec<Selector> = Vec::new();
    for word in words {
        requests.extend(parse(word)?);
    }
    let installed = context.installed_versions()?;
    let mut missing: Vec<Selector> = Vec::new();
    for request in requests.iter().filter(|request| request.newest(&installed).is_none()) {
        if !missing.contains(request) {
            missing.push(request.clone());
        }
    }
    if !missing.is_empty() {
        install_missing(&missing, context)?;
    }
    let toolchains = context.toolchains()?;
    let installed: Vec<Version> = toolchains.iter().map(|toolchain| toolchain.version.clone()).collect();
    let mut versions: Vec<Version> = Vec::new();
    for request in &requests {
        let selected = match request {
            Selector::Range(_) => {
                installed.iter().filter(|version| request.matches(version)).cloned().collect()
            }
            _ => vec![
                context
                    .newest_installed(&toolchains, request)
                    .map_err(|error| Error { kind: ErrorKind::NotFound, ..error.into() })?,
            ],
        };
        for version in selected {
            if versions.contains(&version) {
                context
                    .terminal
                    .note(format_args!("{request} also resolves to Go {version}; running it once"));
            } else {
                versions.push(version);
            }
        }
    }
    Ok(versions)
}

/// Every installed version, oldest first.
pub fn all_installed(context: &Context) -> Result<Vec<Version>, Error> {
    let versions = context.installed_versions()?;
    if versions.is_empty() {
        return Err(Error::said(ErrorKind::NotFound, "no Go version is installed")
            .hint(context.next_step("install latest")));
    }
    Ok(versions)
}

fn parse(word: &str) -> Result<Vec<Selector>, Error> {
    let listed = || word.split(',').map(|part| request::parse(part).ok()).collect::<Option<Vec<_>>>();
    request::parse(word).map(|selector| vec![selector]).or_else(|error| {
        let hint = "put versions first, then -- and the command: `gvmr each 1.22 1.23 -- go test ./...`";
        let error = Error::from(error);
        listed().ok_or_else(|| if error.hint.is_none() { error.hint(hint) } else { error })
    })
}

/// All of them, before anything runs.
fn install_missing(missing: &[Selector], context: &Context) -> Result<(), Error> {
    let names = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (are, them) = if missing.len() == 1 { ("is", "it") } else { ("are", "them") };
    let said = format!("Go {names} {are} not installed");
    match context.consent_to_install(&format!("{said}. Install {them} now?")) {
        Consent::Given => super::install_several(missing, context),
        Consent::Refused => Err(Error::said(ErrorKind::NotFound, said)),
        Consent::NotAsked => {
            let words: Vec<_> = missing.iter().map(Selector::argument).collect();
            let next = context.next_step(&format!("install {}", words.join(" ")));
            Err(Error::said(ErrorKind::NotFound, said).hint(next))
        }
    }
}
