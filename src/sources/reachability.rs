//! Which servers could not be connected to in the last minutes, on this network: they are asked last, never left out.
//!
//! Takes the outcome of requests, keeps a small file in the cache: a time, a network and a server on each line, no
//! credentials. What cannot be read is nothing, what cannot be written is forgotten.

use crate::net::Url;
use crate::store;
use gvmr_core::sys::bounded;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How long a failure is remembered, in seconds.
const MEMORY: u64 = 600;
const NAME: &str = "unreachable";
const FORM: &str = "gvmr unreachable 1";
const MAX_BYTES: u64 = 64 << 10;
const MAX_LINES: usize = 64;

/// What is remembered of servers.
#[derive(Debug)]
pub struct Reachability {
    file: PathBuf,
    network: String,
    /// When a server failed, by network and server.
    failures: OnceLock<Mutex<Failures>>,
}

type Failures = BTreeMap<(String, String), u64>;

impl Reachability {
    /// What is remembered in the directory `cache` about servers as they are seen from `network`, a word.
    pub fn new(cache: &Path, network: &str) -> Self {
        Self { file: cache.join(NAME), network: network.to_owned(), failures: OnceLock::new() }
    }

    /// Whether the server of `url` could not be connected to a few minutes ago.
    pub fn is_doubtful(&self, url: &Url) -> bool {
        server(url).is_some_and(|server| self.failures().contains_key(&(self.network.clone(), server)))
    }

    /// Remembers that the server of `url` could not be connected to.
    pub fn failed(&self, url: &Url) {
        let Some(server) = server(url) else { return };
        let mut failures = self.failures();
        let before = failures.insert((self.network.clone(), server), now());
        if before.is_none() {
            self.write(&failures);
        }
    }

    /// Forgets what was remembered of the server of `url`, which has answered.
    pub fn reached(&self, url: &Url) {
        let Some(server) = server(url) else { return };
        let mut failures = self.failures();
        if failures.remove(&(self.network.clone(), server)).is_some() {
            self.write(&failures);
        }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        let failures = self.failures.get_or_init(|| Mutex::new(read(&self.file, now())));
        failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, failures: &Failures) {
        let line =
            |((network, server), time): (&(String, String), &u64)| format!("{time} {network} {server}\n");
        let lines: String = failures.iter().take(MAX_LINES).map(line).collect();
        // A cache that cannot be written costs the next run a wait, nothing more.
        let _ = store::replace(&self.file, format!("{FORM}\n{lines}").as_bytes(), 0o600);
    }
}

fn read(file: &Path, now: u64) -> Failures {
    let Ok(Some(bytes)) = bounded::read(file, MAX_BYTES) else { return Failures::new() };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    if lines.next() != Some(FORM) {
        return Failures::new();
    }
    let failure = |line: &str| {
        let mut words = line.split(' ');
        let (time, network, server) = (words.next()?.parse::<u64>().ok()?, words.next()?, words.next()?);
        // A clock that was set back makes no failure last for ever.
        let is_young = time <= now && now - time < MEMORY;
        is_young.then(|| ((network.to_owned(), server.to_owned()), time))
    };
    lines.take(MAX_LINES).filter_map(failure).collect()
}

/// `https://go.dev`; nothing for a local file.
fn server(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|_| url.scheme() != "file")?;
    let port = url.port().map(|port| format!(":{port}"));
    Some(format!("{}://{host}{}", url.scheme(), port.unwrap_or_default()))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_failure_is_remembered_on_its_network_until_the_server_answers() {
        let cache = tempfile::tempdir().unwrap();
        let remembered = |network: &str| Reachability::new(cache.path(), network);
        let go = url("https://joe:canary@go.dev/dl");
        assert!(!remembered("a").is_doubtful(&go));
        remembered("a").failed(&go);
        assert!(remembered("a").is_doubtful(&url("https://go.dev/x")));
        assert!(!remembered("a").is_doubtful(&url("https://go.dev:8443/")));
        assert!(!remembered("b").is_doubtful(&go));
        let text = std::fs::read_to_string(cache.path().join(NAME)).unwrap();
        assert!(text.contains("https://go.dev") && !text.contains("canary"), "{text}");
        remembered("b").failed(&url("http://other/"));
        remembered("a").reached(&go);
        assert!(!remembered("a").is_doubtful(&go) && remembered("b").is_doubtful(&url("http://other/x")));
        remembered("a").failed(&url("file:///srv/go"));
        assert!(!remembered("a").is_doubtful(&url("file:///srv/go")));
    }

    #[test]
    fn what_is_old_from_the_future_or_no_such_file_is_nothing() {
        let cache = tempfile::tempdir().unwrap();
        let file = cache.path().join(NAME);
        let text = format!("{FORM}\n1000 a https://young\n399 a https://old\n1002 a https://future\nx\n");
        store::replace(&file, text.as_bytes(), 0o600).unwrap();
        let servers: Vec<_> = read(&file, 1000).into_keys().map(|(_, server)| server).collect();
        assert_eq!(servers, ["https://young"]);
        store::replace(&file, b"other\n1000 a https://young\n", 0o600).unwrap();
        assert!(read(&file, 1000).is_empty() && read(cache.path(), 1000).is_empty());
        let unwritable = Reachability::new(Path::new("/proc/none"), "a");
        unwritable.failed(&url("https://go.dev"));
        assert!(unwritable.is_doubtful(&url("https://go.dev")));
    }
}
