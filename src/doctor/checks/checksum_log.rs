//! The checksum database: whether it can be asked, and which modules it cannot know.

use super::network::{place, server_place};
use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::network::{HostAnswer, HostFault};
use crate::doctor::place::FindingPlace;
use crate::net::TrialFailure;
use crate::verify::{Database, SettingError};
use gvmr_core::sys::printable;

/// Variables that hold patterns of module paths.
const PATTERNS: [&str; 3] = ["GOPRIVATE", "GONOSUMDB", "GONOPROXY"];

/// The checksum database does not answer, and a module needs it; or GOSUMDB names none.
pub(in crate::doctor) fn unreachable(facts: &Examination<'_>) -> Looked {
    facts.network_is_wanted()?;
    let setting = facts.setting("GOSUMDB")?;
    let value = setting.value().filter(|_| !setting.is_told_as_quoted());
    if let Some(fault) = value.as_deref().and_then(database_fault) {
        return one(Some(
            Finding::error("sumdb.unreachable", place(facts, "GOSUMDB"))
                .what(format!("GOSUMDB names no checksum database: {fault}"))
                .why("go fails on each module that go.sum lacks: `verifying module: invalid GOSUMDB`")
                .by_hand("unset it for sum.golang.org, or write NAME+KEY, with the address behind a blank where it has another"),
        ));
    }
    let network = facts.network()?;
    let Some(log) = &network.log else { return NOTHING };
    let Some(module) = network.modules.iter().find(|module| network.asks_log(module)) else { return NOTHING };
    let Some(what) = fails(log) else { return NOTHING };
    one(Some(
        Finding::error("sumdb.unreachable", place(facts, "GOSUMDB"))
            .and(server_place(log))
            .and(FindingPlace::line(&module.file, Some(module.line)))
            .what(format!("the checksum database {} {what}", log.host()))
            .why(format!(
                "no proxy of GOPROXY offers it, and go.sum lacks {}: `verifying module: … i/o timeout`",
                printable::word(&module.path)
            ))
            .by_hand("use a proxy that serves it too, or GOSUMDB=sum.golang.google.cn, the same log under another name"),
    ))
}

/// What go refuses in a value of GOSUMDB.
fn database_fault(value: &str) -> Option<&'static str> {
    match Database::from_setting(value).err()? {
        SettingError::Disabled | SettingError::Missing => None,
        SettingError::Fields(_) => Some("it has too many fields"),
        SettingError::Url => Some("its address is none of https, http and file"),
        SettingError::Key { .. } | SettingError::Name(_) => Some("its key is malformed"),
    }
}

fn fails(log: &HostAnswer) -> Option<String> {
    Some(match &log.outcome {
        Ok(None | Some(200..400)) | Err(HostFault::Setting) => return None,
        Ok(Some(status)) => format!("answers HTTP {status}"),
        Err(HostFault::Name) => "has no address here".to_owned(),
        Err(HostFault::NoRoute(_) | HostFault::Gateway(_)) => "is behind no route".to_owned(),
        Err(HostFault::NoModules(_)) => "answers with a web page".to_owned(),
        Err(HostFault::Trial(failure)) => match failure {
            TrialFailure::NothingInCommon(_) => return None,
            TrialFailure::Refused => "refuses the connection".to_owned(),
            TrialFailure::Unreachable(_) => "cannot be reached".to_owned(),
            TrialFailure::Silent(_) => "does not answer in time".to_owned(),
            TrialFailure::Reset(_) => "closes the connection".to_owned(),
            TrialFailure::Tunnel(status) => format!("is refused by the proxy (HTTP {status})"),
            TrialFailure::Certificate { reason, .. } => {
                format!("has a certificate that does not hold: {reason}")
            }
            TrialFailure::Unexpected(_, reason) => format!("does not answer as it should: {reason}"),
        },
    })
}

