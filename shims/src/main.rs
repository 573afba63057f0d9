//! The shim: `go`, `gofmt` and `go1.23.4` in a home's `shims` directory.
//!
//! It starts at C's `main`, before Rust's runtime would ignore SIGPIPE, because the tool that it becomes must
//! find signals as the caller left them.

#![no_main]

mod arena;

use std::ffi::{CStr, c_char, c_int};

// The unwinder that std's backtraces refer to, out of the archive and not out of libgcc_s.so: to load that library
// takes longer than all that the shim does.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // it declares nothing
#[link(name = "gcc_eh")]
unsafe extern "C" {}

/// C's entry point.
///
/// # Safety
/// `vector` is the NULL-terminated vector of strings that the C runtime passes.
#[allow(unsafe_code)] // the symbol's name, and the vector that comes with it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(_count: c_int, vector: *const *const c_char) -> c_int {
    // SAFETY: by the contract above; the strings lie on the initial stack and live as long as the process.
    let arguments = unsafe { gvmr_core::sys::process::words(vector) };
    let arguments: Vec<&CStr> = arguments.into_iter().map(gvmr_core::sys::process::Word::as_c_str).collect();
    gvmr_core::exec::shim::run(&arguments)
}
