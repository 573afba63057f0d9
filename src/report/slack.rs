//! A message for Slack; its `text` is also enough for Mattermost and Rocket.Chat.

use super::explained::explained;
use super::figures::{change, limit, minute, short_revision, value};
use super::last_line::{last_line, sentence};
use super::order::{broken, verdict, word};
use super::plain_text::{brief, one_line};
use crate::calendar;
use crate::check::{JudgedFigure, ProbeRecord, RunDocument};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The most probes in a message.
const MAX_PROBES: usize = 10;
/// The most characters of one text.
const MAX_TEXT: usize = 3000;
/// The most characters of a header.
const MAX_HEADER: usize = 150;
/// The most characters of a part of a text.
const MAX_PART: usize = 500;
/// Separates characters that would have a meaning together, and shows nothing.
const SEPARATOR: char = '\u{200b}';

/// The body of the request: JSON.
pub fn slack(document: &RunDocument, links: &[(String, String)]) -> String {
    let links = links.iter().filter_map(|(name, address)| Some((name.as_str(), linked(document, address)?)));
    let links: Vec<(&str, String)> = links.collect();
    let explained = explained(document);
    let broken = broken(&explained);
    let (shown, others) = broken.split_at(broken.len().min(MAX_PROBES));
    let title = format!("{}: {}", one_line(&document.name), verdict(document));
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": brief(&title, MAX_HEADER), "emoji": false } }),
        section(&escaped(&place(document), MAX_TEXT)),
    ];
    blocks.extend(shown.iter().map(|probe| section(&described(document, probe))));
    if !others.is_empty() {
        blocks.push(section(&format!("and {} more", others.len())));
    }
    if !links.is_empty() {
        blocks.push(section(&fitted(links.iter().map(|(name, address)| link(name, address)), " | ")));
    }
    let text = [
        escaped(&format!("{title} on {}", one_line(&document.place.host)), MAX_PART),
        escaped(&last_line(document), MAX_PART),
    ];
    let plain = links.iter().map(|(name, address)| format!("{}: {address}", escaped(name, MAX_PART)));
    let text = fitted(text.into_iter().chain(plain), "\n");
    json!({ "text": text, "blocks": blocks, "unfurl_links": false }).to_string()
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// Host, branch, revision, Go, and when it ran.
fn place(document: &RunDocument) -> String {
    let place = &document.place;
    let parts = [
        Some(place.host.clone()),
        place.branch.as_ref().map(|branch| format!("branch {branch}")),
        place.revision.as_ref().map(|revision| format!("revision {}", short_revision(revision))),
        place.go.as_ref().map(|go| format!("Go {}", go.trim_start_matches("go"))),
        Some(format!("{} UTC, {:.1} s", minute(&document.started), document.seconds)),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    parts.map(|part| brief(&part, MAX_PART)).collect::<Vec<_>>().join(", ")
}

/// A probe that does not hold: its figures, limits, the last pass and what changed since, and `why`.
fn described(document: &RunDocument, probe: &ProbeRecord) -> String {
    let head = format!("*{}* {}", word(probe.state), escaped(&sentence(document, probe), MAX_PART * 2));
    let figures =
        probe.figures.iter().filter(|figure| !figure.holds).map(|figure| escaped(&changed(figure), MAX_PART));
    let why = probe.why.as_deref().map(|why| escaped(why, MAX_PART));
    fitted([head].into_iter().chain(figures).chain(why), "\n")
}

fn changed(figure: &JudgedFigure) -> String {
    let change = figure.baseline.as_ref().map(|baseline| change(figure, baseline.value)).unwrap_or_default();
    let change = if change.is_empty() { change } else { format!(", {change} since the last pass") };
    format!("{}, limit {}{change}", value(figure), limit(figure))
}

/// As many parts as fit.
fn fitted(parts: impl Iterator<Item = String>, between: &str) -> String {
    let mut text = String::new();
    for part in parts {
        let gap = if text.is_empty() { "" } else { between };
        if text.chars().count() + gap.len() + part.chars().count() <= MAX_TEXT {
            let _ = write!(text, "{gap}{part}"); // to a string
        }
    }
    text
}

fn link(name: &str, address: &str) -> String {
    format!("<{address}|{}>", escaped(&name.replace('|', "/"), MAX_PART))
}

/// The address with the run's times in it; nothing where they are not known.
fn linked(document: &RunDocument, address: &str) -> Option<String> {
    let start = calendar::milliseconds(&document.started);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is within them
    let took = (document.seconds * 1000.0).clamp(0.0, 1e12).ceil() as u64;
    let end = start.and_then(|start| start.checked_add(took));
    let mut address = address.to_owned();
    for (variable, time) in [("${START_MS}", start), ("${END_MS}", end)] {
        if address.contains(variable) {
            address = address.replace(variable, &time?.to_string());
        }
    }
    let is_plain =
        |one: char| !one.is_control() && !one.is_whitespace() && !matches!(one, '<' | '>' | '|' | '"');
    let address: String = address.chars().filter(|one| is_plain(*one)).collect();
    (address.chars().count() <= MAX_PART * 4).then(|| address.replace('&', "&amp;"))
}

/// Text in which nothing is a mark, a mention or a link with another name, in at most so many characters.
fn escaped(text: &str, most: usize) -> String {
    let (mut written, mut length) = (String::new(), 1);
    for character in one_line(text).chars() {
        let part = match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '`' => "'".to_owned(),
            '*' | '_' | '~' | '@' | ']' | '!' => format!("{character}{SEPARATOR}"),
            _ => character.to_string(),
        };
        length += part.chars().count();
        if length > most {
            written.push('…');
            break;
        }
        written.push_str(&part);
    }
    written
}
