//! Elements of PATH that a program cannot look into: written with `~` or `$`, or not a directory at all.

use super::path::environment_path;
use super::{Looked, NOTHING};
use crate::doctor::assignment::Assignment;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::path_value::{expanded, holds_go};
use crate::doctor::place::FindingPlace;
use crate::doctor::quoted_value;
use crate::doctor::sessions::LoginShell;
use crate::shell::{ProbeResult, SessionState};
use gvmr_core::sys::environment::{Environment as _, Process};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The first element that is written with `~` or `$`, where a go comes first once all are expanded.
fn unexpanded_in(path: &[PathBuf], home: &Path) -> Option<Vec<u8>> {
    let first = path.iter().find(|element| {
        let directory = element.to_str().map(|text| expanded(text, home));
        directory.is_some_and(|directory| directory.is_absolute() && holds_go(&directory))
    });
    let bytes = first?.as_os_str().as_bytes();
    (bytes.starts_with(b"~") || bytes.contains(&b'$')).then(|| bytes.to_vec())
}

/// An element that programs take as it is written, with its `~` or `$`.
pub(in crate::doctor) fn unexpanded(facts: &Examination<'_>) -> Looked {
    let Some(home) = facts.user_home() else { return Err("HOME is not set".into()) };
    let mut findings = Vec::new();
    if let Some((line, path)) = environment_path(Path::new("/etc/environment")) {
        let path: Vec<_> = path.split(':').map(PathBuf::from).collect();
        findings.extend(unexpanded_in(&path, &home).map(|element| {
            finding_of_unexpanded(line.shown(), &element)
                .by_hand("write the directory out; PAM expands nothing there")
        }));
    }
    let login = match facts.login_shell() {
        Ok(login) => login,
        Err(skipped) if findings.is_empty() && in_process(&home).is_none() => return Err(skipped),
        Err(_) => {
            findings.extend(in_process(&home).filter(|_| findings.is_empty()));
            return Ok(findings);
        }
    };
    // bash expands `~` itself when it looks a command up: before the shim, one go is at the prompt and another elsewhere.
    let misleads = |session: &ProbeResult, element: &[u8]| {
        session.state(facts.home) != SessionState::Shim
            || login.shell.name == "bash" && element.starts_with(b"~")
    };
    let element = |session: &ProbeResult| {
        let element = unexpanded_in(&session.path, &home).filter(|element| misleads(session, element))?;
        Some((element, ()))
    };
    let answered: Vec<_> = login.sessions.iter().filter(|session| session.failure.is_none()).collect();
    for (line, (element, ()), sessions) in by_line(login, &answered, element) {
        let finding =
            Finding { sessions: login.names(&sessions), ..finding_of_unexpanded(line.shown(), &element) };
        let mend = in_double_quotes(&line, &element).filter(|_| line.is_own(&login.account));
        findings.push(match mend {
            Some(new) => finding.mended(line.replaced(new), "writes it with $HOME, in double quotes"),
            None => finding.by_hand("write it with $HOME, in double quotes"),
        });
    }
    findings.extend(in_process(&home).filter(|_| findings.is_empty()));
    Ok(findings)
}

fn finding_of_unexpanded(place: FindingPlace, element: &[u8]) -> Finding {
    let why = if element.starts_with(b"~") {
        "bash itself finds go there, but make, env, exec and other shells do not"
    } else {
        "no shell and no program finds go there"
    };
    Finding::error("path.unexpanded", place)
        .what("an element of PATH is written with ~ or $, and programs take it as it is")
        .why(why)
}

/// This process's own PATH, where no file is the cause.
fn in_process(home: &Path) -> Option<Finding> {
    let path: Vec<_> = elements(&Process.get("PATH")?).collect();
    let element = unexpanded_in(&path, home)?;
    Some(
        finding_of_unexpanded(FindingPlace::variable("PATH"), &element)
            .by_hand("write the directory out, as in `ENV PATH=` of an image"),
    )
}

fn elements(path: &OsStr) -> impl Iterator<Item = PathBuf> {
    path.as_bytes().split(|byte| *byte == b':').map(|one| PathBuf::from(OsStr::from_bytes(one)))
}

/// The sessions that gave an answer, but the ones that have the shim already.
fn misled<'l>(login: &'l LoginShell, facts: &Examination<'_>) -> Vec<&'l ProbeResult> {
    let is_right = |session: &&ProbeResult| session.state(facts.home) == SessionState::Shim;
    login
        .sessions
        .iter()
        .filter(|session| session.failure.is_none())
        .filter(|session| !is_right(session))
        .collect()
}

