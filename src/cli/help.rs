//! The first screen of `gvmr --help`: how to start, then the commands by purpose.
//!
//! Takes the commands with the texts that their definitions carry; gives clap a template. Holds no text of a command.

use clap::Command;
use std::fmt::Write as _;

/// What to run first.
const START: &[(&str, &str)] = &[
    ("gvmr install latest", "Install the newest Go release"),
    ("gvmr setup", "Make `go` run it in every session"),
];

/// The commands by purpose, in the order of daily use.
pub const COMMAND_GROUPS: &[(&str, &[&str])] = &[
    (
        "Versions",
        &[
            "install",
            "uninstall",
            "list",
            "ls-remote",
            "use",
            "outdated",
            "upgrade",
            "prune",
            "import",
            "verify",
        ],
    ),
    ("Running Go", &["current", "which", "where", "exec", "each"]),
    ("Environment", &["env", "trust", "auth"]),
    ("This machine", &["setup", "doctor", "check", "host", "self", "completions"]),
];

/// The command with its help in groups.
pub(super) fn grouped(command: Command) -> Command {
    let (header, literal) = (*command.get_styles().get_header(), *command.get_styles().get_literal());
    let entries = |names: &[&str]| -> Vec<(String, String)> {
        let commands = names.iter().filter_map(|name| command.find_subcommand(name));
        commands.map(|command| (names_of(command), about(command))).collect()
    };
    let start = START.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect();
    let groups = COMMAND_GROUPS.iter().map(|(title, names)| (*title, entries(names)));
    let groups: Vec<(&str, Vec<_>)> = std::iter::once(("Start", start)).chain(groups).collect();
    let width = groups.iter().flat_map(|(_, entries)| entries).map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut template = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (title, entries) in groups {
        let _ = writeln!(template, "\n{header}{title}:{header:#}"); // to a string, as below
        for (name, text) in entries {
            let blanks = " ".repeat(width - name.len());
            let _ = writeln!(template, "  {literal}{name}{literal:#}{blanks}  {text}");
        }
    }
    let _ =
        write!(template, "\n{header}Options:{header:#}\n{{options}}\n\nRun `gvmr help COMMAND` for more.");
    command.help_template(template).mut_subcommands(short)
}

/// The command with all its text in the compact layout that clap gives to `-h` alone.
fn short(command: Command) -> Command {
    let command = match command.get_long_about().cloned() {
        Some(text) => command.about(text).long_about(None),
        None => command,
    };
    command.mut_subcommands(short)
}

/// `install, i`
fn names_of(command: &Command) -> String {
    std::iter::once(command.get_name()).chain(command.get_visible_aliases()).collect::<Vec<_>>().join(", ")
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use super::*;
    use clap::CommandFactory as _;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_is_in_one_group() {
        let command = Cli::command();
        let shown = command.get_subcommands().filter(|command| !command.is_hide_set()).map(Command::get_name);
        let grouped: Vec<&str> = COMMAND_GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        assert_eq!(grouped.iter().copied().collect::<BTreeSet<_>>(), shown.collect());
        assert_eq!(grouped.len(), grouped.iter().collect::<BTreeSet<_>>().len());
    }

    #[test]
    fn the_first_screen_is_one_screen() {
        let text = grouped(Cli::command()).render_help().to_string();
        println!("{text}");
        assert!(text.lines().count() <= 48, "{} lines", text.lines().count());
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert!(text.contains("  gvmr install latest  "), "{text}");
    }
}
