//! Lines that give a variable an address with a password, and which of those logins sessions export.
//!
//! Takes files; shows addresses without their login.

use super::secrets::has_password;
use crate::doctor::facts::Examination;
use crate::doctor::lines::SourceLine;
use crate::doctor::logins::{self, WrittenLogin};
use crate::doctor::sessions::KINDS;
use crate::doctor::shell_commands::commands;
use crate::net::without_credentials_in_text;
use gvmr_core::sys::printable;
use std::path::Path;

/// Variables whose values are addresses that Go or gvmr asks, or the proxies on the way to them.
pub(super) const USED: [&str; 8] = [
    "GOPROXY",
    "GOSUMDB",
    "GVMR_MIRROR",
    "GVMR_INDEX",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
];
/// Those that only other programs read.
pub(super) const UNUSED: [&str; 4] = ["ALL_PROXY", "all_proxy", "FTP_PROXY", "ftp_proxy"];

/// A line with a password.
pub(super) struct SecretLine {
    pub(super) line: SourceLine,
    /// The variable that it is for.
    pub(super) variable: String,
    /// The address without its login.
    pub(super) shown: String,
}

impl SecretLine {
    /// Those of a file.
    pub(super) fn all(file: &Path) -> Vec<Self> {
        let found = SourceLine::all(file).filter_map(|line| {
            let (variable, shown) = secret_in(&line.text())?;
            Some(Self { line, variable, shown })
        });
        found.collect()
    }

    /// The logins of the line, where they can be taken apart and each is one that Go uses.
    fn logins(&self) -> Option<Vec<WrittenLogin>> {
        let text = std::str::from_utf8(&self.line.bytes).ok()?;
        let is_used =
            USED.contains(&self.variable.as_str()) && UNUSED.iter().all(|name| !text.contains(name));
        Some(logins::cut(text).ok().filter(|_| is_used)?.0)
    }

    /// Whether the shell that reads the line gives the variable its value there.
    fn is_live(&self) -> bool {
        gives_value(&self.line.text(), &self.variable)
    }

    /// Whether the line gives no value, or other lines have another login for the same machine.
    pub(super) fn is_unused_among(&self, all: &[Self]) -> bool {
        let own = self.logins().unwrap_or_default();
        let rivals = |login: &WrittenLogin| {
            let others = all.iter().flat_map(|line| line.logins().unwrap_or_default());
            others.filter(|other| other.is_of_machine(login)).any(|other| other != *login)
        };
        !own.is_empty() && (!self.is_live() || own.iter().any(rivals))
    }

    /// Whether its logins may go to `gvmr auth`: they are what sessions export. Of different ones for one machine the
    /// sessions say which.
    pub(super) fn may_move(&self, all: &[Self], facts: &Examination<'_>) -> bool {
        let Some(own) = self.logins() else { return false };
        own.iter().all(|login| {
            let (mut is_live, mut rivals) = (false, Vec::new());
            for line in all {
                for other in line.logins().into_iter().flatten().filter(|other| other.is_of_machine(login)) {
                    is_live |= other == *login && line.is_live();
                    rivals.extend((other != *login).then_some(line.variable.as_str()));
                }
            }
            is_live && (rivals.is_empty() || is_exported(login, &self.variable, &rivals, facts))
        })
    }
}

/// Whether sessions export this login for its machine and no other one.
fn is_exported(login: &WrittenLogin, variable: &str, others: &[&str], facts: &Examination<'_>) -> bool {
    let Ok(session) = facts.login_shell() else { return false };
    let mut names: Vec<_> = others.iter().copied().chain([variable]).collect();
    names.sort_unstable();
    names.dedup();
    let values = names.iter().flat_map(|name| KINDS.map(|kind| (*name, session.trace(kind, name))));
    let exported: Vec<_> = values
        .filter_map(|(name, trace)| {
            let value = String::from_utf8(trace.steps.last()?.value.clone()).ok()?;
            Some(logins::cut(&format!("{name}={value}")).ok()?.0)
        })
        .flatten()
        .filter(|other| other.is_of_machine(login))
        .collect();
    !exported.is_empty() && exported.iter().all(|other| other == login)
}

