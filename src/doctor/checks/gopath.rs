//! A GOPATH that go refuses, or that is something else already.

use super::{Looked, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use gvmr_core::env::gopath::{self, GopathFault};
use std::ffi::OsString;

/// The fault of the GOPATH in force, and where that is written.
fn fault(facts: &Examination<'_>) -> Result<Option<(GopathFault, FindingPlace)>, String> {
    let setting = facts.setting("GOPATH")?;
    let goroot = facts.goroot();
    if let Some(value) = setting.written() {
        let fault = gopath::fault(&OsString::from(value), facts.home, goroot);
        return Ok(fault.zip(setting.place()));
    }
    let Some(default) = facts.user_home().map(|home| home.join("go")) else { return Ok(None) };
    let fault = gopath::fault_of_default(&default, facts.home, goroot);
    Ok(fault.map(|fault| (fault, FindingPlace::file(default))))
}

/// Where the file of `go env -w` has it, that line goes. The directory stays as it is.
fn mend(facts: &Examination<'_>) -> Option<Mend> {
    let line = facts.setting("GOPATH").ok()?.env_line()?;
    facts.without_env_line(line)
}

/// A module's root.
pub(in crate::doctor) fn is_module_root(facts: &Examination<'_>) -> Looked {
    let found = fault(facts)?.filter(|(fault, _)| matches!(fault, GopathFault::ModuleRoot(_)));
    one(found.map(|(fault, place)| {
        Finding::error("gopath.is-module-root", place)
            .and(FindingPlace::file(fault.element().join("go.mod")))
            .what("GOPATH is a module's root")
            .why(
                "up to Go 1.21 every command there ends with `$GOPATH/go.mod exists but should not`; later ones warn, \
                 and go mod tidy fails",
            )
            .by_hand("set GOPATH to another directory, or leave it unset: Go's default is ~/go")
            .mended_if(mend(facts), "deletes that line; Go's default is ~/go")
    }))
}

/// Everything else.
pub(in crate::doctor) fn unusable(facts: &Examination<'_>) -> Looked {
    let found = fault(facts)?.filter(|(fault, _)| !matches!(fault, GopathFault::ModuleRoot(_)));
    one(found.map(|(fault, place)| {
        let is_misplaced = matches!(fault, GopathFault::Goroot(_) | GopathFault::Home(_));
        let severity = if is_misplaced { Severity::Warning } else { Severity::Error };
        Finding::at("gopath.unusable", severity, place)
            .what("GOPATH cannot be used")
            .why(fault.to_string())
            .by_hand("set it to a directory of yours, or leave it unset: Go's default is ~/go")
            .mended_if(mend(facts), "deletes that line; Go's default is ~/go")
    }))
}
