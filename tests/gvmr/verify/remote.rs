//! Remotes for tests: a directory, a test log, and what can be put between.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gvmr::verify::{Database, LogClient, LogError, LoggedSum, Remote, RemoteError};

use crate::support::log::TestLog;

type Answers<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Sync + 'a;

/// Anything that answers paths, with answers that can be replaced one by one, and a list of what was asked.
pub(crate) struct Scripted<'a> {
    honest: Box<Answers<'a>>,
    replaced: BTreeMap<String, Option<Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl<'a> Scripted<'a> {
    pub(crate) fn log(log: &'a TestLog) -> Self {
        Self::new(|path| log.answer(path))
    }

    pub(crate) fn new(honest: impl Fn(&str) -> Option<Vec<u8>> + Sync + 'a) -> Self {
        Self {
            honest: Box::new(honest),
            replaced: BTreeMap::new(),
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
        }
    }

    /// The public log's answers that were kept as files.
    pub(crate) fn fixture() -> Self {
        Self::new(|path| fs::read(fixture_path(path)).ok())
    }

    /// Refuses everything, as a machine without a network does.
    pub(crate) fn offline() -> Self {
        Self::new(|_| None)
    }

    #[must_use]
    pub(crate) fn replace(mut self, path: &str, answer: Option<Vec<u8>>) -> Self {
        self.replaced.insert(path.to_owned(), answer);
        self
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.most_under_way.load(Ordering::SeqCst)
    }
}

impl Remote for Scripted<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        self.asked.lock().unwrap().push(path.to_owned());
        let answer = self.replaced.get(path).cloned().unwrap_or_else(|| (self.honest)(path));
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        answer.ok_or_else(|| RemoteError { absent: true, source: "404 Not Found".into() })
    }
}

pub(crate) fn fixture_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sumdb").join(path.trim_start_matches('/'))
}

/// One lookup by a fresh client.
pub(crate) fn lookup(
    key: &str,
    remote: &dyn Remote,
    cache: &Path,
    module: &str,
    version: &str,
) -> Result<LoggedSum, LogError> {
    let database = Database::from_setting(key).unwrap();
    LogClient::new(database, remote, cache).lookup(module, version)
}

/// Looks up `example.com/mI v1.0.0`.
pub(crate) fn lookup_numbered(
    log: &TestLog,
    remote: &dyn Remote,
    cache: &Path,
    index: u64,
) -> Result<LoggedSum, LogError> {
    lookup(&log.key(), remote, cache, &format!("example.com/m{index}"), "v1.0.0")
}
