//! Which line of a start-up file gives a variable the value that this process has.
//!
//! Takes a name; asks a shell's own trace first, then reads the files that sessions read. Changes nothing.

use super::ancestors::Ancestor;
use super::assignment::Assignment;
use super::facts::Examination;
use super::finding::Finding;
use super::lines::{SourceLine, is_of_universal_variables};
use super::mend::Mend;
use super::place::FindingPlace;
use super::sessions::{KINDS, LoginShell};
use super::variable_uses;
use crate::shell::{Account, ProbeResult};
use gvmr_core::sys::environment::{Environment as _, Process};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Files of a user's below the home that sessions of some shell, or of a desktop, read.
const OWN: [&str; 20] = [
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".bash_aliases",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".kshrc",
    ".mkshrc",
    ".config/fish/config.fish",
    ".config/fish/fish_variables",
    ".config/nushell/config.nu",
    ".config/nushell/env.nu",
    ".pam_environment",
    ".xprofile",
    ".xsessionrc",
    ".xinitrc",
    ".envrc",
];
/// Those of the machine.
const SHARED: [&str; 9] = [
    "/etc/environment",
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/zsh/zshenv",
    "/etc/zsh/zprofile",
    "/etc/zsh/zshrc",
    "/etc/zsh/zlogin",
    "/etc/fish/config.fish",
];
/// Directories in which sessions read each file, below the home or of the machine.
const DIRECTORIES: [&str; 5] = [
    "/etc/profile.d",
    "/etc/environment.d",
    "/etc/fish/conf.d",
    ".config/environment.d",
    ".config/fish/conf.d",
];
/// Kinds of findings about a variable that goes away with the line which exports it.
const MENDED: [&str; 6] = [
    "goroot.exported",
    "toolchain.overridden",
    "goenv.stale-target",
    "gopath.is-module-root",
    "gopath.unusable",
    "modules.switched-off",
];

/// Kinds of findings about values that cannot be taken apart beyond doubt.
const MAY_HOLD_SECRETS: [&str; 2] = ["proxy.malformed", "goproxy.malformed"];

/// The files that sessions may read, whatever the shell, the machine's first.
pub(super) fn files(home: Option<&Path>) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = SHARED.iter().map(PathBuf::from).collect();
    let directories = DIRECTORIES.iter().filter_map(|name| {
        if name.starts_with('/') { Some(PathBuf::from(name)) } else { Some(home?.join(name)) }
    });
    for directory in directories {
        let mut listed: Vec<_> =
            fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        listed.sort();
        files.extend(listed);
    }
    files.extend(OWN.iter().filter_map(|name| Some(home?.join(name))));
    files.retain(|file| file.is_file());
    files
}

/// The line that gives this variable the value that this process has.
pub(super) fn of_process(facts: &Examination<'_>, name: &str) -> Option<SourceLine> {
    let value = Process.get(name)?;
    let login = facts.login_shell().ok();
    let sessions = login.into_iter().flat_map(|login| &login.sessions);
    let mut matching = sessions.filter(|session| session.variable(name) == Some(&*value));
    let traced = match (login, matching.next()) {
        (Some(login), Some(session)) => in_session(login, session, name, &value),
        // Not every variable is asked for.
        (Some(login), None) if login.sessions.iter().all(|session| session.variable(name).is_none()) => {
            KINDS.iter().find_map(|kind| traced(login, *kind, name, &value))
        }
        _ => None,
    };
    traced.or_else(|| written(facts.user_home().as_deref(), name, &value))
}

/// The line that gives a variable this value in a session.
pub(super) fn in_session(
    login: &LoginShell,
    session: &ProbeResult,
    name: &str,
    value: &OsStr,
) -> Option<SourceLine> {
    traced(login, session.kind, name, value).or_else(|| written(Some(&login.account.home), name, value))
}

/// The sessions in which a variable has this value.
pub(super) fn sessions_with(login: &LoginShell, name: &str, value: &OsStr) -> Vec<String> {
    let has_it = |session: &&ProbeResult| session.variable(name) == Some(value);
    login.names(&login.sessions.iter().filter(has_it).collect::<Vec<_>>())
}

fn traced(
    login: &LoginShell,
    kind: crate::shell::SessionKind,
    name: &str,
    value: &OsStr,
) -> Option<SourceLine> {
    let trace = login.trace(kind, name);
    let step = trace.turned(|now| now == value.as_bytes())?;
    SourceLine::read(step.place.as_ref()?)
}

/// The last line of the files that sessions read which gives a variable this value as it is written.
pub(super) fn written(home: Option<&Path>, name: &str, value: &OsStr) -> Option<SourceLine> {
    let mut found = None;
    for file in files(home) {
        found = SourceLine::all(&file).rfind(|line| gives(&line.bytes, name, value, home)).or(found);
    }
    found
}

