//! Which sessions no file of a user's own can reach, and what helps there.

use super::{SessionKind, Shell};

impl Shell {
    /// Why no file of a user's own puts anything on the PATH of such a session, and what does; `None` where one can.
    pub fn out_of_reach(&self, kind: SessionKind) -> Option<&'static str> {
        match (self.name.as_str(), kind) {
            ("bash" | "dash" | "ash" | "ksh" | "mksh" | "sh", SessionKind::Command) => Some(
                "reads no file and has the PATH of whoever starts it; \
                 for images: ENV PATH=<shim directory>:$PATH, with the whole path",
            ),
            ("dash" | "ash" | "ksh" | "mksh" | "sh", SessionKind::SshCommand) => Some(
                "reads no file: ssh HOST 'sh -lc \"go version\"', or bash or zsh as the login shell (chsh)",
            ),
            ("dash" | "ash" | "sh", SessionKind::Interactive) => {
                Some("reads only the file that $ENV names: a login session before it passes its PATH on")
            }
            _ => None,
        }
    }
}
