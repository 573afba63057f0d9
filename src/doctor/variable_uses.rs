//! Lines that use a variable whose own line goes away: its element of PATH would become another directory.
//!
//! Takes the line that gives the variable its value; reads the files of the user's sessions. Changes nothing.

use super::assignment::{Assignment, Style};
use super::lines::SourceLine;
use super::mend::{LineChange, LineMend};
use std::path::PathBuf;

/// What becomes of the other lines that use the variable; `None` where that is not plain.
pub(super) fn without_uses(line: &SourceLine, name: &str, files: &[PathBuf]) -> Option<Vec<LineMend>> {
    let is_other = |other: &SourceLine| other.place != line.place && !other.text().starts_with('#');
    let mentions_it = |other: &SourceLine| mentions(&other.text(), name) > 0;
    let elsewhere = files.iter().filter(|file| **file != line.place.file);
    if elsewhere.flat_map(|file| SourceLine::all(file)).any(|other| is_other(&other) && mentions_it(&other)) {
        return None;
    }
    let others: Vec<_> = SourceLine::all(&line.place.file).filter(is_other).collect();
    let used: Vec<_> = others.iter().filter(|other| mentions_it(other)).collect();
    // A second value may be the one that is used.
    if !used.is_empty() && others.iter().any(|other| Assignment::of(&other.bytes, name).is_some()) {
        return None;
    }
    used.into_iter().map(|other| Some(other.changed(without_element(&other.bytes, name)?))).collect()
}

/// How often a text uses `$NAME` or `${NAME…}`.
fn mentions(text: &str, name: &str) -> usize {
    let is_whole = |rest: &str| !rest.starts_with(|one: char| one.is_ascii_alphanumeric() || one == '_');
    let of = |start: String| {
        text.match_indices(&start)
            .filter(|(at, _)| text.get(at + start.len()..).is_some_and(is_whole))
            .count()
    };
    of(format!("${name}")) + of(format!("${{{name}"))
}

/// The line without `$NAME/bin` in what it adds to PATH; a comment where nothing else is left.
fn without_element(line: &[u8], name: &str) -> Option<LineChange> {
    let text = std::str::from_utf8(line).ok()?;
    let element = [format!("${name}/bin"), format!("${{{name}}}/bin")];
    let element = element.iter().find(|element| text.contains(element.as_str()))?;
    let added = text.trim().strip_prefix("fish_add_path ").unwrap_or_default().split_ascii_whitespace();
    let added: Vec<_> = added.filter(|word| !word.starts_with('-')).collect();
    if added == [element.as_str()] {
        return Some(LineChange::CommentOut);
    }
    let assignment = Assignment::of(line, "PATH").filter(|_| mentions(text, name) == 1)?;
    let value = text.get(assignment.value.clone())?;
    let separator = if matches!(assignment.style, Style::Array | Style::Fish) { ' ' } else { ':' };
    // With the quotes that stand around all of it.
    let bare = value.trim_matches('"');
    let left = if let Some(rest) = bare.strip_prefix(&format!("{element}{separator}")) {
        rest.to_owned()
    } else {
        let found = format!("{separator}{element}");
        let (before, behind) = bare.split_once(&found)?;
        (behind.is_empty() || behind.starts_with(separator)).then(|| format!("{before}{behind}"))?
    };
    let is_all = assignment.is_all_of(line, "PATH");
    if is_all && ["$PATH", "${PATH}", "$path"].contains(&left.trim_matches('"')) {
        return Some(LineChange::CommentOut);
    }
    Some(LineChange::Replace(assignment.with_value(line, &value.replacen(bare, &left, 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_goes_and_the_rest_stays() {
        let replaced = |text: &str| Some(LineChange::Replace(text.as_bytes().to_vec()));
        for (line, expected) in [
            ("export PATH=$GOROOT/bin:$PATH", Some(LineChange::CommentOut)),
            ("export PATH=\"$PATH:${GOROOT}/bin\"", Some(LineChange::CommentOut)),
            ("PATH=$GOROOT/bin:$HOME/bin:$PATH", replaced("PATH=$HOME/bin:$PATH")),
            ("PATH=\"$PATH:$GOROOT/bin:/opt/bin\" # x", replaced("PATH=\"$PATH:/opt/bin\" # x")),
            ("A=1; PATH=$PATH:$GOROOT/bin", replaced("A=1; PATH=$PATH")),
            ("set -gx PATH $GOROOT/bin $PATH", Some(LineChange::CommentOut)),
            ("set -gx PATH $GOROOT/bin ~/bin $PATH", replaced("set -gx PATH ~/bin $PATH")),
            ("fish_add_path -gP $GOROOT/bin", Some(LineChange::CommentOut)),
            ("[ -d $GOROOT/bin ] && PATH=$GOROOT/bin:$PATH", None),
            ("PATH=$PATH:$GOROOT/bin/x", None),
            ("ls $GOROOT/bin", None),
        ] {
            assert_eq!(without_element(line.as_bytes(), "GOROOT"), expected, "{line}");
        }
        assert_eq!((mentions("$GOROOTS ${GOROOT} $GOROOT", "GOROOT"), mentions("GOROOT", "GOROOT")), (2, 0));
    }
}
