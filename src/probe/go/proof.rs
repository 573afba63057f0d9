//! The files of the Go that runs here, and the checksum database.

use super::project::{GoProject, count};
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::install::{self, AuditVerdict};
use crate::probe::failed;
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::printable;

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let context = project.surroundings.context;
    let said = |error: &dyn std::error::Error| failed(error.to_string());
    let version = match context.resolve().map_err(|error| said(&error))?.choice {
        Selection::Installed { version, .. } => version,
        Selection::System(outside) => {
            let program = printable::path(&outside.program);
            return project.cannot_tell(format!(
                "{program} is a Go outside gvmr and has no proof; `gvmr import` takes it over and proves it"
            ));
        }
        Selection::Missing { wanted } => return Err(failed(format!("Go {wanted} is not installed"))),
    };
    let toolchains = context.toolchains().map_err(|error| said(&error))?;
    let toolchain = toolchains.iter().find(|toolchain| toolchain.version == version);
    let toolchain = toolchain.ok_or_else(|| failed(format!("{} is gone", version.toolchain_name())))?;
    let access = install::open_to_read(context).map_err(|error| said(&error))?;
    let installer = access.installer().map_err(|error| said(&error))?;
    let audit =
        install::audit(toolchain, &installer).map_err(|error| failed(install::with_causes(&error)))?;
    let mut measurement = Measurement::default();
    for (what, file) in audit.differences() {
        let file = printable::path(toolchain.goroot.join(file));
        measurement.findings.push(CheckFinding::said("proof", file, (0, 0), what));
    }
    let differing = measurement.findings.len();
    count(&mut measurement, "differing", differing);
    let name = &audit.toolchain;
    match audit.verdict {
        AuditVerdict::Proved => measurement.remarks.push(format!("{name}: {}", audit.summary)),
        AuditVerdict::Recorded => {
            return project
                .cannot_tell(format!("{name} has no proof but its own receipt: {}", audit.summary));
        }
        AuditVerdict::Unproved => return Err(failed(format!("{name}: {}", audit.summary))),
        AuditVerdict::Edited | AuditVerdict::Differs => {
            measurement
                .unmet
                .push(format!("{name} is not what the checksum database has: {}", audit.summary));
        }
        AuditVerdict::Exposed => measurement.unmet.push(format!("other users can change {name}")),
    }
    Ok(measurement)
}
