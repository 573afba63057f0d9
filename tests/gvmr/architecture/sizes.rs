//! Files a person reads in one go.

use crate::support::sources::{root, rust_files, shown, text_of};
use std::path::{Path, PathBuf};

/// Lines of the largest file; the goal is 400.
const LARGEST: usize = 400;
/// Lines of the file in the middle; the goal is 120.
const MEDIAN: usize = 120;
/// Lines of `commands/`.
const COMMANDS: usize = 3_500;

#[test]
fn files_are_short() {
    let sources: Vec<PathBuf> =
        ["src", "shims/src"].iter().flat_map(|source| rust_files(&root().join(source))).collect();
    let mut lines: Vec<_> = sources.iter().map(|file| (lines_of(file), shown(file))).collect();
    lines.sort();
    let largest = lines.last().unwrap();
    assert!(largest.0 <= LARGEST, "{largest:?}");
    let median = &lines[lines.len() / 2];
    assert!(median.0 <= MEDIAN, "{median:?}");
}

#[test]
fn commands_only_parse_call_and_render() {
    let lines: usize = rust_files(&root().join("src/commands")).iter().map(|file| lines_of(file)).sum();
    assert!(lines <= COMMANDS, "{lines} lines");
}

fn lines_of(file: &Path) -> usize {
    text_of(file).lines().count()
}
