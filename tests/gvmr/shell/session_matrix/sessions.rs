//! The sessions: how each starts, and which files it reads.

use super::typed::type_into;
use super::users::User;
use std::path::Path;
use std::process::{Command, Stdio};

/// What each session runs: says what a program started there sees, in a file with the cell's name.
pub(super) const REPORT: &str = "/usr/local/lib/cells/report";
/// Where the files are.
pub(super) const REPORTS: &str = "/run/cells";
/// The key that opens every account.
pub(super) const KEY: &str = "/run/key";

/// How a session starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// `SHELL -l -i -c`, as a terminal does.
    LoginInteractive,
    /// `SHELL -l -c`.
    Login,
    /// `SHELL -i -c`.
    Interactive,
    /// `SHELL -c`.
    Command,
    /// A login shell, in it other shells in each other.
    Nested,
    /// `ssh host command`.
    SshCommand,
    /// `ssh host bash -c command`.
    SshTwice,
    /// `ssh -tt host`, and typed there.
    SshTerminal,
    /// `su - user -c`.
    SuLogin,
    /// `su - user` on a terminal, and typed there.
    SuTerminal,
    /// `su user -c`.
    SuCommand,
    /// `sudo -u user`.
    Sudo,
    /// `sudo -i -u user`.
    SudoLogin,
    /// The user's crontab, at the next minute.
    Cron,
    /// A unit of the user's systemd.
    Systemd,
}

impl Session {
    pub(super) const ALL: [Self; 15] = [
        Self::SshTerminal, // the slow ones first
        Self::SuTerminal,
        Self::LoginInteractive,
        Self::Login,
        Self::Interactive,
        Self::Command,
        Self::Nested,
        Self::SshCommand,
        Self::SshTwice,
        Self::SuLogin,
        Self::SuCommand,
        Self::Sudo,
        Self::SudoLogin,
        Self::Cron,
        Self::Systemd,
    ];

    /// Whether a shell reads its login files.
    pub(super) fn is_login(self) -> bool {
        use Session::{Login, LoginInteractive, SshTerminal, SuLogin, SuTerminal, SudoLogin};
        matches!(self, LoginInteractive | Login | SshTerminal | SuLogin | SuTerminal | SudoLogin)
    }

    /// Whether a shell reads its interactive files.
    pub(super) fn is_interactive(self) -> bool {
        matches!(self, Self::LoginInteractive | Self::Interactive | Self::SshTerminal | Self::SuTerminal)
    }

    pub(super) fn is_ssh_command(self) -> bool {
        matches!(self, Self::SshCommand | Self::SshTwice)
    }

    /// Whether a user's own files have any say in such a session of this login shell.
    pub(super) fn reads_rc_of(self, shell: &str) -> bool {
        if matches!(self, Self::Sudo | Self::Cron | Self::Systemd) {
            return false;
        }
        match shell {
            "zsh" | "fish" => true,
            "bash" => !matches!(self, Self::Command | Self::SuCommand),
            "ksh" | "mksh" => self.is_login() || self.is_interactive() || self == Self::Nested,
            _ => self.is_login() || self == Self::Nested,
        }
    }

    /// Whether nothing that a user may write changes what such a session has.
    pub(super) fn is_out_of_users_reach(self, shell: &str) -> bool {
        let by_own_means = matches!(self, Self::Cron | Self::Systemd); // the crontab and environment.d
        !by_own_means && !self.reads_rc_of(shell)
    }

    /// Whether such a session reads no file at all, where the user has none of their own.
    pub(super) fn may_read_nothing(self, shell: &str) -> bool {
        self.is_out_of_users_reach(shell) || (matches!(shell, "ksh" | "mksh") && self == Self::Interactive)
    }

    /// Whether nothing that root writes for all users changes it: a crontab is its user's own.
    pub(super) fn is_out_of_roots_reach(self) -> bool {
        self == Self::Cron
    }

    /// Starts one for this user and has it report as `name`; comes back when it has ended.
    pub(super) fn start(self, user: &User, name: &str) {
        let report = format!("{REPORT} {name}");
        let file = Path::new(REPORTS).join(name);
        match self {
            Self::LoginInteractive => run(in_shell(user, &["-l", "-i"], &report)),
            Self::Login => run(in_shell(user, &["-l"], &report)),
            Self::Interactive => run(in_shell(user, &["-i"], &report)),
            Self::Command => run(in_shell(user, &[], &report)),
            Self::Nested => {
                let inner =
                    format!("bash -i -c \"zsh -i -c 'fish -c \\\"dash -c \\\\\\\"{report}\\\\\\\"\\\"'\"");
                run(in_shell(user, &["-l"], &inner));
            }
            Self::SshCommand => run(ssh(user, &[], &[&report])),
            Self::SshTwice => run(ssh(user, &[], &[&format!("bash -c '{report}'")])),
            Self::SshTerminal => type_into(ssh(user, &["-tt"], &[]), &report, &file),
            Self::SuLogin => run(root("su", &["-", &user.name, "-c", &report])),
            Self::SuTerminal => {
                let su = format!("su - {}", user.name);
                type_into(root("script", &["-qec", &su, "/dev/null"]), &report, &file);
            }
            Self::SuCommand => run(root("su", &[&user.name, "-c", &report])),
            Self::Sudo => run(root("sudo", &["-u", &user.name, REPORT, name])),
            Self::SudoLogin => run(root("sudo", &["-i", "-u", &user.name, REPORT, name])),
            Self::Cron => {} // cron starts it
            Self::Systemd => run(in_unit(user, name)),
        }
    }
}

/// A shell without a terminal, in a session of its own.
fn in_shell(user: &User, flags: &[&str], line: &str) -> Command {
    let mut command = user.command("/usr/bin/setsid");
    command.arg("--wait").arg(&user.program).args(flags).args(["-c", line]);
    command
}

/// What systemd gives the units of this user, by its own program.
fn in_unit(user: &User, name: &str) -> Command {
    let generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";
    let output = user.command(generator).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut command = user.command(REPORT);
    command.arg(name);
    if let Some(path) = text.lines().find_map(|line| line.strip_prefix("PATH=")) {
        command.env("PATH", path.trim_matches('"')); // it quotes what holds a space
    }
    command
}

/// `ssh` into this user's account.
pub(super) fn ssh(user: &User, flags: &[&str], words: &[&str]) -> Command {
    let mut command = root("ssh", &["-F", "none", "-i", KEY, "-o", "StrictHostKeyChecking=no"]);
    command.args([
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "KexAlgorithms=curve25519-sha256",
        "-o",
        "LogLevel=ERROR",
    ]);
    command.args(flags).arg(format!("{}@127.0.0.1", user.name)).args(words);
    command
}

/// A command of root's, who has a stock PATH.
pub(super) fn root(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).env_clear().env("HOME", "/root").env("USER", "root").env("TERM", "xterm");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").current_dir("/");
    command
}

fn run(mut command: Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
}
