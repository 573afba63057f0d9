//! Which shells a machine has.

use super::Shell;
use crate::shell::kind::ShellKind;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The known shells among the lines of `list` (`/etc/shells`) and the login shell, each program once.
pub(super) fn shells(list: &[u8], login: Option<&Path>) -> Vec<Shell> {
    let lines = list.split(|byte| *byte == b'\n').map(|line| Path::new(OsStr::from_bytes(line.trim_ascii())));
    let mut shells: Vec<Shell> = Vec::new();
    let mut known = HashMap::new();
    for program in login.into_iter().chain(lines).filter(|program| program.is_absolute()) {
        let Some(name) = name(program) else { continue };
        let Ok(metadata) = fs::metadata(program) else { continue };
        let is_chosen = Some(program) == login && !rustix::process::geteuid().is_root();
        if !metadata.is_file() || !(is_chosen || is_trusted(program)) {
            continue;
        }
        let identity = (metadata.dev(), metadata.ino(), acts_as(program, name));
        let number = *known.entry(identity).or_insert_with(|| {
            shells.push(Shell { name: name.to_owned(), also: Vec::new(), program: program.to_owned() });
            shells.len() - 1
        });
        if let Some(shell) = shells.get_mut(number) {
            shell.add_name(name);
        }
    }
    let is_login = |shell: &Shell| Some(shell.program.as_path()) == login;
    shells.sort_by_key(|shell| (!is_login(shell), shell.kind().map(|kind| kind.rank)));
    shells
}

/// Whether only root and this user decide what runs under that path. `/etc/shells` may list other users' programs.
fn is_trusted(program: &Path) -> bool {
    let Ok(real) = fs::canonicalize(program) else { return false };
    let me = rustix::process::geteuid().as_raw();
    real.ancestors().all(|path| {
        fs::metadata(path).is_ok_and(|found| {
            let is_sticky = found.is_dir() && found.mode() & 0o1000 != 0;
            (found.uid() == 0 || found.uid() == me) && (found.mode() & 0o002 == 0 || is_sticky)
        })
    })
}

impl Shell {
    /// Adds a name. The program's own name is preferred to `sh`.
    fn add_name(&mut self, name: &str) {
        if self.name == name || self.also.iter().any(|other| other == name) {
            return;
        }
        let mut other = name.to_owned();
        if self.name == "sh" {
            std::mem::swap(&mut self.name, &mut other);
        }
        self.also.push(other);
    }
}

/// The name of a known shell.
fn name(program: &Path) -> Option<&'static str> {
    ShellKind::of_program(program.file_name()?.to_str()?).map(|kind| kind.name)
}

/// Which files a program reads by the name it is called: bash and zsh read others as `sh`, the small shells do not.
fn acts_as(program: &Path, name: &'static str) -> &'static str {
    if name != "sh" {
        return "itself";
    }
    let leads_to = fs::canonicalize(program).unwrap_or_default();
    match leads_to.file_name().and_then(OsStr::to_str) {
        Some("dash" | "busybox") => "itself",
        _ => "sh",
    }
}

#[cfg(test)]
mod tests;
