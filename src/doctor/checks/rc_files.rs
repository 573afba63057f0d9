//! Start-up files that have lost gvmr's lines, or hide one another.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::{MAX_BYTES, SourceLine};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::{LoginShell, is_edited};
use crate::shell::{BlockError, FileLine, POSIX, ProbeResult, blocks};
use gvmr_core::sys::bounded;
use std::path::{Path, PathBuf};

/// What `gvmr setup` does.
pub(super) const SETUP: Mend = Mend::Setup { repair: false, crontab: false };

/// A file that lacks gvmr's lines, though setup has been run.
pub(in crate::doctor) fn block_missing(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if !login.is_set_up {
        return NOTHING;
    }
    // What was on PATH and went again is another cause.
    let shims = facts.home.shims();
    let had_shims = |session: &&ProbeResult| {
        let trace = login.trace(session.kind, "PATH");
        trace.steps.iter().any(|step| crate::doctor::path_value::has(&step.value, &shims))
    };
    let broken: Vec<_> =
        without_shims(login, facts).into_iter().filter(|session| !had_shims(session)).collect();
    if broken.is_empty() {
        return NOTHING;
    }
    let dead = dead_blocks(login, &broken, facts).or_else(|| link_to_nothing(login, &broken));
    if dead.is_some() {
        return one(dead);
    }
    let hiding = hidden(login, &broken).map(|(hiding, _)| hiding);
    let is_cause = |file: &&PathBuf| {
        let is_read = broken.iter().any(|session| login.may_read(file, session.kind));
        login.reads(file) && is_read && hiding.as_ref() != Some(file)
    };
    // What hides another file is read in its place.
    let is_hidden = |file: &&PathBuf| {
        let name = file.file_name();
        let profiles = [".profile", ".bash_login", ".bash_profile"];
        login.shell.name == "bash"
            && profiles.iter().any(|one| name == Some(one.as_ref()))
            && file.exists()
            && login.all_files().iter().all(|read| read != *file)
    };
    let files: Vec<_> = login.lacking.iter().filter(is_cause).filter(|file| !is_hidden(file)).collect();
    let Some((first, others)) = files.split_first() else { return NOTHING };
    let sessions: Vec<_> = broken
        .iter()
        .filter(|session| files.iter().any(|file| login.may_read(file, session.kind)))
        .copied()
        .collect();
    let mut finding = Finding::error("rc.block-missing", FindingPlace::file(first));
    for file in others {
        finding = finding.and(FindingPlace::file(file));
    }
    // It may be another directory than the one that was set up.
    if login.shell.name == "zsh"
        && let Some(line) = SourceLine::find(&login.account.home.join(".zshenv"), |line| {
            line.contains("ZDOTDIR=") && !line.trim_start().starts_with('#')
        })
    {
        finding = finding.and(FindingPlace::line(&line.place.file, Some(line.place.line)));
    }
    one(Some(Finding {
        sessions: login.names(&sessions),
        ..finding
            .what("a start-up file has lost gvmr's lines")
            .why(
                "sessions that read it have no shim directory on PATH: `go` is missing there, or another one",
            )
            .mended(SETUP, "writes gvmr's lines again, as `gvmr setup` does")
    }))
}

/// Blocks of gvmr's that sessions read in vain: the script that they name is gone, as where dotfiles come to a new machine.
fn dead_blocks(login: &LoginShell, broken: &[&ProbeResult], facts: &Examination<'_>) -> Option<Finding> {
    let mut blocks: Vec<(PathBuf, Option<usize>)> = Vec::new();
    let mut sessions = Vec::new();
    for session in broken {
        let trace = login.trace(session.kind, "PATH");
        let in_vain = |file: &PathBuf| {
            let is_in = |(begin, end): &(usize, usize)| {
                let places = trace.steps.iter().filter_map(|step| step.place.as_ref());
                places.into_iter().any(|place| place.file == *file && (*begin..=*end).contains(&place.line))
            };
            // Not each shell tells that it read them.
            let is_gone = !facts.is_set_up() && login.files(session.kind).contains(file);
            match blocks_of(file).into_iter().find(|block| is_gone || is_in(block)) {
                Some((line, _)) => Some((file.clone(), Some(line))),
                None => (is_gone && is_edited(file)).then(|| (file.clone(), None)),
            }
        };
        let read = login.all_files().into_iter().filter(|file| file.starts_with(&login.account.home));
        let found: Vec<_> = read.filter_map(|file| in_vain(&file)).collect();
        sessions.extend((!found.is_empty()).then_some(*session));
        blocks.extend(found);
    }
    blocks.sort();
    blocks.dedup();
    let (first, others) = blocks.split_first()?;
    let place = |(file, line): &(PathBuf, Option<usize>)| FindingPlace::line(file, *line);
    let finding = Finding {
        sessions: login.names(&sessions),
        ..Finding::error("rc.block-missing", place(first))
            .what("gvmr's lines in a start-up file name a script that is gone")
            .why("the files come from another machine, or gvmr's home is another one now: `go` is missing there")
    };
    let finding = others.iter().fold(finding, |finding, block| finding.and(place(block)));
    Some(finding.mended(SETUP, "writes the script and the lines again, as `gvmr setup` does"))
}

