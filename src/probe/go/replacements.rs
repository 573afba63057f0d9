//! Whether a `replace` or `use` leads out of the repository, or is absolute: then another machine builds something else, or nothing.
//!
//! Takes what `go mod edit -json` and `go work edit -json` say; the repository is git's, else the directory of the go.mod or
//! go.work.

use super::project::GoProject;
use super::workspace::{Replacement, WorkFile, or_nothing};
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::config::cleaned;
use crate::probe::failed;
use gvmr_core::sys::printable;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What `go mod edit -json` says.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ModFile {
    #[serde(default, deserialize_with = "or_nothing")]
    replace: Vec<Replacement>,
}

/// A directory that a line of a file names.
struct NamedDirectory {
    /// `replace` or `use`.
    rule: &'static str,
    /// As it is written.
    written: String,
}

/// `modules.local`
pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let root = project.root()?;
    let repository = repository(&root);
    let mut measurement = Measurement::default();
    if let Some(go_work) = &project.settings()?.go_work {
        let parsed: WorkFile = parsed(project, "work", go_work)?;
        let used = parsed.r#use.into_iter().map(|used| used.disk_path);
        let used = used.map(|written| NamedDirectory { rule: "use", written });
        let named = used.chain(replaced(parsed.replace)).collect();
        look(project, &repository, go_work, named, &mut measurement)?;
    }
    for module in project.modules()? {
        let go_mod = module.join("go.mod");
        let parsed: ModFile = parsed(project, "mod", &go_mod)?;
        look(project, &repository, &go_mod, replaced(parsed.replace).collect(), &mut measurement)?;
    }
    Ok(measurement)
}

fn parsed<T: serde::de::DeserializeOwned>(
    project: &GoProject<'_>,
    kind: &str,
    file: &Path,
) -> Result<T, NotMeasured> {
    let said = project.said_by_go(&[kind, "edit", "-json", &file.display().to_string()])?;
    serde_json::from_str(&said)
        .map_err(|error| failed(format!("go {kind} edit -json printed no go.{kind}: {error}")))
}

/// The directories that modules are replaced by.
fn replaced(replacements: Vec<Replacement>) -> impl Iterator<Item = NamedDirectory> {
    let local = replacements.into_iter().filter(|one| one.directory().is_some());
    local.map(|one| NamedDirectory { rule: "replace", written: one.new.path })
}

/// Adds each directory that is outside of the repository, or absolute: elsewhere it is another one, or none.
fn look(
    project: &GoProject<'_>,
    repository: &Path,
    file: &Path,
    named: Vec<NamedDirectory>,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let text =
        fs::read_to_string(file).map_err(|error| failed(format!("{}: {error}", printable::path(file))))?;
    let below = file.parent().unwrap_or(file);
    for NamedDirectory { rule, written } in named {
        let is_inside = real(&below.join(&written)).starts_with(repository);
        if is_inside && Path::new(&written).is_relative() {
            continue;
        }
        let why = if is_inside { "is an absolute path" } else { "is outside of the repository" };
        let told = project.told(file);
        let line = line(&text, rule, &written);
        let message = format!("{} {why}", printable::text(&written));
        measurement.unmet.push(format!("{told}:{line}: {rule} {message}"));
        measurement.findings.push(CheckFinding::said(rule, told, (line, 0), &message));
    }
    Ok(())
}

/// The line that names a directory, counted from 1; 0 where it is not found.
fn line(text: &str, rule: &str, written: &str) -> usize {
    let names = |line: &str| {
        let code = line.split("//").next().unwrap_or_default().trim();
        let code = match rule {
            "replace" => code.split_once("=>").map(|(_, new)| new.trim()),
            _ => Some(code.strip_prefix("use").unwrap_or(code).trim()),
        };
        code.is_some_and(|code| code.trim_matches(['"', '`']) == written)
    };
    text.lines().position(names).map_or(0, |index| index + 1)
}

/// The top directory of git's work tree, else the directory itself.
fn repository(root: &Path) -> PathBuf {
    let root = real(root);
    root.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&root).to_owned()
}

/// Where a path leads to; of one that is not there, by its parts.
fn real(path: &Path) -> PathBuf {
    if let Ok(found) = path.canonicalize() {
        return found;
    }
    let whole = cleaned(path);
    // What is above it may be there, and be a link.
    let above = whole.ancestors().skip(1).find_map(|above| Some((above, above.canonicalize().ok()?)));
    match above {
        Some((above, found)) => found.join(whole.strip_prefix(above).unwrap_or(&whole)),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_directory_is_found_in_blocks_and_quotes() {
        let text = "module a\n\nreplace b => ../b // near\n\nreplace (\n\tc v1.0.0 => \"../with blank\"\n\td => ./d\n)\n";
        let of = |written| line(text, "replace", written);
        assert_eq!((of("../b"), of("../with blank"), of("./d"), of("../x")), (3, 6, 7, 0));
        let text = "go 1.22\n\nuse ./a\nuse (\n\t../b\n)\n";
        assert_eq!((line(text, "use", "./a"), line(text, "use", "../b")), (3, 5));
        let parsed: ModFile = serde_json::from_str(
            r#"{"Module": {"Path": "a"}, "Replace": [{"Old": {"Path": "b"}, "New": {"Path": "../b"}},
                {"Old": {"Path": "c"}, "New": {"Path": "d", "Version": "v1.0.0"}}]}"#,
        )
        .unwrap();
        let found: Vec<_> = replaced(parsed.replace).map(|one| one.written).collect();
        assert_eq!(found, ["../b"]);
    }

    #[test]
    fn a_path_that_is_not_there_is_told_by_its_parts() {
        let directory = tempfile::tempdir().unwrap();
        let top = directory.path().canonicalize().unwrap();
        assert_eq!(real(&top.join("a/../../x")), top.parent().unwrap().join("x"));
        std::os::unix::fs::symlink("/usr", top.join("out")).unwrap();
        assert!(real(&top.join("out/lib-that-is-not-there")).starts_with("/usr"));
    }
}
