//! A person at a terminal: reads what a program shows, and types.

use super::world::{World, gvmr};
use nix::sys::termios::{LocalFlags, tcgetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command};

/// A program on a terminal of its own.
pub(crate) struct Typist {
    child: Child,
    keyboard: File,
    slave: OwnedFd,
}

impl Typist {
    /// `gvmr ARGUMENTS…` in the user's home directory.
    pub(crate) fn start(world: &World, arguments: &[&str]) -> Self {
        Self::start_in(world, &world.path("user"), arguments)
    }

    pub(crate) fn start_in(world: &World, directory: &Path, arguments: &[&str]) -> Self {
        let pair = nix::pty::openpty(None, None).unwrap();
        let end = || pair.slave.try_clone().unwrap();
        let plain = world.command(gvmr(), directory);
        let mut own = Command::new("setsid");
        // Whoever started the tests may ignore Ctrl-C, as a shell does for what it starts in the background.
        own.args(["--ctty", "--wait", "env", "--default-signal=INT"]).arg(gvmr()).args(arguments).env_clear();
        own.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        own.current_dir(directory).stdin(end()).stdout(end()).stderr(end());
        Self { child: own.spawn().unwrap(), keyboard: File::from(pair.master), slave: pair.slave }
    }

    /// Reads up to `word`.
    pub(crate) fn sees(&mut self, word: &str) -> String {
        let mut screen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&screen).contains(word) {
            self.keyboard.read_exact(&mut byte).unwrap();
            screen.push(byte[0]);
        }
        String::from_utf8(screen).unwrap()
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn ends(&mut self) -> Option<i32> {
        let status = self.child.wait().unwrap();
        let code = status.code().or(status.signal().map(|signal| 128 + signal)); // as a shell gives it
        let echoes = tcgetattr(&self.slave).unwrap().local_flags.contains(LocalFlags::ECHO);
        assert!(echoes, "the terminal shows again what is typed");
        code
    }
}
