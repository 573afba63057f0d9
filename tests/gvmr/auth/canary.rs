//! Watches every process of the machine for a secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The spellings of a secret that are looked for: as it is, and as a header has it.
pub(crate) fn spellings(login: &str, secret: &str) -> Vec<String> {
    vec![secret.to_owned(), STANDARD.encode(format!("{login}:{secret}")).trim_end_matches('=').to_owned()]
}

/// Looks at `/proc` again and again until it is stopped.
pub(crate) struct Watch {
    over: Arc<AtomicBool>,
    watcher: JoinHandle<(u32, BTreeSet<String>)>,
}

impl Watch {
    /// `files` are those of each process: `cmdline`, `environ`.
    pub(crate) fn start(words: Vec<String>, files: &'static [&'static str]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let watcher = std::thread::spawn({
            let over = Arc::clone(&over);
            move || {
                let mut found = BTreeSet::new();
                let mut rounds = 0;
                while !over.load(Ordering::Relaxed) {
                    look(&words, files, &mut found);
                    rounds += 1;
                    std::thread::sleep(Duration::from_millis(2));
                }
                (rounds, found)
            }
        });
        Self { over, watcher }
    }

    /// Asserts that the secret was nowhere.
    #[track_caller]
    pub(crate) fn saw_nothing(self) {
        self.over.store(true, Ordering::Relaxed);
        let (rounds, found) = self.watcher.join().unwrap();
        assert!(rounds > 1, "only {rounds} looks");
        assert!(found.is_empty(), "{found:#?}");
    }
}

fn look(words: &[String], files: &[&str], found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for file in files {
            let Ok(bytes) = std::fs::read(entry.path().join(file)) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if words.iter().any(|word| text.contains(word.as_str())) {
                found.insert(format!("{}/{file}: {}", entry.path().display(), text.replace('\0', " ")));
            }
        }
    }
}
