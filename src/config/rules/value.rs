//! The value of one variable: replaced and checked for what its kind demands.

use super::expand::{self, Places};
use super::goflags;
use super::risk;
use super::url;
use crate::verify::{Database, SettingError};
use gvmr_core::env::variable::{Variable, VariableKind};
use std::ffi::OsString;

/// The most bytes of a value; the kernel takes no more than 128 KiB for a variable.
const MAX_LENGTH: usize = 64 * 1024;

/// What `written` means for `variable`, or what is wrong with it. Only a value that overrides may be empty.
pub(super) fn checked(
    variable: &Variable,
    written: &str,
    overrides: bool,
    places: Places<'_>,
) -> Result<OsString, String> {
    if written.is_empty() {
        let sets_nothing =
            "an empty value sets nothing; delete the line, or move it to env.override to remove the variable";
        return if overrides { Ok(OsString::new()) } else { Err(sets_nothing.to_owned()) };
    }
    if written.chars().any(char::is_control) {
        return Err("a value must be one line without control characters".to_owned());
    }
    let value = match variable.kind {
        VariableKind::Directory => expand::path(written, places)?,
        VariableKind::DirectoryList => expand::list(written, places)?,
        VariableKind::Switch | VariableKind::Proxy | VariableKind::Text => expand::text(written, places)?,
    };
    if value.len() > MAX_LENGTH {
        return Err("the value is longer than 64 KiB".to_owned());
    }
    let text =
        || value.to_str().ok_or("the value is not UTF-8 because HOME or the path of the project is not");
    match (variable.kind, variable.name) {
        (VariableKind::Switch, _) => switch(text()?)?,
        (VariableKind::Proxy, _) => url::http_proxy(text()?)?,
        (_, "GOPROXY") => url::goproxy(text()?)?,
        (_, "GOSUMDB") => gosumdb(text()?)?,
        (_, "GOFLAGS") => goflags::check(text()?, risk::is_known_flag)?,
        _ => {}
    }
    Ok(value)
}

fn switch(value: &str) -> Result<(), String> {
    if matches!(value, "0" | "1") { Ok(()) } else { Err("the value must be \"0\" or \"1\"".to_owned()) }
}

fn gosumdb(value: &str) -> Result<(), String> {
    match Database::from_setting(value) {
        // Go takes a few names that gvmr does not; what the name of a database may be is not for a rule to say.
        Ok(_) | Err(SettingError::Disabled | SettingError::Name(_)) => Ok(()),
        Err(_) => {
            Err("not a checksum database; write off, sum.golang.org, sum.golang.google.cn or NAME+HASH+KEY, \
             optionally followed by a URL"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gvmr_core::env::variable;
    use std::path::Path;

    fn check(name: &str, written: &str, overrides: bool) -> Result<OsString, String> {
        let places = Places { home: Some(Path::new("/h")), project: None };
        checked(variable::find(name.as_bytes()).unwrap(), written, overrides, places)
    }

    #[test]
    fn each_kind_has_its_grammar() {
        let key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        for (name, right) in [
            ("GOPATH", "~/a:/b"),
            ("GOBIN", "~/bin"),
            ("CGO_ENABLED", "0"),
            ("HTTPS_PROXY", "proxy:3128"),
            ("NO_PROXY", "*.corp.example,10.0.0.0/8"),
            ("GOPROXY", "file://${HOME}/mirror,off"),
            ("GOSUMDB", "off"),
            ("GOSUMDB", "sum.golang.google.cn"),
            ("GOSUMDB", &format!("{key} https://mirror.example/sumdb")),
            ("GOFLAGS", "-modcacherw '-ldflags=-X a=b'"),
            ("GOFLAGS", "'-ldflags=-s -w' -trimpath"),
            ("GOTMPDIR", "~/tmp"),
            ("GODEBUG", "http2client=0,gctrace=1"),
            ("GOARM64", "v8.0,lse"),
            ("CC", "gcc -m32"),
        ] {
            assert!(check(name, right, false).is_ok(), "{name}={right}");
        }
        for (name, wrong) in [
            ("GOPATH", "go"),
            ("GOBIN", "bin"),
            ("GOMODCACHE", "mod"),
            ("GOCACHE", "off"),
            ("CGO_ENABLED", "2"),
            ("CGO_ENABLED", "true"),
            ("HTTP_PROXY", "proxy"),
            ("GOPROXY", "proxy"),
            ("GOSUMDB", "on"),
            ("GOSUMDB", "sum.golang.org https://a https://b"),
            ("GOFLAGS", "-ldflags=-s -w"),
            ("GOFLAGS", "-tags a"),
            ("GOFLAGS", "'-ldflags=-s"),
            ("GOTMPDIR", "tmp"),
            ("GOFLAGS", "-v\n-x"),
            ("GOFLAGS", "-v\t-x"),
            ("GOFLAGS", "-v\0"),
            ("GOFLAGS", "\u{9b}2J"),
            ("GOFLAGS", ""),
        ] {
            for overrides in [false, true].into_iter().filter(|overrides| !overrides || !wrong.is_empty()) {
                assert!(check(name, wrong, overrides).is_err(), "{name}={wrong:?}");
            }
        }
    }

    #[test]
    fn only_what_overrides_may_be_empty_and_nothing_is_endless() {
        for variable in &variable::VARIABLES {
            assert_eq!(check(variable.name, "", true).unwrap(), "");
            assert!(check(variable.name, "", false).unwrap_err().contains("sets nothing"));
        }
        assert!(check("GOPRIVATE", &"x".repeat(MAX_LENGTH), false).is_ok());
        assert!(check("GOPRIVATE", &"${HOME}".repeat(MAX_LENGTH), false).unwrap_err().contains("64 KiB"));
    }
}
