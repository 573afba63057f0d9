//! `gvmr verify`: whole installed trees against the log.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::install::{self, Audit, AuditVerdict};
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::home::shared_home;

/// Runs the command. Every tree is looked at, then the worst verdict decides the exit code.
pub(super) fn run(arguments: &cli::VerifyArgs, context: &Context) -> Result<(), Error> {
    let toolchains = context.toolchains_named(&arguments.versions)?;
    if toolchains.is_empty() {
        context.terminal.note("no Go version is installed; run `gvmr install latest`");
    }
    let mut audits: Vec<Audit> = Vec::new();
    let mut failures: Vec<Error> = Vec::new();
    let access = install::open_to_read(context)?;
    let installer = access.installer()?;
    for toolchain in &toolchains {
        match install::audit(toolchain, &installer).map_err(Error::from) {
            Ok(audit) => audits.push(audit),
            Err(error) => failures.push(error.about(&toolchain.version.toolchain_name())),
        }
    }
    if arguments.json {
        let audited = audits.iter().map(|audit| serde_json::json!(audit));
        let all: Vec<_> = audited.chain(failures.iter().map(Error::as_json)).collect();
        context.terminal.json(&all).map_err(Error::stdout)?;
    } else {
        let rows: Vec<_> = audits.iter().flat_map(rows).collect();
        context.terminal.table(&rows).map_err(Error::stdout)?;
    }
    let gvmr = shared_home::program(&context.settings.home);
    let Some(worst) = worst(&audits, &mut failures, &gvmr) else { return Ok(()) };
    for failure in failures {
        context.terminal.error(&failure.message, failure.hint.as_deref());
    }
    Err(worst.after(arguments.json))
}

/// What decides the exit code: tampering before trouble, trouble before findings. `gvmr` is what changes the home.
fn worst(audits: &[Audit], failures: &mut Vec<Error>, gvmr: &str) -> Option<Error> {
    let of = |verdict| {
        let names =
            audits.iter().filter(|audit| audit.verdict == verdict).map(|audit| audit.toolchain.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let again = |verdict| {
        format!("run `{gvmr} uninstall --force {0} && {gvmr} install {0}`", of(verdict).replace(", ", " "))
    };
    match audits.iter().map(|audit| audit.verdict).max() {
        Some(AuditVerdict::Differs) => Some(
            Error::said(
                ErrorKind::Integrity,
                format!("{}: does not match the checksum database", of(AuditVerdict::Differs)),
            )
            .hint(again(AuditVerdict::Differs)),
        ),
        Some(AuditVerdict::Exposed) => Some(
            Error::said(
                ErrorKind::Finding,
                format!("{}: other users can change it", of(AuditVerdict::Exposed)),
            )
            .hint(again(AuditVerdict::Exposed)),
        ),
        _ if !failures.is_empty() => Some(failures.remove(0)),
        Some(AuditVerdict::Unproved) => Some(
            Error::said(
                ErrorKind::Network,
                format!("{}: the checksum database could not be reached", of(AuditVerdict::Unproved)),
            )
            .hint("run it again with access to GOPROXY or the checksum database"),
        ),
        Some(AuditVerdict::Edited) => Some(
            Error::said(ErrorKind::Finding, format!("{}: go.env was edited", of(AuditVerdict::Edited)))
                .hint("set Go's variables in the environment or with `go env -w` instead"),
        ),
        Some(AuditVerdict::Recorded) => Some(
            Error::said(
                ErrorKind::Finding,
                format!("{}: proved only by its own receipt", of(AuditVerdict::Recorded)),
            )
            .hint("if in doubt, install it again from where it came"),
        ),
        Some(AuditVerdict::Proved) | None => None,
    }
}

fn rows(audit: &Audit) -> Vec<Row> {
    let (word, tone) = match audit.verdict {
        AuditVerdict::Proved => ("proved", Tone::Good),
        AuditVerdict::Recorded => ("recorded", Tone::Warning),
        AuditVerdict::Edited => ("edited", Tone::Warning),
        AuditVerdict::Unproved => ("unproved", Tone::Warning),
        AuditVerdict::Exposed => ("EXPOSED", Tone::Bad),
        AuditVerdict::Differs => ("DIFFERS", Tone::Bad),
    };
    let piped = format!("{}\t{word}\t{}", audit.toolchain, audit.summary);
    let cells = [
        audit.toolchain.as_str().into(),
        Cell::new(word, tone),
        Cell::wrapped(audit.summary.as_str(), Tone::Dim),
    ];
    let difference = |(what, file): (_, &str)| {
        Row::new([format!("  {what}").into(), "".into(), Cell::sentence(file)], format!("  {what}\t{file}"))
    };
    std::iter::once(Row::new(cells, piped)).chain(audit.differences().map(difference)).collect()
}
