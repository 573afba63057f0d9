//! The secret, from a terminal without echo or from a pipe.

use crate::context::Context;
use crate::credentials::Secret;
use crate::error::{Error, ErrorKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Stdin, Write as _};

/// Bytes that are read at most.
const LIMIT: u64 = 64 * 1024;
/// How soon an interruption is noticed.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Asks on the terminal, or reads all that stdin has.
pub(super) fn read(prompt: &str, context: &Context) -> Result<Secret, Error> {
    let stdin = std::io::stdin();
    let bytes = if stdin.is_terminal() {
        context.with_cleanup(|| ask(prompt, &stdin, context))?
    } else {
        let mut bytes = Vec::new();
        stdin.lock().take(LIMIT).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        bytes
    };
    let secret = String::from_utf8(bytes).ok().and_then(|text| Secret::parse(&text));
    secret.ok_or_else(|| {
        Error::said(
            ErrorKind::Usage,
            "a secret is one line of text, not empty and without control characters",
        )
        .hint("type it, or give it on stdin: gvmr auth set MACHINE --user NAME < FILE")
    })
}

fn ask(prompt: &str, stdin: &Stdin, context: &Context) -> Result<Vec<u8>, Error> {
    // To the terminal itself: stderr may be a file.
    let mut terminal = File::options().write(true).open("/dev/tty").map_err(|error| unreadable(&error))?;
    let _silence = Silence::on(stdin).map_err(|error| unreadable(&error.into()))?;
    let _ = terminal.write_all(prompt.as_bytes());
    let line = line(stdin, context);
    let _ = terminal.write_all(b"\n");
    line
}

/// Reads up to a newline, and looks now and then whether the user wants to go.
fn line(stdin: &Stdin, context: &Context) -> Result<Vec<u8>, Error> {
    let mut line = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let ready = poll(&mut [PollFd::new(stdin, PollFlags::IN)], Some(&TICK));
        if context.interrupted() {
            return Err(Error::said(ErrorKind::Interrupted, "interrupted"));
        }
        match ready {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(unreadable(&error.into())),
        }
        let read = rustix::io::read(stdin, &mut piece).map_err(|error| unreadable(&error.into()))?;
        line.extend_from_slice(piece.get(..read).unwrap_or_default());
        if read == 0 || line.ends_with(b"\n") || line.len() as u64 > LIMIT {
            return Ok(line);
        }
    }
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::said(ErrorKind::Usage, format!("cannot read the secret: {error}"))
        .hint("give it on stdin: gvmr auth set MACHINE --user NAME < FILE")
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Silence<'a> {
    stdin: &'a Stdin,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn on(stdin: &'a Stdin) -> rustix::io::Result<Self> {
        let before = tcgetattr(stdin)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        // Whoever comes back from a stop would find the echo on again.
        silent.special_codes[SpecialCodeIndex::VSUSP] = 0;
        // Ctrl-\ would end this process before the echo is back.
        silent.special_codes[SpecialCodeIndex::VQUIT] = 0;
        tcsetattr(stdin, OptionalActions::Flush, &silent)?;
        Ok(Self { stdin, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.stdin, OptionalActions::Flush, &self.before); // the terminal is gone
    }
}
