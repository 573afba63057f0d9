//! Which versions `gvmr each` runs: installed ones, each once.

use crate::context::{Consent, Context};
use crate::error::{Error, ErrorKind};
use crate::provision;
use crate::request::Request;
use crate::shell::quote;
use gvmr_core::gover::version::Version;

/// The versions that the words select, in order. Missing ones are installed first if the user agrees.
pub(super) fn all(words: &[String], context: &Context) -> Result<Vec<Version>, Error> {
    let requests = words
        .iter()
        .map(|word| {
            let hint = "put versions first, then -- and the command: `gvmr each 1.22 1.23 -- go test ./...`";
            Request::parse(word)
                .map_err(Error::from)
                .map_err(|error| if error.hint.is_none() { error.hint(hint) } else { error })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let installed = context.installed_versions()?;
    let mut missing: Vec<Request> = Vec::new();
    for request in requests.iter().filter(|request| request.newest(&installed).is_none()) {
        if !missing.iter().any(|other| other.to_string() == request.to_string()) {
            missing.push(request.clone());
        }
    }
    if !missing.is_empty() {
        install_missing(&missing, context)?;
    }
    let toolchains = context.toolchains()?;
    let mut versions: Vec<Version> = Vec::new();
    for word in words {
        let version = context
            .newest_installed(&toolchains, word)
            .map_err(|error| Error { kind: ErrorKind::NotFound, ..error.into() })?;
        if versions.contains(&version) {
            context.terminal.note(format_args!("{word} also resolves to Go {version}; running it once"));
        } else {
            versions.push(version);
        }
    }
    Ok(versions)
}

/// All of them, before anything runs.
fn install_missing(missing: &[Request], context: &Context) -> Result<(), Error> {
    let names = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (are, them) = if missing.len() == 1 { ("is", "it") } else { ("are", "them") };
    let said = format!("Go {names} {are} not installed");
    match context.consent_to_install(&format!("{said}. Install {them} now?")) {
        Consent::Given => provision::install_several(missing, context),
        Consent::Refused => Err(Error::said(ErrorKind::NotFound, said)),
        Consent::NotAsked => {
            let words: Vec<_> =
                missing.iter().map(|request| quote::where_needed(request.to_string().as_ref())).collect();
            let next = context.next_step(&format!("install {}", words.join(" ")));
            Err(Error::said(ErrorKind::NotFound, said).hint(next))
        }
    }
}
