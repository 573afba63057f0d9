//! The bytes of a file as TOML; what is none is its one mistake.

use super::error::Mistake;
use super::mistakes::Mistakes;
use toml::Spanned;
use toml::de::DeTable;

/// The text and its tables. `shown` gives what may be shown of the parser's own words, which may quote the text.
pub fn document(
    bytes: &[u8],
    shown: fn(&str) -> String,
) -> Result<(&str, Spanned<DeTable<'_>>), Vec<Mistake>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
        single(valid.unwrap_or_default(), error.valid_up_to(), "not UTF-8 from here on")
    })?;
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(text.len(), |span| span.start);
        let message = error.message();
        single(text, offset, &format!("not TOML: {}{}", shown(message), advice(message)))
    })?;
    Ok((text, table))
}

/// What to write instead, where people mean something else than TOML reads.
fn advice(message: &str) -> &'static str {
    match message {
        _ if message.contains("escape") => "; write a text with \\ in 'single quotes', as patterns",
        _ if message.contains("leading zero") => "; write it in quotes",
        _ => "",
    }
}

/// The one mistake of a file that cannot be walked.
pub fn single(text: &str, offset: usize, message: &str) -> Vec<Mistake> {
    let mut mistakes = Mistakes::of(text);
    mistakes.add(&(offset..offset), message);
    mistakes.finish().unwrap_or_default()
}
