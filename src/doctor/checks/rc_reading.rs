//! Start-up files that end before gvmr's lines, or say something where a program listens.

use super::rc_files::{SETUP, blocks_of, without_shims};
use super::replaced_shell::leads_to_go;
use super::{Looked, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::{MAX_BYTES, SourceLine};
use crate::doctor::mend::{LineChange, Mend};
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::shell::{FileLine, ProbeResult, SessionKind, TracedStep};
use gvmr_core::sys::bounded;
use std::path::Path;

/// A line of a file, and the sessions that end there.
type LineThatEnds<'s> = (FileLine, Vec<&'s ProbeResult>);

/// The lines above gvmr's first block at which sessions without a terminal end a file early.
fn guards<'l>(login: &'l LoginShell, facts: &Examination<'_>) -> Vec<LineThatEnds<'l>> {
    let shim = facts.home.shims();
    let works_in_a_terminal = |is_login: bool| {
        login.sessions.iter().any(|session| {
            session.kind.is_interactive()
                && session.kind.is_login() == is_login
                && session.path.contains(&shim)
        })
    };
    let mut found: Vec<LineThatEnds<'l>> = Vec::new();
    let broken = without_shims(login, facts).into_iter().chain(login.ended());
    for session in broken.filter(|session| login.is_set_up && !session.kind.is_interactive()) {
        let trace = login.trace(session.kind, "PATH");
        let guard = if session.has_ended {
            // No session here has a terminal, and one that asks for it ends in each.
            let is_guard = works_in_a_terminal(session.kind.is_login())
                || trace.before_last_in_file().is_some_and(asks_for_a_terminal);
            trace.last_in_file().filter(|_| is_guard).and_then(guard_at)
        } else {
            login.files(session.kind).iter().find_map(|file| guard_at(trace.last_in(file)?))
        };
        add(&mut found, guard, session);
    }
    found
}

/// The place of a command that ends a file above gvmr's first block in it.
fn guard_at(step: &TracedStep) -> Option<FileLine> {
    let place = step.place.clone().filter(|_| matches!(first_word(step), "return" | "exit"))?;
    let (first, _) = *blocks_of(&place.file).first()?;
    (place.line < first).then_some(place)
}

/// `tty -s`, `[ -t 0 ]`
fn asks_for_a_terminal(step: &TracedStep) -> bool {
    match first_word(step) {
        "tty" => true,
        "[" | "[[" | "test" => step.text.split_ascii_whitespace().any(|word| word == "-t"),
        _ => false,
    }
}

fn add<'s>(found: &mut Vec<LineThatEnds<'s>>, place: Option<FileLine>, session: &'s ProbeResult) {
    let Some(place) = place else { return };
    match found.iter_mut().find(|(line, _)| *line == place) {
        Some((_, sessions)) => sessions.push(session),
        None => found.push((place, vec![session])),
    }
}

/// bash tells of `[` in quotes.
fn first_word(step: &TracedStep) -> &str {
    step.text.split_ascii_whitespace().next().unwrap_or_default().trim_matches('\'')
}

/// A guard for terminals above gvmr's lines.
pub(in crate::doctor) fn guard_above_block(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let findings = guards(login, facts).into_iter().map(|(place, sessions)| {
        let finding = Finding {
            sessions: login.names(&sessions),
            ..Finding::error("rc.guard-above-block", FindingPlace::line(&place.file, Some(place.line)))
                .what("a line ends a start-up file above gvmr's lines where there is no terminal")
        };
        if sessions.iter().any(|session| session.has_ended) {
            return finding
                .why("it ends the session too, before a command runs in it")
                .by_hand("write `return` in place of `exit`, then run `gvmr setup`");
        }
        finding
            .why("gvmr's lines are not read there, so PATH has no shim directory")
            .mended(SETUP, "writes gvmr's lines to the top too, as `gvmr setup` does")
    });
    Ok(findings.collect())
}

