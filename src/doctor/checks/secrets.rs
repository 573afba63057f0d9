//! Passwords where others, or every program, can read them. Names places and kinds, never a value.

use super::Looked;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::net::{is_placeholder, without_credentials_in_text};
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::bounded::{self, MODULE_LIMIT};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Files that hold nothing but credentials, readable by others.
pub(in crate::doctor) fn file_mode(facts: &Examination<'_>) -> Looked {
    let home = facts.user_home();
    let netrc = Process.get("NETRC").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".netrc")));
    let git = home.as_ref().map(|home| home.join(".git-credentials"));
    let own = UserDirs::of(facts.home, &Process).map(|own| own.credentials());
    let me = rustix::process::geteuid().as_raw();
    let mut findings = Vec::new();
    for file in [netrc, git, own].into_iter().flatten() {
        let Ok(found) = fs::metadata(&file) else { continue };
        if !found.is_file() || found.uid() != me || found.mode().trailing_zeros() >= 6 {
            continue;
        }
        let command = format!("chmod 600 {}", crate::shell::quote::where_needed(file.as_os_str()));
        let finding = Finding::error("secret.file-mode", FindingPlace::file(&file))
            .what("others can read a file with credentials")
            .why(format!("its mode is {:o}", found.mode() & 0o7777))
            .by_hand("let this user alone read it")
            .command(command)
            .mended(Mend::Mode { file, mode: 0o600 }, "gives it mode 600");
        findings.push(finding);
    }
    Ok(findings)
}

/// Logins in the file that `go env -w` writes, which `go env` prints in full.
pub(in crate::doctor) fn in_go_env(facts: &Examination<'_>) -> Looked {
    let Some((file, text)) = facts.env_file() else { return Ok(Vec::new()) };
    let found = text.lines().enumerate().filter_map(|(index, line)| {
        let (name, value) = line.split_once('=')?;
        if !has_password(value) {
            return None;
        }
        let shown = printable::text(&without_credentials_in_text(value));
        let text = format!("{}={shown}", printable::word(name));
        let place = FindingPlace::written(file, index + 1, text);
        Some(
            Finding::at("secret.in-go-env", Severity::Warning, place)
                .what(format!("{} holds a password", printable::word(name)))
                .why("`go env` prints it in full, and it ends up in logs and bug reports")
                .by_hand("store it with `gvmr auth set HOST`, then take it out of the line")
                .mended_if(
                    facts.moves_logins(file, index + 1),
                    "stores it with `gvmr auth`, then takes it out of the line",
                ),
        )
    });
    Ok(found.collect())
}

/// Passwords in addresses of git's configuration.
pub(in crate::doctor) fn in_git_config(facts: &Examination<'_>) -> Looked {
    let own = facts.user_home().map(|home| home.join(".gitconfig"));
    let config =
        Process.get("XDG_CONFIG_HOME").map(PathBuf::from).filter(|directory| directory.is_absolute());
    let config =
        config.or_else(|| Some(facts.user_home()?.join(".config"))).map(|config| config.join("git/config"));
    let repository = facts.directory().ok().and_then(|directory| {
        directory.ancestors().find_map(|above| config_of_repository(&above.join(".git")))
    });
    let mut findings = Vec::new();
    for file in [own, config, repository].into_iter().flatten() {
        let Ok(Some(bytes)) = bounded::read(&file, MODULE_LIMIT) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        for (index, line) in text.lines().enumerate().filter(|(_, line)| has_password(line)) {
            let shown = printable::text(&without_credentials_in_text(line.trim()));
            let place = FindingPlace::written(&file, index + 1, shown);
            findings.push(
                Finding::at("secret.in-git-config", Severity::Warning, place)
                    .what("git's configuration holds a password")
                    .why("each program and person that reads the file has it")
                    .by_hand("let `git credential` keep it, and take it out of the line"),
            );
        }
    }
    Ok(findings)
}

/// The configuration of the repository whose `.git` this is: a directory, or a file that names one in a linked work tree
/// or a submodule.
fn config_of_repository(git: &Path) -> Option<PathBuf> {
    let first_line = |file: &Path| {
        let text = bounded::read(file, MODULE_LIMIT).ok()??;
        Some(String::from_utf8(text).ok()?.lines().next()?.to_owned())
    };
    let mut directory = git.to_owned();
    if git.is_file() {
        directory = git.parent()?.join(first_line(git)?.strip_prefix("gitdir: ")?);
        if let Some(shared) = first_line(&directory.join("commondir")) {
            directory = directory.join(shared);
        }
    }
    Some(directory.join("config").canonicalize().ok()?).filter(|file| file.is_file())
}

/// Whether some `scheme://user:password@` is in it; what only holds the password's place is none.
pub(super) fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let authority = rest.split(['/', ' ', '"', '\'', ',', '|']).next().unwrap_or_default();
        let Some((login, _)) = authority.rsplit_once('@') else { return false };
        login.split_once(':').is_some_and(|(_, password)| !is_placeholder(password.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_only_with_a_user_and_a_value() {
        for text in ["https://joe:s3cret@host/x", "a, http://u:p@h,direct", "[url \"https://x:tok@git/\"]"] {
            assert!(has_password(text), "{text}");
        }
        for text in [
            "https://joe@host",
            "https://host:80/x@y",
            "https://joe:@host",
            "http://u:$PASS@h",
            "https://u:***@h",
            "http://USER:PASSWORD@h:1",
            "http://user:<password>@h",
            "http://user:xxxx@h",
            "x",
        ] {
            assert!(!has_password(text), "{text}");
        }
    }
}