/// The line after which PATH has this element.
fn line_that_adds(login: &LoginShell, session: &ProbeResult, element: &[u8]) -> Option<SourceLine> {
    let trace = login.trace(session.kind, "PATH");
    let step = trace.turned(|path| path.split(|byte| *byte == b':').any(|one| one == element))?;
    SourceLine::read(step.place.as_ref()?)
}

/// The line with this element of its value written with `$HOME` in double quotes; `None` where that is not plain.
fn in_double_quotes(line: &SourceLine, element: &[u8]) -> Option<Vec<u8>> {
    let assignment = Assignment::of(&line.bytes, "PATH")?;
    let value = std::str::from_utf8(line.bytes.get(assignment.value.clone())?).ok()?;
    let element = std::str::from_utf8(element).ok()?;
    let new = quoted_value::with_home(value, assignment.style, element)?;
    Some(assignment.with_value(&line.bytes, &new))
}

/// How an element is misspelt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Misspelling {
    /// It ends with a CR.
    CarriageReturn,
    /// It is the program.
    Program,
    /// Two directories with a semicolon between them.
    Semicolon,
}

/// The first element that would hold a go if it were written right.
fn misspelt_in(path: &[PathBuf]) -> Option<(Vec<u8>, Misspelling)> {
    path.iter().find_map(|element| {
        let bytes = element.as_os_str().as_bytes();
        let holds = |bytes: &[u8]| {
            let directory = Path::new(OsStr::from_bytes(bytes));
            directory.is_absolute() && holds_go(directory)
        };
        let how = if bytes.strip_suffix(b"\r").is_some_and(holds) {
            Misspelling::CarriageReturn
        } else if element.file_name() == Some("go".as_ref())
            && element.is_file()
            && element.parent().is_some_and(holds_go)
        {
            Misspelling::Program
        } else if bytes.contains(&b';') && bytes.split(|byte| *byte == b';').any(holds) {
            Misspelling::Semicolon
        } else {
            return None;
        };
        Some((bytes.to_vec(), how))
    })
}

/// The first empty or relative element before the go that is found.
fn relative_in(path: &[PathBuf]) -> Option<Vec<u8>> {
    let go = path.iter().position(|one| one.is_absolute() && holds_go(one))?;
    let is_relative = |one: &&PathBuf| {
        let bytes = one.as_os_str().as_bytes();
        !one.is_absolute() && !bytes.starts_with(b"~") && !bytes.starts_with(b"$")
    };
    let found = path.iter().take(go).find(is_relative)?;
    Some(found.as_os_str().as_bytes().to_vec())
}

/// An element that is not a directory, or another one in each directory.
pub(in crate::doctor) fn bad_entry(facts: &Examination<'_>) -> Looked {
    let process = || {
        let path: Vec<_> = elements(&Process.get("PATH")?).collect();
        let finds_none = !path.iter().any(|one| one.is_absolute() && holds_go(one));
        let (_, how) = misspelt_in(&path).filter(|_| finds_none)?;
        Some(of_misspelling(how, FindingPlace::variable("PATH")).by_hand(words(how)))
    };
    let login = match facts.login_shell() {
        Ok(login) => login,
        Err(skipped) => return process().map_or(Err(skipped), |finding| Ok(vec![finding])),
    };
    let mut findings: Vec<Finding> = Vec::new();
    let misspelt = |session: &ProbeResult| misspelt_in(&session.path).filter(|_| session.go.is_none());
    for (line, (element, how), sessions) in by_line(login, &misled(login, facts), misspelt) {
        let finding = of_misspelling(how, line.shown_without_cr());
        let finding = Finding { sessions: login.names(&sessions), ..finding };
        let mend = repaired(&line, &element, how).filter(|_| line.is_own(&login.account));
        findings.push(match mend {
            Some(new) => finding.mended(line.replaced(new), words(how).replacen("delete", "deletes", 1)),
            None => finding.by_hand(words(how)),
        });
    }
    let answered: Vec<_> = login.sessions.iter().filter(|session| session.failure.is_none()).collect();
    let relative = |session: &ProbeResult| Some((relative_in(&session.path)?, ()));
    for (line, _, sessions) in by_line(login, &answered, relative) {
        findings.push(Finding {
            sessions: login.names(&sessions),
            ..Finding::at("path.bad-entry", Severity::Warning, line.shown())
                .what("PATH has an empty or relative element before the directory with go")
                .why("a program called go in the current directory comes first; Go itself refuses such a program")
                .by_hand("delete the element, and the colon that makes an empty one")
        });
    }
    findings.extend(process().filter(|_| findings.is_empty()));
    if findings.is_empty() { NOTHING } else { Ok(findings) }
}