/// A line that ends a file, or the shell, for other reasons.
pub(in crate::doctor) fn stops_early(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let guards = guards(login, facts);
    let mut found: Vec<LineThatEnds<'_>> = Vec::new();
    let broken = without_shims(login, facts).into_iter().filter(|_| login.is_set_up);
    for session in login.ended().chain(broken) {
        let is_guards =
            guards.iter().any(|(_, sessions)| sessions.iter().any(|one| one.kind == session.kind));
        let end = if is_guards { None } else { end_of(login, session, facts) };
        let end = end.filter(|place| guards.iter().all(|(guard, _)| guard != place));
        add(&mut found, end, session);
    }
    if found.is_empty() {
        let is_fine = |session: &&ProbeResult| session.has_ended && became_right(login, session, facts);
        let unread = login.sessions.iter().filter(|session| !is_fine(session));
        let unread = unread.into_iter().find_map(|session| Some((session, session.failure.as_ref()?)));
        let harmless = parse_errors(login);
        return match unread {
            Some((session, failure)) if harmless.is_empty() => {
                Err(format!("{}: {failure}", login.name(session.kind)).into())
            }
            _ => Ok(harmless),
        };
    }
    Ok(found
        .into_iter()
        .map(|(place, sessions)| described(login, &place, &sessions, Severity::Error))
        .collect())
}

/// The line at which the files of a session end before their end, and before gvmr's lines.
fn end_of(login: &LoginShell, session: &ProbeResult, facts: &Examination<'_>) -> Option<FileLine> {
    let trace = login.trace(session.kind, "PATH");
    let is_above_ours = |place: &FileLine| {
        let last = blocks_of(&place.file).last().map(|(begin, _)| *begin);
        let is_above = |last: usize| {
            let read = trace.last_in(&place.file).and_then(|step| step.place.as_ref());
            read.is_none_or(|read| read.line < last)
        };
        session.failure.is_some() || last.is_some_and(is_above)
    };
    if let Some(place) = trace.unparsed.iter().find(|place| is_above_ours(place)) {
        return Some(place.clone());
    }
    if session.failure.is_some() {
        if trace.is_whole || became_right(login, session, facts) {
            return None;
        }
        return trace.last_in_file()?.place.clone();
    }
    // ksh and mksh go on with the next file.
    login.files(session.kind).iter().find_map(|file| {
        let last = trace.last_in(file)?;
        absent(last)?;
        last.place.clone().filter(is_above_ours)
    })
}

/// Whether a session became another shell, which has what it should.
fn became_right(login: &LoginShell, session: &ProbeResult, facts: &Examination<'_>) -> bool {
    let trace = login.trace(session.kind, "PATH");
    let last = trace.last_in_file().filter(|last| first_word(last) == "exec");
    last.is_some_and(|last| leads_to_go(login, session, &last.text, &last.value, facts))
}

/// The file that a command reads without a test, where it is not there.
fn absent(step: &TracedStep) -> Option<&str> {
    let file = step.text.strip_prefix(". ").or_else(|| step.text.strip_prefix("source "))?.trim();
    let file = file.trim_matches('\'');
    (file.starts_with('/') && !Path::new(file).exists()).then_some(file)
}

