//! Which sessions read none of the user's files, and what helps there.

use super::{SessionKind, Shell};

impl Shell {
    /// Why no file of the user can set the `PATH` of such a session, and what can; `None` if one can.
    pub fn out_of_reach(&self, kind: SessionKind) -> Option<&'static str> {
        match (self.name.as_str(), kind) {
            ("bash" | "dash" | "ash" | "ksh" | "mksh" | "sh", SessionKind::Command) => Some(
                "reads no start-up file and inherits PATH; \
                 in a container image, use ENV PATH=<shim directory>:$PATH with the full path",
            ),
            ("dash" | "ash" | "ksh" | "mksh" | "sh", SessionKind::SshCommand) => Some(
                "reads no start-up file; use ssh HOST 'sh -lc \"go version\"', or change the login shell to bash or zsh (chsh)",
            ),
            ("dash" | "ash" | "sh", SessionKind::Interactive) => {
                Some("reads only the file that $ENV names, and inherits PATH from a login session")
            }
            _ => None,
        }
    }
}
