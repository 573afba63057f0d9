//! The client of the transparency log: asks for a module's sum and believes it only when proved.
//!
//! Takes a database, something that answers paths, and a directory to remember things in. Gives a
//! [`LoggedSum`] only if the trusted key signed the tree head, that head and the newest one seen before are
//! of one history, and the record is in the newer of both trees. The order is the safety: parse, verify,
//! only then remember. Accepts what `golang.org/x/mod/sumdb` accepts.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::cache::{Cache, Swap};
use super::database::Database;
use super::error::{Fork, LogError};
use super::escape::lookup_path;
use super::h1::H1;
use super::head::TreeHead;
use super::record::Record;
use super::source::{LogSource, Remote};
use super::tlog::{Hash, Node, subtrees, tree_hash};
use super::{LoggedSum, foreign, tiles};

/// How often the remembered head may change under our hands before we give up saving ours.
const MAX_SWAPS: usize = 16;

/// A client of one checksum database. Lookups of several threads take turns; several processes may share
/// one cache directory.
pub struct LogClient<'a> {
    database: Database,
    remote: Box<dyn Remote + 'a>,
    cache: Cache,
    memory: Mutex<Option<Memory>>,
}

/// What went wrong beside a proof that holds.
#[derive(Debug, thiserror::Error)]
pub enum Warning {
    /// The remembered head was unreadable. What the log had shown before can no longer be compared.
    #[error("{log}: discarded a damaged copy of the tree head: {reason}")]
    HeadDropped {
        /// The database's name.
        log: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The newest head could not be saved, so that a later run cannot notice a log that goes back.
    #[error("{log}: cannot save the newest tree head: {source}")]
    HeadNotSaved {
        /// The database's name.
        log: String,
        /// The file system's own words.
        source: io::Error,
    },
}

/// The newest head seen, and the bytes last seen in the file that remembers it.
struct Memory {
    head: TreeHead,
    on_disk: Vec<u8>,
}

/// A record that was proved to be in the tree of `newest`.
struct Proved {
    id: u64,
    h1: H1,
    newest: TreeHead,
}

impl<'a> LogClient<'a> {
    /// A client that keeps its files in `cache_directory/NAME`.
    pub fn new(database: Database, remote: impl Remote + 'a, cache_directory: &Path) -> Self {
        let cache = Cache::new(cache_directory.join(database.name()));
        Self { database, remote: Box::new(remote), cache, memory: Mutex::new(None) }
    }

    /// The sum that the log recorded for the zip of `module` at `version`.
    pub fn lookup(&self, module: &str, version: &str) -> Result<LoggedSum, LogError> {
        let path = lookup_path(module, version).ok_or_else(|| LogError::InvalidModule {
            module: module.to_owned(),
            version: version.to_owned(),
        })?;
        let mut lookup = Lookup {
            client: self,
            source: LogSource::new(self.database.name(), &*self.remote),
            path,
            module,
            version,
            warnings: Vec::new(),
        };
        let mut turn = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let proved = lookup.run(&mut turn)?;
        Ok(LoggedSum {
            module: module.to_owned(),
            version: version.to_owned(),
            h1: proved.h1,
            log: self.database.name().to_owned(),
            record: proved.id,
            tree_size: proved.newest.size,
            needed_network: lookup.source.was_asked(),
            warnings: lookup.warnings,
        })
    }
}

/// One lookup under way.
struct Lookup<'a> {
    client: &'a LogClient<'a>,
    source: LogSource<'a>,
    path: String,
    module: &'a str,
    version: &'a str,
    warnings: Vec<Warning>,
}

