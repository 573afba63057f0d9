//! What a package manager is called, and the command that upgrades or removes its package. Each command is of its own manual.

use super::PackageOwner;
use gvmr_core::sys::printable;

impl PackageOwner {
    /// As a message names it: `the Debian package gvmr`.
    pub fn package(&self) -> String {
        match self {
            Self::Dpkg(name) => format!("the Debian package {name}"),
            Self::Rpm { package, .. } => format!("the RPM package {package}"),
            Self::Apk(name) => format!("the Alpine package {name}"),
            Self::Pacman(name) => format!("the pacman package {name}"),
            Self::Pip(_) | Self::UvPip(_) => "the Python package gvmr".to_owned(),
            Self::UvTool => "the uv tool gvmr".to_owned(),
            Self::Pipx => "the pipx package gvmr".to_owned(),
            Self::Cargo => "`cargo install`".to_owned(),
            Self::ReadOnlyStore => "a read-only package store".to_owned(),
            Self::Homebrew => "the Homebrew formula gvmr".to_owned(),
            Self::Snap => "the snap gvmr".to_owned(),
            Self::Conda => "the conda package gvmr".to_owned(),
        }
    }

    /// What to do for a newer release.
    pub fn upgrade_step(&self) -> String {
        let command = match self {
            Self::Dpkg(name) => format!("sudo apt-get update && sudo apt-get install --only-upgrade {name}"),
            Self::Rpm { package, installer: "zypper" } => format!("sudo zypper update {package}"),
            Self::Rpm { package, installer: "rpm" } => format!("sudo rpm --upgrade {package}-VERSION.rpm"),
            Self::Rpm { package, installer } => format!("sudo {installer} upgrade {package}"),
            Self::Apk(name) => format!("apk add --upgrade {name}"),
            Self::Pacman(name) => format!("sudo pacman -Syu {name}"),
            Self::Pip(python) => format!("{} -m pip install --upgrade gvmr", printable::path(python)),
            Self::UvPip(python) => {
                format!("uv pip install --python {} --upgrade gvmr", printable::path(python))
            }
            Self::UvTool => "uv tool upgrade gvmr".to_owned(),
            Self::Pipx => "pipx upgrade gvmr".to_owned(),
            Self::Cargo => {
                return "build the newer release: update the clone, then run the README's install command"
                    .to_owned();
            }
            Self::ReadOnlyStore => return "upgrade it with the tool of that store".to_owned(),
            Self::Homebrew => "brew upgrade gvmr".to_owned(),
            Self::Snap => "sudo snap refresh gvmr".to_owned(),
            Self::Conda => "conda update gvmr".to_owned(),
        };
        format!("run `{command}`")
    }

    /// What to do to remove it.
    pub fn removal_step(&self) -> String {
        let command = match self {
            Self::Dpkg(name) => format!("sudo apt-get remove {name}"),
            Self::Rpm { package, installer: "rpm" } => format!("sudo rpm --erase {package}"),
            Self::Rpm { package, installer } => format!("sudo {installer} remove {package}"),
            Self::Apk(name) => format!("apk del {name}"),
            Self::Pacman(name) => format!("sudo pacman -R {name}"),
            Self::Pip(python) => format!("{} -m pip uninstall gvmr", printable::path(python)),
            Self::UvPip(python) => format!("uv pip uninstall --python {} gvmr", printable::path(python)),
            Self::UvTool => "uv tool uninstall gvmr".to_owned(),
            Self::Pipx => "pipx uninstall gvmr".to_owned(),
            Self::Cargo => "cargo uninstall gvmr gvmr-core".to_owned(),
            Self::ReadOnlyStore => return "remove it with the tool of that store".to_owned(),
            Self::Homebrew => "brew uninstall gvmr".to_owned(),
            Self::Snap => "sudo snap remove gvmr".to_owned(),
            Self::Conda => "conda remove gvmr".to_owned(),
        };
        format!("run `{command}`")
    }
}
