//! A name means one thing in a crate.

use crate::support::sources::{program, root, shown};
use std::collections::BTreeMap;

#[test]
fn public_type_names_are_unique_in_a_crate() {
    let mut twice = Vec::new();
    for source in ["src", "shims/src"] {
        let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (file, readable) in program(&root().join(source)) {
            for name in public_types(&readable.code) {
                files.entry(name).or_default().push(shown(&file));
            }
        }
        twice.extend(files.into_iter().filter(|(_, files)| files.len() > 1));
    }
    assert!(twice.is_empty(), "{twice:#?}");
}

/// The types that a file makes visible beyond itself.
fn public_types(code: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in code.iter().enumerate() {
        if !matches!(word.as_str(), "struct" | "enum" | "union" | "trait" | "type") {
            continue;
        }
        let before = &code[..at];
        let visible = match before {
            [.., word] if word == "pub" => true,
            [.., close] if close == ")" => {
                let open = before.iter().rposition(|word| word == "(").unwrap();
                open > 0 && before[open - 1] == "pub"
            }
            _ => false,
        };
        found.extend(code.get(at + 1).filter(|_| visible).cloned());
    }
    found
}

#[test]
fn visible_types_are_found() {
    let code = |text| crate::support::rust::read(text).code;
    let text = "pub struct A; pub(super) enum B {} struct C; pub(in crate::x) trait D {} fn f(type_: u8) {} pub type E = u8; \
                #[cfg(test)] pub struct F;";
    assert_eq!(public_types(&code(text)), ["A", "B", "D", "E"]);
}
