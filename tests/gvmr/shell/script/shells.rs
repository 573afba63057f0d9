//! The real shells, each started with nothing but what the test gives it.

use crate::support::skip;
use gvmr::shell::quote;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// One shell in one manner of speaking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shell {
    pub(crate) name: &'static str,
    program: &'static str,
    pub(crate) arguments: &'static [&'static str],
}

const fn shell(name: &'static str, program: &'static str, arguments: &'static [&'static str]) -> Shell {
    Shell { name, program, arguments }
}

const ALL: &[Shell] = &[
    shell("bash", "bash", &["--norc"]),
    shell("bash --posix", "bash", &["--posix"]),
    shell("zsh", "zsh", &["-f"]),
    shell("zsh with ksh_arrays, sh_word_split", "zsh", &["-f", "-o", "ksharrays", "-o", "shwordsplit"]),
    shell("zsh with rc_quotes, extended_glob", "zsh", &["-f", "-o", "rcquotes", "-o", "extendedglob"]),
    shell("zsh --emulate sh", "zsh", &["--emulate", "sh", "-f"]),
    shell("zsh --emulate ksh", "zsh", &["--emulate", "ksh", "-f"]),
    shell("dash", "dash", &[]),
    shell("busybox ash", "busybox", &["ash"]),
    shell("mksh", "mksh", &[]),
    shell("ksh93", "ksh93", &[]),
    shell("fish", "fish", &["--no-config"]),
];

impl Shell {
    /// Those that this machine has.
    pub(crate) fn all() -> Vec<Self> {
        let (here, missing): (Vec<Self>, Vec<Self>) = ALL.iter().partition(|shell| shell.path().is_some());
        for shell in missing {
            skip(&format!("{} is not installed", shell.name));
        }
        here
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|shell| shell.name == name)
    }

    pub(crate) fn is_fish(self) -> bool {
        self.program == "fish"
    }

    /// The program's absolute path.
    pub(crate) fn path(self) -> Option<PathBuf> {
        ["/usr/bin", "/bin", "/usr/local/bin"]
            .into_iter()
            .map(|directory| Path::new(directory).join(self.program))
            .find(|program| program.exists())
    }

    /// One word that means this value.
    pub(crate) fn word(self, value: impl AsRef<OsStr>) -> OsString {
        if self.is_fish() { quote::fish(value.as_ref()) } else { quote::posix(value.as_ref()) }
    }

    /// Defines `out`, which prints its argument and a NUL.
    pub(crate) fn preamble(self) -> &'static str {
        match self.program {
            "fish" => "function out\n printf '%s\\0' \"$argv[1]\"\nend\n",
            "mksh" => "out() { print -rn -- \"$1\"; print -n '\\0'; }\n",
            _ => "out() { printf '%s\\0' \"$1\"; }\n",
        }
    }

    /// The shell with this environment and no other, without a terminal.
    pub(crate) fn command(self, variables: &BTreeMap<&str, OsString>) -> Command {
        let mut command = Command::new(self.path().unwrap());
        command.args(self.arguments).env_clear().envs(variables).stdin(Stdio::null());
        command
    }

    /// Runs a script from a file; what it gave to `out`.
    #[track_caller]
    pub(crate) fn outs(self, script: &[u8], variables: &BTreeMap<&str, OsString>) -> Vec<Vec<u8>> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("script");
        std::fs::write(&file, [self.preamble().as_bytes(), script].concat()).unwrap();
        let output = self.command(variables).arg(&file).output().unwrap();
        self.is_content(&output);
        let mut outs: Vec<_> = output.stdout.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        assert_eq!(outs.pop().unwrap(), b"", "{}: a script printed by itself", self.name);
        outs
    }

    /// Asserts that a run succeeded and complained about nothing.
    #[track_caller]
    pub(crate) fn is_content(self, output: &Output) {
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && complaint.is_empty(),
            "{}: {}: {complaint}",
            self.name,
            output.status
        );
    }
}

/// A small environment, to be added to.
pub(crate) fn variables(entries: &[(&'static str, &OsStr)]) -> BTreeMap<&'static str, OsString> {
    let usual = [("PATH", OsStr::new("/usr/bin:/bin")), ("HOME", OsStr::new("/nonexistent"))];
    usual.iter().chain(entries).map(|(name, value)| (*name, value.to_os_string())).collect()
}

pub(crate) fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}
