//! Reports of a check: other people's parsers read them, whatever stands in the document.

mod annotations;
mod chat;
mod hostile;
mod json;
mod junit;
mod markdown;
mod metrics;
mod screen;

use crate::support::skip;
use gvmr::check::RunDocument;
use gvmr::report::{ReportFormat, report};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SAMPLE: &str = include_str!("../../src/report/sample.json");

/// A run in which probes end in every state.
fn sample() -> RunDocument {
    serde_json::from_str(SAMPLE).unwrap()
}

/// A directory with one file for each text, named by its number.
fn written(texts: impl IntoIterator<Item = String>) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (number, text) in texts.into_iter().enumerate() {
        std::fs::write(directory.path().join(format!("{number:05}")), text).unwrap();
    }
    directory
}

/// The reports of these documents, in one directory.
fn reports(format: ReportFormat, documents: &[RunDocument]) -> TempDir {
    written(documents.iter().map(|document| report(format, document)))
}

/// What a program prints, as JSON values; nothing where it is missing.
fn values(program: &str, command: &mut Command) -> Option<Vec<Value>> {
    let Ok(output) = command.output() else {
        skip(&format!("needs {program}"));
        return None;
    };
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::Deserializer::from_slice(&output.stdout).into_iter().map(Result::unwrap).collect())
}

/// What `jq` makes of each file.
fn jq(filter: &str, directory: &Path) -> Option<Vec<Value>> {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    values("jq", Command::new("jq").args(["-c", filter]).args(files))
}

/// What a script that imports `modules` prints of the files in a directory. It has the list `files`.
fn python(modules: &str, script: &str, directory: &Path) -> Option<Vec<Value>> {
    let has_modules = |python: &&str| {
        let import = format!("import {modules}");
        Command::new(python).args(["-c", &import]).output().is_ok_and(|output| output.status.success())
    };
    // Debian's packages are for its own one.
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_modules) else {
        skip(&format!("needs python3 with {modules}"));
        return None;
    };
    let script = format!(
        "import json, os, sys, {modules}\n\
         files = sorted(os.path.join(sys.argv[1], name) for name in os.listdir(sys.argv[1]))\n{script}"
    );
    values(python, Command::new(python).args(["-c", &script]).arg(directory).env("PYTHONUTF8", "1"))
}
