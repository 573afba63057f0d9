//! The user's service manager, which starts programs without a shell.

use super::rc_files::SETUP;
use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::shell::path_of_user_manager;
use std::fs;
use std::path::{Path, PathBuf};

/// Where systemd reads variables for users, besides the user's own directory; all files in the order of their names.
const DIRECTORIES: [&str; 3] = ["/etc/environment.d", "/run/environment.d", "/usr/lib/environment.d"];
const OURS: &str = "zz-gvmr.conf";

/// A manager that runs and gives no shim directory.
pub(super) fn without_shims(facts: &Examination<'_>, login: &LoginShell) -> Looked {
    let Some(path) = path_of_user_manager(login.account.uid) else { return NOTHING };
    if crate::doctor::path_value::has(&path, &facts.home.shims()) {
        return NOTHING;
    }
    let own = login.account.home.join(".config/environment.d");
    let finding = |place| {
        Finding::at("session.without-go", Severity::Warning, place)
            .what("what systemd starts for you has no shim directory on PATH")
            .why("user services and desktop programs find no go of gvmr's")
    };
    if !own.join(OURS).exists() {
        return one(Some(
            finding(FindingPlace::file(own.join(OURS)))
                .mended(SETUP, "writes that file, as `gvmr setup` does"),
        ));
    }
    one(Some(match line_behind_ours(&own) {
        Some(line) => {
            finding(line.shown()).by_hand("put `:$PATH` behind what the line sets, then log in again")
        }
        None => finding(FindingPlace::file(own.join(OURS)))
            .by_hand("a PATH was imported into the manager: take it out, and read the files again")
            .command("systemctl --user unset-environment PATH && systemctl --user daemon-reload"),
    }))
}

/// The line of a later file that sets PATH without what was there.
fn line_behind_ours(own: &Path) -> Option<SourceLine> {
    let directories = DIRECTORIES.iter().map(PathBuf::from).chain([own.to_owned()]);
    let listed = directories.filter_map(|directory| fs::read_dir(directory).ok()).flatten().flatten();
    let mut later: Vec<_> =
        listed.filter(|entry| entry.file_name().as_os_str() > OURS).map(|entry| entry.path()).collect();
    later.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    let drops = |line: &str| line.starts_with("PATH=") && !line.contains("$PATH") && !line.contains("${PATH");
    later.iter().rev().find_map(|file| SourceLine::find(file, drops))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;

    #[test]
    fn a_later_file_that_drops_path_is_found_and_an_earlier_one_is_not() {
        let own = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(own.path().join(name), text).unwrap();
        write("50-mine.conf", "PATH=/usr/bin\n");
        write("zz-gvmr.conf", "PATH=${HOME}/x/shims:$PATH\n");
        write("zzz.conf", "A=1\nPATH=/opt/bin:$PATH\n");
        assert_eq!(line_behind_ours(own.path()), None);
        write("zzz.conf", "A=1\nPATH=/opt/bin\n");
        let line = line_behind_ours(own.path()).unwrap();
        assert_eq!((line.place.file, line.place.line), (own.path().join("zzz.conf"), 2));
    }
}
