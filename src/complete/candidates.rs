//! The candidates for the word at the cursor, what the shell adds to them, and how each shell reads both.

use clap_complete::Shell;

/// A word that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) word: String,
    /// One line, or empty.
    pub(super) help: String,
}

/// What the shell adds to the candidates.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Besides {
    #[default]
    Nothing,
    /// Release archives, and the directories on the way to them.
    Archives,
    Directories,
    Files,
    /// What completes another command line: the one that begins with the word of this index.
    Command(usize),
}

/// What fits at the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Completion {
    pub(super) besides: Besides,
    pub(super) candidates: Vec<Candidate>,
}

impl Candidate {
    pub(super) fn new(word: impl Into<String>, help: Option<&clap::builder::StyledStr>) -> Self {
        let help = help.map(ToString::to_string).unwrap_or_default();
        Self { word: word.into(), help: help.lines().next().unwrap_or_default().to_owned() }
    }
}

impl Completion {
    pub(super) fn of(candidates: Vec<Candidate>) -> Self {
        Self { candidates, ..Self::default() }
    }

    /// bash takes every word for a match; zsh and fish choose among them, by the user's rules.
    pub(super) fn written(self, shell: Shell, typed: &str) -> Option<String> {
        let besides = match self.besides {
            Besides::Nothing => "nothing".to_owned(),
            Besides::Archives => "archives".to_owned(),
            Besides::Directories => "directories".to_owned(),
            Besides::Files => "files".to_owned(),
            Besides::Command(index) => format!("command {index}"),
        };
        let written = |Candidate { word, help }: Candidate| match shell {
            Shell::Bash => word.starts_with(typed).then_some(word),
            Shell::Fish | Shell::Zsh if help.is_empty() => Some(word),
            Shell::Fish | Shell::Zsh => Some(format!("{word}\t{help}")),
            _ => None,
        };
        let known = matches!(shell, Shell::Bash | Shell::Fish | Shell::Zsh);
        let lines = std::iter::once(besides).chain(self.candidates.into_iter().filter_map(written));
        known.then(|| lines.collect::<Vec<_>>().join("\n"))
    }
}
