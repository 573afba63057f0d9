//! The control groups this process is in, and the share of the processors they leave it.
//!
//! Takes `/proc/self/mountinfo`, `/proc/self/cgroup` and the quota files; reads the process's own group, as Go does.

use super::Fact;
use super::root::Root;
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};

const MOUNTS: &str = "/proc/self/mountinfo";

/// The control group of this process that a controller accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlGroup {
    /// Its directory.
    pub directory: PathBuf,
    /// Whether it is of the hierarchy that all controllers share (version 2).
    pub is_unified: bool,
}

impl ControlGroup {
    /// The group in which `controller` (`memory`, `cpu`) accounts this process; `None` where there is none.
    pub fn of(controller: &str) -> Option<Self> {
        let root = Root::at(Path::new("/"));
        let mounts = mounts(&root.text(MOUNTS)?);
        let own = root.text("/proc/self/cgroup")?;
        let groups = own.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
        let named = |list: &str| list.split(',').any(|word| word == controller);
        let mut unified = None;
        for (controllers, path) in groups {
            let mount = mounts.iter().find(|mount| {
                if controllers.is_empty() { mount.two } else { !mount.two && named(&mount.options) }
            });
            let Some(mount) = mount else { continue };
            if named(controllers) {
                return Some(Self { directory: mount.directory(path), is_unified: false });
            }
            if controllers.is_empty() {
                unified = Some(Self { directory: mount.directory(path), is_unified: true });
            }
        }
        unified.filter(|group| group.directory.join("cgroup.controllers").exists())
    }
}

/// How many processors' time this process's group may use; `None` without a quota.
pub fn processor_quota() -> Option<f64> {
    Cgroups::look(&Root::at(Path::new("/"))).quota().map(|(processors, _)| processors)
}

/// What was found of control groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Cgroups {
    one: bool,
    two: bool,
    quota: Option<Quota>,
}

#[derive(Clone, Debug, PartialEq)]
struct Quota {
    /// How many processors' time the group may use.
    processors: f64,
    source: PathBuf,
}

/// One mounted hierarchy.
#[derive(Debug, PartialEq)]
struct Mount {
    /// Which directory of the hierarchy is mounted.
    root: PathBuf,
    point: PathBuf,
    two: bool,
    options: String,
}

impl Cgroups {
    pub(super) fn look(root: &Root) -> Self {
        let mounts = mounts(&root.text(MOUNTS).unwrap_or_default());
        let own = root.text("/proc/self/cgroup").unwrap_or_default();
        Self {
            one: mounts.iter().any(|mount| !mount.two),
            two: mounts.iter().any(|mount| mount.two),
            quota: quota(root, &mounts, &own),
        }
    }

    pub(super) fn quota(&self) -> Option<(f64, &Path)> {
        self.quota.as_ref().map(|quota| (quota.processors, quota.source.as_path()))
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        let word = match (self.one, self.two) {
            (true, true) => "hybrid: v1 and v2",
            (true, false) => "v1",
            (false, true) => "v2",
            (false, false) => "none",
        };
        let mut facts = vec![Fact::new("cgroup", word, MOUNTS)];
        if let Some(quota) = &self.quota {
            let most = quota.processors.ceil().max(2.0);
            let text = format!("{:.2} (GOMAXPROCS from Go 1.25 on: at most {most})", quota.processors);
            facts.push(Fact::new("processor-quota", text, printable::path(&quota.source)));
        }
        facts
    }
}

/// The control group hierarchies of a mountinfo; malformed lines are no mounts.
fn mounts(text: &str) -> Vec<Mount> {
    text.lines()
        .filter_map(|line| {
            let (mount, system) = line.split_once(" - ")?;
            let mut mount = mount.split(' ').skip(3);
            let (root, point) = (unescaped(mount.next()?), unescaped(mount.next()?));
            let mut system = system.split(' ');
            let two = match system.next()? {
                "cgroup" => false,
                "cgroup2" => true,
                _ => return None,
            };
            Some(Mount { root, point, two, options: system.nth(1)?.to_owned() })
        })
        .collect()
}

/// A path whose spaces, tabs, newlines and backslashes are written as three octal digits.
fn unescaped(text: &str) -> PathBuf {
    let mut parts = text.split('\\');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let escaped = part
            .split_at_checked(3)
            .and_then(|(digits, rest)| Some((char::from(u8::from_str_radix(digits, 8).ok()?), rest)));
        match escaped {
            Some((character, rest)) => path.extend([character.to_string().as_str(), rest]),
            None => path.extend(["\\", part]),
        }
    }
    PathBuf::from(path)
}

/// The quota of the group that a `/proc/self/cgroup` names; the v1 hierarchy with the controller comes first.
fn quota(root: &Root, mounts: &[Mount], own: &str) -> Option<Quota> {
    let groups: Vec<_> = own
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once(':')?;
            rest.split_once(':')
        })
        .collect();
    let has_cpu = |list: &str| list.split(',').any(|word| word == "cpu");
    if let Some((_, path)) = groups.iter().find(|(controllers, _)| has_cpu(controllers)) {
        let mount = mounts.iter().find(|mount| !mount.two && has_cpu(&mount.options))?;
        let directory = mount.directory(path);
        let number = |name: &str| root.text(directory.join(name))?.trim().parse::<i64>().ok();
        let (most, period) = (number("cpu.cfs_quota_us")?, number("cpu.cfs_period_us")?);
        return Quota::of(most, period, directory.join("cpu.cfs_quota_us"));
    }
    let (_, path) = groups.iter().find(|(controllers, _)| controllers.is_empty())?;
    let file = mounts.iter().find(|mount| mount.two)?.directory(path).join("cpu.max");
    let text = root.text(&file)?;
    let (most, period) = text.trim().split_once(' ')?;
    Quota::of(most.parse().ok()?, period.parse().ok()?, file) // `max` is not a number: no quota
}

impl Mount {
    /// Where the group at `path` of the hierarchy lies.
    fn directory(&self, path: &str) -> PathBuf {
        let path = Path::new(path);
        let below = path.strip_prefix(&self.root).or_else(|_| path.strip_prefix("/")).unwrap_or(path);
        self.point.join(below)
    }
}

impl Quota {
    fn of(most: i64, period: i64, source: PathBuf) -> Option<Self> {
        #[allow(clippy::cast_precision_loss)] // microseconds of a quota stay far below 2^52
        let processors = most as f64 / period as f64;
        (most > 0 && period > 0).then_some(Self { processors, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hierarchies_of_a_mountinfo() {
        let text = "22 27 0:21 / /proc rw - proc proc rw\n\
                    32 31 0:29 /a\\040b /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
                    41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\nnonsense\n1 2 - cgroup\n";
        let mounts = mounts(text);
        assert_eq!(mounts.len(), 2);
        assert_eq!(mounts[0].root, Path::new("/a b"));
        assert_eq!(mounts[0].directory("/a b/c"), Path::new("/sys/fs/cgroup/cpu/c"));
        assert_eq!(mounts[0].directory("/else"), Path::new("/sys/fs/cgroup/cpu/else"));
        assert!(mounts[1].two);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ /\\\\0-9:,a-z\n-]{0,200}", own in "([0-9:,a-z/.]{0,30}\n){0,4}") {
            let line = format!("1 2 3:4 {text} - cgroup2 x rw");
            let mut mounts = mounts(&text);
            mounts.extend(super::mounts(&line));
            let root = Root::at(Path::new("/nonexistent"));
            let _ = quota(&root, &mounts, &own);
        }
    }
}
