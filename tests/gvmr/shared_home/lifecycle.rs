//! What becomes a shared home, what is refused, and what is left when it is one no more.

use super::sandbox::{ALICE, Machine, visit};
use crate::store::{install, open};
use crate::support::skip;
use crate::support::world::{Run, names};
use gvmr::store::{DefaultVersion, Programs, StoreError, machine_file, share, unshare};
use gvmr_core::gover::selector::Selector;
use gvmr_core::home::paths::Home;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory as the root of a machine, with programs outside of it.
struct Disk {
    directory: TempDir,
    programs: Programs,
}

impl Disk {
    /// `None` where this process is not root.
    fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            skip("only root can share a home");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in ["machine/opt", "machine/etc", "private"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        for name in ["gvmr", "gvmr-shim"] {
            fs::write(at("private").join(name), format!("#!/bin/sh\necho {name}\n")).unwrap();
        }
        let programs = Programs { program: at("private/gvmr"), shim: at("private/gvmr-shim") };
        Some(Self { directory, programs })
    }

    fn machine(&self) -> PathBuf {
        self.directory.path().join("machine").canonicalize().unwrap()
    }

    fn home(&self) -> Home {
        Home::at(self.machine().join("opt/gvmr"))
    }

    fn share(&self) -> Result<bool, StoreError> {
        share(&self.home(), &self.programs, &self.machine()).map(|shared| shared.changed)
    }

