//! A line of a person's file as it may be shown: what it gives PATH and Go's variables, and `…` for every other word, which
//! may be a secret.
//!
//! Takes text, gives text.

use crate::net::without_credentials_in_text;
use gvmr_core::env::variable::VARIABLES;

/// What stands for words that are not shown.
const HIDDEN: &str = "…";
/// Words that are shown wherever they stand.
const PLAIN: [&str; 24] = [
    "export", "declare", "typeset", "readonly", "set", "unset", "path=(", "if", "then", "else", "fi", "do",
    "done", "{", "}", "&&", "||", ";", "(", ")", "alias", "#", "[", "]",
];
/// Variables whose values may be shown, besides those of Go that rules may set.
const SHOWN: [&str; 8] = ["PATH", "path", "GOROOT", "GOOS", "GOARCH", "GOTOOLCHAIN", "GO111MODULE", "GOENV"];
/// Commands whose words are names of files and directories.
const OF_FILES: [&str; 4] = [".", "source", "fish_add_path", "path=("];

/// The line, where all of it may be shown.
pub(super) fn wholly_visible(line: &str) -> Option<String> {
    let shown = visible(line);
    (!shown.contains(HIDDEN)).then_some(shown)
}

/// The line with `…` for what may be a secret.
pub(super) fn visible(line: &str) -> String {
    if let Some((run, rest)) = line.strip_prefix("# gvmr doctor ").and_then(|rest| rest.split_once(": ")) {
        return format!("# gvmr doctor {run}: {}", visible(rest));
    }
    if is_mark(line) {
        return line.to_owned();
    }
    let (blank, rest) = line.split_at(line.len() - line.trim_start().len());
    let mut shown = blank.to_owned();
    let mut names_files = false;
    for word in words(rest) {
        let text = word.trim_end();
        let (bare, carriage) = text.strip_suffix("\\r").map_or((text, ""), |bare| (bare, "\\r"));
        names_files = match bare {
            ";" | "&&" | "||" | ")" => false,
            _ => names_files || OF_FILES.contains(&bare) || is_shown(bare),
        };
        let is_visible = bare.is_empty()
            || PLAIN.contains(&bare)
            || OF_FILES.contains(&bare)
            || is_shown(bare)
            || bare.split_once('=').is_some_and(|(name, value)| is_shown(name) && !runs_commands(value))
            || names_files && is_path(bare)
            || is_flag_of_set(bare);
        if is_visible {
            shown += &without_credentials_in_text(word);
        } else if !shown.ends_with("… ") && !shown.ends_with(HIDDEN) {
            shown = shown + HIDDEN + carriage + word.get(text.len()..).unwrap_or_default();
        }
    }
    shown
}

/// `# >>> gvmr >>>`
fn is_mark(line: &str) -> bool {
    matches!(line, "# >>> gvmr >>>" | "# <<< gvmr <<<")
}

/// Whether the variable's value is no secret but for logins in addresses.
fn is_shown(name: &str) -> bool {
    let name = name.trim_end_matches('+');
    let may_hold_words = matches!(name, "GOAUTH" | "GOFLAGS");
    SHOWN.contains(&name) || !may_hold_words && VARIABLES.iter().any(|known| known.name == name)
}

/// `-gx`, `--move`
fn is_flag_of_set(word: &str) -> bool {
    let letters = word.trim_start_matches('-');
    word.starts_with('-') && letters.len() <= 7 && letters.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn runs_commands(value: &str) -> bool {
    value.contains("$(") || value.contains('`')
}

/// `/usr/bin`, `~/bin`, `"$HOME/bin"`
fn is_path(word: &str) -> bool {
    let bare = word.trim_matches(['"', '\'']);
    bare.starts_with(['/', '~', '$']) && !runs_commands(bare)
}

/// The words of a line, each with its quotes and the blanks behind it; what ends a command is a word.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = word_length(rest);
        let end = end + rest.get(end..).map_or(0, |rest| rest.len() - rest.trim_start().len());
        let (word, after) = rest.split_at(end.max(1));
        words.push(word);
        rest = after;
    }
    words
}

fn word_length(text: &str) -> usize {
    for mark in ["&&", "||", "path=(", "\r"] {
        if text.starts_with(mark) {
            return mark.len();
        }
    }
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ';' | '(' | ')' | '{' | '}' | '&' | '|') if at == 0 => return character.len_utf8(),
            (None, '(' | '{') if text.get(..at).is_some_and(|before| before.ends_with('$')) => {}
            (None, ';' | '(' | ')' | '&' | '|') => return at,
            (None, blank) if blank.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_secret_is_shown() {
        for (line, expected) in [
            ("export TOKEN=ghp_x PATH=/usr/bin:/bin", "export … PATH=/usr/bin:/bin"),
            ("export PATH=/usr/bin:/bin # ghp_x", "export PATH=/usr/bin:/bin # …"),
            ("login joe ghp_x; PATH=\"$HOME/a b\"", "…; PATH=\"$HOME/a b\""),
            ("A='x; PATH=ghp_x'", "…"),
            ("PATH=$(curl -H ghp_x)", "…"),
            ("set -gx PATH /usr/bin ~/bin", "set -gx PATH /usr/bin ~/bin"),
            ("set -gx TOKEN /x", "set -gx …"),
            ("path=(/usr/bin $path)", "path=(/usr/bin $path)"),
            ("alias go='T=ghp_x /opt/go'", "alias …"),
            (". ~/.cargo/env", ". ~/.cargo/env"),
            ("# gvmr doctor 3: GOROOT=/x", "# gvmr doctor 3: GOROOT=/x"),
            ("GOPROXY=https://joe:pw@h,direct", "GOPROXY=https://***@h,direct"),
            ("# >>> gvmr >>>", "# >>> gvmr >>>"),
            ("x ghp_x", "…"),
        ] {
            assert_eq!(visible(line).trim_end(), expected, "{line}");
        }
    }
}
