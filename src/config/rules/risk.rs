//! What to review before a file is trusted: settings that can run programs or weaken the verification of modules.
//!
//! Takes a variable and its value, gives words. Never decides: the user does.

use super::goflags;
use gvmr_core::env::variable::Variable;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path};

/// Flags of GOFLAGS that name a program, or pass flags to programs that run others.
const RUNNING: [&str; 9] =
    ["toolexec", "exec", "vettool", "ldflags", "gcflags", "asmflags", "gccgoflags", "compiler", "pgo"];

/// Those that replace or write files.
const REPLACING: [&str; 4] = ["overlay", "modfile", "pkgdir", "o"];

/// Those that change only what is built, checked and printed.
const HARMLESS: [&str; 24] = [
    "mod",
    "tags",
    "trimpath",
    "v",
    "x",
    "n",
    "a",
    "p",
    "race",
    "msan",
    "asan",
    "cover",
    "covermode",
    "buildvcs",
    "buildmode",
    "modcacherw",
    "count",
    "short",
    "timeout",
    "parallel",
    "failfast",
    "json",
    "shuffle",
    "linkshared",
];

/// The risk of a value that is set in `project`; `None` where it can do no harm.
pub(super) fn of(variable: &Variable, value: &OsStr, project: &Path) -> Option<&'static str> {
    if value.is_empty() {
        return None;
    }
    let text = value.to_string_lossy();
    match variable.name {
        "GOFLAGS" => flags(&text),
        "GOAUTH" => {
            let runs = |one: &str| !matches!(one.trim(), "" | "off" | "netrc");
            text.split(';').any(runs).then_some("runs a program")
        }
        "GOPROXY" => (text != "off").then_some("modules are downloaded from there"),
        "GOSUMDB" if text == "off" => Some("modules are not verified"),
        "GOSUMDB" => (text != "sum.golang.org").then_some("another checksum database verifies modules"),
        "GOPRIVATE" | "GONOSUMDB" => Some("these modules are not verified"),
        "GONOPROXY" => Some("these modules are downloaded from their own servers"),
        "HTTP_PROXY" | "HTTPS_PROXY" => Some("requests go through this proxy"),
        "GOPATH" | "GOMODCACHE" | "GOCACHE" => {
            let any = |holds: &dyn Fn(&Path) -> bool| std::env::split_paths(value).any(|path| holds(&path));
            if any(&|path| may_lie_in(path, project)) {
                Some("files already there are built and run as they are")
            } else if any(&may_be_others) {
                Some("another user can put files there, which are built and run as they are")
            } else {
                (variable.name != "GOPATH")
                    .then_some("go writes there, and builds and runs what is already there")
            }
        }
        "GOBIN" => Some("go install writes programs there"),
        "CC" | "CXX" | "AR" | "PKG_CONFIG" => Some("runs programs"),
        "GOINSECURE" => Some("these modules are downloaded without TLS checks and not verified"),
        "GOVCS" => (text != "off" && text != "*:off").then_some("lets version control programs run"),
        "GODEBUG" => Some("changes how go and Go programs behave, TLS checks included"),
        "CGO_ENABLED" => None,
        name if name.ends_with("_DISALLOW") => None,
        name if name.ends_with("_ALLOW") => Some("lets modules pass C compiler flags that can run programs"),
        name if name.starts_with("CGO_") => Some("C compiler and linker flags can run programs"),
        _ => None,
    }
}

/// Whether gvmr knows a flag of the go command by this name.
pub(super) fn is_known_flag(name: &str) -> bool {
    [&RUNNING[..], &REPLACING, &HARMLESS].iter().any(|list| list.contains(&name))
}

/// Whether files of the project may lie there: by the path's text, through a link, through `..`, or through a path that
/// differs in each process.
fn may_lie_in(path: &Path, project: &Path) -> bool {
    let real = path.ancestors().find_map(|above| fs::canonicalize(above).ok());
    path.starts_with(project)
        || real.is_some_and(|real| real.starts_with(project))
        || path.components().any(|part| part == Component::ParentDir)
        || ["/proc", "/dev/fd"].iter().any(|kernel| path.starts_with(kernel))
}

/// Whether another user may have put files there, or may still: what is there of the path is another user's, or everyone
/// can write to it, as to /tmp.
fn may_be_others(path: &Path) -> bool {
    let there = path.ancestors().find_map(|above| fs::metadata(above).ok());
    let is_mine = |owner: u32| owner == 0 || owner == rustix::process::geteuid().as_raw();
    there.is_some_and(|found| !is_mine(found.uid()) || found.mode() & 0o002 != 0)
}

