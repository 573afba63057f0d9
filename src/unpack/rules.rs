//! Which names a file of a toolchain may have: the rules of Go's `module.CheckFilePath` and `zip.Unzip`.
//!
//! Takes the bytes after the prefix, gives them back as text, or the rule they break. Stricter than Go in two
//! points that no toolchain needs: letters are ASCII only, and an element may not look like a Windows short
//! name (`PROGRA~1`). Never touches a disk.

use super::OWN;

/// Punctuation that an element may hold, besides ASCII letters and digits.
const PUNCTUATION: &[u8] = b"!#$%&()+,-.=@[]^_{}~ ";

/// Device names that Windows gives a meaning to in every directory, with any extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// The name as text where it obeys every rule, else the rule that it breaks.
pub(super) fn check(name: &[u8]) -> Result<&str, &'static str> {
    if name.is_empty() {
        return Err("a name may not be empty");
    }
    if name.ends_with(b"/") {
        return Err("directories have no entries of their own");
    }
    if name.starts_with(b"/") {
        return Err("a name may not be absolute");
    }
    for element in name.split(|&byte| byte == b'/') {
        check_element(element)?;
    }
    let last = name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    // A toolchain's own are called `_go.mod`, so that no module begins inside another.
    if last.eq_ignore_ascii_case(b"go.mod") {
        return Err("a module may not hold another's go.mod");
    }
    if last.eq_ignore_ascii_case(b"_go.mod") && last != b"_go.mod" {
        return Err("_go.mod is spelled in lower case");
    }
    if OWN.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes())) {
        return Err("the receipt's name is reserved");
    }
    std::str::from_utf8(name).map_err(|_| "a name is ASCII")
}

fn check_element(element: &[u8]) -> Result<(), &'static str> {
    if element.is_empty() {
        return Err("a name may not hold an empty element");
    }
    if element == b"." || element == b".." {
        return Err("a name may not hold . or ..");
    }
    if element.ends_with(b".") {
        return Err("an element may not end in a dot");
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || PUNCTUATION.contains(byte);
    if !element.iter().all(allowed) {
        return Err("a name holds a character that no toolchain uses");
    }
    let stem = element.split(|&byte| byte == b'.').next().unwrap_or_default();
    if is_device(stem) {
        return Err("a name may not be a device's on Windows");
    }
    if is_short_name(stem) {
        return Err("a name may not look like a short name of Windows");
    }
    Ok(())
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
