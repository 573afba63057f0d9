//! The keys of `http = URL`.

use super::extraction::JsonPointer;
use super::model::{FigureCondition, HttpTarget, JsonExpectation, MAX_CONNECTIONS, ProbeTarget, StatusRange};
use super::probe::ProbeReader;
use super::reader::{number, whole};
use super::secret_text::SecretText;
use crate::check::condition::{Comparison, Condition, Operator};
use crate::check::percentile::least_count;
use crate::check::quantity::Measure;
use crate::toml_file::{entries, type_of};
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

const MAX_REQUESTS: usize = 10_000;
const MAX_REDIRECTS: usize = 20;
/// The figures that are percentiles.
const PERCENTILES: [(&str, u8); 4] = [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99)];
/// Headers whose values are credentials.
const CREDENTIALS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];
const METHODS: [(&str, &str); 7] = [
    ("GET", "GET"),
    ("HEAD", "HEAD"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("PATCH", "PATCH"),
    ("DELETE", "DELETE"),
    ("OPTIONS", "OPTIONS"),
];

impl<'i> ProbeReader<'_, '_, '_, 'i> {
    pub(super) fn http(&mut self) -> Option<ProbeTarget> {
        let url = self.url("http");
        let extraction = self.extraction();
        let (json, json_figures) = self.json();
        let requests = self.table.whole("requests", 1..=MAX_REQUESTS).unwrap_or(1);
        self.http_figures(requests);
        let insecure = self.table.flag("insecure").unwrap_or(false);
        let login = self.table.flag("auth").unwrap_or(false);
        let headers = self.headers();
        let has_secret = login || headers.iter().any(|(_, value)| value.has_secret());
        if insecure && has_secret {
            let span = self.table.span("insecure");
            self.table.mistake(&span, "credentials are not sent to a server that is not verified");
        }
        if let Some(url) = url.as_ref().filter(|_| login)
            && !url.with_stand_in("https://x").starts_with("https://")
        {
            let span = self.table.span("auth");
            self.table.mistake(&span, "auth sends a login over https alone");
        }
        Some(ProbeTarget::Http(Box::new(HttpTarget {
            method: self.table.one_of("method", &METHODS).unwrap_or("GET").to_owned(),
            headers,
            body: self.table.text("send"),
            status: self.status(),
            json,
            json_figures,
            contains: self.table.filled_text("contains"),
            extraction,
            requests,
            concurrency: self.table.whole("concurrency", 1..=MAX_CONNECTIONS).unwrap_or(1),
            warmup: self.table.whole("warmup", 0..=MAX_REQUESTS).unwrap_or(0),
            redirects: self.table.whole("redirects", 0..=MAX_REDIRECTS).unwrap_or(0),
            address: self.address(),
            authorities: self.table.path("ca", self.defaults.directory),
            insecure,
            login,
            url: url?,
        })))
    }

    fn http_figures(&mut self, requests: usize) {
        self.figure("ok", Measure::Percent);
        self.figure("size", Measure::Size);
        for figure in ["time", "max", "mean"] {
            self.figure(figure, Measure::Duration);
        }
        for (figure, percent) in PERCENTILES {
            self.figure(figure, Measure::Duration);
            let least = least_count(percent);
            if self.table.has(figure) && requests < least {
                let span = self.table.span(figure);
                self.table.mistake(
                    &span,
                    format!("{figure} of {requests} is the maximum; set requests to {least} or more"),
                );
            }
        }
    }

    /// An address with a scheme of the web, without a literal login.
    pub(super) fn url(&mut self, key: &'static str) -> Option<SecretText> {
        let (text, span) = self.table.secret_text(key)?;
        let url = web_address(&text);
        self.table.file.mistakes.check(&span, url.map(|()| text))
    }

    /// `host:port`
    fn address(&mut self) -> Option<String> {
        let span = self.table.limit("address")?.span();
        let text = self.table.text("address")?;
        let address = super::connections::host_and_port(&text).map(|_| text);
        self.table.file.mistakes.check(&span, address)
    }

    fn headers(&mut self) -> Vec<(String, SecretText)> {
        let Some(value) = self.table.value("headers") else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.table.mistake(&value.span(), "headers is a table: { Accept = \"text/plain\" }");
            return Vec::new();
        };
        headers(&mut self.table, table)
    }

    fn status(&mut self) -> Vec<StatusRange> {
        const SUCCESS: StatusRange = StatusRange { first: 200, last: 299 };
        let Some(value) = self.table.value("status") else { return vec![SUCCESS] };
        let all: Vec<_> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        let mut ranges = Vec::new();
        for one in all {
            match status(one.get_ref()) {
                Some(range) => ranges.push(range),
                None => self.table.mistake(&one.span(), "a status is 200, \"2xx\", or a list of those"),
            }
        }
        if ranges.is_empty()
            && self.table.has("status")
            && value.get_ref().as_array().is_some_and(|list| list.is_empty())
        {
            self.table.mistake(&value.span(), "the list is empty, and no status would do");
        }
        ranges
    }

    /// `json."/pointer" = …`: what is expected, and the pointers whose numbers are figures.
    fn json(&mut self) -> (Vec<JsonExpectation>, Vec<String>) {
        let (mut expectations, mut figures) = (Vec::new(), Vec::new());
        let Some(value) = self.table.limit("json") else { return (expectations, figures) };
        let Some(table) = value.get_ref().as_table() else {
            if value.get_ref().as_str().is_none() {
                self.table
                    .mistake(&value.span(), "json is a table of pointers, as json.\"/status\" = \"UP\"");
            }
            return (expectations, figures);
        };
        for (key, value) in entries(table) {
            let pointer = key.get_ref().to_string();
            if JsonPointer::parse(&pointer).is_none_or(|_| pointer.split('/').any(|step| step == "*")) {
                self.table
                    .mistake(&key.span(), "a JSON pointer begins with \"/\", as \"/status\", and has no *");
                continue;
            }
            match self.expected(&pointer, value) {
                Some(JsonExpected::Figure(condition)) => {
                    let line = self.table.file.mistakes.line(key.span().start);
                    let figure = FigureCondition {
                        figure: pointer.clone(),
                        measure: Measure::Number,
                        condition,
                        line,
                    };
                    self.figures.push(figure);
                    figures.push(pointer);
                }
                Some(JsonExpected::Value(operator, value)) => {
                    expectations.push(JsonExpectation { pointer, operator, value });
                }
                None => {}
            }
        }
        (expectations, figures)
    }

    fn expected(&mut self, pointer: &str, value: &Spanned<DeValue<'i>>) -> Option<JsonExpected> {
        let plain = match value.get_ref() {
            DeValue::String(_) => return self.expected_text(pointer, value),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Integer(_) => Value::from(whole(value.get_ref())?),
            DeValue::Float(_) => {
                let Some(number) = number(value.get_ref()) else {
                    self.table.mistake(&value.span(), format!("{pointer} must be a finite number"));
                    return None;
                };
                Value::from(number)
            }
            other => {
                let got = type_of(other);
                self.table
                    .mistake(&value.span(), format!("{pointer} must be a value or a condition, not {got}"));
                return None;
            }
        };
        Some(JsonExpected::Value(Operator::Equal, plain))
    }

    fn expected_text(&mut self, pointer: &str, value: &Spanned<DeValue<'i>>) -> Option<JsonExpected> {
        let text = self.table.text_of(value)?;
        let Some((operator, right)) = Operator::split(&text) else {
            return Some(JsonExpected::Value(Operator::Equal, Value::String(text)));
        };
        match Condition::parse(&text, Measure::Number) {
            Ok(condition) if condition.comparisons.iter().any(is_same_as_baseline) => {
                let message = format!("{pointer}: baseline is a number; compare with <=, >=, < or >");
                self.table.mistake(&value.span(), message);
                None
            }
            Ok(condition) => Some(JsonExpected::Figure(condition)),
            Err(_) if matches!(operator, Operator::Equal | Operator::Unequal) => {
                Some(JsonExpected::Value(operator, Value::String(right.trim().to_owned())))
            }
            Err(error) => {
                self.table.mistake(&value.span(), format!("{pointer}: {error}"));
                None
            }
        }
    }
}

