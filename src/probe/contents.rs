//! What a text must contain, and the number that stands in it: the same for a program, a file and an answer.

use super::failed;
use crate::check::file::{Extraction, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Quantity};

/// The last lines that are shown of an output.
const MAX_OUTPUT: usize = 8 << 10;

/// The figures `value` and `share`, as far as `asks` wants them.
pub(super) fn extract(
    extraction: Option<&Extraction>,
    text: &str,
    measurement: &mut Measurement,
    asks: &dyn Fn(&str) -> bool,
) -> Result<(), NotMeasured> {
    let Some(extraction) = extraction else { return Ok(()) };
    let measure = Measure::of_unit(&extraction.unit).unwrap_or(Measure::Number);
    if asks("value") {
        let value = extraction.value(text).map_err(|error| failed(error.to_string()))?;
        measurement.figures.insert("value".to_owned(), Quantity { value, measure });
    }
    if asks("share") {
        let value = extraction.share(text).map_err(|error| failed(error.to_string()))?;
        measurement.figures.insert("share".to_owned(), Quantity { value, measure: Measure::Percent });
    }
    Ok(())
}

/// What must be in a text.
pub(super) fn contain(wanted: Option<&str>, text: &str, what: &str, measurement: &mut Measurement) {
    if let Some(wanted) = wanted.filter(|wanted| !text.contains(*wanted)) {
        measurement.unmet.push(format!("{what} does not contain {wanted:?}"));
    }
}

/// Whether a figure is asked of a probe.
pub(super) fn asks(probe: &ProbeDefinition, figure: &str) -> bool {
    probe.figures.iter().any(|asked| asked.figure == figure)
}

/// The end of an output, for people; from a whole line on where there is one.
pub(super) fn ending(text: &str) -> Option<String> {
    let mut start = text.len().saturating_sub(MAX_OUTPUT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let end = text.get(start..).unwrap_or_default();
    let end = if start == 0 { end } else { end.split_once('\n').map_or(end, |(_, rest)| rest) };
    Some(end.trim_end().to_owned()).filter(|end| !end.is_empty())
}