/// A start-up file that is a link to what is not there, which setup does not replace.
fn link_to_nothing(login: &LoginShell, broken: &[&ProbeResult]) -> Option<Finding> {
    let is_read = |file: &Path| broken.iter().any(|session| login.may_read(file, session.kind));
    let (file, hint) = login.dangling.iter().find(|(file, _)| login.reads(file) && is_read(file))?;
    let sessions: Vec<_> =
        broken.iter().filter(|session| login.may_read(file, session.kind)).copied().collect();
    Some(Finding {
        sessions: login.names(&sessions),
        ..Finding::error("rc.block-missing", FindingPlace::file(file))
            .what("a start-up file is a link to a file that does not exist")
            .why("sessions that read it have no shim directory on PATH")
            .by_hand(format!("{hint}, then run gvmr setup"))
    })
}

/// A block of gvmr's with one mark alone.
pub(in crate::doctor) fn block_unterminated(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let home = &login.account.home;
    let others =
        [".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshenv", ".zprofile", ".zshrc", ".zlogin"];
    let others =
        others.iter().chain(&[".kshrc", ".mkshrc", ".config/fish/config.fish"]).map(|name| home.join(name));
    let mut files: Vec<_> = login.all_files().into_iter().filter(|file| file.starts_with(home)).collect();
    files.extend(others.filter(|file| file.exists()));
    files.sort();
    files.dedup();
    let findings = files.into_iter().filter_map(|file| {
        let text = bounded::read(&file, MAX_BYTES).ok()??;
        let error = blocks(&text).err()?;
        let place = FileLine { file: file.clone(), line: error.line() };
        let finding = Finding::at(
            "rc.block-unterminated",
            Severity::Warning,
            FindingPlace::line(&file, Some(place.line)),
        )
        .what("a block of gvmr's has lost one of its marks")
        .why(format!("{error}; `gvmr setup` leaves the file as it is until that is mended"));
        Some(match remains_of_ours(facts, login, &text, error) {
            Some(lines) => {
                let last = SourceLine::read(&FileLine { file: file.clone(), line: *lines.end() })?;
                let whole = [&last.bytes[..], b"\n# <<< gvmr <<<"].concat();
                finding.mended(last.replaced(whole), "ends the block again; setup wrote all of its lines")
            }
            None => finding.by_hand("delete the mark, and the lines that belong to it, then run gvmr setup"),
        })
    });
    Ok(findings.collect())
}

/// The lines of half a block, where they are what setup writes to the byte.
fn remains_of_ours(
    facts: &Examination<'_>,
    login: &LoginShell,
    text: &[u8],
    error: BlockError,
) -> Option<std::ops::RangeInclusive<usize>> {
    let BlockError::Unterminated { line } = error else { return None };
    let written = facts.line_of_setup(&login.account, &POSIX)?;
    let count = written.split_inclusive(|byte| *byte == b'\n').count();
    let behind: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').skip(line).take(count).collect();
    (behind.concat() == written).then_some(line..=line + count)
}

/// The file that bash reads at a login in place of the one that has gvmr's lines.
fn hidden(login: &LoginShell, broken: &[&ProbeResult]) -> Option<(PathBuf, PathBuf)> {
    if login.shell.name != "bash" || !login.is_set_up {
        return None;
    }
    let home = &login.account.home;
    let session = broken.iter().find(|session| session.kind.is_login())?;
    let hiding = login.files(session.kind).last().filter(|file| {
        [".bash_profile", ".bash_login"].iter().any(|name| **file == home.join(name)) && !is_edited(file)
    })?;
    let hidden =
        [".profile", ".bashrc"].map(|name| home.join(name)).into_iter().find(|file| is_edited(file))?;
    let read = login.trace(session.kind, "PATH").files();
    let reads_ours = [".profile", ".bashrc"].iter().any(|name| read.contains(&home.join(name)));
    (!reads_ours).then(|| (hiding.clone(), hidden))
}

/// A file of bash's that keeps it from reading the one with gvmr's lines.
pub(in crate::doctor) fn hidden_profile(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let broken = without_shims(login, facts);
    let Some((hiding, hidden)) = hidden(login, &broken) else { return NOTHING };
    let logins: Vec<_> = broken.into_iter().filter(|session| session.kind.is_login()).collect();
    one(Some(Finding {
        sessions: login.names(&logins),
        ..Finding::error("rc.hidden-profile", FindingPlace::file(hiding))
            .and(FindingPlace::file(hidden))
            .what("a start-up file hides the one with gvmr's lines")
            .why("bash reads the first of .bash_profile, .bash_login and .profile, and this one reads no other")
            .mended(SETUP, "writes gvmr's lines to its end, as `gvmr setup` does")
    }))
}

/// The sessions that have no shim directory on PATH.
pub(super) fn without_shims<'l>(login: &'l LoginShell, facts: &Examination<'_>) -> Vec<&'l ProbeResult> {
    let shims = facts.home.shims();
    login.wrong(facts.home).filter(|session| !session.path.contains(&shims)).collect()
}

/// The blocks of gvmr's in a file, by the lines of their marks.
pub(super) fn blocks_of(file: &Path) -> Vec<(usize, usize)> {
    let text = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
    blocks(&text).unwrap_or_default()
}
