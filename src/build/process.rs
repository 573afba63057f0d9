//! Runs a program in a process group of its own, and leaves nothing of that group behind.
//!
//! Takes a command that ends its group when its standard input ends, gives how it ended. The group is killed as a
//! whole, with the one signal that no process can ignore: when the program has ended, when the caller cancels, when
//! a callback panics.

use super::output::Output;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io::{self, PipeReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often the caller is asked whether to go on.
const TICK: Duration = Duration::from_millis(50);
/// How long the output of a killed group is waited for; only who left the group can hold it open longer.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Bytes that are read at once.
const WINDOW: usize = 64 << 10;
/// Windows that wait to be taken; a program that says more has to wait itself.
const WAITING: usize = 4;

/// How it ended.
pub(super) enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// By the caller's wish.
    Cancelled,
}

/// Why it did not run to its end.
pub(super) enum Stop {
    /// It could not be started or waited for.
    Run(io::Error),
    /// Its output could not be written to the log.
    Log(io::Error),
}

/// Runs `command`, whose input this function owns and never writes to.
pub(super) fn run(
    mut command: Command,
    output: &mut Output<'_>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Ending, Stop> {
    let (reader, writer) = io::pipe().map_err(Stop::Run)?;
    command.stdin(Stdio::piped()).stdout(writer.try_clone().map_err(Stop::Run)?).stderr(writer);
    let (sender, chunks) = sync_channel(WAITING);
    let reading = move || read(reader, &sender);
    thread::Builder::new().name("build output".to_owned()).spawn(reading).map_err(Stop::Run)?;
    let mut group = Group::start(&mut command).map_err(Stop::Run)?;
    drop(command); // it holds the pipe open
    let mut open = true;
    let ended = loop {
        if open {
            open = take(&chunks, TICK, output).map_err(Stop::Log)?;
        } else {
            thread::sleep(TICK);
        }
        if cancelled() {
            break false;
        }
        if group.leader_has_ended().map_err(Stop::Run)? {
            break true;
        }
    };
    let status = group.end().map_err(Stop::Run)?;
    let deadline = Instant::now() + LAST_WORDS;
    while open && Instant::now() < deadline {
        open = take(&chunks, TICK, output).map_err(Stop::Log)?;
    }
    output.end();
    Ok(if ended { Ending::Exited(status) } else { Ending::Cancelled })
}

/// Takes what arrives within `time`, if anything does; false where nothing more can come.
fn take(chunks: &Receiver<Vec<u8>>, time: Duration, output: &mut Output<'_>) -> io::Result<bool> {
    match chunks.recv_timeout(time) {
        Ok(chunk) => output.take(&chunk).map(|()| true),
        Err(RecvTimeoutError::Timeout) => Ok(true),
        Err(RecvTimeoutError::Disconnected) => Ok(false),
    }
}

/// Reads until every process that could write has ended or nobody listens any more.
fn read(mut reader: PipeReader, sender: &SyncSender<Vec<u8>>) {
    let mut window = vec![0; WINDOW];
    loop {
        match reader.read(&mut window) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(count) => {
                let chunk = window.get(..count).unwrap_or_default().to_vec();
                if sender.send(chunk).is_err() {
                    return;
                }
            }
        }
    }
}

/// A running program and all that it starts in its group; ended when dropped.
struct Group {
    leader: Child,
    status: Option<ExitStatus>,
}

impl Group {
    fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Self { leader: command.process_group(0).spawn()?, status: None })
    }

    /// Whether the program itself has ended. It stays a zombie, whose id no other process or group can be given.
    fn leader_has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(&self.leader)), options)?.is_some())
    }

    /// Kills whatever of the group is still running and gives how the program itself ended.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let _ = kill_process_group(Pid::from_child(&self.leader), Signal::KILL); // nobody left is as well
        let status = self.leader.wait()?;
        self.status = Some(status);
        Ok(status)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
