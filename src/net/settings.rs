//! What a [`super::Client`] needs: proxies, credentials, trusted certificates and time limits.

use super::{KeptLogin, Netrc, Notify, ProxyChoice, Roots};
use gvmr_core::sys::environment::Environment;
use std::time::Duration;

/// Everything a client needs to know about where it runs.
#[derive(Clone, Debug)]
pub struct NetSettings {
    /// Which proxy serves which URL.
    pub proxies: ProxyChoice,
    /// Credentials by host.
    pub netrc: Netrc,
    /// Where trusted certificates are read from.
    pub roots: Roots,
    /// How long and how slow an answer may be.
    pub limits: TransferLimits,
    /// Who is told of a server that lets the client wait.
    pub notify: Notify,
}

/// Bounds on every wait. Tests make them short.
#[derive(Clone, Copy, Debug)]
pub struct TransferLimits {
    /// For name, connection, proxy and TLS together.
    pub connect: Duration,
    /// From one request to the first byte of the answer, connecting included.
    pub first_byte: Duration,
    /// The same over all attempts, redirects and pauses, but for those that the server asks for.
    pub silence: Duration,
    /// How long a server may be silent before the user is told.
    pub patience: Duration,
    /// Bytes per second that an answer must bring in each window of [`TransferLimits::window`].
    pub floor: u64,
    /// How long an answer may be slower than the floor.
    pub window: Duration,
    /// For one small answer, all attempts and pauses included.
    pub deadline: Duration,
    /// How often one request is sent.
    pub attempts: u32,
    /// The first pause between two attempts; later ones grow threefold.
    pub pause: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after: Duration,
}

impl NetSettings {
    /// What the environment says, with the default limits.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        Self {
            proxies: ProxyChoice::from_environment(environment),
            netrc: Netrc::from_environment(environment),
            roots: Roots::from_environment(environment),
            limits: TransferLimits::default(),
            notify: Notify::default(),
        }
    }

    /// The same, which tells `notify` of servers that let it wait.
    #[must_use]
    pub fn notifying(self, notify: Notify) -> Self {
        Self { notify, ..self }
    }

    /// The same with credentials that the user keeps with gvmr: for servers, behind those of the netrc; and for proxies
    /// that bring none of their own.
    #[must_use]
    pub fn with_kept(mut self, servers: &[KeptLogin], proxies: &[KeptLogin]) -> Self {
        self.netrc.add(servers);
        self.proxies.add(proxies);
        self
    }
}

impl Default for TransferLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(30),
            silence: Duration::from_secs(60),
            patience: Duration::from_secs(5),
            floor: 1024,
            window: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            attempts: 3,
            pause: Duration::from_millis(300),
            retry_after: Duration::from_secs(60),
        }
    }
}
