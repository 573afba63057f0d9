//! A home that a former build of gvmr wrote: this build reads, uses and undoes it. It writes the same bytes
//! itself: a former build can read them. `tests/data/former_home/renew` made the fixture.

use crate::support::world::{Run, World, gvmr, names, shim};
use gvmr::store::{ProofKind, Receipt};
use gvmr_core::env::gvmr_toml::{IgnoredFile, IgnoredReason};
use gvmr_core::env::notice::Notice;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where the former build ran: the names of its marks are hashes of paths below.
const FORMER_ROOT: &str = "/tmp/gvmr-former-home";
/// What the stand-in for bin/go says here: what it was called with.
const GO: &str = "#!/bin/sh\necho \"$GOPATH $GOPROXY $GOPRIVATE $HTTPS_PROXY\"\n";

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/former_home")
}

/// The machine that the former build left, at another path.
struct Former {
    world: World,
}

impl Former {
    fn new() -> Self {
        let world = World::new("off");
        let former = Self { world };
        for name in ["user", "project"] {
            former.copy(&data().join(name), &former.world.path(name));
        }
        let home = former.world.home();
        let private = ["credentials", "credentials.lock", "rules"].map(|name| (name, 0o600));
        for (path, mode) in [("", 0o700), ("notices", 0o700)].into_iter().chain(private) {
            fs::set_permissions(home.join(path), Permissions::from_mode(mode)).unwrap();
        }
        let go = former.world.goroot("1.22.10").join("bin/go");
        fs::write(&go, GO).unwrap();
        fs::set_permissions(go, Permissions::from_mode(0o755)).unwrap();
        fs::create_dir_all(former.world.path("user/gopath")).unwrap();
        fs::create_dir(home.join("shims")).unwrap();
        for name in fs::read_to_string(data().join("shims.txt")).unwrap().lines() {
            let path = home.join("shims").join(name);
            match name {
                "gvmr" => symlink(gvmr(), path).unwrap(),
                _ => drop(fs::copy(shim(), path).unwrap()),
            }
        }
        former
    }

    /// A file or directory of the fixture, with this machine's paths in it.
    fn copy(&self, from: &Path, to: &Path) {
        if from.is_dir() {
            fs::create_dir_all(to).unwrap();
            for name in names(from) {
                let below = if name == "@ROOT@" {
                    self.root().trim_start_matches('/').to_owned()
                } else {
                    name.clone()
                };
                self.copy(&from.join(name), &to.join(below));
            }
            return;
        }
        fs::write(to, self.text(from)).unwrap();
    }

    /// A file of the fixture as it would be here.
    fn text(&self, file: &Path) -> String {
        let text = fs::read_to_string(file).unwrap();
        text.replace("@ROOT@", &self.root()).replace("@PROGRAM@", gvmr().to_str().unwrap())
    }

    fn root(&self) -> String {
        self.world.path("").to_str().unwrap().trim_end_matches('/').to_owned()
    }

    fn app(&self) -> PathBuf {
        self.world.path("project/app")
    }

    /// Asserts that a file of the home holds what the former build wrote.
    #[track_caller]
    fn holds(&self, name: &str) {
        let former =
            self.text(&data().join("user/.local/share/gvmr").join(name.replace(&self.root()[1..], "@ROOT@")));
        let found = fs::read_to_string(self.world.home().join(name));
        assert_eq!(found.ok(), Some(former), "{name}");
    }

    fn trusted(&self) -> String {
        format!("trusted{}/project/app/gvmr.toml", self.root())
    }

    fn go(&self, directory: &Path) -> Run {
        let go = self.world.home().join("shims/go");
        // Without the machine's GOPROXY: the project's counts where the environment has none.
        Run::of(self.world.command(&go, directory).arg("version").env_remove("GOPROXY"))
    }
}

#[test]
fn versions_pins_and_rules_of_a_former_build_count() {
    let former = Former::new();
    let list = former.world.gvmr(["list", "--json"]).exits(0, &[]).json();
    let listed = list.to_string();
    for fact in ["1.22.10", "sum.golang.org", "32419892"] {
        assert!(listed.contains(fact), "{listed}");
    }
    let pinned = former.world.gvmr_in(&former.app(), ["current", "--why"]).succeeds();
    assert!(pinned.contains("1.22.10") && pinned.contains("app/.go-version:1"), "{pinned}");
    let default = former.world.gvmr_in(&former.world.path("project/other"), ["current", "--why"]).succeeds();
    assert!(default.contains("1.22.10") && default.contains("default:1"), "{default}");
    let trusted = former.world.gvmr(["trust", "--list"]).succeeds();
    assert!(trusted.contains("project/app/gvmr.toml"), "{trusted}");
    let logins = former.world.gvmr(["auth", "list"]).succeeds();
    assert!(logins.contains("git.corp.example") && logins.contains("joe"), "{logins}");

    let gopath = former.world.path("user/gopath");
    let said = format!("{} http://goproxy.example:8080,direct *.corp.example", gopath.display());
    assert_eq!(former.go(&former.app()).succeeds().trim_end(), said);
    for name in ["rules", "default", "projects", "program", &former.trusted()] {
        former.holds(name); // nothing had to be written again
    }
}

