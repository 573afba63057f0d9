//! The numbers that a kernel's or a library's version begins with.

/// Three numbers, compared from left to right.
pub(super) type Numbers = [u64; 3];

/// `6.18.0-rc1` gives 6, 18, 0; `2.36-9+deb12u13` gives 2, 36, 0. `None` without a major and a minor number.
pub(super) fn numbers(text: &str) -> Option<Numbers> {
    let mut parts = text.splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let (minor, ended) = leading(parts.next()?)?;
    let patch = parts.next().filter(|_| !ended).and_then(leading).map_or(0, |(number, _)| number);
    Some([major, minor, patch])
}

/// As people write it: without a last zero.
pub(super) fn text(numbers: Numbers) -> String {
    match numbers {
        [major, minor, 0] => format!("{major}.{minor}"),
        [major, minor, patch] => format!("{major}.{minor}.{patch}"),
    }
}

/// The number at the front, and whether something else follows it.
fn leading(text: &str) -> Option<(u64, bool)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text.get(..length)?.parse().ok()?, length < text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_and_without_suffixes() {
        let cases = [
            ("6.18.44-fc-v657", Some([6, 18, 44])),
            ("3.10.0-1160.el7.x86_64", Some([3, 10, 0])),
            ("6.18.0-rc1", Some([6, 18, 0])),
            ("6.1-rc1.2", Some([6, 1, 0])),
            ("5.15.0-microsoft-standard-WSL2", Some([5, 15, 0])),
            ("2.6.32.71-custom", Some([2, 6, 32])),
            ("4.4.302+", Some([4, 4, 302])),
            ("5.4.1_linux", Some([5, 4, 1])),
            ("2.36-9+deb12u13", Some([2, 36, 0])),
            ("2.17", Some([2, 17, 0])),
            ("1.2.3", Some([1, 2, 3])),
            ("6", None),
            ("6.", None),
            (".6", None),
            ("", None),
            ("unknown", None),
            ("99999999999999999999.1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text), expected, "{text}");
        }
        assert_eq!(text([2, 36, 0]), "2.36");
        assert_eq!(text([2, 6, 32]), "2.6.32");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = numbers(&text);
        }
    }
}
