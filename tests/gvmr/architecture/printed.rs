//! Text comes out by one door, where it becomes printable; and a path in a message is escaped to one line.

use crate::support::sources::{program, root, shown};

/// Who may hold stdout and stderr: the terminal, and the shim, which is without it.
const WRITERS: [&str; 2] = ["src/terminal/", "shims/src/exec/shim.rs"];

#[test]
fn only_the_terminal_and_the_shim_write() {
    let found = lines_with(|code, at| {
        let is_stream = matches!(code[at].as_str(), "stdout" | "stderr") && follows(code, at, &["(", ")"]);
        is_stream && !follows(code, at, &["(", ")", ".", "is_terminal"])
    });
    let others: Vec<_> =
        found.iter().filter(|file| !WRITERS.iter().any(|door| file.starts_with(door))).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(found.len() > others.len(), "the doors themselves are not found");
}

#[test]
fn no_path_is_shown_raw() {
    let found = lines_with(|code, at| {
        // With `to_string` it is a field of JSON, which escapes it.
        code[at] == "display"
            && follows(code, at, &["(", ")"])
            && !follows(code, at, &["(", ")", ".", "to_string"])
    });
    assert!(found.is_empty(), "use printable::path: {found:#?}");
}

fn follows(code: &[String], at: usize, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(offset, word)| code.get(at + 1 + offset).is_some_and(|code| code == word))
}

/// The files of both programs in which `is_it` is true of a word.
fn lines_with(is_it: impl Fn(&[String], usize) -> bool) -> Vec<String> {
    let sources = ["src", "shims/src"].into_iter().flat_map(|source| program(&root().join(source)));
    let found = sources.filter(|(_, readable)| (0..readable.code.len()).any(|at| is_it(&readable.code, at)));
    found.map(|(file, _)| shown(&file)).collect()
}
