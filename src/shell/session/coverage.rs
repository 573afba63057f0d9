//! Which sessions read none of the user's files, and what helps there.

use super::{SessionKind, Shell};
use crate::shell::kind::ShellKind;

impl Shell {
    /// Which shell it is.
    pub fn kind(&self) -> Option<&'static ShellKind> {
        ShellKind::named(&self.name)
    }

    /// Why no file of the user can set the `PATH` of such a session, and what can; `None` if one can.
    pub fn out_of_reach(&self, kind: SessionKind) -> Option<&'static str> {
        let unreached = self.kind()?.unreached;
        unreached.iter().find_map(|(unreached, why)| (*unreached == kind).then_some(*why))
    }
}
