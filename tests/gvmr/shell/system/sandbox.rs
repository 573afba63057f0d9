//! A machine of its own for one test: copies of this one's `/etc`, and its own `/opt`, `/home`, `/root` and `/usr/local`.

use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, gvmr, shim};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const ALICE: u32 = 4001;
/// The program under test, where no session looks for programs.
pub(crate) const GVMR: &str = "/opt/build/gvmr";

/// Makes the machine's directories the real ones for this process and what it starts, and becomes the command.
const ENTER: &str =
    "for each in etc opt home root usr/local; do mount --bind \"$0/$each\" /$each || exit 99; done
    if [ -e \"$0/visudo\" ]; then mount --bind \"$0/visudo\" /usr/sbin/visudo || exit 99; fi
    if [ -e \"$0/spool\" ]; then mount --bind \"$0/spool\" /var/spool/cron/crontabs || exit 99; fi
    umask 077; cd / || exit 98; exec \"$@\"";

/// The machine. Its files outlive its processes, each of which sees them at their real places.
pub(crate) struct Machine {
    directory: TempDir,
    mirror: Mirror,
}

impl Machine {
    /// A machine with sudo and the user alice; `None` where this process may not make one.
    pub(crate) fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            skip("only root can set up a machine");
            return None;
        }
        if !Path::new("/usr/sbin/visudo").exists() {
            skip("sudo is not installed");
            return None;
        }
        let machine = Self { directory: tempfile::tempdir().unwrap(), mirror: Mirror::small(&["1.98.1"]) };
        fs::set_permissions(machine.path(""), Permissions::from_mode(0o755)).unwrap();
        let copied = Command::new("cp").arg("-a").arg("/etc").arg(machine.path("etc")).status().unwrap();
        assert!(copied.success());
        for place in ["opt/build", "home/alice", "root", "usr/local/bin"] {
            fs::create_dir_all(machine.path(place)).unwrap();
        }
        for (place, program) in [("opt/build/gvmr", gvmr()), ("opt/build/gvmr-shim", shim())] {
            fs::copy(program, machine.path(place)).unwrap();
        }
        chown(machine.path("home/alice"), Some(ALICE), Some(ALICE)).unwrap();
        machine.append("etc/passwd", "alice:x:4001:4001::/home/alice:/bin/bash\n");
        machine.append("etc/group", "alice:x:4001:\n");
        machine.append("etc/shadow", "alice:*:19000:0:99999:7:::\n");
        let enters = machine.run("true", &[]);
        if enters.code != Some(0) {
            skip(&format!("no machine of one's own can be made here: {}", enters.stderr));
            return None;
        }
        Some(machine)
    }

    /// Where a file of the machine lies for this process.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path.trim_start_matches('/'))
    }

    pub(crate) fn write(&self, path: &str, text: &str, mode: u32) {
        fs::write(self.path(path), text).unwrap();
        fs::set_permissions(self.path(path), Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn append(&self, path: &str, text: &str) {
        let old = fs::read_to_string(self.path(path)).unwrap();
        fs::write(self.path(path), old + text).unwrap();
    }

    /// What root's command does.
    pub(crate) fn run(&self, program: &str, words: &[&str]) -> Run {
        Run::of(self.entered().arg(program).args(words))
    }

    /// `gvmr setup --system …`, by root.
    pub(crate) fn setup(&self, words: &[&str]) -> Run {
        self.run(GVMR, &[&["setup", "--system"], words].concat())
    }

    /// What alice's command does, with the environment that a daemon starts sessions with.
    pub(crate) fn as_alice(&self, words: &[&str]) -> Run {
        let id = ALICE.to_string();
        let mut command = self.entered();
        command.args(["setpriv", "--reuid", &id, "--regid", &id, "--clear-groups", "--", "env", "-i"]);
        command.args(["HOME=/home/alice", "USER=alice", "LOGNAME=alice", "TERM=dumb"]);
        Run::of(command.arg("PATH=/usr/local/bin:/usr/bin:/bin").args(words))
    }

    fn entered(&self) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", ENTER]).arg(self.directory.path());
        command.env_clear().env("HOME", "/root").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("GOPROXY", self.mirror.server.url("")).env("GVMR_SOURCES", "goproxy");
        command.envs(self.mirror.key.as_ref().map(|key| ("GOSUMDB", key)));
        command.stdin(Stdio::null());
        command
    }

    /// Everything below `/etc` and `/usr/local`: modes, owners, contents.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, (u32, u32, u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        for place in ["etc", "usr/local"] {
            self.visit(&self.path(place), &mut found);
        }
        found
    }

    fn visit(&self, path: &Path, found: &mut BTreeMap<PathBuf, (u32, u32, u32, Vec<u8>)>) {
        let metadata = fs::symlink_metadata(path).unwrap();
        let content = if metadata.is_symlink() {
            fs::read_link(path).unwrap().into_os_string().into_encoded_bytes()
        } else if metadata.is_file() {
            fs::read(path).unwrap()
        } else {
            Vec::new()
        };
        let name = path.strip_prefix(self.directory.path()).unwrap().to_owned();
        found.insert(name, (metadata.mode(), metadata.uid(), metadata.gid(), content));
        if metadata.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                self.visit(&entry.unwrap().path(), found);
            }
        }
    }
}
