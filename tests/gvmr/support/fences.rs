//! The fenced blocks of a page: what a reader copies, or compares with a screen.

use super::sources::{root, text_of};

/// A block of a page.
#[derive(Clone, Debug)]
pub(crate) struct Fence {
    /// The word behind the opening fence.
    pub(crate) language: String,
    /// What stands between the fences.
    pub(crate) text: String,
    /// The page and the line of the opening fence.
    pub(crate) place: String,
}

/// The blocks of a page of the repository, in order.
pub(crate) fn fences(page: &str) -> Vec<Fence> {
    let text = text_of(&root().join(page));
    let mut lines = text.lines().enumerate();
    let mut found = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text = inside.fold(String::new(), |text, line| text + line + "\n");
        let place = format!("{page}:{}", number + 1);
        found.push(Fence { language: language.to_owned(), text, place });
    }
    found
}
