//! A transparency log in memory that signs with its own key and can be told to misbehave.
//!
//! Written from RFC 6962 and the tile layout alone, and shares no code with the client it tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

type Hash = [u8; 32];

/// A log, honest until told otherwise.
pub(crate) struct TestLog {
    name: String,
    key: Ed25519KeyPair,
    seed: [u8; 32],
    records: Vec<(String, String)>, // lookup path and text
    levels: Vec<Vec<Hash>>,         // levels[l][i]: root over records i<<l up to (i+1)<<l
    served: Option<u64>,
    forged: BTreeMap<String, Option<Vec<u8>>>,
}

impl TestLog {
    /// An empty log of this name, with a key of its own.
    pub(crate) fn new(name: &str) -> Self {
        Self::with_seed(name, Sha256::digest(name).into())
    }

    fn with_seed(name: &str, seed: [u8; 32]) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let (records, levels) = (Vec::new(), Vec::new());
        Self { name: name.to_owned(), key, seed, records, levels, served: None, forged: BTreeMap::new() }
    }

    /// A log of `size` records about `example.com/mI v1.0.0`, I from 0.
    pub(crate) fn filled(name: &str, size: u64) -> Self {
        let mut log = Self::new(name);
        for index in 0..size {
            log.add_numbered(index);
        }
        log
    }

    /// Adds `example.com/mI v1.0.0`, whose sums follow from I.
    pub(crate) fn add_numbered(&mut self, index: u64) -> u64 {
        let module = format!("example.com/m{index}");
        self.add(&module, "v1.0.0", &sum_of(index), &sum_of(index + 1_000_000))
    }

    /// Adds a record with the sums of a module's zip and of its go.mod; gives its id.
    pub(crate) fn add(&mut self, module: &str, version: &str, h1: &str, gomod_h1: &str) -> u64 {
        let text = format!("{module} {version} {h1}\n{module} {version}/go.mod {gomod_h1}\n");
        self.add_text(module, version, &text)
    }

    /// Adds a record with any text, which lookups of `module` at `version` will be answered with.
    pub(crate) fn add_text(&mut self, module: &str, version: &str, text: &str) -> u64 {
        let id = self.records.len() as u64;
        self.records.push((format!("/lookup/{module}@{version}"), text.to_owned()));
        let mut hash: Hash = Sha256::new().chain_update([0]).chain_update(text).finalize().into();
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
            let [.., left, right] = self.levels[level][..] else { break };
            if self.levels[level].len() % 2 == 1 {
                break;
            }
            hash = node(&left, &right);
        }
        id
    }

    /// How many records it holds.
    pub(crate) fn size(&self) -> u64 {
        self.records.len() as u64
    }

    /// The verifier key, as `GOSUMDB` wants it.
    pub(crate) fn key(&self) -> String {
        let key = self.algorithm_and_public_key();
        format!("{}+{}+{}", self.name, hex(&self.key_hash()), STANDARD.encode(key))
    }

    /// A signed head over the first `size` records.
    pub(crate) fn head(&self, size: u64) -> Vec<u8> {
        self.sign(&format!("go.sum database tree\n{size}\n{}\n", STANDARD.encode(self.root(size))))
    }

    /// Signs any text, which has to end in a newline.
    pub(crate) fn sign(&self, text: &str) -> Vec<u8> {
        let mut signature = self.key_hash().to_vec();
        signature.extend(self.key.sign(text.as_bytes()).as_ref());
        format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signature)).into_bytes()
    }

    /// Answers lookups with the head of `size` records, as a proxy with an old copy or a log that was
    /// rolled back. `None`: with the newest head.
    pub(crate) fn serve_size(&mut self, size: Option<u64>) {
        self.served = size;
    }

    /// A log with the same key and the same first `size` records, free to go on differently.
    pub(crate) fn fork(&self, size: u64) -> Self {
        let mut fork = Self::with_seed(&self.name, self.seed);
        for (path, text) in self.records.iter().take(usize::try_from(size).unwrap()) {
            let (module, version) = path.trim_start_matches("/lookup/").split_once('@').unwrap();
            fork.add_text(module, version, text);
        }
        fork
    }

    /// From now on answers `path` with these bytes, or with "not found".
    pub(crate) fn forge(&mut self, path: &str, answer: Option<Vec<u8>>) {
        self.forged.insert(path.to_owned(), answer);
    }

    /// What is served at `path`; `None` is a 404.
    pub(crate) fn answer(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(forged) = self.forged.get(path) {
            return forged.clone();
        }
        let served = self.served.unwrap_or_else(|| self.size());
        match path {
            "/supported" => Some(Vec::new()),
            "/latest" => Some(self.head(served)),
            _ if path.starts_with("/tile/8/") => self.tile(path),
            _ => {
                let id = self.records.iter().position(|(known, _)| known == path)?;
                Some(Self::lookup_answer(id as u64, &self.records[id].1, &self.head(served)))
            }
        }
    }

    /// An answer made of these parts.
    pub(crate) fn lookup_answer(id: u64, text: &str, note: &[u8]) -> Vec<u8> {
        let mut answer = format!("{id}\n{text}\n").into_bytes();
        answer.extend(note);
        answer
    }

    /// The text of a record.
    pub(crate) fn text(&self, id: u64) -> &str {
        &self.records[usize::try_from(id).unwrap()].1
    }

    /// All paths it has an answer for: lookups, full tiles, and the parts of tiles that the trees of the
    /// given sizes have.
    pub(crate) fn paths(&self, sizes: &[u64]) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = self.records.iter().map(|(path, _)| path.clone()).collect();
        paths.insert("/latest".to_owned());
        paths.extend(self.forged.keys().cloned());
        for &size in sizes {
            for (level, count) in (0..8).map(|level| (level, size >> (8 * level))) {
                paths.extend((0..count >> 8).map(|index| format!("/tile/8/{level}/{}", number(index))));
                if count & 255 != 0 {
                    paths.insert(format!("/tile/8/{level}/{}.p/{}", number(count >> 8), count & 255));
                }
            }
        }
        paths
    }

    fn tile(&self, path: &str) -> Option<Vec<u8>> {
        let (level, rest) = path.strip_prefix("/tile/8/")?.split_once('/')?;
        let (index, width) = rest.split_once(".p/").unwrap_or((rest, "256"));
        let index: usize = index.replace(['x', '/'], "").parse().ok()?;
        let hashes = self.levels.get(8 * level.parse::<usize>().ok()?)?;
        let start = index * 256;
        Some(hashes.get(start..start + width.parse::<usize>().ok()?)?.concat())
    }

    fn root(&self, size: u64) -> Hash {
        let (mut end, mut root) = (size, None);
        for level in 0..64 {
            if size >> level & 1 == 1 {
                end -= 1 << level;
                let left = self.levels[level][usize::try_from(end >> level).unwrap()];
                root = Some(root.map_or(left, |right| node(&left, &right)));
            }
        }
        root.unwrap_or_else(|| Sha256::digest([]).into())
    }

    fn algorithm_and_public_key(&self) -> Vec<u8> {
        [&[1], self.key.public_key().as_ref()].concat()
    }

    fn key_hash(&self) -> [u8; 4] {
        let sum = Sha256::digest([self.name.as_bytes(), b"\n", &self.algorithm_and_public_key()].concat());
        sum[..4].try_into().unwrap()
    }
}

/// A sum that belongs to this number alone.
pub(crate) fn sum_of(number: u64) -> String {
    format!("h1:{}", STANDARD.encode(Sha256::digest(number.to_be_bytes())))
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn number(index: u64) -> String {
    assert!(index < 1_000_000, "a test log has fewer records");
    if index < 1000 { format!("{index:03}") } else { format!("x{:03}/{:03}", index / 1000, index % 1000) }
}
