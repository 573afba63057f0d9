//! GOFLAGS as the go command splits it: words between blanks, or whole words in quotes.
//!
//! Pure. What Go refuses is a mistake, and so is what Go takes for a flag of its own where one of the linker or a compiler
//! was meant.

/// Flags whose values are flags of other programs, which people write with blanks between them.
const HOLDING_FLAGS: [&str; 4] = ["ldflags", "gcflags", "asmflags", "gccgoflags"];

/// The words of a value; `None` where a quote has no end. A quote inside a word is part of it.
pub fn split(text: &str) -> Option<Vec<&str>> {
    let blank = |one: char| matches!(one, ' ' | '\t' | '\n' | '\r');
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    while let Some(first) = rest.chars().next() {
        let (word, behind) = if matches!(first, '"' | '\'') {
            rest.get(1..)?.split_once(first)?
        } else {
            rest.split_at(rest.find(blank).unwrap_or(rest.len()))
        };
        words.push(word);
        rest = behind.trim_start_matches(blank);
    }
    Some(words)
}

/// The name of a flag: `mod` of `-mod=mod`; `None` for another word.
pub fn name(word: &str) -> Option<&str> {
    let name = word.strip_prefix('-')?;
    let name = name.strip_prefix('-').unwrap_or(name);
    let name = name.split('=').next()?;
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

/// What is wrong with a value, without showing it. `is_known` tells the flags of the go command.
pub(super) fn check(text: &str, is_known: impl Fn(&str) -> bool) -> Result<(), String> {
    let words = split(text).ok_or("a quote has no end")?;
    let mut holding = None;
    for word in words {
        let Some(name) = name(word) else {
            return Err("each word must be one flag; write -tags=a, not -tags a".to_owned());
        };
        if let Some(holding) = holding
            && !is_known(name)
        {
            return Err(format!(
                "the words behind -{holding}= are flags of go itself; to pass several, quote the whole flag: \
                 \"'-{holding}=-a -b'\""
            ));
        }
        holding = HOLDING_FLAGS.into_iter().find(|one| *one == name).or(holding);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_go_splits_them() {
        for (text, expected) in [
            ("", &[][..]),
            (" -v  -mod=mod\t", &["-v", "-mod=mod"]),
            ("'-ldflags=-s -w' -v", &["-ldflags=-s -w", "-v"]),
            ("\"-tags=a b\"-v", &["-tags=a b", "-v"]),
            ("-ldflags='-s -w'", &["-ldflags='-s", "-w'"]),
            ("''", &[""]),
        ] {
            assert_eq!(split(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(split("'-v"), None);
        assert_eq!(split("-v \"-x"), None);
    }

    #[test]
    fn what_go_refuses_and_what_was_hardly_meant_is_a_mistake() {
        let is_known = |name: &str| matches!(name, "v" | "mod" | "tags" | "ldflags" | "gcflags");
        for right in ["-v", "--mod=mod -tags=a,b", "'-ldflags=-s -w' -v", "-ldflags=-s -v", "-new=1 -w", ""] {
            assert_eq!(check(right, is_known), Ok(()), "{right}");
        }
        for wrong in [
            "-ldflags=-s -w",
            "-ldflags='-s -w'",
            "-gcflags=all=-N -l",
            "x",
            "-tags a",
            "-",
            "--",
            "---v",
            "-=v",
            "'-v",
        ] {
            assert!(check(wrong, is_known).is_err(), "{wrong}");
        }
    }
}
