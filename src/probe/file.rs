//! A file or a directory: whether it is there, what it is, and what it holds.

use super::contents::{asks, contain, extract};
use super::failed;
use super::output::SearchedText;
use crate::check::file::{FileTarget, ModeLimit, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, SecretMask};
use crate::store::{group_name, user_name};
use gvmr_core::sys::{bounded, printable};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::SystemTime;

/// The most bytes of a file that is searched.
const MAX_TEXT: u64 = 8 << 20;

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &FileTarget,
    secrets: &SecretMask,
) -> Result<Measurement, NotMeasured> {
    let mut measurement = Measurement::default();
    let shown = shown(&target.path);
    let found = match fs::metadata(&target.path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            if target.exists {
                measurement.unmet.push(format!("{shown} does not exist"));
                // What is not there has no size: that it is missing says it all.
                return Ok(measurement.without(&probe.figures));
            }
            return Ok(measurement);
        }
        Err(error) => return Err(failed(format!("{shown}: {error}"))),
    };
    if !target.exists {
        measurement.unmet.push(format!("{shown} exists"));
        return Ok(measurement);
    }
    if !found.is_file() && !found.is_dir() {
        return Err(failed(format!("{shown} is neither a regular file nor a directory")));
    }
    if is_link(&target.path) {
        measurement.remarks.push(shown.clone());
    }
    belongs(target, &found, &shown, &mut measurement);
    if asks(probe, "age") {
        measurement.figures.insert("age".to_owned(), age(&found, &shown)?);
    }
    #[allow(clippy::cast_precision_loss)]
    let size = Quantity { value: found.len() as f64, measure: Measure::Size };
    if found.is_file() {
        measurement.figures.insert("size".to_owned(), size);
    }
    if target.contains.is_some() || target.extraction.is_some() {
        let text = text(&target.path, &found, &shown)?;
        let text = SearchedText::Whole(text.into());
        contain(target.contains.as_deref(), &text, &shown, &mut measurement)?;
        extract(target.extraction.as_ref(), &text, &mut measurement, secrets, &|figure| asks(probe, figure))?;
    }
    Ok(measurement)
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

/// The path; of a link also where it leads.
fn shown(path: &Path) -> String {
    let own = printable::path(path);
    match fs::canonicalize(path).or_else(|_| fs::read_link(path)) {
        Ok(target) if is_link(path) => format!("{own} (a link to {})", printable::path(&target)),
        _ => own,
    }
}

fn belongs(target: &FileTarget, found: &Metadata, shown: &str, measurement: &mut Measurement) {
    let bits = found.mode() & 0o7777;
    match target.mode {
        Some(ModeLimit::Exactly(asked)) if bits != asked => {
            measurement.unmet.push(format!("{shown} has mode {bits:04o}, {asked:04o} asked"));
        }
        Some(ModeLimit::AtMost(most)) if bits & !most != 0 => {
            measurement.unmet.push(format!("{shown} has mode {bits:04o}, no bit beyond {most:04o} asked"));
        }
        _ => {}
    }
    for (what, asked, id, name) in [
        ("user", &target.owner, found.uid(), user_name(found.uid())),
        ("group", &target.group, found.gid(), group_name(found.gid())),
    ] {
        let Some(asked) = asked else { continue };
        let is_asked = name.as_deref() == Some(asked) || asked.parse() == Ok(id);
        if !is_asked {
            let name = name.unwrap_or_else(|| id.to_string());
            measurement.unmet.push(format!("{shown} belongs to {what} {name}, {asked} asked"));
        }
    }
}

/// Since its last change. One that is in the future is told by a clock that is wrong, and says nothing.
fn age(found: &Metadata, shown: &str) -> Result<Quantity, NotMeasured> {
    let changed = found.modified().map_err(|error| failed(format!("{shown}: {error}")))?;
    match SystemTime::now().duration_since(changed) {
        Ok(age) => Ok(Quantity { value: age.as_secs_f64(), measure: Measure::Duration }),
        Err(_) => Err(failed(format!("{shown} was changed in the future; one clock is wrong"))),
    }
}

fn text(path: &Path, found: &Metadata, shown: &str) -> Result<String, NotMeasured> {
    if !found.is_file() {
        return Err(failed(format!("{shown} is a directory, and holds no text")));
    }
    match bounded::read(path, MAX_TEXT) {
        Ok(Some(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(None) => Err(failed(format!("{shown} has more than 8 MiB, and is not searched"))),
        Err(error) => Err(failed(format!("{shown}: {error}"))),
    }
}
