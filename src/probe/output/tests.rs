//! What is kept of an output.

use super::*;

#[test]
fn a_long_output_keeps_whole_lines_of_its_beginning_and_its_end() {
    let mut output = KeptStream::up_to(MAX_WHOLE);
    output.take(b"first line\n").unwrap();
    for _ in 0..200 {
        output.take(&vec![b'x'; 64 << 10]).unwrap();
    }
    output.take(b"\nlast line\n").unwrap();
    assert!(output.head.len() <= MAX_HEAD && output.head.capacity() < MAX_TAIL);
    assert!(output.ends().starts_with("first line\nxx") && output.end().ends_with("xx\nlast line\n"));
    let SearchedText::Ends { head, tail, missing } = output.into_text("sh") else { panic!("it is long") };
    assert_eq!((head.as_str(), tail.as_str()), ("first line\n", "last line\n"));
    assert!(missing.starts_with("sh printed 12.5 MiB; over 8 MiB only the first 64 KiB"), "{missing}");
    let mut endless = KeptStream { printed: MAX_PRINTED, ..KeptStream::up_to(MAX_ENDS) };
    assert!(endless.take(b"x").is_err());
}

#[test]
fn up_to_its_limit_an_output_is_whole() {
    for (limit, length, is_whole) in [
        (MAX_WHOLE, MAX_WHOLE, true),
        (MAX_WHOLE, MAX_WHOLE + 1, false),
        (MAX_ENDS, MAX_ENDS, true),
        (MAX_ENDS, MAX_ENDS + 1, false),
    ] {
        let mut output = KeptStream::up_to(limit);
        output.take(&vec![b'x'; length]).unwrap();
        let is_kept = matches!(output.into_text("sh"), SearchedText::Whole(text) if text.len() == length);
        assert_eq!(is_kept, is_whole, "{length} of {limit}");
    }
}
