//! What a text must contain, and the number that stands in it: the same for a program, a file and an answer.

use super::failed;
use super::output::SearchedText;
use crate::check::file::{Extraction, ExtractionError, Finder, Pick, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, SecretMask};

/// The last lines that are shown of an output.
const MAX_OUTPUT: usize = 8 << 10;

/// The figures `value` and `share`, as far as `asks` wants them. Why there is none comes with the end of the text.
pub(super) fn extract(
    extraction: Option<&Extraction>,
    text: &SearchedText<'_>,
    measurement: &mut Measurement,
    secrets: &SecretMask,
    asks: &dyn Fn(&str) -> bool,
) -> Result<(), NotMeasured> {
    let Some(extraction) = extraction else { return Ok(()) };
    let read = figures(extraction, text, measurement, secrets, asks);
    read.map_err(|why| unread(why.to_string(), ending(&secrets.hide(text.end()))))
}

/// A text that does not hold what is looked for, and its last lines.
pub(super) fn unread(why: String, output: Option<String>) -> NotMeasured {
    NotMeasured::Unread { why, output }
}

fn figures(
    extraction: &Extraction,
    text: &SearchedText<'_>,
    measurement: &mut Measurement,
    secrets: &SecretMask,
    asks: &dyn Fn(&str) -> bool,
) -> Result<(), NotMeasured> {
    let measure = Measure::of_unit(&extraction.unit).unwrap_or(Measure::Number);
    if asks("value") {
        let value = value(extraction, text, secrets)?;
        measurement.figures.insert("value".to_owned(), Quantity { value, measure });
    }
    if asks("share") {
        let value = match text {
            SearchedText::Whole(text) => number(text, secrets, &|text| extraction.share(text)),
            SearchedText::Ends { missing, .. } => return Err(failed(missing)),
        };
        let value = value.map_err(|error| failed(error.to_string()))?;
        measurement.figures.insert("share".to_owned(), Quantity { value, measure: Measure::Percent });
    }
    Ok(())
}

/// A number from a text. What is no number is shown in part: that of a text without secrets.
fn number(
    text: &str,
    secrets: &SecretMask,
    of: &dyn Fn(&str) -> Result<f64, ExtractionError>,
) -> Result<f64, ExtractionError> {
    of(text).map_err(|error| {
        let hidden = secrets.hide(text);
        if hidden == text { error } else { of(&hidden).err().unwrap_or(ExtractionError::Hidden) }
    })
}

/// Where the middle is missing, only the first match of the beginning and the last one of the end are known.
fn value(extraction: &Extraction, text: &SearchedText<'_>, secrets: &SecretMask) -> Result<f64, NotMeasured> {
    let (text, missing) = match text {
        SearchedText::Whole(text) => (text.as_ref(), None),
        SearchedText::Ends { head, tail, missing } => match (&extraction.finder, extraction.pick) {
            (Finder::Pattern(_), Pick::First) => (head.as_str(), Some(missing)),
            (Finder::Pattern(_), Pick::Last) => (tail.as_str(), Some(missing)),
            _ => return Err(failed(missing)),
        },
    };
    number(text, secrets, &|text| extraction.value(text)).map_err(|error| match (error, missing) {
        (ExtractionError::Nothing(_), Some(missing)) => failed(missing),
        (error, _) => failed(error.to_string()),
    })
}

/// What must be in a text. Where some of it is missing, it may be there.
pub(super) fn contain(
    wanted: Option<&str>,
    text: &SearchedText<'_>,
    what: &str,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let Some(wanted) = wanted else { return Ok(()) };
    match text {
        SearchedText::Whole(text) if !text.contains(wanted) => {
            measurement.unmet.push(format!("{what} does not contain {wanted:?}"));
        }
        SearchedText::Ends { head, tail, missing } if !head.contains(wanted) && !tail.contains(wanted) => {
            return Err(failed(missing));
        }
        _ => {}
    }
    Ok(())
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

#[cfg(test)]
mod tests;
