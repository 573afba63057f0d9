//! The tables of a check file, key by key: what a key may be is asked for by its name, and what was not asked for is a mistake.

use super::order::ProbeNeeds;
use super::secret_text::SecretText;
use super::substitution::{Substitution, shell_name};
use super::synonyms::ours;
use crate::check::condition::Condition;
use crate::check::quantity::{Measure, Quantity};
use crate::toml_file::{Entry, Mistakes, entries, nearest, quoted, type_of};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest time of a file.
const MAX_DURATION: Duration = Duration::from_secs(365 * 86_400);

/// The figures that are read from text: whatever number stands there.
const FROM_TEXT: [&str; 2] = ["value", "share"];

/// What the readers of all tables share.
pub(super) struct FileReader<'t> {
    pub(super) mistakes: Mistakes<'t>,
    pub(super) words: Substitution<'t>,
    /// What each probe needs, in the order in which they run.
    pub(super) needs: Vec<ProbeNeeds>,
}

/// One table while it is read.
pub(super) struct TableReader<'r, 't, 'v, 'i> {
    pub(super) file: &'r mut FileReader<'t>,
    entries: Vec<Entry<'v, 'i>>,
    /// The keys that were asked for, in this order.
    asked: Vec<&'static str>,
    /// What it is called in a mistake.
    name: String,
    /// Keys and values that say what is measured.
    definition: BTreeMap<String, String>,
}

impl<'r, 't, 'v, 'i> TableReader<'r, 't, 'v, 'i> {
    pub(super) fn of(file: &'r mut FileReader<'t>, table: &'v DeTable<'i>, name: &str) -> Self {
        let entries = entries(table);
        Self { file, entries, asked: Vec::new(), name: name.to_owned(), definition: BTreeMap::new() }
    }

    /// Adds a mistake.
    pub(super) fn mistake(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.file.mistakes.add(span, message);
    }

