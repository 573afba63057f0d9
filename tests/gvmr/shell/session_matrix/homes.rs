//! The homes that people have, as data.

use super::sessions::Session;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

/// What makes one kind of home.
pub(super) struct Home {
    pub(super) name: &'static str,
    /// The login shells of the users who have it.
    pub(super) shells: &'static [&'static str],
    /// Where it is, below `/home`; the user's name is added.
    pub(super) parent: &'static str,
    /// Whether it starts with the files of `/etc/skel`.
    pub(super) skel: bool,
    /// `(file, text)`; the text is added at the end of what the file has.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// What is done to it at last, by root.
    pub(super) finish: fn(&Path),
    /// Whether its files change PATH in such a session of such a shell after everything that the machine's files do.
    pub(super) overrides: fn(&str, Session) -> bool,
}

const ALL: &[&str] = &["bash", "zsh", "fish", "dash", "ash", "ksh", "mksh"];
const GO_FIRST: &str = "export PATH=/usr/local/go/bin:$PATH";
const FISH_GO_FIRST: &str = "set -gx PATH /usr/local/go/bin $PATH";
const RESET: &str = "PATH=/usr/local/bin:/usr/bin:/bin\nexport PATH\n";
const BY_HAND: &str =
    "export PATH=\"$HOME/.local/share/gvmr/shims:$PATH\"\nPATH=\"~/.local/share/gvmr/shims:$PATH\"\n";

pub(super) const HOMES: &[Home] = &[
    Home { name: "stock", shells: ALL, skel: true, ..BARE },
    Home { name: "empty", shells: ALL, ..BARE },
    Home {
        name: "hidden", // bash reads the first of .bash_profile and .profile
        shells: &["bash"],
        skel: true,
        files: &[(".bash_profile", "export EDITOR=vi\n")],
        ..BARE
    },
    Home {
        name: "reset",
        shells: &["bash", "zsh", "dash", "ash", "ksh", "mksh"],
        skel: true,
        files: &[(".profile", RESET), (".zprofile", RESET)],
        overrides: reset_overrides,
        ..BARE
    },
    Home {
        name: "go-first", // as go.dev says, and no final newline
        shells: ALL,
        skel: true,
        files: &[
            (".profile", GO_FIRST),
            (".bashrc", GO_FIRST),
            (".zshenv", GO_FIRST),
            (".zprofile", GO_FIRST),
            (".zshrc", GO_FIRST),
            (".zlogin", GO_FIRST),
            (".kshrc", GO_FIRST),
            (".mkshrc", GO_FIRST),
            (".config/fish/config.fish", FISH_GO_FIRST),
        ],
        overrides: go_first_overrides,
        ..BARE
    },
    Home {
        name: "zdotdir",
        shells: &["zsh"],
        files: &[
            (".zshenv", "export ZDOTDIR=\"$HOME/.config/zsh\"\n"),
            (".config/zsh/.zshrc", GO_FIRST),
            (".config/zsh/.zprofile", GO_FIRST),
        ],
        overrides: |_, session| session == Session::Interactive,
        ..BARE
    },
    Home {
        name: "dotfiles",
        shells: &["bash", "zsh", "fish", "dash"],
        files: &[
            ("dotfiles/bashrc", "alias ll='ls -l'\n"),
            ("dotfiles/profile", "export EDITOR=vi\n"),
            ("dotfiles/zshrc", "setopt no_beep\n"),
            ("dotfiles/fish/config.fish", "set -g fish_greeting\n"),
        ],
        finish: link_dotfiles,
        ..BARE
    },
    Home {
        name: "roots", // written by a `sudo` that kept HOME
        shells: &["bash", "zsh", "dash"],
        skel: true,
        files: &[(".bash_profile", ". ~/.bashrc\n"), (".zshrc", "setopt no_beep\n"), (".zprofile", "\n")],
        finish: |home| {
            for file in [".bash_profile", ".zshrc", ".zprofile", ".profile"] {
                chown(home.join(file), Some(0), Some(0)).unwrap();
                fs::set_permissions(home.join(file), Permissions::from_mode(0o600)).unwrap();
            }
        },
        ..BARE
    },
    Home {
        name: "read-only",
        shells: &["bash", "zsh", "fish", "dash"],
        skel: true,
        files: &[(".zshrc", GO_FIRST), (".config/fish/config.fish", FISH_GO_FIRST)],
        finish: |home| {
            for file in [".bashrc", ".profile", ".zshrc", ".config/fish/config.fish"] {
                fs::set_permissions(home.join(file), Permissions::from_mode(0o444)).unwrap();
            }
        },
        overrides: read_only_overrides,
        ..BARE
    },
    Home {
        name: "windows", // edited on the host, in a shared folder
        shells: &["bash", "zsh", "dash"],
        files: &[
            (".bashrc", "alias ll='ls -l'\r\nexport EDITOR=vi\r\n"),
            (".profile", "export EDITOR=vi\r\n"),
            (".zshrc", "export EDITOR=vi\r\n"),
        ],
        ..BARE
    },
    Home {
        name: "strict", // and noisy
        shells: &["bash", "zsh", "dash", "mksh"],
        files: &[
            (".bashrc", "echo Welcome back\nset -eu\n"),
            (".profile", "set -eu\necho Welcome\n"),
            (".zshrc", "set -eu\necho Welcome\n"),
            (".mkshrc", "set -eu\necho Welcome\n"),
        ],
        ..BARE
    },
    Home {
        name: "private", // with versions of its own, also where root sets up the machine
        shells: &["bash", "zsh", "fish", "dash"],
        skel: true,
        finish: |home| fs::create_dir_all(home.join(".local/share/gvmr/versions")).unwrap(),
        ..BARE
    },
    Home {
        name: "spaced",
        shells: &["bash", "zsh", "fish", "dash"],
        parent: "two words",
        skel: true,
        ..BARE
    },
    // fish reads no file below such a directory in a session without a locale, as cron's and ssh's are here.
    Home { name: "accented", shells: &["bash", "zsh", "dash"], parent: "zoë", skel: true, ..BARE },
    Home {
        name: "by-hand",
        shells: &["bash", "zsh", "dash", "ksh"],
        files: &[(".bashrc", BY_HAND), (".profile", BY_HAND), (".zshenv", BY_HAND), (".kshrc", BY_HAND)],
        overrides: by_hand_overrides,
        ..BARE
    },
];