/// Modules of this network alone whose names go to the public database, and patterns that match nothing.
pub(in crate::doctor) fn not_covered(facts: &Examination<'_>) -> Looked {
    facts.network_is_wanted()?;
    let mut findings = Vec::new();
    for name in PATTERNS {
        let setting = facts.setting(name)?;
        let Some(value) = setting.written().filter(|_| !setting.is_told_as_quoted()) else { continue };
        if let Some((what, by_hand)) = pattern_fault(&value) {
            findings.push(
                Finding::error("private.not-covered", place(facts, name))
                    .what(format!("a pattern of {name} {what}"))
                    .why("it matches nothing, so those modules go to the public proxy and the checksum database")
                    .by_hand(by_hand),
            );
        }
    }
    let network = match facts.network() {
        Ok(network) => network,
        Err(_) if !findings.is_empty() => return Ok(findings),
        Err(skipped) => return Err(skipped),
    };
    if network.log_name.is_none() || !findings.is_empty() {
        return Ok(findings);
    }
    let is_meant =
        |module: &&crate::doctor::network::ModuleNeed| module.needs_log() && network.is_private(module);
    let Some(module) = network.modules.iter().find(is_meant) else { return Ok(findings) };
    let variable =
        PATTERNS[..2].iter().rev().find(|name| facts.setting(name).is_ok_and(|one| one.written().is_some()));
    let pattern = printable::word(module.path.split('/').take(2).collect::<Vec<_>>().join("/").as_str());
    let path = printable::word(&module.path);
    findings.push(
        Finding::error("private.not-covered", place(facts, variable.copied().unwrap_or("GOPRIVATE")))
            .and(FindingPlace::line(&module.file, Some(module.line)))
            .what(format!("{path} is of this network alone, and no pattern of GOPRIVATE covers it"))
            .why(format!(
                "go asks the public checksum database about it, which cannot know it: `verifying {path}: … 404 Not Found`"
            ))
            .by_hand(format!("if it is private, add {pattern} to GOPRIVATE"))
            .command(format!("go env -w GOPRIVATE={pattern}")),
    );
    Ok(findings)
}

/// Why a pattern matches nothing, and what to do.
fn pattern_fault(list: &str) -> Option<(&'static str, &'static str)> {
    list.split(',').filter(|pattern| !pattern.is_empty()).find_map(|pattern| {
        Some(if pattern.contains("://") {
            ("is a URL", "write the module's path without the scheme")
        } else if pattern.contains(';') {
            ("has a `;`", "separate patterns by commas")
        } else if pattern.starts_with('.') {
            ("begins with a dot", "write `*.` in front of the domain")
        } else if pattern.contains(char::is_whitespace) {
            ("has a blank", "delete the blank, and separate patterns by commas")
        } else if is_malformed(pattern) {
            (
                "is malformed: a `[` that nothing closes, or a `\\` at its end",
                "write the module's path, with `*` for a part of it",
            )
        } else {
            return None;
        })
    })
}

/// Whether Go's `path.Match` finds a pattern malformed, which then matches nothing: a class that is empty or that nothing closes,
/// an escape of nothing.
fn is_malformed(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        let behind = match letter {
            '[' => behind_class(rest),
            '\\' => behind_letter(rest),
            _ => Some(rest),
        };
        match behind {
            Some(behind) => rest = behind,
            None => return true,
        }
    }
    false
}

/// What follows the class whose bracket stands before this.
fn behind_class(class: &str) -> Option<&str> {
    let in_class = |rest: &'_ str| !rest.is_empty() && !rest.starts_with(['-', ']']);
    let mut rest = class.strip_prefix('^').unwrap_or(class);
    let mut is_empty = true;
    loop {
        match rest.strip_prefix(']') {
            Some(behind) if !is_empty => return Some(behind),
            _ => rest = bound(rest).filter(|_| in_class(rest))?,
        }
        if let Some(end) = rest.strip_prefix('-') {
            rest = bound(end).filter(|_| in_class(end))?;
        }
        is_empty = false;
    }
}

/// What follows a letter of a class, escaped or not; something must.
fn bound(rest: &str) -> Option<&str> {
    behind_letter(rest.strip_prefix('\\').unwrap_or(rest)).filter(|behind| !behind.is_empty())
}

fn behind_letter(rest: &str) -> Option<&str> {
    rest.chars().next().map(|letter| &rest[letter.len_utf8()..])
}

#[cfg(test)]
mod tests {
    use super::pattern_fault;

    #[test]
    fn patterns_that_match_nothing_are_told_from_those_that_do() {
        for fine in [
            "*.corp.example",
            "*corp.example",
            "corp.example/*",
            "a.example,b.example/x",
            "",
            "a.example,",
            "a[b-d]/x",
            "a\\[b",
        ] {
            assert_eq!(pattern_fault(fine), None, "{fine}");
        }
        for wrong in [
            "https://corp.example",
            ".corp.example",
            "a.example, b.example",
            "corp.example ",
            "a;b",
            "[",
            "a[b",
            "[]a",
            "a\\",
            "[-a]",
            "[a-]",
            "[a",
        ] {
            assert!(pattern_fault(wrong).is_some(), "{wrong}");
        }
    }
}
