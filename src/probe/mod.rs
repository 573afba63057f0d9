//! What a probe of a check asks, measured.
//!
//! Takes a target and how long it may take; gives figures, what did not come as expected, or why nothing is known. Judges
//! nothing.

mod connections;
mod contents;
mod disk;
mod file;
mod go;
mod http;
mod memory;
mod output;
mod processors;
mod program;
mod prometheus;
mod secrets;
mod source_files;
mod tcp;
mod tls;

pub use connections::ConnectionLimit;
pub use http::revealed_headers;

use crate::check::file::{ProbeDefinition, ProbeTarget};
use crate::check::{Measurement, NotMeasured, SecretMask};
use crate::context::Context;
use crate::net::NetSettings;
use gvmr_core::sys::environment::Environment;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often it is looked whether the run was interrupted.
const TICK: Duration = Duration::from_millis(20);

/// What a measurement needs of the run.
pub struct ProbeSurroundings<'a> {
    /// Where commands run.
    pub directory: &'a Path,
    /// A command that is ended with this process, with the environment that `go` has here.
    pub command: &'a (dyn Fn(&[OsString]) -> io::Result<Command> + Sync),
    /// gvmr's home, what is installed in it, and which Go runs where.
    pub context: &'a Context,
    /// Variables, of which some are secrets.
    pub environment: &'a (dyn Environment + Sync),
    /// Proxies, trusted authorities, and the logins that are kept.
    pub net: &'a NetSettings,
    /// The run's moment, in seconds since 1970.
    pub now_seconds: u64,
    /// Whether the run was interrupted.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    /// When this attempt is over.
    pub end: Instant,
    /// The connections of the whole run.
    pub connections: &'a ConnectionLimit,
    /// What is hidden in all that is shown of others, before it is cut.
    pub secrets: &'a SecretMask,
}

impl ProbeSurroundings<'_> {
    /// Why a probe that is not finished ends.
    fn stopped(&self) -> Option<NotMeasured> {
        match () {
            () if (self.interrupted)() => Some(NotMeasured::Interrupted),
            () if Instant::now() >= self.end => Some(NotMeasured::OutOfTime),
            () => None,
        }
    }
}

/// Measures once, in at most `timeout`.
pub fn measure(
    probe: &ProbeDefinition,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let asks = |figure: &str| contents::asks(probe, figure);
    let needed = connections::needed_by(&probe.target);
    let _permit = surroundings.connections.take(needed, &|| surroundings.stopped())?;
    match &probe.target {
        ProbeTarget::Disk(path) => disk::measure(path, &asks),
        ProbeTarget::Memory(scope) => memory::measure(*scope, &asks),
        ProbeTarget::Cpu(scope, over) => processors::measure(*scope, *over, &asks, timeout, surroundings),
        ProbeTarget::File(target) => file::measure(probe, target, surroundings.secrets),
        ProbeTarget::Command(target) => program::measure(probe, target, timeout, surroundings),
        ProbeTarget::Http(target) => http::measure(probe, target, timeout, surroundings),
        ProbeTarget::Prometheus(target) => prometheus::measure(target, timeout, surroundings),
        ProbeTarget::Tcp(target) => tcp::measure(target, timeout, surroundings),
        ProbeTarget::Tls(target) => tls::measure(probe, target, timeout, surroundings),
        ProbeTarget::Secrets(target) => secrets::measure(target, timeout, surroundings),
        ProbeTarget::Go(target) => go::measure(probe, target, timeout, surroundings),
    }
}

/// Why waiting ends before what is waited for.
pub type StopReason<'a> = dyn Fn() -> Option<NotMeasured> + Sync + 'a;

/// Runs what waits for others in a thread, and gives it up where waiting ends; it ends by its own limit then.
pub fn watched<T: Send + 'static>(
    stopped: &StopReason<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NotMeasured> {
    let (sender, found) = channel();
    let spawned =
        std::thread::Builder::new().name("probe".to_owned()).spawn(move || drop(sender.send(work())));
    spawned.map_err(|error| failed(format!("no thread for a probe: {error}")))?;
    received(&found, stopped)
}

/// What a thread sends next, unless waiting ends before.
fn received<T>(receiver: &Receiver<T>, stopped: &StopReason<'_>) -> Result<T, NotMeasured> {
    loop {
        if let Some(why) = stopped() {
            return Err(why);
        }
        match receiver.recv_timeout(TICK) {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(failed("the probe ended early")),
        }
    }
}

/// It could not be known.
fn failed(why: impl Into<String>) -> NotMeasured {
    NotMeasured::Failed(why.into())
}
