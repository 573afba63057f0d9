//! One number from Prometheus: an instant query, and a second one for what it is compared with.

use super::{ProbeSurroundings, failed};
use crate::check::file::{Pick, PrometheusTarget, SecretText};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, SecretMask};
use crate::net::{MeasuredRequest, MeasuringClient, MeasuringOptions, RedactedUrl, Url};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How many series are named where there are several.
const MAX_SERIES: usize = 3;

pub(super) fn measure(
    target: &PrometheusTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let reveal = |text: &SecretText| {
        text.reveal(surroundings.environment)
            .map(|found| found.text)
            .map_err(|error| failed(error.to_string()))
    };
    let server = reveal(&target.server)?;
    let server = Url::parse(&server).map_err(|_| failed("the address of the server is not a URL"))?;
    // Both are asked of the same moment.
    let moment = surroundings.now_seconds.to_string();
    let mut measurement = Measurement::default();
    let until = Instant::now() + timeout;
    let ask = |query: &SecretText, measurement: &mut Measurement| {
        let url = address(&server, &reveal(query)?, &moment)?;
        let answer = super::watched(&|| surroundings.stopped(), {
            let (settings, url) = (surroundings.net.clone(), url.clone());
            let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            move || {
                let client = MeasuringClient::new(&settings, MeasuringOptions::default(), &url)?;
                let request = MeasuredRequest {
                    url,
                    method: Method::GET,
                    headers: HeaderMap::new(),
                    body: None,
                    redirects: 0,
                };
                client.send(&request, left).map_err(|error| error.to_string())
            }
        })?;
        let answer = answer.map_err(failed)?;
        let place = RedactedUrl::of(&server);
        let body = answer.body.map_err(|fault| failed(format!("{place}: {fault}")))?;
        let document: Value = serde_json::from_slice(&body)
            .map_err(|_| failed(format!("{place} answered status {}, and no JSON", answer.status)))?;
        // One that refuses a query says why in its own form.
        if !(200..300).contains(&answer.status) && document["status"] != "error" {
            return Err(failed(format!("{place} answered status {}", answer.status)));
        }
        number(&document, target, surroundings.secrets, measurement)
    };
    let value = ask(&target.query, &mut measurement)?;
    let measure = Measure::of_unit(&target.unit).unwrap_or(Measure::Number);
    let in_unit =
        |value: f64| Quantity::in_unit(value, &target.unit).map_or(value, |quantity| quantity.value);
    measurement.figures.insert("value".to_owned(), Quantity { value: in_unit(value), measure });
    if let Some(query) = &target.baseline {
        let baseline = ask(query, &mut measurement);
        let baseline = baseline.map_err(|why| failed(format!("baseline: {why}")))?;
        measurement.baseline = Some(in_unit(baseline));
    }
    Ok(measurement)
}

/// `SERVER/api/v1/query?query=…&time=…`
fn address(server: &Url, query: &str, moment: &str) -> Result<Url, NotMeasured> {
    let mut url = server.clone();
    let mut path = url.path_segments_mut().map_err(|()| failed("the address of the server has no path"))?;
    path.pop_if_empty().extend(["api", "v1", "query"]);
    drop(path);
    url.query_pairs_mut().append_pair("query", query).append_pair("time", moment);
    Ok(url)
}

/// The one number of an answer.
fn number(
    document: &Value,
    target: &PrometheusTarget,
    secrets: &SecretMask,
    measurement: &mut Measurement,
) -> Result<f64, NotMeasured> {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    if text("/status") != Some("success") {
        let why = secrets.hide(text("/error").unwrap_or("the answer has no result"));
        let why = why.chars().take(200).collect::<String>();
        return Err(failed(format!("Prometheus refused the query: {why}")));
    }
    for warning in document.pointer("/warnings").and_then(Value::as_array).into_iter().flatten() {
        measurement.remarks.extend(warning.as_str().map(|text| format!("Prometheus warns: {text}")));
    }
    let result = document.pointer("/data/result");
    let kind = text("/data/resultType").unwrap_or_default();
    let series: Vec<&Value> = match (kind, result) {
        ("scalar", Some(result)) => return sample(result),
        ("vector", Some(Value::Array(series))) => series.iter().collect(),
        _ => return Err(failed(format!("the query gives a {kind}, and not a number"))),
    };
    if series.is_empty() && target.pick != Pick::Count {
        return target
            .absent
            .ok_or_else(|| failed("the query matches no series; set absent to what that means"));
    }
    if target.pick == Pick::Only && series.len() > 1 {
        let labels: Vec<_> = series.iter().take(MAX_SERIES).map(|one| one["metric"].to_string()).collect();
        return Err(failed(format!(
            "the query gives {} series ({}…); aggregate them in the query, or choose with pick",
            series.len(),
            secrets.hide(&labels.join(", ")).chars().take(300).collect::<String>()
        )));
    }
    let numbers: Vec<f64> = series.into_iter().map(|one| sample(&one["value"])).collect::<Result<_, _>>()?;
    target.pick.of(&numbers).ok_or_else(|| failed("the query gives no number"))
}

/// `[time, "number"]`
fn sample(value: &Value) -> Result<f64, NotMeasured> {
    let text = value.get(1).and_then(Value::as_str).unwrap_or_default();
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number
        .ok_or_else(|| failed(format!("the query gives {text:?}, which is not a number; is there traffic?")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(data: &str, pick: Pick, absent: Option<f64>) -> Result<f64, String> {
        let target = PrometheusTarget {
            server: SecretText::from("http://p"),
            query: SecretText::from("up"),
            baseline: None,
            pick,
            absent,
            unit: String::new(),
        };
        let document = serde_json::from_str(data).unwrap();
        number(&document, &target, &SecretMask::default(), &mut Measurement::default())
            .map_err(|why| why.to_string())
    }

    #[test]
    fn one_number_or_why_there_is_none() {
        let vector = |series: &str| {
            format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{series}]}}}}"#)
        };
        let one = r#"{"metric":{"pod":"a"},"value":[1,"2.5"]}"#;
        let two = r#"{"metric":{"pod":"b"},"value":[1,"4"]}"#;
        assert_eq!(of(&vector(one), Pick::Only, None), Ok(2.5));
        assert_eq!(of(&vector(&format!("{one},{two}")), Pick::Max, None), Ok(4.0));
        let several = of(&vector(&format!("{one},{two}")), Pick::Only, None).unwrap_err();
        assert!(
            several.starts_with("the query gives 2 series ({\"pod\":\"a\"}, {\"pod\":\"b\"}"),
            "{several}"
        );
        assert!(of(&vector(""), Pick::Only, None).is_err());
        assert_eq!(of(&vector(""), Pick::Only, Some(0.0)), Ok(0.0));
        assert_eq!(of(&vector(""), Pick::Count, None), Ok(0.0));
        let nan = r#"{"metric":{},"value":[1,"NaN"]}"#;
        assert!(of(&vector(nan), Pick::Only, None).unwrap_err().contains("is there traffic?"));
        let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1,"3"]}}"#;
        assert_eq!(of(scalar, Pick::Only, None), Ok(3.0));
        let error = r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#;
        assert_eq!(of(error, Pick::Only, None).unwrap_err(), "Prometheus refused the query: parse error");
    }
}
