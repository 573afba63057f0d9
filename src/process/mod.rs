//! Runs a program to its end, reads its output, and leaves no process of it running.
//!
//! Takes a command that leads a process group or a session of its own; gives how the leader ended. Its scope, which is the
//! group or the session, is ended with it, by the one signal that no process can ignore: when the leader has ended, when
//! the caller wants no more, when a callback panics. A process that has made a session of its own on purpose (a daemon) is
//! left alone there, and is not waited for although it may hold the output open. A process that is asked to end ends all
//! scopes first. A command that is [`kept`] leaves nothing: what it started ends with it, in whatever session, even when
//! this process is killed.

mod captured;
mod descendants;
mod environment;
mod group_leader;
mod in_order;
mod keeper;
mod leader;
mod limited;
mod scope;
mod session;
pub mod signals;
mod stat;

pub use captured::Captured;
pub use descendants::ticks_below;
pub use environment::{Given, Go, NotGiven, prepare};
pub use group_leader::end_all;
pub use in_order::in_order;
pub use keeper::{keep, kept};
pub use leader::become_leader;
pub use limited::{KeptOutput, OutputLimits, ProgramOutput, output};
pub use scope::Scope;
pub use stat::Stat;

use group_leader::GroupLeader;
use std::io::{self, PipeReader, PipeWriter, Read as _};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether the leader has ended, and asked whether it has to.
const TICK: Duration = Duration::from_millis(10);
/// The same once all its output has come: it is about to end.
const TICK_AT_END: Duration = Duration::from_millis(1);
/// How long an ended leader's output is waited for: longer than a busy machine takes to hand it over. Only who left the
/// kin can hold it open longer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);
/// The same where the caller wants no more.
const STOPPED_WORDS: Duration = Duration::from_millis(100);
/// Bytes that are read at once.
const WINDOW: usize = 64 << 10;
/// Windows that wait to be taken; a program that says more has to wait itself.
const WAITING: usize = 4;

/// Which of its streams are heard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// Stdout and stderr, in one pipe, in the order in which they are written.
    Both,
    /// Stdout and stderr, each in a pipe of its own.
    Apart,
    /// Stdout alone; the command says where stderr goes.
    Stdout,
}

/// Who hears a program, and says when there is enough of it.
pub trait Listener {
    /// Takes what has arrived; an error ends the program.
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Takes what has arrived on stderr, where that is apart.
    fn hear_stderr(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    /// Whether it has to end; asked many times a second.
    fn is_over(&mut self) -> bool;

    /// Whether more of an ended program's output is of no use.
    fn is_answered(&self) -> bool {
        false
    }

    /// How long a program that has to end may take to do so by itself, once it was told to as Ctrl-C does.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// By the listener's wish.
    Stopped,
}

/// Why it did not run to its end.
#[derive(Debug)]
pub enum Stop {
    /// It could not be started or waited for.
    Run(io::Error),
    /// The listener could not take its output.
    Hear(io::Error),
}

/// Runs `command`, whose output this function owns. When it returns, whatever it returns, no kin of the leader is running.
pub fn run(
    mut command: Command,
    streams: Streams,
    kin: Scope,
    listener: &mut dyn Listener,
) -> Result<Ending, Stop> {
    let (sender, chunks) = sync_channel(WAITING);
    match streams {
        Streams::Both => {
            let writer = pipe_to(&sender, Chunk::Stdout).map_err(Stop::Run)?;
            command.stderr(writer.try_clone().map_err(Stop::Run)?).stdout(writer);
        }
        Streams::Apart => {
            command.stderr(pipe_to(&sender, Chunk::Stderr).map_err(Stop::Run)?);
            command.stdout(pipe_to(&sender, Chunk::Stdout).map_err(Stop::Run)?);
        }
        Streams::Stdout => drop(command.stdout(pipe_to(&sender, Chunk::Stdout).map_err(Stop::Run)?)),
    }
    drop(sender); // the readers alone keep the channel open
    let mut leader = GroupLeader::start(command, kin).map_err(Stop::Run)?;
    let mut open = true;
    let mut told = None;
    while !leader.has_ended().map_err(Stop::Run)? {
        if open {
            open = take(&chunks, listener).map_err(Stop::Hear)?;
        } else {
            thread::sleep(TICK_AT_END);
        }
        if told.is_none() && listener.is_over() {
            told = Some(Instant::now());
            if !listener.patience().is_zero() {
                leader.interrupt();
            }
        }
        if told.is_some_and(|told| told.elapsed() >= listener.patience()) {
            break;
        }
    }
    let status = leader.end().map_err(Stop::Run)?;
    let deadline = Instant::now() + if told.is_some() { STOPPED_WORDS } else { DRAIN_TIMEOUT };
    while open && Instant::now() < deadline && !listener.is_answered() {
        open = take(&chunks, listener).map_err(Stop::Hear)?;
    }
    Ok(if told.is_some() { Ending::Stopped } else { Ending::Exited(status) })
}

/// What a program said at once.
enum Chunk {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
}

/// Takes what arrives within a tick, if anything does; false where nothing more can come.
fn take(chunks: &Receiver<Chunk>, listener: &mut dyn Listener) -> io::Result<bool> {
    match chunks.recv_timeout(TICK) {
        Ok(Chunk::Stdout(bytes)) => listener.hear(&bytes).map(|()| true),
        Ok(Chunk::Stderr(bytes)) => listener.hear_stderr(&bytes).map(|()| true),
        Err(RecvTimeoutError::Timeout) => Ok(true),
        Err(RecvTimeoutError::Disconnected) => Ok(false),
    }
}

/// A pipe whose other end is read in a thread of its own.
fn pipe_to(sender: &SyncSender<Chunk>, chunk: fn(Vec<u8>) -> Chunk) -> io::Result<PipeWriter> {
    let (reader, writer) = io::pipe()?;
    let sender = sender.clone();
    thread::Builder::new().name("output".to_owned()).spawn(move || read(reader, &sender, chunk))?;
    Ok(writer)
}

/// Reads until every process that could write has ended, or the receiver is gone.
fn read(mut reader: PipeReader, sender: &SyncSender<Chunk>, chunk: fn(Vec<u8>) -> Chunk) {
    let mut window = vec![0; WINDOW];
    loop {
        match reader.read(&mut window) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(count) => {
                if sender.send(chunk(window.get(..count).unwrap_or_default().to_vec())).is_err() {
                    return;
                }
            }
        }
    }
}
