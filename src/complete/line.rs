//! Where the cursor stands: in which command, and at what kind of word. Pure, and knows nothing of versions.

use clap::{Arg, Command, Id};

/// A command line up to the cursor.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// The command that the word at the cursor belongs to.
    pub(super) command: &'a Command,
    /// What may stand at the cursor.
    pub(super) next: Next<'a>,
    /// The word at the cursor as far as it is typed, without an opening quote.
    pub(super) typed: &'a str,
    /// What of it comes before a value: `--shell=`.
    pub(super) prefix: &'a str,
    /// The rest, which is to be completed.
    pub(super) word: &'a str,
    /// The options that were given.
    pub(super) given: Vec<&'a Id>,
    /// The command's values that were given.
    pub(super) values: Vec<&'a str>,
}

/// What may stand at the cursor.
#[derive(Debug)]
pub(super) enum Next<'a> {
    /// The name of a command.
    Command,
    /// The name of an option.
    Option,
    /// The value of an argument.
    Value(&'a Arg),
    /// One of the words, from the one of this index, that the command takes as they are.
    Words(usize),
    /// A command behind `--`, from the word of this index.
    Behind(usize),
    /// Nothing that is known.
    Nothing,
}

impl<'a> Line<'a> {
    /// Reads the words as clap would. `root` is built; `None` where not even the program is named.
    pub(super) fn read(root: &'a Command, words: &'a [String]) -> Option<Self> {
        let (typed, before) = words.split_last()?;
        let (_program, before) = before.split_first()?;
        let typed = typed.trim_start_matches(['"', '\'']);
        let next = Next::Nothing;
        let mut line =
            Self { command: root, next, typed, prefix: "", word: typed, given: vec![], values: vec![] };
        let mut escaped = None;
        let mut awaited = None;
        for (index, word) in before.iter().enumerate() {
            if awaited.is_some() {
                // bash makes three words of --shell=zsh
                awaited = awaited.filter(|_| word == "=");
            } else if escaped.is_some() || !word.starts_with('-') || word == "-" {
                if line.takes_words() {
                    return Some(Self { next: Next::Words(index + 1), ..line });
                }
                line.pass(word, escaped.is_some());
            } else if word == "--" {
                escaped = Some(index + 2);
            } else {
                awaited = line.pass_option(word);
            }
        }
        line.next = match awaited {
            Some(option) => Next::Value(option),
            None => line.at_cursor(escaped, words.len() - 1),
        };
        Some(line)
    }

    /// Whether all that follows is passed on.
    fn takes_words(&self) -> bool {
        self.positional().is_some_and(Arg::is_trailing_var_arg_set)
    }

    /// The argument that the next value is for.
    fn positional(&self) -> Option<&'a Arg> {
        let is_offered = |argument: &&Arg| !argument.is_hide_set() && !is_command(argument);
        let offered = || self.command.get_positionals().filter(is_offered);
        let is_endless = |last: &&Arg| last.get_num_args().is_some_and(|number| number.max_values() > 1);
        offered().nth(self.values.len()).or_else(|| offered().last().filter(is_endless))
    }

    fn pass(&mut self, word: &'a str, escaped: bool) {
        match self.command.find_subcommand(word).filter(|_| !escaped) {
            Some(command) => (self.command, self.given, self.values) = (command, vec![], vec![]),
            None => self.values.push(word),
        }
    }

    /// The option, if the next word is its value.
    fn pass_option(&mut self, word: &str) -> Option<&'a Arg> {
        let options: Vec<&'a Arg> = if let Some(long) = word.strip_prefix("--") {
            let (name, _value) = long.split_once('=').unwrap_or((long, ""));
            long_option(self.command, name).into_iter().collect()
        } else {
            let short =
                |letter| self.command.get_arguments().find(|option| option.get_short() == Some(letter));
            word.chars().skip(1).filter_map(short).collect()
        };
        self.given.extend(options.iter().map(|option| option.get_id()));
        options.last().copied().filter(|option| takes_value(option) && !word.contains('='))
    }

    fn at_cursor(&mut self, behind_dashes: Option<usize>, index: usize) -> Next<'a> {
        if let Some(start) = behind_dashes.filter(|_| self.command.get_positionals().any(is_command)) {
            return Next::Behind(start);
        }
        let escaped = behind_dashes.is_some();
        if !escaped && self.word.starts_with('-') {
            let Some((name, value)) = self.word.split_once('=') else { return Next::Option };
            let option = name.strip_prefix("--").and_then(|name| long_option(self.command, name));
            (self.prefix, self.word) = self.word.split_at(self.word.len() - value.len());
            return option.filter(|option| takes_value(option)).map_or(Next::Nothing, Next::Value);
        }
        if self.command.has_subcommands() {
            return if self.values.is_empty() { Next::Command } else { Next::Nothing };
        }
        match self.positional() {
            Some(_) if self.takes_words() => Next::Words(index),
            Some(argument) => Next::Value(argument),
            None if self.word.is_empty() && !escaped => Next::Option,
            None => Next::Nothing,
        }
    }
}