/// Whether a line is no comment, alias or command with the variable for itself, but sets it.
fn gives_value(line: &str, variable: &str) -> bool {
    let is_given = |word: &String| {
        word.strip_prefix(variable).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let reserved = ["then", "do", "else", "{", "!"];
    commands(line).iter().any(|words| {
        let start = words.iter().take_while(|word| reserved.contains(&word.as_str())).count();
        let words = words.get(start..).unwrap_or_default();
        match words.first().map(String::as_str) {
            Some("export" | "declare" | "typeset" | "readonly" | "set" | "set-env") => {
                words.iter().any(is_given)
            }
            // `NAME DEFAULT=value`, as pam_env(8) reads it
            Some(first) if first == variable => words.get(1).is_some_and(|word| word.starts_with("DEFAULT=")),
            _ => words.iter().any(is_given) && words.iter().all(|word| word.contains('=')),
        }
    })
}

/// The variable that a line gives an address with a password, and the address without that; comments count too.
pub(super) fn secret_in(text: &str) -> Option<(String, String)> {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut rest = text;
    while let Some(start) = rest.find(is_of_name) {
        let word = rest.get(start..).unwrap_or_default();
        let (name, behind) = word.split_at(word.find(|one| !is_of_name(one)).unwrap_or(word.len()));
        rest = behind;
        if !holds_addresses(name) {
            continue;
        }
        let value = behind.trim_start_matches([' ', '=', '"', '\'', '\t']);
        let address = value.split(['"', '\'', ' ', '\t', ';']).next().unwrap_or_default();
        if has_password(address) {
            return Some((name.to_owned(), printable::text(&without_credentials_in_text(address))));
        }
        // Go takes a proxy without a scheme for one of http.
        let whole = format!("http://{address}");
        if is_proxys(name) && !address.contains("://") && has_password(&whole) {
            let shown = without_credentials_in_text(&whole);
            return Some((name.to_owned(), printable::text(shown.trim_start_matches("http://"))));
        }
    }
    None
}

/// Whether the values of such a variable are addresses that programs ask, or the proxies on the way to them.
fn holds_addresses(name: &str) -> bool {
    USED.contains(&name) || is_proxys(name)
}

/// Whether it is a proxy's: `https_proxy`, or one that scripts make others of, such as `PROXY_URL`.
pub(super) fn is_proxys(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("proxy") && !matches!(name.as_str(), "goproxy" | "no_proxy" | "gonoproxy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_by_its_variable_and_shown_without_it() {
        let found = |text: &str| secret_in(text);
        assert_eq!(
            found("export HTTPS_PROXY=\"http://joe:s3cret@proxy.corp.example:3128\" # x"),
            Some(("HTTPS_PROXY".to_owned(), "http://***@proxy.corp.example:3128".to_owned()))
        );
        for (text, variable, shown) in [
            (
                "# set -gx GOPROXY https://joe:s3cret@go.example,direct",
                "GOPROXY",
                "https://***@go.example,direct",
            ),
            ("export A=1 https_proxy=joe:s3cret@proxy:3128", "https_proxy", "***@proxy:3128"),
            ("PROXY_URL='http://joe:s3cret@proxy:3128'", "PROXY_URL", "http://***@proxy:3128"),
            ("NO_PROXY=a HTTP_PROXY=http://a:b@h", "HTTP_PROXY", "http://***@h"),
        ] {
            assert_eq!(found(text), Some((variable.to_owned(), shown.to_owned())), "{text}");
        }
        for text in [
            "export HTTPS_PROXY=http://proxy:3128",
            "https_proxy=proxy:3128",
            "URL=http://u:p@h",
            "GOPROXY=https://joe:$PASS@h",
            "NO_PROXY=u:p@h",
            "# https_proxy=USER:PASSWORD@host:3128",
            "export HTTPS_PROXY=http://user:password@proxy.example.com",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_gives_a_value_where_the_shell_runs_it_as_an_assignment() {
        for line in [
            "export A=1 HTTPS_PROXY=http://joe:s3cret@h; B=2",
            "HTTPS_PROXY=http://joe:s3cret@h; export HTTPS_PROXY",
            "set -gx HTTPS_PROXY http://joe:s3cret@h",
            "[ -d /corp ] && export HTTPS_PROXY=http://joe:s3cret@h",
            "if at_work; then export HTTPS_PROXY=\"http://joe:s3cret@h\"; fi",
            "HTTPS_PROXY DEFAULT=http://joe:s3cret@h",
        ] {
            assert!(gives_value(line, "HTTPS_PROXY"), "{line}");
        }
        for line in [
            "# export HTTPS_PROXY=http://joe:s3cret@h",
            "alias p='HTTPS_PROXY=http://joe:s3cret@h curl'",
            "HTTPS_PROXY=http://joe:s3cret@h curl https://x",
            "export MY_HTTPS_PROXY=http://joe:s3cret@h",
            "echo HTTPS_PROXY=http://joe:s3cret@h",
        ] {
            assert!(!gives_value(line, "HTTPS_PROXY"), "{line}");
        }
    }
}
