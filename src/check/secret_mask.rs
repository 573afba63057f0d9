//! Secrets, and the spellings in which they come back: programs and servers quote, encode and fold what they were given.
//!
//! Pure. What is shown, kept or sent passes here before it is cut: half of a secret is not found any more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Stands for a secret.
const HIDDEN: &str = "***";
/// A shorter text is not looked for in base64, where any three letters come up.
const MIN_ENCODED: usize = 4;

/// What is hidden, in whichever spelling it comes.
#[derive(Clone, Debug, Default)]
pub struct SecretMask {
    secrets: Vec<Vec<char>>,
}

impl SecretMask {
    /// Of these secrets.
    pub fn of(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut all: Vec<String> = Vec::new();
        for secret in secrets {
            let encoded = (secret.len() >= MIN_ENCODED).then(|| STANDARD_NO_PAD.encode(&secret));
            all.extend([secret.to_lowercase(), secret].into_iter().chain(encoded));
        }
        all.retain(|secret| !secret.is_empty());
        all.sort();
        all.dedup();
        Self { secrets: all.iter().map(|secret| secret.chars().collect()).collect() }
    }

    /// The text with `***` in the place of each secret.
    pub fn hide(&self, text: &str) -> String {
        let mut found: Vec<(usize, usize)> =
            self.secrets.iter().flat_map(|secret| places(secret, text.as_bytes())).collect();
        found.sort_unstable();
        let (mut hidden, mut written) = (String::new(), 0);
        for (start, end) in found {
            // What overlaps, or follows at once, is one.
            if start > written || hidden.is_empty() {
                hidden.push_str(text.get(written..start).unwrap_or_default());
                hidden.push_str(HIDDEN);
            }
            written = written.max(end);
        }
        hidden + text.get(written..).unwrap_or_default()
    }
}

/// Where a secret begins and ends.
fn places(secret: &[char], text: &[u8]) -> Vec<(usize, usize)> {
    let Some(first) = secret.first() else { return Vec::new() };
    let mut bytes = [0; 4];
    let literal = first.encode_utf8(&mut bytes).as_bytes().first().copied().unwrap_or_default();
    let begins = |byte: u8| byte == literal || matches!(byte, b'%' | b'\\' | b'+');
    let starts = text.iter().enumerate().filter(|(_, byte)| begins(**byte)).map(|(start, _)| start);
    starts.filter_map(|start| Some((start, end(secret, text, start)?))).collect()
}

/// The end of the secret that begins at `start`, in the longest spelling.
fn end(secret: &[char], text: &[u8], start: usize) -> Option<usize> {
    let mut ends = vec![start];
    for character in secret {
        let mut next: Vec<usize> = ends
            .iter()
            .flat_map(|end| {
                let lengths = spellings(*character, text.get(*end..).unwrap_or_default());
                lengths.into_iter().flatten().map(move |length| end + length)
            })
            .collect();
        next.sort_unstable();
        next.dedup();
        ends = next;
    }
    ends.last().copied()
}

/// How many bytes a character takes at the beginning of a text, in each spelling that it has there.
fn spellings(character: char, text: &[u8]) -> [Option<usize>; 4] {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).as_bytes();
    let literal = text.starts_with(bytes).then_some(bytes.len());
    let is_encoded = |(place, byte): (usize, &u8)| {
        text.get(3 * place) == Some(&b'%') && number(text, 3 * place + 1, 2) == Some(u32::from(*byte))
    };
    let percent = bytes.iter().enumerate().all(is_encoded).then_some(3 * bytes.len());
    let plus = (character == ' ' && text.first() == Some(&b'+')).then_some(1);
    [literal, percent, plus, escaped(character, text)]
}

