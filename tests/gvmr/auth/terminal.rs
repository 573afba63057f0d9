//! The secret at a terminal: asked for, not shown, and interrupted without harm.

use super::{kept, world};
use crate::support::world::{World, gvmr};
use nix::sys::termios::{LocalFlags, tcgetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};

struct Typist {
    child: Child,
    keyboard: File,
    slave: OwnedFd,
}

impl Typist {
    fn start(world: &World, arguments: &[&str]) -> Self {
        let pair = nix::pty::openpty(None, None).unwrap();
        let end = || pair.slave.try_clone().unwrap();
        let plain = world.command(gvmr(), &world.path("user"));
        let mut own = Command::new("setsid");
        // Whoever started the tests may ignore Ctrl-C, as a shell does for what it starts in the background.
        own.args(["--ctty", "--wait", "env", "--default-signal=INT"]).arg(gvmr()).args(arguments).env_clear();
        own.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        own.current_dir(world.path("user")).stdin(end()).stdout(end()).stderr(end());
        Self { child: own.spawn().unwrap(), keyboard: File::from(pair.master), slave: pair.slave }
    }

    /// Reads up to `word`.
    fn sees(&mut self, word: &str) -> String {
        let mut screen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&screen).contains(word) {
            self.keyboard.read_exact(&mut byte).unwrap();
            screen.push(byte[0]);
        }
        String::from_utf8(screen).unwrap()
    }

    fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    fn ends(&mut self) -> Option<i32> {
        let status = self.child.wait().unwrap();
        let code = status.code().or(status.signal().map(|signal| 128 + signal)); // as a shell gives it
        let echoes = tcgetattr(&self.slave).unwrap().local_flags.contains(LocalFlags::ECHO);
        assert!(echoes, "the terminal shows again what is typed");
        code
    }
}

#[test]
fn a_secret_that_is_typed_is_not_shown() {
    let world = world();
    let mut typist = Typist::start(&world, &["auth", "set", "git.corp", "--user", "joe"]);
    typist.sees("secret of joe for git.corp: ");
    typist.types("canary-t1\n");
    let screen = typist.sees("only you can read");
    assert_eq!(typist.ends(), Some(0));
    assert!(!screen.contains("canary"), "{screen}");
    assert_eq!(kept(&world), "https\tgit.corp\tjoe\tfile\tcanary-t1\n");
}

#[test]
fn ctrl_c_keeps_nothing_and_gives_the_terminal_back() {
    let world = world();
    let mut typist = Typist::start(&world, &["auth", "set", "git.corp", "--user", "joe"]);
    typist.sees("secret of joe for git.corp: ");
    typist.types("half\x03");
    typist.sees("interrupted");
    assert_eq!(typist.ends(), Some(130));
    assert_eq!(kept(&world), "");
}

#[test]
fn credentials_are_not_printed_to_a_terminal() {
    let world = world();
    super::set(&world, &["git.corp", "--user", "joe"], "canary-t2").succeeds();
    let mut typist = Typist::start(&world, &["auth"]);
    let screen = typist.sees("gvmr auth remove MACHINE");
    assert_eq!(typist.ends(), Some(2));
    assert!(screen.contains("GOAUTH") && !screen.contains("Basic"), "{screen}");
}
