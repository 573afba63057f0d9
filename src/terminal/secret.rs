//! A secret, typed without echo or read from a pipe.
//!
//! Takes a prompt and a way to tell that the user pressed Ctrl-C; gives the bytes that were typed or piped, as they are.
//! Puts the terminal's echo back however it ends.

use gvmr_core::sys::printable::Printable;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Stdin, Write as _};

/// The most bytes that are read.
const LIMIT: u64 = 64 * 1024;
/// How soon Ctrl-C is noticed.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Whether a person can type it: stdin is a terminal.
pub fn can_be_typed() -> bool {
    io::stdin().is_terminal()
}

/// All that stdin has.
pub fn piped() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Asks for a line on the terminal, which does not show it; `None` once `interrupted` says so.
pub fn typed(prompt: &str, interrupted: &dyn Fn() -> bool) -> io::Result<Option<Vec<u8>>> {
    let stdin = io::stdin();
    // To the terminal itself: stderr may be a file.
    let mut terminal = File::options().write(true).open("/dev/tty")?;
    let _no_echo = NoEcho::on(&stdin)?;
    let _ = terminal.write_all(Printable::line(prompt).as_str().as_bytes());
    let line = line(&stdin, interrupted);
    let _ = terminal.write_all(b"\n");
    line
}

/// Reads up to a newline, and asks at each tick whether the user interrupted.
fn line(stdin: &Stdin, interrupted: &dyn Fn() -> bool) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let ready = poll(&mut [PollFd::new(stdin, PollFlags::IN)], Some(&TICK));
        if interrupted() {
            return Ok(None);
        }
        match ready {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let read = rustix::io::read(stdin, &mut piece)?;
        line.extend_from_slice(piece.get(..read).unwrap_or_default());
        if read == 0 || line.ends_with(b"\n") || line.len() as u64 > LIMIT {
            return Ok(Some(line));
        }
    }
}

/// A terminal that does not show what is typed, until this is dropped.
struct NoEcho<'a> {
    stdin: &'a Stdin,
    before: Termios,
}

impl<'a> NoEcho<'a> {
    fn on(stdin: &'a Stdin) -> rustix::io::Result<Self> {
        let before = tcgetattr(stdin)?;
        let mut no_echo = before.clone();
        no_echo.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        // After a stop and `fg`, the shell would have put the echo back.
        no_echo.special_codes[SpecialCodeIndex::VSUSP] = 0;
        // Ctrl-\ would end this process before the echo is back.
        no_echo.special_codes[SpecialCodeIndex::VQUIT] = 0;
        tcsetattr(stdin, OptionalActions::Flush, &no_echo)?;
        Ok(Self { stdin, before })
    }
}

impl Drop for NoEcho<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.stdin, OptionalActions::Flush, &self.before); // the terminal is gone
    }
}
