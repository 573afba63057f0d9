//! Hashes of a signed tree, read from tiles that are all proved to belong to it.
//!
//! Takes a tree head and the places asked for; gives their hashes only after every tile that was read has
//! been added up to the head's hash: those at the tree's right edge directly, each further one through the
//! entry in the tile above it. Only then are tiles kept. Tiles from the cache are believed no more than
//! others; if they do not fit they are dropped and fetched again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::cache::Cache;
use super::error::LogError;
use super::foreign;
use super::head::TreeHead;
use super::source::LogSource;
use super::tlog::{Hash, Node, Tile, subtrees, tree_hash};

/// Most tiles on their way at once.
const MAX_REQUESTS: usize = 8;

/// Reads the hashes at `nodes`, each of which must be complete in the tree of `head`.
pub(super) fn read(
    head: &TreeHead,
    nodes: &[Node],
    cache: &Cache,
    source: &LogSource<'_>,
) -> Result<Vec<Hash>, LogError> {
    let plan = Plan::new(head.size, nodes);
    let mut loaded: Vec<Loaded> = plan.tiles.iter().map(|&tile| Loaded::from_cache(tile, cache)).collect();
    loop {
        fetch_missing(&plan.tiles, &mut loaded, source)?;
        let Err(mismatch) = plan.authenticate(head, &loaded) else { break };
        if !drop_cached(&plan.tiles, &mut loaded, &mismatch.suspects, cache) {
            return Err(mismatch.into_error(head, &plan, source));
        }
    }
    for (tile, loaded) in plan.tiles.iter().zip(&loaded) {
        if loaded.kept_at.is_none() {
            cache.write(&tile.to_string(), &loaded.data);
        }
    }
    Ok(nodes.iter().filter_map(|&node| plan.hash(node, &loaded)).collect())
}

/// The tiles to read, parents before children.
struct Plan {
    size: u64,
    tiles: Vec<Tile>,
    /// How many of them, from the first on, form the tree's right edge.
    edge: usize,
}

/// A tile's bytes, and the path they have in the cache if they came from there.
#[derive(Default)]
struct Loaded {
    data: Vec<u8>,
    kept_at: Option<String>,
}

/// Hashes that differ, and the tiles of which at least one is wrong.
struct Mismatch {
    suspects: Vec<usize>,
    expected: Hash,
    got: Hash,
}

impl Plan {
    fn new(size: u64, nodes: &[Node]) -> Self {
        let mut tiles: Vec<Tile> = Vec::new();
        for node in subtrees(size) {
            let tile = Tile::of(node, size);
            if !tiles.contains(&tile) {
                tiles.push(tile);
            }
        }
        let edge = tiles.len();
        for &node in nodes {
            let mut missing = Vec::new();
            let mut tile = Tile::of(node, size);
            while !tiles.contains(&tile) {
                missing.push(tile);
                tile = tile.parent(size);
            }
            tiles.extend(missing.into_iter().rev());
        }
        Self { size, tiles, edge }
    }

    /// Adds everything up to the head's hash. Every byte of every tile takes part.
    fn authenticate(&self, head: &TreeHead, loaded: &[Loaded]) -> Result<(), Mismatch> {
        let edge: Vec<Hash> =
            subtrees(self.size).iter().filter_map(|&node| self.hash(node, loaded)).collect();
        let got = tree_hash(&edge);
        if got != head.hash {
            return Err(Mismatch { suspects: (0..self.edge).collect(), expected: head.hash, got });
        }
        for (index, (tile, loaded_tile)) in self.tiles.iter().zip(loaded).enumerate().skip(self.edge) {
            let entry = self.hash(tile.root(), loaded);
            let got = tile.hash(tile.root(), &loaded_tile.data);
            match (entry, got) {
                (Some(expected), Some(got)) if expected == got => {}
                (expected, got) => {
                    let unknown = tree_hash(&[]);
                    let (expected, got) = (expected.unwrap_or(unknown), got.unwrap_or(unknown));
                    return Err(Mismatch { suspects: vec![index], expected, got });
                }
            }
        }
        Ok(())
    }

