use super::*;
use proptest::prelude::*;
use std::io::{Read as _, Seek as _};

/// What is heard, kept and logged of output that arrives in these pieces.
fn heard(pieces: &[&[u8]]) -> (Vec<String>, Vec<String>, Vec<u8>) {
    let mut log = tempfile::tempfile().unwrap();
    let mut lines = Vec::new();
    let mut listener = |line: &str| lines.push(line.to_owned());
    let mut output = Output::new(log.try_clone().unwrap(), &mut listener, &|| false);
    for piece in pieces {
        output.hear(piece).unwrap();
    }
    output.end();
    let tail = output.into_tail();
    let mut logged = Vec::new();
    log.rewind().unwrap();
    log.read_to_end(&mut logged).unwrap();
    (lines, tail, logged)
}

#[test]
fn lines_are_put_together_and_the_last_one_needs_no_end() {
    let (lines, _, logged) = heard(&[b"on", b"e\r\ntwo\n\nth", b"ree"]);
    assert_eq!(lines, ["one", "two", "", "three"]);
    assert_eq!(logged, b"one\r\ntwo\n\nthree");
}

#[test]
fn what_is_not_utf_8_is_replaced_for_the_listener_and_kept_in_the_log() {
    let (lines, _, logged) = heard(&[b"a\xff\xfeb\n"]);
    assert_eq!(lines, ["a\u{fffd}\u{fffd}b"]);
    assert_eq!(logged, b"a\xff\xfeb\n");
}

#[test]
fn the_last_twenty_lines_are_kept() {
    let text = (0..100).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
    let (lines, tail, _) = heard(&[text.as_bytes()]);
    assert_eq!(lines.len(), 100);
    assert_eq!(tail, lines[80..]);
}

#[test]
fn the_log_takes_only_so_much() {
    let much = vec![b'x'; LOG_LIMIT - 1];
    let (_, _, logged) = heard(&[&much, b"abc", b"def"]);
    assert_eq!(logged.len(), LOG_LIMIT);
    assert!(logged.ends_with(b"xa"));
}

proptest! {
    #[test]
    fn nothing_is_lost_and_no_line_is_too_long(
        pieces in prop::collection::vec((0..3 * MAX_LINE_LENGTH, any::<bool>()), 0..6)
    ) {
        let pieces: Vec<Vec<u8>> = pieces
            .into_iter()
            .map(|(length, ends)| {
                let mut piece = vec![b'x'; length];
                piece.extend(ends.then_some(b'\n'));
                piece
            })
            .collect();
        let whole = pieces.concat();
        let text = String::from_utf8(whole.clone()).unwrap();
        let borrowed: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let (lines, _, logged) = heard(&borrowed);
        prop_assert!(lines.iter().all(|line| line.len() <= MAX_LINE_LENGTH));
        prop_assert_eq!(lines.concat(), text.replace('\n', ""));
        prop_assert_eq!(logged, whole);
    }
}