/// The worst of the flags; one that is not known may do anything.
fn flags(text: &str) -> Option<&'static str> {
    let words = goflags::split(text).unwrap_or_default();
    let names: Vec<&str> = words.iter().filter_map(|word| goflags::name(word)).collect();
    let any = |list: &[&str]| names.iter().any(|name| list.contains(name));
    if any(&RUNNING) {
        Some("runs programs, or passes flags to programs that can")
    } else if any(&REPLACING) {
        Some("replaces or writes files")
    } else if names.iter().any(|name| !HARMLESS.contains(name)) {
        Some("has a flag that gvmr does not know")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gvmr_core::env::variable;

    fn risk(name: &str, value: &str) -> &'static str {
        let variable = variable::find(name.as_bytes()).unwrap();
        of(variable, OsStr::new(value), Path::new("/p")).unwrap_or("")
    }

    #[test]
    fn what_can_run_programs_is_said() {
        for flags in [
            "-toolexec=/x",
            "-v --toolexec=/x",
            "'-toolexec=/a b/x'",
            "\"-exec=/x\" -v",
            "-mod=mod\t-vettool=/x",
            "-ldflags=-extld=/x",
        ] {
            assert!(risk("GOFLAGS", flags).starts_with("runs programs"), "{flags}");
        }
        for flags in ["-overlay=x.json", "-modfile=other.mod", "-mod=mod -o=/x"] {
            assert!(risk("GOFLAGS", flags).contains("files"), "{flags}");
        }
        assert!(risk("GOFLAGS", "-new=1").contains("does not know"));
        assert_eq!(risk("GOFLAGS", "-mod=readonly -tags=a,b -trimpath"), "");
        assert_eq!(risk("GOAUTH", "netrc; git /x"), "runs a program");
        assert_eq!(risk("GOAUTH", "netrc;off"), "");
        assert!(risk("CGO_CFLAGS", "-O2").contains("C compiler"));
        assert!(risk("CGO_LDFLAGS_ALLOW", ".*").contains("lets modules"));
        assert_eq!(risk("CGO_ENABLED", "1"), "");
        for name in ["CC", "CXX", "AR", "PKG_CONFIG"] {
            assert_eq!(risk(name, "/p/tool"), "runs programs", "{name}");
        }
        assert!(risk("GOVCS", "*:all").contains("version control"));
        assert_eq!(risk("GOVCS", "*:off"), "");
        for level in ["GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOPPC64", "GORISCV64", "GOWASM"] {
            assert_eq!(risk(level, "v8.0"), "", "{level}");
        }
    }

    #[test]
    fn what_weakens_the_proof_is_said() {
        for (name, value, words) in [
            ("GOPROXY", "https://p.example,direct", "downloaded from"),
            ("GOSUMDB", "off", "not verified"),
            ("GOSUMDB", "mine+1234+key", "another checksum database"),
            ("GOPRIVATE", "*", "not verified"),
            ("GONOSUMDB", "*", "not verified"),
            ("HTTPS_PROXY", "p:1", "through"),
            ("GOCACHE", "/p/cache", "as they are"),
            ("GOPATH", "/h/go:/p/go", "as they are"),
            ("GOCACHE", "/proc/self/cwd/cache", "as they are"),
            ("GOMODCACHE", "/no/such/../../p/mod", "as they are"),
            ("GOCACHE", "/h/cache", "go writes there"),
            ("GOMODCACHE", "/h/mod", "go writes there"),
            ("GOCACHE", "/tmp/not/yet", "another user"),
            ("GOPATH", "/h/go:/tmp", "another user"),
            ("GOBIN", "/h/bin", "writes programs"),
            ("GOINSECURE", "*", "not verified"),
            ("GODEBUG", "tlsrsakex=1", "TLS"),
        ] {
            assert!(risk(name, value).contains(words), "{name}={value}");
        }
        for (name, value) in
            [("GOPROXY", "off"), ("GOSUMDB", "sum.golang.org"), ("GOPATH", "/h/go"), ("GOPATH", "")]
        {
            assert_eq!(risk(name, value), "", "{name}={value}");
        }
    }

    #[test]
    fn a_link_into_the_project_is_the_project() {
        let place = tempfile::tempdir().unwrap();
        let project = place.path().canonicalize().unwrap().join("p");
        let link = project.with_file_name("link");
        fs::create_dir(&project).unwrap();
        std::os::unix::fs::symlink(&project, &link).unwrap();
        let gocache = variable::find(b"GOCACHE").unwrap();
        let inside = "files already there are built and run as they are";
        assert_eq!(of(gocache, link.join("not/yet").as_os_str(), &project), Some(inside));
        let outside = of(gocache, project.with_file_name("other").as_os_str(), &project);
        assert_eq!(outside, Some("go writes there, and builds and runs what is already there"));
    }
}
