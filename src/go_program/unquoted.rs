//! A Go string literal, as build info quotes keys and values.

/// The literal that a text begins with, and what follows it; `None` where it is not one.
pub(super) fn literal(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (inside, rest) = raw.split_once('`')?;
        return Some((inside.replace('\r', ""), rest));
    }
    let mut rest = text.strip_prefix('"')?;
    let mut bytes = Vec::new();
    loop {
        let next = rest.chars().next()?;
        rest = rest.get(next.len_utf8()..)?;
        match next {
            '"' => return Some((String::from_utf8_lossy(&bytes).into_owned(), rest)),
            '\n' => return None,
            '\\' => rest = escape(rest, &mut bytes)?,
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
}

/// What follows a backslash.
fn escape<'t>(text: &'t str, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let kind = text.chars().next()?;
    let rest = text.get(kind.len_utf8()..)?;
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        '0'..='7' => {
            bytes.push(u8::from_str_radix(text.get(..3)?, 8).ok()?);
            return text.get(3..);
        }
        _ => {
            bytes.push(match kind {
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'v' => 11,
                '\\' => b'\\',
                '"' => b'"',
                _ => return None,
            });
            return Some(rest);
        }
    };
    let number = rest.get(..digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let number = u32::from_str_radix(number, 16).ok()?;
    if kind == 'x' {
        bytes.push(u8::try_from(number).ok()?);
    } else {
        bytes.extend(char::from_u32(number)?.encode_utf8(&mut [0; 4]).bytes());
    }
    rest.get(digits..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_go_reads_them() {
        for (text, value, rest) in [
            (r#""-s -w"=x"#, "-s -w", "=x"),
            (r#""a\tb\"\\\x41\102\u00e9\U0001F600""#, "a\tb\"\\AB\u{e9}\u{1f600}", ""),
            ("`raw \\n`!", "raw \\n", "!"),
        ] {
            assert_eq!(literal(text), Some((value.to_owned(), rest)), "{text}");
        }
        for text in [
            "",
            "bare",
            "\"open",
            "\"\\",
            "\"\\q\"",
            "\"\\x4\"",
            "\"\\ud800\"",
            "\"\\777\"",
            "`open",
            "\"\n\"",
        ] {
            assert_eq!(literal(text), None, "{text}");
        }
    }
}
