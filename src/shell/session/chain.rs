//! Which files a session of a shell reads by itself, in its order; those files may read others.
//!
//! Takes a shell and a kind of session; looks which files are there. Reads none of them.

use super::{SessionKind, Sessions, Shell};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where fish finds scripts of the machine, the first of a name wins.
const FISH: [&str; 3] =
    ["/etc/fish/conf.d", "/usr/local/share/fish/vendor_conf.d", "/usr/share/fish/vendor_conf.d"];

impl SessionKind {
    /// Whether it starts as a login does.
    pub fn is_login(self) -> bool {
        matches!(self, Self::LoginInteractive | Self::Login)
    }

    /// Whether a person types there.
    pub fn is_interactive(self) -> bool {
        matches!(self, Self::LoginInteractive | Self::Interactive)
    }
}

impl Sessions<'_> {
    /// The files, in the order in which such a session reads them, whether they can be read or not.
    pub fn files(&self, shell: &Shell, kind: SessionKind) -> Vec<PathBuf> {
        let home = &self.account.home;
        let files = match shell.name.as_str() {
            "bash" => bash(kind, home),
            "zsh" => zsh(kind, self.zsh_directory(shell).as_deref().unwrap_or(home), home),
            "fish" => fish(home),
            "nu" => Vec::new(),
            name => small(name, kind, home),
        };
        files.into_iter().filter(|file| fs::symlink_metadata(file).is_ok() || is_closed(file)).collect()
    }
}

/// Whether this user may not see if it is there, or what its links lead to.
fn is_closed(file: &Path) -> bool {
    fs::metadata(file).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

/// As bash(1) has it, with Debian's `/etc/bash.bashrc`; a login reads the first of three.
fn bash(kind: SessionKind, home: &Path) -> Vec<PathBuf> {
    if !kind.is_login() {
        return match kind {
            SessionKind::Command => Vec::new(),
            _ => vec![PathBuf::from("/etc/bash.bashrc"), home.join(".bashrc")],
        };
    }
    let own = [".bash_profile", ".bash_login", ".profile"].map(|name| home.join(name));
    // One that it cannot open ends the search too.
    let first = own.into_iter().find(|file| file.exists() || is_closed(file));
    [Some(PathBuf::from("/etc/profile")), first].into_iter().flatten().collect()
}

/// As zsh(1) has it.
fn zsh(kind: SessionKind, directory: &Path, home: &Path) -> Vec<PathBuf> {
    let mut names = vec!["zshenv"];
    names.extend(kind.is_login().then_some("zprofile"));
    names.extend(kind.is_interactive().then_some("zshrc"));
    names.extend(kind.is_login().then_some("zlogin"));
    let files = names.iter().flat_map(|name| {
        // The first one is read before it can say where the others are.
        let own = if *name == "zshenv" { home } else { directory };
        [Path::new("/etc/zsh").join(name), own.join(format!(".{name}"))]
    });
    files.collect()
}

/// As fish(1) has it: scripts by their name, the user's first where two have one name.
fn fish(home: &Path) -> Vec<PathBuf> {
    let own = home.join(".config/fish");
    let directories = [own.join("conf.d")].into_iter().chain(FISH.map(PathBuf::from));
    let mut scripts: BTreeMap<_, PathBuf> = BTreeMap::new();
    for directory in directories {
        let listed = match fs::read_dir(&directory) {
            Ok(listed) => listed,
            Err(error) => {
                // It stands for the scripts that may be in it.
                let is_closed = error.kind() == ErrorKind::PermissionDenied;
                scripts.extend(is_closed.then(|| (OsString::new(), directory)));
                continue;
            }
        };
        for entry in listed.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "fish") {
                scripts.entry(entry.file_name()).or_insert(path);
            }
        }
    }
    scripts.into_values().chain([PathBuf::from("/etc/fish/config.fish"), own.join("config.fish")]).collect()
}

/// sh, dash, ash, ksh and mksh.
fn small(name: &str, kind: SessionKind, home: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if kind.is_login() {
        files.extend([PathBuf::from("/etc/profile"), home.join(".profile")]);
    }
    if kind.is_interactive() {
        match name {
            "ksh" => files.extend([PathBuf::from("/etc/ksh.kshrc"), home.join(".kshrc")]),
            "mksh" => files.push(home.join(".mkshrc")),
            _ => {}
        }
    }
    files
}
