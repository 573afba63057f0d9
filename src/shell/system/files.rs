//! The machine's files, one a row: what gvmr puts there, and on which machines.

use super::machine::MachineFiles;
use crate::shell::BlockPosition;

/// One file below the root directory.
pub(super) struct SystemFile {
    pub(super) path: &'static str,
    pub(super) kind: SystemFileKind,
    /// Which sessions read it, for people.
    pub(super) sessions: &'static str,
    /// Whether this machine's sessions read it, or may once a user comes.
    pub(super) wanted: fn(&MachineFiles) -> bool,
}

/// What is put there.
#[derive(Clone, Copy)]
pub(super) enum SystemFileKind {
    /// A file of gvmr's own with the line for POSIX shells.
    Script,
    /// A file of gvmr's own with the line for fish.
    FishScript,
    /// A file of gvmr's own with variables for systemd.
    Environment,
    /// A block with the line for POSIX shells.
    Block(BlockPosition),
    /// A block with the line for fish.
    FishBlock,
}

/// In the order in which they are written; undo goes the other way.
pub(super) const FILES: &[SystemFile] = &[
    SystemFile {
        path: "etc/profile.d/zz-gvmr.sh",
        kind: SystemFileKind::Script,
        sessions: "login sessions of sh, bash, dash, ash and ksh",
        wanted: MachineFiles::reads_profile_directory,
    },
    SystemFile {
        path: "etc/profile",
        kind: SystemFileKind::Block(BlockPosition::End),
        sessions: "login sessions of sh, bash, dash, ash and ksh",
        wanted: |machine| !machine.reads_profile_directory(),
    },
    bash("etc/bash.bashrc", |machine| machine.has("etc/bash.bashrc")),
    bash("etc/bashrc", |machine| machine.has("etc/bashrc")),
    bash("etc/bash/bashrc", |machine| machine.has("etc/bash/bashrc")),
    // Every zsh reads zshenv; the later ones are there to stay behind what they say themselves.
    zsh("etc/zsh/zshenv", MachineFiles::has_zsh_directory),
    zsh("etc/zsh/zprofile", |machine| machine.has("etc/zsh/zprofile")),
    zsh("etc/zsh/zshrc", |machine| machine.has("etc/zsh/zshrc")),
    zsh("etc/zsh/zlogin", |machine| machine.has("etc/zsh/zlogin")),
    zsh("etc/zshenv", MachineFiles::has_zsh_files_in_etc),
    zsh("etc/zprofile", |machine| machine.has("etc/zprofile") && machine.has_zsh_files_in_etc()),
    zsh("etc/zshrc", |machine| machine.has("etc/zshrc") && machine.has_zsh_files_in_etc()),
    zsh("etc/zlogin", |machine| machine.has("etc/zlogin") && machine.has_zsh_files_in_etc()),
    SystemFile {
        path: "etc/fish/conf.d/zz-gvmr.fish",
        kind: SystemFileKind::FishScript,
        sessions: "all sessions of fish",
        wanted: |machine| machine.has_program("fish") || machine.has("etc/fish"),
    },
    SystemFile {
        path: "etc/fish/config.fish",
        kind: SystemFileKind::FishBlock,
        sessions: "all sessions of fish",
        wanted: |machine| machine.has("etc/fish/config.fish"),
    },
    korn("etc/mkshrc", |machine| machine.has("etc/mkshrc")),
    korn("etc/ksh.kshrc", |machine| machine.has("etc/ksh.kshrc")),
    korn("etc/kshrc", |machine| machine.has("etc/kshrc")),
    new_users("etc/skel/.bashrc", BlockPosition::Both, |machine| machine.has("etc/skel/.bashrc")),
    new_users("etc/skel/.profile", BlockPosition::End, |machine| machine.has("etc/skel/.profile")),
    SystemFile {
        path: "etc/environment.d/zz-gvmr.conf",
        kind: SystemFileKind::Environment,
        sessions: "users' services of systemd, and desktops",
        wanted: MachineFiles::wants_environment_directory,
    },
];

const fn bash(path: &'static str, wanted: fn(&MachineFiles) -> bool) -> SystemFile {
    SystemFile {
        path,
        kind: SystemFileKind::Block(BlockPosition::Both),
        sessions: "interactive bash, and ssh with a command",
        wanted,
    }
}

const fn zsh(path: &'static str, wanted: fn(&MachineFiles) -> bool) -> SystemFile {
    SystemFile { path, kind: SystemFileKind::Block(BlockPosition::End), sessions: "sessions of zsh", wanted }
}

const fn korn(path: &'static str, wanted: fn(&MachineFiles) -> bool) -> SystemFile {
    SystemFile {
        path,
        kind: SystemFileKind::Block(BlockPosition::End),
        sessions: "interactive ksh and mksh",
        wanted,
    }
}

const fn new_users(
    path: &'static str,
    place: BlockPosition,
    wanted: fn(&MachineFiles) -> bool,
) -> SystemFile {
    SystemFile {
        path,
        kind: SystemFileKind::Block(place),
        sessions: "users that are made from now on",
        wanted,
    }
}
