//! Which file uses which: no circles but a child that uses its parent, and no command that uses another.

use crate::support::sources::{children_of, program, root, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Circles of files, each a child that uses its parent.
const CIRCLES: usize = 5;

#[test]
fn files_do_not_use_each_other_in_circles() {
    let circles: Vec<_> = ["src", "shims/src"]
        .iter()
        .flat_map(|source| Sources::read(&root().join(source)).circles())
        .collect();
    assert!(circles.len() <= CIRCLES, "{} circles: {circles:#?}", circles.len());
    let without_parent = |circle: &&Vec<PathBuf>| {
        let below = |parent: &PathBuf| circle.iter().all(|file| file.starts_with(children_of(parent)));
        !circle.iter().any(below)
    };
    let siblings: Vec<_> = circles.iter().filter(without_parent).collect();
    assert!(siblings.is_empty(), "{siblings:#?}");
}

#[test]
fn no_command_uses_another() {
    let commands = root().join("src/commands");
    let command_of = |file: &Path| {
        let below = file.strip_prefix(&commands).ok()?.with_extension("");
        let first = below.components().next()?.as_os_str().to_owned();
        (first != "mod").then_some(first)
    };
    let mut between = Vec::new();
    for (file, used) in Sources::read(&root().join("src")).uses() {
        let Some(own) = command_of(&file) else { continue };
        for other in used.iter().filter(|other| command_of(other).is_some_and(|other| other != own)) {
            between.push(format!("{} uses {}", shown(&file), shown(other)));
        }
    }
    assert!(between.is_empty(), "{between:#?}");
}

/// A crate's files.
struct Sources {
    /// Each file by its module: `["store", "lock"]`.
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: PathBuf,
    /// What `use` brings in: the name here, and the path that it stands for.
    names: BTreeMap<String, Vec<String>>,
    /// Every path with a `::` in the code but those of public `use`, which only pass on.
    paths: Vec<Vec<String>>,
}

impl Sources {
    fn read(source: &Path) -> Self {
        let mut modules = BTreeMap::new();
        for (file, readable) in program(source) {
            let module = children_of(&file).strip_prefix(source).unwrap().to_owned();
            if file.ends_with("main.rs") {
                continue; // a crate around this one
            }
            let module: Vec<String> =
                module.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
            let (names, paths) = names_and_paths(&readable.code);
            modules.insert(module, Module { file, names, paths });
        }
        Self { modules }
    }

    /// Each file, and the other files whose items it uses.
    fn uses(&self) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
        let used = |(module, content): (&Vec<String>, &Module)| {
            let files = content.paths.iter().filter_map(|path| self.file_of(module, path, 0));
            (content.file.clone(), files.filter(|file| *file != content.file).collect())
        };
        self.modules.iter().map(used).collect()
    }

    /// The file that defines what `path` means in `module`.
    fn file_of(&self, module: &[String], path: &[String], depth: usize) -> Option<PathBuf> {
        let (first, mut rest) = path.split_first()?;
        let mut at = module.to_vec();
        match first.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()?),
            _ => rest = path,
        }
        let relative = rest.len() == path.len();
        while let Some((next, after)) = rest.split_first() {
            let child: Vec<_> = at.iter().chain([next]).cloned().collect();
            if next == "super" {
                at.pop()?;
            } else if self.modules.contains_key(&child) {
                at = child;
            } else {
                let here = self.modules.get(&at)?;
                let passed_on = here.names.get(next).filter(|target| depth < 8 && **target != path);
                return match passed_on {
                    Some(target) => {
                        let target: Vec<_> = target.iter().chain(after).cloned().collect();
                        self.file_of(&at, &target, depth + 1)
                    }
                    None if relative && at == module => None, // another crate's, or this file's own
                    None => Some(here.file.clone()),
                };
            }
            rest = after;
        }
        self.modules.get(&at).map(|module| module.file.clone())
    }

    /// Files that use each other, directly or by way of others.
    fn circles(&self) -> Vec<Vec<PathBuf>> {
        let uses = self.uses();
        let reached = |from: &PathBuf| {
            let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(file) = open.pop() {
                for used in &uses[file] {
                    if reached.insert(used.clone()) {
                        open.push(used);
                    }
                }
            }
            reached
        };
        let reached: BTreeMap<_, _> = uses.keys().map(|file| (file, reached(file))).collect();
        let circle = |file: &PathBuf| -> Vec<PathBuf> {
            reached[file].iter().filter(|other| reached[other].contains(file)).cloned().collect()
        };
        let circles: BTreeSet<_> = uses.keys().map(circle).filter(|circle| !circle.is_empty()).collect();
        circles.into_iter().collect()
    }
}

type Names = BTreeMap<String, Vec<String>>;

/// The names that `use` brings in, and all paths that the code follows.
fn names_and_paths(code: &[String]) -> (Names, Vec<Vec<String>>) {
    let (mut names, mut paths) = (Names::new(), Vec::new());
    let mut at = 0;
    while at < code.len() {
        if code[at] == "use" {
            let end = at + code[at..].iter().position(|word| word == ";").unwrap_or(code.len() - at);
            let mut tree = Vec::new();
            use_tree(&code[at + 1..end], &[], &mut tree);
            let passes_on = at > 0 && matches!(code[at - 1].as_str(), "pub" | ")");
            for (name, path) in tree {
                if !passes_on {
                    paths.push(path.clone());
                }
                names.insert(name, path);
            }
            at = end;
            continue;
        }
        let mut path = vec![code[at].clone()];
        while code.get(at + 1..at + 3).is_some_and(|colons| colons == [":", ":"])
            && code.get(at + 3).is_some_and(|next| next.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        {
            path.push(code[at + 3].clone());
            at += 3;
        }
        if path.len() > 1 {
            paths.push(path);
        }
        at += 1;
    }
    (names, paths)
}

/// The names and paths of one `use`, whose words are given without `use` and `;`.
fn use_tree(words: &[String], before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < words.len() {
        match words[at].as_str() {
            ":" => {}
            "{" => {
                let mut depth = 0;
                let mut start = at + 1;
                for (end, word) in words.iter().enumerate().skip(at) {
                    depth += i32::from(word == "{") - i32::from(word == "}");
                    if depth == 0 || (depth == 1 && word == ",") {
                        if end > start {
                            use_tree(&words[start..end], &path, found);
                        }
                        start = end + 1;
                    }
                    if depth == 0 {
                        break;
                    }
                }
                return;
            }
            "self" if !path.is_empty() => {}
            "*" => {
                found.push((format!("*{}", path.join("::")), path));
                return;
            }
            "as" => {
                found.push((words[at + 1].clone(), path));
                return;
            }
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    if let Some(name) = path.last().cloned() {
        found.push((name, path));
    }
}

#[test]
fn imports_are_read_as_rust_reads_them() {
    let code = crate::support::rust::read(
        "use crate::a::{self, b::{C, D as E}, f}; pub use g::H; use super::*; fn i() { j::k(l::M::n) }",
    )
    .code;
    let (names, paths) = names_and_paths(&code);
    let joined: Vec<_> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(
        joined,
        ["crate::a", "crate::a::b::C", "crate::a::b::D", "crate::a::f", "super", "j::k", "l::M::n"]
    );
    assert_eq!(names["E"].join("::"), "crate::a::b::D");
    assert_eq!(names["H"].join("::"), "g::H");
}
