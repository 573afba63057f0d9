//! The hand-over to the program that wrote the shims, for what the shim itself never does: write, ask, parse a rich format,
//! reach the network or a keyring.
//!
//! Takes words, becomes the program named in `<home>/program`; comes back only where there is none that can be run. The
//! program inherits the environment unedited but for the loop counter, and ends by becoming the tool.
//!
//! Besides `shim-missing` there is this command, where rules must be compiled, notices printed or credentials given
//! first; `NAME` is the shim's (`go`, `gofmt`, `go1.23.4`), the arguments are all that followed it:
//!
//! ```text
//! PROGRAM shim-prepare [--called=WORD] [--ignores-pipe] --home DIR --name NAME -- [ARGUMENT...]
//! ```
//!
//! The first two tell, in either hand-over, what the program cannot see any more and the tool is to find as it was: the
//! name that the shim was called by, and that its caller ignores SIGPIPE.

use crate::exec::called_shim::CalledShim;
use crate::exec::child_environment::{ChildEnvironment, Edits};
use crate::exec::launch::deeper;
use crate::sys::bounded::{self, PIN_LIMIT};
use crate::sys::directory::same;
use crate::sys::environment::Block;
use crate::sys::process;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Asks the program to prepare the tool's run, and to run it. `arguments` are the shim's, its name first.
pub(crate) fn prepare(place: &CalledShim, arguments: &[&CStr], block: &Block<'_>) {
    let words: [&OsStr; 5] =
        ["--home".as_ref(), place.home.root().as_os_str(), "--name".as_ref(), &place.name, "--".as_ref()];
    to_program(place, "shim-prepare", &words, arguments, block);
}

/// Becomes the program with this command, these words and the `arguments` behind their first, the shim's own name.
pub(crate) fn to_program(
    place: &CalledShim,
    command: &str,
    words: &[&OsStr],
    arguments: &[&CStr],
    block: &Block<'_>,
) {
    let (Some(depth), Some(program)) = (deeper(block), program(place)) else { return };
    let mut all = vec![program.into_os_string(), command.into()];
    if let Some(called) = arguments.first() {
        let mut word = OsString::from("--called=");
        word.push(OsStr::from_bytes(called.to_bytes()));
        all.push(word);
    }
    if process::ignores_sigpipe() {
        all.push("--ignores-pipe".into());
    }
    let all = all.iter().map(OsString::as_os_str).chain(words.iter().copied());
    let all: Result<Vec<CString>, _> = all.map(|word| CString::new(word.as_bytes())).collect();
    let Ok(all) = all else { return };
    let mut vector: Vec<&CStr> = all.iter().map(CString::as_c_str).collect();
    vector.extend(arguments.iter().skip(1));
    let edits = Edits { depth: Some(depth), ..Edits::default() };
    let environment = ChildEnvironment::of(block.entries(), &edits);
    if let Some(program) = all.first() {
        process::execute(program, &vector, &environment.entries());
    }
}

/// The program that wrote the shims, where its record is one absolute path to an executable file that is not
/// this shim.
fn program(place: &CalledShim) -> Option<PathBuf> {
    let text = bounded::read(&place.home.program_file(), PIN_LIMIT).ok()??;
    let path = PathBuf::from(OsStr::from_bytes(text.split(|byte| *byte == b'\n').next()?));
    let metadata = fs::metadata(&path).ok()?;
    let itself = fs::metadata(&place.program).is_ok_and(|shim| same(&shim, &metadata));
    let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    (path.is_absolute() && executable && !itself).then_some(path)
}