    fn line(&self) -> String {
        fs::read_to_string(machine_file(&self.machine())).unwrap()
    }
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn sharing_twice_is_sharing_once_and_a_run_that_was_cut_short_is_completed() {
    let Some(disk) = Disk::new() else { return };
    let home = disk.home();
    assert!(disk.share().unwrap());
    assert_eq!(disk.line(), format!("{}\n", home.root().display()));
    let record = fs::read_to_string(home.program_file()).unwrap();
    assert_eq!(record.lines().next(), home.bin().join("gvmr").to_str());
    assert_eq!(names(&home.shims()), ["go", "gofmt", "gvmr"]);
    assert!(!disk.share().unwrap(), "nothing is left to do");

    let parts = ["shared", "bin/gvmr", "bin/gvmr-shim", "bin", "shims/gvmr", "shims/go", "shims", "versions"];
    let parts = parts.map(|part| home.root().join(part)).into_iter().chain([machine_file(&disk.machine())]);
    for part in parts {
        let whole = names(home.root());
        if part.is_dir() {
            fs::remove_dir_all(&part).unwrap();
        } else {
            fs::remove_file(&part).unwrap();
        }
        disk.share().unwrap();
        assert!(part.exists(), "{}", part.display());
        assert_eq!(names(home.root()), whole);
        assert!(!disk.share().unwrap(), "{}", part.display());
    }
    // A newer program takes the old one's place, and the shims follow.
    fs::write(&disk.programs.shim, "#!/bin/sh\necho newer\n").unwrap();
    assert!(disk.share().unwrap());
    assert_eq!(fs::read(home.shims().join("go")).unwrap(), b"#!/bin/sh\necho newer\n");
}

#[test]
fn a_private_home_is_opened_with_all_it_holds() {
    let Some(disk) = Disk::new() else { return };
    let home = disk.home();
    let store = open(home.root()).unwrap();
    install(&store, "1.99.1").unwrap();
    let selector = Selector::parse("1.99.1").unwrap();
    let now = selector.as_exact().unwrap().clone();
    store.set_default(&DefaultVersion { selector, now }).unwrap();
    fs::set_permissions(home.default_file(), Permissions::from_mode(0o600)).unwrap();
    let tree = home.versions().join("go1.99.1");
    for (path, mode) in [("", 0o700), ("bin", 0o700), ("bin/go", 0o700), ("VERSION", 0o600)] {
        fs::set_permissions(tree.join(path), Permissions::from_mode(mode)).unwrap();
    }
    symlink("/etc/shadow", tree.join("link")).unwrap();
    let shadow = fs::metadata("/etc/shadow").map(|found| found.mode()).ok();
    assert_eq!(mode(home.root()), 0o700);

    assert!(disk.share().unwrap());
    assert_eq!([mode(home.root()), mode(&home.default_file())], [0o755, 0o644]);
    visit(&tree, &mut |path, found| {
        let expected = if found.is_dir() || path.ends_with("bin/go") { 0o755 } else { 0o644 };
        assert!(found.is_symlink() || found.mode() & 0o7777 == expected, "{}", path.display());
    });
    assert_eq!(fs::metadata("/etc/shadow").map(|found| found.mode()).ok(), shadow, "no link is followed");
    // What is installed from now on is readable too, and what was private stays so.
    install(&open(home.root()).unwrap(), "1.99.2").unwrap();
    assert_eq!(mode(&home.versions().join("go1.99.2/bin/go")), 0o755);
    assert_eq!([mode(&home.staging()), mode(&home.locks()), mode(&home.cache())], [0o700; 3]);
}

#[test]
fn a_place_that_others_can_change_or_cannot_reach_is_refused() {
    let Some(disk) = Disk::new() else { return };
    let opt = disk.machine().join("opt");
    let refused = |why: &str| {
        let error = disk.share().unwrap_err();
        assert!(matches!(&error, StoreError::Exposed { path, .. } if *path == opt), "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(!disk.home().shared_file().exists() && names(&disk.machine().join("etc")).is_empty());
    };
    for (mode, why) in [
        (0o775, "other than root"),
        (0o1777, "other than root"),
        (0o757, "other than root"),
        (0o700, "not accessible"),
    ] {
        fs::set_permissions(&opt, Permissions::from_mode(mode)).unwrap();
        refused(why);
    }
    fs::set_permissions(&opt, Permissions::from_mode(0o755)).unwrap();
    chown(&opt, Some(65534), None).unwrap();
    refused("is not owned by root");
    // Nor does a link help around it: what counts is where the home really is.
    symlink(&opt, disk.machine().join("link")).unwrap();
    let behind = Home::at(disk.machine().join("link/gvmr"));
    let error = share(&behind, &disk.programs, &disk.machine()).unwrap_err();
    assert!(matches!(&error, StoreError::Exposed { path, .. } if *path == opt), "{error}");
    chown(&opt, Some(0), None).unwrap();
    let shared = share(&behind, &disk.programs, &disk.machine()).unwrap();
    assert_eq!(shared.home, disk.home());

    // A home that is there already and another user's own.
    chown(disk.home().root(), Some(65534), None).unwrap();
    assert!(matches!(disk.share(), Err(StoreError::Strange { path, .. }) if path == disk.home().root()));
    let relative = share(&Home::at("opt/gvmr"), &disk.programs, &disk.machine());
    assert!(matches!(relative, Err(StoreError::Exposed { .. })));
}

#[test]
fn unsharing_takes_back_the_names_and_leaves_what_is_installed() {
    let Some(disk) = Disk::new() else { return };
    let home = disk.home();
    assert!(!unshare(&home, &disk.machine()).unwrap(), "it was not shared");
    disk.share().unwrap();
    install(&open(home.root()).unwrap(), "1.99.1").unwrap();
    assert!(unshare(&home, &disk.machine()).unwrap());
    assert!(names(&disk.machine().join("etc")).is_empty());
    assert_eq!(
        names(home.root()),
        ["bin", "cache", "locks", "program", "release", "shims", "staging", "versions"]
    );
    assert_eq!(names(&home.versions()), ["go1.99.1"]);

    disk.share().unwrap();
    fs::write(disk.machine().join("etc/gvmr/other"), b"").unwrap();
    let other = Home::at(disk.machine().join("opt/other"));
    assert!(!unshare(&other, &disk.machine()).unwrap(), "the machine's home is another one");
    assert!(unshare(&home, &disk.machine()).unwrap());
    assert_eq!(names(&disk.machine().join("etc/gvmr")), ["other"], "a directory that holds more stays");
}

#[test]
fn only_root_shares() {
    let Some(machine) = Machine::new(&[]) else { return };
    let this = std::env::current_exe().unwrap();
    let test = ["shared_home::sandbox::task", "--exact", "--nocapture"];
    // A user can run the test only where its directory is open to users.
    if machine.run(ALICE, this.to_str().unwrap(), ["--list"]).code != Some(0) {
        return skip("the tests lie where users cannot reach them");
    }
    let share = [("GVMR_TEST_SHARE", "share /opt/gvmr")];
    let run: Run = machine.run_with(ALICE, &share, this.to_str().unwrap(), test);
    assert!(format!("{run:?}").contains("NotRoot"), "{run:?}");
    assert!(names(&machine.path("/opt")).is_empty());
}

/// Root would run what another user left in it, and so would all users.
#[test]
fn a_home_with_anything_of_another_users_in_it_is_not_shared() {
    let Some(disk) = Disk::new() else { return };
    disk.share().unwrap();
    for name in ["env", "versions/go1.21.13/bin/go", "cache/x", "shims/gvmr-old"] {
        let path = disk.home().root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        chown(&path, Some(65534), None).unwrap();
        let error = disk.share().unwrap_err();
        assert!(matches!(&error, StoreError::Strange { path: found, .. } if *found == path), "{error}");
        chown(&path, Some(0), None).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(disk.share().unwrap_err(), StoreError::Strange { .. }));
        fs::remove_file(&path).unwrap();
    }
}