    /// The hash at `node` from the tile that holds it.
    fn hash(&self, node: Node, loaded: &[Loaded]) -> Option<Hash> {
        let tile = Tile::of(node, self.size);
        let index = self.tiles.iter().position(|&planned| planned == tile)?;
        tile.hash(node, &loaded.get(index)?.data)
    }
}

impl Loaded {
    /// Bytes of the right length from the cache, else nothing yet. A part can be cut from the full tile.
    fn from_cache(tile: Tile, cache: &Cache) -> Self {
        for kept in [tile, tile.full()] {
            let path = kept.to_string();
            match cache.read(&path) {
                Some(mut data) if data.len() == kept.len() => {
                    data.truncate(tile.len());
                    return Self { data, kept_at: Some(path) };
                }
                Some(_) => cache.discard(&path),
                None => {}
            }
        }
        Self::default()
    }
}

impl Mismatch {
    fn into_error(self, head: &TreeHead, plan: &Plan, source: &LogSource<'_>) -> LogError {
        let paths: Vec<String> =
            self.suspects.iter().filter_map(|&index| plan.tiles.get(index)).map(Tile::to_string).collect();
        LogError::TileMismatch {
            at: source.at(&paths.join(", ")),
            size: head.size,
            expected: self.expected,
            got: self.got,
        }
    }
}

/// Empties those of the suspects that came from the cache, here and there; whether there were any.
fn drop_cached(tiles: &[Tile], loaded: &mut [Loaded], suspects: &[usize], cache: &Cache) -> bool {
    let mut any = false;
    for (index, (tile, loaded)) in tiles.iter().zip(loaded).enumerate() {
        let Some(path) = loaded.kept_at.as_ref().filter(|_| suspects.contains(&index)) else { continue };
        cache.discard(path);
        cache.discard(&tile.to_string());
        *loaded = Loaded::default();
        any = true;
    }
    any
}

/// Asks for all tiles that have no bytes yet, several at once: each costs a round trip.
fn fetch_missing(tiles: &[Tile], loaded: &mut [Loaded], source: &LogSource<'_>) -> Result<(), LogError> {
    let missing: Vec<(Tile, &mut Loaded)> =
        tiles.iter().copied().zip(loaded).filter(|(_, loaded)| loaded.data.is_empty()).collect();
    let extra_threads = missing.len().clamp(1, MAX_REQUESTS) - 1;
    let queue = Mutex::new(missing.into_iter());
    let failure = Mutex::new(None);
    let failed = AtomicUsize::new(0);
    let work = || {
        while failed.load(Ordering::Relaxed) == 0 {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((tile, loaded)) = next else { return };
            match fetch(tile, source) {
                Ok(data) => loaded.data = data,
                Err(error) => {
                    failed.store(1, Ordering::Relaxed);
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..extra_threads {
            // Where no thread can be had, those that there are do the work.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Asks for one tile. Where a part is no longer served, its tile has been completed since.
fn fetch(tile: Tile, source: &LogSource<'_>) -> Result<Vec<u8>, LogError> {
    let first = source.read(&tile.to_string());
    let (mut data, whole) = match first {
        Err(error) if !tile.is_full() => match source.read(&tile.full().to_string()) {
            Ok(data) => (data, tile.full()),
            Err(_) => return Err(error),
        },
        result => (result?, tile),
    };
    if data.len() != whole.len() {
        let at = source.at(&whole.to_string());
        if let Some(instead) = foreign::instead_of_tile(&data) {
            return Err(LogError::NotAnAnswer { at, instead });
        }
        return Err(LogError::TileLength { at, expected: whole.len(), got: data.len() });
    }
    data.truncate(tile.len());
    Ok(data)
}
