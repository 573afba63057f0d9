//! A running leader and its group, session or keeper, ended when dropped.
//!
//! The ended leader stays a zombie until its group or session is ended: no other process, group or session can get its id
//! meanwhile. All that run are listed, for a process that a signal
//! ends.

use super::Scope;
use super::descendants::{adopt_orphans, end_descendants, end_orphans};
use super::keeper::KeptCommand;
use super::session::sweep;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The leaders that run, keepers too.
static RUNNING: Mutex<Vec<(Pid, Scope)>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<(Pid, Scope)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all that this process runs, because it is about to end: from now on it can start no more, and who waits for one
/// of them waits for ever.
pub fn end_all() {
    let running = running();
    if !running.is_empty() {
        adopt_orphans();
        let sessions = running.iter().filter(|(_, scope)| *scope == Scope::Session);
        sessions.for_each(|(leader, _)| sweep(*leader));
        end_descendants();
    }
    std::mem::forget(running);
}

pub(super) struct GroupLeader {
    child: Child,
    scope: Scope,
    /// Where the child is a keeper.
    kept: Option<KeptCommand>,
    status: Option<ExitStatus>,
}

impl GroupLeader {
    /// Starts it; the command's own ends of pipes are closed here.
    pub(super) fn start(mut command: Command, scope: Scope) -> io::Result<Self> {
        let kept = match scope {
            Scope::Group => {
                command.process_group(0);
                None
            }
            Scope::Session => None,
            Scope::Kept => {
                adopt_orphans(); // in place of a keeper that is killed
                Some(KeptCommand::with(&mut command)?)
            }
        };
        let mut running = running();
        let mut leader = Self { child: command.spawn()?, scope, kept, status: None };
        running.push((leader.id(), scope));
        drop(running);
        drop(command); // it holds the pipes open
        if let Some(kept) = &mut leader.kept {
            kept.begins()?;
        }
        Ok(leader)
    }

    fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(super) fn has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(self.id()), options)?.is_some())
    }

    /// Sends it and its group SIGINT, as Ctrl-C in a terminal does.
    pub(super) fn interrupt(&self) {
        match &self.kept {
            Some(kept) => kept.interrupt(),
            // One that cannot be interrupted is killed.
            None => drop(kill_process_group(self.id(), Signal::INT)),
        }
    }

    /// Ends what is left of it, and gives how the leader ended.
    pub(super) fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let id = self.id();
        if let Some(kept) = &self.kept {
            kept.end();
        } else {
            let _ = kill_process_group(id, Signal::KILL); // none left is fine
            let _ = kill_process(id, Signal::KILL); // it may not have become a leader yet
            if self.scope == Scope::Session {
                sweep(id);
            }
        }
        waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)?;
        let mut running = running();
        let status = self.child.wait()?;
        self.status = Some(status);
        running.retain(|(leader, _)| *leader != id); // before another process can get its id
        // The command may have been killed, and the keeper have ended as it did.
        if let Some(kept) = self.kept.as_ref().filter(|_| status.signal() == Some(Signal::KILL.as_raw())) {
            kept.end_without_keeper();
            let known: Vec<Pid> = running.iter().map(|(leader, _)| *leader).collect();
            end_orphans(&known);
        }
        Ok(status)
    }
}

impl Drop for GroupLeader {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
