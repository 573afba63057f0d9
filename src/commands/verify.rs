//! `gvmr verify`: whole installed trees against the log.

use super::installed;
use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::install::{self, Audit, Verdict};
use crate::store::Toolchain;

/// Runs the command. Every tree is looked at, then the worst verdict decides the exit code.
pub(super) fn run(arguments: &cli::Verify, session: &Session) -> Result<(), Error> {
    let toolchains = chosen(arguments, session)?;
    if toolchains.is_empty() {
        session.terminal.note("nothing is installed");
    }
    let audits: Vec<Audit> = session.with_installer(|installer| {
        toolchains.iter().map(|toolchain| install::audit(toolchain, installer).map_err(Error::from)).collect()
    })?;
    if arguments.json {
        session.terminal.json(&audits).map_err(Session::stdout)?;
    } else {
        for audit in &audits {
            show(audit, session)?;
        }
    }
    let of = |verdict| {
        let names =
            audits.iter().filter(|audit| audit.verdict == verdict).map(|audit| audit.toolchain.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let failure = match audits.iter().map(|audit| audit.verdict).max() {
        Some(Verdict::Differs) => {
            Error::said(Kind::Integrity, format!("{}: not what the log recorded", of(Verdict::Differs))).hint(
                "remove it and install it again: gvmr uninstall --force VERSION && gvmr install VERSION",
            )
        }
        Some(Verdict::Edited) => {
            Error::said(Kind::Finding, format!("{}: go.env was edited", of(Verdict::Edited)))
                .hint("set Go's variables in the environment or with go env -w instead")
        }
        _ => return Ok(()),
    };
    Err(if arguments.json { failure.after_data() } else { failure })
}

fn chosen(arguments: &cli::Verify, session: &Session) -> Result<Vec<Toolchain>, Error> {
    let toolchains = session.toolchains()?;
    if arguments.versions.is_empty() {
        return Ok(toolchains);
    }
    let versions: Vec<_> = arguments
        .versions
        .iter()
        .map(|text| installed::newest_of(&toolchains, text, session))
        .collect::<Result<_, _>>()?;
    Ok(toolchains.into_iter().filter(|toolchain| versions.contains(&toolchain.version)).collect())
}

fn show(audit: &Audit, session: &Session) -> Result<(), Error> {
    let word = match audit.verdict {
        Verdict::Proved => "proved",
        Verdict::Edited => "edited",
        Verdict::Differs => "DIFFERS",
    };
    let lines = std::iter::once(format!("{}\t{word}\t{}", audit.toolchain, audit.summary))
        .chain(audit.differences().map(|(what, file)| format!("  {what}\t{file}")));
    for line in lines {
        session.terminal.data(line).map_err(Session::stdout)?;
    }
    Ok(())
}
