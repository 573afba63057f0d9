//! The repository's own files, for tests of how it is built and written.

use super::rust::{self, Readable};
use std::path::{Path, PathBuf};

/// Each Rust file of a program below a directory, and what it holds, without the files that only tests compile.
pub(crate) fn program(directory: &Path) -> Vec<(PathBuf, Readable)> {
    let (mut program, mut only_for_tests) = (Vec::new(), Vec::new());
    for file in rust_files(directory) {
        let readable = rust::read(&text_of(&file));
        let children = children_of(&file);
        only_for_tests.extend(readable.test_modules.iter().map(|name| children.join(name)));
        program.push((file, readable));
    }
    let for_tests = |file: &Path| {
        only_for_tests.iter().any(|module| file.with_extension("") == *module || file.starts_with(module))
    };
    program.retain(|(file, _)| !for_tests(file));
    program
}

/// Where the modules are that a file declares.
pub(crate) fn children_of(file: &Path) -> PathBuf {
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    }
}

/// A file's text; what is not UTF-8 is replaced.
pub(crate) fn text_of(file: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a directory.
pub(crate) fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = files(directory);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files
}

/// Every file below a directory, sorted; a file is all that is below itself.
pub(crate) fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| files(entry)).collect()
}

/// A path as the repository names it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
