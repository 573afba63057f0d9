//! Answers of the log as files beside an archive or tree: for machines without a network.
//!
//! Takes directories, gives the bytes of an answer. They prove nothing by themselves: the log's client checks them as it
//! checks a server's. Looks for `sumdb/NAME/lookup/…` as a module cache has it, and for `sumdb/lookup/…`.

use gvmr_core::sys::bounded;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Longer than any answer.
const MAX_BYTES: u64 = 1 << 20;
/// The length of a hash in a tile.
const HASH: usize = 32;

/// Directories in which a `sumdb` may lie. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct LogFiles(Arc<Mutex<Vec<PathBuf>>>);

impl LogFiles {
    /// Looks for answers in `directory` too.
    pub fn add(&self, directory: &Path) {
        let mut directories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !directories.iter().any(|known| known == directory) {
            directories.push(directory.to_owned());
        }
    }

    /// What a file says for `path`, which begins with `/lookup/` or `/tile/`, of the database `name`; and the directory that
    /// it lies in.
    pub(super) fn read(&self, name: &str, path: &str) -> Option<(Vec<u8>, PathBuf)> {
        let directories = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let path = path.trim_start_matches('/');
        let roots = directories.iter().map(|directory| directory.join("sumdb"));
        roots.flat_map(|root| [root.join(name), root]).find_map(|root| Some((answer(&root, path)?, root)))
    }
}

fn answer(root: &Path, path: &str) -> Option<Vec<u8>> {
    read(&root.join(path)).or_else(|| part_of_a_tile(root, path))
}

/// The beginning of a fuller tile, which a module cache may hold instead.
fn part_of_a_tile(root: &Path, path: &str) -> Option<Vec<u8>> {
    let (whole, width) = path.strip_prefix("tile/")?.rsplit_once(".p/")?;
    let width: usize = width.parse().ok()?;
    let whole = root.join("tile").join(whole);
    let mut parts = whole.clone().into_os_string();
    parts.push(".p");
    let entries = std::fs::read_dir(parts).into_iter().flatten().flatten();
    let wider = |entry: std::fs::DirEntry| {
        let found: usize = entry.file_name().to_str()?.parse().ok()?;
        (found > width).then(|| entry.path())
    };
    let candidates = std::iter::once(whole).chain(entries.filter_map(wider));
    let mut tiles = candidates.filter_map(|file| read(&file));
    tiles.find_map(|tile| tile.get(..width.checked_mul(HASH)?).map(<[u8]>::to_vec))
}

fn read(file: &Path) -> Option<Vec<u8>> {
    bounded::read(file, MAX_BYTES).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own files
    fn an_answer_is_found_in_both_layouts_and_in_a_fuller_tile() {
        let place = tempfile::tempdir().unwrap();
        let put = |path: &str, bytes: &[u8]| {
            let file = place.path().join(path);
            create_dir_all(file.parent().unwrap()).unwrap();
            write(file, bytes).unwrap();
        };
        put("a/sumdb/sum.example/lookup/m@v1", b"one");
        put("a/sumdb/sum.example/tile/8/0/001", &[7; 256 * HASH]);
        put("a/sumdb/sum.example/tile/8/1/000.p/9", &[8; 9 * HASH]);
        put("b/sumdb/lookup/m@v2", b"two");
        let files = LogFiles::default();
        assert_eq!(files.read("sum.example", "/lookup/m@v1"), None);
        files.clone().add(&place.path().join("a"));
        files.add(&place.path().join("b"));
        assert_eq!(files.read("sum.example", "/lookup/m@v1").unwrap().0, b"one");
        assert_eq!(files.read("sum.example", "/lookup/m@v2").unwrap().0, b"two");
        assert_eq!(files.read("other", "/lookup/m@v1"), None);
        assert_eq!(files.read("sum.example", "/tile/8/0/001.p/3").unwrap().0, [7; 3 * HASH]);
        assert_eq!(files.read("sum.example", "/tile/8/1/000.p/5").unwrap().0, [8; 5 * HASH]);
        assert_eq!(files.read("sum.example", "/tile/8/1/000.p/10"), None);
    }
}
