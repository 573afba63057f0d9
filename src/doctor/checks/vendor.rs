//! A vendor directory that is not what go.mod asks for. The rule is Go's own: it is asked.

use super::{Looked, NOTHING};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use gvmr_core::select::main_module;
use gvmr_core::sys::bounded::{self, MODULE_LIMIT};
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::fs;
use std::path::Path;

/// What begins go's list of differences.
pub(super) const MARK: &str = "inconsistent vendoring in ";
/// So many modules are named.
const MAX_FINDINGS: usize = 10;

/// Each requirement on which go.mod and vendor/modules.txt differ.
pub(in crate::doctor) fn inconsistent(facts: &Examination<'_>) -> Looked {
    if facts.goroot().is_none() {
        return NOTHING;
    }
    let module = main_module::find(facts.directory()?, &Process, facts.home);
    let Some(module) = module.map_err(|problem| problem.to_string())? else { return NOTHING };
    let root = module.file.parent().unwrap_or(Path::new("/"));
    let list = root.join("vendor/modules.txt");
    if !is_vendored(root) {
        return NOTHING;
    }
    let Some((_, differences)) = facts.package_list()?.complaints.split_once(MARK) else { return NOTHING };
    let differences = differences.lines().skip(1).map_while(|line| line.strip_prefix('\t'));
    // One module may be there in two versions, which is one cause.
    let mut modules: Vec<(&str, &str, &str)> = Vec::new();
    for (required, words) in differences.filter_map(|line| line.split_once(": ")) {
        let (path, version) = required.split_once('@').unwrap_or((required, ""));
        if modules.iter().all(|(known, ..)| *known != path) {
            modules.push((path, version, words));
        }
    }
    let more = match modules.len().saturating_sub(MAX_FINDINGS) {
        0 => String::new(),
        1 => "; 1 more module differs".to_owned(),
        more => format!("; {more} more modules differ"),
    };
    let findings = modules.into_iter().take(MAX_FINDINGS).map(|(path, version, words)| {
        let in_module = line_of(&module.file, |line| {
            let mut words = line.split_ascii_whitespace().filter(|word| *word != "require");
            words.next() == Some(path)
        });
        let in_list = line_of(&list, |line| {
            let mut words = line.split_ascii_whitespace();
            words.next() == Some("#") && words.next() == Some(path)
        });
        Finding::error("vendor.inconsistent", FindingPlace::line(&list, in_list))
            .and(FindingPlace::line(&module.file, in_module))
            .what(format!(
                "vendor/ is not what go.mod asks for: {} {}",
                printable::word(path),
                printable::word(version)
            ))
            .why(format!("go ends with `inconsistent vendoring`: {}{more}", printable::text(words.trim())))
            .by_hand("write the directory again, or pass -mod=mod to do without it")
            .command("go mod vendor")
    });
    Ok(findings.collect())
}

/// Whether a module has a vendor directory. Another language's directory of that name has neither list nor Go files.
pub(super) fn is_vendored(root: &Path) -> bool {
    let vendor = root.join("vendor");
    vendor.is_dir() && (vendor.join("modules.txt").is_file() || has_packages(&vendor))
}

/// Whether there are Go files some levels down.
fn has_packages(directory: &Path) -> bool {
    let mut level = vec![directory.to_owned()];
    for _ in 0..5 {
        let mut next = Vec::new();
        for entry in level.iter().flat_map(fs::read_dir).flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "go") {
                return true;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                next.push(path);
            }
        }
        level = next;
    }
    false
}

/// The number of the first such line, counted from 1.
fn line_of(file: &Path, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    let bytes = bounded::read(file, MODULE_LIMIT).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().position(is_it).map(|index| index + 1)
}
