//! What C gave this process and what it asks of C: arguments, environment, `execve`. The library's only `unsafe`.
//!
//! `std::process::Command` would copy the environment into a map and reset the signal mask and dispositions;
//! a shim must pass all of that on untouched, and cheaply.

#![allow(unsafe_code)] // C's strings and eight of its calls, each with the reason why it is sound

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_uint, c_ulong};
use std::fmt;
use std::fs;
use std::io;
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};

/// Auxiliary vector: whether the kernel started this process with more rights than its caller has.
const AT_SECURE: c_ulong = 23;
/// Auxiliary vector: the path that was given to `execve`.
const AT_EXECFN: c_ulong = 31;
const AT_FDCWD: c_int = -100;
/// To write and to search: what making a file in a directory takes.
const W_OK_AND_X_OK: c_int = 2 | 1;
/// Ask with the effective user's rights.
const AT_EACCESS: c_int = 0x200;
/// What nearly every look finds; naming it here spares the table of all kinds.
const ENOENT: c_int = 2;
const SIGPIPE: c_int = 13;
const SIGXFSZ: c_int = 25;
const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

unsafe extern "C" {
    static environ: *const *const c_char;
    fn execve(
        path: *const c_char,
        arguments: *const *const c_char,
        environment: *const *const c_char,
    ) -> c_int;
    fn getauxval(kind: c_ulong) -> c_ulong;
    fn geteuid() -> c_uint;
    fn faccessat(directory: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int;
    fn readlink(path: *const c_char, target: *mut c_char, size: usize) -> isize;
    fn signal(number: c_int, handler: usize) -> usize;
    fn sigaction(number: c_int, new: *const usize, old: *mut usize) -> c_int;
}

/// A NUL-terminated string, as thin as C's own pointer: an environment holds many, and hardly any is looked at
/// beyond its first byte: counting the length of each would cost more than all else the shim does.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    start: NonNull<c_char>,
    text: PhantomData<&'a CStr>,
}

impl<'a> Word<'a> {
    /// Its first byte; 0 where it is empty.
    pub(crate) fn first_byte(self) -> u8 {
        // SAFETY: it points to at least the NUL.
        unsafe { self.start.cast::<u8>().read() }
    }

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

/// Whether the effective user may make files in this directory, by the kernel's own word: modes, lists of rights and
/// mounts that are read-only.
pub(crate) fn may_write_into(directory: &Path) -> io::Result<()> {
    let path = CString::new(directory.as_os_str().as_bytes())?;
    // SAFETY: the path is NUL-terminated and outlives the call, which changes nothing.
    let is_allowed = |flags| unsafe { faccessat(AT_FDCWD, path.as_ptr(), W_OK_AND_X_OK, flags) == 0 };
    // The plain question is about the real user, who is the effective one as a rule, and every kernel and sandbox knows
    // it. The other one is asked again only where that makes a difference.
    if !is_privileged() && is_allowed(0) || is_allowed(AT_EACCESS) {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// Whether nothing is at `path`, not even a dangling link, or nothing that this process may look at. It asks the kernel
/// for a link's target: that takes no memory, tells a file from nothing, and costs a tenth of a look at its metadata.
/// `path` ends with a NUL; what does not is said to be there, and the caller looks again.
pub(crate) fn is_absent(path: &[u8]) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    let mut target: c_char = 0;
    // SAFETY: there is a NUL in `path`, and at most one byte is written to `target`.
    if path.last() != Some(&0) || unsafe { readlink(path.as_ptr().cast(), &raw mut target, 1) } >= 0 {
        return false;
    }
    let error = io::Error::last_os_error();
    error.raw_os_error() == Some(ENOENT)
        || matches!(error.kind(), NotFound | NotADirectory | PermissionDenied | InvalidFilename)
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

/// This program's file: as the kernel names it now, or without `/proc` as it was executed, for a process that has not
/// changed its directory since.
pub fn running_program() -> io::Result<PathBuf> {
    fs::read_link("/proc/self/exe").or_else(|error| match executed_path() {
        Some(path) => fs::canonicalize(path),
        None => Err(error),
    })
}

/// Replaces this process; returns only the error.
pub(crate) fn execute(program: &CStr, arguments: &[&CStr], environment: &[Word<'_>]) -> io::Error {
    let arguments = null_terminated(arguments.iter().map(|argument| argument.as_ptr()));
    let environment = null_terminated(environment.iter().map(|entry| entry.start.as_ptr().cast_const()));
    // SAFETY: `program` is NUL-terminated, both vectors end in NULL, and all they point to outlives the call.
    unsafe { execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Whether this process was started with SIGPIPE ignored. Asked before Rust's runtime starts, or where it never does.
pub(crate) fn ignores_sigpipe() -> bool {
    // SAFETY: sets a disposition to its default and back; no handler is installed, and no second thread is there.
    unsafe {
        let before = signal(SIGPIPE, SIG_DFL);
        if before == SIG_IGN {
            signal(SIGPIPE, SIG_IGN);
        }
        before == SIG_IGN
    }
}

/// Whether this process ignores a signal. Unlike `/proc/self/status`, this works without `/proc`.
pub fn ignores(number: i32) -> bool {
    // C's struct begins with the handler, on every architecture that Rust has Linux for but MIPS, and is smaller.
    let mut old = [SIG_DFL; 64];
    // SAFETY: with no new action it only writes the present one, which fits.
    unsafe { sigaction(number, ptr::null(), old.as_mut_ptr()) == 0 && old.first() == Some(&SIG_IGN) }
}

/// Does what may write to a file beyond the limit on file sizes: the write fails instead of ending this process, and
/// the disposition is then as it was. Only for a process with one thread.
pub(crate) fn within_file_size_limit<T>(write: impl FnOnce() -> T) -> T {
    // SAFETY: sets a disposition to "ignore" and back; no handler is installed.
    let before = unsafe { signal(SIGXFSZ, SIG_IGN) };
    let result = write();
    // SAFETY: as above.
    unsafe { signal(SIGXFSZ, before) };
    result
}

/// Undoes what Rust's runtime did before `main`: it ignores SIGPIPE, and an ignored signal survives `execve`.
pub fn restore_sigpipe() {
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
