//! What is quoted for a shell, `eval` in that shell gives back to the byte.

use super::shells::{Shell, os, variables};
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// What means something to some shell, some locale or some shell's innards; `X41` and `n` do behind a backslash.
#[rustfmt::skip] // one byte a line
const TELLING: &[&[u8]] = &[
    b"'", b"''", b"\"", b"\\", b"\n", b"!", b"$", b"`", b"$(", b"~", b"-", b" ", b"\t", b"\r", b"*", b"?", b"[", b"{", b"}", b"#", b"=",
    b"%", b";", b"&", b"|", b"<", b"\x01", b"\x7f", b"\x1b", b"\x80", b"\x81", b"\x88", b"\xa2", b"\xff", b"\xc3", b"\xe2\x82",
    b"\xed\xa0\x80", b"\xef\x98\x80", b"\xef\x9b\xbf", b"\xef\xb7\x90", b"X41", b"n", b"\xc3\xa9", b"\xf0\x9f\x98\x80",
];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(TELLING).prop_map(<[u8]>::to_vec);
    prop_oneof![telling, (1_u8..=255).prop_map(|byte| vec![byte])]
}

fn values() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(piece(), 0..12).prop_map(|pieces| pieces.concat()), 1..120)
}

#[test]
fn every_byte_alone_and_what_looks_like_an_option_comes_back() {
    let mut all: Vec<Vec<u8>> = (1..=255).map(|byte| vec![byte]).collect();
    all.extend(
        ["", "-n", "-e", "--", "~", "~root", "\n\n", "a\n", "''", "!!", "$HOME"]
            .map(|text| text.as_bytes().to_vec()),
    );
    comes_back(&all, "C");
    comes_back(&all, "C.UTF-8");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn generated_values_come_back(values in values(), locale in prop::sample::select(&["C", "C.UTF-8"][..])) {
        comes_back(&values, locale);
    }
}

/// Through `eval` of a substitution, as people run it, and through a file that is read.
#[track_caller]
fn comes_back(values: &[Vec<u8>], locale: &str) {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("text");
    for shell in Shell::all() {
        let words: Vec<_> = values.iter().map(|value| shell.word(os(value))).collect();
        let mut line = if shell.is_fish() { b"set values ".to_vec() } else { b"set -- ".to_vec() };
        line.extend(words.join(OsStr::new(" ")).as_bytes());
        std::fs::write(&text, line).unwrap();
        let script = if shell.is_fish() {
            "eval (cat $TEXT)\nfor x in $values; out $x; end\nset values; source $TEXT\nfor x in $values; out $x; end\n"
        } else {
            "eval \"$(cat \"$TEXT\")\"\nfor x; do out \"$x\"; done\nset --; . \"$TEXT\"\nfor x; do out \"$x\"; done\n"
        };
        let variables = variables(&[("TEXT", text.as_os_str()), ("LC_ALL", OsStr::new(locale))]);
        let outs = shell.outs(script.as_bytes(), &variables);
        assert_eq!(outs.len(), 2 * values.len(), "{} in {locale}", shell.name);
        for (out, value) in outs.iter().zip(values.iter().chain(values)) {
            assert_eq!(os(out), os(value), "{} in {locale}", shell.name);
        }
    }
}
