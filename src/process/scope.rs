//! What ends with the leader of a run.

/// What ends with the leader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Its process group; `run` makes it the leader of one.
    Group,
    /// Its session, which the command makes itself.
    Session,
    /// All that it started, daemons too, even when this process is killed; the command is [`super::kept`].
    Kept,
}