impl Lookup<'_> {
    fn run(&mut self, turn: &mut MutexGuard<'_, Option<Memory>>) -> Result<Proved, LogError> {
        let mut memory = turn.take().unwrap_or_else(|| self.recall());
        let result = self.answer(&memory.head).and_then(|mut proved| {
            memory.head = proved.newest.clone();
            self.remember(&mut memory)?;
            proved.newest = memory.head.clone();
            Ok(proved)
        });
        **turn = Some(memory);
        result
    }

    /// Proves the answer that the cache has, else the one that the remote gives, and then keeps it.
    fn answer(&self, remembered: &TreeHead) -> Result<Proved, LogError> {
        let cache = &self.client.cache;
        if let Some(answer) = cache.read(&self.path) {
            match self.prove(&answer, remembered) {
                Err(error) if error.blames_answer() => cache.discard(&self.path),
                result => return result,
            }
        }
        let answer = self.source.read(&self.path)?;
        let proved = self.prove(&answer, remembered)?;
        cache.write(&self.path, &answer);
        Ok(proved)
    }

    /// Proves one answer: signature, one history with the remembered head, inclusion, and that the record
    /// speaks of what was asked.
    fn prove(&self, answer: &[u8], remembered: &TreeHead) -> Result<Proved, LogError> {
        let at = || self.source.at(&self.path);
        let bad_record = |source| LogError::BadRecord { at: at(), source };

        let (record, note) =
            Record::parse(answer).map_err(|error| match foreign::instead_of_record(answer) {
                Some(instead) => LogError::NotAnAnswer { at: at(), instead },
                None => bad_record(error),
            })?;
        let offered = TreeHead::open(note, &self.client.database.verifier)
            .map_err(|source| LogError::note(at(), source))?;
        let leaf = Node { level: 0, index: record.id };
        let (newest, leaf) = self.one_history(remembered, &offered, Some(leaf))?;

        let Some(expected) = leaf else {
            return Err(LogError::BeyondTree { at: at(), id: record.id, size: newest.size });
        };
        let got = record.hash();
        if got != expected {
            return Err(LogError::NotInLog { at: at(), id: record.id, size: newest.size, expected, got });
        }
        match record.sum(self.module, self.version).map_err(bad_record)? {
            Some(h1) => Ok(Proved { id: record.id, h1, newest: newest.clone() }),
            None => Err(LogError::RecordMissing {
                at: at(),
                id: record.id,
                module: self.module.to_owned(),
                version: self.version.to_owned(),
            }),
        }
    }

    /// The newer of two heads, once the older one is proved to be a part of its history. Proxies cache, so
    /// either may be the older one; of equals it is `one` that stays. In the same round trip reads the hash at `leaf`, if the tree has it.
    fn one_history<'h>(
        &self,
        one: &'h TreeHead,
        other: &'h TreeHead,
        leaf: Option<Node>,
    ) -> Result<(&'h TreeHead, Option<Hash>), LogError> {
        let (older, newer) = if one.size < other.size { (one, other) } else { (other, one) };
        let mut nodes = if older.size == newer.size { Vec::new() } else { subtrees(older.size) };
        let covering = nodes.len();
        nodes.extend(leaf.filter(|leaf| leaf.index < newer.size));

        let hashes = if nodes.is_empty() {
            Vec::new()
        } else {
            tiles::read(newer, &nodes, &self.client.cache, &self.source)?
        };
        let (covering, leaf) = hashes.split_at(covering.min(hashes.len()));
        let got = if older.size == newer.size { newer.hash } else { tree_hash(covering) };
        if got != older.hash {
            return Err(self.fork(older, newer, got));
        }
        Ok((newer, leaf.first().copied()))
    }

    fn fork(&self, older: &TreeHead, newer: &TreeHead, got: Hash) -> LogError {
        let mut text = format!(
            "Two signed tree heads of {} contradict each other.\nThe older tree's records hash to {got} in the newer tree.\n",
            self.client.database.name()
        )
        .into_bytes();
        for (title, head) in [("older", older), ("newer", newer)] {
            text.extend(format!("\n{title}, {} records:\n", head.size).bytes());
            text.extend(&head.note);
        }
        let name = format!("/fork-{}-{}.txt", older.size, newer.size);
        LogError::Fork(Box::new(Fork {
            log: self.client.database.name().to_owned(),
            older_size: older.size,
            newer_size: newer.size,
            expected: older.hash,
            got,
            older: older.note.clone(),
            newer: newer.note.clone(),
            evidence: self.client.cache.keep_evidence(&name, &text).ok(),
        }))
    }

    /// The head that the cache remembers. A damaged one must not block all further installs, but
    /// it is reported.
    fn recall(&mut self) -> Memory {
        let (on_disk, head) = match self.client.cache.head() {
            Ok(note) => {
                let head = TreeHead::open(&note, &self.client.database.verifier);
                (note, head.map_err(|error| error.to_string()))
            }
            Err(error) => (Vec::new(), Err(error.to_string())),
        };
        let head = head.unwrap_or_else(|reason| {
            self.warnings.push(Warning::HeadDropped { log: self.client.database.name().to_owned(), reason });
            TreeHead::empty()
        });
        Memory { head, on_disk }
    }

    /// Saves the head, unless another process saved one meanwhile that is as new. What it saved has to be
    /// of the same history.
    fn remember(&mut self, memory: &mut Memory) -> Result<(), LogError> {
        for _ in 0..MAX_SWAPS {
            if memory.on_disk == memory.head.note {
                return Ok(());
            }
            match self.client.cache.swap_head(&memory.on_disk, &memory.head.note) {
                Ok(Swap::Done) => memory.on_disk.clone_from(&memory.head.note),
                Ok(Swap::Conflict(current)) => {
                    let theirs = TreeHead::open(&current, &self.client.database.verifier)
                        .unwrap_or_else(|_| TreeHead::empty());
                    let (newest, _) = self.one_history(&theirs, &memory.head, None)?;
                    let theirs_is_as_new = theirs.size == newest.size;
                    memory.on_disk = current;
                    if theirs_is_as_new {
                        memory.head = theirs;
                        return Ok(());
                    }
                }
                Err(source) => {
                    self.warn_not_saved(source);
                    return Ok(());
                }
            }
        }
        self.warn_not_saved(io::ErrorKind::ResourceBusy.into());
        Ok(())
    }

    fn warn_not_saved(&mut self, source: io::Error) {
        self.warnings.push(Warning::HeadNotSaved { log: self.client.database.name().to_owned(), source });
    }
}
