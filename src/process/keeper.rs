//! Commands that end with this process, whatever ends it, with all that they started.
//!
//! Each has a keeper: this program too, which the kernel makes the parent of every process below it that loses its own
//! parent, a daemon in a session of its own as well. The keeper reads a socket that only the process that asked for the
//! command writes to. Where that socket or the command ends, it kills what is below it until there is nothing left, and
//! ends as the command did.
//!
//! On the socket, the keeper writes one line: `+ID` of the leader, or `-ERRNO` where the command cannot start. It reads
//! [`INTERRUPT`], and the end.

use super::descendants::{adopt_orphans, end_descendants};
use super::leader::Begun;
use super::session::sweep;
use super::{leader, signals};
use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitOptions, WaitStatus, kill_process,
    kill_process_group, setrlimit, wait, waitid,
};
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What the keeper is told to send the command what Ctrl-C would.
const INTERRUPT: u8 = b'i';

/// The command of a keeper, to which the environment and directory of `words` are to be given; an error where no keeper
/// can be started here.
pub fn kept(words: &[OsString]) -> io::Result<Command> {
    fs::metadata(leader::SELF)?;
    let mut command = Command::new(leader::SELF);
    // Its own group: a terminal's signals to this process's group do not reach it.
    command.arg0("gvmr").args(["session-watch", "--"]).args(words).process_group(0);
    Ok(command)
}

/// This process's side of a keeper.
pub(super) struct KeptCommand {
    socket: UnixStream,
    leader: Option<Pid>,
}

impl KeptCommand {
    /// The keeper's stdin becomes the other side.
    pub(super) fn with(command: &mut Command) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        command.stdin(OwnedFd::from(theirs));
        Ok(Self { socket, leader: None })
    }

    /// Waits until the command runs; an error is why it cannot.
    pub(super) fn begins(&mut self) -> io::Result<()> {
        let mut line = String::new();
        BufReader::new(&self.socket).read_line(&mut line)?;
        let number = |text: &str| text.trim_end().parse::<i32>().ok();
        if let Some(errno) = line.strip_prefix('-').and_then(number) {
            return Err(io::Error::from_raw_os_error(errno));
        }
        self.leader = line.strip_prefix('+').and_then(number).and_then(Pid::from_raw);
        self.leader.map(drop).ok_or_else(|| io::Error::from(Errno::CHILD))
    }

    /// Sends the command and its group SIGINT.
    pub(super) fn interrupt(&self) {
        let _ = (&self.socket).write_all(&[INTERRUPT]); // an ended keeper has nothing to interrupt
    }

    /// Asks for the end of all.
    pub(super) fn end(&self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both); // the keeper may be gone
    }

    /// Ends the session of a command whose keeper was killed.
    pub(super) fn end_without_keeper(&self) {
        self.leader.into_iter().for_each(sweep);
    }
}

/// The keeper's whole life, with that socket as its stdin; comes back only with an error.
pub fn keep(words: &[OsString]) -> io::Error {
    let socket = match io::stdin().as_fd().try_clone_to_owned() {
        Ok(socket) => UnixStream::from(socket),
        Err(error) => return error,
    };
    match start(words) {
        Ok(leader) => keep_leader(leader, socket),
        Err(error) => {
            let line = format!("-{}\n", error.raw_os_error().unwrap_or_default());
            let _ = (&socket).write_all(line.as_bytes()); // a gone parent asks nothing
            error
        }
    }
}

fn start(words: &[OsString]) -> io::Result<Pid> {
    adopt_orphans();
    let mut command = leader::command(words);
    let begun = Begun::with(&mut command)?;
    let child = command.spawn()?;
    drop(command);
    begun.go_on()?;
    Ok(Pid::from_child(&child))
}

fn keep_leader(leader: Pid, socket: UnixStream) -> ! {
    let _ = (&socket).write_all(format!("+{}\n", leader.as_raw_nonzero()).as_bytes());
    let running = Arc::new(Mutex::new(Some(leader)));
    let told = Arc::clone(&running);
    thread::spawn(move || obey(socket, &told));
    let status = wait_for(leader, &running);
    end_descendants();
    end_as(status)
}

/// Does what the socket says while the leader is running: its id is its own as long as nobody has waited for it.
fn obey(mut socket: UnixStream, running: &Mutex<Option<Pid>>) {
    let mut byte = [0];
    loop {
        let signal = match socket.read(&mut byte) {
            Ok(1..) if byte == [INTERRUPT] => Signal::INT,
            Ok(1..) => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => Signal::KILL,
        };
        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leader) = *running {
            let _ = kill_process_group(leader, signal);
            let _ = kill_process(leader, signal);
        }
        if signal == Signal::KILL {
            return;
        }
    }
}

/// Waits for the leader, and meanwhile for every process that ends below it without a parent of its own.
fn wait_for(leader: Pid, running: &Mutex<Option<Pid>>) -> Option<WaitStatus> {
    loop {
        match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(Errno::INTR) | Ok(None) => {}
            Err(_) => return None,
            Ok(Some(_)) => {
                let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
                while let Ok(Some((id, status))) = wait(WaitOptions::NOHANG) {
                    if id == leader {
                        *running = None;
                        return Some(status);
                    }
                }
            }
        }
    }
}

/// Ends this process as the command ended.
fn end_as(status: Option<WaitStatus>) -> ! {
    if let Some(signal) = status.and_then(WaitStatus::terminating_signal) {
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }); // the command left its own
        signals::end_by(signal);
    }
    signal_hook::low_level::exit(status.and_then(WaitStatus::exit_status).unwrap_or(1))
}
