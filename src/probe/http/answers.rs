//! The answers of a web server: what they should hold, and the figures of all of them.

use super::Timed;
use crate::check::file::{HttpTarget, JsonExpectation, JsonPointer, ProbeDefinition};
use crate::check::{
    Measure, Measurement, NotMeasured, Operator, Quantity, SecretMask, least_count, percentile,
};
use crate::net::{BodyFault, MeasuredAnswer, NetError};
use crate::probe::contents::{asks, contain, ending, extract, unread};
use crate::probe::failed;
use crate::probe::output::SearchedText;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How many reasons are told why requests were not as asked.
const MAX_REASONS: usize = 3;
/// The percentiles by their names.
const PERCENTILES: [(&str, u8); 4] = [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99)];

/// What is kept of all answers: of the bodies only the last ones.
#[derive(Default)]
pub(super) struct Answers {
    seconds: Vec<f64>,
    good: usize,
    reasons: BTreeMap<String, usize>,
    last: Option<MeasuredAnswer>,
    /// The last one that was as asked: numbers are read from it.
    last_good: Option<MeasuredAnswer>,
    error: Option<NetError>,
    /// Why a body could not be looked at, where one must be.
    unsearched: Option<BodyFault>,
}

impl Answers {
    /// Takes one more.
    pub(super) fn take(&mut self, target: &HttpTarget, timed: Timed) {
        self.seconds.push(timed.seconds);
        let is_good = timed.fault.is_none();
        match timed.fault {
            None => self.good += 1,
            Some(reason) => *self.reasons.entry(reason).or_default() += 1,
        }
        match timed.outcome {
            Ok(answer) => {
                if let Err(BodyFault::TooLarge) = answer.body
                    && looks(target)
                {
                    self.unsearched = Some(BodyFault::TooLarge);
                }
                if is_good {
                    self.last_good = Some(answer.clone());
                }
                self.last = Some(answer);
            }
            Err(error) => drop(self.error.get_or_insert(error)),
        }
    }

    /// The figures of all requests. Where none was answered there are none.
    pub(super) fn measurement(
        mut self,
        probe: &ProbeDefinition,
        target: &HttpTarget,
        secrets: &SecretMask,
    ) -> Result<Measurement, NotMeasured> {
        let Some(last) = self.last.take() else {
            let error = self.error.map(|error| error.to_string());
            return Err(failed(error.unwrap_or_else(|| "no request was sent".to_owned())));
        };
        if let Some(fault) = self.unsearched {
            return Err(failed(fault.to_string()));
        }
        let mut measurement = Measurement::default();
        let count = self.seconds.len();
        times(self.seconds, &mut measurement);
        add(&mut measurement, "ok", share(self.good, count), Measure::Percent);
        #[allow(clippy::cast_precision_loss)]
        add(&mut measurement, "size", last.size as f64, Measure::Size);
        tell(&self.reasons, count, &mut measurement);
        if let Some(cause) = measurement.remarks.first().cloned() {
            measurement.causes.insert("ok".to_owned(), cause);
        }
        if target.insecure {
            measurement.remarks.push("insecure: certificates were not verified".to_owned());
        }
        match (&self.last_good, self.reasons.keys().next()) {
            (Some(answer), _) => numbers(probe, target, answer, secrets, &mut measurement)?,
            (None, Some(reason)) if asks_numbers(target) => {
                measurement.unmet.push(reason.clone());
                measurement.causes.clear(); // it is there already
                measurement = measurement.without(&probe.figures);
            }
            (None, _) => {}
        }
        if self.good < count {
            measurement.output = last
                .body
                .ok()
                .as_deref()
                .and_then(|body| ending(&secrets.hide(&String::from_utf8_lossy(body))));
        }
        Ok(measurement)
    }
}

fn add(measurement: &mut Measurement, name: &str, value: f64, measure: Measure) {
    measurement.figures.insert(name.to_owned(), Quantity { value, measure });
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64 * 100.0
}

/// Of all requests, those that failed included.
#[allow(clippy::cast_precision_loss)]
fn times(mut seconds: Vec<f64>, measurement: &mut Measurement) {
    seconds.sort_by(f64::total_cmp);
    for (name, percent) in PERCENTILES {
        // Of fewer it would be the maximum by another name.
        let is_told = seconds.len() >= least_count(percent);
        if let Some(value) = percentile(&seconds, percent).filter(|_| is_told) {
            add(measurement, name, value, Measure::Duration);
        }
    }
    let slowest = seconds.last().copied().unwrap_or_default();
    add(measurement, "time", slowest, Measure::Duration);
    add(measurement, "max", slowest, Measure::Duration);
    add(measurement, "mean", seconds.iter().sum::<f64>() / seconds.len() as f64, Measure::Duration);
}

/// `3 of 40 requests: status 503, 2xx asked`
fn tell(reasons: &BTreeMap<String, usize>, count: usize, measurement: &mut Measurement) {
    let mut sorted: Vec<_> = reasons.iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, times) in sorted.into_iter().take(MAX_REASONS) {
        let remark =
            if count == 1 { reason.clone() } else { format!("{times} of {count} requests: {reason}") };
        measurement.remarks.push(remark);
    }
}

