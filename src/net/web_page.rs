//! How a web page begins: a login page, a captive portal, an error page where data was expected.
//!
//! Takes the first bytes of an answer. Whatever the server calls them, no archive, list or tile begins so. Pure.

/// How many bytes are looked at.
pub(super) const LONGEST_BEGINNING: usize = 1024;

/// What a web page begins with, in lower case. A single `<` proves nothing: tiles of the log are random bytes.
const OPENINGS: [&[u8]; 12] = [
    b"<!doctype html",
    b"<!--",
    b"<?xml",
    b"<html",
    b"<head",
    b"<body",
    b"<meta",
    b"<script",
    b"<style",
    b"<title",
    b"<link",
    b"<noscript",
];

/// Whether data begins as a web page does; `None` where more of it is needed to tell.
pub(super) fn begins(data: &[u8]) -> Option<bool> {
    const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
    if data.starts_with(b"\xff\xfe<\0") || data.starts_with(b"\xfe\xff\0<") {
        return Some(true); // UTF-16
    }
    let start = data.strip_prefix(UTF8_MARK).unwrap_or(data).trim_ascii_start();
    let begins = |whole: &[u8], begin: &[u8]| {
        whole.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
    };
    if OPENINGS.iter().any(|opening| begins(start, opening)) {
        return Some(true);
    }
    let is_undecided = OPENINGS.iter().any(|opening| begins(opening, start))
        || UTF8_MARK.starts_with(data)
        || (data.len() < 4 && matches!(data, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0xff | 0xfe]));
    if is_undecided { None } else { Some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_data_however_they_begin() {
        for page in [
            "<!DOCTYPE html><html>",
            "\n\n  <HTML lang=de>",
            "\u{feff}<html>",
            "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC>",
            "<!-- portal --><html>",
            "<script>location='/login'</script>",
            "<meta http-equiv=refresh content=0>",
            "<Title>Sign in</Title>",
        ] {
            assert_eq!(begins(page.as_bytes()), Some(true), "{page}");
            // In pieces, it is never taken for data.
            assert!((0..page.len()).all(|cut| begins(&page.as_bytes()[..cut]) != Some(false)), "{page}");
        }
        let utf16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(begins(&utf16), Some(true));
        for data in [
            &b"PK\x03\x04"[..],
            b"\x1f\x8b",
            b"[{",
            b"<\0\xff",
            b"go1.22.10",
            b"<htmx",
            b"\xef\xbbX",
            b"\xff\xfe\0\0",
        ] {
            assert_eq!(begins(data), Some(false), "{data:?}");
        }
        assert_eq!(begins(b""), None);
    }
}
