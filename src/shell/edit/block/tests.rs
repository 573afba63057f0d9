//! Texts that want to be torn: put the block in, take it out, and nothing has happened.

use super::*;
use proptest::prelude::*;

const LINES: &[u8] = b"if [ -r '/x/env' ]; then . '/x/env'; fi\n";

fn put(text: &[u8], place: BlockPosition) -> Vec<u8> {
    with(&without(text).unwrap(), LINES, place)
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_block_stands_at_the_end_and_where_it_is_wanted_at_the_top() {
    let block = "# >>> gvmr >>>\nif [ -r '/x/env' ]; then . '/x/env'; fi\n# <<< gvmr <<<\n";
    assert_eq!(shown(&put(b"a\n", BlockPosition::End)), format!("a\n{block}"));
    assert_eq!(shown(&put(b"a\n", BlockPosition::Both)), format!("{block}a\n{block}"));
    assert_eq!(shown(&put(b"", BlockPosition::Both)), block, "one will do where nothing else is");
}

#[test]
fn line_ends_are_added_where_a_line_of_its_own_needs_them_and_the_mark_says_so() {
    for (text, before) in [
        (&b"a"[..], "a\n# >>> gvmr >>> setup made: 1 line end\n"),
        (b"a\\", "a\\\n\n# >>> gvmr >>> setup made: 2 line ends\n"),
        (b"a \\\n", "a \\\n\n# >>> gvmr >>> setup made: 1 line end\n"),
        (b"a\r\n", "a\r\n# >>> gvmr >>>\n"),
        (b"a\r", "a\r\n# >>> gvmr >>> setup made: 1 line end\n"),
        (b"\n", "\n# >>> gvmr >>>\n"),
    ] {
        let new = put(text, BlockPosition::End);
        assert!(shown(&new).starts_with(before), "{text:?}: {}", shown(&new));
        assert_eq!(without(&new).unwrap().text, text);
    }
}

#[test]
fn a_file_that_setup_made_is_remembered_with_the_directories_above_it() {
    for (directories, note) in
        [(0, "this file"), (1, "this file, 1 directory"), (3, "this file, 3 directories")]
    {
        let bare = Stripped { text: Vec::new(), made: Some(directories) };
        let new = with(&bare, LINES, BlockPosition::Both);
        assert!(shown(&new).starts_with(&format!("# >>> gvmr >>> setup made: {note}\n")), "{}", shown(&new));
        assert_eq!(without(&new).unwrap(), bare);
        // Somebody wrote into it: that is remembered all the same, and their bytes stay.
        let more = with(&without(&[&new[..], b"theirs"].concat()).unwrap(), LINES, BlockPosition::Both);
        assert_eq!(without(&more).unwrap(), Stripped { text: b"theirs".to_vec(), made: Some(directories) });
    }
}

#[test]
fn what_was_appended_behind_the_block_keeps_its_bytes_and_the_line_before_it_its_end() {
    let later = [&put(b"a", BlockPosition::End)[..], b"b"].concat();
    assert_eq!(without(&later).unwrap().text, b"a\nb");
    let again = put(&later, BlockPosition::End);
    assert!(again.starts_with(b"a\nb\n# >>> gvmr >>> setup made: 1 line end\n"));
    assert_eq!(without(&again).unwrap().text, b"a\nb");
}

#[test]
fn blocks_of_other_versions_and_of_converted_files_are_known() {
    let other = b"# >>> gvmr >>> (version 9; do not edit)\nanything\n# <<< gvmr <<< so long\n";
    let text = [b"a\n", &other[..], b"b\n", other].concat();
    assert_eq!(without(&text).unwrap().text, b"a\nb\n");
    let converted = shown(&put(b"a", BlockPosition::Both)).replace('\n', "\r\n");
    assert_eq!(without(converted.as_bytes()).unwrap().text, b"a");
    for near in ["#>>> gvmr >>>\n", " # >>> gvmr >>>\n", "# >>> gvmr >>>x\n", "echo '# >>> gvmr >>>'\n"] {
        assert_eq!(without(near.as_bytes()).unwrap().text, near.as_bytes());
    }
}

#[test]
fn a_torn_block_is_named_by_its_line() {
    let (begin, end) = ("# >>> gvmr >>>\n", "# <<< gvmr <<<\n");
    for (text, error) in [
        (format!("a\n{begin}b\n"), BlockError::Unterminated { line: 2 }),
        (format!("a\n{begin}b\n{begin}{end}"), BlockError::Nested { line: 4, outer: 2 }),
        (format!("{begin}{end}a\nb\n{end}"), BlockError::Stray { line: 5 }),
        (begin.trim_end().to_owned(), BlockError::Unterminated { line: 1 }),
    ] {
        assert_eq!(without(text.as_bytes()), Err(error), "{text}");
        assert!(error.to_string().contains(&format!("line {}", error.line())));
    }
}

#[test]
fn a_note_that_somebody_wrote_takes_nothing_that_was_not_added() {
    let text = b"\n\n\n# >>> gvmr >>> setup made: this file, 99999 directories, 77 line ends, a mess\n# <<< gvmr <<<\n";
    assert_eq!(without(text).unwrap(), Stripped { text: b"\n".to_vec(), made: Some(MAX_DIRECTORIES) });
    let none = b"a# >>> gvmr >>>\n# >>> gvmr >>> setup made: 2 line ends, -1 directories\n# <<< gvmr <<<\n";
    assert_eq!(without(none).unwrap(), Stripped { text: b"a# >>> gvmr >>>".to_vec(), made: None });
}

#[test]
fn ten_megabytes_are_no_trouble() {
    let text = b"export A=1 # \xff\x00\r\n".repeat(10 << 16);
    let new = put(&text, BlockPosition::Both);
    assert!(new.len() > 10 << 20);
    assert_eq!(without(&new).unwrap().text, text);
}

#[test]
fn lines_that_a_person_put_there_are_found_as_whole_lines() {
    assert!(holds(&[b"a\n", LINES, b"b"].concat(), LINES) && holds(LINES, LINES));
    assert!(!holds(&[b"# ", LINES].concat(), LINES) && !holds(b"", LINES) && !holds(b"a", b""));
}

/// Texts out of what marks, shells and editors leave behind.
fn nasty() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"# >>> gvmr >>>".to_vec()),
        Just(b"# <<< gvmr <<<".to_vec()),
        Just(b"# >>> gvmr >>>\nx\n# <<< gvmr <<<\n".to_vec()),
        Just(b"# >>> gvmr >>> setup made: this file, 2 directories, 2 line ends\n# <<< gvmr <<<\n".to_vec()),
        Just(b"# >>> gvmr >>> setup made: 1 line end\r\n# <<< gvmr <<<\r\n".to_vec()),
        Just(b" setup made: 1 line end".to_vec()),
        Just(b"# >>> gvmr".to_vec()),
        Just(b" >>>".to_vec()),
        Just(LINES.to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\\".to_vec()),
        Just(b"\x00\xff\xfe".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
        "[ -~]{0,20}\n".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Such texts without a mark, though full of what is nearly one.
fn blockless() -> impl Strategy<Value = Vec<u8>> {
    nasty().prop_map(|text| {
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        lines
            .map(|line| if Mark::of(line).is_some() { [b" ", line].concat() } else { line.to_vec() })
            .collect::<Vec<_>>()
            .concat()
    })
}

fn place() -> impl Strategy<Value = BlockPosition> {
    prop_oneof![Just(BlockPosition::End), Just(BlockPosition::Both)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What has no block is what undo gives back.
    #[test]
    fn in_and_out_is_nothing(text in blockless(), place in place(), made in prop::option::of(0..4_usize)) {
        let bare = Stripped { text, made };
        prop_assert_eq!(without(&with(&bare, LINES, place)).unwrap(), bare);
    }

    /// Whatever blocks were there before: the second time changes nothing, and undo gives what the first time found.
    #[test]
    fn twice_is_once(text in nasty(), first in place(), place in place()) {
        let Ok(bare) = without(&text) else { return Ok(()) };
        let new = with(&without(&with(&bare, b"old\n", first)).unwrap(), LINES, place);
        prop_assert_eq!(&with(&without(&new).unwrap(), LINES, place), &new);
        prop_assert_eq!(&without(&new).unwrap(), &bare);
        prop_assert_eq!(without(&without(&new).unwrap().text).unwrap().text, bare.text);
    }

    /// Somebody appends behind the block: it moves to the end, and both texts are there in their order.
    #[test]
    fn appended_text_keeps_its_place(text in blockless(), more in blockless(), place in place()) {
        let once = put(&text, place);
        let appended = [&once[..], &more].concat();
        let kept = without(&appended).unwrap().text;
        let added = vec![b'\n'; if more.is_empty() { 0 } else { missing_line_ends(&text) }];
        prop_assert_eq!(&kept, &[&text[..], &added, &more].concat());
        let again = put(&appended, place);
        prop_assert!(again.ends_with(b"\n# <<< gvmr <<<\n"));
        prop_assert_eq!(without(&again).unwrap().text, kept);
    }
}
