//! Which `go` the PATH of this session finds.
//!
//! Takes an environment and a home; looks at files, starts nothing.

use super::ShellKind;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::directory::lead_to_one;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The `go` of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundGo {
    /// The home's shim.
    Shim,
    /// Another program.
    Other(PathBuf),
    /// No directory of PATH has one.
    Nothing,
}

/// What `go` is in a session with this environment. Relative elements of PATH do not count.
pub fn found_go(home: &Home, environment: &dyn Environment) -> FoundGo {
    let path = environment.get("PATH").unwrap_or_default();
    let directories =
        path.as_bytes().split(|byte| *byte == b':').map(|part| Path::new(OsStr::from_bytes(part)));
    let is_program = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    let first = directories
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join("go"))
        .find(is_program);
    match first {
        Some(go) if lead_to_one(&go, &home.shims().join("go")) => FoundGo::Shim,
        Some(go) => FoundGo::Other(go),
        None => FoundGo::Nothing,
    }
}

/// The command that puts the shim directory first on PATH in the shell that `SHELL` names; `None` for a shell that
/// cannot read what `gvmr env` prints.
pub fn path_command(environment: &dyn Environment) -> Option<&'static str> {
    let shell = environment.get("SHELL");
    let name = shell.as_deref().and_then(|shell| Path::new(shell).file_name()?.to_str());
    match name.and_then(ShellKind::of_program) {
        Some(shell) if shell.name == "fish" => Some("gvmr env --shell fish | source"),
        Some(shell) if shell.name == "nu" => None,
        None if name.is_some_and(|name| by_hand(name).is_some()) => None,
        _ => Some("eval \"$(gvmr env)\""),
    }
}

/// The session's shell cannot read what `gvmr env` prints.
#[derive(Debug, thiserror::Error)]
#[error("{shell} cannot read sh's commands, which `gvmr env` prints")]
pub struct UnreadableByShell {
    shell: String,
    /// What to do instead.
    pub hint: String,
}

/// The shell whose language is printed where none is named: sh, whose commands most shells read. What `SHELL` names may
/// read another.
pub fn of_session(
    environment: &dyn Environment,
    home: &Home,
) -> Result<&'static ShellKind, UnreadableByShell> {
    let shell = environment.get("SHELL");
    let name = shell.as_deref().and_then(|shell| Path::new(shell).file_name()?.to_str()).unwrap_or_default();
    let hint = if let Some((file, line)) = by_hand(name) {
        let shims = printable::path(home.shims());
        format!("add to {file}: {}; in another shell, pass --shell", line.replace("<shims>", &shims))
    } else if name == "nu" {
        "run `gvmr setup`, which adds it to config.nu, or pass --shell nu".to_owned()
    } else {
        return Ok(ShellKind::sh());
    };
    Err(UnreadableByShell { shell: name.to_owned(), hint })
}

/// For a shell that reads none of the languages of `gvmr env`: its file of the user, and the line there, where `<shims>`
/// is the shim directory.
fn by_hand(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "tcsh" | "csh" => ("~/.tcshrc", "setenv PATH \"<shims>:$PATH\""),
        "elvish" => ("~/.config/elvish/rc.elv", "set paths = ['<shims>' $@paths]"),
        "xonsh" => ("~/.xonshrc", "$PATH.insert(0, '<shims>')"),
        "pwsh" => ("$PROFILE", "$env:PATH = \"<shims>:$env:PATH\""),
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs::Permissions;

    #[test]
    fn the_first_program_called_go_counts() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let home = Home::at(path("home"));
        for directory in ["home/shims", "other", "plain", "empty"] {
            fs::create_dir_all(path(directory)).unwrap();
        }
        for (file, mode) in [("home/shims/go", 0o755), ("other/go", 0o755), ("plain/go", 0o644)] {
            fs::write(path(file), "").unwrap();
            fs::set_permissions(path(file), Permissions::from_mode(mode)).unwrap();
        }
        std::os::unix::fs::symlink(path("home/shims"), path("link")).unwrap();
        for (value, expected) in [
            ("@/home/shims:@/other", FoundGo::Shim),
            ("@/empty:@/plain:@/link", FoundGo::Shim),
            ("@/other:@/home/shims", FoundGo::Other(path("other/go"))),
            ("other:@/empty:", FoundGo::Nothing),
            ("", FoundGo::Nothing),
        ] {
            let value = value.replace('@', place.path().to_str().unwrap());
            assert_eq!(found_go(&home, &vec![("PATH", value.as_str())]), expected, "{value}");
        }
    }

    #[test]
    fn each_shell_gets_a_command_that_it_can_read() {
        let command = |shell: &str| path_command(&vec![("SHELL", shell)]);
        for posix in ["/bin/bash", "/usr/bin/zsh", "/bin/sh", "/bin/no-such-shell"] {
            assert_eq!(command(posix), Some("eval \"$(gvmr env)\""), "{posix}");
        }
        assert_eq!(command("/usr/bin/fish"), Some("gvmr env --shell fish | source"));
        for other in ["/usr/bin/nu", "/bin/tcsh", "/usr/bin/elvish", "/usr/bin/xonsh"] {
            assert_eq!(command(other), None, "{other}");
        }
        assert_eq!(path_command(&Vec::<(&str, &str)>::new()), Some("eval \"$(gvmr env)\""));
    }
}
