//! The commands of a line of a POSIX shell, each as its words without quotes.
//!
//! Takes text; expands nothing and runs nothing. Substitutions in `$(…)` and backquotes are commands too.

/// What is read of a line so far.
#[derive(Default)]
struct Reading {
    commands: Vec<Vec<String>>,
    command: Vec<String>,
    word: Option<String>,
}

impl Reading {
    fn end_word(&mut self) {
        self.command.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        let command = std::mem::take(&mut self.command);
        self.commands.extend((!command.is_empty()).then_some(command));
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    /// Whether the word so far is the start of a redirection, whose `&` ends nothing.
    fn redirects(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with(['<', '>']))
    }
}

/// The commands of a line.
pub(super) fn commands(line: &str) -> Vec<Vec<String>> {
    let mut reading = Reading::default();
    let mut inner = Vec::new();
    let mut quote = None;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None | Some('"'), '\\') => characters.next().into_iter().for_each(|next| reading.push(next)),
            (Some('"'), '$') if characters.peek() == Some(&'(') => {
                inner.extend(commands(&substitution(&mut characters)));
                reading.push('$');
            }
            (None, '"' | '\'') => {
                quote = Some(character);
                reading.word.get_or_insert_default();
            }
            (None, '#') if reading.word.is_none() => break,
            (None, '&') if reading.redirects() || characters.peek() == Some(&'>') => reading.push(character),
            (None, '\n' | ';' | '&' | '|' | '(' | ')' | '`') => reading.end_command(),
            (None, blank) if blank.is_whitespace() => reading.end_word(),
            _ => reading.push(character),
        }
    }
    reading.end_command();
    reading.commands.extend(inner);
    reading.commands
}

/// What stands between the parentheses that begin here.
fn substitution(characters: &mut impl Iterator<Item = char>) -> String {
    let mut depth = 0;
    let is_inside = |character: &char| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth > 0
    };
    characters.take_while(is_inside).skip(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_splits_it() {
        for (line, expected) in [
            ("", &[][..]),
            ("cd /x && go build;", &["cd|/x", "go|build"]),
            (
                "(cd p && /usr/bin/env go vet) >/dev/null 2>&1",
                &["cd|p", "/usr/bin/env|go|vet", ">/dev/null|2>&1"],
            ),
            ("sh -c 'go vet; true' \"a b\"c # go", &["sh|-c|go vet; true|a bc"]),
            ("echo \"$(go version) x\" `date` a\\ b ''", &["echo|$ x", "date", "a b|", "go|version"]),
            ("x=$(go env GOPATH)/bin y#z", &["x=$", "go|env|GOPATH", "/bin|y#z"]),
            ("go &> log", &["go|&>|log"]),
        ] {
            let found: Vec<_> = commands(line).iter().map(|words| words.join("|")).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
