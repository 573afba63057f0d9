//! The users: each home with each login shell that it is for.

use super::homes::{HOMES, Home};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// busybox, by the name that makes it a shell.
pub(super) const ASH: &str = "/usr/local/bin/ash";
/// The first user's id.
const FIRST: u32 = 20_001;

/// A throwaway user.
pub(super) struct User {
    pub(super) name: String,
    pub(super) uid: u32,
    /// The shell's usual name: `ash` is busybox.
    pub(super) shell: &'static str,
    pub(super) program: PathBuf,
    pub(super) kind: &'static Home,
    pub(super) home: PathBuf,
}

/// Makes all of them, with their homes.
pub(super) fn make() -> Vec<User> {
    let kinds = HOMES.iter().flat_map(|kind| kind.shells.iter().map(move |shell| (kind, *shell)));
    let users: Vec<_> =
        (FIRST..).zip(kinds).map(|(uid, (kind, shell))| User::new(uid, kind, shell)).collect();
    let mut lines = [String::new(), String::new(), String::new()];
    for User { name, uid, home, program, .. } in &users {
        writeln!(lines[0], "{name}:x:{uid}:{uid}::{}:{}", home.display(), program.display()).unwrap();
        writeln!(lines[1], "{name}:x:{uid}:").unwrap();
        writeln!(lines[2], "{name}:*:19000:0:99999:7:::").unwrap();
    }
    for (file, lines) in ["/etc/passwd", "/etc/group", "/etc/shadow"].into_iter().zip(lines) {
        fs::OpenOptions::new().append(true).open(file).unwrap().write_all(lines.as_bytes()).unwrap();
    }
    users.iter().for_each(User::furnish);
    users
}

impl User {
    fn new(uid: u32, kind: &'static Home, shell: &'static str) -> Self {
        let name = format!("{shell}-{}", kind.name);
        let home = Path::new("/home").join(kind.parent).join(&name);
        let program = match shell {
            "ash" => ASH.into(),
            "ksh" => "/bin/ksh93".into(),
            _ => Path::new("/bin").join(shell),
        };
        Self { name, uid, shell, program, kind, home }
    }

    fn furnish(&self) {
        fs::create_dir_all(&self.home).unwrap();
        if self.kind.skel {
            for entry in fs::read_dir("/etc/skel").unwrap().map(Result::unwrap) {
                fs::copy(entry.path(), self.home.join(entry.file_name())).unwrap();
            }
        }
        for (name, text) in self.kind.files {
            let file = self.home.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            let mut file = fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        give(&self.home, self.uid);
        (self.kind.finish)(&self.home);
        if self.kind.name != "roots" {
            give(&self.home, self.uid);
        }
    }

    /// A command that this user runs, with what every session has and nothing else.
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.uid(self.uid).gid(self.uid).current_dir(&self.home).stdin(Stdio::null());
        command.env_clear().env("HOME", &self.home).env("USER", &self.name).env("LOGNAME", &self.name);
        command.env("SHELL", &self.program).env("TERM", "dumb").env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("LANG", "C.UTF-8"); // without it fish reads no file in a home called `ö`, and garbles its name
        command
    }
}

fn give(path: &Path, uid: u32) {
    lchown(path, Some(uid), Some(uid)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path(), uid);
        }
    }
}
