//! The kernel: its release against what each Go asks for, how it was configured, and the file systems it offers.
//!
//! Takes `uname` and the kernel's own configuration; an old kernel is a warning, since Go was seen to run on many.

use super::root::Root;
use super::verdict::{HostReason, Release};
use super::version_number::{self, Numbers};
use super::{Fact, Host, Uname, arch};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// What the system's files say of the kernel.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    configuration: Option<Configuration>,
    /// Whether `/proc` is mounted and readable.
    proc: bool,
    /// Whether `/sys` is there.
    sys: bool,
    /// Whether `/dev/urandom` is there.
    urandom: bool,
}

#[derive(Clone, Debug)]
struct Configuration {
    source: String,
    text: String,
}

impl Kernel {
    pub(super) fn look(root: &Root, uname: &Uname) -> Self {
        Self {
            configuration: Configuration::read(root, &uname.release),
            proc: root.text("/proc/self/status").is_some(),
            sys: root.is_directory("/sys/kernel"),
            urandom: root.find("/dev/urandom").is_some(),
        }
    }

    /// Whether the kernel was configured with `CONFIG_<name>`, and which file says so.
    pub(super) fn configured(&self, name: &str) -> Option<(bool, &str)> {
        let configuration = self.configuration.as_ref()?;
        Some((configured(&configuration.text, name)?, &configuration.source))
    }

    pub(super) fn facts(&self, uname: &Uname) -> Vec<Fact> {
        let there = |there| if there { "readable" } else { "missing" };
        vec![
            Fact::new("kernel", &uname.release, "uname"),
            Fact::new("kernel-machine", &uname.machine, "uname"),
            Fact::new("proc", there(self.proc), "/proc/self/status"),
            Fact::new("sys", there(self.sys), "/sys/kernel"),
            Fact::new("urandom", there(self.urandom), "/dev/urandom"),
        ]
    }
}

impl Configuration {
    fn read(root: &Root, release: &str) -> Option<Self> {
        let compressed = root.bytes("/proc/config.gz").and_then(|bytes| inflate(&bytes));
        if let Some(text) = compressed {
            return Some(Self { source: "/proc/config.gz".to_owned(), text });
        }
        if release.contains('/') {
            return None;
        }
        let source = format!("/boot/config-{release}");
        root.text(&source).map(|text| Self { source, text })
    }
}

/// The text of a compressed configuration; a real one has 300 KiB.
fn inflate(bytes: &[u8]) -> Option<String> {
    const MAX_BYTES: u64 = 8 * 1024 * 1024;
    let mut text = Vec::new();
    GzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// What a configuration says of one option; `None` where it says nothing.
fn configured(text: &str, name: &str) -> Option<bool> {
    text.lines().find_map(|line| {
        if let Some((option, value)) = line.strip_prefix("CONFIG_").and_then(|line| line.split_once('=')) {
            return (option == name).then(|| matches!(value.trim(), "y" | "m"));
        }
        let option = line.strip_prefix("# CONFIG_")?.strip_suffix(" is not set")?;
        (option == name).then_some(false)
    })
}

/// The oldest kernel that a release is made for.
fn oldest(release: &Release<'_>) -> Numbers {
    let everywhere = match () {
        () if release.since(24, 0) => [3, 2, 0],
        () if release.since(18, 0) => [2, 6, 32],
        () => [2, 6, 23],
    };
    let port = arch::of(release.arch).and_then(|arch| release.newest_of(arch.kernel));
    everywhere.max(port.unwrap_or_default())
}

/// Whether this kernel, built with gcc 9, spoils vector registers when a signal arrives, as Go 1.14 and later send.
fn spoils_registers(kernel: Numbers, release: &Release<'_>) -> bool {
    let spoiled = ([5, 2, 0]..=[5, 3, 14]).contains(&kernel) || ([5, 4, 0]..=[5, 4, 1]).contains(&kernel);
    spoiled && matches!(release.arch, "amd64" | "386") && release.since(14, 0)
}

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let kernel = version_number::numbers(&host.uname.release);
    let name = &host.uname.release;
    let mut reasons = Vec::new();
    if let Some(numbers) = kernel {
        let oldest = oldest(release);
        if numbers < oldest {
            let text = format!(
                "it needs Linux {} or later, and this kernel is {name}",
                version_number::text(oldest)
            );
            reasons.push(HostReason::warning("kernel-old", text));
        }
        if spoils_registers(numbers, release) {
            let text = format!(
                "this kernel ({name}), if built with gcc 9, corrupts vector registers on signals and can crash Go \
                 programs; Linux 5.3.15 and 5.4.2 fix it"
            );
            reasons.push(HostReason::warning("kernel-signals", text));
        }
        if numbers < [3, 17, 0] && !host.kernel.urandom {
            let text = format!("this kernel ({name}) has no getrandom, and /dev/urandom does not exist");
            reasons.push(HostReason::warning("urandom-missing", text));
        }
    }
    for (option, id) in [("FUTEX", "kernel-futex"), ("EPOLL", "kernel-epoll")] {
        if let Some((false, source)) = host.kernel.configured(option) {
            let text = format!("Go needs a kernel with CONFIG_{option}, which this one lacks ({source})");
            reasons.push(HostReason::cannot(id, text));
        }
    }
    if !host.kernel.proc && release.since(9, 0) {
        let text = "/proc is not mounted or not readable, where its go command looks for GOROOT; run go through gvmr's \
                    shims, which set GOROOT";
        reasons.push(HostReason::warning("proc-missing", text));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn options() {
        let text =
            "# CONFIG_EPOLL is not set\nCONFIG_FUTEX=y\nCONFIG_FUTEX_PI=n\nCONFIG_M=m\nCONFIG_S=\"y\"\n";
        for (name, expected) in [
            ("EPOLL", Some(false)),
            ("FUTEX", Some(true)),
            ("M", Some(true)),
            ("S", Some(false)),
            ("X", None),
        ] {
            assert_eq!(configured(text, name), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_configuration_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,99}") {
            let _ = inflate(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], bytes.as_slice()].concat());
            let _ = (inflate(&bytes), configured(&text, "FUTEX"), configured(&format!("CONFIG_{text}"), "FUTEX"));
        }
    }
}