#[test]
fn what_this_build_writes_is_what_a_former_one_wrote() {
    let former = Former::new();
    let home = former.world.home();
    for name in ["rules", "default", "projects", "credentials", &former.trusted()] {
        fs::remove_file(home.join(name)).unwrap();
    }
    fs::remove_file(former.app().join(".go-version")).unwrap();
    former.world.gvmr(["use", "--global", "1.22"]).exits(0, &[]);
    former.world.gvmr_in(&former.app(), ["use", "1.22.10"]).exits(0, &[]);
    former.world.gvmr_in(&former.app(), ["trust"]).exits(0, &[]);
    former.go(&former.app()).exits(0, &[]); // which compiles the rules first
    let mut auth = former.world.command(gvmr(), &former.app());
    auth.args(["auth", "set", "git.corp.example", "--user", "joe", "--file"]);
    let secret = former.world.path("secret");
    fs::write(&secret, "not-a-secret").unwrap();
    Run::of(auth.stdin(fs::File::open(secret).unwrap())).exits(0, &[]);
    for name in ["rules", "default", "projects", "credentials", &former.trusted()] {
        former.holds(name);
    }
    let pin = fs::read(former.app().join(".go-version")).unwrap();
    assert_eq!(pin, fs::read(data().join("project/app/.go-version")).unwrap());
}

#[test]
fn a_receipt_has_the_fields_that_a_former_build_wrote() {
    let goroot = data().join("user/.local/share/gvmr/versions/go1.22.10");
    let receipt = Receipt::read(&goroot).unwrap().unwrap();
    assert_eq!((receipt.proof, receipt.record), (ProofKind::Log, Some(32_419_892)));
    let written = serde_json::to_string_pretty(&receipt).unwrap();
    assert_eq!(format!("{written}\n"), fs::read_to_string(goroot.join(".gvmr-receipt.json")).unwrap());
}

#[test]
fn a_mark_of_a_former_build_is_a_mark_of_this_one() {
    let former = Former::new();
    let file = Path::new(FORMER_ROOT).join("project/other/gvmr.toml");
    let content = fs::read(data().join("project/other/gvmr.toml")).unwrap();
    let notice = Notice::ProjectFile(IgnoredFile::of(file, IgnoredReason::Untrusted, Some(&content)));
    let own = UserDirs::of(&Home::at(former.world.home()), &Vec::new()).unwrap();
    assert_eq!(names(&own.notices()), [notice.mark(&own).file_name().unwrap().to_str().unwrap()]);
    fs::File::open(notice.mark(&own)).unwrap().set_modified(SystemTime::now()).unwrap();
    assert!(notice.was_said(Some(&own)));
    // The same file at this machine's path is another notice: it is said, once.
    let other = former.world.path("project/other");
    former.go(&other).exits(0, &["project/other/gvmr.toml"]);
    assert_eq!(former.go(&other).stderr, "");
    assert_eq!(names(&own.notices()).len(), 2);
}

#[test]
fn setup_undoes_what_a_former_build_set_up() {
    let former = Former::new();
    let files = [".bashrc", ".kshrc", ".mkshrc", ".profile", ".zshenv"];
    for name in files {
        assert!(fs::read_to_string(former.world.path("user").join(name)).unwrap().contains("# >>> gvmr >>>"));
    }
    former.world.gvmr(["setup", "--undo", "--yes"]).exits(0, &[]);
    for name in files {
        let left = fs::read_to_string(former.world.path("user").join(name)).unwrap_or_default();
        assert!(!left.contains("gvmr"), "{name}: {left}");
    }
    for name in [".config/fish/conf.d/zz-gvmr.fish", ".config/environment.d/zz-gvmr.conf"] {
        assert!(!former.world.path("user").join(name).exists(), "{name}");
    }
    former.world.gvmr(["uninstall", "--force", "1.22.10"]).exits(0, &[]);
    assert!(former.world.installed().is_empty());
}
