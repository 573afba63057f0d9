//! Whether the version of a project file is the one that runs.
//!
//! Takes the file's rules and a directory, gives one line where another pin decides there. Changes nothing.

use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::gvmr_toml;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::resolve::{self, Query};
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::fs;
use std::path::Path;

/// What decides instead of the `go` line of `record` where the user stands, or else beside the file.
pub fn another_pin(record: &CompiledRules, here: &Path, home: &Home) -> Option<String> {
    let (pin, project) = (record.pin.as_ref()?, record.source.parent()?);
    let below = fs::canonicalize(here).is_ok_and(|here| here.starts_with(project));
    let directory = if below { here } else { project };
    let found = gvmr_toml::find(directory, UserDirs::of(home, &Process).as_ref());
    let shim = home.shims().join("go");
    let question =
        Query { home, directory, plus: None, environment: &Process, shim: Some(&shim), pin: found.pin() };
    // Where nothing can be chosen, the next go says why.
    let answer = resolve::resolve(&question).ok()?;
    (answer.reason.file.as_ref() != Some(&record.source)).then(|| {
        let (written, directory) = (printable::word(&pin.written), printable::path(directory));
        format!("go = \"{written}\" does not select the version in {directory}: {}", answer.reason)
    })
}
