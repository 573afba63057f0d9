//! What C gave this process and what it asks of C: arguments, environment, `execve`. The library's only `unsafe`.
//!
//! `std::process::Command` would copy the environment into a map and reset the signal mask and dispositions;
//! a shim must pass all of that on untouched, and cheaply.

#![allow(unsafe_code)] // C's strings and five of its calls, each with the reason why it is sound

use std::ffi::{CStr, OsStr, c_char, c_int, c_uint, c_ulong};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};

/// Auxiliary vector: whether the kernel started this process with more rights than its caller has.
const AT_SECURE: c_ulong = 23;
/// Auxiliary vector: the path that was given to `execve`.
const AT_EXECFN: c_ulong = 31;
const SIGPIPE: c_int = 13;
const SIG_DFL: usize = 0;

unsafe extern "C" {
    static environ: *const *const c_char;
    fn execve(
        path: *const c_char,
        arguments: *const *const c_char,
        environment: *const *const c_char,
    ) -> c_int;
    fn getauxval(kind: c_ulong) -> c_ulong;
    fn geteuid() -> c_uint;
    fn signal(number: c_int, handler: usize) -> usize;
}

/// A NUL-terminated string, as thin as C's own pointer: an environment holds many, and hardly any is looked at
/// beyond its first byte, so that counting the length of each would cost more than all else the shim does.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    start: NonNull<c_char>,
    text: PhantomData<&'a CStr>,
}

impl<'a> Word<'a> {
    /// What follows `prefix`; `None` where the string does not start with it.
    pub fn after(self, prefix: &[u8]) -> Option<Self> {
        let mut start = self.start;
        for byte in prefix {
            // SAFETY: `start` is at most at the NUL, which no byte below equals, so it never moves past it.
            unsafe {
                if *byte == 0 || start.cast::<u8>().read() != *byte {
                    return None;
                }
                start = start.add(1);
            }
        }
        Some(Self { start, text: PhantomData })
    }

    /// The string.
    pub fn as_c_str(self) -> &'a CStr {
        // SAFETY: it points into a NUL-terminated string that lives for `'a`: the type is made from such only.
        unsafe { CStr::from_ptr(self.start.as_ptr()) }
    }
}

impl<'a> From<&'a CStr> for Word<'a> {
    fn from(text: &'a CStr) -> Self {
        // SAFETY: a reference is never null.
        let start = unsafe { NonNull::new_unchecked(text.as_ptr().cast_mut()) };
        Self { start, text: PhantomData }
    }
}

impl fmt::Debug for Word<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_c_str().fmt(formatter)
    }
}

/// The strings of a NULL-terminated vector; none where the vector itself is NULL.
///
/// # Safety
/// Every pointer before the NULL must point to a NUL-terminated string that lives, unchanged, as long as the
/// process: true of what C's `main` is given.
pub unsafe fn words(mut vector: *const *const c_char) -> Vec<Word<'static>> {
    let mut words = Vec::with_capacity(64);
    // SAFETY: by the contract above, `vector` can be read up to and including its NULL.
    unsafe {
        while let Some(start) = vector.as_ref().and_then(|start| NonNull::new(start.cast_mut())) {
            words.push(Word { start, text: PhantomData });
            vector = vector.add(1);
        }
    }
    words
}

/// The environment this process was given, in its order, duplicates included.
pub(crate) fn environment() -> Vec<Word<'static>> {
    // SAFETY: `environ` is the block that the kernel put on the stack; nothing in gvmr changes it.
    unsafe { words(environ) }
}

/// Whether the process runs with more rights than its caller (setuid, file capabilities).
pub(crate) fn is_privileged() -> bool {
    // SAFETY: `getauxval` reads a table and has no preconditions.
    unsafe { getauxval(AT_SECURE) != 0 }
}

/// The user whose rights this process has.
pub(crate) fn effective_user() -> u32 {
    // SAFETY: it has no preconditions and cannot fail.
    unsafe { geteuid() }
}

/// The path by which this program was executed, absolute or relative to the working directory.
pub(crate) fn executed_path() -> Option<&'static Path> {
    // SAFETY: as above; AT_EXECFN is 0 or a NUL-terminated string on the initial stack.
    let path = unsafe {
        let address = getauxval(AT_EXECFN) as *const c_char;
        if address.is_null() { None } else { Some(CStr::from_ptr(address)) }
    };
    path.map(|path| Path::new(OsStr::from_bytes(path.to_bytes())))
}

/// Replaces this process; returns only the error.
pub(crate) fn execute(program: &CStr, arguments: &[&CStr], environment: &[Word<'_>]) -> io::Error {
    let arguments = null_terminated(arguments.iter().map(|argument| argument.as_ptr()));
    let environment = null_terminated(environment.iter().map(|entry| entry.start.as_ptr().cast_const()));
    // SAFETY: `program` is NUL-terminated, both vectors end in NULL, and all they point to outlives the call.
    unsafe { execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Undoes what Rust's runtime did before `main`: it ignores SIGPIPE, and an ignored signal survives `execve`.
pub(crate) fn restore_sigpipe() {
    // SAFETY: sets a disposition to its default; no handler is installed.
    unsafe { signal(SIGPIPE, SIG_DFL) };
}

fn null_terminated(strings: impl ExactSizeIterator<Item = *const c_char>) -> Vec<*const c_char> {
    let mut pointers = Vec::with_capacity(strings.len() + 1);
    pointers.extend(strings);
    pointers.push(ptr::null());
    pointers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_compared_up_to_its_end_and_no_further() {
        let word = Word::from(c"GO=1");
        assert_eq!(word.after(b"GO=").unwrap().as_c_str(), c"1");
        assert_eq!(word.after(b"GO=1").unwrap().as_c_str(), c"");
        assert!(word.after(b"GO=1\0").is_none());
        assert!(word.after(b"GO=12").is_none());
        assert!(word.after(b"X").is_none());
        assert!(Word::from(c"").after(b"\0").is_none());
        assert_eq!(word.after(b"").unwrap().as_c_str(), c"GO=1");
    }
}
