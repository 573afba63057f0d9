//! Sessions that end with this process, whatever ends it.
//!
//! Three parts that hold together. Each leader is this program first, which makes a session and asks the kernel for its own
//! death with its parent's. One watcher, this program too, knows the sessions that are running: it reads a pipe that only
//! this process writes to, and ends them where that pipe ends. The leader becomes the command when the watcher has been told
//! of it: it waits at a socket, through which it also tells why it cannot become that, and which the kernel closes where
//! it does.

use super::session::sweep;
use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal, setsid};
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, PipeWriter, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// This program, even where its file was replaced meanwhile.
const SELF: &str = "/proc/self/exe";

/// What tells the watcher that nothing is left to watch.
const EOF_MARK: &str = ".";

/// The watcher of this process's sessions; it ends when this is dropped.
pub struct Watchdog {
    told: Mutex<Option<PipeWriter>>,
    watcher: Child,
}

impl Watchdog {
    /// Starts the watcher: this program with `word`, which calls [`keep_watch`] with the id.
    pub fn start(word: &str) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(SELF);
        // Its own group: a terminal's signals to this process's group do not reach it.
        command.arg0("gvmr").args([word, "--parent", &own_id()]).current_dir("/").process_group(0);
        command.stdin(reader).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self { watcher: command.spawn()?, told: Mutex::new(Some(writer)) })
    }

    /// A command that leads its own session: this program with `word`, which calls [`become_leader`] with the id and
    /// with the words behind `--`.
    pub fn command(&self, word: &str, words: &[OsString]) -> Command {
        let mut command = Command::new(SELF);
        command.arg0("gvmr").args([word, "--parent", &own_id(), "--"]).args(words);
        command
    }

    pub(super) fn watch(&self, leader: Pid) {
        self.tell('+', leader);
    }

    pub(super) fn forget(&self, leader: Pid) {
        self.tell('-', leader);
    }

    /// Where the watcher is gone, the leaders still end with this process.
    fn tell(&self, sign: char, leader: Pid) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_mut() {
            let _ = told.write_all(format!("{sign}{}\n", leader.as_raw_nonzero()).as_bytes());
        }
    }
}

fn own_id() -> String {
    getpid().as_raw_nonzero().to_string()
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(mut told) = self.told.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = writeln!(told, "{EOF_MARK}");
        }
        let _ = self.watcher.wait();
    }
}

/// The watcher's whole life: ends the sessions that are still running when `parent`, which alone writes to `input`, has
/// ended without a farewell.
pub fn keep_watch(parent: i32, input: impl io::Read) {
    let mut running: Vec<Pid> = Vec::new();
    for line in BufReader::new(input).lines().map_while(Result::ok) {
        if line == EOF_MARK {
            return;
        }
        let Some((sign, id)) = line.split_at_checked(1) else { continue };
        let Some(leader) = id.parse().ok().and_then(Pid::from_raw) else { continue };
        if sign == "+" {
            running.push(leader);
        } else {
            running.retain(|other| *other != leader);
        }
    }
    // A process that is killed closes its files first. Until it is gone its children do not know that, and one may become
    // its command yet.
    while is_parent(parent) {
        thread::sleep(Duration::from_millis(1));
    }
    running.into_iter().for_each(sweep);
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

/// This process's side of a leader that is about to become its command.
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
