//! Reads Rust just well enough to find its words, string literals and documentation comments, without what only tests
//! compile.

use super::passage::Passage;

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Readable {
    /// The values of its string literals.
    pub(crate) strings: Vec<Passage>,
    /// Its outer documentation comments, each whole.
    pub(crate) documentation: Vec<Passage>,
    /// Its words and marks, in order, without strings and comments.
    pub(crate) code: Vec<String>,
    /// Modules in files of their own that only tests compile.
    pub(crate) test_modules: Vec<String>,
}

/// Reads a file.
pub(crate) fn read(source: &str) -> Readable {
    let mut lexer = Lexer { characters: source.chars().collect(), at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token() {
        tokens.push(token);
    }
    let mut found = Readable::default();
    let mut rest = &tokens[..];
    let mut comment = None::<Passage>;
    while let Some((token, after)) = rest.split_first() {
        if let Token::Documentation(line) = token {
            comment.get_or_insert_default().append(line.clone());
            rest = after;
            continue;
        }
        found.documentation.extend(comment.take());
        if let Some(item) = rest.strip_prefix(&CFG_TEST.map(Token::from)) {
            rest = skip_item(item, &mut found.test_modules);
            continue;
        }
        match token {
            Token::String(text) => found.strings.push(text.clone()),
            Token::Word(word) => found.code.push(word.clone()),
            Token::Mark(mark) => found.code.push(mark.to_string()),
            Token::Documentation(_) => {}
        }
        rest = after;
    }
    found
}

const CFG_TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// What follows the item that `tokens` begin with.
fn skip_item<'t>(tokens: &'t [Token], test_modules: &mut Vec<String>) -> &'t [Token] {
    let mut rest = tokens;
    while rest.first() == Some(&Token::from("#")) {
        rest = skip_group(&rest[1..]);
    }
    if let [mod_word, Token::Word(name), end, ..] = rest
        && *mod_word == Token::from("mod")
        && *end == Token::from(";")
    {
        test_modules.push(name.clone());
    }
    while let Some((token, after)) = rest.split_first() {
        match token {
            Token::Mark(';') => return after,
            Token::Mark('{') => return skip_group(rest),
            Token::Mark('(' | '[') => rest = skip_group(rest),
            _ => rest = after,
        }
    }
    rest
}

/// What follows the brackets that `tokens` begin with.
fn skip_group(tokens: &[Token]) -> &[Token] {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[at + 1..];
        }
    }
    &[]
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(char),
    String(Passage),
    Documentation(Passage),
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        let mark = text.chars().next().filter(|first| !first.is_alphanumeric());
        mark.map_or_else(|| Self::Word(text.to_owned()), Self::Mark)
    }
}

struct Lexer {
    characters: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.next();
        }
    }

    fn token(&mut self) -> Option<Token> {
        loop {
            self.skip_while(char::is_whitespace);
            match (self.peek(0)?, self.peek(1)) {
                ('/', Some('/')) => {
                    if let Some(documentation) = self.line_comment() {
                        return Some(documentation);
                    }
                }
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => return Some(self.string()),
                ('\'', _) => self.character_or_lifetime(),
                (first, _) if first.is_alphanumeric() || first == '_' => return Some(self.word()),
                _ => return self.next().map(Token::Mark),
            }
        }
    }

    fn line_comment(&mut self) -> Option<Token> {
        let documents = self.peek(2) == Some('/') && self.peek(3) != Some('/');
        let mut text = Passage::default();
        self.skip_while(|character| character == '/');
        while self.peek(0).is_some_and(|character| character != '\n') {
            let line = self.line;
            text.push(self.next()?, line);
        }
        text.push(' ', self.line);
        documents.then_some(Token::Documentation(text))
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(character) = self.next() {
            match (character, self.peek(0)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => continue,
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// A word, or the literal whose prefix it is.
    fn word(&mut self) -> Token {
        let start = self.at;
        self.skip_while(|character| character.is_alphanumeric() || character == '_');
        let word: String = self.characters[start..self.at].iter().collect();
        let fences = self.characters[self.at..].iter().take_while(|character| **character == '#').count();
        match (word.as_str(), self.peek(0), self.peek(fences)) {
            ("b" | "c", Some('"'), _) => self.string(),
            ("b", Some('\''), _) => {
                self.character_or_lifetime();
                Token::Word(word)
            }
            ("r" | "br" | "cr", _, Some('"')) => self.raw_string(fences),
            _ => Token::Word(word),
        }
    }

    fn raw_string(&mut self, fences: usize) -> Token {
        self.skip(fences + 1);
        let mut text = Passage::default();
        while let Some(character) = self.peek(0) {
            let closes = character == '"' && (1..=fences).all(|ahead| self.peek(ahead) == Some('#'));
            let line = self.line;
            self.next();
            if closes {
                self.skip(fences);
                break;
            }
            text.push(character, line);
        }
        Token::String(text)
    }

    fn string(&mut self) -> Token {
        self.next();
        let mut text = Passage::default();
        loop {
            let line = self.line;
            match self.next() {
                None | Some('"') => return Token::String(text),
                Some('\\') if self.peek(0) == Some('\n') => self.skip_while(char::is_whitespace),
                Some('\\') => text.push(self.escape(), line),
                Some(character) => text.push(character, line),
            }
        }
    }

    /// The character that an escape means; its backslash is read already.
    fn escape(&mut self) -> char {
        match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('0') => '\0',
            Some('x') => {
                let digits: String = [self.next(), self.next()].into_iter().flatten().collect();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('?')
            }
            Some('u') => {
                self.next();
                let start = self.at;
                self.skip_while(|character| character != '}');
                let digits: String = self.characters[start..self.at].iter().filter(|c| **c != '_').collect();
                self.next();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('?')
            }
            other => other.unwrap_or('\\'),
        }
    }

    fn character_or_lifetime(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.next();
            self.escape();
            self.next();
        } else if self.peek(1) == Some('\'') {
            self.next();
            self.next();
        }
    }
}
