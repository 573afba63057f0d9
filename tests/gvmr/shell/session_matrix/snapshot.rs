//! What a tree of files holds: names, kinds, modes, owners, bytes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Every file and link of a tree, and every directory that holds any.
pub(super) struct Snapshot(BTreeMap<PathBuf, Entry>);

/// In the names of files that `--repair` moved aside.
const ASIDE: &str = ".unreadable-";

#[derive(PartialEq, Eq)]
struct Entry {
    mode: u32,
    owner: (u32, u32),
    content: Vec<u8>,
}

impl Snapshot {
    /// Of the tree at `root`, without what `is_volatile` names by its path there.
    pub(super) fn of(root: &Path, is_volatile: fn(&Path) -> bool) -> Self {
        let mut snapshot = Self(BTreeMap::new());
        snapshot.add(root, root, is_volatile);
        snapshot.take_repairs_for_undone();
        snapshot
    }

    /// What `--repair` has moved aside stays there, whole; it counts as where it was.
    fn take_repairs_for_undone(&mut self) {
        let is_aside = |name: &PathBuf| name.to_str().is_some_and(|name| name.contains(ASIDE));
        let aside: Vec<_> = self.0.keys().filter(|name| is_aside(name)).cloned().collect();
        for name in aside {
            let (before, _) = name.to_str().unwrap().split_once(ASIDE).unwrap();
            let entry = self.0.remove(&name).unwrap();
            self.0.insert(before.into(), entry);
        }
    }

    fn add(&mut self, root: &Path, directory: &Path, is_volatile: fn(&Path) -> bool) {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap();
            if is_volatile(name) {
                continue;
            }
            let metadata = entry.metadata().unwrap();
            let content = if metadata.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if metadata.is_file() {
                fs::read(&path).unwrap()
            } else {
                self.add(root, &path, is_volatile);
                Vec::new()
            };
            let owner = (metadata.uid(), metadata.gid());
            self.0.insert(name.to_owned(), Entry { mode: metadata.mode(), owner, content });
        }
    }

    /// What is otherwise in `after`.
    pub(super) fn differences(&self, after: &Self) -> Vec<String> {
        let names = self.0.keys().chain(after.0.keys().filter(|name| !self.0.contains_key(*name)));
        names
            .filter_map(|name| {
                let what = match (self.0.get(name), after.0.get(name)) {
                    (Some(before), Some(after)) if before == after => return None,
                    (Some(before), Some(after)) => format!(
                        "{:o} {:?} {:?} is now {:o} {:?} {:?}",
                        before.mode,
                        before.owner,
                        String::from_utf8_lossy(&before.content),
                        after.mode,
                        after.owner,
                        String::from_utf8_lossy(&after.content)
                    ),
                    (Some(_), None) => "is gone".to_owned(),
                    (None, Some(new)) if new.is_of_sessions(name) => return None,
                    (None, _) => "is new".to_owned(),
                };
                Some(format!("{}: {what}", name.display()))
            })
            .collect()
    }
}

impl Entry {
    /// Whether sessions themselves leave this in a home.
    fn is_of_sessions(&self, name: &Path) -> bool {
        OF_SESSIONS.iter().any(|left| name == Path::new(left))
            && !self.content.windows(4).any(|window| window == b"gvmr")
    }
}

/// What shells and logins make where it is missing: a history, fish's directories and an empty `config.fish`.
const OF_SESSIONS: &[&str] = &[
    ".bash_history",
    ".sh_history",
    ".zcompdump",
    ".local",
    ".local/share",
    ".config",
    ".config/fish",
    ".config/fish/completions",
    ".config/fish/conf.d",
    ".config/fish/config.fish",
    ".config/fish/functions",
    "dotfiles/fish/completions",
    "dotfiles/fish/conf.d",
    "dotfiles/fish/functions",
];

/// What changes with every session, and gvmr's own home.
pub(super) fn is_volatile(name: &Path) -> bool {
    let volatile = [
        ".cache",
        ".config/go", // the go command counts its runs there
        ".local/share/fish",
        ".config/fish/fish_variables",
        "dotfiles/fish/fish_variables",
        ".local/share/gvmr",
    ];
    volatile.iter().any(|volatile| name == Path::new(volatile))
}
