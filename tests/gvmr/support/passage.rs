//! A stretch of text that somebody reads, each character with the line that it comes from, and the search for phrases.

/// Text and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    characters: Vec<(char, usize)>,
}

impl Passage {
    /// A whole page.
    pub(crate) fn of_page(text: &str) -> Self {
        let mut passage = Self::default();
        for (line, text) in text.split_inclusive('\n').enumerate() {
            text.chars().for_each(|character| passage.push(character, line + 1));
        }
        passage
    }

    pub(crate) fn push(&mut self, character: char, line: usize) {
        self.characters.push((character, line));
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.characters.extend(other.characters);
    }

    /// The text itself.
    pub(crate) fn text(&self) -> String {
        self.characters.iter().map(|(character, _)| character).collect()
    }

    /// The lines on which `phrase` begins, a few small words. Case does not matter, nor which white space is between words; its
    /// first word must begin a word. It must end one too, unless the phrase ends in `*`.
    pub(crate) fn lines_with(&self, phrase: &str, but_not: &[&str]) -> Vec<usize> {
        let text = self.words();
        let (phrase, open) = phrase.strip_suffix('*').map_or((phrase, false), |stem| (stem, true));
        let phrase: Vec<char> = phrase.chars().collect();
        let matches_at = |at: usize, wanted: &[char]| {
            text.get(at..at + wanted.len())
                .is_some_and(|here| here.iter().map(|(character, _)| *character).eq(wanted.iter().copied()))
        };
        let is_letter = |at: usize| text.get(at).is_some_and(|(character, _)| character.is_alphanumeric());
        let exempt = |at: usize| {
            but_not.iter().any(|longer| {
                let longer: Vec<char> = longer.chars().collect();
                let inside = longer.windows(phrase.len()).position(|window| *window == phrase[..]).unwrap();
                at >= inside && matches_at(at - inside, &longer)
            })
        };
        let starts = (0..text.len()).filter(|at| {
            matches_at(*at, &phrase)
                && (*at == 0 || !is_letter(at - 1))
                && (open || !is_letter(at + phrase.len()))
                && !exempt(*at)
        });
        starts.map(|at| text[at].1).collect()
    }

    /// The text in small letters, any white space as one space.
    fn words(&self) -> Vec<(char, usize)> {
        let mut words: Vec<(char, usize)> = Vec::new();
        for (character, line) in &self.characters {
            match words.last() {
                Some((' ', _)) if character.is_whitespace() => {}
                _ if character.is_whitespace() => words.push((' ', *line)),
                _ => words.extend(character.to_lowercase().map(|small| (small, *line))),
            }
        }
        words
    }
}