/// Whether a line gives the variable this value, with the home for what stands for it.
fn gives(line: &[u8], name: &str, value: &OsStr, home: Option<&Path>) -> bool {
    if line.trim_ascii_start().starts_with(b"#") {
        return false;
    }
    let bare = match Assignment::of(line, name) {
        Some(assignment) => assignment.bare(line),
        // As pam_env(8) reads it.
        None => match line.strip_prefix(format!("{name} DEFAULT=").as_bytes()) {
            Some(value) => value,
            None => return false,
        },
    };
    let bare = String::from_utf8_lossy(bare).into_owned();
    let home = home.and_then(Path::to_str).unwrap_or("~");
    let bare = bare.replace("${HOME}", home).replace("$HOME", home);
    let bare = bare.strip_prefix("~/").map_or_else(|| bare.clone(), |below| format!("{home}/{below}"));
    bare.as_bytes() == value.as_bytes()
}

/// The last line of a session's files that names a directory beside PATH.
pub(super) fn line_that_names(directory: &Path, login: &LoginShell) -> Option<SourceLine> {
    let home = &login.account.home;
    let mut names = vec![directory.to_str()?.to_owned()];
    if let Some(below) = directory.strip_prefix(home).ok().and_then(Path::to_str) {
        names.extend(["$HOME/", "${HOME}/", "~/"].map(|start| format!("{start}{below}")));
    }
    let is_named = |line: &str| {
        let sets_path = line.contains("PATH") || line.contains("path");
        !line.trim_start().starts_with('#')
            && sets_path
            && names.iter().any(|name| line.contains(name.as_str()))
    };
    let is_named = |line: &SourceLine| is_named(&String::from_utf8_lossy(&line.bytes));
    files(Some(home)).iter().rev().find_map(|file| SourceLine::all(file).find(is_named))
}

/// Lets a finding about a variable of this process name the line that exports it before the variable, or at its end the
/// process that has it first.
pub(super) fn explain(facts: &Examination<'_>, finding: &mut Finding) {
    let variable = finding.places.iter().enumerate().find_map(|(index, place)| match place {
        FindingPlace::Variable { variable, holder: "process" } => Some((index, *variable)),
        _ => None,
    });
    let Some((index, name)) = variable else { return };
    if let Some(line) = of_process(facts, name) {
        let place = match line.shown_as(name).filter(|_| !MAY_HOLD_SECRETS.contains(&finding.id)) {
            Some(shown) => shown,
            None => FindingPlace::line(&line.place.file, Some(line.place.line)),
        };
        finding.places.insert(index, place);
        offer(facts, finding, &line, name);
    } else {
        let ancestor = Process.get(name).and_then(|value| Ancestor::first_with(name, &value));
        let place = ancestor.map(|ancestor| FindingPlace::of_process(ancestor.name, ancestor.pid));
        finding.places.extend(place.filter(|place| !finding.places.contains(place)));
    }
}

/// The mend of a line that exports a variable, where the line does nothing else and is the user's.
pub(super) fn offer(facts: &Examination<'_>, finding: &mut Finding, line: &SourceLine, name: &str) {
    if finding.mend.is_some() || !MENDED.contains(&finding.id) {
        return;
    }
    if is_of_universal_variables(&line.place.file) {
        let by_hand = finding.clone().by_hand("erase the universal variable in fish");
        *finding = by_hand.command(format!("set --erase --universal {name}"));
        return;
    }
    let account = Account::of_process(&Process).ok();
    let shell = facts.login_shell().ok().map(|login| &login.shell);
    let mend = account.and_then(|account| line.without_assignment(name, &account, shell));
    if mend.is_none() {
        let instead = if line.only_assigns(name) {
            "write `:` in place of the line that exports it".to_owned()
        } else {
            format!("take {name} out of the line that exports it")
        };
        finding.fix.text = finding.fix.text.replace("delete the line that exports it", &instead);
    }
    let files = files(facts.user_home().as_deref());
    let uses = variable_uses::without_uses(line, name, &files);
    if uses.is_none() {
        let text = format!("take ${name} out of the lines that use it, then delete the line that exports it");
        *finding = finding.clone().by_hand(text);
    }
    if let (Some(Mend::Lines(mut lines)), Some(uses)) = (mend, uses) {
        let text = if uses.is_empty() {
            "turns the line into a comment; sessions that run keep the value"
        } else {
            "turns the line into a comment, and takes its directory out of PATH; sessions that run keep the value"
        };
        lines.extend(uses);
        *finding = finding.clone().mended(Mend::Lines(lines), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_a_value_in_each_spelling_of_it() {
        let gives = |line: &str, value: &str| {
            gives(line.as_bytes(), "GOPATH", OsStr::new(value), Some(Path::new("/home/u")))
        };
        for line in [
            "export GOPATH=/home/u/go",
            "GOPATH=\"$HOME/go\"; export GOPATH",
            "  export GOPATH=${HOME}/go",
            "set -gx GOPATH ~/go",
            "GOPATH DEFAULT=/home/u/go",
            "GOPATH=~/go",
        ] {
            assert!(gives(line, "/home/u/go"), "{line}");
        }
        for line in [
            "# export GOPATH=/home/u/go",
            "MYGOPATH=/home/u/go",
            "export GOPATH=/home/u/other",
            "cd /home/u/go",
        ] {
            assert!(!gives(line, "/home/u/go"), "{line}");
        }
    }
}
