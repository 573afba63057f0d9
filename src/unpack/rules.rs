//! Which names a file of a toolchain may have: the rules of Go's `module.CheckFilePath` and `zip.Unzip`.
//!
//! Takes the bytes after the root, gives them back as text, or the rule they break. Stricter than Go in two
//! points that no toolchain needs: letters are ASCII only, and an element may not look like a Windows short
//! name (`PROGRA~1`). Go's own tests hold files with other letters; they are never written. Never touches a disk.

use super::OWN;

/// Punctuation that an element may hold, besides ASCII letters and digits.
const PUNCTUATION: &[u8] = b"!#$%&()+,-.=@[]^_{}~ ";

/// The longest name that Linux gives a file in a directory, in bytes.
const MAX_ELEMENT: usize = 255;

/// Device names that Windows gives a meaning to in every directory, with any extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Where a name comes from, which decides some of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// A module, which calls every go.mod `_go.mod`.
    Module,
    /// A release archive.
    Release,
    /// A directory of a release archive that no module holds.
    Unlogged,
}

/// The name as text where it obeys every rule, else the rule that it breaks.
pub(super) fn check(name: &[u8], within: Within) -> Result<&str, &'static str> {
    if name.is_empty() {
        return Err("a name may not be empty");
    }
    if name.ends_with(b"/") {
        return Err("directories may not have entries");
    }
    if name.starts_with(b"/") {
        return Err("a name may not be absolute");
    }
    for element in name.split(|&byte| byte == b'/') {
        check_element(element, within)?;
    }
    check_module_file(name.rsplit(|&byte| byte == b'/').next().unwrap_or_default(), within)?;
    if OWN.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes())) {
        return Err("the receipt's name is reserved");
    }
    std::str::from_utf8(name).map_err(|_| "a name must be UTF-8")
}

/// Modules call every go.mod `_go.mod`, so that no module begins inside another; archives call none so.
fn check_module_file(last: &[u8], within: Within) -> Result<(), &'static str> {
    let (plain, renamed) = (last.eq_ignore_ascii_case(b"go.mod"), last.eq_ignore_ascii_case(b"_go.mod"));
    match within {
        Within::Module if plain => Err("a module may not hold another's go.mod"),
        Within::Module if renamed && last != b"_go.mod" => Err("_go.mod must be in lower case"),
        Within::Release | Within::Unlogged if renamed => Err("only modules may hold a _go.mod"),
        Within::Release | Within::Unlogged if plain && last != b"go.mod" => {
            Err("go.mod must be in lower case")
        }
        _ => Ok(()),
    }
}

fn check_element(element: &[u8], within: Within) -> Result<(), &'static str> {
    if element.is_empty() {
        return Err("a name may not hold an empty element");
    }
    if element.len() > MAX_ELEMENT {
        return Err("an element may not exceed 255 bytes");
    }
    if element == b"." || element == b".." {
        return Err("a name may not hold . or ..");
    }
    if element.ends_with(b".") {
        return Err("an element may not end in a dot");
    }
    let plain = element.iter().all(|&byte| is_plain(byte));
    if !plain && (within != Within::Unlogged || !is_lettered(element)) {
        return Err("a name holds a character that is not allowed");
    }
    let stem = element.split(|&byte| byte == b'.').next().unwrap_or_default();
    if is_device(stem) {
        return Err("a name may not be a Windows device name");
    }
    if is_short_name(stem) {
        return Err("a name may not look like a Windows short name");
    }
    Ok(())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || PUNCTUATION.contains(&byte)
}

/// Whether all that is not plain are letters of any script.
fn is_lettered(element: &[u8]) -> bool {
    let allowed = |letter: char| match u8::try_from(letter) {
        Ok(byte) if byte.is_ascii() => is_plain(byte),
        _ => letter.is_alphabetic(),
    };
    std::str::from_utf8(element).is_ok_and(|text| text.chars().all(allowed))
}

fn is_device(stem: &[u8]) -> bool {
    let numbered = |prefix: &[u8]| {
        stem.len() == 4
            && stem.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && matches!(stem.last(), Some(b'1'..=b'9'))
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device.as_bytes()))
        || numbered(b"COM")
        || numbered(b"LPT")
}

/// Whether the stem ends in a tilde and digits.
fn is_short_name(stem: &[u8]) -> bool {
    let digits = stem.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && stem.len() > digits && stem.get(stem.len() - digits - 1) == Some(&b'~')
}