    /// Whether the key is there; it may be read or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.get_ref() == key)
    }

    /// Where a key stands; the beginning of the file where it does not.
    pub(super) fn span(&self, key: &str) -> Range<usize> {
        let found = self.entries.iter().find(|(name, _)| name.get_ref() == key);
        found.map_or(0..0, |(name, _)| name.span())
    }

    /// The line of a key, counted from 1.
    pub(super) fn line(&self, key: &str) -> usize {
        self.file.mistakes.line(self.span(key).start)
    }

    /// A value that limits what was measured: it is no part of what the table measures.
    pub(super) fn limit(&mut self, key: &'static str) -> Option<&'v Spanned<DeValue<'i>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| *value)
    }

    /// A value that says what is measured.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'v Spanned<DeValue<'i>>> {
        let value = self.limit(key)?;
        let mut text = String::new();
        canonical(value.get_ref(), &self.file.words, &mut text);
        self.definition.insert(key.to_owned(), text);
        Some(value)
    }

    /// Notes what a value that is there says of what is measured.
    pub(super) fn measures(&mut self, key: &'static str, text: &str) {
        if self.has(key) {
            self.definition.insert(key.to_owned(), text.to_owned());
        }
    }

    /// A string with its names replaced.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        self.text_of(value)
    }

    /// A string that says something.
    pub(super) fn filled_text(&mut self, key: &'static str) -> Option<String> {
        let span = self.limit(key)?.span();
        let text = self.text(key)?;
        if text.is_empty() {
            self.mistake(&span, format!("{key} is empty"));
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// The same of a value.
    pub(super) fn text_of(&mut self, value: &Spanned<DeValue<'i>>) -> Option<String> {
        let Some(written) = value.get_ref().as_str() else {
            self.mistake(
                &value.span(),
                format!("must be a string in quotes, not {}", type_of(value.get_ref())),
            );
            return None;
        };
        let text = self.file.words.text(written);
        let text = self.file.mistakes.check(&value.span(), text)?;
        if text.contains('\0') {
            self.mistake(&value.span(), "contains a NUL character");
            return None;
        }
        Some(text)
    }

    /// A string that may hold secrets.
    pub(super) fn secret_text(&mut self, key: &'static str) -> Option<(SecretText, Range<usize>)> {
        let value = self.value(key)?;
        Some((self.secret_text_of(value)?, value.span()))
    }

    pub(super) fn secret_text_of(&mut self, value: &Spanned<DeValue<'i>>) -> Option<SecretText> {
        let Some(written) = value.get_ref().as_str() else {
            self.mistake(
                &value.span(),
                format!("must be a string in quotes, not {}", type_of(value.get_ref())),
            );
            return None;
        };
        let text = self.file.words.secret_text(written);
        self.file.mistakes.check(&value.span(), text)
    }

    /// A string or a list of strings; nothing else is in it.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<(String, Range<usize>)>> {
        let value = self.value(key)?;
        let all: Vec<_> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        let texts = all.into_iter().filter_map(|one| Some((self.text_of(one)?, one.span())));
        Some(texts.collect())
    }

    /// A path; a relative one is below `directory`.
    pub(super) fn path(&mut self, key: &'static str, directory: &std::path::Path) -> Option<PathBuf> {
        let value = self.limit(key)?;
        let span = value.span();
        let text = self.text(key)?;
        if let Some(name) = value.get_ref().as_str().and_then(shell_name) {
            let message = format!("no shell here; declare {name} in [check.vars] and write ${{{name}}}");
            self.mistake(&span, message);
        }
        if text.is_empty() {
            self.mistake(&span, "the path is empty");
            return None;
        }
        Some(directory.join(text))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        self.flag_of(value)
    }

    pub(super) fn flag_of(&mut self, value: &Spanned<DeValue<'i>>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.mistake(&value.span(), format!("must be true or false, not {}", type_of(value.get_ref())));
        }
        found
    }

    /// A whole number of this range.
    pub(super) fn whole(&mut self, key: &'static str, allowed: RangeInclusive<usize>) -> Option<usize> {
        let value = self.value(key)?;
        let found = whole(value.get_ref()).and_then(|number| usize::try_from(number).ok());
        let found = found.filter(|number| allowed.contains(number));
        if found.is_none() {
            let (least, most) = (allowed.start(), allowed.end());
            self.mistake(&value.span(), format!("must be a whole number from {least} to {most}"));
        }
        found
    }

    /// A duration above 0.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let value = self.limit(key)?;
        if matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
            self.mistake(
                &value.span(),
                format!("{key} is a duration: write it with its unit, such as \"10s\""),
            );
            return None;
        }
        let text = self.text_of(value)?;
        let duration = match Quantity::parse(&text) {
            Ok(quantity) if quantity.measure == Measure::Duration && quantity.value > 0.0 => {
                let duration = Duration::try_from_secs_f64(quantity.value).ok();
                // Moments far beyond a run cannot be written down.
                let duration = duration.filter(|duration| *duration <= MAX_DURATION);
                duration.ok_or_else(|| format!("{key} is at most 365d"))
            }
            Ok(_) => Err(format!("{key} is a duration above 0, such as \"10s\"")),
            Err(error) => Err(format!("{key}: {}", error.of(Measure::Duration))),
        };
        self.file.mistakes.check(&value.span(), duration)
    }

    /// One of some words.
    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let span = self.limit(key)?.span();
        let text = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.mistake(&span, format!("must be {}, not {}", names.join(" or "), quoted(&text)));
        }
        found
    }

    /// The condition on a figure.
    pub(super) fn condition(
        &mut self,
        key: &'static str,
        measure: Measure,
    ) -> Option<(Condition, Range<usize>)> {
        let value = self.limit(key)?;
        if value.get_ref().as_str().is_none() {
            let example = measure.example();
            let condition = if measure == Measure::Version { ">= 1.2" } else { "<= …" };
            self.mistake(
                &value.span(),
                format!("{key} is {example}: write a condition in quotes, as \"{condition}\""),
            );
            return None;
        }
        let text = self.text_of(value)?;
        let parse = if FROM_TEXT.contains(&key) { Condition::parse_any } else { Condition::parse };
        let condition = parse(&text, measure).map_err(|error| format!("{key}: {error}"));
        Some((self.file.mistakes.check(&value.span(), condition)?, value.span()))
    }

    /// All is read: each key that was not asked for is a mistake. Gives what the table measures.
    pub(super) fn finish(self) -> String {
        for (key, _) in &self.entries {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let known = ours(name, &self.asked).or_else(|| nearest(name, self.asked.iter().copied()));
            let advice = match known {
                Some(near) => format!("did you mean {near}?"),
                None => format!("keys here are {}", self.asked.join(", ")),
            };
            self.file
                .mistakes
                .add(&key.span(), format!("unknown key {} in {}; {advice}", quoted(name), self.name));
        }
        let mut text = String::new();
        for (key, value) in &self.definition {
            let _ = writeln!(text, "{key}={value}");
        }
        text
    }
}

/// A whole number as TOML has it, in any base.
pub(super) fn whole(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number as TOML has it.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    match value {
        DeValue::Integer(_) => whole(value).map(|number| number as f64),
        DeValue::Float(number) => number.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A value as a text that is the same for equal values, however they are written.
fn canonical(value: &DeValue<'_>, words: &Substitution<'_>, text: &mut String) {
    match value {
        DeValue::String(written) => {
            let replaced =
                words.secret_text(written).map_or_else(|_| written.to_string(), |text| text.to_string());
            let _ = write!(text, "{replaced:?}");
        }
        DeValue::Array(list) => {
            for one in list {
                canonical(one.get_ref(), words, text);
                text.push(',');
            }
        }
        DeValue::Table(table) => {
            for (key, value) in table {
                let _ = write!(text, "{:?}:", key.get_ref());
                canonical(value.get_ref(), words, text);
                text.push(',');
            }
        }
        DeValue::Integer(_) | DeValue::Float(_) => {
            let _ = write!(text, "{:?}", number(value));
        }
        DeValue::Boolean(flag) => text.push_str(if *flag { "true" } else { "false" }),
        DeValue::Datetime(date) => text.push_str(&date.to_string()),
    }
}
