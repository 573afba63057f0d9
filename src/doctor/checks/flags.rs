//! Values that go fails on: GOFLAGS above all, wherever they are set.

use super::vendor;
use super::{Looked, NOTHING, one};
use crate::config::goflags;
use crate::doctor::assignment::Assignment;
use crate::doctor::exports;
use crate::doctor::facts::{Examination, Setting};
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::mend::{LineChange, Mend};
use crate::doctor::package_list::PackageList;
use crate::doctor::place::FindingPlace;
use crate::explain::ValueSource;
use crate::net::without_credentials_in_text;
use crate::shell::Account;
use gvmr_core::select::main_module;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::ops::Range;
use std::path::Path;

const VARIABLE: &str = "GOFLAGS";
const VENDOR: &str = "-mod=vendor";
/// What go says of it where it is asked for a module at a version.
const NO_QUERY: &str = "cannot query module due to -mod=vendor";
const MENDED: &str = "takes that flag out of the line";
/// What go says of a flag in GOFLAGS that it does not take.
const COMPLAINTS: [&str; 5] = [
    "parsing $GOFLAGS",
    "invalid value",
    "invalid boolean value",
    "not supported (can be",
    "-mod may only be set to",
];

/// A value that the chosen go fails on.
pub(in crate::doctor) fn bad_flags(facts: &Examination<'_>) -> Looked {
    let Some((variable, words)) = &facts.table()?.refused else { return in_force(facts) };
    if variable.name == "GOTOOLCHAIN" {
        return NOTHING; // told as toolchain's
    }
    let setting = facts.setting(variable.name)?;
    let place = setting.place().unwrap_or(FindingPlace::variable(variable.name));
    let fix = match &setting.row.explained.place {
        ValueSource::UserFile { .. } => "correct it with `go env -w`, or delete the line",
        _ => "correct it there",
    };
    let mend = (variable.name == VARIABLE).then(|| mend(facts, &setting, words)).flatten();
    one(Some(
        Finding::error("goenv.bad-flags", place)
            .what(format!("go fails on the value of {}", variable.name))
            .why(format!("each command ends with `{words}`"))
            .by_hand(fix)
            .mended_if(mend, MENDED),
    ))
}

/// What `go list` thinks of GOFLAGS: `go version` knows only which flags there are.
fn in_force(facts: &Examination<'_>) -> Looked {
    if facts.goroot().is_none() {
        return NOTHING;
    }
    let setting = facts.setting(VARIABLE)?;
    let Some(value) = setting.written() else { return one(of_sessions(facts)) };
    let is_kept = || setting.env_line().is_some() || exports::of_process(facts, VARIABLE).is_some();
    let complaint = complaint(facts, facts.package_list()?, &value)
        .or_else(|| without_vendor(facts, &value).filter(|_| is_kept()));
    let Some(complaint) = complaint else { return NOTHING };
    let place = setting.place().unwrap_or(FindingPlace::variable(VARIABLE));
    let mend = mend(facts, &setting, &complaint.1);
    one(Some(finding(place, &complaint).mended_if(mend, MENDED)))
}

fn finding(place: FindingPlace, (severity, words): &(Severity, String)) -> Finding {
    Finding::at("goenv.bad-flags", *severity, place)
        .what("go fails on the value of GOFLAGS")
        .why(if words == NO_QUERY {
            format!("`go install` of a package at a version ends with `{words}`")
        } else {
            format!("commands that read a module end with `{words}`")
        })
        .by_hand("correct it there")
}

/// GOFLAGS that only a start-up file exports, to sessions.
fn of_sessions(facts: &Examination<'_>) -> Option<Finding> {
    let login = facts.login_shell().ok()?;
    let (session, value) =
        login.sessions.iter().find_map(|session| Some((session, session.variable(VARIABLE)?)))?;
    let listed = facts.package_list_with(Some(value)).ok()?;
    let complaint =
        complaint(facts, &listed, value.to_str()?).or_else(|| without_vendor(facts, value.to_str()?))?;
    let line = exports::in_session(login, session, VARIABLE, value)?;
    let place = line
        .shown_as(VARIABLE)
        .unwrap_or_else(|| FindingPlace::line(&line.place.file, Some(line.place.line)));
    let found = finding(place, &complaint).mended_if(of_line(facts, &line, &complaint.1), MENDED);
    Some(Finding { sessions: exports::sessions_with(login, VARIABLE, value), ..found })
}

/// What go says of the flags, and how much that matters; `None` where it takes them.
fn complaint(facts: &Examination<'_>, listed: &PackageList, value: &str) -> Option<(Severity, String)> {
    let is_vendor = asks_for_vendor(value);
    let mut lines = listed.complaints.lines();
    let refused = lines.clone().find(|line| COMPLAINTS.iter().any(|words| line.contains(words)));
    let found = refused.map(|line| (Severity::Error, line)).or_else(|| {
        let is_needless = |line: &&str| line.contains(VENDOR) || line.contains(vendor::MARK);
        let line = lines.find(|line| is_vendor && is_needless(line))?;
        (!line.contains(vendor::MARK) || lacks_vendor(facts)).then_some((Severity::Warning, line))
    });
    found.map(|(severity, line)| {
        let line = line.trim().trim_end_matches(':');
        (severity, printable::text(&without_credentials_in_text(line)))
    })
}

