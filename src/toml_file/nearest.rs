//! What a key that is not allowed was probably meant to be.

use gvmr_core::sys::printable;

/// The longest key that is compared or shown, in bytes.
const MAX_LENGTH: usize = 48;
/// What one letter too many, too few or wrong counts.
const SLIP: usize = 2;
/// What two letters in each other's place count.
const SWAP: usize = 1;

/// The one of `allowed` that `written` is a slip of; letter case and `-` for `_` are the smallest slips.
pub fn nearest<'a>(written: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > MAX_LENGTH {
        return None;
    }
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let wanted = plain(written);
    let by_distance = allowed.into_iter().map(|one| (distance(&wanted, &plain(one)), one));
    let (distance, one) = by_distance.min_by_key(|(distance, _)| *distance)?;
    let tolerated = if one.len().min(written.len()) <= 4 { SLIP } else { 2 * SLIP };
    (distance <= tolerated).then_some(one)
}

/// A key as it may be shown: anything but a plain word may be a value in the wrong place.
pub fn shown(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.len() <= MAX_LENGTH && key.bytes().all(plain) {
        format!("\"{key}\"")
    } else {
        "this key".to_owned()
    }
}

/// A key or a name of a file that holds no secrets, as it is typed: escaped, and cut where it is long.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", printable::typed(name))
}

/// How many letters have to be put in, taken out or changed, each counted as [`SLIP`]. Two neighbours that changed places are
/// the slip that is made most, and count as less.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).map(|count| count * SLIP).collect()];
    let at = |rows: &[Vec<usize>], row: usize, column: usize| {
        rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX / 2)
    };
    for row in 1..=left.len() {
        rows.push(vec![row * SLIP]);
        for column in 1..=right.len() {
            let letters = |back: usize| (left.get(row - back), right.get(column - back));
            let changed = if letters(1).0 == letters(1).1 { 0 } else { SLIP };
            let mut least = (at(&rows, row - 1, column - 1) + changed)
                .min(at(&rows, row - 1, column) + SLIP)
                .min(at(&rows, row, column - 1) + SLIP);
            if row > 1 && column > 1 && letters(1).0 == letters(2).1 && letters(2).0 == letters(1).1 {
                least = least.min(at(&rows, row - 2, column - 2) + SWAP);
            }
            rows.last_mut().into_iter().for_each(|last| last.push(least));
        }
    }
    at(&rows, left.len(), right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_known_and_another_word_is_not() {
        let near = |written| nearest(written, ["GOPATH", "GOPROXY", "HTTPS_PROXY", "env", "go"]);
        assert_eq!(near("gopath"), Some("GOPATH"));
        assert_eq!(near("GOPROX"), Some("GOPROXY"));
        assert_eq!(near("GOPORXY"), Some("GOPROXY"));
        assert_eq!(near("https-proxy"), Some("HTTPS_PROXY"));
        assert_eq!(near("envs"), Some("env"));
        assert_eq!(near("GOROOT"), None);
        assert_eq!(near("PATH"), None);
        assert_eq!(near("hook"), None);
        assert_eq!(near(&"x".repeat(900)), None);
        assert_eq!(nearest("p59", ["p50", "p90", "p95", "p99"]), Some("p95"));
        assert_eq!(distance("", "abc"), 3 * SLIP);
        assert_eq!(distance("kitten", "sitting"), 3 * SLIP);
        assert_eq!(distance("ab", "ba"), SWAP);
    }

    #[test]
    fn a_name_without_secrets_is_shown_as_it_is_typed() {
        for (name, expected) in
            [("GE T", "\"GE T\""), ("a.b", "\"a.b\""), ("a\u{1b}", "\"a\\u{1b}\""), ("", "\"\"")]
        {
            assert_eq!(quoted(name), expected);
        }
        assert_eq!(quoted(&"x".repeat(99)).chars().count(), 51);
    }

    #[test]
    fn only_a_plain_word_is_shown() {
        assert_eq!(shown("GOPROX"), "\"GOPROX\"");
        for key in ["https://joe:secret@host", "a\u{1b}[2J", "", &"x".repeat(49)] {
            assert_eq!(shown(key), "this key");
        }
    }
}
