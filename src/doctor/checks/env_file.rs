//! The file that `go env -w` writes: what go ignores in it, takes otherwise than it looks, or fails on.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::mend::LineChange;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

/// Settings in which quotes are part of the syntax.
const QUOTABLE: [&str; 13] = [
    "GOFLAGS",
    "GOAUTH",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_FFLAGS",
    "CGO_LDFLAGS",
    "CC",
    "CXX",
    "FC",
    "AR",
    "GCCGO",
    "PKG_CONFIG",
];

/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A line of the file as cmd/go reads it.
struct Line<'t> {
    number: usize,
    text: &'t str,
    /// Whether it ends with CR, which `text` lacks.
    ends_with_cr: bool,
    /// Name and value; `None` where go ignores the line.
    setting: Option<(&'t str, &'t str)>,
}

/// The lines that are neither empty nor comments.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').enumerate().filter_map(|(index, line)| {
        let text = line.strip_suffix('\r').unwrap_or(line);
        let ends_with_cr = text.len() < line.len();
        let is_nothing = text.trim().is_empty() || text.trim_start().starts_with('#');
        let setting = text.split_once('=').filter(|(name, _)| is_name(name));
        (!is_nothing).then_some(Line { number: index + 1, text, ends_with_cr, setting })
    })
}

/// The settings that go takes from the file: the number of the line, the name and the value.
pub(super) fn settings(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    lines(text).filter_map(|line| line.setting.map(|(name, value)| (line.number, name, value)))
}

/// Whether go takes it for the name of a variable.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
}

/// A line as it may be shown: of what is no setting only the name.
fn shown(line: &Line<'_>) -> Option<String> {
    let (name, value) = line.setting.or_else(|| line.text.split_once('='))?;
    let bare = name.trim().trim_start_matches("export ").trim();
    if !bare.chars().all(|one| one.is_ascii_alphanumeric() || one == '_') {
        return None; // anything, perhaps a secret
    }
    let name = printable::word(name);
    match line.setting {
        Some(_) => Some(format!("{name}={}", printable::text(&without_credentials_in_text(value)))),
        None => Some(format!("{name}=…")),
    }
}

fn place_of(file: &Path, line: &Line<'_>) -> FindingPlace {
    match shown(line) {
        Some(text) => FindingPlace::written(file, line.number, text),
        None => FindingPlace::line(file, Some(line.number)),
    }
}

/// Values in quotes, blanks before values, and lines that go ignores.
pub(in crate::doctor) fn quoted(facts: &Examination<'_>) -> Looked {
    if let Some(why) = unusable(facts) {
        return one(Some(why));
    }
    let Some((file, text)) = facts.env_file() else { return NOTHING };
    let finding = |line: &Line<'_>, what: String, why: &str, text: &str| {
        let place = place_of(file, line);
        Finding::error("goenv.quoted", place).what(what).why(why).by_hand(text)
    };
    let with = |finding: Finding, line: &Line<'_>, name: &str, value: &str| {
        let text = finding.fix.text.replacen("delete", "deletes", 1);
        let new = LineChange::Replace(format!("{name}={value}").into_bytes());
        finding.mended_if(facts.changed_env_line(line.number, new), text)
    };
    let wrong = lines(text).filter_map(|line| {
        if let Some(rest) = line.text.strip_prefix(BYTE_ORDER_MARK).filter(|_| line.number == 1) {
            let is_nothing = rest.trim().is_empty() || rest.starts_with('#');
            let (what, why) = (
                "the file of `go env -w` begins with a byte-order mark".to_owned(),
                "to go the mark is part of the first name, and go ignores that line",
            );
            let new = LineChange::Replace(rest.as_bytes().to_vec());
            let finding = finding(&line, what, why, "save the file without the mark")
                .mended_if(facts.changed_env_line(1, new), "deletes the mark");
            return (!is_nothing).then_some(finding);
        }
        let Some((name, value)) = line.setting else {
            return Some(finding(
                &line,
                "the file of `go env -w` has a line that go ignores".to_owned(),
                "go reads NAME=value with the name at the line's start and in upper case",
                "write it so, or delete the line",
            ));
        };
        let is_quoted = !QUOTABLE.contains(&name)
            && ['"', '\'']
                .iter()
                .any(|quote| value.len() > 1 && value.starts_with(*quote) && value.ends_with(*quote));
        if is_quoted {
            let (what, why) =
                (format!("the value of {name} is in quotes"), "to go the quotes are part of the value");
            let bare = value.get(1..value.len() - 1).unwrap_or_default();
            return Some(with(finding(&line, what, why, "delete the quotes"), &line, name, bare));
        }
        if line.ends_with_cr && !value.is_empty() {
            let (what, why) =
                (format!("the value of {name} ends with CR"), "to go the CR is part of the value");
            let finding = finding(&line, what, why, "end the line with LF alone");
            return Some(
                finding.mended_if(facts.env_line_without_cr(line.number), "ends the line with LF alone"),
            );
        }
        value.starts_with([' ', '\t']).then(|| {
            let (what, why) =
                (format!("the value of {name} begins with a blank"), "to go the blank is part of the value");
            with(finding(&line, what, why, "delete the blank"), &line, name, value.trim_start())
        })
    });
    Ok(wrong.collect())
}

/// Areas whose findings are about what a value of the file says.
const OF_VALUES: [&str; 6] = ["goroot", "goenv", "toolchain", "gopath", "modules", "cache"];

/// Whether a finding is about a value that stands in quotes in the file, behind a blank or before a CR: that is one cause.
pub(in crate::doctor) fn follows_from_quotes(facts: &Examination<'_>, finding: &Finding) -> bool {
    if finding.id == "goenv.quoted" || !OF_VALUES.contains(&finding.area()) {
        return false;
    }
    let position = |place: &FindingPlace| match place {
        FindingPlace::File { file, line: Some(line), .. } => Some((file.clone(), *line)),
        _ => None,
    };
    let told = quoted(facts).unwrap_or_default();
    let told: Vec<_> = told.iter().flat_map(|one| &one.places).filter_map(position).collect();
    finding.places.iter().filter_map(position).any(|place| told.contains(&place))
}

/// A file that go cannot read, or a name that it refuses.
fn unusable(facts: &Examination<'_>) -> Option<Finding> {
    let named = Process.get("GOENV").filter(|named| named != "off");
    let is_named = named.is_some();
    let finding = |place, why: &str| {
        Finding::error("goenv.quoted", place)
            .what("go cannot read the file of `go env -w`")
            .why(why.to_owned())
            .by_hand(if is_named {
                "name a file that you can read, or unset GOENV"
            } else {
                "make it a file that you can read, or move it away"
            })
    };
    if let Some(named) = named.filter(|named| !Path::new(named).is_absolute()) {
        let place = FindingPlace::variable("GOENV");
        let named = printable::path(Path::new(&named));
        return Some(finding(place, &format!("GOENV={named} is relative: each directory has another one")));
    }
    let file = facts.env_file_path()?;
    let found = std::fs::metadata(&file).ok()?;
    let is_null = found.file_type().is_char_device();
    let why = if found.is_dir() {
        "it is a directory"
    } else if !found.is_file() && !is_null {
        "it is a FIFO or a device: each go waits for it"
    } else if rustix::fs::access(&file, rustix::fs::Access::READ_OK).is_err() {
        "this user may not read it, and go ignores it in silence"
    } else {
        return None;
    };
    Some(finding(FindingPlace::file(file), why))
}
