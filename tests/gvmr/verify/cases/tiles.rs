//! Which tiles belong to the signed tree. Asked for is record 5: its tile is full and has a parent.

use sha2::{Digest, Sha256};

use super::{Case, SHORT, accepted, refused};

const LEAVES: &str = "/tile/8/0/000";
const PARENT: &str = "/tile/8/1/000.p/2";
const EDGE: &str = "/tile/8/0/002.p/188";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = forged();
    cases.extend(lengths());
    cases.extend(parts());
    cases
}

fn forged() -> Vec<Case> {
    let flipped = |name, path, byte| {
        Case::new(name, refused("TileMismatch"), |case| {
            change(case, path, |data| data[byte] ^= 1);
        })
    };
    vec![
        // CVE-2026-56865: the tree of 700 records is six subtrees in two tiles, and the tile of the leaves
        // was counted among those that the root had already vouched for.
        Case::new("a forged record and its forged leaf", refused("TileMismatch"), |case| {
            let evil = "example.com/m5 v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
            case.answer_parts(|_, text, _| evil.clone_into(text));
            let leaf = Sha256::new().chain_update([0]).chain_update(evil).finalize();
            change(case, LEAVES, |data| data[5 * 32..6 * 32].copy_from_slice(&leaf));
        }),
        flipped("the leaf of another record", LEAVES, 8191),
        flipped("an inner hash that covers the leaf", PARENT, 0),
        flipped("an inner hash beside the leaf", PARENT, 32),
        flipped("a hash at the right edge", EDGE, 188 * 32 - 1),
        Case::new("another tile in the place of ours", refused("TileMismatch"), |case| {
            let other = case.log.answer("/tile/8/0/001");
            case.log.forge(LEAVES, other);
        }),
    ]
}

fn lengths() -> Vec<Case> {
    let resized = |name, path, length: usize| {
        Case::new(name, refused("TileLength"), |case| change(case, path, |data| data.resize(length, 0)))
    };
    vec![
        Case::new("an empty tile", refused("NotAnAnswer"), |case| change(case, LEAVES, Vec::clear)),
        Case::new("an error document for a tile", refused("NotAnAnswer"), |case| {
            change(case, LEAVES, |data| *data = b"{\"error\":\"no\"}".to_vec());
        }),
        resized("a tile cut short", LEAVES, 8191),
        resized("a tile of one byte more", LEAVES, 8193),
        resized("a part of a tile cut short", EDGE, 187 * 32),
        resized("a part of a tile with a hash more", EDGE, 189 * 32),
    ]
}

/// A tree of 300 records has a part of tile 1, which the log has completed since.
fn parts() -> Vec<Case> {
    let completed = |name, verdict, change_full: fn(&mut Vec<u8>)| {
        Case::new(name, verdict, |case| {
            case.log.serve_size(Some(SHORT));
            case.log.forge("/tile/8/0/001.p/44", None);
            change(case, "/tile/8/0/001", change_full);
        })
    };
    let missing = |name, path| Case::new(name, refused("Remote"), |case| case.log.forge(path, None));
    vec![
        completed("a part that was completed", accepted(), |_| {}),
        completed("a completed part, forged beyond the tree", accepted(), |data| data[44 * 32] ^= 1),
        completed("a completed part, forged within the tree", refused("TileMismatch"), |data| {
            data[44 * 32 - 1] ^= 1;
        }),
        missing("a missing part", EDGE),
        missing("a missing tile", LEAVES),
        missing("a missing parent", PARENT),
    ]
}

fn change(case: &mut Case, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut data = case.log.answer(path).unwrap();
    change(&mut data);
    case.log.forge(path, Some(data));
}
