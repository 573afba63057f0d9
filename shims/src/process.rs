//! The one module with `unsafe`: the arguments and environment that C gave this process, and `execve`.
//!
//! `std::process::Command` would copy the environment into a map and reset the signal mask and dispositions;
//! a shim must pass all of that on untouched, and cheaply.

#![allow(unsafe_code)] // five calls of the C library, each with the reason why it is sound

use std::ffi::{CStr, OsStr, c_char, c_int, c_ulong};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

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
    fn signal(number: c_int, handler: usize) -> usize;
}

/// The strings of a NULL-terminated vector; none where the vector itself is NULL.
///
/// # Safety
/// Every pointer before the NULL must point to a NUL-terminated string that lives, unchanged, as long as the
/// process: true of what C's `main` is given.
pub unsafe fn strings(mut vector: *const *const c_char) -> Vec<&'static CStr> {
    let mut strings = Vec::with_capacity(64);
    // SAFETY: by the contract above, `vector` can be read up to and including its NULL, and so can each string.
    unsafe {
        while !vector.is_null() && !(*vector).is_null() {
            strings.push(CStr::from_ptr(*vector));
            vector = vector.add(1);
        }
    }
    strings
}

/// The environment this process was given, in its order, duplicates included.
pub(crate) fn environment() -> Vec<&'static CStr> {
    // SAFETY: `environ` is the block that the kernel put on the stack; nothing in gvmr changes it.
    unsafe { strings(environ) }
}

/// Whether the process runs with more rights than its caller (setuid, file capabilities).
pub(crate) fn is_privileged() -> bool {
    // SAFETY: `getauxval` reads a table and has no preconditions.
    unsafe { getauxval(AT_SECURE) != 0 }
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
pub(crate) fn execute(program: &CStr, arguments: &[&CStr], environment: &[&CStr]) -> io::Error {
    let arguments = pointers(arguments);
    let environment = pointers(environment);
    // SAFETY: `program` is NUL-terminated, both vectors end in NULL, and all they point to outlives the call.
    unsafe { execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Undoes what Rust's runtime did before `main`: it ignores SIGPIPE, and an ignored signal survives `execve`.
pub(crate) fn restore_sigpipe() {
    // SAFETY: sets a disposition to its default; no handler is installed.
    unsafe { signal(SIGPIPE, SIG_DFL) };
}

fn pointers(strings: &[&CStr]) -> Vec<*const c_char> {
    let mut pointers = Vec::with_capacity(strings.len() + 1);
    pointers.extend(strings.iter().map(|string| string.as_ptr()));
    pointers.push(ptr::null());
    pointers
}