/// Whether anything looks at the body.
fn looks(target: &HttpTarget) -> bool {
    target.contains.is_some()
        || target.extraction.is_some()
        || !target.json.is_empty()
        || !target.json_figures.is_empty()
}

/// Whether a figure is in the body.
fn asks_numbers(target: &HttpTarget) -> bool {
    !target.json_figures.is_empty() || target.extraction.is_some()
}

/// Why an answer is not as asked, or why there is none.
pub(super) fn fault(
    target: &HttpTarget,
    outcome: &Result<MeasuredAnswer, NetError>,
    secrets: &SecretMask,
) -> Option<String> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => return Some(format!("no answer: {error}")),
    };
    let is_asked = target.status.iter().any(|range| (range.first..=range.last).contains(&answer.status));
    if !is_asked {
        let asked: Vec<_> = target.status.iter().map(ToString::to_string).collect();
        let target = answer.location.as_ref().map(|location| format!(" to {location}")).unwrap_or_default();
        return Some(format!("status {}{target}, {} asked", answer.status, asked.join(" or ")));
    }
    let body = match &answer.body {
        Ok(body) if looks(target) => body.as_slice(),
        Ok(_) => return None,
        // A client that reads it fails.
        Err(fault @ BodyFault::Encoding) => return Some(fault.to_string()),
        Err(fault @ BodyFault::TooLarge) => return looks(target).then(|| fault.to_string()),
    };
    let text = String::from_utf8_lossy(body);
    let mut unmet = Measurement::default();
    let searched = SearchedText::Whole(Cow::Borrowed(&*text));
    if let Err(why) = contain(target.contains.as_deref(), &searched, "the body", &mut unmet) {
        return Some(why.to_string());
    }
    if !target.json.is_empty() {
        match serde_json::from_str::<Value>(&text) {
            Ok(document) => {
                unmet
                    .unmet
                    .extend(target.json.iter().filter_map(|wanted| unexpected(wanted, &document, secrets)));
            }
            Err(error) => unmet.unmet.push(format!("the body is not JSON: {error}")),
        }
    }
    unmet.unmet.into_iter().next()
}

/// Why a document does not hold what is expected at one place.
fn unexpected(wanted: &JsonExpectation, document: &Value, secrets: &SecretMask) -> Option<String> {
    let pointer = &wanted.pointer;
    let found = JsonPointer::parse(pointer)?.find(document).into_iter().next();
    let Some(found) = found else {
        return Some(format!("json {pointer} is missing; the body has {}", fields(document, secrets)));
    };
    let is_same = match (found, &wanted.value) {
        // Numbers are the same however they are written.
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        // A condition is a text, whatever the document has there.
        (found, Value::String(wanted)) => {
            found.as_str().map_or_else(|| found.to_string(), str::to_owned) == *wanted
        }
        (found, wanted) => found == wanted,
    };
    let holds = if wanted.operator == Operator::Unequal { !is_same } else { is_same };
    let negation = if wanted.operator == Operator::Unequal { "not " } else { "" };
    (!holds).then(|| format!("json {pointer} is {}, {negation}{} asked", short(found, secrets), wanted.value))
}

/// What a document holds at its top.
fn fields(document: &Value, secrets: &SecretMask) -> String {
    match document {
        Value::Object(fields) if !fields.is_empty() => {
            let names: Vec<_> =
                fields.keys().take(8).map(|name| short(&Value::from(name.as_str()), secrets)).collect();
            names.join(", ")
        }
        other => short(other, secrets),
    }
}

fn short(value: &Value, secrets: &SecretMask) -> String {
    secrets.hide(&value.to_string()).chars().take(60).collect()
}

/// The numbers in the last answer.
fn numbers(
    probe: &ProbeDefinition,
    target: &HttpTarget,
    last: &MeasuredAnswer,
    secrets: &SecretMask,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    if !asks_numbers(target) {
        return Ok(());
    }
    let body = last.body.as_deref().map_err(|fault| failed(fault.to_string()))?;
    let text = String::from_utf8_lossy(body);
    let unfit = |why: String| unread(why, ending(&secrets.hide(&text)));
    if !target.json_figures.is_empty() {
        let document: Option<Value> = serde_json::from_str(&text).ok();
        for pointer in &target.json_figures {
            let found = document
                .as_ref()
                .and_then(|document| JsonPointer::parse(pointer)?.find(document).into_iter().next().cloned());
            let number = found
                .as_ref()
                .and_then(|found| found.as_f64().or_else(|| found.as_str()?.trim().parse().ok()));
            match (number.filter(|number: &f64| number.is_finite()), found, &document) {
                (Some(value), ..) => add(measurement, pointer, value, Measure::Number),
                (None, Some(found), _) => {
                    return Err(unfit(format!(
                        "json {pointer} is {}, which is not a number",
                        short(&found, secrets)
                    )));
                }
                (None, None, Some(document)) => {
                    measurement.unmet.push(format!(
                        "json {pointer} is missing; the body has {}",
                        fields(document, secrets)
                    ));
                    measurement.absent.insert(pointer.clone());
                }
                (None, None, None) => return Err(unfit("the body is not JSON".to_owned())),
            }
        }
    }
    let text = SearchedText::Whole(text);
    extract(target.extraction.as_ref(), &text, measurement, secrets, &|figure| asks(probe, figure))
}
