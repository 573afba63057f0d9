//! The elements of a value of PATH as a line writes them, with their quotes.
//!
//! Takes bytes of a value; gives it with one element written in another way. Runs nothing.

use super::assignment::Style;
use std::ops::Range;

/// Stands for what the shell expands.
const EXPANDED: char = '\0';

/// An element: where it is written, what it says, and in which quotes it begins and ends.
struct WrittenElement {
    range: Range<usize>,
    text: String,
    quotes: [Option<char>; 2],
}

/// The value where this element, which the shell takes as it is written, begins with `$HOME` in double quotes.
pub(super) fn with_home(value: &str, style: Style, element: &str) -> Option<String> {
    all_in_double_quotes(value, element).or_else(|| alone_in_double_quotes(value, style, element))
}

/// The same for a value that stands in one pair of quotes.
fn all_in_double_quotes(value: &str, element: &str) -> Option<String> {
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))?;
    if inner.contains(['"', '\'', '\\', '`'])
        || inner.contains("$(")
        || !inner.split(':').any(|one| one == element)
    {
        return None;
    }
    let home = |one: &str| match one.strip_prefix("~/") {
        Some(below) if one == element => format!("$HOME/{below}"),
        _ => one.to_owned(),
    };
    let new: Vec<_> = inner.split(':').map(home).collect();
    Some(format!("\"{}\"", new.join(":")))
}

/// The same for an element of any value, which gets its own quotes where it has none.
fn alone_in_double_quotes(value: &str, style: Style, element: &str) -> Option<String> {
    let below = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|start| element.strip_prefix(start))?;
    if below.contains(['"', '\\', '`', '$', '\'']) || value.contains(['`', '\0']) || value.contains("$(") {
        return None;
    }
    let mut fitting = elements(value, style).into_iter().filter(|one| one.text == element);
    let WrittenElement { range, quotes: [before, behind], .. } = fitting.next()?;
    // The same twice is not plain.
    fitting.next().is_none().then_some(())?;
    let quoted = |quote: Option<char>| quote.map(String::from).unwrap_or_default();
    let (open, close) = match (before, behind) {
        (Some('"'), Some('"')) => (String::new(), String::new()),
        (Some('"'), behind) => (String::new(), format!("\"{}", quoted(behind))),
        (before, behind) => (format!("{}\"", quoted(before)), format!("\"{}", quoted(behind))),
    };
    let (start, end) = (value.get(..range.start)?, value.get(range.end..)?);
    Some(format!("{start}{open}$HOME/{below}{close}{end}"))
}

/// The elements, between colons and, where the value is a list, blanks.
fn elements(value: &str, style: Style) -> Vec<WrittenElement> {
    let is_list = matches!(style, Style::Array | Style::Fish);
    let mut found = Vec::new();
    let mut quote = None;
    let (mut start, mut quote_before) = (0, None);
    let mut text = String::new();
    let mut is_escaped = false;
    for (index, character) in value.char_indices() {
        let is_separator = character == ':' || is_list && quote.is_none() && character.is_ascii_whitespace();
        match character {
            _ if is_escaped => {
                text.push(character);
                is_escaped = false;
            }
            _ if is_separator => {
                let quotes = [quote_before, quote];
                found.push(WrittenElement { range: start..index, text: std::mem::take(&mut text), quotes });
                (start, quote_before) = (index + 1, quote);
            }
            '\\' if quote != Some('\'') => is_escaped = true,
            '"' | '\'' if quote == Some(character) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(character),
            '$' if quote != Some('\'') => text.push(EXPANDED),
            '~' if quote.is_none() && index == start => text.push(EXPANDED),
            _ => text.push(character),
        }
    }
    found.push(WrittenElement { range: start..value.len(), text, quotes: [quote_before, quote] });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_written_with_home_and_the_rest_stays() {
        for (value, style, element, expected) in [
            ("$PATH:\"~/go/bin\"", Style::Word, "~/go/bin", Some("$PATH:\"$HOME/go/bin\"")),
            ("'$HOME/go/bin':$PATH", Style::Word, "$HOME/go/bin", Some("\"$HOME/go/bin\":$PATH")),
            ("\"$PATH:~/go/bin\"", Style::Exported, "~/go/bin", Some("\"$PATH:$HOME/go/bin\"")),
            ("\"$PATH\":'$HOME'/go/bin", Style::Word, "$HOME/go/bin", Some("\"$PATH\":\"$HOME/go/bin\"")),
            ("'/a:~/go/bin:/b':$PATH", Style::Word, "~/go/bin", Some("'/a:'\"$HOME/go/bin\"':/b':$PATH")),
            ("$PATH:\\~/go/bin", Style::Word, "~/go/bin", Some("$PATH:\"$HOME/go/bin\"")),
            ("\"~/go/bin\" $PATH", Style::Fish, "~/go/bin", Some("\"$HOME/go/bin\" $PATH")),
            ("'~/go/bin' $path", Style::Array, "~/go/bin", Some("\"$HOME/go/bin\" $path")),
            ("~/go/bin:$PATH", Style::Word, "~/go/bin", None),
            ("$HOME/go/bin:$PATH", Style::Word, "$HOME/go/bin", None),
            ("'~/go/bin':'~/go/bin'", Style::Word, "~/go/bin", None),
            ("\"$(x):~/go/bin\"", Style::Word, "~/go/bin", None),
        ] {
            assert_eq!(with_home(value, style, element).as_deref(), expected, "{value}");
        }
    }
}
