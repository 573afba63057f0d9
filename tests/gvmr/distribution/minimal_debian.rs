//! A minimal Debian of this machine's release: an archive, made once by apt's sources and kept with what is built.

use crate::support::skip;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The archive. `None` where it cannot be made.
pub(super) fn archive() -> Option<&'static Path> {
    static ARCHIVE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    ARCHIVE.get_or_init(make).as_deref().map_err(|reason| skip(reason)).ok()
}

/// What Debian's own programs do not need.
const SPARE: &str = "cd \"$1\" && rm -rf usr/share/doc/* usr/share/man/* usr/share/locale/* var/lib/apt/lists/* var/cache/apt/*";
/// Where apt's sources are, by age.
const SOURCES: [&str; 3] = [
    "/etc/apt/sources.list.d/debian.sources",
    "/etc/apt/sources.list.d/ubuntu.sources",
    "/etc/apt/sources.list",
];

fn make() -> Result<PathBuf, String> {
    let sources = SOURCES.into_iter().find(|path| Path::new(path).is_file()).ok_or("apt has no sources")?;
    let release = fs::read_to_string("/etc/os-release").map_err(|error| error.to_string())?;
    let suite = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let suite = suite.ok_or("/etc/os-release names no VERSION_CODENAME")?;
    let recipe = format!("{suite}\n{SPARE}\n{}", fs::read_to_string(sources).unwrap());
    let name = gvmr::hexadecimal::digits(&Sha256::digest(recipe)[..8]);

    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let archive = place.join(format!("debian-{name}.tar"));
    let lock = File::create(place.join("debian.lock")).unwrap();
    lock.lock().unwrap();
    if archive.exists() {
        return Ok(archive);
    }
    let unfinished = place.join("debian-unfinished.tar");
    let mut mmdebstrap = Command::new("mmdebstrap");
    mmdebstrap.args(["--quiet", "--variant=minbase", &format!("--customize-hook={SPARE}"), suite]);
    mmdebstrap.arg(&unfinished).arg(sources).stdin(Stdio::null());
    let output = mmdebstrap.output().map_err(|error| format!("mmdebstrap: {error}"))?;
    if !output.status.success() {
        return Err(format!("mmdebstrap: {}", String::from_utf8_lossy(&output.stderr)));
    }
    fs::rename(&unfinished, &archive).unwrap();
    Ok(archive)
}
