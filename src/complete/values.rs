//! What may stand in a command's value: versions, programs, the shell's own files and commands.

use super::candidates::{Besides, Candidate, Completion};
use super::line::Line;
use super::releases;
use super::versions::Versions;
use crate::explain;
use crate::gate;
use crate::request;
use clap::Arg;
use gvmr_core::gover::version::Version;

/// What a positional argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Versions that may be installed, or an archive.
    Installable,
    /// Versions that were released.
    Released,
    Installed,
    Program,
    Directory,
    File,
    /// Variables that gvmr explains.
    Variable,
    /// Dimensions and probes of a check file.
    CheckName,
    /// A version, then a command; or the command alone.
    Words,
}

/// `None` where the argument names its values itself.
fn kind(command: &str, argument: &str) -> Option<Kind> {
    Some(match (command, argument) {
        ("install", "versions") => Kind::Installable,
        ("ls-remote", "filter") | ("host", "versions") => Kind::Released,
        ("uninstall" | "verify" | "each" | "upgrade", "versions")
        | ("use" | "global" | "where", "version") => Kind::Installed,
        ("which", "tool") => Kind::Program,
        ("import", "trees") => Kind::Directory,
        ("trust", "path") | ("check", "file") => Kind::File,
        ("exec" | "each", "words") => Kind::Words,
        ("env", "names") => Kind::Variable,
        ("check", "names" | "skip") => Kind::CheckName,
        _ => return None,
    })
}

/// What fits as a value of `argument`. A value that was given is not offered again.
pub(super) fn of(line: &Line<'_>, argument: &Arg) -> Completion {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let offered = possible.iter().filter(|value| !value.is_hide_set());
        let candidates = offered.map(|value| Candidate::new(value.get_name(), value.get_help()));
        return Completion::of(candidates.collect());
    }
    let kind = kind(line.command.get_name(), argument.get_id().as_str());
    let mut answer = match kind {
        Some(Kind::Installable) if line.word.contains('/') || line.word.starts_with(['.', '~']) => {
            Completion { besides: Besides::Archives, ..Completion::default() }
        }
        Some(Kind::Installable | Kind::Released) => {
            let versions = Versions::look();
            with_name(line.word, |word| releases::matching(word, &versions.released(), versions.installed()))
        }
        Some(Kind::Installed) => installed(line.word, &Versions::look()),
        Some(Kind::Program) => Completion::of(programs_here()),
        Some(Kind::Directory) => Completion { besides: Besides::Directories, ..Completion::default() },
        Some(Kind::File) => Completion { besides: Besides::Files, ..Completion::default() },
        Some(Kind::Variable) => {
            Completion::of(explain::all().map(|variable| Candidate::new(variable.name, None)).collect())
        }
        Some(Kind::CheckName) => {
            Completion::of(gate::names_here().into_iter().map(|name| Candidate::new(name, None)).collect())
        }
        Some(Kind::Words) | None => Completion::default(),
    };
    if kind == Some(Kind::Installable) && answer.candidates.is_empty() {
        answer.besides = Besides::Archives; // go1.22.1.linux-amd64.tar.gz needs no ./ before it
    }
    answer.candidates.retain(|candidate| !line.values.contains(&candidate.word.as_str()));
    answer
}

/// The programs of what runs here; of a Go outside gvmr those that each one has.
fn programs_here() -> Vec<Candidate> {
    let programs = Versions::look().programs(None);
    if programs.is_empty() {
        return ["go", "gofmt"].map(|name| Candidate::new(name, None)).into();
    }
    programs
}

/// What fits at the end of the words that `gvmr exec` takes, the first of which has the index `start`: as that command
/// reads them.
pub(super) fn of_words(line: &Line<'_>, words: &[String], start: usize) -> Completion {
    let versions = Versions::look();
    let (version, from) = match words {
        [word] if names_version(word) => return installed(line.word, &versions),
        [first, dash] if is_version(first) && dash.starts_with('-') => {
            return Completion::of(vec![Candidate::new("--", None)]);
        }
        [first, dashes, _, ..] if is_version(first) && dashes == "--" => (Some(first), 2),
        [first, _, ..] if is_version(first) => (Some(first), 1),
        _ => (None, 0),
    };
    let at_program = words.len() == from + 1;
    let candidates = if at_program { versions.programs(version.map(|word| bare(word))) } else { Vec::new() };
    Completion { besides: Besides::Command(start + from), candidates }
}

/// What fits in a command, the first word of which has the index `start`: a Go's programs as that word, too.
pub(super) fn of_command(at_program: bool, start: usize) -> Completion {
    let candidates = if at_program { programs_here() } else { Vec::new() };
    Completion { besides: Besides::Command(start), candidates }
}

/// The installed versions, the newest first.
fn installed(word: &str, versions: &Versions) -> Completion {
    let marks = [(versions.default_version(), "the default"), (versions.here(), "runs here")];
    let help = |version: &Version| {
        let marks = marks.iter().filter(|(marked, _)| marked.as_ref() == Some(version));
        marks.map(|(_, mark)| *mark).collect::<Vec<_>>().join(", ")
    };
    let newest_first = versions.installed().iter().rev();
    with_name(word, |_| {
        newest_first.map(|version| Candidate { word: version.to_string(), help: help(version) }).collect()
    })
}

/// A word that begins with `go` gets names such as `go1.22`.
fn with_name(word: &str, versions: impl FnOnce(&str) -> Vec<Candidate>) -> Completion {
    let (name, version) = if word.starts_with("go") { word.split_at(2) } else { ("", word) };
    let named = versions(version).into_iter().filter(|candidate| {
        name.is_empty() || candidate.word.starts_with(|first: char| first.is_ascii_digit())
    });
    let named = named.map(|candidate| Candidate { word: format!("{name}{}", candidate.word), ..candidate });
    Completion::of(named.collect())
}

/// Whether this word may become a version and not a command.
fn names_version(word: &str) -> bool {
    let word = bare(word);
    let version = word.strip_prefix("go").unwrap_or(word);
    word.is_empty() || version.starts_with(|first: char| first.is_ascii_digit())
}

fn is_version(word: &str) -> bool {
    request::parse(bare(word)).is_ok()
}

/// A shell's word without its quotes.
fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    /// Or a new command would silently complete nothing.
    #[test]
    fn every_argument_that_can_be_seen_has_its_kind_or_its_values() {
        let root = Cli::command();
        let mut count = 0;
        for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
            for argument in command.get_positionals().filter(|argument| !argument.is_hide_set()) {
                let known = kind(command.get_name(), argument.get_id().as_str()).is_some();
                assert!(
                    known || !argument.get_possible_values().is_empty(),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
                count += 1;
            }
        }
        assert!(count >= 11, "{count}");
    }
}
