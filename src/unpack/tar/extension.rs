//! What extension headers hold: records of pax, or a long name as GNU tar writes it.
//!
//! Takes the content, gives the name in it, or the rule it breaks. Records that would change what a content is
//! (sizes, links, sparse maps, character sets) are refused, times and owners are read over.

/// Bytes of the longest content.
pub(super) const MAX_LENGTH: usize = 4096;

/// Keys of records that say nothing a toolchain needs.
const MEANINGLESS: [&[u8]; 7] = [b"mtime", b"atime", b"ctime", b"uid", b"gid", b"uname", b"gname"];

/// The name that records of pax give, if they do.
pub(super) fn pax(mut content: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut name = None;
    while !content.is_empty() {
        let (key, value, rest) = record(content).ok_or("a pax record breaks its format")?;
        if seen.contains(&key) {
            return Err("a pax record occurs twice");
        }
        if key == b"path" {
            name = Some(value);
        } else if !MEANINGLESS.contains(&key) {
            return Err("a pax record may set only a name, a time or an owner");
        } else if !matches!(key, b"uname" | b"gname") && !is_decimal(value) {
            return Err("a time or owner in a pax record is not a number");
        }
        seen.push(key);
        content = rest;
    }
    Ok(name)
}

/// The first record (`LENGTH KEY=VALUE` and a newline, the length being that of all of it) and what follows it.
fn record(content: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let digits = content.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = content.get(..digits).filter(|text| text.first().is_some_and(|&digit| digit != b'0'))?;
    let length: usize = std::str::from_utf8(text).ok()?.parse().ok()?;
    let (record, rest) = content.split_at_checked(length)?;
    let body = record.get(digits..)?.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|&byte| byte == b'=')?;
    let (key, value) = (body.get(..equals)?, body.get(equals + 1..)?);
    // A reader that looks for the end of a line or of a text would see something else.
    let plain = !value.iter().any(|byte| matches!(byte, 0 | b'\n'));
    plain.then_some((key, value, rest))
}

/// Whether it is a decimal number, perhaps with a sign and a fraction.
fn is_decimal(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let mut parts = digits.splitn(2, |&byte| byte == b'.');
    parts.all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

/// The name in a header of GNU tar, which a zero ends.
pub(super) fn long_name(content: &[u8]) -> Result<&[u8], &'static str> {
    match content.split_last() {
        Some((0, name)) if !name.is_empty() && !name.contains(&0) => Ok(name),
        _ => Err("a long name must end in one zero byte"),
    }
}

#[cfg(test)]
mod tests {
    use super::{long_name, pax};

    #[test]
    fn records_give_a_name_or_nothing() {
        assert_eq!(pax(b"11 path=go\n"), Ok(Some(&b"go"[..])));
        assert_eq!(pax(b"11 path=go/\n"), Err("a pax record breaks its format"));
        assert_eq!(pax(b"12 path=go/\n"), Ok(Some(&b"go/"[..])));
        assert_eq!(pax(b"12 path=go/\n13 mtime=1.5\n10 gid=12\n"), Ok(Some(&b"go/"[..])));
        assert_eq!(pax(b"13 mtime=1.5\n13 uname=a=b\n"), Ok(None));
        assert_eq!(pax(b"9 path=x\n"), Ok(Some(&b"x"[..])));
    }

    #[test]
    fn records_that_say_more_are_refused() {
        for record in [
            &b"9 size=1\n"[..],
            b"14 linkpath=x\n",
            b"22 GNU.sparse.major=1\n",
            b"21 hdrcharset=BINARY\n",
            b"9 path=x\n9 path=y\n",
            b"9 path=x\n0",
            b"09 path=x\n",
            b"9  path=x\n",
            b"+9 path=x\n",
            b"9 path=xy",
            b"8 path=x\n",
            b"11 path=x\0y\n",
            b"11 path=x\ny\n",
            b"99999999999999999999 path=x\n",
            b"4 x\n",
            b"5 =x\n",
            b"10 mtime=x\n",
            b"9 mtime=\n",
            b"10 uid=1.\n",
        ] {
            assert!(pax(record).is_err(), "{:?}", String::from_utf8_lossy(record));
        }
    }

    #[test]
    fn a_long_name_has_one_zero_at_its_end() {
        assert_eq!(long_name(b"go/x\0"), Ok(&b"go/x"[..]));
        for content in [&b""[..], b"\0", b"go/x", b"go\0x\0", b"go/x\0\0"] {
            assert!(long_name(content).is_err(), "{content:?}");
        }
    }
}
