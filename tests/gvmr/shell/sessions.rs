//! What real shells see, asked through homes whose files do what homes do.

use crate::support;
use crate::support::world::gvmr;
use gvmr::shell::{Account, ProbeResult, SessionKind, Sessions, Shell};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A home with these files, and a directory with a `go`.
struct Home {
    directory: TempDir,
    account: Account,
}

impl Home {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("a home");
        for (name, content) in [("bin/go", &b"#!/bin/sh\n"[..])].iter().chain(files) {
            let file = home.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, content).unwrap();
        }
        executable(&home.join("bin/go"));
        let account = Account { name: "someone".to_owned(), uid: 0, home, shell: Some("/bin/bash".into()) };
        Self { directory, account }
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.account.home.join(relative)
    }

    fn ask(&self, shell: &Shell) -> BTreeMap<SessionKind, ProbeResult> {
        let sessions = Sessions { account: &self.account, gvmr: gvmr() };
        sessions.of(std::slice::from_ref(shell)).into_iter().map(|seen| (seen.kind, seen)).collect()
    }
}

fn executable(file: &Path) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn shell(name: &str) -> Option<Shell> {
    let program = ["/bin", "/usr/bin"].iter().map(|bin| Path::new(bin).join(name)).find(|path| path.exists());
    if program.is_none() {
        support::skip(&format!("{name} is not installed"));
    }
    Some(Shell { name: name.to_owned(), also: Vec::new(), program: program? })
}

#[test]
fn each_shell_reads_the_files_that_it_reads_in_real_sessions() {
    use SessionKind::{Command as Cold, Interactive, Login, LoginInteractive, SshCommand};
    let go_first = |file| (file, &b"PATH=$HOME/bin:$PATH\n"[..]);
    let everywhere = &SessionKind::ALL[..];
    let rows: [(&str, &str, &[SessionKind]); 10] = [
        ("bash", ".bashrc", &[Interactive, SshCommand]),
        ("bash", ".profile", &[LoginInteractive, Login]),
        ("zsh", ".zshenv", everywhere),
        ("zsh", ".zprofile", &[LoginInteractive, Login]),
        ("zsh", ".zshrc", &[LoginInteractive, Interactive]),
        ("fish", ".config/fish/conf.d/x.fish", everywhere),
        ("dash", ".profile", &[LoginInteractive, Login]),
        ("busybox", ".profile", &[LoginInteractive, Login]),
        ("mksh", ".mkshrc", &[LoginInteractive, Interactive]),
        ("ksh", ".kshrc", &[LoginInteractive, Interactive]),
    ];
    for (name, file, expected) in rows {
        let Some(mut shell) = shell(name) else { continue };
        let fish: (&str, &[u8]) = (file, b"set -gx PATH $HOME/bin $PATH\n");
        let home = Home::with(&[if name == "fish" { fish } else { go_first(file) }]);
        if name == "busybox" {
            "ash".clone_into(&mut shell.name);
        }
        let seen = home.ask(&shell);
        for (kind, seen) in &seen {
            assert_eq!(seen.failure, None, "{seen:?}");
            assert_eq!(seen.go == Some(home.path("bin/go")), expected.contains(kind), "{file}: {seen:?}");
            assert!(seen.path.contains(&"/usr/bin".into()), "{seen:?}");
        }
        assert_eq!(seen.len(), SessionKind::ALL.len());
        assert_eq!(seen[&Cold].kind, Cold);
    }
}

#[test]
fn what_files_print_is_noise_and_never_an_answer() {
    let Some(bash) = shell("bash") else { return };
    let mut noisy = b"echo Welcome back; printf '\\033]0;x\\007'\n".to_vec();
    noisy.extend_from_slice(
        b"printf '\\0\\377 <gvmr:session-seen :/evil \\n'; cat /bin/ls | head -c 300000\necho\n",
    );
    noisy.extend_from_slice(b"trap 'echo Goodbye' EXIT\nPATH=~/bin:$PATH\n");
    let home = Home::with(&[(".bashrc", &noisy)]);
    let seen = home.ask(&bash);
    assert_eq!(seen[&SessionKind::Interactive].go, Some(home.path("bin/go")));
    assert_eq!(seen[&SessionKind::Interactive].path[0], home.path("bin"));
    assert!(!seen[&SessionKind::SshCommand].noise.is_empty());
    assert_eq!(seen[&SessionKind::Login].noise, "");

    let home = Home::with(&[(".bashrc", b"echo Welcome back; printf '\\033]0;x\\007'\n")]);
    assert_eq!(home.ask(&bash)[&SessionKind::SshCommand].noise, "Welcome back\\n\\u{1b}]0;x\\u{7}");
}

