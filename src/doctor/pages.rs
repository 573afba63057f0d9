//! What a kind of finding means: the section of the manual, which `--explain` prints.

use super::kind::KINDS;

const MANUAL: &str = include_str!("../../docs/doctor.md");

/// The section of this id, with its heading; `None` where it has none.
pub fn page(id: &str) -> Option<&'static str> {
    let heading = format!("\n## {id}\n");
    let start = MANUAL.find(&heading)? + 1;
    let rest = MANUAL.get(start..)?;
    let end = rest.match_indices("\n## ").map(|(at, _)| at).find(|at| *at > 0).unwrap_or(rest.len());
    rest.get(..end).map(str::trim_end)
}

/// The pages of the kinds that are named, in their order.
pub fn pages(ids: impl Fn(&str) -> bool) -> String {
    let pages = KINDS.iter().filter(|kind| ids(kind.id)).filter_map(|kind| page(kind.id));
    pages.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_page_and_each_page_is_a_kinds() {
        for kind in KINDS {
            let page = page(kind.id).unwrap_or_else(|| panic!("{} has no page", kind.id));
            assert!(
                page.lines().count() > 2 && page.lines().skip(1).all(|line| !line.starts_with("## ")),
                "{page}"
            );
        }
        let headings = MANUAL.lines().filter_map(|line| line.strip_prefix("## "));
        let kinds: Vec<_> = KINDS.iter().map(|kind| kind.id).collect();
        assert_eq!(headings.collect::<Vec<_>>(), kinds, "the sections are in the order of causes");
    }
}