/// Whether it is a command that follows `--`.
fn is_command(argument: &Arg) -> bool {
    argument.is_last_set() && !argument.is_hide_set()
}

fn takes_value(option: &Arg) -> bool {
    option.get_action().takes_values()
}

fn long_option<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|option| {
        let mut other = option.get_all_aliases().into_iter().flatten();
        option.get_long() == Some(name) || other.any(|other| other == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    /// The command, what may stand at the cursor, and what of the word is to be completed.
    fn read(line: &str) -> String {
        let mut root = Cli::command();
        root.build();
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let Some(line) = Line::read(&root, &words) else { return "none".to_owned() };
        let next = match line.next {
            Next::Value(argument) => argument.get_id().to_string(),
            next => format!("{next:?}"),
        };
        format!("{} {next} [{}]", line.command.get_name(), line.word)
    }

    #[test]
    fn the_cursor_is_found() {
        for (line, place) in [
            ("gvmr", "none"),
            ("gvmr ", "gvmr Command []"),
            ("gvmr -q ins", "gvmr Command [ins]"),
            ("gvmr --", "gvmr Option [--]"),
            ("gvmr i -q 1.22 ", "install versions []"),
            ("gvmr install --force -- -", "install versions [-]"),
            ("gvmr use ", "use version []"),
            ("gvmr use 'go1", "use version [go1]"),
            ("gvmr use 1.22 ", "use Option []"),
            ("gvmr use 1.22 1", "use Nothing [1]"),
            ("gvmr list ", "list Option []"),
            ("gvmr help in", "help Command [in]"),
            ("gvmr env --shell z", "env shell [z]"),
            ("gvmr env --shell=z", "env shell [z]"),
            ("gvmr env --shell = z", "env shell [z]"),
            ("gvmr env --shell zsh -", "env Option [-]"),
            ("gvmr env --shell=zsh -", "env Option [-]"),
            ("gvmr env --json=z", "env Nothing [z]"),
            ("gvmr completions ba", "completions shell [ba]"),
            ("gvmr completions bash ", "completions Option []"),
            ("gvmr exec ", "exec Words(2) []"),
            ("gvmr -q x -- ", "exec Words(4) []"),
            ("gvmr exec --he", "exec Option [--he]"),
            ("gvmr exec 1.22 -- go -", "exec Words(2) [-]"),
            ("gvmr exec 1.22 use ", "exec Words(2) []"),
            ("gvmr each 1.22 1", "each versions [1]"),
            ("gvmr each 1.22 -j 2 ", "each versions []"),
            ("gvmr each 1.22 1.23 -- ", "each Behind(5) []"),
            ("gvmr each 1.22 -- go -", "each Behind(4) [-]"),
            ("gvmr frobnicate ", "gvmr Nothing []"),
        ] {
            assert_eq!(read(line), place, "{line}");
        }
    }

    #[test]
    fn what_was_given_is_known() {
        let mut root = Cli::command();
        root.build();
        let words = ["gvmr", "rm", "-fq", "--json", "1.22", "1.2"].map(str::to_owned);
        let line = Line::read(&root, &words).unwrap();
        assert_eq!(line.given.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["force", "quiet", "json"]);
        assert_eq!(line.values, ["1.22"]);
    }
}
