//! Tables, lists and strings of a parsed TOML file, each with its place.
//!
//! What is of another type than it must be becomes a mistake that says what to write.

use super::mistakes::Mistakes;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A key and its value.
pub type Entry<'t, 'i> = (&'t Spanned<DeString<'i>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table in the order of the file.
pub fn entries<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The table that `name` must be.
pub fn table<'t, 'i>(
    value: &'t Spanned<DeValue<'i>>,
    name: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<&'t DeTable<'i>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        let got = type_of(value.get_ref());
        mistakes.add(&value.span(), format!("{name} must be a table of variables, not {got}"));
    }
    table
}

/// The offsets and tables of `[[name]]`.
pub fn tables<'t, 'i>(
    value: &'t Spanned<DeValue<'i>>,
    name: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(usize, &'t DeTable<'i>)> {
    let wrong = |value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>| {
        let got = type_of(value.get_ref());
        mistakes.add(&value.span(), format!("write [[{name}]] with two brackets, got {got}"));
    };
    let Some(list) = value.get_ref().as_array() else {
        wrong(value, mistakes);
        return Vec::new();
    };
    let mut found = Vec::new();
    for one in list {
        match one.get_ref().as_table() {
            Some(table) => found.push((one.span().start, table)),
            None => wrong(one, mistakes),
        }
    }
    found
}

/// The strings of a value that is one or a list of them; a list has at least one.
pub fn strings<'t>(
    value: &'t Spanned<DeValue<'_>>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(&'t str, std::ops::Range<usize>)> {
    let all = match value.get_ref() {
        DeValue::Array(list) if list.is_empty() => {
            mistakes.add(&value.span(), "the list is empty and would match nothing");
            return Vec::new();
        }
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    };
    let mut found = Vec::new();
    for one in all {
        if let Some(text) = one.get_ref().as_str() {
            found.push((text, one.span()));
        } else {
            let got = type_of(one.get_ref());
            mistakes.add(&one.span(), format!("must be a string or a list of strings in quotes, not {got}"));
        }
    }
    found
}

/// A value's type, in words.
pub fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
