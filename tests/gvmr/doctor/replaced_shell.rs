//! Start-up files that end the shell, or let another program take its place.

use super::user_of::{Case, Spoil, UID, UserOf};
use crate::support::mirror::Mirror;
use crate::support::skip;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

const EARLY: &str = "rc.stops-early";
const GUARD: &str = "rc.guard-above-block";

const CONFIG: &str = ".config/fish/config.fish";

const fn case(
    file: &'static str,
    spoil: Spoil,
    found: &'static [(&'static str, &'static str, &'static str)],
) -> Case {
    Case { file, spoil, found, mended: false }
}

/// A program in the shell's place, and whether what it starts has the shims.
const PROFILE: &[Case] = &[
    case(
        ".profile",
        Spoil::Prepend("exec /bin/cat </dev/null\n"),
        &[(EARLY, ".profile", "exec /bin/cat </dev/null")],
    ),
    case(".profile", Spoil::Prepend("exec ssh-agent true\n"), &[(EARLY, ".profile", "exec ssh-agent true")]),
    case(".profile", Spoil::Prepend("exec bash --norc\n"), &[(EARLY, ".profile", "exec bash --norc")]),
    // It has no shims from above, and reads no file that gives it some.
    case(".profile", Spoil::Prepend("exec dash\n"), &[(EARLY, ".profile", "exec dash")]),
    case(".profile", Spoil::Append("exec dash\n"), &[]),
    case(".profile", Spoil::Append("exec bash --norc\n"), &[]),
    case(".profile", Spoil::Prepend("exec zsh -l\n"), &[]),
    case(".profile", Spoil::Prepend("exec bash\n"), &[]),
    case(".profile", Spoil::Prepend("exec fish\n"), &[]),
    case(".profile", Spoil::Prepend("exec env A=1 zsh -l\n"), &[]),
    case(".profile", Spoil::Prepend("exec ssh-agent \"$SHELL\"\n"), &[]),
    // No shell ends by itself there: nothing is known.
    case(".profile", Spoil::Prepend("kill -9 $$\n"), &[]),
];

/// tmux ends in the session that it starts itself, unless a test keeps it from that.
const TMUX: &[Case] = &[
    case(
        ".profile",
        Spoil::Prepend("exec tmux new-session -A -s main\n"),
        &[(EARLY, ".profile", "exec tmux new-session -A -s main")],
    ),
    case(
        ".bashrc",
        Spoil::Append("case $- in *i*) exec tmux ;; esac\n"),
        &[(EARLY, ".bashrc", "case $- in *i*) exec tmux ;; esac")],
    ),
    case(".bashrc", Spoil::Append("[ -z \"$TMUX\" ] && exec tmux\n"), &[]),
];

#[test]
fn a_program_in_the_shells_place_is_named_unless_it_leads_to_a_shell_with_the_shims() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.has(PROFILE);
    if std::path::Path::new("/usr/bin/ssh-agent").exists() {
        user.has(&[case(
            ".bashrc",
            Spoil::Append("[ -z \"$SSH_AUTH_SOCK\" ] && exec ssh-agent bash\n"),
            &[],
        )]);
    }
    if std::path::Path::new("/usr/bin/tmux").exists() {
        user.has(TMUX);
    }
    for shell in ["/bin/dash", "/usr/bin/ksh93", "/usr/bin/mksh"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        user.has(&PROFILE[..2]);
    }
    let Some(user) = UserOf::set_up("/usr/bin/zsh", &mirror) else { return skip("zsh") };
    user.has(&[
        case(".zshenv", Spoil::Prepend("exec cat\n"), &[(EARLY, ".zshenv", "exec cat")]),
        case(".zshrc", Spoil::Write("exec bash\n"), &[]),
    ]);
}

#[test]
fn a_program_in_the_place_of_fish_is_named_too() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/usr/bin/fish", &mirror) else { return skip("fish and root") };
    user.has(&[
        case(CONFIG, Spoil::Write("# mine\nexec cat\n"), &[(EARLY, CONFIG, "exec cat")]),
        case(
            CONFIG,
            Spoil::Write("if status is-interactive\n  exec cat\nend\n"),
            &[(EARLY, CONFIG, "exec cat")],
        ),
        case(CONFIG, Spoil::Write("status is-interactive; and exec bash\n"), &[]),
        case(CONFIG, Spoil::Write("exec bash\n"), &[]),
        case(CONFIG, Spoil::Write("if status is-interactive\n  exec env A=1 bash -l\nend\n"), &[]),
        case(CONFIG, Spoil::Write("exit 0\n"), &[]),
    ]);
}

#[test]
fn an_exit_is_one_finding_whatever_bash_reads_when_it_ends() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.write(".bash_logout", fs::read("/etc/skel/.bash_logout").unwrap());
    user.has(&[
        case(".bashrc", Spoil::Prepend("exit 0\n"), &[(EARLY, ".bashrc", "exit 0")]),
        case(
            ".bashrc",
            Spoil::Prepend("case $- in *i*) ;; *) exit 0;; esac\n"),
            &[(GUARD, ".bashrc", "case $- in *i*) ;; *) exit 0;; esac")],
        ),
        case(".bashrc", Spoil::Prepend("tty -s || exit\n"), &[(GUARD, ".bashrc", "tty -s || exit")]),
        case(".profile", Spoil::Prepend("set -e\nfalse\n"), &[(EARLY, ".profile", "false")]),
    ]);
    // gvmr's lines above it help nothing.
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    user.write(".bashrc", format!("tty -s || exit\n{text}"));
    assert_eq!(user.first()["fix"]["automatic"], false);
}

/// The user's servers of tmux, and the directory of their sockets.
fn left_by_user() -> BTreeSet<PathBuf> {
    let is_shown = |path: &PathBuf| {
        let name = fs::read_to_string(path.join("comm"));
        path.starts_with("/tmp/tmux-54321") || name.is_ok_and(|name| name.starts_with("tmux: server"))
    };
    let entries = ["/proc", "/tmp"].into_iter().filter_map(|directory| fs::read_dir(directory).ok());
    let entries = entries.flatten().flatten().map(|entry| entry.path());
    entries
        .filter(|path| fs::symlink_metadata(path).is_ok_and(|found| found.uid() == UID) && is_shown(path))
        .collect()
}

#[test]
fn no_server_of_a_terminal_is_left() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    if !std::path::Path::new("/usr/bin/tmux").exists() {
        return skip("tmux");
    }
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    for line in
        ["if [ -z \"$TMUX\" ]; then exec tmux; fi", "[ -n \"$TMUX\" ] || exec tmux\ntmux new-session -d"]
    {
        user.write(".bashrc", format!("{text}tmux new-session -d 2>/dev/null\n{line}\n"));
        let before = left_by_user();
        user.gvmr(&["doctor", "--json"]);
        let new: Vec<_> = left_by_user().difference(&before).cloned().collect();
        assert!(new.is_empty(), "{line}: {new:?}");
    }
}
