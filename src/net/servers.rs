//! What one run has learned of the servers that it asks: who does not answer, and who asks to be left alone for a while.
//!
//! Takes what became of requests, gives whether a server is worth another one, and when. A server that was waited for in
//! vain is not waited for again; any answer forgets that. Keeps nothing beyond the run, and never a credential.

use super::error::{NetError, NetErrorKind, Phase};
use super::settings::{NetSettings, TransferLimits};
use reqwest::Url;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The servers of one client, by whom a connection goes to.
#[derive(Debug, Default)]
pub(super) struct Servers {
    known: Mutex<BTreeMap<String, Server>>,
    probed: Condvar,
}

#[derive(Debug, Default)]
struct Server {
    /// Why it is not asked again.
    gone: Option<NetErrorKind>,
    /// Since when it has left requests without an answer.
    silent_since: Option<Instant>,
    is_probed: bool,
    /// When it wants to be asked again.
    free_at: Option<Instant>,
    /// How long it has let this run wait at its own wish.
    waited: Duration,
}

/// A wait that a server asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Requested {
    /// How long it is from now.
    pub(super) pause: Duration,
    /// How much of it is not a part of a wait that was granted before.
    pub(super) more: Duration,
    /// How long all such waits for this server are together.
    pub(super) sum: Duration,
}

/// What a server is called here: `go.dev:443`, with the proxy that leads there.
pub(super) fn name(url: &Url, via: Option<&Url>) -> String {
    let place = |url: &Url| {
        let port = url.port_or_known_default().unwrap_or_default();
        format!("{}:{port}", url.host_str().unwrap_or_default())
    };
    via.map_or_else(|| place(url), |proxy| format!("{} through {}", place(url), place(proxy)))
}

impl Servers {
    /// Why `server` is not asked: it was waited for in vain. Where that is being found out, waits for the outcome.
    pub(super) fn gone(&self, server: &str) -> Option<NetErrorKind> {
        let mut known = self.lock();
        while known.get(server).is_some_and(|server| server.is_probed) {
            known = self.probed.wait(known).unwrap_or_else(PoisonError::into_inner);
        }
        known.get(server)?.gone.clone()
    }

    /// Whether nothing is known of `server` yet; then it counts as being probed until [`Servers::was_probed`].
    pub(super) fn begin_probe(&self, server: &str) -> bool {
        let mut known = self.lock();
        let is_new = !known.contains_key(server);
        known.entry(server.to_owned()).or_default().is_probed |= is_new;
        is_new
    }

    /// Ends a probe of `server`, with the failure where it did not answer.
    pub(super) fn was_probed(&self, server: &str, gone: Option<NetErrorKind>) {
        let mut known = self.lock();
        let server = known.entry(server.to_owned()).or_default();
        (server.is_probed, server.gone) = (false, gone);
        self.probed.notify_all();
    }

    /// Takes down that a request is on its way to `server`.
    pub(super) fn asked(&self, server: &str) {
        self.lock().entry(server.to_owned()).or_default().silent_since.get_or_insert_with(Instant::now);
    }

    /// Takes down that `server` has answered.
    pub(super) fn answered(&self, server: &str) {
        let mut known = self.lock();
        let server = known.entry(server.to_owned()).or_default();
        (server.gone, server.silent_since) = (None, None);
    }

    /// Takes down how a request of `took` to `server` failed; whether that was a wait which is not to be repeated.
    pub(super) fn failed(
        &self,
        server: &str,
        kind: &NetErrorKind,
        took: Duration,
        limits: &TransferLimits,
    ) -> bool {
        let mut known = self.lock();
        let server = known.entry(server.to_owned()).or_default();
        let silence = server.silent_since.map_or(Duration::ZERO, |since| since.elapsed());
        let is_gone = match kind {
            NetErrorKind::Timeout { phase: Phase::Connect, .. } => true,
            // Who refuses at once may be on its way back; a router or a resolver that took its time is not.
            NetErrorKind::Connect { .. } | NetErrorKind::Dns { .. } => took >= limits.patience / 5,
            NetErrorKind::Timeout { phase: Phase::FirstByte, .. } => silence >= limits.silence.mul_f64(0.9),
            _ => {
                server.silent_since = None;
                false
            }
        };
        if is_gone {
            server.gone.get_or_insert_with(|| kind.clone());
        }
        is_gone
    }

    /// How long `server` still wants to be left alone.
    pub(super) fn pause(&self, server: &str) -> Duration {
        let free_at = self.lock().get(server).and_then(|server| server.free_at);
        free_at.map_or(Duration::ZERO, |free_at| free_at.saturating_duration_since(Instant::now()))
    }

