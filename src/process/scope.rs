//! What ends with the leader of a run.

use super::watchdog::Watchdog;

/// What ends with the leader.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// Its process group; `run` makes it the leader of one.
    Group,
    /// Its session, which the command makes itself.
    Session,
    /// Its session, which is ended even when this process is killed; the command is one of the keeper's.
    Kept(&'a Watchdog),
}
