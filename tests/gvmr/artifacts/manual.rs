//! The manual pages in `man/`.

#[path = "../../../examples/manual/pages.rs"]
mod pages;

use crate::support::skip;
use crate::support::sources::{files, root, text_of};
use std::collections::BTreeSet;
use std::process::Command;

/// The only page that is written by hand.
const BY_HAND: &str = "gvmr-shim.1";

#[test]
fn the_checked_in_manual_pages_are_current() {
    let mut names = BTreeSet::from([BY_HAND.to_owned()]);
    for page in pages::all(root()).unwrap() {
        let checked_in = std::fs::read_to_string(root().join("man").join(&page.name)).unwrap_or_default();
        let current = page.dated(pages::date_of(&checked_in));
        assert_eq!(checked_in, current, "{} is stale; run `cargo run --example manual`", page.name);
        names.insert(page.name);
    }
    let there = files(&root().join("man"))
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, there);
}

#[test]
fn a_page_reads_as_help_reads_and_each_reference_has_a_page() {
    if Command::new("mandoc").arg("-V").output().is_err() {
        return skip("mandoc is not installed");
    }
    let all = files(&root().join("man"));
    assert!(all.len() > 20, "{all:?}");
    for page in &all {
        let lint = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(page).output().unwrap();
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
        let shown = Command::new("mandoc").args(["-T", "ascii"]).arg(page).output().unwrap();
        let shown = String::from_utf8_lossy(&shown.stdout).replace('\u{8}', "");
        assert!(!shown.contains('`'), "{}: {shown}", page.display());
        for reference in references(&text_of(page)).filter(|reference| reference.starts_with("gvmr")) {
            let file = page.with_file_name(format!("{reference}.1"));
            assert!(file.exists(), "{} refers to {reference}(1)", page.display());
        }
    }
}

/// The pages of section 1 that a page names in bold.
fn references(page: &str) -> impl Iterator<Item = String> + '_ {
    let bold = page.split("\\fB").skip(1).filter_map(|text| text.split_once("\\fR(1)"));
    bold.map(|(name, _)| name.replace('\\', "")).filter(|name| !name.contains(['\n', ' ']))
}