/// An empty home of nobody.
const BARE: Home = Home {
    name: "",
    shells: &[],
    parent: "",
    skel: false,
    files: &[],
    finish: |_| {},
    overrides: |_, _| false,
};

// Which of the machine's files have the last word where a user's do not: for zsh `/etc/zsh/zshrc` is read behind
// `.zshenv`, and `/etc/zsh/zlogin` behind everything but `.zlogin`; the stock `.mkshrc` reads `/etc/mkshrc`, behind
// `.profile`; fish at the end of `Nested` reads the machine's files behind whatever its parents read.

/// The guards in the `.bashrc` and `.kshrc` of `/etc/skel` return before the last line where there is no terminal.
fn go_first_overrides(shell: &str, session: Session) -> bool {
    match shell {
        "bash" => session.reads_rc_of("bash") && !session.is_ssh_command(),
        "ksh" => session.reads_rc_of("ksh") && session != Session::Interactive,
        _ => session.reads_rc_of(shell),
    }
}

fn reset_overrides(shell: &str, session: Session) -> bool {
    session.is_login() && shell != "zsh" && !(shell == "mksh" && session.is_interactive())
}

fn read_only_overrides(shell: &str, session: Session) -> bool {
    match shell {
        "fish" => session.reads_rc_of("fish"),
        "zsh" => matches!(session, Session::Interactive | Session::Nested),
        _ => session == Session::Nested,
    }
}

fn by_hand_overrides(shell: &str, session: Session) -> bool {
    use Session::{Command, Nested, SshCommand, SuCommand};
    match shell {
        "bash" => session.reads_rc_of("bash") && session != Nested,
        "zsh" => matches!(session, Command | SshCommand | SuCommand),
        _ => session.is_login(),
    }
}

fn link_dotfiles(home: &Path) {
    fs::create_dir_all(home.join(".config")).unwrap();
    for (link, target) in [
        (".bashrc", "dotfiles/bashrc"),
        (".profile", "dotfiles/profile"),
        (".zshrc", "dotfiles/zshrc"),
        (".config/fish", "../dotfiles/fish"),
    ] {
        symlink(target, home.join(link)).unwrap();
    }
}
