//! Whether go finds the module that its user stands in.

use super::{Looked, NOTHING, one};
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use gvmr_core::gover::goenv;
use gvmr_core::select::main_module::{self, ModuleFile};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::path::Path;

/// The nearest go.mod, whatever the settings say of it.
fn module_above(directory: &Path) -> Option<std::path::PathBuf> {
    directory.ancestors().map(|above| above.join("go.mod")).find(|file| file.is_file())
}

/// GO111MODULE in the file that `go env -w` writes.
pub(in crate::doctor) fn switched_off(facts: &Examination<'_>) -> Looked {
    if let Some(value) = Process.get("GO111MODULE") {
        return exported_off(facts, &value);
    }
    let Some(written) = goenv::written(&Process, "GO111MODULE") else { return NOTHING };
    if matches!(written.value.to_str(), Some("on" | "auto")) {
        return NOTHING;
    }
    if written.value != "off" {
        let finding = unknown(FindingPlace::line(&written.file, Some(written.line)), &written.value);
        return one(Some(finding.mended_if(facts.without_env_line(written.line), "deletes that line")));
    }
    let Some(module) = module_above(facts.directory()?) else { return NOTHING };
    let value = printable::word(&written.value.to_string_lossy());
    let text = format!("GO111MODULE={value}");
    let mend = facts.without_env_line(written.line);
    let place = FindingPlace::written(written.file, written.line, text);
    one(Some(
        Finding::error("modules.switched-off", place)
            .and(FindingPlace::file(module))
            .what(format!("`go env -w` set GO111MODULE={value}, and this is a module"))
            .why("go looks for packages in GOPATH/src alone, and go.mod does not count")
            .by_hand("delete that line")
            .command("go env -u GO111MODULE")
            .mended_if(mend, "deletes that line"),
    ))
}

/// A value that no go knows.
fn unknown(place: FindingPlace, value: &OsStr) -> Finding {
    Finding::error("modules.switched-off", place)
        .what(format!("GO111MODULE is {}, which go does not know", printable::word(&value.to_string_lossy())))
        .why("commands end with `unknown environment setting GO111MODULE`; it is on, auto or off")
        .by_hand("leave it unset")
        .command("unset GO111MODULE")
}

/// GO111MODULE in a start-up file. For this process alone it is meant.
fn exported_off(facts: &Examination<'_>, value: &OsStr) -> Looked {
    if matches!(value.to_str(), Some("on" | "auto" | "")) {
        return NOTHING;
    }
    if value != "off" {
        return one(Some(unknown(FindingPlace::variable("GO111MODULE"), value)));
    }
    let Some(module) = module_above(facts.directory()?) else { return NOTHING };
    let Some(line) = exports::of_process(facts, "GO111MODULE") else { return NOTHING };
    let value = printable::word(&value.to_string_lossy());
    let place = FindingPlace::line(&line.place.file, Some(line.place.line));
    let mut finding = Finding::error("modules.switched-off", place)
        .and(FindingPlace::file(module))
        .what(format!("a start-up file exports GO111MODULE={value}, and this is a module"))
        .why("go looks for packages in GOPATH/src alone, and go.mod does not count")
        .by_hand("delete that line")
        .command("unset GO111MODULE");
    exports::offer(facts, &mut finding, &line, "GO111MODULE");
    one(Some(finding))
}

/// A go.work that does not use the module of this directory.
fn outside_of_workspace(facts: &Examination<'_>, file: &Path) -> Result<Option<Finding>, String> {
    let directory = facts.directory()?;
    let module = module_above(directory).filter(|_| file.file_name() == Some(OsStr::new("go.work")));
    let Some(module) = module.filter(|_| facts.goroot().is_some()) else { return Ok(None) };
    let listed = facts.package_list()?;
    let is_outside = ["not one of the workspace modules", "outside modules listed in go.work"]
        .iter()
        .any(|words| listed.packages.contains(words) || listed.complaints.contains(words));
    Ok(is_outside.then(|| {
        Finding::at("modules.stray-root", Severity::Warning, FindingPlace::file(file))
            .and(FindingPlace::file(module))
            .what("a go.work rules this directory and does not use its module")
            .why("go build ends with `current directory is contained in a module that is not one of the workspace modules`")
            .by_hand("add the module to it, or set GOWORK=off for this directory")
            .command("go work use .")
    }))
}

/// A go.mod or go.work that rules from where nobody expects it, or that is named and missing.
pub(in crate::doctor) fn stray_root(facts: &Examination<'_>) -> Looked {
    let directory = facts.directory()?;
    let warning = |place| Finding::at("modules.stray-root", Severity::Warning, place);
    if let Some(named) = goenv::setting(&Process, "GOWORK").filter(|named| named != "off" && named != "auto")
    {
        let file = Path::new(&named);
        if file.is_absolute() && !file.exists() {
            let place = match goenv::written(&Process, "GOWORK").filter(|_| Process.get("GOWORK").is_none()) {
                Some(written) => FindingPlace::line(written.file, Some(written.line)),
                None => FindingPlace::variable("GOWORK"),
            };
            return one(Some(
                warning(place)
                    .what("GOWORK names a file that is not there")
                    .why(format!("{}: go commands in a module end with an error", printable::path(file)))
                    .by_hand("correct it, or unset it: go finds go.work by itself"),
            ));
        }
    }
    let module = main_module::find(directory, &Process, facts.home).map_err(|problem| problem.to_string())?;
    let Some(module) = module else { return NOTHING };
    if let Some(outside) = outside_of_workspace(facts, &module.file)? {
        return one(Some(outside));
    }
    let root = module.file.parent().unwrap_or(Path::new("/"));
    let is_far = root != directory && (root.parent().is_none() || facts.user_home().as_deref() == Some(root));
    let is_workspace = module.kind == ModuleFile::Workspace;
    // A module below it that it does not use is told above.
    let is_used = is_workspace && module_above(directory).is_some_and(|file| file.parent() != Some(root));
    let is_stray = is_far && !is_used;
    let name = module.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    one(is_stray.then(|| {
        warning(FindingPlace::file(&module.file))
            .what(format!("a {name} far above rules this directory"))
            .why("go takes everything below it for parts of that module: `go build` names packages that are not yours")
            .by_hand(if is_workspace {
                "set GOWORK=off for this directory, or remove that go.work if it was left by mistake"
            } else {
                "run `go mod init` here, or remove that go.mod if it was left by mistake"
            })
    }))
}
