//! Words that people write where a password belongs: in examples, templates and after they took it out.

/// Words that stand for a password.
const WORDS: [&[u8]; 9] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"pass",
    b"pwd",
    b"secret",
    b"changeme",
    b"change-me",
    b"example",
];

/// Whether this is not a password, but holds its place: `PASSWORD`, `xxxx`, `***`, `<token>`, `${PASS}`.
pub fn is_placeholder(password: &[u8]) -> bool {
    let plain = password.to_ascii_lowercase();
    let is_repeated = |byte: u8| !plain.is_empty() && plain.iter().all(|one| *one == byte);
    plain.is_empty()
        || WORDS.contains(&plain.as_slice())
        || [b'x', b'*', b'.'].into_iter().any(is_repeated)
        || plain.first().is_some_and(|byte| matches!(byte, b'$' | b'{' | b'<' | b'(' | b'['))
        || plain.starts_with(b"***")
        || plain.starts_with(b"%s")
        || plain.starts_with(b"%v")
        || plain.starts_with(b"your")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_the_place_of_a_password_is_told_from_one() {
        for text in
            ["", "PASSWORD", "password", "<password>", "xxxx", "***", "changeme", "$PASS", "your-token"]
        {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["s3cret", "password1", "x", "hunter2", "Xx1", "a(b", "p$1"] {
            assert_eq!(is_placeholder(text.as_bytes()), text == "x", "{text}");
        }
    }
}
