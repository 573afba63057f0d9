//! The names of temporary files and directories: they tell their writer's process id.
//!
//! Takes a path, gives a name beside it that this process has not used before. Creates nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// This process's id and a number that it has not used before: `4711-0`.
pub(super) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The temporary name beside `path` under which its new content is written.
pub(super) fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.gvmr-{}", unique()))
}

/// Whether [`temporary`] could have given this name.
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with('.') && name.rsplit_once(".gvmr-").is_some_and(|(_, end)| numbers(end).is_some())
}

/// Two decimal numbers with a dash between them.
pub(super) fn numbers(text: &str) -> Option<(u64, u64)> {
    let (pid, number) = text.split_once('-')?;
    Some((pid.parse().ok()?, number.parse().ok()?))
}
