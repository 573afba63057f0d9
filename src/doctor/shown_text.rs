//! What may be shown of a line of a start-up file, in every output.
//!
//! Takes the text of one line; gives what may be shown. Only a line that parses as one harmless command is shown: any other
//! word may be a secret. Reads nothing.

use super::assignment::{Assignment, DECLARING, Style};
use crate::net::without_credentials_in_text;
use gvmr_core::sys::printable;

/// Stands for a text that is not shown.
pub(super) const LEFT_OUT: &str = "(text not shown)";

/// What `--fix` puts before a line that becomes a comment, without the number of its run.
pub(super) const COMMENT: &str = "# gvmr doctor ";

/// How the value of a variable is judged.
#[derive(Clone, Copy)]
enum ValueKind {
    /// Directories between colons.
    Directories,
    /// One word.
    Word,
    /// Words that begin with a dash.
    Flags,
    /// Addresses and hosts, whose credentials can be taken out.
    Addresses,
}

/// The variables whose values may be shown.
const HARMLESS: [(ValueKind, &[&str]); 4] = [
    (
        ValueKind::Directories,
        &[
            "PATH",
            "GOROOT",
            "GOPATH",
            "GOBIN",
            "GOCACHE",
            "GOMODCACHE",
            "GOTMPDIR",
            "TMPDIR",
            "GOENV",
            "GOWORK",
            "GVMR_HOME",
            "HOME",
            "ZDOTDIR",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
        ],
    ),
    (
        ValueKind::Word,
        &[
            "GOTOOLCHAIN",
            "GO111MODULE",
            "GOOS",
            "GOARCH",
            "GOARM",
            "GOAMD64",
            "CGO_ENABLED",
            "GOMAXPROCS",
            "GOWORK",
        ],
    ),
    (ValueKind::Flags, &["GOFLAGS"]),
    (
        ValueKind::Addresses,
        &[
            "GOPROXY",
            "GOSUMDB",
            "GOPRIVATE",
            "GONOPROXY",
            "GONOSUMDB",
            "GOINSECURE",
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy",
        ],
    ),
];

/// The text of a line, where it does nothing but give a harmless variable a value, add to PATH or read a file.
pub(super) fn shown_line(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let is_plain = adds_to_path(text)
        || reads_a_file(text)
        || HARMLESS.iter().any(|(kind, names)| names.iter().any(|name| gives(text, name, *kind)));
    is_plain.then(|| printable::text(&without_credentials_in_text(text)))
}

/// The same, where it gives this variable its value.
pub(super) fn shown_assignment(line: &[u8], name: &str) -> Option<String> {
    Assignment::of(line, name)?;
    shown_line(line)
}

/// A line of a diff, behind its sign, of a file that is not gvmr's own.
pub(super) fn shown_in_diff(line: &str) -> String {
    let number = line.strip_prefix(COMMENT).and_then(|rest| rest.split_once(": "));
    match number.filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit())) {
        Some((number, rest)) => format!("{COMMENT}{number}: {}", shown_in_diff(rest)),
        None if line.trim().is_empty() => String::new(),
        None => shown_line(line.as_bytes()).unwrap_or_else(|| LEFT_OUT.to_owned()),
    }
}

fn gives(text: &str, name: &str, kind: ValueKind) -> bool {
    let line = text.as_bytes();
    let Some(assignment) = Assignment::of(line, name) else { return false };
    if text.contains('#') || !assignment.is_all_of(line, name) {
        return false;
    }
    let (Some(before), Some(value)) =
        (text.get(..assignment.value.start), text.get(assignment.value.clone()))
    else {
        return false;
    };
    let mut words = before.split_ascii_whitespace();
    let is_command =
        words.all(|word| is_flag(word) || DECLARING.contains(&word) || word == "set" || is_name(word, name));
    is_command && is_harmless(value, assignment.style, kind)
}

/// `NAME`, `NAME=`, `NAME+=`; zsh's list of PATH is `path`.
fn is_name(word: &str, name: &str) -> bool {
    let word = word.trim_end_matches('(').trim_end_matches('=').trim_end_matches('+');
    word == name || name == "PATH" && word == "path"
}

/// A flag of `export`, `set` or `fish_add_path`. A password may stand behind another letter.
fn is_flag(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    let is_short = (1..=4).contains(&letters.len()) && letters.chars().all(|one| "agmpuxUP".contains(one));
    is_short
        || ["--export", "--global", "--universal", "--path", "--prepend", "--append", "--move"]
            .contains(&word)
}

fn is_harmless(value: &str, style: Style, kind: ValueKind) -> bool {
    let is_list = matches!(style, Style::Array | Style::Fish);
    let value: String = value.chars().filter(|one| !matches!(one, '"' | '\'')).collect();
    let is_between = |one: char| matches!(one, ':' | ';') || is_list && one.is_ascii_whitespace();
    match kind {
        ValueKind::Directories => value.split(is_between).all(is_directory),
        ValueKind::Word => value.len() <= 40 && value.chars().all(is_of_word),
        ValueKind::Flags => value.split_ascii_whitespace().all(is_go_flag),
        ValueKind::Addresses => without_credentials_in_text(&value).split([',', '|']).all(is_address),
    }
}

