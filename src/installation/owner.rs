//! Which package manager owns a program.
//!
//! Reads what package managers write down, and asks those whose records only they can read. A package manager that does not answer
//! does not own it.

mod words;

use super::package_records::{self, MAX_LIST, is_package_name, names};
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Streams};
use gvmr_core::sys::bounded;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a package manager may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The package manager that owns a program, and what it needs to upgrade it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageOwner {
    /// dpkg: Debian, Ubuntu. With the package's name.
    Dpkg(String),
    /// rpm: Fedora, RHEL, SUSE. With the package's name.
    Rpm {
        /// The package's name.
        package: String,
        /// The program that installs upgrades there.
        installer: &'static str,
    },
    /// apk: Alpine. With the package's name.
    Apk(String),
    /// pacman: Arch. With the package's name.
    Pacman(String),
    /// pip, with the Python of its environment.
    Pip(PathBuf),
    /// `uv pip`, with the Python of its environment.
    UvPip(PathBuf),
    /// `uv tool`.
    UvTool,
    /// pipx.
    Pipx,
    /// `cargo install`.
    Cargo,
    /// Nix or Guix: a store that does not change.
    ReadOnlyStore,
    /// Homebrew.
    Homebrew,
    /// Snap.
    Snap,
    /// conda, mamba and pixi.
    Conda,
}

impl PackageOwner {
    /// The owner of the program at this real path; `None` where nothing says that a package manager put it there.
    pub fn of(program: &Path) -> Option<Self> {
        of_its_path(program)
            .or_else(|| of_its_prefix(program))
            .or_else(|| of_the_system(Path::new("/"), program))
    }
}

/// Stores and cellars: the path alone tells.
fn of_its_path(program: &Path) -> Option<PackageOwner> {
    let has = |name: &str| program.components().any(|part| part.as_os_str() == name);
    let below = |directory: &str| program.starts_with(directory);
    match () {
        () if below("/nix/store") || below("/gnu/store") => Some(PackageOwner::ReadOnlyStore),
        () if below("/snap") => Some(PackageOwner::Snap),
        () if has("Cellar") => Some(PackageOwner::Homebrew),
        () => None,
    }
}

/// Package managers that keep their records beside what they install.
fn of_its_prefix(program: &Path) -> Option<PackageOwner> {
    let prefix = program.parent().filter(|directory| directory.ends_with("bin"))?.parent()?;
    if let Some(installer) = wheel_installer(prefix) {
        let python = prefix.join("bin/python3");
        let python = if python.exists() { python } else { PathBuf::from("python3") };
        return Some(match installer.as_str() {
            _ if prefix.join("uv-receipt.toml").is_file() => PackageOwner::UvTool,
            _ if prefix.join("pipx_metadata.json").is_file() => PackageOwner::Pipx,
            "uv" => PackageOwner::UvPip(python),
            _ => PackageOwner::Pip(python),
        });
    }
    if names(&prefix.join("conda-meta")).any(|name| is_record(&name, ".json")) {
        return Some(PackageOwner::Conda);
    }
    let installed = bounded::read(&prefix.join(".crates.toml"), MAX_LIST).ok().flatten()?;
    let installed = String::from_utf8_lossy(&installed);
    let is_gvmr = |line: &str| line.trim_start().starts_with("\"gvmr ") && line.contains("\"gvmr\"");
    installed.lines().any(is_gvmr).then_some(PackageOwner::Cargo)
}

/// Who installed the wheel whose scripts are in `prefix/bin`: `pip`, `uv`; empty where the wheel does not say.
fn wheel_installer(prefix: &Path) -> Option<String> {
    for library in ["lib", "lib64", "local/lib"] {
        let library = prefix.join(library);
        for version in names(&library).filter(|name| name.starts_with("python3")) {
            for packages in ["site-packages", "dist-packages"] {
                let packages = library.join(&version).join(packages);
                if let Some(record) = names(&packages).find(|name| is_record(name, ".dist-info")) {
                    let installer = fs::read_to_string(packages.join(record).join("INSTALLER"));
                    return Some(installer.unwrap_or_default().trim().to_owned());
                }
            }
        }
    }
    None
}

/// `gvmr-0.1.0.dist-info`
fn is_record(name: &str, ending: &str) -> bool {
    let version = name.strip_prefix("gvmr-").and_then(|name| name.strip_suffix(ending));
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// The package managers of the system whose files lie below `root` (`/`), each where it has records.
fn of_the_system(root: &Path, program: &Path) -> Option<PackageOwner> {
    if let Some(package) = package_records::dpkg(&root.join("var/lib/dpkg/info"), program) {
        return Some(PackageOwner::Dpkg(package));
    }
    for database in ["lib/apk/db/installed", "usr/lib/apk/db/installed"] {
        if let Some(package) = package_records::apk(&root.join(database), program) {
            return Some(PackageOwner::Apk(package));
        }
    }
    // Where there is no database, rpm would make one.
    if package_records::has_rpm_database(root)
        && let Some(package) = asked("rpm", &["--query", "--queryformat", "%{NAME}\n", "--file"], program)
    {
        let installer =
            ["dnf5", "dnf", "zypper", "yum"].into_iter().find(|name| system_program(name).is_some());
        let installer = installer.map_or("rpm", |name| if name == "dnf5" { "dnf" } else { name });
        return Some(PackageOwner::Rpm { package, installer });
    }
    if root.join("var/lib/pacman/local").exists()
        && let Some(package) = asked("pacman", &["--query", "--owns", "--quiet"], program)
    {
        return Some(PackageOwner::Pacman(package));
    }
    None
}

/// The name that this package manager gives to the package that owns the program.
fn asked(manager: &str, question: &[&str], program: &Path) -> Option<String> {
    let mut command = Command::new(system_program(manager)?);
    command.args(question).arg(program).env("LC_ALL", "C").stdin(Stdio::null()).stderr(Stdio::null());
    let limits = OutputLimits { time: PATIENCE, kept: KeptOutput::First(4096), is_answer: |_| false };
    let answer = process::output(command, Streams::Stdout, Scope::Group, limits).ok()?;
    let is_owned = matches!(answer.ending, Ending::Exited(status) if status.success());
    let name = String::from_utf8(answer.stdout).ok()?.lines().next()?.to_owned();
    (is_owned && is_package_name(&name)).then_some(name)
}

/// A program of the system, wherever PATH points to.
fn system_program(name: &str) -> Option<PathBuf> {
    let places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    places.into_iter().map(|place| Path::new(place).join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests;
