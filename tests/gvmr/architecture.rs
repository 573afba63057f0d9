//! The tables of rooms and floors hold: a room imports only rooms to its right, a floor of the core only floors below it.

mod imports;
mod names;
mod printed;
mod sizes;
mod supply_chain;

use crate::support::{slow, sources::rust_files};
use std::path::Path;

/// Left to right, as the table in docs/architecture.md has them; rooms in one line may not import each other.
const ROOMS: &[&[&str]] = &[
    &["main"],
    &["commands"],
    &["complete", "handover"],
    &["each"],
    &["provision"],
    &["cli"],
    &["error"],
    &["gate"],
    &["report"],
    &["probe"],
    &["doctor"],
    &["self_uninstall", "self_update"],
    &["install"],
    &["build"],
    &["context"],
    &["request"],
    &["discover", "explain"],
    &["config", "sources"],
    &["go_env"],
    &["credentials", "host", "installation", "shell"],
    &["archive", "store"],
    &["unpack"],
    &["check", "verify"],
    &["net"],
    &["project"],
    &["atomic_file", "calendar", "go_program", "hexadecimal", "process", "terminal", "toml_file"],
];

/// The core library's floors, from the top to the ground.
const FLOORS: &[&[&str]] = &[
    &["main", "arena"], // the program around the library
    &["exec"],
    &["select"],
    &["env"],
    &["home"],
    &["gover"],
    &["sys"],
];

#[test]
fn a_room_imports_only_rooms_to_its_right() {
    assert_imports_go_right("src", ROOMS);
}

#[test]
fn a_floor_of_the_core_imports_only_floors_below_it() {
    assert_imports_go_right("shims/src", FLOORS);
}

fn assert_imports_go_right(source: &str, table: &[&[&str]]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let mut wrong = Vec::new();
    for file in rust_files(&source) {
        let room = room_of(file.strip_prefix(&source).unwrap());
        if room == "lib" {
            continue;
        }
        let own = column(table, &room).unwrap_or_else(|| panic!("{room} is not in the table"));
        for imported in imports(&std::fs::read_to_string(&file).unwrap()) {
            let allowed = imported == room || column(table, &imported).is_some_and(|column| column > own);
            if !allowed {
                wrong.push(format!("{}: {room} imports {imported}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_architecture_page_has_every_room_and_floor() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = std::fs::read_to_string(page).unwrap();
    let floors = FLOORS[1..].concat();
    for room in ROOMS.concat().into_iter().chain(floors) {
        assert!(page.contains(&format!("| `{room}`")), "docs/architecture.md lacks {room}");
    }
}

#[test]
fn the_shim_has_no_dependency() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("shims/Cargo.toml")).unwrap();
    let (_, section) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = section.split("\n[").next().unwrap();
    assert!(section.lines().all(|line| line.trim().is_empty()), "{section}");
}

/// The first element of a path below `src/`, without `.rs`.
fn room_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn column(table: &[&[&str]], room: &str) -> Option<usize> {
    table.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms named behind `crate::` or, in the program, `gvmr::`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "gvmr::"] {
        for (start, _) in text.match_indices(prefix) {
            let rest = &text[start + prefix.len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap().split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name =
                    name.trim().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
                if !name.is_empty() && name.starts_with(|c: char| c.is_ascii_lowercase()) {
                    found.push(name.to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn each_slow_test_is_there_and_names_itself() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gvmr");
    for (names, asks) in [(slow::LEFT_OUT, "slow::left_out("), (slow::SHORTENED, "slow::")] {
        for name in names {
            let (module, function) = name.rsplit_once("::").unwrap();
            let file = tests.join(module.replace("::", "/")).with_extension("rs");
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text.contains(&format!("#[test]\nfn {function}() {{\n")), "there is no test {name}");
            assert!(text.contains(&format!("\"{name}\"")) && text.contains(asks), "{name} asks nothing");
        }
    }
}
