//! The licences of what the programs contain.

use super::parts::{tree, unpacked};

#[test]
fn each_crate_and_library_is_there_with_its_licence_and_a_text() {
    let text = String::from_utf8(unpacked("share/doc/gvmr/THIRD-PARTY-LICENSES")).unwrap();
    let rule = "=".repeat(79);
    // Before the first rule is a word on the file; then heads and texts take turns.
    let parts: Vec<&str> = text.split(&format!("{rule}\n")).skip(1).collect();
    let sections: Vec<(&str, &str)> = parts.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    for (head, texts) in &sections {
        assert_eq!(head.lines().count(), 2, "{head}");
        let text = texts.split_once("\n\n").map(|(_, text)| text.trim()).unwrap_or_default();
        assert!(texts.trim_start().starts_with("--- ") && text.len() > 30, "{head}: {texts}");
    }
    let mut expected: Vec<_> =
        tree().into_iter().map(|(name, version)| format!("{name} {version}")).collect();
    expected.retain(|name| !name.starts_with("gvmr"));
    expected.extend(["Rust's standard library", "musl libc"].map(str::to_owned));
    let mut named: Vec<_> =
        sections.iter().map(|(head, _)| head.lines().next().unwrap().to_owned()).collect();
    expected.sort();
    named.sort();
    assert_eq!(named, expected);
}
