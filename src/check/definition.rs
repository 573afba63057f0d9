//! What a probe measures, as a text that two runs can compare: a digest of all of it, and a short one of each key.

use crate::hexadecimal;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The definition of a table, a line `key=value` for each key.
pub(super) fn definition(table: &str) -> String {
    let mut text = digest(table, 8);
    for (key, value) in table.lines().filter_map(|line| line.split_once('=')) {
        let _ = write!(text, " {key}:{}", digest(value, 4));
    }
    text
}

/// The keys that are not the same in two definitions, in the order of their names.
pub fn changed_keys<'d>(before: &'d str, now: &'d str) -> Vec<&'d str> {
    let (old, new) = (keys(before), keys(now));
    let mut changed: Vec<_> = new.iter().filter(|(key, digest)| old.get(*key) != Some(digest)).collect();
    changed.extend(old.iter().filter(|(key, _)| !new.contains_key(*key)));
    let mut names: Vec<_> = changed.into_iter().map(|(key, _)| *key).collect();
    names.sort_unstable();
    names
}

fn keys(definition: &str) -> BTreeMap<&str, &str> {
    definition.split(' ').filter_map(|part| part.rsplit_once(':')).collect()
}

fn digest(text: &str, bytes: usize) -> String {
    hexadecimal::digits(Sha256::digest(text.as_bytes()).get(..bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_changed_are_named() {
        let before = definition("command=\"cat\"\nfrom=\"stderr\"\npattern=\"a\"\n");
        let now = definition("command=\"cat\",\"x\"\nexit=1.0\npattern=\"a\"\n");
        assert_eq!(changed_keys(&before, &now), ["command", "exit", "from"]);
        assert_eq!(changed_keys(&now, &now), <[&str; 0]>::default());
        assert_ne!(before, now);
    }
}