/// The same behind a `\`, as JSON and Rust write it.
fn escaped(character: char, text: &[u8]) -> Option<usize> {
    let letter = text.strip_prefix(b"\\")?.first()?;
    let meant = |letter: u8| match letter {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'0' => '\0',
        other => char::from(other),
    };
    match (letter, text.get(2)) {
        (b'u', Some(b'{')) => {
            let digits = text.get(3..)?.iter().position(|byte| *byte == b'}')?;
            (number(text, 3, digits)? == u32::from(character)).then_some(4 + digits)
        }
        (b'u', _) => {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units);
            let is_unit = |(place, unit): (usize, &u16)| {
                text.get(6 * place..6 * place + 2) == Some(b"\\u")
                    && number(text, 6 * place + 2, 4) == Some(u32::from(*unit))
            };
            units.iter().enumerate().all(is_unit).then_some(6 * units.len())
        }
        (b'x', _) => (number(text, 2, 2)? == u32::from(character)).then_some(4),
        _ => (letter.is_ascii() && meant(*letter) == character).then_some(2),
    }
}

/// Hexadecimal digits of either case.
fn number(text: &[u8], start: usize, digits: usize) -> Option<u32> {
    let digits = text.get(start..start.checked_add(digits)?)?;
    let is_hexadecimal = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hexadecimal)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::Url;

    fn hide(secrets: &[&str], text: &str) -> String {
        SecretMask::of(secrets.iter().map(|one| (*one).to_owned())).hide(text)
    }

    #[test]
    fn a_secret_is_hidden_in_each_of_its_spellings() {
        for text in
            ["p@ss wörd\"/", "p%40ss%20w%C3%B6rd%22%2F", "p%40ss+w%c3%b6rd\"/", "p@ss w\\u00f6rd\\\"\\/"]
        {
            assert_eq!(hide(&["p@ss wörd\"/"], &format!("a {text} b")), "a *** b");
        }
        assert_eq!(hide(&["TOK"], "http://tok.invalid/ TOK ToK"), "http://***.invalid/ *** ToK");
        assert_eq!(hide(&["joe:hush"], "Basic am9lOmh1c2g="), "Basic ***=");
        assert_eq!(hide(&["ab", "bc", "c"], "xabcx c ab"), "x***x *** ***");
        assert_eq!(hide(&["ab"], "abab"), "***");
        assert_eq!(hide(&["", "a😀"], "a\\ud83d\\ude00 a\\u{1f600} b"), "*** *** b");
        assert_eq!(hide(&[], "a"), "a");
    }

    proptest! {
        #[test]
        fn no_spelling_is_left(secret in "[ -~äÖ漢😀\n\t\u{1b}]{4,24}", before in "[.,]{0,5}", after in "[.,]{0,5}") {
            let percent = |upper: bool| -> String {
                secret.bytes().map(|byte| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }).collect()
            };
            let mut url = Url::parse("http://h/").unwrap();
            url.query_pairs_mut().append_pair("q", &secret);
            let in_query = url.query().unwrap().trim_start_matches("q=").to_owned();
            url.path_segments_mut().unwrap().push(&secret);
            let in_path = url.path().trim_start_matches('/').to_owned();
            let json = serde_json::to_string(&secret).unwrap();
            let debug = format!("{secret:?}");
            let inner = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
            let mut spellings = vec![
                secret.clone(), percent(true), percent(false), in_query, inner(&json), inner(&debug),
                secret.to_lowercase(), STANDARD_NO_PAD.encode(&secret), secret.escape_default().to_string(),
            ];
            // `.` and `..` are steps, and an address has no ends of lines.
            spellings.extend(Some(in_path).filter(|path| !path.is_empty() && !secret.contains(['\n', '\t'])));
            for spelling in spellings {
                let hidden = hide(&[&secret], &format!("{before}{spelling}{after}"));
                prop_assert!(!hidden.contains(&spelling) || HIDDEN.contains(&spelling), "{spelling} {hidden}");
                let most = before.len() + after.len() + HIDDEN.len();
                prop_assert!(hidden.len() <= most, "{spelling} {hidden}");
            }
        }

        #[test]
        fn what_is_no_secret_stays(text in any::<String>()) {
            prop_assert_eq!(hide(&["\u{e000}\u{e001}"], &text), text);
        }
    }
}
