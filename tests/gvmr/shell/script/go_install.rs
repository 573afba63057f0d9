//! The directory of `go install`, with Go itself as the oracle.

use crate::support::skip;
use gvmr::shell::ScriptEntry;
use gvmr_core::gover::goenv;
use gvmr_core::home::paths::Home;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn go_installs_where_the_rule_says() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path().to_str().unwrap();
    std::fs::create_dir_all(directory.path().join(".config/go")).unwrap();
    let module = directory.path().join("module");
    std::fs::create_dir(&module).unwrap();
    std::fs::write(module.join("go.mod"), "module example.test/m\n\ngo 1.21\n").unwrap();
    std::fs::write(module.join("main.go"), "package main\n\nfunc main() {}\n").unwrap();
    let settings = ["", "GOBIN=/of/the/file\n"];
    let table: [&[(&str, &str)]; 6] = [
        &[],
        &[("GOBIN", "/of/the/process")],
        &[("GOBIN", "/of/the/process/"), ("GOPATH", "/path")],
        &[("GOPATH", "/path")],
        &[("GOPATH", "/path/:/second")],
        &[("GOPATH", "")],
    ];
    for settings in settings {
        std::fs::write(directory.path().join(".config/go/env"), settings).unwrap();
        for variables in table {
            let environment: Vec<(&str, &str)> = variables.iter().copied().chain([("HOME", home)]).collect();
            let file: Vec<(&str, &str)> = vec![("HOME", home)];
            let go_bin = goenv::setting(&file, "GOBIN").map(PathBuf::from);
            let at = Home::at("/opt/gvmr");
            let entry = ScriptEntry {
                home: &at,
                user_home: None,
                go_bin: go_bin.as_deref(),
                export_home: false,
                shared: false,
            };
            let ours = entry.go_bin_in(&environment).unwrap().unwrap();
            let Some(theirs) = target(&module, &environment) else { return };
            assert_eq!(Some(ours.as_path()), theirs.parent(), "{settings:?} {variables:?}");
        }
    }
}

/// Where `go install` would put the module's program.
fn target(module: &Path, environment: &[(&str, &str)]) -> Option<PathBuf> {
    let mut command = Command::new("go");
    command
        .args(["list", "-f", "{{.Target}}"])
        .current_dir(module)
        .env_clear()
        .envs(environment.iter().copied());
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "-mod=mod");
    let Ok(output) = command.output() else {
        skip("go is not on PATH");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()))
}
