//! A module proxy on the loopback interface that serves toolchains and a log that knows them.

use super::log::TestLog;
use super::pack;
use super::server::{Reply, Request, Server};
use super::skip;
use super::world::World;
use super::zip::{File, Zip};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A running proxy.
pub(crate) struct Mirror {
    pub(crate) server: Server,
    /// GOSUMDB for its log; `None` where that is the real one.
    pub(crate) key: Option<String>,
}

/// Files by name.
type Files = Vec<(String, Vec<u8>)>;

/// The module path under which proxies serve toolchains.
const AT: &str = "/golang.org/toolchain/@v";

impl Mirror {
    /// Serves small made-up toolchains, whose `go` is a script, with a log of its own.
    pub(crate) fn small(versions: &[&str]) -> Self {
        Self::small_but(versions, |_, reply| reply)
    }

    /// The same, with answers changed on their way.
    pub(crate) fn small_but(
        versions: &[&str],
        meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let made = versions.iter().map(|version| (*version, toolchain(version))).collect();
        Self::made("amd64", made, meddle)
    }

    /// Serves one toolchain of these files for another GOARCH, with a log of its own.
    pub(crate) fn made_for(goarch: &str, version: &str, files: Files) -> Self {
        Self::made(goarch, vec![(version, files)], |_, reply| reply)
    }

    fn made(
        goarch: &str,
        toolchains: Vec<(&str, Files)>,
        meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let mut log = TestLog::filled("test.log", 300); // enough for full and partial tiles on two levels
        let mut files = BTreeMap::new();
        let mut list = String::new();
        for (version, toolchain) in toolchains {
            let module_version = format!("v0.0.1-go{version}.linux-{goarch}");
            log.add("golang.org/toolchain", &module_version, &h1(&module_version, &toolchain), GO_MOD_H1);
            files.insert(format!("{AT}/{module_version}.zip"), Reply::ok(zip(&module_version, &toolchain)));
            files.insert(format!("/dl/go{version}.linux-{goarch}.tar.gz"), Reply::ok(archive(&toolchain)));
            files.insert(
                format!("{AT}/{module_version}.info"),
                Reply::ok(format!("{{\"Version\":\"{module_version}\"}}")),
            );
            list.extend([module_version.as_str(), "\n"]);
        }
        files.insert(format!("{AT}/list"), Reply::ok(list));
        let key = Some(log.key());
        let server = Server::start(move |request| {
            let reply = match request.target.strip_prefix("/sumdb/test.log") {
                Some(path) => log.answer(path).map_or(Reply::status(404), Reply::ok),
                None => files.get(&request.target).cloned().unwrap_or(Reply::status(404)),
            };
            meddle(request, reply)
        });
        Self { server, key }
    }

    /// Serves real toolchains out of Go's module cache, with the real log's records kept beside the tests.
    pub(crate) fn real(versions: &[&str]) -> Option<Self> {
        Self::real_but(versions, |_, reply| reply)
    }

