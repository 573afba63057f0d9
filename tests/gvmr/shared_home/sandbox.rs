//! A machine of its own for one test: `/opt`, `/etc` and `/home` are the test's, and users have no rights but theirs.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, gvmr, shim};
use gvmr::store::{Programs, share, unshare};
use gvmr_core::home::paths::Home;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(super) const ROOT: User = User { id: 0, home: "/home/root" };
pub(super) const ALICE: User = User { id: 4001, home: "/home/alice" };
pub(super) const BOB: User = User { id: 4002, home: "/home/bob" };

/// Someone on the machine.
#[derive(Clone, Copy)]
pub(super) struct User {
    pub(super) id: u32,
    pub(super) home: &'static str,
}

/// The machine. Its directories outlive its processes, each of which sees them at their real places.
pub(super) struct Machine {
    directory: TempDir,
    mirror: Mirror,
}

/// Makes the machine's directories the real ones for this process and what it starts, and becomes the command.
const ENTER: &str = "for each in opt etc home usr/local; do mount --bind \"$0/$each\" /$each || exit 99; done
    umask \"$1\"; cd \"$2\" || exit 98; shift 2; exec \"$@\"";

impl Machine {
    /// A machine whose users have empty homes; `None` where this process may not make one.
    pub(super) fn new(versions: &[&str]) -> Option<Self> {
        let machine = Self { directory: tempfile::tempdir().unwrap(), mirror: Mirror::small(versions) };
        for place in ["", "opt", "etc", "home", "usr", "usr/local", "usr/local/bin"] {
            machine.directory(place);
        }
        for user in [ROOT, ALICE, BOB] {
            machine.directory(user.home);
            if chown(machine.path(user.home), Some(user.id), Some(user.id)).is_err() {
                crate::support::skip("only root can be several users");
                return None;
            }
        }
        let enters = machine.run(ALICE, "true", [""; 0]);
        if enters.code != Some(0) {
            crate::support::skip(&format!("no machine of one's own can be made here: {}", enters.stderr));
            return None;
        }
        Some(machine)
    }

    /// The same with `/opt/gvmr` shared, and `versions` installed in it, by a root whose umask hides everything.
    pub(super) fn shared(versions: &[&str]) -> Option<Self> {
        let machine = Self::new(versions)?;
        machine.task("share /opt/gvmr").succeeds();
        let install = ["install"].iter().chain(versions);
        machine.run(ROOT, "/opt/gvmr/bin/gvmr", install).succeeds();
        Some(machine)
    }

    /// Where something of the machine lies for this process.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path.trim_start_matches('/'))
    }

    pub(super) fn directory(&self, path: &str) {
        fs::create_dir_all(self.path(path)).unwrap();
        fs::set_permissions(self.path(path), Permissions::from_mode(0o755)).unwrap();
    }

    /// A file of a user's own, in directories of the user's own.
    pub(super) fn write(&self, user: User, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
        let below_home = |path: &&Path| path.starts_with(self.path(user.home));
        for each in self.path(path).ancestors().take_while(below_home) {
            chown(each, Some(user.id), Some(user.id)).unwrap();
        }
    }

    /// What a program does that a user starts at home.
    pub(super) fn run<W: AsRef<OsStr>>(
        &self,
        user: User,
        program: &str,
        words: impl IntoIterator<Item = W>,
    ) -> Run {
        self.run_with(user, &[], program, words)
    }

    /// The same with more variables; `PWD` is where it starts.
    pub(super) fn run_with<W: AsRef<OsStr>>(
        &self,
        user: User,
        variables: &[(&str, &str)],
        program: &str,
        words: impl IntoIterator<Item = W>,
    ) -> Run {
        let pwd = variables.iter().find(|(name, _)| *name == "PWD").map_or(user.home, |(_, value)| value);
        let variables = variables.iter().map(|(name, value)| format!("{name}={value}"));
        Run::of(self.entered(user, pwd, "env").args(variables).arg(program).args(words))
    }

    fn entered(&self, user: User, directory: &str, program: &str) -> Command {
        let id = user.id.to_string();
        let umask = if user.id == 0 { "077" } else { "022" };
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", ENTER]).arg(self.directory.path()).args([umask, directory]);
        command.args(["setpriv", "--reuid", &id, "--regid", &id, "--clear-groups", "--", program]);
        command.env_clear().env("HOME", user.home).env("PATH", "/opt/gvmr/shims:/usr/bin:/bin");
        command.env("GOPROXY", self.mirror.server.url("")).env("GVMR_SOURCES", "goproxy");
        command.envs(self.mirror.key.as_ref().map(|key| ("GOSUMDB", key)));
        command.stdin(Stdio::null());
        command
    }

    /// Lets root call the store itself: `share HOME`, `unshare HOME`.
    pub(super) fn task(&self, task: &str) -> Run {
        shim(); // so that it is there to be copied
        let this = std::env::current_exe().unwrap();
        let mut command = self.entered(ROOT, "/", this.to_str().unwrap());
        command.args(["shared_home::sandbox::task", "--exact", "--nocapture"]).env("GVMR_TEST_SHARE", task);
        Run::of(&mut command)
    }

    /// All that lies below a path: names, modes, owners, lengths, times of change.
    pub(super) fn everything(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        visit(&self.path(path), &mut |path, metadata| {
            let (mode, uid, size) = (metadata.mode(), metadata.uid(), metadata.size());
            found.push(format!(
                "{} {mode:o} {uid} {size} {}.{}",
                path.display(),
                metadata.mtime(),
                metadata.mtime_nsec()
            ));
        });
        found.sort();
        found
    }
}

/// Calls `see` with everything below `path`, and with itself.
pub(super) fn visit(path: &Path, see: &mut dyn FnMut(&Path, &fs::Metadata)) {
    let metadata = fs::symlink_metadata(path).unwrap();
    see(path, &metadata);
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            visit(&entry.unwrap().path(), see);
        }
    }
}

/// Does nothing unless it runs in a child.
#[test]
fn task() {
    let Ok(task) = std::env::var("GVMR_TEST_SHARE") else { return };
    let (verb, home) = task.split_once(' ').unwrap();
    let programs = Programs { program: gvmr().to_owned(), shim: gvmr().with_file_name("gvmr-shim") };
    let home = Home::at(home);
    let outcome = match verb {
        "share" => share(&home, &programs, Path::new("/")).map(|shared| shared.changed),
        _ => unshare(&home, Path::new("/")),
    };
    println!("changed: {}", outcome.unwrap());
}