fn asks_for_vendor(value: &str) -> bool {
    goflags::split(value).is_some_and(|words| words.contains(&VENDOR))
}

/// Whether there is no vendor directory for the flag: none in the module here, or no module.
fn lacks_vendor(facts: &Examination<'_>) -> bool {
    let module = facts.directory().map(|directory| main_module::find(directory, &Process, facts.home));
    let Ok(Ok(module)) = module else { return false };
    module.is_none_or(|module| !vendor::is_vendored(module.file.parent().unwrap_or(Path::new("/"))))
}

/// The flag where nothing is vendored: what go builds here without requirements goes on to work, and queries fail.
fn without_vendor(facts: &Examination<'_>, value: &str) -> Option<(Severity, String)> {
    (asks_for_vendor(value) && lacks_vendor(facts)).then(|| (Severity::Warning, NO_QUERY.to_owned()))
}

/// The flag that go complains of goes: out of the file of `go env -w`, or of a line of the user's start-up files.
fn mend(facts: &Examination<'_>, setting: &Setting<'_>, complaint: &str) -> Option<Mend> {
    let Some(number) = setting.env_line() else {
        let is_exported = matches!(setting.row.explained.place, ValueSource::Process(_));
        let line = is_exported.then(|| exports::of_process(facts, VARIABLE)).flatten()?;
        return of_line(facts, &line, complaint);
    };
    let change = match without_flag(&setting.written()?, complaint)? {
        rest if rest.is_empty() => LineChange::Delete,
        rest => LineChange::Replace(format!("{VARIABLE}={rest}").into_bytes()),
    };
    facts.changed_env_line(number, change)
}

/// The same for a line that exports it; the line becomes a comment where nothing is left of the value.
fn of_line(facts: &Examination<'_>, line: &SourceLine, complaint: &str) -> Option<Mend> {
    let account = Account::of_process(&Process).ok()?;
    let assignment = Assignment::of(&line.bytes, VARIABLE)?;
    let value = std::str::from_utf8(assignment.bare(&line.bytes)).ok()?;
    let rest = without_flag(value, complaint)?;
    if rest.is_empty() {
        let shell = facts.login_shell().ok().map(|login| &login.shell);
        return line.without_assignment(VARIABLE, &account, shell);
    }
    let written = std::str::from_utf8(line.bytes.get(assignment.value.clone())?).ok()?;
    let new = assignment.with_value(&line.bytes, &written.replacen(value, &rest, 1));
    line.is_own(&account).then(|| line.replaced(new))
}

/// The value without the flag that go complains of.
fn without_flag(value: &str, complaint: &str) -> Option<String> {
    // Of an inconsistent vendor directory it does not name the flag.
    let is_vendor = complaint.contains(vendor::MARK);
    let is_bad = |word: &&str| {
        let named = || complaint.split(|one: char| !(one.is_alphanumeric() || one == '_'));
        let is_named = || goflags::name(word).is_some_and(|name| named().any(|one| one == name));
        if is_vendor { *word == VENDOR } else { is_named() }
    };
    let bad = place_in(value, goflags::split(value)?.into_iter().find(is_bad)?)?;
    let (before, behind) = (value.get(..bad.start)?.trim_end(), value.get(bad.end..)?.trim_start());
    let blank = if before.is_empty() || behind.is_empty() { "" } else { " " };
    Some([before, blank, behind].concat())
}

/// Where a word of a list stands, with its quotes.
fn place_in(value: &str, word: &str) -> Option<Range<usize>> {
    let start = word.as_ptr().addr().checked_sub(value.as_ptr().addr())?;
    let end = start + word.len();
    let is_in = |quote: char| {
        value.get(..start).is_some_and(|before| before.ends_with(quote))
            && value.get(end..).is_some_and(|behind| behind.starts_with(quote))
    };
    Some(if is_in('"') || is_in('\'') { start - 1..end + 1 } else { start..end })
}

/// The first word of a list in which words may stand in quotes.
pub(super) fn first_word(value: &str) -> &str {
    goflags::split(value).and_then(|words| words.first().copied()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_flag_that_go_complains_of_goes() {
        let race = "invalid boolean value \"2\" for flag -race (from $GOFLAGS)";
        for (value, complaint, expected) in [
            ("-race=2", race, Some("")),
            ("'-ldflags=-s -w' -race=2", race, Some("'-ldflags=-s -w'")),
            ("-race=2 \"-ldflags=-race\"  -v", race, Some("\"-ldflags=-race\"  -v")),
            ("-v '-race=2' -x", race, Some("-v -x")),
            ("-v", race, None),
            ("-v -mod=vendor", "inconsistent vendoring in /v", Some("-v")),
        ] {
            assert_eq!(without_flag(value, complaint).as_deref(), expected, "{value}");
        }
        assert_eq!(["'/bin/a b' -c", " gcc -m64", ""].map(first_word), ["/bin/a b", "gcc", ""]);
    }
}
