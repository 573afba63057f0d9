//! A `go` that is an alias or a function of the shell, in place of the one on PATH.

use super::job_command::runs_go;
use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::lines::SourceLine;
use crate::doctor::path_value::expanded;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::doctor::shell_commands::commands;
use gvmr_core::sys::directory::lead_to_one;
use std::path::PathBuf;

/// The most lines of a function that are read.
const MAX_FUNCTION: usize = 100;

/// A `go` that is an alias or a function.
pub(in crate::doctor) fn stands_for_go(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let sessions: Vec<_> = login.sessions.iter().filter(|session| session.go_is_alias).collect();
    let Some(first) = sessions.first() else { return NOTHING };
    let trace = login.trace(first.kind, "PATH");
    let mut files = login.files(first.kind).to_vec();
    files.extend(trace.files());
    // A file that only defines functions runs no command.
    files.extend(trace.steps.iter().filter_map(|step| file_read(&step.text)));
    if login.shell.name == "fish" {
        files.insert(0, login.account.home.join(".config/fish/functions/go.fish"));
    }
    let written = || files.iter().rev().find_map(|file| SourceLine::find(file, defines_go));
    // As the shell ran it: in a loop or in `eval` the line itself does not show it.
    let ran = trace.steps.iter().rposition(|step| alias_value(&step.text).is_some());
    let place = ran.and_then(|at| trace.steps.get(..=at)?.iter().rfind(|step| step.place.is_some()));
    let line = place.and_then(|step| SourceLine::read(step.place.as_ref()?)).or_else(written);
    let Some(line) = line else {
        return Err(format!(
            "{}: go is an alias or a function, of no file that was read",
            login.name(first.kind)
        )
        .into());
    };
    let text = line.text();
    let ran = ran.and_then(|at| alias_value(&trace.steps.get(at)?.text));
    let value = ran.or_else(|| alias_value(&text));
    let body = value.is_none().then(|| body_of(&line)).flatten();
    if value.or(body).is_some_and(|value| runs_the_same_go(&value, login, facts)) {
        return NOTHING;
    }
    let finding = Finding {
        sessions: login.names(&sessions),
        ..Finding::error("path.alias", FindingPlace::line(&line.place.file, Some(line.place.line)))
            .what("go is an alias or a function in your terminals")
            .why("the shell runs it in place of the go on PATH; scripts and programs run the other one")
    };
    let mend = is_one_alias(&text).then(|| line.without(&login.account, Some(&login.shell))).flatten();
    one(Some(match mend {
        Some(mend) => finding.mended(mend, "turns the line into a comment"),
        None if alias_value(&text).is_some() => finding.by_hand("take the alias go out of the line"),
        None => finding.by_hand("delete the definition"),
    }))
}

/// The file that a command reads, with `.` or `source`, as the trace tells its name.
fn file_read(command: &str) -> Option<PathBuf> {
    let name = command.strip_prefix(". ").or_else(|| command.strip_prefix("source "))?;
    Some(PathBuf::from(name.trim().trim_matches('\''))).filter(|file| file.is_absolute() && file.is_file())
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
    aliases(line).into_iter().rev().find_map(|words| {
        let mut words = words.into_iter().skip(1).skip_while(|word| word.starts_with('-'));
        let first = words.next()?;
        if first == "go" {
            return words.next(); // as fish writes it
        }
        let mut given = std::iter::once(first).chain(words);
        given.find_map(|word| word.strip_prefix("go=").map(str::to_owned))
    })
}

/// Whether the line makes one alias, which is go, and does nothing else.
fn is_one_alias(line: &str) -> bool {
    let aliases = aliases(line);
    let count = aliases.iter().flatten().filter(|word| word.contains('=')).count();
    aliases.len() == 1 && count <= 1 && alias_value(line).is_some()
}

/// The commands of a line that make aliases, each as its words without quotes.
fn aliases(line: &str) -> Vec<Vec<String>> {
    let commands = commands(line).into_iter();
    commands.filter(|words| words.first().is_some_and(|word| word == "alias")).collect()
}

/// The last command of the function whose definition begins in this line, where its body ends with `}` or `end`.
fn body_of(line: &SourceLine) -> Option<String> {
    let rest = SourceLine::all(&line.place.file).skip(line.place.line.saturating_sub(1));
    let mut text = String::new();
    for next in rest.take(MAX_FUNCTION) {
        text.push_str(&next.text());
        text.push('\n');
        let is_last = |end: &&str| next.text() == *end || next.text().ends_with(&format!(" {end}"));
        if ["}", "end"].iter().any(is_last) {
            let commands = commands(&text);
            let body = commands.iter().rev().find(|words| !matches!(words[0].as_str(), "}" | "end"))?;
            let body: Vec<_> = body.iter().skip_while(|word| *word == "{").cloned().collect();
            // Alone, `go` would be the function again.
            let calls_itself = body.first().is_some_and(|word| word == "go");
            return (!calls_itself && !text.contains("PATH=")).then(|| body.join(" "));
        }
    }
    None
}

/// Whether the alias runs the go on PATH, or the shim by its path.
fn runs_the_same_go(value: &str, login: &LoginShell, facts: &Examination<'_>) -> bool {
    let command: Vec<_> = value.split_ascii_whitespace().map(str::to_owned).collect();
    let shim = facts.home.shims().join("go");
    let is_shim = |word: &str| lead_to_one(&expanded(word, &login.account.home), &shim);
    let wrappers = ["env", "command", "nice", "time", "noglob", "nocorrect"];
    let is_lead = |word: &&str| word.contains('=') || wrappers.contains(word);
    let first = value.split_ascii_whitespace().find(|word| !is_lead(word));
    let is_gofmt = value.contains("gofmt");
    first.is_some_and(is_shim) || !is_gofmt && runs_go(&without_leads(&command).join(" "))
}

/// A command without what zsh writes before it.
fn without_leads(words: &[String]) -> &[String] {
    let count = words.iter().take_while(|word| matches!(word.as_str(), "noglob" | "nocorrect")).count();
    words.get(count..).unwrap_or_default()
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
            "alias ll='ls -l' go=/opt/go",
            "alias -- go=/opt/go",
            "alias ga='git; add'; alias go=x",
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
        assert!(is_one_alias("[ -x /a ] && alias go=/a") && is_one_alias("alias go '/a b' # old"));
        assert!(!is_one_alias("alias ll='ls -l' go=/a") && !is_one_alias("alias l=ls; alias go=/a"));
        assert_eq!(alias_value("alias 'go=/opt/go run'").as_deref(), Some("/opt/go run"));
        assert_eq!(alias_value("[ -x /a ] && alias go=\"/a b\"").as_deref(), Some("/a b"));
    }
}
