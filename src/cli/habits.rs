//! Words from other version managers that are no commands of gvmr, and the answer to each.
//!
//! Takes the error that clap made of a command line; gives one line that helps and an exit code. Words that mean an
//! existing command are its aliases instead, and never come here.

use clap::error::{ContextKind, ContextValue};
use std::ffi::OsString;

/// What a word from another tool is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// One line.
    pub text: String,
    /// 0 where there is nothing to do, else 2.
    pub exit_code: u8,
}

/// Words in the place of a command, and what to run instead.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["shell"], "run `export GVMR_VERSION=1.22` for this shell, or `go +1.22 build` for one command"),
    (&["unpin", "unset", "unuse"], "remove the file that `gvmr current --why` names"),
    (&["self-update", "selfupdate", "selfupgrade"], "run `gvmr self update`"),
    (&["self-uninstall"], "run `gvmr self uninstall`"),
    (&["status"], "run `gvmr doctor`, `gvmr current --why` or `gvmr verify`"),
    (&["info"], "run `gvmr host VERSION`, or `gvmr list --json` for what is installed"),
    (&["why", "explain"], "run `gvmr current --why` for the version, or `gvmr env --why` for variables"),
    (&["version"], "run `gvmr --version` for gvmr's version, or `gvmr current` for Go's"),
    (&["init", "activate"], "run `gvmr setup`, or `eval \"$(gvmr env)\"` for this shell only"),
    (&["deactivate"], "run `gvmr setup --undo`; it leaves the installed versions in place"),
    (&["implode"], "run `gvmr self uninstall`; with --purge it removes the installed versions too"),
    (&["alias", "unalias"], "gvmr has no aliases; pin a prefix such as 1.22 with `gvmr use 1.22`"),
    (&["link"], "run `gvmr import GOROOT` to copy and verify a Go that is already here"),
    (&["config", "settings"], "edit config.toml, then run `gvmr env --why` to see what it sets"),
    (&["cache"], "gvmr stores no downloads, only small answers of the checksum database"),
    (&["tools"], "run `gvmr exec VERSION -- go install PACKAGE@latest` to build a tool"),
    (&["plugin", "plugins"], "gvmr manages Go alone and has no plugins; run `gvmr install latest`"),
    (&["mirror"], "set GVMR_MIRROR to a mirror's URL, or `mirrors` in config.toml"),
    (&["bundle"], "set GVMR_SOURCES=dir:PATH to install from a directory of archives"),
    (&["lock"], "pin an exact version with `gvmr use 1.22.12`"),
    (&["shims"], "run `gvmr where --shims` to print the shim directory"),
];

/// Options of other tools: of these commands, these words, and what to run instead.
const OPTIONS: &[(&[&str], &[&str], &str)] = &[
    (&["list", "ls", "versions"], &["--remote", "--all", "-a", "-r"], "run `gvmr ls-remote`"),
    (&["list", "ls", "versions"], &["--outdated"], "run `gvmr outdated`"),
    (&["install", "i"], &["--list", "-l"], "run `gvmr ls-remote`"),
    (&["install", "i"], &["--dry-run", "-n"], "run `gvmr ls-remote VERSION` to see which releases match"),
    (&["install", "i"], &["--upgrade", "-U"], "run `gvmr upgrade`"),
    (&["install", "i"], &["--default", "--global", "-g"], "run `gvmr use --global VERSION` afterwards"),
    (&["use", "local"], &["--unset"], "remove the file that `gvmr current --why` names"),
];

/// The answer to what clap refused, if it is such a word. `words` is the whole command line.
pub fn answer(error: &clap::Error, words: &[OsString]) -> Option<Answer> {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    if let Some(word) = word(ContextKind::InvalidSubcommand) {
        return of_command(word);
    }
    let option = word(ContextKind::InvalidArg)?;
    let command =
        words.iter().skip(1).filter_map(|word| word.to_str()).find(|word| !word.starts_with('-'))?;
    of_option(command, option)
}

fn of_command(word: &str) -> Option<Answer> {
    if matches!(word, "rehash" | "reshim") {
        return Some(Answer { text: "nothing to do: shims are always current".to_owned(), exit_code: 0 });
    }
    let (_, instead) = COMMANDS.iter().find(|(words, _)| words.contains(&word))?;
    Some(Answer { text: format!("no command `{word}`: {instead}"), exit_code: 2 })
}

fn of_option(command: &str, option: &str) -> Option<Answer> {
    let fits = |(commands, options, _): &&(&[&str], &[&str], &str)| {
        commands.contains(&command) && options.contains(&option)
    };
    let (_, _, instead) = OPTIONS.iter().find(fits)?;
    Some(Answer { text: format!("no option {option} of `gvmr {command}`: {instead}"), exit_code: 2 })
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, read};
    use super::*;

    fn refused(words: &[&str]) -> Option<Answer> {
        let words: Vec<OsString> = std::iter::once(&"gvmr").chain(words).map(OsString::from).collect();
        answer(&read(words.iter().cloned()).err()?, &words)
    }

    #[test]
    fn each_word_of_the_tables_is_refused_with_its_answer() {
        for word in COMMANDS.iter().flat_map(|(words, _)| *words) {
            let answer = refused(&[word]).unwrap_or_else(|| panic!("{word} is a command"));
            assert!(answer.text.starts_with(&format!("no command `{word}`: ")), "{}", answer.text);
            assert_eq!(answer.exit_code, 2);
        }
        for (commands, options, instead) in OPTIONS {
            for (command, option) in commands.iter().flat_map(|one| options.iter().map(move |two| (one, two)))
            {
                let answer = refused(&[command, option]).unwrap_or_else(|| panic!("{command} {option}"));
                assert!(answer.text.ends_with(instead), "{}", answer.text);
            }
        }
        assert_eq!(refused(&["rehash"]).map(|answer| answer.exit_code), Some(0));
        assert_eq!(refused(&["no-such-word"]), None);
        assert_eq!(refused(&["list", "--no-such-option"]), None);
    }

    #[test]
    fn an_answer_names_commands_that_exist_and_is_short() {
        let texts = COMMANDS.iter().map(|(_, text)| text).chain(OPTIONS.iter().map(|(_, _, text)| text));
        for text in texts {
            assert!(text.split_whitespace().count() <= 20 && text.matches(';').count() <= 1, "{text}");
            for command in text.split('`').skip(1).step_by(2).filter_map(|code| code.split("gvmr ").nth(1)) {
                let words = command.trim_end_matches([')', '"']).split(' ');
                let words = words.map(|word| if word == "VERSION" { "1.22" } else { word });
                let words: Vec<_> = std::iter::once("gvmr").chain(words).map(OsString::from).collect();
                let result: Result<Cli, _> = read(words);
                let shown = |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayVersion;
                assert!(result.as_ref().err().is_none_or(shown), "{text}: {command}");
            }
        }
    }
}
