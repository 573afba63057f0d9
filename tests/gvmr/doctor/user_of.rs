//! A throwaway user of a shell, with gvmr set up or not, whose files are spoilt one way after the other.

use super::findings;
use super::fix::of_user;
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

/// An id without an entry in `/etc/passwd`, so `SHELL` names the login shell.
pub(super) const UID: u32 = 54_321;

/// One user.
pub(super) struct UserOf {
    pub(super) world: World,
}

/// How a file is spoilt.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spoil {
    /// This text comes to its end.
    Append(&'static str),
    /// This text comes before all else.
    Prepend(&'static str),
    /// This text is all of it.
    Write(&'static str),
    /// It is as new users get it.
    Restore,
    /// It is gone.
    Remove,
    /// The block at its top goes, and this text comes in its place.
    Top(&'static str),
    /// All lines end with CR LF.
    Carriage,
}

/// What is done to a file, and what is found: an id and the text of the line, or of no line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) file: &'static str,
    pub(super) spoil: Spoil,
    /// Each `id`, the file, and the line's text; `-` is the last line.
    pub(super) found: &'static [(&'static str, &'static str, &'static str)],
    /// Whether `--fix` mends all of it.
    pub(super) mended: bool,
}

impl UserOf {
    /// A user of this shell; `None` where the machine lacks it, or this process may not become another user.
    pub(super) fn new(shell: &str, mirror: Option<&Mirror>) -> Option<Self> {
        if !Path::new(shell).exists() || !rustix::process::geteuid().is_root() {
            return None;
        }
        let mut world = mirror.map_or_else(|| World::new("off"), Mirror::world);
        world.set("SHELL", shell);
        fs::set_permissions(world.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        for file in [".bashrc", ".profile"] {
            fs::copy(format!("/etc/skel/{file}"), world.path("user").join(file)).unwrap();
        }
        let user = Self { world };
        own(&user.world.path("user"));
        Some(user)
    }

    /// The same with a version and `gvmr setup` done; nothing is wrong.
    pub(super) fn set_up(shell: &str, mirror: &Mirror) -> Option<Self> {
        let user = Self::new(shell, Some(mirror))?;
        user.gvmr(&["install", "1.98.1"]).succeeds();
        user.gvmr(&["setup", "--yes"]).succeeds();
        assert_eq!(user.found(), [""; 0], "{shell}");
        Some(user)
    }

    pub(super) fn gvmr(&self, words: &[&str]) -> Run {
        self.gvmr_in("", words)
    }

    /// The same in a directory below the home.
    pub(super) fn gvmr_in(&self, directory: &str, words: &[&str]) -> Run {
        let mut command = self.world.command(Path::new("/usr/bin/setpriv"), &self.path(directory));
        let id = UID.to_string();
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]).arg(gvmr()).args(words);
        // The network is none of a start-up file's.
        let looks = words.first() == Some(&"doctor") && !words.contains(&"--undo");
        command.args(looks.then_some("--no-network"));
        Run::of(&mut command)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.world.path("user").join(name)
    }

    /// Errors and warnings, each as `id file:line`.
    pub(super) fn found(&self) -> Vec<String> {
        findings(&self.world, &self.gvmr(&["doctor", "--json"]))
    }

    /// The first finding of all.
    pub(super) fn first(&self) -> Value {
        self.gvmr(&["doctor", "--json"]).json()["findings"][0].clone()
    }

    /// Writes a file of the user's.
    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        own(&self.path(""));
    }

    /// Makes a directory with a program called go below the home.
    pub(super) fn another_go(&self, directory: &str) {
        self.write(&format!("{directory}/go"), "#!/bin/sh\necho go version go1.20.1 linux/amd64\n");
        fs::set_permissions(self.path(directory).join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Makes the finding of each case, and takes it back.
    #[track_caller]
    pub(super) fn has(&self, cases: &[Case]) {
        for case in cases {
            let file = self.path(case.file);
            let before = fs::read(&file).ok();
            let skeleton = || fs::read(Path::new("/etc/skel").join(case.file)).unwrap();
            let text = String::from_utf8(before.clone().unwrap_or_default()).unwrap();
            match case.spoil {
                Spoil::Append(more) => self.write(case.file, text + more),
                Spoil::Prepend(more) => self.write(case.file, more.to_owned() + &text),
                Spoil::Write(all) => self.write(case.file, all),
                Spoil::Restore => self.write(case.file, skeleton()),
                Spoil::Top(top) => {
                    let end = text.find("# <<< gvmr <<<\n").unwrap() + "# <<< gvmr <<<\n".len();
                    self.write(case.file, format!("{top}{}", &text[end..]));
                }
                Spoil::Remove => fs::remove_file(&file).unwrap(),
                Spoil::Carriage => self.write(case.file, text.replace('\n', "\r\n")),
            }
            let place = |(id, name, line): &(&str, &str, &str)| {
                let text = fs::read_to_string(self.path(name)).unwrap_or_default();
                let number = text.lines().position(|one| one.trim() == *line).map(|index| index + 1);
                assert!(
                    line.is_empty() || *line == "-" || number.is_some(),
                    "{name} has no line {line:?}:\n{text}"
                );
                let last = text.lines().count();
                let number = if *line == "-" { Some(last) } else { number };
                let number = number.filter(|_| !line.is_empty()).map(|number| format!(":{number}"));
                format!("{id} ~/{name}{}", number.unwrap_or_default())
            };
            let expected: Vec<_> = case.found.iter().map(place).collect();
            let expected: Vec<_> = expected.iter().map(String::as_str).collect();
            let report = self.gvmr(&["doctor", "--json"]);
            let found = findings(&self.world, &report);
            assert_eq!(found, expected, "{case:?}\n{}", report.stdout);
            if case.mended {
                self.is_mended_and_comes_back();
            }
            match before {
                Some(bytes) => self.write(case.file, bytes),
                None => drop(fs::remove_file(&file)),
            }
        }
        assert_eq!(self.found(), [""; 0], "all is as it was");
    }

    /// `--fix` leaves nothing to mend, and `--undo` gives back each byte, mode and link.
    #[track_caller]
    pub(super) fn is_mended_and_comes_back(&self) {
        let before = of_user(&self.world);
        let run = self.gvmr(&["doctor", "--fix", "--yes", "--json"]);
        assert!(run.code == Some(0) && run.stdout.contains("\"healthy\": true"), "{run:#?}");
        self.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
        let back = of_user(&self.world);
        for path in before.keys().chain(back.keys()) {
            assert!(before.get(path) == back.get(path), "{} is another one", path.display());
        }
    }
}

/// Gives all below a path to the user, but what gvmr keeps there.
fn own(path: &Path) {
    chown(path, Some(UID), Some(UID)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap().path();
            if !entry.ends_with(".local") && !entry.is_symlink() {
                own(&entry);
            }
        }
    }
}