    /// Grants `server` a wait that it asks for, unless all of them together would be longer than `limit`. Requests at the same
    /// time wait together.
    fn grant(&self, server: &str, wait: Duration, limit: Duration) -> Option<Requested> {
        let mut known = self.lock();
        let server = known.entry(server.to_owned()).or_default();
        let now = Instant::now();
        let granted = server.free_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let more = wait.saturating_sub(granted);
        let sum = server.waited + more;
        if sum > limit {
            return None;
        }
        (server.waited, server.free_at) = (sum, Some(now + wait.max(granted)));
        Some(Requested { pause: wait.max(granted), more, sum })
    }

    /// How long to wait for a `server` that asks for it in this `error`, which is said; nothing where it has asked for too much.
    pub(super) fn wait_as_asked(
        &self,
        server: &str,
        error: &NetError,
        wait: Duration,
        settings: &NetSettings,
    ) -> Option<Duration> {
        let granted = self.grant(server, wait, settings.limits.retry_after)?;
        // Where another request waits already, that was said.
        if granted.more >= Duration::from_secs(1) {
            let seconds = |time: Duration| time.as_secs_f64().round();
            let sum = Some(granted.sum).filter(|sum| *sum > granted.more);
            let sum = sum.map(|sum| format!(" ({} s in all for {server})", seconds(sum))).unwrap_or_default();
            let line = format!("{error}; waiting {} s as it asks{sum}", seconds(granted.pause));
            settings.notify.tell(&line, &line);
        }
        Some(granted.pause)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Server>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(3);

    fn timeout(phase: Phase) -> NetErrorKind {
        NetErrorKind::Timeout { phase, after: LONG }
    }

    #[test]
    fn a_server_that_was_waited_for_in_vain_is_not_asked_again_until_it_answers() {
        let reason = String::from("no route");
        let limits = TransferLimits::default();
        for (kind, took, expected) in [
            (timeout(Phase::Connect), NONE, true),
            (timeout(Phase::FirstByte), LONG, false),
            (NetErrorKind::Connect { reason: reason.clone() }, NONE, false),
            (NetErrorKind::Connect { reason: reason.clone() }, LONG, true),
            (NetErrorKind::Dns { reason }, LONG, true),
            (NetErrorKind::Cut { expected: None, got: 0 }, LONG, false),
        ] {
            let servers = Servers::default();
            servers.asked("a");
            assert_eq!(servers.failed("a", &kind, took, &limits), expected, "{kind:?}");
            assert_eq!(servers.gone("a"), expected.then_some(kind));
            assert_eq!(servers.gone("b"), None);
            servers.answered("a");
            assert_eq!(servers.gone("a"), None);
        }
    }

    #[test]
    fn silence_counts_over_all_requests_and_ends_with_an_answer() {
        let limits = TransferLimits { silence: Duration::from_millis(10), ..TransferLimits::default() };
        let servers = Servers::default();
        servers.asked("a");
        std::thread::sleep(Duration::from_millis(11));
        servers.asked("a");
        servers.asked("b");
        servers.answered("b");
        assert!(servers.failed("a", &timeout(Phase::FirstByte), NONE, &limits));
        assert!(!servers.failed("b", &timeout(Phase::FirstByte), NONE, &limits));
    }

    #[test]
    fn waits_that_a_server_asks_for_add_up_to_a_limit_and_those_at_one_time_are_one() {
        let servers = Servers::default();
        let seconds = Duration::from_secs;
        let first = servers.grant("a", seconds(20), seconds(60)).unwrap();
        assert_eq!((first.pause, first.sum), (seconds(20), seconds(20)));
        let same = servers.grant("a", seconds(20), seconds(60)).unwrap();
        assert!(same.sum < seconds(21), "{same:?}");
        assert!(servers.pause("a") > seconds(19) && servers.pause("b") == NONE);
        let longer = servers.grant("a", seconds(50), seconds(60)).unwrap();
        assert!(longer.sum > seconds(49) && longer.sum < seconds(52), "{longer:?}");
        assert_eq!(servers.grant("a", seconds(70), seconds(60)), None);
        assert!(servers.grant("b", seconds(60), seconds(60)).is_some());
    }

    #[test]
    fn who_asks_for_a_server_that_is_probed_waits_for_the_outcome() {
        let servers = Servers::default();
        assert!(servers.begin_probe("a") && !servers.begin_probe("a"));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| servers.gone("a"));
            servers.was_probed("a", Some(timeout(Phase::Connect)));
            assert_eq!(waiting.join().unwrap(), Some(timeout(Phase::Connect)));
        });
    }
}
