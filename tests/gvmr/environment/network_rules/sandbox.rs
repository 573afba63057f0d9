//! The machine that moves: this process's own network, and a gvmr whose one Go is this machine's.

use super::network::{MODULE, Network};
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interface that leads to the site.
pub(super) const INTERFACE: &str = "ens3";

pub(super) struct Machine {
    pub(super) world: World,
    _mirror: Mirror,
}

impl Machine {
    /// A machine with nothing but itself to talk to. Without a rule its go may ask nobody.
    pub(super) fn make() -> Self {
        private_network();
        let mirror = Mirror::small(&["1.98.1"]);
        let mut world = mirror.world();
        world.gvmr(["install", "1.98.1"]).succeeds();
        let told =
            Command::new("go").args(["env", "GOROOT", "GOVERSION"]).env("GOTOOLCHAIN", "local").output();
        let told = String::from_utf8(told.unwrap().stdout).unwrap();
        let (goroot, version) = told.trim().split_once('\n').unwrap();
        symlink(goroot, world.home().join("versions").join(version)).unwrap();
        fs::write(world.home().join("default"), version).unwrap();
        fs::create_dir_all(world.path("user/.config/go")).unwrap();
        fs::write(world.path("user/.config/go/env"), "GOPROXY=off\n").unwrap();
        world.set("GOPROXY", "").set("GOTOOLCHAIN", "local").set("GOSUMDB", "off");
        world.set("GOFLAGS", "-modcacherw");
        Self { world, _mirror: mirror }
    }

    /// Whose certificates go believes.
    pub(super) fn believe(&mut self, networks: &[&Network]) {
        let directories: Vec<_> = networks.iter().map(|network| network.certificates()).collect();
        self.world.set("SSL_CERT_FILE", "/nonexistent").set("SSL_CERT_DIR", &directories.join(":"));
    }

    /// Writes the user's `config.toml`.
    pub(super) fn configure(&self, text: &str) {
        let file = self.world.path("user/.config/gvmr/config.toml");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Downloads [`MODULE`] through the shim as one who never had it.
    pub(super) fn download(&self) -> Run {
        self.download_in(&self.world.path("user"))
    }

    pub(super) fn download_in(&self, directory: &Path) -> Run {
        let cache: PathBuf = tempfile::tempdir().unwrap().keep();
        let module = format!("{MODULE}@v1.0.0");
        let mut command = self.world.command(&self.world.home().join("shims/go"), directory);
        let run = Run::of(command.args(["mod", "download", &module]).env("GOMODCACHE", &cache));
        let has = cache.join("cache/download").join(MODULE).join("@v/v1.0.0.zip").exists();
        assert_eq!(has, run.code == Some(0), "{run:#?}");
        fs::remove_dir_all(cache).unwrap();
        run
    }

    /// Asserts that the next download asks this site for the module below `path`, and none of the others anything.
    #[track_caller]
    pub(super) fn downloads_from(&self, network: &Network, path: &str, others: &[&Network]) {
        self.download().succeeds();
        assert_asked(network, path, others);
    }

    /// Asserts that the next download is refused by the user's own setting, and nobody is asked.
    #[track_caller]
    pub(super) fn downloads_nothing(&self, networks: &[&Network]) {
        let run = self.download();
        assert!(run.code != Some(0) && run.stderr.contains("GOPROXY=off"), "{run:#?}");
        for network in networks {
            assert_eq!(network.asked(), [""; 0], "{}", network.name);
        }
    }
}

#[track_caller]
pub(super) fn assert_asked(network: &Network, path: &str, others: &[&Network]) {
    let asked = network.asked();
    let zip = format!("{path}/{MODULE}/@v/v1.0.0.zip");
    assert!(asked.iter().any(|line| line.ends_with(&zip)), "{}: {asked:?}", network.name);
    for other in others {
        assert_eq!(other.asked(), [""; 0], "{}", other.name);
    }
}

/// Takes the interface away that led to a site, and with it all addresses and routes.
pub(super) fn leave() {
    done(ip(&["link", "delete", INTERFACE]));
}

/// Lays a cable named `interface` to the site: `ours` and `theirs` are addresses with lengths.
pub(super) fn connect(interface: &str, network: &Network, ours: &[&str], theirs: &[&str]) {
    let far = format!("to-{interface}");
    done(ip(&["link", "add", interface, "type", "veth", "peer", "name", &far, "netns", network.name]));
    for address in theirs {
        done(ip(&["-n", network.name, "address", "add", address, "dev", &far]).args(nodad(address)));
    }
    done(ip(&["-n", network.name, "link", "set", &far, "up"]));
    for address in ours {
        done(ip(&["address", "add", address, "dev", interface]).args(nodad(address)));
    }
    done(ip(&["link", "set", interface, "up"]));
}

/// As a DHCP client moves the machine to the site.
pub(super) fn move_to(network: &Network, ours: &str, gateway: &str) {
    connect(INTERFACE, network, &[&format!("{ours}/24")], &[&format!("{gateway}/24")]);
    done(ip(&["route", "add", "default", "via", gateway, "dev", INTERFACE, "metric", "100"]));
}

/// No waiting until nobody else has an IPv6 address.
fn nodad(address: &str) -> &'static [&'static str] {
    if address.contains(':') { &["nodad"] } else { &[] }
}

/// A loopback interface, and room for the namespaces of the sites.
pub(super) fn private_network() {
    std::env::set_current_dir("/").unwrap();
    done(Command::new("mount").args(["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]));
    done(ip(&["link", "set", "lo", "up"]));
}

pub(super) fn ip(words: &[&str]) -> Command {
    let mut command = Command::new("ip");
    command.args(words).stdin(Stdio::null());
    command
}

/// Runs a command that works.
#[track_caller]
pub(super) fn done(mut command: impl std::borrow::BorrowMut<Command>) {
    let command = command.borrow_mut();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}
