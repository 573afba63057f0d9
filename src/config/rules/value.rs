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
mod tests;
