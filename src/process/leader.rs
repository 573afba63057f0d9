//! Leaders of sessions of their own: this program first, which makes the session and asks the kernel for its own death with
//! its parent's, and then becomes the command.
//!
//! Takes the command's words. With a parent that keeps it, the leader waits at a socket until that has said so, tells
//! through it why it cannot become the command, and the kernel closes it where it does.

use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal, setsid};
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

/// This program, even where its file was replaced meanwhile.
pub(super) const SELF: &str = "/proc/self/exe";

/// A command that leads its own session, as a child of this process.
pub(super) fn command(words: &[OsString]) -> Command {
    let mut command = Command::new(SELF);
    let parent = getpid().as_raw_nonzero().to_string();
    command.arg0("gvmr").args(["session-start", "--parent", &parent, "--"]).args(words);
    command
}

fn is_parent(process: i32) -> bool {
    getppid().map(|id| id.as_raw_nonzero().get()) == Some(process)
}

/// Makes this process the leader of a new session that ends with its parent, and then the command; comes back only with an
/// error. A `parent` that is named must be the parent still; it is told of the error through what is stdin until then, and
/// the command gets an empty stdin.
pub fn become_leader(parent: Option<i32>, words: &[OsString]) -> io::Error {
    let Some((program, words)) = words.split_first() else { return io::ErrorKind::InvalidInput.into() };
    let mut command = Command::new(program);
    command.args(words);
    match parent {
        Some(parent) => kept(parent, &mut command),
        None => match setsid() {
            Ok(_) => {
                let _ = set_parent_process_death_signal(Some(Signal::KILL)); // it has a limit in time besides
                command.exec()
            }
            Err(error) => error.into(),
        },
    }
}

fn kept(parent: i32, command: &mut Command) -> io::Error {
    let socket = match io::stdin().as_fd().try_clone_to_owned() {
        Ok(socket) => UnixStream::from(socket),
        Err(error) => return error,
    };
    let error = match lead(parent, &socket) {
        Ok(()) => command.stdin(Stdio::null()).exec(),
        Err(error) => error,
    };
    let number = error.raw_os_error().unwrap_or_default();
    let _ = (&socket).write_all(number.to_string().as_bytes()); // a gone parent asks nothing
    error
}

fn lead(parent: i32, mut socket: &UnixStream) -> io::Result<()> {
    setsid()?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have ended before its death was asked for.
    if !is_parent(parent) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    socket.read_exact(&mut [0])
}

/// The parent's side of a leader that is about to become its command.
pub(super) struct Begun(UnixStream);

impl Begun {
    /// The command's stdin becomes the other side.
    pub(super) fn with(command: &mut Command) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        command.stdin(OwnedFd::from(theirs));
        Ok(Self(ours))
    }

    /// Lets the leader go on and waits until it has become the command; an error is why it cannot.
    pub(super) fn go_on(mut self) -> io::Result<()> {
        let mut text = String::new();
        self.0.write_all(b"\n")?;
        self.0.read_to_string(&mut text)?;
        match text.parse() {
            Ok(number) => Err(io::Error::from_raw_os_error(number)),
            Err(_) => Ok(()),
        }
    }
}
