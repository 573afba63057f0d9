//! A running leader and its group or session, ended when dropped.
//!
//! The ended leader stays a zombie until its group or session is ended: no other process, group or session can get its id
//! meanwhile.

use super::Scope;
use super::session::sweep;
use super::watchdog::Begun;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};

pub(super) struct GroupLeader<'a> {
    child: Child,
    scope: Scope<'a>,
    status: Option<ExitStatus>,
}

impl<'a> GroupLeader<'a> {
    /// Starts it; the command's own ends of pipes are closed here.
    pub(super) fn start(mut command: Command, scope: Scope<'a>) -> io::Result<Self> {
        let begun = match scope {
            Scope::Group => {
                command.process_group(0);
                None
            }
            Scope::Session => None,
            Scope::Kept(keeper) => Some((keeper, Begun::with(&mut command)?)),
        };
        let leader = Self { child: command.spawn()?, scope, status: None };
        drop(command); // it holds the pipes open
        if let Some((keeper, begun)) = begun {
            keeper.watch(leader.id());
            begun.go_on()?;
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
        let _ = kill_process_group(self.id(), Signal::INT); // one that cannot be interrupted is killed
    }

    /// Kills what is left of its group or session, and gives how the leader ended.
    pub(super) fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let id = self.id();
        let _ = kill_process_group(id, Signal::KILL); // none left is fine
        let _ = kill_process(id, Signal::KILL); // it may not have become a leader yet
        if !matches!(self.scope, Scope::Group) {
            sweep(id);
        }
        let status = self.child.wait()?;
        self.status = Some(status);
        if let Scope::Kept(keeper) = self.scope {
            keeper.forget(id);
        }
        Ok(status)
    }
}

impl Drop for GroupLeader<'_> {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
