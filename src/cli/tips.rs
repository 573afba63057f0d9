//! What clap says of a word in the place of a command: one tip, and no command that only gvmr calls.
//!
//! Takes clap's error, gives it with the one command that was probably meant.

use crate::toml_file::nearest;
use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use gvmr_core::sys::printable;

/// The error without the guesses of clap, which names whatever shares some letters.
pub(super) fn corrected(error: clap::Error, root: &Command) -> clap::Error {
    let mut error = without_secrets(error);
    if error.get(ContextKind::ValidSubcommand).is_some() {
        let names = shown(root).map(|command| command.get_name().to_owned());
        error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(names.collect()));
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    let meant = meant(word, root).map(str::to_owned);
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::Suggested);
    if let Some(meant) = meant {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant]));
    }
    error
}

/// The error with printable words, and without those that may be a secret: a surplus word is not repeated, and of an
/// option only its name.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let is_unknown = error.kind() == ErrorKind::UnknownArgument;
    let typed = [ContextKind::InvalidSubcommand, ContextKind::InvalidValue];
    for kind in typed {
        if let Some(ContextValue::String(word)) = error.get(kind) {
            let word = printable::typed(word);
            error.insert(kind, ContextValue::String(word));
        }
    }
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg).filter(|_| is_unknown) {
        let word = option_name(word).unwrap_or("***").to_owned();
        error.insert(ContextKind::InvalidArg, ContextValue::String(word));
        error.remove(ContextKind::Suggested); // which repeats it
    }
    error
}

/// The name in `--name=value` or `-n`; `None` for other words.
fn option_name(word: &str) -> Option<&str> {
    let name = word.split('=').next()?;
    let letters =
        name.strip_prefix("--").or_else(|| name.strip_prefix('-').filter(|rest| rest.len() == 1))?;
    let is_name =
        letters.len() <= 24 && letters.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    (is_name && !letters.is_empty()).then_some(name)
}

/// The command that a word is a slip or the beginning of; an alias only where no command is.
pub(super) fn meant<'c>(word: &str, root: &'c Command) -> Option<&'c str> {
    let names = || shown(root).map(Command::get_name);
    let mut begun = names().filter(|name| word.len() > 2 && name.starts_with(word));
    if let (Some(name), None) = (begun.next(), begun.next()) {
        return Some(name);
    }
    nearest(word, names()).or_else(|| {
        let aliases = shown(root).flat_map(Command::get_all_aliases);
        nearest(word, aliases.filter(|alias| alias.len() > 2))
    })
}

fn shown(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set())
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use std::ffi::OsString;

    fn refused(words: &[&str]) -> String {
        let words = std::iter::once(&"gvmr").chain(words).map(OsString::from);
        read(words).unwrap_err().render().to_string()
    }

    #[test]
    fn a_slip_gets_one_tip_and_another_word_none() {
        for (word, tip) in [
            ("instal", "'install'"),
            ("isntall", "'install'"),
            ("uninstal", "'uninstall'"),
            ("upgrad", "'upgrade'"),
            ("ls-remot", "'ls-remote'"),
            ("outdate", "'outdated'"),
            ("compl", "'completions'"),
        ] {
            let text = refused(&[word]);
            let tips: Vec<_> = text.lines().filter(|line| line.contains("tip:")).collect();
            assert_eq!(tips.len(), 1, "{text}");
            assert!(tips[0].ends_with(&format!("exists: {tip}")), "{text}");
        }
        for word in ["no-such-word", "frobnicate", "qq"] {
            assert!(!refused(&[word]).contains("tip:"), "{word}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for words in [
            &["auth", "set", "git.corp", "--user", "joe", "canary"][..],
            &["auth", "set", "git.corp", "--user", "joe", "--canary1"],
            &["auth", "set", "git.corp", "--user", "joe", "--password=canary"],
            &["auth", "set", "git.corp", "--user", "joe", "-pcanary"],
            &["list", "canary"],
            &["https://joe:canary@git.corp"],
            &["--color", "https://joe:canary@git.corp", "list"],
            &["each", "--jobs", "joe:canary@git.corp", "1.22", "--", "x"],
        ] {
            let text = refused(words);
            assert!(!text.contains("canary"), "{text}");
            assert!(
                text.contains("Usage") || text.contains("possible values") || text.contains("--help"),
                "{text}"
            );
        }
        assert!(refused(&["auth", "set", "x", "--password=canary"]).contains("'--password'"));
        assert!(refused(&["list", "--jsn"]).contains("'--json'"));
        let text = refused(&["fro\u{1b}[2J\nb\u{202e}", "x"]);
        assert!(text.contains("'fro\\u{1b}[2J\\nb\\u{202e}'"), "{text}");
    }

    #[test]
    fn commands_that_only_gvmr_calls_are_never_named() {
        for words in [&["-v"][..], &["shim-prepar"], &["session-see"], &["-q"]] {
            let text = refused(words);
            assert!(!text.contains("shim-missing") && !text.contains("session-seen"), "{text}");
        }
        assert!(refused(&["-v"]).contains("install"));
    }
}