/// A line, the element that it adds with what is known of it, and the sessions in which it does.
type AddingLine<'s, T> = (SourceLine, (Vec<u8>, T), Vec<&'s ProbeResult>);

/// The lines that add what is looked for to PATH, each once.
fn by_line<'s, T>(
    login: &LoginShell,
    sessions: &[&'s ProbeResult],
    look: impl Fn(&ProbeResult) -> Option<(Vec<u8>, T)>,
) -> Vec<AddingLine<'s, T>> {
    let mut lines: Vec<AddingLine<'s, T>> = Vec::new();
    for session in sessions {
        let Some(found) = look(session) else { continue };
        let Some(line) = line_that_adds(login, session, &found.0) else { continue };
        match lines.iter_mut().find(|(known, ..)| *known == line) {
            Some((_, _, sessions)) => sessions.push(session),
            None => lines.push((line, found, vec![session])),
        }
    }
    lines
}

fn of_misspelling(how: Misspelling, place: FindingPlace) -> Finding {
    let what = match how {
        Misspelling::CarriageReturn => "an element of PATH ends with a CR, as in files from Windows",
        Misspelling::Program => "an element of PATH is the program go, not its directory",
        Misspelling::Semicolon => "an element of PATH is two directories with a semicolon between them",
    };
    Finding::error("path.bad-entry", place).what(what).why("no go is found; written right, it would be")
}

const fn words(how: Misspelling) -> &'static str {
    match how {
        Misspelling::CarriageReturn => "delete the CR at the end of the line",
        Misspelling::Program => "delete `/go` at the end of the element",
        Misspelling::Semicolon => "separate the directories with a colon",
    }
}

/// The line with the element written right; the semicolon may be meant for another system.
fn repaired(line: &SourceLine, element: &[u8], how: Misspelling) -> Option<Vec<u8>> {
    match how {
        Misspelling::CarriageReturn => line.bytes.strip_suffix(b"\r").map(<[u8]>::to_vec),
        Misspelling::Program => {
            let assignment = Assignment::of(&line.bytes, "PATH")?;
            let value = std::str::from_utf8(line.bytes.get(assignment.value.clone())?).ok()?;
            // It may be written with $HOME, so only the last name counts.
            let name = Path::new(OsStr::from_bytes(element)).parent()?.file_name()?.to_str()?;
            let written = format!("{name}/go");
            (value.matches(&written).count() == 1)
                .then(|| assignment.with_value(&line.bytes, &value.replacen(&written, name, 1)))
        }
        Misspelling::Semicolon => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::FileLine;

    fn line(text: &str) -> SourceLine {
        SourceLine {
            place: FileLine { file: "/h/.profile".into(), line: 1 },
            bytes: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn only_the_word_that_programs_cannot_read_changes() {
        let mended = |text: &str, element: &str| {
            in_double_quotes(&line(text), element.as_bytes()).map(|new| String::from_utf8(new).unwrap())
        };
        for (text, element, expected) in [
            ("export PATH=\"~/go/bin:$PATH\"", "~/go/bin", Some("export PATH=\"$HOME/go/bin:$PATH\"")),
            ("PATH='~/go/bin:/usr/bin' # x", "~/go/bin", Some("PATH=\"$HOME/go/bin:/usr/bin\" # x")),
            ("PATH='$HOME/go/bin:/bin'", "$HOME/go/bin", Some("PATH=\"$HOME/go/bin:/bin\"")),
            ("PATH=\\~/go/bin:$PATH", "~/go/bin", Some("PATH=\"$HOME/go/bin\":$PATH")),
            ("PATH=\"$(x):~/go/bin\"", "~/go/bin", None),
        ] {
            assert_eq!(mended(text, element).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_name_of_the_program_goes() {
        let mended = |text: &str| repaired(&line(text), b"/usr/local/go/bin/go", Misspelling::Program);
        let text = "export PATH=$PATH:/usr/local/go/bin/go";
        assert_eq!(mended(text).unwrap(), b"export PATH=$PATH:/usr/local/go/bin");
        assert_eq!(mended("PATH=/a/bin/go:/b/bin/go"), None);
    }
}
