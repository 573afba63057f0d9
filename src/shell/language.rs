//! The languages of shells: how a word is quoted, and how scripts are read.

use super::quote;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// What a family of shells reads.
#[derive(Debug)]
pub struct Language {
    /// The file in gvmr's home that start-up files read.
    pub env_file: &'static str,
    /// The template of that file.
    pub(super) template: &'static str,
    /// One word that means this value.
    pub quote: fn(&OsStr) -> OsString,
    /// The line that reads `@file@` if it exists.
    pub(super) read: &'static str,
    /// The line that reads `@file@` if it exists, else `@literal@`. `None` if words of two quotes cannot be joined.
    pub(super) read_either: Option<&'static str>,
    /// The user's home as the start of a word, with an open double quote.
    pub(super) home: fn(&Path) -> OsString,
    /// The command that reads a script in the shell that is open.
    pub source: &'static str,
    /// The text before a quoted program that runs it, and behind its arguments.
    pub(super) run: [&'static str; 2],
    /// The option of an interactive session that runs a command.
    pub(super) interactive: &'static str,
    /// Lines that set `PATH`, and `GVMR_HOME` if one is given.
    pub assignments: fn(&OsStr, Option<&OsStr>) -> OsString,
}

/// sh, bash, zsh, ksh, dash and ash.
pub static POSIX: Language = Language {
    env_file: "env",
    template: include_str!("env.sh.template"),
    quote: quote::posix,
    read: "if [ -r @file@ ]; then . @file@; fi\n",
    read_either: Some("if [ -r @file@ ]; then . @file@; elif [ -r @literal@ ]; then . @literal@; fi\n"),
    home: |user| {
        // What a quote or a dollar means inside `"${HOME:-…}"` differs from shell to shell.
        if is_plain(user.as_os_str()) {
            ["\"${HOME:-".as_ref(), user.as_os_str(), "}".as_ref()].into_iter().collect()
        } else {
            OsString::from("\"${HOME-}")
        }
    },
    source: ". ",
    run: ["", ""],
    interactive: "-c",
    assignments: |path, home| {
        let mut text = OsString::from("export PATH=");
        text.push(quote::posix(path));
        text.push(END);
        if let Some(home) = home {
            text.push("export GVMR_HOME=");
            text.push(quote::posix(home));
            text.push(END);
        }
        text
    },
};

/// fish.
pub static FISH: Language = Language {
    env_file: "env.fish",
    template: include_str!("env.fish.template"),
    quote: quote::fish,
    read: "if test -r @file@; source @file@; end\n",
    read_either: Some("if test -r @file@; source @file@; else if test -r @literal@; source @literal@; end\n"),
    // fish sets HOME itself if it is not set, but misreads one that is not ASCII in the C locale.
    home: |_| OsString::from("\"$HOME"),
    source: "source ",
    run: ["", ""],
    interactive: "-c",
    assignments: |path, home| {
        let mut text = OsString::from("set -gx PATH");
        for element in path.as_bytes().split(|byte| *byte == b':') {
            text.push(" ");
            text.push(quote::fish(OsStr::from_bytes(element)));
        }
        text.push(END);
        if let Some(home) = home {
            text.push("set -gx GVMR_HOME ");
            text.push(quote::fish(home));
            text.push(END);
        }
        text
    },
};

/// nushell, which reads a script only if it exists when its line is parsed.
pub static NUSHELL: Language = Language {
    env_file: "env.nu",
    template: include_str!("env.nu.template"),
    quote: quote::nushell,
    read: "source (if (@file@ | path exists) { @file@ })\n",
    read_either: None,
    home: |_| OsString::from("\"~"),
    source: "source ",
    run: ["^", "; exit"],
    interactive: "-e",
    assignments: |path, home| {
        let mut text = OsString::from("$env.PATH = (");
        text.push(quote::nushell(path));
        text.push(" | split row ':')");
        text.push(END);
        if let Some(home) = home {
            text.push("$env.GVMR_HOME = ");
            text.push(quote::nushell(home));
            text.push(END);
        }
        text
    },
};

/// With a semicolon, since `eval $(…)` and `eval (…)` make one line of all.
const END: &str = ";\n";

/// Whether the bytes mean themselves everywhere between double quotes.
pub(super) fn is_plain(value: &OsStr) -> bool {
    value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+,@".contains(byte))
}
