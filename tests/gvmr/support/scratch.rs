//! Throwaway directories for whole toolchains: in memory where there is room, since ext4 takes seconds to create files
//! right after others were removed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Bytes that the file system in memory must have free, and the machine.
const ROOM: u64 = 8_000_000_000;
const MEMORY: u64 = 12_000_000_000;

/// A directory that goes when it is dropped: below `TMPDIR` where that is set.
pub(crate) fn tempdir() -> std::io::Result<TempDir> {
    static PARENT: OnceLock<PathBuf> = OnceLock::new();
    tempfile::tempdir_in(PARENT.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let is_free = std::env::var_os("TMPDIR").is_none();
        if is_free && has_room(memory) { memory.to_owned() } else { std::env::temp_dir() }
    }))
}

/// Whether programs run there, and whole toolchains fit by the dozen.
fn has_room(memory: &Path) -> bool {
    let Ok(found) = rustix::fs::statvfs(memory) else { return false };
    let runs = !found.f_flag.contains(rustix::fs::StatVfsMountFlags::NOEXEC);
    runs && found.f_bavail.saturating_mul(found.f_frsize) > ROOM && available_memory() > Some(MEMORY)
}

fn available_memory() -> Option<u64> {
    let table = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = table.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}