/// Texts are the same or not; numbers of two runs rarely are.
fn is_same_as_baseline(comparison: &Comparison) -> bool {
    comparison.needs_baseline() && matches!(comparison.operator, Operator::Equal | Operator::Unequal)
}

enum JsonExpected {
    Figure(Condition),
    Value(Operator, Value),
}

fn status(value: &DeValue<'_>) -> Option<StatusRange> {
    match value {
        DeValue::Integer(_) => {
            let status = u16::try_from(whole(value)?).ok().filter(|status| (100..=599).contains(status))?;
            Some(StatusRange { first: status, last: status })
        }
        DeValue::String(text) => {
            let class =
                text.strip_suffix("xx")?.parse::<u16>().ok().filter(|class| (1..=5).contains(class))?;
            Some(StatusRange { first: class * 100, last: class * 100 + 99 })
        }
        _ => None,
    }
}

const NO_SCHEME: &str = "a URL begins with http:// or https://";
/// Stands for a secret in an address: no password that a person would choose.
const STAND_IN: &str = "gvmr0stand0in";

/// Whether a text is an address of the web, without a password that anyone can read.
pub(super) fn web_address(text: &SecretText) -> Result<(), String> {
    if text.to_string().starts_with("${") {
        return Ok(()); // all of it is known when it is used
    }
    let shown = text.with_stand_in(STAND_IN);
    let url = Url::parse(&shown).map_err(|error| {
        if shown.contains("://") { format!("not a URL: {error}") } else { NO_SCHEME.to_owned() }
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(NO_SCHEME.to_owned());
    }
    if url.password().is_some_and(|password| !password.is_empty() && !password.contains(STAND_IN)) {
        return Err("the URL has a password; write it as ${secret:NAME}".to_owned());
    }
    Ok(())
}

/// The names and values of a table of headers.
pub(super) fn headers<'i>(
    reader: &mut super::reader::TableReader<'_, '_, '_, 'i>,
    table: &toml::de::DeTable<'i>,
) -> Vec<(String, SecretText)> {
    let mut headers = Vec::new();
    for (key, value) in entries(table) {
        let name = key.get_ref().to_string();
        let Some(text) = reader.secret_text_of(value) else { continue };
        let is_name = HeaderName::from_bytes(name.as_bytes()).is_ok();
        let is_value = HeaderValue::from_str(&text.with_stand_in("secret")).is_ok();
        let is_credential = CREDENTIALS.contains(&name.to_ascii_lowercase().as_str());
        let wrong = |span: Range<usize>, message: &str| Some((span, message.to_owned()));
        let fault = match () {
            () if !is_name => wrong(key.span(), "not the name of a header"),
            () if !is_value => wrong(value.span(), "not the value of a header"),
            () if is_credential && !text.has_secret() => {
                wrong(value.span(), "this header is a credential; write its value as ${secret:NAME}")
            }
            () => None,
        };
        match fault {
            Some((span, message)) => reader.mistake(&span, message),
            None => headers.push((name, text)),
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_written_as_a_secret() {
        let words = super::super::substitution::Substitution { built_in: &|_| None, variables: Vec::new() };
        let is_allowed = |url: &str| web_address(&words.secret_text(url).unwrap()).is_ok();
        for url in [
            "http://joe:${secret:P}@h/",
            "https://${secret:U}:${secret:P}@h/",
            "https://joe@h/",
            "${secret:U}",
        ] {
            assert!(is_allowed(url), "{url}");
        }
        for url in
            ["http://joe:hush@h/", "http://joe:secret@h/", "http://:hush@h/", "https://${secret:U}:hush@h/"]
        {
            assert!(!is_allowed(url), "{url}");
        }
    }
}
