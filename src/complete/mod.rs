//! What may stand at the cursor of a command line: the answer that the completion scripts ask for.
//!
//! Takes the words up to the cursor, gives lines in the form below. Writes nothing, asks no network, creates no home, and
//! reports nothing that it cannot read: then fewer words are offered. The form is stable, since a script may be older or
//! newer than the program: the first line names what the shell adds (a script ignores what it does not know), each
//! further line is a word, for zsh and fish with a tab and a help text where it has one.

mod candidates;
mod line;
mod releases;
mod values;
mod versions;

use crate::cli::Cli;
use candidates::{Candidate, Completion};
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use line::{Line, Next};
use std::ffi::OsString;

/// The answer for a shell to a command line that ends at the cursor; its first word is the program, its last one is what
/// is typed so far of the word at the cursor, and may be empty. `None` for a shell whose script does not ask.
pub fn answer(shell: Shell, words: &[OsString]) -> Option<String> {
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut root = Cli::command();
    root.build();
    let line = Line::read(&root, &words)?;
    let mut answer = match line.next {
        Next::Command => Completion::of(commands(line.command, line.word)),
        Next::Option => Completion::of(options(&line)),
        Next::Value(argument) => values::of(&line, argument),
        Next::Words(start) => values::of_words(&line, words.get(start..).unwrap_or_default(), start),
        Next::Behind(start) => values::of_command(words.len() == start + 1, start),
        Next::Nothing => Completion::default(),
    };
    for candidate in &mut answer.candidates {
        candidate.word.insert_str(0, line.prefix);
    }
    answer.written(shell, line.typed)
}

/// The commands, in the order of the help. Aliases are offered only where one is begun.
fn commands(parent: &Command, word: &str) -> Vec<Candidate> {
    let offered = || parent.get_subcommands().filter(|command| !command.is_hide_set());
    let candidate = |name: &str, command: &Command| Candidate::new(name, command.get_about());
    let names: Vec<_> = offered().map(|command| candidate(command.get_name(), command)).collect();
    if names.iter().any(|name| name.word.starts_with(word)) {
        return names;
    }
    offered().flat_map(|command| command.get_all_aliases().map(|name| candidate(name, command))).collect()
}

/// The options that were not given yet.
fn options(line: &Line<'_>) -> Vec<Candidate> {
    let arguments = line.command.get_arguments();
    let offered =
        arguments.filter(|argument| !argument.is_hide_set() && !line.given.contains(&argument.get_id()));
    let named = offered.filter_map(|argument| Some((argument.get_long()?, argument)));
    named.map(|(long, argument)| Candidate::new(format!("--{long}"), argument.get_help())).collect()
}
