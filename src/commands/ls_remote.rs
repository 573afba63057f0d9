//! `gvmr ls-remote`: what the sources list.

use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::install;
use crate::request::Request;
use gvmr_shims::version::Version;
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    installed: bool,
    prerelease: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::LsRemote, session: &Session) -> Result<(), Error> {
    let filter = arguments.filter.as_deref().map(|text| session.request(text)).transpose()?;
    let installed: Vec<Version> =
        session.toolchains()?.into_iter().map(|toolchain| toolchain.version).collect();
    let (released, notes) = session.with_installer(|installer| Ok(install::released(installer)?))?;
    for note in notes {
        session.terminal.note(note);
    }
    let newest = filter.as_ref().and_then(|filter| filter.newest(&released));
    let wanted = |version: &&Version| {
        let asked = match &filter {
            None => arguments.prereleases || !version.is_prerelease(),
            Some(Request::Latest | Request::OldStable) => newest == Some(*version),
            Some(filter) => filter.newest([*version]).is_some(),
        };
        asked && (arguments.prereleases || !version.is_prerelease() || newest == Some(*version))
    };
    let lines: Vec<_> = released
        .iter()
        .filter(wanted)
        .map(|version| Line {
            version: version.as_str(),
            installed: installed.contains(version),
            prerelease: version.is_prerelease(),
        })
        .collect();
    if arguments.json {
        return session.terminal.json(&lines).map_err(Session::stdout);
    }
    if lines.is_empty() {
        session.terminal.note("nothing that is listed matches");
    }
    for line in lines {
        let mark = if line.installed { "\tinstalled" } else { "" };
        session.terminal.data(format_args!("{}{mark}", line.version)).map_err(Session::stdout)?;
    }
    session.terminal.note("a source may serve more than it lists; gvmr install asks for the exact version");
    Ok(())
}
