//! A page for `$GITHUB_STEP_SUMMARY` and for notes of merge requests: a table with what fails first, then why.

use super::circumstances::circumstances;
use super::figures::{last_passes, limits, minute, short_revision, values};
use super::last_line::sentence;
use super::location::{finding_place, finding_words, probe_line};
use super::order::{failing_first, is_broken, verdict, word};
use super::plain_text::{brief, last_lines, one_line};
use crate::check::{ProbeRecord, RunDocument};
use std::fmt::Write as _;

/// The most bytes of a page; GitHub takes 1 MiB of a step.
const MAX_PAGE: usize = 900_000;
/// The most bytes of its table.
const MAX_TABLE: usize = 400_000;
/// What the lines need that say how much is missing.
const RESERVE: usize = 1000;
/// The most characters of one text.
const MAX_TEXT: usize = 1000;
/// The most findings of a probe.
const MAX_FINDINGS: usize = 50;
/// The most lines of a probe's output.
const MAX_OUTPUT: usize = 40;

/// The page.
pub(super) fn markdown(document: &RunDocument) -> String {
    let mut page = head(document);
    let rows = failing_first(document).into_iter().map(row);
    page.push_str("| State | Probe | Figures | Limits | Last pass |\n| --- | --- | --- | --- | --- |\n");
    let left = fill(&mut page, rows, MAX_TABLE);
    page.push_str(&more(left, "probes"));
    let told = failing_first(document).into_iter();
    let told = told.filter(|probe| is_broken(probe.state) || !probe.remarks.is_empty());
    let left = fill(&mut page, told.map(|probe| details(document, probe)), MAX_PAGE - RESERVE);
    page.push_str(&more(left, "probes with details"));
    page
}

/// Adds parts as long as they fit; gives how many did not.
fn fill(page: &mut String, mut parts: impl Iterator<Item = String>, most: usize) -> usize {
    while let Some(part) = parts.next() {
        if page.len() + part.len() > most {
            return 1 + parts.count();
        }
        page.push_str(&part);
    }
    0
}

fn more(count: usize, what: &str) -> String {
    if count == 0 { String::new() } else { format!("\n{count} more {what} are not shown.\n") }
}

fn head(document: &RunDocument) -> String {
    let place = &document.place;
    let names = [
        ("host", Some(one_line(&place.host))),
        ("branch", place.branch.as_deref().map(one_line)),
        ("revision", place.revision.as_deref().map(short_revision)),
        ("Go", place.go.as_deref().map(one_line)),
        ("started", Some(format!("{} UTC", minute(&document.started)))),
    ];
    let names =
        names.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let names: Vec<_> = names.map(|(name, value)| format!("{name} {}", text(&value))).collect();
    let (title, verdict) = (text(&document.name), verdict(document));
    let mut head = format!("## {title}: {verdict} in {:.1} s\n\n{}\n\n", document.seconds, names.join(", "));
    for (name, value) in circumstances(document) {
        let _ = write!(head, "{name}: {}\n\n", text(&value)); // to a string, as below
    }
    head
}

fn row(probe: &ProbeRecord) -> String {
    let figures = match values(probe) {
        values if values.is_empty() => probe.message.clone(),
        values => values,
    };
    let cells = [probe.id.as_str(), &figures, &limits(probe), &last_passes(probe)].map(text);
    format!("| {} | {} |\n", word(probe.state), cells.join(" | "))
}

fn details(document: &RunDocument, probe: &ProbeRecord) -> String {
    let head = if is_broken(probe.state) { sentence(document, probe) } else { probe.id.clone() };
    let mut part = format!("\n**{}** {}\n", word(probe.state), text(&head));
    let mut items = Vec::new();
    items.extend(probe_line(document, probe).map(|place| ("at", place)));
    items.extend(probe.why.iter().map(|why| ("why:", why.clone())));
    items.extend(probe.remarks.iter().map(|remark| ("note:", remark.clone())));
    let findings = probe.findings.iter().take(MAX_FINDINGS);
    items.extend(
        findings
            .map(|finding| ("found", format!("{} at {}", finding_words(finding), finding_place(finding)))),
    );
    let others = probe.findings.len().saturating_sub(MAX_FINDINGS);
    if others > 0 {
        items.push(("found", format!("{others} more")));
    }
    if !items.is_empty() {
        part.push('\n');
        part.extend(items.iter().map(|(label, item)| format!("- {label} {}\n", text(item))));
    }
    let output = last_lines(probe.output.as_deref().unwrap_or_default(), MAX_OUTPUT, MAX_TEXT);
    if !output.is_empty() {
        // After a list, what is indented would belong to its last item.
        part.push_str("\n<!-- output -->\n\n");
        part.extend(output.iter().map(|line| format!("    {line}\n")));
    }
    part
}

/// One line that no reader takes for a mark; an address is still a link.
fn text(text: &str) -> String {
    let words = brief(text, MAX_TEXT);
    let words = words.split(' ').map(|word| {
        let is_address = word.starts_with("https://") || word.starts_with("http://");
        if is_address { address(word) } else { plain(word) }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Each character that could be a mark is written by its number.
fn plain(word: &str) -> String {
    let mut written = String::new();
    for character in word.chars() {
        match character {
            '@' => written.push_str("&#64;<!-- -->"), // it would notify a user of that name
            ',' | '.' | '-' | ':' | '/' | '(' | ')' | '=' | '%' | '+' | ';' | '?' => written.push(character),
            _ if character.is_ascii_punctuation() => {
                let _ = write!(written, "&#{};", u32::from(character)); // to a string, as below
            }
            _ => written.push(character),
        }
    }
    written
}

/// In an address numbers of characters are not read, but percent signs are.
fn address(word: &str) -> String {
    let mut written = String::new();
    for character in word.chars() {
        let is_inert =
            matches!(character, ',' | '.' | '-' | ':' | '/' | '=' | '%' | '+' | ';' | '?' | '&' | '#');
        if character.is_ascii_punctuation() && !is_inert {
            let _ = write!(written, "%{:02X}", u32::from(character));
        } else {
            written.push(character);
        }
    }
    written
}