#[test]
fn a_home_that_hangs_ends_or_becomes_something_else_is_said_to_and_leaves_nothing_running() {
    let Some(bash) = shell("bash") else { return };
    let rows: [(&[u8], Option<&str>); 7] = [
        (b"sleep 61.5 & set -m; sleep 61.75 & sleep 61\n", Some("no answer within 5 s")),
        (b"while :; do echo y; done\n", Some("no answer within 5 s")),
        (b"exit 3\n", Some("exit status: 3")),
        (b"exec /bin/sh\n", Some("exit status: 0")),
        (b"setsid sleep 4 &\n", None), // a daemon, which keeps stdout open
        (b"kill -9 $$\n", Some("signal: 9")),
        (b"read x; read -r y < /dev/tty; ( sleep 62.5 & ) ; nohup sleep 62.25 &\n", None),
    ];
    std::thread::scope(|scope| {
        for (content, expected) in rows {
            let bash = &bash;
            scope.spawn(move || {
                let home = Home::with(&[(".bashrc", content)]);
                let started = Instant::now();
                let seen = &home.ask(bash)[&SessionKind::Interactive];
                assert!(started.elapsed() < Duration::from_secs(30), "{seen:?}");
                match (expected, &seen.failure) {
                    (None, None) => assert!(!seen.path.is_empty(), "{seen:?}"),
                    (Some(expected), Some(failure)) => assert!(failure.contains(expected), "{seen:?}"),
                    _ => panic!("{expected:?}: {seen:?}"),
                }
            });
        }
    });
    let left: Vec<_> = running().into_iter().filter(|words| words.starts_with("sleep\u{0}6")).collect();
    assert_eq!(
        left, ["sleep\u{0}61.25\u{0}"; 0],
        "what set up a session of its own is a daemon; all else is gone"
    );
}

#[test]
fn elements_of_path_come_back_to_the_byte_and_only_absolute_ones_are_looked_through() {
    let Some(dash) = shell("dash") else { return };
    let home = Home::with(&[(
        ".profile",
        b"cd; PATH='~/bin::bin:./bin:'$HOME/dir:$HOME/file:$HOME/bin:$HOME/bin/:\xff\xfe\n",
    )]);
    std::fs::create_dir_all(home.path("dir/go")).unwrap();
    std::fs::create_dir_all(home.path("file")).unwrap();
    std::fs::write(home.path("file/go"), "").unwrap();
    let seen = &home.ask(&dash)[&SessionKind::Login];
    assert_eq!(seen.all, [home.path("bin/go"), home.path("bin/go")]);
    let text: Vec<_> = seen.path.iter().map(|element| element.to_string_lossy()).collect();
    assert_eq!(text[..4], ["~/bin", "", "bin", "./bin"]);
    assert_eq!(text[text.len() - 1], "\u{fffd}\u{fffd}");

    let home = Home::with(&[(".profile", b"unset PATH\n")]);
    let seen = &home.ask(&dash)[&SessionKind::Login];
    assert_eq!((&seen.failure, &seen.path, &seen.go), (&None, &Vec::new(), &None));
}

#[test]
fn all_asks_every_shell_of_this_machine_in_every_way() {
    let home = Home::with(&[]);
    let sessions = Sessions { account: &home.account, gvmr: gvmr() };
    let shells = sessions.shells();
    assert_eq!(shells[0].name, "bash", "{shells:?}");
    let seen = sessions.all();
    let expected: Vec<_> =
        shells.iter().flat_map(|shell| SessionKind::ALL.map(|kind| (shell.name.clone(), kind))).collect();
    assert_eq!(seen.iter().map(|seen| (seen.shell.name.clone(), seen.kind)).collect::<Vec<_>>(), expected);
    let failures: Vec<_> = seen.iter().filter(|seen| seen.failure.is_some()).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(seen.iter().all(|seen| seen.noise.is_empty()), "{seen:#?}");
}

#[test]
fn a_shell_that_is_not_there_is_said_to() {
    let home = Home::with(&[]);
    let shell = Shell { name: "zsh".to_owned(), also: Vec::new(), program: home.path("no-zsh") };
    let seen = &home.ask(&shell)[&SessionKind::Login];
    assert!(seen.failure.as_ref().unwrap().contains("exit status: 127"), "{seen:?}");
    let sessions = Sessions { account: &home.account, gvmr: &home.directory.path().join("no-gvmr") };
    assert!(sessions.of(&[shell])[0].failure.as_ref().unwrap().contains("cannot start it"));
}

#[test]
fn a_session_is_seen_without_home_settings_or_any_variable() {
    let home = Home::with(&[(".config/gvmr/config.toml", b"broken = [")]);
    for variables in [vec![], vec![("HOME", home.path("")), ("GVMR_VERSION", "nonsense".into())]] {
        let mut command = Command::new(gvmr());
        command.arg("session-seen").env_clear().envs(variables).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

/// The words of every running process.
fn running() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let words = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    words.map(|words| String::from_utf8_lossy(&words).into_owned()).collect()
}
