//! The shape of the log: RFC 6962 hashes, complete subtrees, and the tiles that hold them.
//!
//! Pure arithmetic over (level, index) coordinates. Level 0 holds the records; a node at level `l` and
//! index `i` is the root over records `i << l` up to `(i + 1) << l`. A tile holds up to 256 neighbouring
//! hashes of a level that is a multiple of eight. Sizes are below 2^63.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Levels in a tile: the log serves tiles of 2^8 hashes.
const TILE_HEIGHT: u32 = 8;
const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;
/// Bytes in a hash.
pub const HASH_SIZE: usize = 32;

/// The hash of a record, of an inner node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; HASH_SIZE]);

/// Base64, as in tree heads.
impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The hash of the leaf for a record with this text.
pub fn record_hash(text: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(text).finalize().into())
}

/// The hash of the node above two nodes.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 1 + 2 * HASH_SIZE];
    bytes[1..=HASH_SIZE].copy_from_slice(&left.0);
    bytes[1 + HASH_SIZE..].copy_from_slice(&right.0);
    Hash(Sha256::digest(bytes).into())
}

/// A place in the log's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Height above the records.
    pub level: u32,
    /// Position among the nodes of that level.
    pub index: u64,
}

/// The complete subtrees that together cover the first `size` records, from left to right.
pub fn subtrees(size: u64) -> Vec<Node> {
    let mut covered = 0;
    let mut nodes = Vec::new();
    for level in (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1) {
        nodes.push(Node { level, index: covered >> level });
        covered += 1 << level;
    }
    nodes
}

/// The hash of a tree from the hashes of its [`subtrees`].
pub fn tree_hash(subtrees: &[Hash]) -> Hash {
    let Some((last, left)) = subtrees.split_last() else {
        return Hash(Sha256::digest([]).into());
    };
    left.iter().rev().fold(*last, |right, left| node_hash(left, &right))
}

/// A tile's place and width: `width` hashes of tree level `8 * level`, from index `256 * index` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    level: u32,
    index: u64,
    width: u64,
}

impl Tile {
    /// The tile that `node` is read or computed from, as wide as a tree of `size` records has it.
    /// The node must be complete in that tree.
    pub fn of(node: Node, size: u64) -> Self {
        let level = node.level / TILE_HEIGHT;
        let index = node.index >> (TILE_HEIGHT - node.level % TILE_HEIGHT);
        let width = (size >> (level * TILE_HEIGHT)).saturating_sub(index * TILE_WIDTH).min(TILE_WIDTH);
        Self { level, index, width }
    }

    /// The tile above: one of its hashes is the root over this tile. Only for full tiles.
    #[must_use]
    pub fn parent(self, size: u64) -> Self {
        Self::of(self.root(), size)
    }

    /// The node whose hash a full tile's hashes add up to.
    pub fn root(self) -> Node {
        Node { level: (self.level + 1) * TILE_HEIGHT, index: self.index }
    }

    /// Whether it holds all 256 hashes and so has a parent.
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same place at full width.
    #[must_use]
    pub fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// Bytes in the tile.
    pub fn len(self) -> usize {
        usize::try_from(self.width).unwrap_or_default() * HASH_SIZE
    }

    /// Whether it holds no hash: such a tile does not exist.
    pub fn is_empty(self) -> bool {
        self.width == 0
    }

    /// The hash of `node`, which lies in this tile or is its root, from the tile's bytes; `None` if the
    /// bytes do not reach that far.
    pub fn hash(self, node: Node, data: &[u8]) -> Option<Hash> {
        let height = node.level.checked_sub(self.level * TILE_HEIGHT)?;
        let start = (node.index << height).checked_sub(self.index * TILE_WIDTH)?;
        let start = usize::try_from(start).ok()? * HASH_SIZE;
        let end = start + (HASH_SIZE << height);
        reduce(data.get(start..end)?)
    }
}

/// The path below a database's base: `/tile/8/0/x126/640`, or `/tile/8/1/494.p/29` for a part of a tile.
impl fmt::Display for Tile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/tile/{TILE_HEIGHT}/{}", self.level)?;
        let mut unit = 1;
        while self.index / unit >= 1000 {
            unit *= 1000;
        }
        while unit > 1 {
            write!(formatter, "/x{:03}", self.index / unit % 1000)?;
            unit /= 1000;
        }
        write!(formatter, "/{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(formatter, ".p/{}", self.width) }
    }
}

/// The root over a power of two of neighbouring hashes.
fn reduce(data: &[u8]) -> Option<Hash> {
    if let Ok(hash) = data.try_into() {
        return Some(Hash(hash));
    }
    if data.len() < 2 * HASH_SIZE {
        return None;
    }
    let (left, right) = data.split_at(data.len() / 2);
    Some(node_hash(&reduce(left)?, &reduce(right)?))
}
