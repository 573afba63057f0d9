//! What a key that is not allowed was probably meant to be.

/// The longest key that is compared or shown, in bytes.
const MAX_LENGTH: usize = 48;

/// The one of `allowed` that `written` is a slip of; letter case and `-` for `_` are the smallest slips.
pub fn nearest<'a>(written: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > MAX_LENGTH {
        return None;
    }
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let wanted = plain(written);
    let by_distance = allowed.into_iter().map(|one| (distance(&wanted, &plain(one)), one));
    let (distance, one) = by_distance.min_by_key(|(distance, _)| *distance)?;
    let tolerated = if one.len().min(written.len()) <= 4 { 1 } else { 2 };
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

/// How many letters have to be put in, taken out or changed.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, one) in left.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, other) in right.iter().enumerate() {
            let (diagonal, above) = (row.get(column).copied(), row.get(column + 1).copied());
            let before = next.last().copied();
            let changed = diagonal.unwrap_or(0) + usize::from(one != *other);
            next.push(changed.min(above.unwrap_or(0) + 1).min(before.unwrap_or(0) + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
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
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn only_a_plain_word_is_shown() {
        assert_eq!(shown("GOPROX"), "\"GOPROX\"");
        for key in ["https://joe:secret@host", "a\u{1b}[2J", "", &"x".repeat(49)] {
            assert_eq!(shown(key), "this key");
        }
    }
}
