//! Runs a session's leader to its end or its limit, and leaves nothing of the session behind.
//!
//! Takes a command that starts a session of its own and becomes its leader; gives the last of what the session
//! printed and how the leader ended. The files of a user may do anything: print without end, wait for ever, start
//! jobs in process groups of their own. What left the session on purpose (a daemon) is left alone.

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, pidfd_open,
    pidfd_send_signal, waitid,
};
use std::fs;
use std::io::{self, PipeReader, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether the leader has ended.
const TICK: Duration = Duration::from_millis(5);
/// How long an answer is waited for that an ended leader may have left in the pipe: longer than a busy machine takes to
/// hand it over. Only a daemon keeps the pipe open longer.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Bytes of output that are kept: the last ones, since the answer is.
const KEPT: usize = 64 << 10;
/// Bytes that are read at once.
const WINDOW: usize = 16 << 10;
/// Windows that wait to be taken; who prints more has to wait itself.
const WAITING: usize = 4;
/// How often a session is swept for members that were born meanwhile.
const SWEEPS: usize = 20;

/// What became of a session.
pub(super) struct Outcome {
    /// The last [`KEPT`] bytes of its stdout.
    pub output: Vec<u8>,
    /// How it ended.
    pub ending: Ending,
}

/// How a session ended.
pub(super) enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// By the limit.
    TooLong,
}

/// Runs `command`, whose stdout and stderr this function owns. What `is_answer` needs no more output.
pub(super) fn run(
    mut command: Command,
    limit: Duration,
    is_answer: fn(&[u8]) -> bool,
) -> io::Result<Outcome> {
    let (reader, writer) = io::pipe()?;
    let (sender, chunks) = sync_channel(WAITING);
    thread::Builder::new().name("session output".to_owned()).spawn(move || read(reader, &sender))?;
    command.stdout(writer).stderr(Stdio::null());
    let deadline = Instant::now() + limit;
    let mut session = Session { leader: command.spawn()?, status: None };
    drop(command); // it holds the pipe open
    let mut output = Vec::new();
    let mut open = true;
    let ended = loop {
        if session.leader_has_ended()? {
            break true;
        }
        if Instant::now() > deadline {
            break false;
        }
        if open {
            open = take(&chunks, TICK, &mut output);
        } else {
            thread::sleep(TICK);
        }
    };
    let status = session.end()?;
    let deadline = Instant::now() + LAST_WORDS;
    while open && Instant::now() < deadline && !is_answer(&output) {
        open = take(&chunks, TICK, &mut output);
    }
    Ok(Outcome { output, ending: if ended { Ending::Exited(status) } else { Ending::TooLong } })
}

/// Takes what arrives within `time`, if anything does; false where nothing more can come.
fn take(chunks: &Receiver<Vec<u8>>, time: Duration, output: &mut Vec<u8>) -> bool {
    match chunks.recv_timeout(time) {
        Ok(chunk) => {
            output.extend_from_slice(&chunk);
            output.drain(..output.len().saturating_sub(KEPT));
            true
        }
        Err(RecvTimeoutError::Timeout) => true,
        Err(RecvTimeoutError::Disconnected) => false,
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
                if sender.send(window.get(..count).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
        }
    }
}

/// A session and its leader; ended when dropped. The ended leader stays a zombie until then, so that no other
/// process, group or session can be given its id.
struct Session {
    leader: Child,
    status: Option<ExitStatus>,
}

impl Session {
    fn leader_has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(&self.leader)), options)?.is_some())
    }

    /// Kills what is left of the session and gives how its leader ended.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let leader = Pid::from_child(&self.leader);
        let _ = kill_process_group(leader, Signal::KILL); // nobody left is as well
        let _ = kill_process(leader, Signal::KILL); // it may not have become a leader yet
        for _ in 0..SWEEPS {
            let members = members(leader);
            if members.is_empty() {
                break;
            }
            for member in members {
                end_member(member, leader);
            }
        }
        let status = self.leader.wait()?;
        self.status = Some(status);
        Ok(status)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// The processes of a session that still run.
fn members(leader: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter_map(Pid::from_raw).filter(|process| is_member(*process, leader)).collect()
}

fn is_member(process: Pid, leader: Pid) -> bool {
    let stat = fs::read(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap_or_default();
    // The name in parentheses may hold anything; after it: state, parent, group, session.
    let rest = stat.rsplit(|byte| *byte == b')').next().unwrap_or_default();
    let rest = String::from_utf8_lossy(rest);
    let mut fields = rest.split_ascii_whitespace();
    let runs = fields.next().is_some_and(|state| !matches!(state, "Z" | "X"));
    runs && fields.nth(2).and_then(|session| session.parse().ok()) == Some(leader.as_raw_nonzero().get())
}

/// Kills a member by a handle, so that nobody else is meant who was given its id meanwhile.
fn end_member(process: Pid, leader: Pid) {
    let _ = match pidfd_open(process, PidfdFlags::empty()) {
        Ok(handle) if is_member(process, leader) => pidfd_send_signal(handle, Signal::KILL),
        Err(rustix::io::Errno::NOSYS) => kill_process(process, Signal::KILL), // before Linux 5.3
        _ => Ok(()),
    };
}
