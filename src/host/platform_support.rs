//! Which platforms Go is released for, and since when.

use super::verdict::{HostReason, Release};
use super::{Host, arch};

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let platform = host.platform();
    let Some(arch) = arch::of(release.arch).filter(|_| platform.os() == "linux") else {
        return vec![HostReason::cannot("no-release", format!("Go has no releases for {platform}"))];
    };
    let ((minor, patch), source) = (arch.first_release, arch.first_source);
    if release.since(minor, patch) {
        return Vec::new();
    }
    let first = if patch == 0 && minor < 21 { format!("1.{minor}") } else { format!("1.{minor}.{patch}") };
    let text = format!("it was not released for {platform}; the first release was Go {first}");
    vec![HostReason::cannot("no-release", text).build_helps(release.since(source.0, source.1))]
}
