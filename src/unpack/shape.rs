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
mod tests {
    use super::*;

    fn holds(version: &str, path: &str) -> bool {
        let shape = Shape::of(&Version::parse(version).unwrap(), "linux", "amd64");
        // A slash at the end says that it is a directory.
        shape.holds(path.trim_end_matches('/'), path.ends_with('/'))
    }

    #[test]
    fn what_releases_hold() {
        for path in [
            "VERSION",
            "go.env",
            "bin/",
            "bin/go",
            "bin/gofmt",
            "lib/",
            "lib/time/zoneinfo.zip",
            "pkg/",
            "pkg/include/asm_amd64.h",
            "pkg/tool/",
            "pkg/tool/linux_amd64/",
            "pkg/tool/linux_amd64/compile",
            "src/",
            "src/make.bash",
            "src/cmd/vendor/golang.org/",
            "src/fmt/print.go",
        ] {
            assert!(holds("1.22.10", path), "{path}");
        }
        for (version, path) in [
            ("1.19.13", "pkg/linux_amd64/fmt.a"),
            ("1.19.13", "pkg/linux_amd64_race/"),
            ("1.12.17", "bin/godoc"),
            ("1.5.4", "blog/content/x.article"),
            ("1.4.3", "include/u.h"),
            ("1.4.3", "pkg/obj/linux_amd64/libgc.a"),
        ] {
            assert!(holds(version, path), "{version} {path}");
        }
    }

    #[test]
    fn what_others_put_into_a_tree() {
        for path in [
            "api/",
            "doc/go1.html",
            "misc/",
            "test/hello.go",
            ".git/",
            ".goup",
            ".unpacked-success",
            "manifest",
            "VERSION.cache",
            "packages/",
            "bin/gopls",
            "bin/godoc",
            "bin/linux_arm64/",
            "pkg/mod/",
            "pkg/sumdb/",
            "pkg/bootstrap/",
            "pkg/linux_amd64/fmt.a",
            "pkg/tool/windows_amd64/",
            "src/github.com/",
            "VERSION/",
        ] {
            assert!(!holds("1.22.10", path), "{path}");
        }
        assert!(!holds("1.19.13", "pkg/windows_amd64/"));
        assert!(!holds("1.19.13", "pkg/linux_amd64_dynlink/"));
        assert!(!holds("1.5.4", "pkg/obj/"));
    }
}
