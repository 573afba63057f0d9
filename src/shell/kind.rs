//! The shells that gvmr knows, one a row.
//!
//! A new shell is a row here, and a [`Language`] with its template if it reads no other shell's scripts.

use super::language::{FISH, Language, NUSHELL, POSIX};
use super::session::SessionKind;

/// A shell: what it is called, what it reads when it starts, and how it completes.
#[derive(Debug)]
pub struct ShellKind {
    /// Its name, and that of its program.
    pub name: &'static str,
    /// Other names of the program.
    pub programs: &'static [&'static str],
    /// What it reads.
    pub language: &'static Language,
    /// Its place in the table of sessions.
    pub rank: usize,
    /// What `gvmr env --shell` calls it; `None` if another name covers it.
    pub env_help: Option<&'static str>,
    /// The file below the home, or the directory in the config directory, that shows that the user has used the shell.
    pub trace: Option<&'static str>,
    /// The user's start-up files, in the order in which they are edited.
    pub files: &'static [StartUpFile],
    /// Its completion script.
    pub completion: Option<CompletionScript>,
    /// Which sessions read none of the user's files: why, and what helps.
    pub unreached: &'static [(SessionKind, &'static str)],
}

/// A start-up file of a user.
#[derive(Debug)]
pub struct StartUpFile {
    /// Below what.
    pub base: Base,
    /// Its path there.
    pub path: &'static str,
    /// What setup puts there.
    pub content: FileContent,
    /// When it is edited.
    pub when: EditWhen,
    /// Which sessions read it.
    pub sessions: &'static str,
}

/// Where a start-up file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// In the home.
    Home,
    /// In each directory in which zsh looks for its files.
    Zdotdir,
    /// In each config directory (`XDG_CONFIG_HOME`).
    Config,
}

/// What setup puts into a start-up file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// A block at the end.
    End,
    /// The same, and one at the top if a line of the file may end it early.
    EndUnlessItReturns,
    /// A block at the end, and one at the top.
    Both,
    /// A file of gvmr's own.
    Own,
}

/// When a start-up file is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditWhen {
    /// Always.
    Always,
    /// If the shell is installed or has been used.
    Used,
    /// If the file exists.
    Exists,
    /// If it exists, or another home of gvmr comes first in the machine's files, which are read before it.
    ExistsOrLast,
    /// If a file of the machine resets `PATH` in login sessions of zsh.
    ZshLoginResets,
}

/// A completion script.
#[derive(Clone, Copy, Debug)]
pub struct CompletionScript {
    /// The name that the shell wants it to have.
    pub name: &'static str,
    /// Its text.
    pub text: &'static [u8],
}

const fn file(
    base: Base,
    path: &'static str,
    content: FileContent,
    when: EditWhen,
    sessions: &'static str,
) -> StartUpFile {
    StartUpFile { base, path, content, when, sessions }
}

const fn small(name: &'static str, rank: usize) -> ShellKind {
    ShellKind {
        name,
        programs: &[],
        language: &POSIX,
        rank,
        env_help: None,
        trace: None,
        files: &[],
        completion: None,
        unreached: &[
            (SessionKind::Command, INHERITS),
            (SessionKind::SshCommand, NO_FILE_BY_SSH),
            (SessionKind::Interactive, ONLY_ENV),
        ],
    }
}

const INHERITS: &str = "reads no start-up file and inherits PATH; \
                        in a container image, use ENV PATH=<shim directory>:$PATH with the full path";
const NO_FILE_BY_SSH: &str = "reads no start-up file; use ssh HOST 'sh -lc \"go version\"', or change the login shell to bash or zsh (chsh)";
const NO_FILE_BY_C: &str = "reads no start-up file and inherits PATH; use nu -l -c";
const ONLY_ENV: &str = "reads only the file that $ENV names, and inherits PATH from a login session";

