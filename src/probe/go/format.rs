//! Which Go files gofmt would change, or cannot read.
//!
//! Takes every Go file of the project's modules, those of other systems, of tests and of no package too; not `testdata` and
//! `vendor`, and not what go.mod ignores.

use super::diagnostics::Diagnostics;
use super::project::{GoProject, count};
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::probe::failed;
use gvmr_core::sys::printable;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// How many files gofmt is given at once.
const FILES_AT_ONCE: usize = 200;

/// `code.fmt`
pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let mut files = Vec::new();
    for module in project.modules()? {
        let ignored = Ignored::of(project, &module)?;
        add(&module, &ignored, &mut files)?;
    }
    if files.is_empty() {
        return Err(NotMeasured::NotApplicable("no Go files".to_owned()));
    }
    files.sort();
    let mut measurement = Measurement::default();
    let gofmt = gofmt(project)?;
    for files in files.chunks(FILES_AT_ONCE) {
        let files = files.iter().map(|file| file.display().to_string());
        let words: Vec<String> = [gofmt.clone(), "-l".to_owned()].into_iter().chain(files).collect();
        let answer = project.program(&[], &words)?;
        for file in answer.stdout.lines().filter(|line| !line.is_empty()) {
            let file = project.told(Path::new(file));
            measurement.findings.push(CheckFinding::said("fmt", file, (0, 0), "not formatted"));
        }
        // Of each file that it cannot read it says several things.
        let mut unread: Vec<&str> = Vec::new();
        for one in Diagnostics::of(&answer.stderr).placed {
            if !unread.contains(&one.file) {
                unread.push(one.file);
                measurement.findings.push(one.finding("fmt", project));
            }
        }
        if answer.code != 0 && unread.is_empty() {
            return Err(answer.failure("gofmt"));
        }
    }
    let found = measurement.findings.len();
    count(&mut measurement, "files", found);
    Ok(measurement)
}

/// The gofmt that `go fmt` runs.
fn gofmt(project: &GoProject<'_>) -> Result<String, NotMeasured> {
    let file = project.settings()?.goroot.join("bin/gofmt");
    if !file.is_file() {
        return Err(project.lacks(format!("{} does not exist", printable::path(&file))));
    }
    Ok(file.display().to_string())
}

/// What go.mod has go ignore, since Go 1.25.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Ignored {
    ignore: Option<Vec<IgnoredPath>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IgnoredPath {
    path: String,
}

impl Ignored {
    fn of(project: &GoProject<'_>, module: &Path) -> Result<Self, NotMeasured> {
        let go_mod = module.join("go.mod").display().to_string();
        let said = project.said_by_go(&["mod", "edit", "-json", &go_mod])?;
        serde_json::from_str(&said).map_err(|error| failed(format!("go mod edit: {error}")))
    }

    /// `./web` is one directory; `node_modules` is each with that path's end.
    fn has(&self, below: &Path) -> bool {
        self.ignore.iter().flatten().any(|IgnoredPath { path }| match path.strip_prefix("./") {
            Some(path) => below == Path::new(path.trim_end_matches('/')),
            None => below.ends_with(path.trim_end_matches('/')),
        })
    }
}

/// Adds the Go files of a module, as go looks for packages: without hidden directories and other modules.
fn add(module: &Path, ignored: &Ignored, files: &mut Vec<PathBuf>) -> Result<(), NotMeasured> {
    let mut directories = vec![module.to_owned()];
    while let Some(directory) = directories.pop() {
        let said = |error: std::io::Error| failed(format!("{}: {error}", printable::path(&directory)));
        for entry in fs::read_dir(&directory).map_err(said)? {
            let entry = entry.map_err(said)?;
            let (name, path, kind) = (entry.file_name(), entry.path(), entry.file_type().map_err(said)?);
            let name = name.to_string_lossy();
            if name.starts_with(['.', '_']) {
                continue;
            }
            if kind.is_dir() {
                let is_other = name == "testdata" || name == "vendor" || path.join("go.mod").is_file();
                if is_other || path.strip_prefix(module).is_ok_and(|below| ignored.has(below)) {
                    continue;
                }
                directories.push(path);
            } else if kind.is_file() && name.ends_with(".go") {
                files.push(path);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::go::workspace::write_new;

    #[test]
    fn other_systems_files_count_and_other_modules_do_not() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let file = directory.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            write_new(&file, b"").unwrap();
        };
        for name in ["a.go", "b/b_windows.go", "b/c_test.go", "b/web/ours.go", "with blank/d e.go"] {
            write(name);
        }
        for name in ["web/w.go", "b/modules/n.go", "b/c/modules/n.go"] {
            write(name);
        }
        let path = |path: &str| IgnoredPath { path: path.to_owned() };
        let ignored = Ignored { ignore: Some(vec![path("./web"), path("modules"), path("./modules")]) };
        for name in ["_x.go", ".y.go", "vendor/v.go", "b/testdata/t.go", "m/go.mod", "m/m.go", "r.txt"] {
            write(name);
        }
        let mut files = Vec::new();
        add(directory.path(), &ignored, &mut files).unwrap();
        files.sort();
        let found: Vec<_> =
            files.iter().map(|file| file.strip_prefix(directory.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(found, ["a.go", "b/b_windows.go", "b/c_test.go", "b/web/ours.go", "with blank/d e.go"]);
    }
}
