//! Where other tools put Go toolchains.
//!
//! Takes the environment; gives directories. The table says for every tool where its own root is, first where a variable
//! moves it, and where below that its versions lie. Only lists directories.

use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::program;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Names that one `*` may stand for; no one has so many versions, but another kind of directory may have so many entries.
const MAX_COUNT: usize = 512;

/// A tool and where it installs. A root begins with `$VARIABLE`, `~` or `/`; of a path below it, elements may end in
/// `*`. A directory that holds its tree as `go` is as good as the tree.
struct Tool {
    owner: &'static str,
    roots: &'static [&'static str],
    below: &'static [&'static str],
    rebuilt: bool,
}

const fn tool(owner: &'static str, roots: &'static [&'static str], below: &'static [&'static str]) -> Tool {
    Tool { owner, roots, below, rebuilt: false }
}

const TOOLS: &[Tool] = &[
    tool("goenv", &["$GOENV_ROOT", "~/.goenv"], &["versions/*"]),
    tool("gvm", &["$GVM_ROOT", "~/.gvm"], &["gos/*"]),
    tool("akgvm", &["~/.gvm"], &["versions/*"]),
    tool("asdf", &["$ASDF_DATA_DIR", "~/.asdf"], &["installs/golang/*", "installs/go/*"]),
    tool(
        "mise",
        &[
            "$MISE_DATA_DIR",
            "$RTX_DATA_DIR",
            "$XDG_DATA_HOME/mise",
            "~/.local/share/mise",
            "~/.local/share/rtx",
            "/usr/local/share/mise",
        ],
        &["installs/go/*", "installs/golang/*"],
    ),
    tool("vfox", &["$VFOX_CACHE"], &["golang/*", "golang/*/*"]),
    tool(
        "vfox",
        &["$VFOX_HOME", "$VFOX_ROOT", "~/.version-fox", "~/.vfox"],
        &["cache/golang/*", "cache/golang/*/*", "installed/golang/*", "installed/golang/*/*"],
    ),
    tool("proto", &["$PROTO_HOME", "$XDG_DATA_HOME/proto", "~/.proto"], &["tools/go/*"]),
    tool("g", &["$G_HOME", "~/.g"], &["versions/*"]),
    tool("gobrew", &["$GOBREW_ROOT/.gobrew", "~/.gobrew"], &["versions/*"]),
    tool("goup-rs", &["$GOUP_HOME", "~/.goup"], &["*"]),
    // goup lays its versions beside each other, and g (of stefanmaric) below a GOROOT of the user's.
    tool("goup", &["~/.go"], &["go*"]),
    tool("g (stefanmaric)", &["$GOROOT", "~/.go", "~/go"], &[".versions/*"]),
    tool("gimme", &["$GIMME_VERSION_PREFIX", "~/.gimme/versions"], &["*"]),
    tool("golang.org/dl", &["~/sdk"], &["go*"]),
    tool("setup-go", &["$RUNNER_TOOL_CACHE", "$AGENT_TOOLSDIRECTORY", "/opt/hostedtoolcache"], &["go/*/*"]),
    Tool {
        owner: "the distribution",
        roots: &["/usr/lib", "/usr/lib64"],
        below: &["go*", "go/*"],
        rebuilt: true,
    },
    Tool { owner: "snap", roots: &["/snap/go"], below: &["*"], rebuilt: true },
    Tool {
        owner: "Homebrew",
        roots: &["/home/linuxbrew/.linuxbrew/Cellar"],
        below: &["go*/*/libexec"],
        rebuilt: true,
    },
    tool(
        "by hand",
        &["/usr/local", "/usr/local/lib", "/opt", "~", "~/.local", "~/.local/opt", "~/opt"],
        &["go*"],
    ),
    tool("by hand", &["$GOROOT", "~/.go"], &[""]),
    tool("by hand", &["/opt/go"], &["*"]),
];

/// One directory, or several where its path has a `*`.
pub(super) struct Location {
    pub(super) owner: &'static str,
    pub(super) rebuilt: bool,
    root: PathBuf,
    below: PathBuf,
}

/// Every place, in the order in which an owner of a tree is believed.
pub(super) fn all(environment: &dyn Environment) -> Vec<Location> {
    let mut places = Vec::new();
    for tool in TOOLS {
        for root in tool.roots.iter().filter_map(|root| resolve(root, environment)) {
            places.extend(tool.below.iter().map(|below| Location {
                owner: tool.owner,
                rebuilt: tool.rebuilt,
                root: root.clone(),
                below: below.into(),
            }));
        }
    }
    places.extend(module_caches(environment).into_iter().map(|root| Location {
        owner: "the module cache",
        rebuilt: false,
        root,
        below: "golang.org/toolchain@*".into(),
    }));
    places
}

/// What lies two directories above each `go` on PATH, with its links followed: its GOROOT, if it is a program of one.
pub(super) fn on_path(environment: &dyn Environment) -> Vec<PathBuf> {
    let path = environment.get("PATH").unwrap_or_default();
    let programs =
        program::directories(&path).filter_map(|directory| fs::canonicalize(directory.join("go")).ok());
    programs.filter_map(|program| Some(program.parent()?.parent()?.to_owned())).collect()
}

impl Location {
    /// The directories that are there now.
    pub(super) fn directories(&self) -> Vec<PathBuf> {
        let mut found = vec![self.root.clone()];
        let mut elements: VecDeque<_> = self.below.iter().collect();
        while let Some(element) = elements.pop_front() {
            found = match element.as_bytes().strip_suffix(b"*") {
                Some(start) => found.iter().flat_map(|directory| children(directory, start)).collect(),
                None => found.iter().map(|directory| directory.join(element)).collect(),
            };
        }
        found
    }
}

/// What a directory holds whose names begin so, sorted.
fn children(directory: &Path, start: &[u8]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut names: Vec<_> = names.filter(|name| name.as_bytes().starts_with(start)).take(MAX_COUNT).collect();
    names.sort();
    names.iter().map(|name| directory.join(name)).collect()
}

/// The path that a root means; `None` where its variable is unset or not absolute.
fn resolve(root: &str, environment: &dyn Environment) -> Option<PathBuf> {
    let (first, rest) = root.split_once('/').unwrap_or((root, ""));
    let first = match first {
        "" => return Some(PathBuf::from(root)),
        "~" => environment.get("HOME")?,
        variable => environment.get(variable.strip_prefix('$')?)?,
    };
    let path = PathBuf::from(first);
    path.is_absolute().then(|| if rest.is_empty() { path } else { path.join(rest) })
}

/// Where the go command unpacks modules: GOMODCACHE, else below each GOPATH.
fn module_caches(environment: &dyn Environment) -> Vec<PathBuf> {
    let cache = goenv::setting(environment, "GOMODCACHE").map(PathBuf::from);
    let paths = goenv::setting(environment, "GOPATH").unwrap_or_default();
    let paths =
        paths.as_bytes().split(|byte| *byte == b':').map(|part| PathBuf::from(OsStr::from_bytes(part)));
    let usual = environment.get("HOME").map(|home| PathBuf::from(home).join("go"));
    let caches = paths.chain(usual).map(|path| path.join("pkg/mod"));
    cache.into_iter().chain(caches).filter(|path| path.is_absolute()).collect()
}
