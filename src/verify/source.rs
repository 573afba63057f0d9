//! The outside world, as this room sees it: something that answers paths.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use super::MAX_ANSWER;
use super::error::LogError;

/// What serves the log: a module proxy, the database itself, a directory. Nothing it says is believed.
pub trait Remote: Sync {
    /// Reads what is served at `path`, which begins with `/lookup/` or `/tile/` and is to be appended to
    /// the base as it stands. May stop with an error after [`MAX_ANSWER`] bytes. Is called from several
    /// threads at once.
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError>;

    /// Who answers, in words and without credentials, where that is not the log itself.
    fn answers_for(&self) -> Option<String> {
        None
    }
}

impl<R: Remote + ?Sized> Remote for &R {
    fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        (**self).read(path)
    }

    fn answers_for(&self) -> Option<String> {
        (**self).answers_for()
    }
}

/// Why there was no answer.
#[derive(Debug)]
pub struct RemoteError {
    /// The server said that there is no such thing (404 or 410); all else is a failure to find out.
    pub absent: bool,
    /// The transport's own words, without credentials.
    pub source: Box<dyn Error + Send + Sync>,
}

/// A [`Remote`] for the length of one lookup, with the log's name for messages.
pub(super) struct LogSource<'a> {
    log: &'a str,
    remote: &'a dyn Remote,
    asked: AtomicBool,
}

impl<'a> LogSource<'a> {
    pub(super) fn new(log: &'a str, remote: &'a dyn Remote) -> Self {
        Self { log, remote, asked: AtomicBool::new(false) }
    }

    /// Name and path, and who answered, for messages.
    pub(super) fn at(&self, path: &str) -> String {
        let by = self.remote.answers_for().map(|by| format!(" (read from {by})"));
        format!("{}{}", self.place(path), by.unwrap_or_default())
    }

    /// Name and path.
    fn place(&self, path: &str) -> String {
        format!("{}{path}", self.log)
    }

    /// Whether anything was asked of the remote.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, LogError> {
        self.asked.store(true, Ordering::Relaxed);
        let answer = self.remote.read(path).map_err(|RemoteError { absent, source }| {
            let at = self.at(path);
            // A tile that is not there says nothing about the module.
            if absent && path.starts_with("/lookup/") {
                LogError::Absent { at, source }
            } else {
                LogError::Remote { at: self.place(path), source }
            }
        })?;
        if answer.len() > MAX_ANSWER {
            return Err(LogError::TooLong { at: self.at(path), limit: MAX_ANSWER, got: answer.len() });
        }
        Ok(answer)
    }
}
