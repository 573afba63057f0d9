//! The answers of a web server: what they should hold, and the figures of all of them.

use super::Timed;
use crate::check::file::{HttpTarget, JsonExpectation, JsonPointer, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Operator, Quantity, least_count, percentile};
use crate::net::MeasuredAnswer;
use crate::probe::contents::{asks, contain, ending, extract};
use crate::probe::failed;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many reasons are told why requests were not as asked.
const MAX_REASONS: usize = 3;
/// The percentiles by their names.
const PERCENTILES: [(&str, u8); 4] = [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99)];

/// The figures of all requests. Where none was answered there are none.
pub(super) fn judge_answers(
    probe: &ProbeDefinition,
    target: &HttpTarget,
    timed: &[Timed],
) -> Result<Measurement, NotMeasured> {
    let answers: Vec<&MeasuredAnswer> =
        timed.iter().filter_map(|timed| timed.outcome.as_ref().ok()).collect();
    let Some(last) = answers.last() else {
        let error = timed.iter().find_map(|timed| timed.outcome.as_ref().err());
        return Err(failed(error.map_or_else(|| "no request was sent".to_owned(), ToString::to_string)));
    };
    let mut measurement = Measurement::default();
    let (mut good, mut reasons) = (0_usize, BTreeMap::<String, usize>::new());
    let looks = looks(target);
    for timed in timed {
        let fault = match &timed.outcome {
            Ok(answer) if looks && answer.body.is_none() => {
                return Err(failed("the body has more than 8 MiB, and is not searched"));
            }
            Ok(answer) => fault(target, answer),
            Err(error) => Some(format!("no answer: {error}")),
        };
        match fault {
            None => good += 1,
            Some(reason) => *reasons.entry(reason).or_default() += 1,
        }
    }
    times(timed, &mut measurement);
    add(&mut measurement, "ok", share(good, timed.len()), Measure::Percent);
    #[allow(clippy::cast_precision_loss)]
    add(&mut measurement, "size", last.size as f64, Measure::Size);
    tell(&reasons, timed.len(), &mut measurement);
    if target.insecure {
        measurement.remarks.push("insecure: certificates were not verified".to_owned());
    }
    numbers(probe, target, last, &mut measurement)?;
    if good < timed.len() {
        measurement.output = last.body.as_deref().and_then(|body| ending(&String::from_utf8_lossy(body)));
    }
    Ok(measurement)
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
fn times(timed: &[Timed], measurement: &mut Measurement) {
    let mut seconds: Vec<f64> = timed.iter().map(|timed| timed.seconds).collect();
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

/// Why an answer is not as asked.
fn fault(target: &HttpTarget, answer: &MeasuredAnswer) -> Option<String> {
    let is_asked = target.status.iter().any(|range| (range.first..=range.last).contains(&answer.status));
    if !is_asked {
        let asked: Vec<_> = target.status.iter().map(ToString::to_string).collect();
        let target = answer.location.as_ref().map(|location| format!(" to {location}")).unwrap_or_default();
        return Some(format!("status {}{target}, {} asked", answer.status, asked.join(" or ")));
    }
    let text = String::from_utf8_lossy(answer.body.as_deref().unwrap_or_default());
    let mut unmet = Measurement::default();
    contain(target.contains.as_deref(), &text, "the body", &mut unmet);
    if !target.json.is_empty() {
        match serde_json::from_str::<Value>(&text) {
            Ok(document) => {
                unmet.unmet.extend(target.json.iter().filter_map(|wanted| unexpected(wanted, &document)));
            }
            Err(error) => unmet.unmet.push(format!("the body is not JSON: {error}")),
        }
    }
    unmet.unmet.into_iter().next()
}

/// Why a document does not hold what is expected at one place.
fn unexpected(wanted: &JsonExpectation, document: &Value) -> Option<String> {
    let pointer = &wanted.pointer;
    let found = JsonPointer::parse(pointer)?.find(document).into_iter().next();
    let Some(found) = found else {
        return Some(format!("json {pointer} is missing; the body has {}", fields(document)));
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
    (!holds).then(|| format!("json {pointer} is {}, {negation}{} asked", short(found), wanted.value))
}

/// What a document holds at its top.
fn fields(document: &Value) -> String {
    match document {
        Value::Object(fields) if !fields.is_empty() => {
            let names: Vec<_> =
                fields.keys().take(8).map(|name| short(&Value::from(name.as_str()))).collect();
            names.join(", ")
        }
        other => short(other),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

/// The numbers in the last answer.
fn numbers(
    probe: &ProbeDefinition,
    target: &HttpTarget,
    last: &MeasuredAnswer,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let text = String::from_utf8_lossy(last.body.as_deref().unwrap_or_default()).into_owned();
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
                    return Err(failed(format!(
                        "json {pointer} is {}, which is not a number",
                        short(&found)
                    )));
                }
                (None, None, Some(document)) => {
                    measurement
                        .unmet
                        .push(format!("json {pointer} is missing; the body has {}", fields(document)));
                    measurement.absent.insert(pointer.clone());
                }
                (None, None, None) => return Err(failed("the body is not JSON")),
            }
        }
    }
    extract(target.extraction.as_ref(), &text, measurement, &|figure| asks(probe, figure))
}
