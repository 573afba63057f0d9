//! One session in which this machine's own Go runs behind the shim.

use super::Mode;
use super::sandbox::{done, mount};
use super::sessions::ssh;
use super::users::User;
use std::fs;
use std::os::unix::fs::lchown;
use std::path::PathBuf;

/// This machine's Go, kept in reach while the machine's files change.
const GOROOT: &str = "/run/goroot";

/// Keeps the GOROOT that the outer machine names.
pub(super) fn keep() {
    fs::create_dir(GOROOT).unwrap();
    mount(&["--bind", &std::env::var("GVMR_TEST_GOROOT").unwrap(), GOROOT]);
}

/// Asks `ssh host go version`, with that Go as an installed version and the default; gives why it is not as it is.
pub(super) fn check(user: &User, mode: Mode) -> Option<String> {
    let said = std::env::var("GVMR_TEST_GO_VERSION").unwrap(); // go version go1.23.4 linux/amd64
    let name = said.split(' ').nth(2).unwrap();
    let (home, owner) = match mode {
        Mode::Nobody => return None,
        Mode::User => (user.home.join(".local/share/gvmr"), user.uid),
        Mode::System | Mode::Both => (PathBuf::from("/opt/gvmr"), 0),
    };
    let goroot = home.join("versions").join(name);
    fs::create_dir_all(&goroot).unwrap();
    mount(&["--bind", GOROOT, goroot.to_str().unwrap()]);
    fs::write(home.join("default"), format!("{name}\n")).unwrap();
    lchown(home.join("default"), Some(owner), Some(owner)).unwrap();
    let output = ssh(user, &[], &["go version"]).output().unwrap();
    // What that Go started may still be about to end.
    done(&mut super::sessions::root("umount", &["--lazy", goroot.to_str().unwrap()]));
    fs::remove_dir(goroot).unwrap();
    fs::remove_file(home.join("default")).unwrap();
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (answer != said).then(|| format!("go version says {answer:?} and {output:?}, not {said:?}"))
}
