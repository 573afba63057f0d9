//! The programs in the shim directory.

use super::{Looked, NOTHING};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::store::{Programs, shim_names};
use gvmr_core::exec::child_environment::DEPTH;
use gvmr_core::home::shared_home;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A name that is missing, cannot be run, or is another program.
pub(in crate::doctor) fn broken(facts: &Examination<'_>) -> Looked {
    let toolchains = facts.toolchains()?;
    let shims = facts.home.shims();
    if toolchains.is_empty() || !facts.home.root().exists() {
        return NOTHING;
    }
    let own = Programs::beside_this_one().ok().and_then(|programs| fs::read(&programs.shim).ok());
    let command = if shared_home::is_anothers(facts.home) {
        format!("{} setup --system", shared_home::program(facts.home))
    } else {
        "gvmr setup".to_owned()
    };
    let finding = |name: &str, severity, what: String, why: &str| {
        Finding::at("gvmr.shim-broken", severity, FindingPlace::file(shims.join(name)))
            .what(what)
            .why(why)
            .by_hand("write the shims again")
            .command(&command)
            .mended_if((!facts.settings.reads_only).then_some(Mend::Shims), "writes the shims again")
    };
    // One cause is one finding, however many names it takes.
    if fs::symlink_metadata(&shims).is_err() {
        let what = "the shim directory is missing".to_owned();
        let finding = finding("", Severity::Error, what, "the shell finds another go and gofmt, or none");
        return Ok(vec![Finding { places: vec![FindingPlace::file(&shims)], ..finding }]);
    }
    let mut findings = Vec::new();
    let mut is_older = false;
    for name in &shim_names(toolchains) {
        let path = shims.join(name);
        let Ok(found) = fs::metadata(&path) else {
            findings.push(finding(
                name,
                Severity::Error,
                format!("the shim {name} is missing"),
                "the shell finds another program of that name, or none",
            ));
            continue;
        };
        if !found.is_file() || found.permissions().mode() & 0o111 == 0 {
            findings.push(finding(
                name,
                Severity::Error,
                format!("the shim {name} cannot be run"),
                "the shell passes over it, or says `Permission denied`",
            ));
        } else if let Some(there) =
            own.as_ref().and_then(|own| fs::read(&path).ok().filter(|there| there != own))
        {
            if is_a_shim(&there) {
                is_older = true;
            } else {
                findings.push(finding(
                    name,
                    Severity::Error,
                    format!("the shim {name} is another program"),
                    "it does not choose a version as gvmr does",
                ));
            }
        }
    }
    if is_older {
        findings.push(finding(
            "go",
            Severity::Warning,
            "the shims are another build's than this gvmr".to_owned(),
            "an upgrade has not reached them: what is new in this gvmr does not count for go",
        ));
    }
    if fs::symlink_metadata(shims.join("gvmr")).is_ok_and(|found| found.is_symlink())
        && !shims.join("gvmr").exists()
    {
        findings.push(finding(
            "gvmr",
            Severity::Error,
            "the link to gvmr leads nowhere".to_owned(),
            "shims cannot install, or print what there is to tell",
        ));
    }
    Ok(findings)
}

/// Whether it is some build of the shim: each has the name of the variable that it counts in.
fn is_a_shim(program: &[u8]) -> bool {
    let name = DEPTH.as_bytes();
    program.windows(name.len()).any(|window| window == name)
}
