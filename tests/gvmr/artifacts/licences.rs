//! The licences of what the programs contain.

use super::parts::{tree, unpacked};

#[test]
fn each_crate_and_library_is_there_with_its_licence_and_a_text() {
    let text = String::from_utf8(unpacked("share/doc/gvmr/THIRD-PARTY-LICENSES")).unwrap();
    let sections = sections(&text);
    for section in &sections {
        let (file, text) = section.texts.trim_start().split_once("\n\n").unwrap();
        assert!(file.starts_with("--- "), "{}: {file}", section.title);
        match text.strip_prefix("The same text as ").and_then(|rest| rest.split_once(", above.")) {
            Some((above, _)) => {
                let (file, title) = above.rsplit_once(" of ").unwrap();
                let is_there =
                    |other: &Section| other.title == title && other.texts.contains(&format!("--- {file}\n"));
                assert!(sections.iter().any(is_there), "{}: {above}", section.title);
            }
            None => assert!(text.trim().len() > 60, "{}: {text}", section.title),
        }
        assert!(!section.expression.is_empty(), "{}", section.title);
    }
    let mut expected: Vec<_> =
        tree().into_iter().map(|(name, version)| format!("{name} {version}")).collect();
    expected.retain(|name| !name.starts_with("gvmr"));
    expected.extend(["Rust's standard library", "musl libc"].map(str::to_owned));
    let mut named: Vec<_> = sections.into_iter().map(|section| section.title).collect();
    expected.sort();
    named.sort();
    assert_eq!(named, expected);
}

struct Section {
    title: String,
    expression: String,
    texts: String,
}

/// A section begins with a title and an expression between two rules; a text may have rules too.
fn sections(text: &str) -> Vec<Section> {
    let rule = "=".repeat(79);
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |at: &usize| lines[*at] == rule && lines.get(at + 3) == Some(&rule.as_str());
    let heads: Vec<usize> = (0..lines.len()).filter(is_head).collect();
    let ends = heads.iter().skip(1).copied().chain([lines.len()]);
    let section = |(head, end): (&usize, usize)| Section {
        title: lines[head + 1].to_owned(),
        expression: lines[head + 2].to_owned(),
        texts: lines[head + 4..end].join("\n"),
    };
    heads.iter().zip(ends).map(section).collect()
}
