//! The recipes of the manual: the programs that they are for read them, and what they run does what they say.

mod ci_servers;
mod machines;
mod rollouts;
mod service_manager;

use crate::support::fences::fences;
use crate::support::skip;
use crate::support::sources::root;
use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PAGE: &str = "docs/check-recipes.md";
/// The blocks of the page by what is in their first lines; each has a story.
const RECIPES: [&str; 10] = [
    ".gitlab-ci.yml",
    ".github/workflows/check.yml",
    "rollout.yaml",
    "gvmr-check.service\n",
    "gvmr-check.timer",
    "metrics.conf",
    "gvmr-check.rules.yml",
    "rollout.yml",
    "check_gvmr FILE",
    "gvmr-check.cfg",
];

#[test]
fn each_recipe_has_a_story() {
    let texts = RECIPES.map(recipe);
    let blocks: Vec<_> = fences(PAGE).into_iter().map(|fence| fence.text).collect();
    assert_eq!(blocks, texts);
}

/// The one block of the page with this title in its first line, or in the line below the name of an interpreter.
fn recipe(title: &str) -> String {
    assert!(RECIPES.contains(&title), "{title}");
    let is_it = |text: &String| {
        let mut lines = text.split_inclusive('\n').filter(|line| !line.starts_with("#!"));
        lines.next().is_some_and(|first| first.contains(title))
    };
    let mut found = fences(PAGE).into_iter().map(|fence| fence.text).filter(is_it);
    let text = found.next().unwrap_or_else(|| panic!("{PAGE} has no {title}"));
    assert!(found.next().is_none(), "{PAGE} has two of {title}");
    text
}

/// What `.ci/recipe-tools` installs; says so where it is missing.
fn tool(name: &str) -> Option<PathBuf> {
    let path = root().join("target/recipe-tools").join(name);
    let is_there = path.exists();
    if !is_there {
        skip(&format!("needs {name} of .ci/recipe-tools"));
    }
    is_there.then_some(path)
}

/// The documents of a YAML text.
fn documents(yaml: &str) -> Option<Vec<Value>> {
    let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.argv[1]))))";
    let run = Run::of(Command::new(tool("bin/python")?).args(["-c", script, yaml]));
    Some(serde_json::from_str(&run.succeeds()).unwrap())
}

/// A throwaway file with this name and text.
fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

/// A machine that has gvmr on its PATH.
fn machine() -> World {
    let mut world = World::new("off");
    let programs = gvmr().parent().unwrap().display().to_string();
    world.set("PATH", &format!("{programs}:/usr/bin:/bin"));
    world
}

/// A string of a document.
#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// The strings of a list.
fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// `program WORDS…` on that machine, in this directory.
fn run(world: &World, program: &Path, directory: &Path, words: &[&str]) -> Run {
    Run::of(world.command(program, directory).args(words))
}