    /// The same, with answers changed on their way. `None` where Go or the network is missing.
    pub(crate) fn real_but(
        versions: &[&str],
        meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Option<Self> {
        Some(Self::cached(real_modules(versions)?, meddle))
    }

    /// Serves a real toolchain for another GOARCH in the same way.
    pub(crate) fn real_for(goarch: &str, version: &str) -> Option<Self> {
        Some(Self::cached(real_modules_for(goarch, &[version])?, |_, reply| reply))
    }

    fn cached(cache: PathBuf, meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static) -> Self {
        let server = Server::start(move |request| {
            let reply = real_log(request).unwrap_or_else(|| Reply::directory(&cache, request));
            meddle(request, reply)
        });
        Self { server, key: None }
    }

    /// Serves a real release as an archive that a mirror has repacked, with the real log's records.
    pub(crate) fn real_archive_but(
        version: &'static str,
        meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Option<Self> {
        let archive = pack::real(version)?;
        let name = format!("/dl/go{version}.linux-amd64.tar.gz");
        let server = Server::start(move |request| {
            let reply = match real_log(request) {
                Some(reply) => reply,
                None if request.target == name => Reply::file(archive),
                None => Reply::status(404),
            };
            meddle(request, reply)
        });
        Some(Self { server, key: None })
    }

    /// A machine whose only source the archives below `/dl` are, with no index.
    pub(crate) fn archive_world(&self) -> World {
        let mut world = self.world();
        world.set("GVMR_SOURCES", "archive");
        world.set("GVMR_MIRROR", &self.server.url("/dl"));
        world.set("GVMR_INDEX", "off");
        world
    }

    /// Waits until the module of a version was asked for once more than `before`.
    #[track_caller]
    pub(crate) fn awaits_download(&self, version: &str, before: usize) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.downloads(version) <= before {
            assert!(Instant::now() < deadline, "go{version} is not downloaded");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// How often the archive of a version was asked for.
    pub(crate) fn archive_downloads(&self, version: &str) -> usize {
        self.server.count(&format!("/dl/go{version}.linux-amd64.tar.gz"))
    }

    /// A machine whose only source this proxy is.
    pub(crate) fn world(&self) -> World {
        self.trusted_by(World::new(&self.server.url("")))
    }

    /// The same in a directory below `place`.
    pub(crate) fn world_below(&self, place: &Path) -> World {
        self.trusted_by(World::below(place, &self.server.url("")))
    }

    fn trusted_by(&self, mut world: World) -> World {
        if let Some(key) = &self.key {
            world.set("GOSUMDB", key);
        }
        world
    }

    /// How often the zip of a version was asked for.
    pub(crate) fn downloads(&self, version: &str) -> usize {
        self.server.count(&format!("{AT}/v0.0.1-go{version}.linux-amd64.zip"))
    }
}

/// A user who has installed these versions, with real toolchains; `None` where the module proxy does not answer.
pub(crate) fn user_with(versions: &[&str]) -> Option<World> {
    let Some(mirror) = Mirror::real(versions) else {
        skip("the module proxy does not answer");
        return None;
    };
    let world = mirror.world();
    world.gvmr([&["install"][..], versions].concat()).succeeds();
    Some(world)
}

/// Fills Go's module cache with these toolchains and gives its download directory, a proxy's layout.
pub(crate) fn real_modules(versions: &[&str]) -> Option<PathBuf> {
    real_modules_for("amd64", versions)
}

fn real_modules_for(goarch: &str, versions: &[&str]) -> Option<PathBuf> {
    let go =
        |arguments: &[&str]| Command::new("go").args(arguments).env("GOTOOLCHAIN", "local").output().ok();
    let cache = go(&["env", "GOMODCACHE"])?;
    for version in versions {
        let module = format!("golang.org/toolchain@v0.0.1-go{version}.linux-{goarch}");
        let download = go(&["mod", "download", &module])?;
        if !download.status.success() {
            eprintln!("{module}: {}", String::from_utf8_lossy(&download.stderr));
            return None;
        }
    }
    Some(PathBuf::from(String::from_utf8(cache.stdout).unwrap().trim()).join("cache/download"))
}

/// The hash of every toolchain's go.mod, which is one line.
const GO_MOD_H1: &str = "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=";

/// Names and contents of a toolchain whose `go` prints what it was given.
pub(crate) fn toolchain(version: &str) -> Vec<(String, Vec<u8>)> {
    let go = format!(
        "#!/bin/sh\ncase $1 in\nversion) echo go version go{version} linux/amd64;;\n\
         env) env;;\nsleep) exec sleep \"$2\";;\n*) echo go{version} \"$@\";;\nesac\n"
    );
    let mut files = vec![
        ("VERSION".to_owned(), format!("go{version}\ntime 2030-01-01T00:00:00Z\n").into_bytes()),
        ("bin/go".to_owned(), go.into_bytes()),
        ("bin/gofmt".to_owned(), format!("#!/bin/sh\necho gofmt of go{version}\n").into_bytes()),
        ("go.env".to_owned(), b"GOPROXY=https://proxy.example,direct\nGOTOOLCHAIN=auto\n".to_vec()),
        ("src/_go.mod".to_owned(), b"module std\n".to_vec()),
    ];
    for number in 0..40 {
        let content = format!("package p{number} // {version}\n").repeat(50 * (number % 7));
        files.push((format!("src/p{number}/file.go"), content.into_bytes()));
    }
    files
}

/// What the real log answers, as a proxy passes it on: its records kept beside the tests. `None` where the request is
/// not for the log.
pub(crate) fn real_log(request: &Request) -> Option<Reply> {
    let path = request.target.strip_prefix("/sumdb/sum.golang.org")?;
    if path == "/supported" {
        return Some(Reply::ok(""));
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let request = Request { target: format!("/sumdb{path}"), ..request.clone() };
    Some(Reply::directory(&fixtures, &request))
}

/// The same toolchain as a release archive, with what only those hold.
pub(crate) fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    pack::tar(&in_archive(files)).gz()
}

/// The files of a toolchain under the names that archives give them, and those that only archives hold.
pub(crate) fn in_archive(files: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let extra = pack::EXTRA.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec()));
    let own = files.iter().map(|(name, content)| (name.replace("_go.mod", "go.mod"), content.clone()));
    own.chain(extra).collect()
}

fn prefix(module_version: &str) -> String {
    format!("golang.org/toolchain@{module_version}/")
}

fn zip(module_version: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let prefix = prefix(module_version);
    Zip::with(files.iter().map(|(name, content)| File::new(&format!("{prefix}{name}"), content)).collect())
        .bytes()
}

/// The directory hash, written here once more so that the program is not its own judge.
fn h1(module_version: &str, files: &[(String, Vec<u8>)]) -> String {
    let prefix = prefix(module_version);
    let line = |(name, content): &(String, Vec<u8>)| {
        let hex =
            Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        (format!("{prefix}{name}"), hex)
    };
    let mut lines: Vec<_> = files.iter().map(line).collect();
    lines.sort();
    let summary: Vec<_> = lines.iter().map(|(name, hex)| format!("{hex}  {name}\n")).collect();
    format!("h1:{}", STANDARD.encode(Sha256::digest(summary.concat())))
}
