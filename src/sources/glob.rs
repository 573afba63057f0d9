//! The patterns of GOPRIVATE and GONOPROXY: comma-separated globs of path prefixes.

/// Whether one of `patterns` matches as many leading elements of `path` as it has itself.
pub fn matches_prefix(patterns: &str, path: &str) -> bool {
    patterns.split(',').any(|pattern| {
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        let elements = pattern.matches('/').count() + 1;
        let enough = path.matches('/').count() + 1 >= elements;
        let end = path.match_indices('/').nth(elements - 1).map_or(path.len(), |(at, _)| at);
        !pattern.is_empty() && enough && matches(pattern, &path[..end])
    })
}

/// Go's `path.Match`: `*` and `?` do not cross `/`, `[a-z]` and `[^a-z]` are classes, `\` takes the next
/// character as it is. A malformed pattern matches nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    matches_from(&pattern, &text)
}

fn matches_from(pattern: &[char], text: &[char]) -> bool {
    let Some((&first, rest)) = pattern.split_first() else { return text.is_empty() };
    if first == '*' {
        let reach = text.iter().position(|&letter| letter == '/').unwrap_or(text.len());
        return (0..=reach).any(|skipped| matches_from(rest, &text[skipped..]));
    }
    let Some((&letter, after)) = text.split_first() else { return false };
    match first {
        '?' => letter != '/' && matches_from(rest, after),
        '[' => class(rest, letter).is_some_and(|(within, rest)| within && matches_from(rest, after)),
        '\\' => rest.first() == Some(&letter) && matches_from(&rest[1..], after),
        _ => first == letter && matches_from(rest, after),
    }
}

/// Whether `letter` is in the class that `pattern` begins, and what follows it; `None` where it is malformed.
fn class(pattern: &[char], letter: char) -> Option<(bool, &[char])> {
    let (negated, mut rest) = match pattern.split_first() {
        Some(('^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    let mut within = false;
    let mut ranges = 0;
    loop {
        if let Some((']', after)) = rest.split_first().filter(|_| ranges > 0) {
            return Some((within != negated, after));
        }
        let (low, after) = class_letter(rest)?;
        let (high, after) = match after.split_first() {
            Some(('-', after)) => class_letter(after)?,
            _ => (low, after),
        };
        within |= (low..=high).contains(&letter);
        (rest, ranges) = (after, ranges + 1);
    }
}

fn class_letter(pattern: &[char]) -> Option<(char, &[char])> {
    match pattern.split_first()? {
        ('-' | ']', _) => None,
        ('\\', rest) => rest.split_first().map(|(&letter, rest)| (letter, rest)),
        (&letter, rest) => Some((letter, rest)),
    }
}