/// `/usr/bin`, `~/bin`, `$HOME/bin`; no word alone.
fn is_directory(element: &str) -> bool {
    let mut parts = element.split('/');
    let first = parts.next().unwrap_or_default();
    let is_start = matches!(first, "" | "~" | "." | "..") || is_variable(first);
    is_start && parts.all(|part| part.chars().all(is_of_word) || is_variable(part))
}

/// `$NAME`, `${NAME}`
fn is_variable(word: &str) -> bool {
    let name = word.strip_prefix('$').unwrap_or_default();
    let name = name.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(name);
    !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

fn is_of_word(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '.' | '+' | '-')
}

/// `-ldflags` may write a secret into the program.
fn is_go_flag(word: &str) -> bool {
    word.starts_with('-')
        && !word.contains("ldflags")
        && word.chars().all(|one| is_of_word(one) || matches!(one, '=' | ',' | '/'))
}

/// `off`, `https://***@host:1/path`, `*.example.com`
fn is_address(word: &str) -> bool {
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let rest = rest.strip_prefix("***@").unwrap_or(rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let is_plain = |text: &str| text.chars().all(|one| is_of_word(one) || matches!(one, '*' | '/'));
    is_plain(host) && is_plain(path) && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// `fish_add_path -gP /usr/local/go/bin`
fn adds_to_path(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    words.next() == Some("fish_add_path")
        && words.all(|word| is_flag(word) || is_directory(word.trim_matches(['"', '\''])))
}

/// `. ~/tool/env`
fn reads_a_file(text: &str) -> bool {
    let words: Vec<_> = text.split_ascii_whitespace().collect();
    matches!(&words[..], ["." | "source", file] if is_directory(file.trim_matches(['"', '\''])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_harmless_line_is_shown_as_it_is() {
        for line in [
            "PATH=\"/home/joe/bin\"",
            "export PATH=/usr/bin:/bin",
            "PATH='$HOME/go/bin:'$PATH",
            "PATH=\"$PATH:~/go/bin\"; export PATH",
            "PATH=/a;/usr/local/go/bin",
            "path=(/usr/bin $path)",
            "set -gx PATH /usr/local/bin /usr/bin",
            "fish_add_path -gP $GOROOT/bin",
            "export GOROOT=/usr/local/go",
            "GOFLAGS=-mod=vendor",
            "export GOTOOLCHAIN=go1.24.3+auto",
            "GOPROXY=https://goproxy.example:8443/x,direct",
            ". \"$HOME/.cargo/env\"",
        ] {
            let expected = (line != "PATH=/a;/usr/local/go/bin").then_some(line);
            assert_eq!(shown_line(line.as_bytes()).as_deref(), expected, "{line}");
        }
        let login = b"export HTTPS_PROXY=http://joe:S3cr3tA@proxy:3128";
        assert_eq!(shown_line(login).unwrap(), "export HTTPS_PROXY=http://***@proxy:3128");
        let comment = "# gvmr doctor 3: export GOROOT=/x";
        assert_eq!(shown_in_diff(comment), comment);
        assert_eq!(shown_in_diff("# gvmr doctor S3cr3tA: export GOROOT=/x"), LEFT_OUT);
    }

    /// Lines that give PATH a value, with a place for another word.
    const LINES: [&str; 22] = [
        "export PATH=/usr/bin:/bin; curl -u joe:@ http://127.0.0.1:9/",
        "export PATH=/usr/bin:/bin; curl -H \"Authorization: Bearer @\"",
        "PATH=/usr/bin:/bin && mysql -uroot -p@",
        "PATH=/usr/bin:/bin; echo @ | sudo -S true",
        "PATH=/usr/bin:/bin # pw: @",
        "export GITHUB_TOKEN=@; export PATH=/usr/bin:/bin",
        "export TOKEN=@ PATH=/usr/bin:/bin",
        "export PATH=/usr/bin:/bin TOKEN=@",
        "export -p@ PATH=/usr/bin",
        "PATH=/usr/bin:/bin @",
        "PATH=/usr/bin:@",
        "PATH=\"/usr/bin @\"",
        "PATH=${X-@}/bin",
        "PATH=$(login @):$PATH",
        "PATH=/usr/bin<@",
        "PATH=https://joe:@@host/bin",
        "set -gx PATH /usr/bin @",
        "set -gx PATH /usr/bin; login @",
        "set -gx PATH /usr/bin && login @",
        "path=(/usr/bin @)",
        "fish_add_path /usr/bin; login @",
        "@; PATH=/usr/bin",
    ];

    proptest! {
        #[test]
        fn no_word_beside_a_value_of_path_is_shown(secret in "[A-Z][A-Za-z0-9]{7,20}", line in 0..LINES.len()) {
            let line = LINES[line].replacen('@', &secret, 1);
            let shown = shown_line(line.as_bytes()).unwrap_or_default() + &shown_in_diff(&line);
            prop_assert!(!shown.contains(&secret), "{line}: {shown}");
            let comment = shown_in_diff(&format!("# gvmr doctor 1: {line}"));
            prop_assert!(!comment.contains(&secret), "{line}: {comment}");
        }
    }
}
