//! A `go` that is an alias or a function of the shell, in place of the one on PATH.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::lines::SourceLine;
use crate::doctor::path_value::expanded;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use gvmr_core::sys::directory::lead_to_one;

/// A `go` that is an alias or a function.
pub(in crate::doctor) fn stands_for_go(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let sessions: Vec<_> = login.sessions.iter().filter(|session| session.go_is_alias).collect();
    let Some(first) = sessions.first() else { return NOTHING };
    let trace = login.trace(first.kind, "PATH");
    let mut files = login.files(first.kind).to_vec();
    files.extend(trace.files());
    if login.shell.name == "fish" {
        files.insert(0, login.account.home.join(".config/fish/functions/go.fish"));
    }
    let mut lines = files
        .iter()
        .filter_map(|file| SourceLine::find(file, defines_go))
        .filter(|line| line.place.file.exists());
    let Some(line) = lines.next_back() else {
        return Err(format!(
            "{}: go is an alias or a function, of no file that was read",
            login.name(first.kind)
        )
        .into());
    };
    let text = line.text();
    let value = alias_value(&text);
    if value.as_ref().is_some_and(|value| runs_the_same_go(value, login, facts)) {
        return NOTHING;
    }
    let finding = Finding {
        sessions: login.names(&sessions),
        ..Finding::error("path.alias", FindingPlace::line(&line.place.file, Some(line.place.line)))
            .what("go is an alias or a function in your terminals")
            .why("the shell runs it in place of the go on PATH; scripts and programs run the other one")
    };
    let mend = value.and_then(|_| line.without(&login.account, Some(&login.shell)));
    one(Some(match mend {
        Some(mend) => finding.mended(mend, "turns the line into a comment"),
        None => finding.by_hand("delete the definition"),
    }))
}

/// Whether a line makes `go` an alias or a function.
fn defines_go(line: &str) -> bool {
    let line = line.trim();
    let rest = line.strip_prefix("function ").map(str::trim_start);
    let is_function = rest.is_some_and(|rest| {
        rest == "go" || ["go ", "go(", "go;", "go{"].iter().any(|start| rest.starts_with(start))
    }) || line.starts_with("go()")
        || line.starts_with("go ()");
    is_function || !line.starts_with('#') && alias_value(line).is_some()
}

/// What an alias called go stands for, without quotes.
fn alias_value(line: &str) -> Option<String> {
    let commands = line.split([';', '&', '|']).map(str::trim).enumerate();
    let found = commands.into_iter().find_map(|(_, command)| {
        let rest = command.strip_prefix("alias ")?.trim_start();
        let rest = rest.strip_prefix("-- ").unwrap_or(rest);
        rest.strip_prefix("go=").or_else(|| rest.strip_prefix("go "))
    })?;
    Some(found.trim().trim_matches(['"', '\'']).to_owned())
}

/// Whether the alias runs the go on PATH, or the shim by its path.
fn runs_the_same_go(value: &str, login: &LoginShell, facts: &Examination<'_>) -> bool {
    let wrappers = ["env", "command", "nice", "time", "noglob", "nocorrect"];
    let word = value.split_ascii_whitespace().find(|word| !word.contains('=') && !wrappers.contains(word));
    let Some(word) = word else { return false };
    let program = expanded(word, &login.account.home);
    word == "go" || lead_to_one(&program, &facts.home.shims().join("go"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_makes_go_something_else_is_told_from_its_like() {
        for line in [
            "alias go=/opt/go/bin/go",
            "  alias go='go1.20'",
            "alias go '/opt/go'",
            "go() {",
            "function go",
            "function go {",
            "go () { :; }",
        ] {
            assert!(defines_go(line), "{line}");
        }
        for line in [
            "alias gor='go run'",
            "# alias go=x",
            "alias golang=go",
            "function gopath",
            "going() {",
            "complete -W x go",
        ] {
            assert!(!defines_go(line), "{line}");
        }
        assert_eq!(alias_value("[ -x /a ] && alias go=\"/a b\"").as_deref(), Some("/a b"));
    }
}
