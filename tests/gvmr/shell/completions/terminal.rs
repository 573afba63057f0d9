//! An interactive shell at a terminal of its own, and somebody who types.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How long a shell may take to answer; a busy machine's zsh reads all its completion functions in that time.
const LIMIT: Duration = Duration::from_secs(60);
/// What a shell prints when it waits for a line.
pub(super) const PROMPT: &str = "ready> ";

/// A shell that was started with [`PROMPT`] as its prompt, and with keys that insert all matches at the cursor (^X*)
/// and print the line so far between double brackets (^Xp).
pub(super) struct Terminal {
    shell: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
}

impl Terminal {
    /// Starts a shell at a new terminal and waits for its first prompt.
    pub(super) fn start(shell: &Command) -> Self {
        let size = nix::pty::Winsize { ws_row: 50, ws_col: 240, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = nix::pty::openpty(&size, None).unwrap();
        let end = || pair.slave.try_clone().unwrap();
        let mut own = Command::new("setsid"); // so that the terminal can be the shell's own
        own.arg("--ctty").arg(shell.get_program()).args(shell.get_args()).env_clear();
        own.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        own.current_dir(shell.get_current_dir().unwrap()).stdin(end()).stdout(end()).stderr(end());
        let child = own.spawn().unwrap();
        drop((own, pair.slave));
        let screen = listen(pair.master.try_clone().unwrap());
        let terminal = Self { shell: child, keyboard: File::from(pair.master), screen };
        terminal.read_until(PROMPT);
        terminal
    }

    /// Types these keys on an empty line, and gives the line that they make, and all that the screen showed meanwhile.
    pub(super) fn line(&mut self, keys: &str) -> (String, String) {
        write!(self.keyboard, "\x15{keys}\x18p").unwrap();
        let shown = self.read_until("]]");
        let (screen, line) = shown.rsplit_once("[[").unwrap();
        (line.to_owned(), screen.to_owned())
    }

    /// The matches at the end of `text`, as the shell puts them into the line.
    pub(super) fn matches(&mut self, text: &str) -> String {
        let (line, _) = self.line(&format!("{text}\x18*"));
        let (_, matches) = line.split_at(text.rfind(' ').unwrap() + 1);
        matches.trim_end().to_owned()
    }

    /// The line after `text` and the tabulator key.
    pub(super) fn completed(&mut self, text: &str) -> String {
        self.line(&format!("{text}\t")).0
    }

    fn read_until(&self, mark: &str) -> String {
        let mut shown = Vec::new();
        loop {
            match self.screen.recv_timeout(LIMIT) {
                Ok(bytes) => shown.extend(bytes),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("no {mark:?} in {}", String::from_utf8_lossy(&shown))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the shell ended: {}", String::from_utf8_lossy(&shown))
                }
            }
            let text = String::from_utf8_lossy(&shown);
            if let Some(end) = text.find(mark) {
                return text[..end].to_owned(); // what follows is the prompt and the line once more
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// What appears on the screen, until the last program has closed it.
fn listen(master: OwnedFd) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    let mut screen = File::from(master);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = screen.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}
