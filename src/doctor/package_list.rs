//! What the go that runs here says of the package in the current directory, by `go list`.
//!
//! Takes its directory and environment; starts it once. It asks no source and writes nothing.

use crate::explain::table::VariableTable;
use crate::go_env;
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::Process;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Each package that is not of the standard library, with its directory, and go's words about it.
const FORMAT: &str = "{{if not .Standard}}{{.ImportPath}}\t{{.Dir}}\n{{end}}{{with .Error}}{{.Err}}\n{{end}}";

/// Its answer.
pub(super) struct PackageList {
    /// Lines with import path, tab and directory, and what is wrong with a package. Outside of modules with all imports.
    pub(super) packages: String,
    /// What go complains of, instead of an answer or beside it.
    pub(super) complaints: String,
}

impl PackageList {
    /// Asks it, with these GOFLAGS where some are given.
    pub(super) fn ask(goroot: &Path, table: &VariableTable, flags: Option<&OsStr>) -> Result<Self, String> {
        let flags = flags.and_then(|flags| CString::new([b"GOFLAGS=", flags.as_bytes()].concat()).ok());
        // The first one of a name counts.
        let environment: Vec<&CStr> = flags.iter().chain(&table.environment).map(CString::as_c_str).collect();
        let has_imports = goenv::setting(&Process, "GO111MODULE")
            .is_some_and(|mode| matches!(mode.to_str(), Some("off" | "auto")));
        let mut arguments = vec!["-e", "-f", FORMAT];
        arguments.extend(has_imports.then_some("-deps"));
        arguments.push(".");
        let listed = go_env::list(&goroot.join("bin/go"), &environment, &table.directory, &arguments);
        let (packages, complaints) = listed.map_err(|error| format!("go list {error}"))?;
        Ok(Self { packages, complaints })
    }

    /// Each package with its directory.
    pub(super) fn directories(&self) -> impl Iterator<Item = (&str, &str)> {
        self.packages.lines().filter_map(|line| line.split_once('\t'))
    }
}
