//! Values for the files of systemd's `environment.d`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// A value without quotes: a backslash keeps the next character, and `$$` is a dollar (environment.d(5)).
pub(super) fn value(value: &OsStr) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in value.as_bytes() {
        match byte {
            b'$' => text.extend(b"$$"),
            b'\\' | b'"' | b'\'' | b'`' | b' ' | b'#' | b';' => text.extend([b'\\', *byte]),
            byte => text.push(*byte),
        }
    }
    text
}
