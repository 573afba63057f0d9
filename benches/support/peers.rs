//! Other programs that install Go from the same archive, and how each is told to take it from here.

use super::release::{Release, VERSION};
use super::site::Site;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program.
pub(crate) struct Peer {
    /// What its file is called.
    pub(crate) program: &'static str,
    arguments: fn() -> [String; 2],
    /// Sets the command up to install into the directory. All of them have `HOME` there too.
    settle: fn(&mut Command, &Path, &Release, &Site),
}

pub(crate) const PEERS: [Peer; 4] = [
    Peer {
        program: "goup",
        arguments: || ["install".to_owned(), format!("={VERSION}")],
        settle: |command, place, _, site| {
            command.env("GOUP_HOME", place);
            command.env("GOUP_GO_REGISTRY_INDEX", format!("official|{}", site.url("")));
            command.env("GOUP_GO_REGISTRY", site.url("/dl"));
        },
    },
    Peer {
        program: "mise",
        arguments: || ["install".to_owned(), format!("go@{VERSION}")],
        settle: |command, place, release, site| {
            for name in ["DATA", "CACHE", "STATE", "CONFIG"] {
                command.env(format!("MISE_{name}_DIR"), place.join(name.to_lowercase()));
            }
            command.env("MISE_GO_DOWNLOAD_MIRROR", site.url("/dl"));
            let tags = release.directory.join("golang.git");
            command.env("MISE_GO_REPO", format!("file://{}", tags.display()));
            command.env("MISE_USE_VERSIONS_HOST", "0");
        },
    },
    Peer {
        program: "g",
        arguments: || ["install".to_owned(), VERSION.to_owned()],
        settle: |command, place, _, site| {
            command.env("G_EXPERIMENTAL", "true").env("G_HOME", place);
            command.env("G_MIRROR", format!("official|{}", site.url("/dl/")));
        },
    },
    Peer {
        program: "gobrew",
        arguments: || ["install".to_owned(), VERSION.to_owned()],
        settle: |command, place, release, site| {
            // It asks one fixed host for the versions, unless it has asked before.
            std::fs::create_dir(place.join(".gobrew")).unwrap();
            let cache = serde_json::json!({
                "timestamp": "2100-01-01T00:00:00Z",
                "versions": release.versions.iter().rev().collect::<Vec<_>>(),
            });
            std::fs::write(place.join(".gobrew/cache.json"), cache.to_string()).unwrap();
            command.env("GOBREW_ROOT", place).env("GOBREW_REGISTRY", site.url("/dl/"));
        },
    },
];

impl Peer {
    /// Its file: in `directory/bin`, else on PATH.
    pub(crate) fn find(&self, directory: Option<&Path>) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = directory.map(|directory| directory.join("bin"));
        let places = own.into_iter().chain(std::env::split_paths(&path));
        let mut files = places.map(|place| place.join(self.program)).filter(|file| file.is_file());
        files.next().and_then(|file| file.canonicalize().ok())
    }

    pub(crate) fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(file);
        command.args((self.arguments)());
        command
    }

    pub(crate) fn settle(&self, command: &mut Command, place: &Path, release: &Release, site: &Site) {
        (self.settle)(command, place, release, site);
    }
}
