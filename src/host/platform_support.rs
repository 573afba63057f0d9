//! Which platforms Go is released for, and since when.

use super::Host;
use super::assess::{HostReason, Release};

/// Minor and patch of Go 1.
type Patch = (u64, u64);

/// For each GOARCH the first release with an archive, and the first whose source knows it.
const PORTS: [(&str, Patch, Patch); 13] = [
    ("amd64", (2, 2), (0, 0)),
    ("386", (2, 2), (0, 0)),
    ("arm", (6, 0), (0, 0)),
    ("ppc64le", (6, 4), (5, 0)),
    ("s390x", (7, 1), (7, 0)),
    ("arm64", (8, 5), (5, 0)),
    ("loong64", (21, 0), (19, 0)),
    ("mips", (21, 0), (8, 0)),
    ("mipsle", (21, 0), (8, 0)),
    ("mips64", (21, 0), (6, 0)),
    ("mips64le", (21, 0), (6, 0)),
    ("ppc64", (21, 0), (5, 0)),
    ("riscv64", (21, 0), (14, 0)),
];

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let platform = host.platform();
    let port = PORTS.iter().find(|(arch, ..)| *arch == release.arch && platform.os() == "linux");
    let Some((_, (minor, patch), source)) = port else {
        return vec![HostReason::cannot("no-release", format!("Go has no releases for {platform}"))];
    };
    if release.since(*minor, *patch) {
        return Vec::new();
    }
    let first = if *patch == 0 && *minor < 21 { format!("1.{minor}") } else { format!("1.{minor}.{patch}") };
    let text = format!("it was not released for {platform}: the first archive for it is that of Go {first}");
    vec![HostReason::cannot("no-release", text).build_helps(release.since(source.0, source.1))]
}