/// Files that the shell cannot parse below gvmr's lines. Asked of the shell alone first, which costs little.
fn parse_errors(login: &LoginShell) -> Vec<Finding> {
    let own = login.all_files().into_iter().filter(|file| file.starts_with(&login.account.home));
    let suspects: Vec<_> =
        own.filter(|file| !crate::doctor::lines::can_be_parsed(&login.shell, file)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    for file in suspects {
        let readers: Vec<_> = login
            .sessions
            .iter()
            .filter(|session| {
                login.trace(session.kind, "PATH").unparsed.iter().any(|place| place.file == file)
            })
            .collect();
        let Some(first) = readers.first() else { continue };
        let trace = login.trace(first.kind, "PATH");
        if let Some(place) = trace.unparsed.iter().find(|place| place.file == file) {
            findings.push(described(login, place, &readers, Severity::Warning));
        }
    }
    findings
}

fn described(login: &LoginShell, place: &FileLine, sessions: &[&ProbeResult], severity: Severity) -> Finding {
    let trace = sessions.first().map(|session| login.trace(session.kind, "PATH"));
    let is_unparsed = trace.as_ref().is_some_and(|trace| trace.unparsed.contains(place));
    let last = trace.as_ref().and_then(|trace| trace.last_in(&place.file));
    let carriage = carriage_returns(&place.file, &login.account).filter(|_| is_unparsed);
    let line = match &carriage {
        Some((line, _)) => *line,
        None => place.line,
    };
    let finding = Finding {
        sessions: login.names(sessions),
        ..Finding::at("rc.stops-early", severity, FindingPlace::line(&place.file, Some(line)))
    };
    let consequence = match severity {
        Severity::Error => "what stands below is not read, gvmr's lines too",
        _ => "what stands below is not read; gvmr's lines stand above",
    };
    if let Some((_, mend)) = carriage {
        let finding = finding.what("a start-up file has the line ends of Windows").why(format!(
            "the shell takes the CR for a part of the word, and cannot parse the file: {consequence}"
        ));
        return match mend {
            Some(mend) => finding.mended(mend, "ends the lines with LF alone"),
            None => finding.by_hand("convert the file, as with dos2unix"),
        };
    }
    if is_unparsed {
        return finding
            .what("the shell cannot parse a start-up file")
            .why(consequence)
            .by_hand(format!("correct it; `{} -n FILE` says whether it can be parsed", login.shell.name));
    }
    if let Some(file) = last.and_then(absent) {
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let finding = finding
            .what(format!(
                "a line reads {} without a test, and that file is not there",
                gvmr_core::sys::printable::word(&name)
            ))
            .why(match login.shell.name.as_str() {
                "ksh" | "mksh" => "the shell skips the rest of the start-up file",
                _ => "the shell ends there, and no login gets further",
            });
        let mend = SourceLine::read(place).and_then(|line| line.without(&login.account, Some(&login.shell)));
        return match mend {
            Some(mend) => {
                finding.mended(mend, "turns the line into a comment; without the file it only does harm")
            }
            None => finding.by_hand("test for the file: `if [ -r FILE ]; then . FILE; fi`"),
        };
    }
    let word = last.map(first_word).unwrap_or_default();
    let what = match word {
        "exit" | "exec" => format!("a start-up file ends the session with `{word}`"),
        _ => "a command fails in a start-up file, and that ends the session (`set -e`)".to_owned(),
    };
    finding.what(what).why("the session ends before a command runs in it").by_hand(match word {
        "exit" => "write `return` in place of `exit`, or take the line out",
        "exec" => "take the line out, or put it behind a test for a terminal",
        _ => "take `set -e` out of the file, or let the command not fail",
    })
}

/// The first line with a CR, where there is one, and the mend where the file is the user's.
fn carriage_returns(file: &Path, account: &crate::shell::Account) -> Option<(usize, Option<Mend>)> {
    let text = bounded::read(file, MAX_BYTES).ok()??;
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines: Vec<_> = lines
        .filter_map(|(index, line)| {
            let bare = line.strip_suffix(b"\r")?.to_vec();
            let place = FileLine { file: file.to_owned(), line: index + 1 };
            Some((SourceLine { place, bytes: line.to_vec() }, bare))
        })
        .collect();
    let (first, _) = lines.first()?;
    let changed = lines.iter().map(|(line, bare)| line.changed(LineChange::Replace(bare.clone()))).collect();
    Some((first.place.line, first.is_own(account).then_some(Mend::Lines(changed))))
}

/// What an ssh session prints before the command.
pub(in crate::doctor) fn prints(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let noisy = login.sessions.iter().find(|session| {
        session.kind == SessionKind::SshCommand && session.failure.is_none() && !session.noise.is_empty()
    });
    let Some(session) = noisy else { return Ok(Vec::new()) };
    let trace = login.trace(session.kind, "PATH");
    let traced = trace.printed(&session.noise).and_then(|step| step.place.clone());
    // fish tells of changes alone.
    let written = || {
        let first = session.noise.split("\\n").next().unwrap_or_default();
        let says = |line: &str| !line.trim_start().starts_with('#') && line.contains(first);
        let files = login.files(session.kind).iter().rev();
        files.filter_map(|file| SourceLine::find(file, says)).map(|line| line.place).next()
    };
    let place = match if login.shell.name == "fish" { written() } else { traced } {
        Some(place) => FindingPlace::line(&place.file, Some(place.line)),
        None => match login.files(session.kind).last() {
            Some(file) => FindingPlace::file(file),
            None => return Ok(Vec::new()),
        },
    };
    one(Some(Finding {
        sessions: login.names(&[session]),
        ..Finding::at("rc.prints", Severity::Warning, place)
            .what("a start-up file prints something where there is no terminal")
            .why("scp, rsync and git over ssh take it for the other side's answer: `Received message too long`")
            .by_hand(if login.shell.name == "fish" {
                "print it only in a terminal: `if status is-interactive; …; end`"
            } else {
                "print it only in a terminal, below `case $- in *i*) ;; *) return ;; esac`"
            })
    }))
}
