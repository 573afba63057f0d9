//! Credentials that the user keeps with gvmr, as they come in; and which of them a request carried, as that may be shown.

use std::fmt;

/// Login and secret of a machine, and in words where they are kept. Shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptLogin {
    /// `host`, `host:port`, for servers also with a path; for a proxy as `proxy_machine` names it.
    pub machine: String,
    /// The user's name there.
    pub login: String,
    /// The secret.
    pub secret: String,
    /// Where it is kept, in words.
    pub place: String,
    /// The command that keeps others in their place.
    pub next_step: String,
}

/// Which kept login a request carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    machine: String,
    login: String,
    place: String,
    next_step: String,
}

impl From<&KeptLogin> for Sent {
    fn from(kept: &KeptLogin) -> Self {
        let KeptLogin { machine, login, place, next_step, .. } = kept.clone();
        Self { machine, login, place, next_step }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, login, place, next_step } = self;
        write!(formatter, "the login {login} for {machine}, saved in {place} ({next_step})")
    }
}

impl fmt::Debug for KeptLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeptLogin {{ {} at {}: *** }}", self.login, self.machine)
    }
}