/// Every shell.
pub(super) static SHELLS: &[ShellKind] = &[
    ShellKind {
        env_help: Some("sh, dash, ash and ksh"),
        files: &[
            file(
                Base::Home,
                ".profile",
                FileContent::EndUnlessItReturns,
                EditWhen::Always,
                "sh, dash, ash, ksh, mksh and bash, login",
            ),
            file(
                Base::Home,
                ".bash_profile",
                FileContent::EndUnlessItReturns,
                EditWhen::Exists,
                "bash, login (it hides .profile)",
            ),
            file(
                Base::Home,
                ".bash_login",
                FileContent::EndUnlessItReturns,
                EditWhen::Exists,
                "bash, login (it hides .profile)",
            ),
        ],
        ..small("sh", 3)
    },
    small("dash", 4),
    ShellKind { programs: &["busybox"], ..small("ash", 5) },
    ShellKind {
        env_help: Some("bash"),
        trace: Some(".bashrc"),
        files: &[file(
            Base::Home,
            ".bashrc",
            FileContent::Both,
            EditWhen::Used,
            "bash, interactive and ssh with a command",
        )],
        completion: Some(CompletionScript {
            name: "gvmr.bash",
            text: include_bytes!("../../completions/gvmr.bash"),
        }),
        unreached: &[(SessionKind::Command, INHERITS)],
        ..small("bash", 0)
    },
    ShellKind {
        programs: &["ksh93"],
        trace: Some(".kshrc"),
        // The stock .kshrc returns at its top where there is no terminal.
        files: &[file(Base::Home, ".kshrc", FileContent::Both, EditWhen::Used, "ksh and mksh, interactive")],
        unreached: &[(SessionKind::Command, INHERITS), (SessionKind::SshCommand, NO_FILE_BY_SSH)],
        ..small("ksh", 6)
    },
    ShellKind {
        trace: Some(".mkshrc"),
        files: &[file(Base::Home, ".mkshrc", FileContent::Both, EditWhen::Used, "ksh and mksh, interactive")],
        unreached: &[(SessionKind::Command, INHERITS), (SessionKind::SshCommand, NO_FILE_BY_SSH)],
        ..small("mksh", 7)
    },
    ShellKind {
        env_help: Some("zsh"),
        trace: Some(".zshenv"),
        files: &[
            zsh(".zshenv", EditWhen::Used, "zsh, every session"),
            zsh(".zprofile", EditWhen::ExistsOrLast, "zsh, login"),
            zsh(".zshrc", EditWhen::ExistsOrLast, "zsh, interactive"),
            zsh(".zlogin", EditWhen::ExistsOrLast, "zsh, login"),
            zsh(".zprofile", EditWhen::ZshLoginResets, "zsh, login"),
        ],
        completion: Some(CompletionScript { name: "_gvmr", text: include_bytes!("../../completions/_gvmr") }),
        unreached: &[],
        ..small("zsh", 1)
    },
    ShellKind {
        language: &FISH,
        env_help: Some("fish"),
        trace: Some("fish"),
        files: &[
            // Behind what other programs put there, since the last to go first wins.
            file(
                Base::Config,
                "fish/conf.d/zz-gvmr.fish",
                FileContent::Own,
                EditWhen::Used,
                "fish, every session",
            ),
            file(
                Base::Config,
                "fish/config.fish",
                FileContent::End,
                EditWhen::ExistsOrLast,
                "fish, every session",
            ),
        ],
        completion: Some(CompletionScript {
            name: "gvmr.fish",
            text: include_bytes!("../../completions/gvmr.fish"),
        }),
        unreached: &[],
        ..small("fish", 2)
    },
    ShellKind {
        language: &NUSHELL,
        env_help: Some("nushell"),
        trace: Some("nushell"),
        // With -c, nushell reads its files in login sessions only.
        files: &[file(
            Base::Config,
            "nushell/config.nu",
            FileContent::End,
            EditWhen::Used,
            "nushell, login and interactive",
        )],
        unreached: &[(SessionKind::Command, NO_FILE_BY_C), (SessionKind::SshCommand, NO_FILE_BY_C)],
        ..small("nu", 8)
    },
];

const fn zsh(path: &'static str, when: EditWhen, sessions: &'static str) -> StartUpFile {
    file(Base::Zdotdir, path, FileContent::EndUnlessItReturns, when, sessions)
}

impl ShellKind {
    /// Every shell.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        SHELLS.iter()
    }

    /// The first shell of the table, sh.
    pub fn sh() -> &'static Self {
        &SHELLS[0]
    }

    /// The shell of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SHELLS.iter().find(|shell| shell.name == name)
    }

    /// The shell whose program has this file name.
    pub fn of_program(name: &str) -> Option<&'static Self> {
        SHELLS.iter().find(|shell| shell.name == name || shell.programs.contains(&name))
    }

    /// The languages that `gvmr env` and setup write, each once.
    pub fn languages() -> impl Iterator<Item = &'static Language> {
        let first = |(index, shell): &(usize, &ShellKind)| {
            SHELLS[..*index].iter().all(|other| !std::ptr::eq(other.language, shell.language))
        };
        SHELLS.iter().enumerate().filter(first).map(|(_, shell)| shell.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_one_shells_and_each_rank_too() {
        for (index, shell) in SHELLS.iter().enumerate() {
            for other in &SHELLS[index + 1..] {
                assert!(
                    shell.name != other.name && shell.rank != other.rank,
                    "{} {}",
                    shell.name,
                    other.name
                );
                assert!(shell.programs.iter().all(|name| *name != other.name), "{}", other.name);
            }
            assert!(shell.rank < SHELLS.len());
        }
        assert_eq!(ShellKind::of_program("busybox").unwrap().name, "ash");
        assert_eq!(ShellKind::sh().name, "sh");
    }
}
