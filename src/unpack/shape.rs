//! Which files a release of Go can hold: what tells its own from what others put beside them.
//!
//! Takes a version and a platform; says of a path whether the module of that release may hold it. What it leaves out is
//! certainly no part of one: programs of others in `bin`, a GOPATH or a module cache inside the tree, a version manager's
//! own files, and what no log entry covers. A pure rule on names; whether the rest is the release, its hash says.

use gvmr_core::gover::version::Version;

/// Files at the root. Later releases have fewer of them: AUTHORS, README, the icon and the robots are of old ones.
const FILES: [&str; 13] = [
    "AUTHORS",
    "CONTRIBUTING.md",
    "CONTRIBUTORS",
    "LICENSE",
    "PATENTS",
    "README",
    "README.md",
    "SECURITY.md",
    "VERSION",
    "codereview.cfg",
    "favicon.ico",
    "go.env",
    "robots.txt",
];

/// What the release of a version for a platform can hold.
#[derive(Clone, Debug)]
pub struct Shape {
    /// `linux_amd64`.
    platform: String,
    /// Up to 1.4: `include` at the root and `pkg/obj`.
    since_5: bool,
    /// Up to 1.5: `blog`.
    since_6: bool,
    /// Up to 1.12: `bin/godoc`.
    since_13: bool,
    /// Up to 1.19: compiled packages.
    since_20: bool,
}

impl Shape {
    /// The shape of `version` for GOOS and GOARCH.
    pub fn of(version: &Version, os: &str, arch: &str) -> Self {
        let since = |minor| !version.is_before(minor);
        Self {
            platform: format!("{os}_{arch}"),
            since_5: since(5),
            since_6: since(6),
            since_13: since(13),
            since_20: since(20),
        }
    }

    /// Whether the file or directory at `path`, relative to GOROOT, can be a part of it. Asked of every directory before
    /// what lies in it.
    pub fn holds(&self, path: &str, is_directory: bool) -> bool {
        let (first, below) = path.split_once('/').map_or((path, None), |(first, below)| (first, Some(below)));
        match (first, below) {
            ("bin", Some(program)) => match program {
                "go" | "gofmt" => true,
                "godoc" => !self.since_13,
                _ => false,
            },
            ("pkg", Some(below)) => self.holds_compiled(below),
            // The standard library's own directories have no dot; a GOPATH's begin with a host's name.
            ("src", Some(below)) => !(is_directory && !below.contains('/') && below.contains('.')),
            ("bin" | "lib" | "pkg" | "src", None) | ("lib", Some(_)) => true,
            ("include", _) => !self.since_5,
            ("blog", _) => !self.since_6,
            (file, None) => !is_directory && FILES.contains(&file),
            _ => false,
        }
    }

    /// The same below `pkg`.
    fn holds_compiled(&self, below: &str) -> bool {
        let mut elements = below.split('/');
        let (first, second) = (elements.next().unwrap_or_default(), elements.next());
        match first {
            "include" => true,
            "tool" => second.is_none_or(|platform| platform == self.platform),
            "obj" => !self.since_5,
            packages if packages.strip_suffix("_race").unwrap_or(packages) == self.platform => !self.since_20,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
