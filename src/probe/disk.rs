//! The room of a file system, as `df` tells it.

use super::failed;
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::host::mounts::file_system_of;
use gvmr_core::sys::printable;
use rustix::fs::{StatVfs, statvfs};
use std::path::Path;

pub(super) fn measure(path: &Path, asks: &dyn Fn(&str) -> bool) -> Result<Measurement, NotMeasured> {
    let shown = printable::path(path);
    let found = statvfs(path).map_err(|error| failed(format!("{shown}: {}", std::io::Error::from(error))))?;
    let mut measurement = figures(&found);
    if asks("inodes") && !measurement.figures.contains_key("inodes") {
        return Err(failed(format!("the file system of {shown} does not count inodes")));
    }
    if let Some(mount) = mount_of(path) {
        measurement.remarks.push(mount);
    }
    Ok(measurement)
}

/// Used is what `df` says: used ÷ (used + available to users).
#[allow(clippy::cast_precision_loss)]
fn figures(found: &StatVfs) -> Measurement {
    let mut measurement = Measurement::default();
    let mut add = |name: &str, value: f64, measure| {
        measurement.figures.insert(name.to_owned(), Quantity { value, measure });
    };
    let used = found.f_blocks.saturating_sub(found.f_bfree);
    let usable = used.saturating_add(found.f_bavail);
    if usable > 0 {
        add("used", used as f64 / usable as f64 * 100.0, Measure::Percent);
    }
    add("free", found.f_bavail.saturating_mul(found.f_frsize) as f64, Measure::Size);
    if found.f_files > 0 {
        let used = found.f_files.saturating_sub(found.f_ffree);
        add("inodes", used as f64 / found.f_files as f64 * 100.0, Measure::Percent);
    }
    measurement
}

/// `ext4 on /dev/vda1 at /`
fn mount_of(path: &Path) -> Option<String> {
    let mount = file_system_of(&std::fs::canonicalize(path).ok()?)?;
    Some(format!("{} on {} at {}", mount.kind, mount.device, printable::path(&mount.point)))
}
