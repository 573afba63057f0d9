//! Runs a tool in place of this process: same pid, same arguments, the environment with [`Edits`] made.
//!
//! Takes what was chosen; returns only where that cannot be executed, and then says why.

use crate::env::env_context::ResolvedEnv;
use crate::exec::child_environment::{ChildEnvironment, DEPTH, Edits};
use crate::gover::version::Version;
use crate::home::system_go::SystemGo;
use crate::sys::environment::Block;
use crate::sys::interpreter;
use crate::sys::printable;
use crate::sys::process;
use std::ffi::{CStr, CString, OsStr};
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// How often the shim may run a program that calls the shim again.
const DEPTH_LIMIT: u32 = 2;

/// A program to run, and the edits its environment needs.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    program: Vec<u8>,
    edits: Edits<'a>,
}

/// Why a program was not executed.
#[derive(Debug)]
pub enum LaunchError {
    /// The toolchain has no such tool.
    NoTool {
        /// The program that is not there.
        program: PathBuf,
    },
    /// The program exists; the loader or interpreter that it names does not.
    NoInterpreter {
        /// The program.
        program: PathBuf,
        /// What it names.
        interpreter: PathBuf,
    },
    /// The system refused.
    Refused {
        /// The program.
        program: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A program on PATH keeps calling the shim.
    Loop {
        /// The program that would be called again.
        program: PathBuf,
    },
}

impl<'a> Launch<'a> {
    /// A tool of an installed toolchain.
    pub fn toolchain(
        goroot: &'a Path,
        version: &Version,
        tool: &OsStr,
        exact: bool,
        proc_is_mounted: bool,
    ) -> Self {
        let program = tool_path(goroot, tool);
        let export_goroot = !proc_is_mounted || cannot_find_itself(version);
        Self {
            program,
            edits: Edits { goroot: Some(goroot), export_goroot, local: exact, ..Edits::default() },
        }
    }

    /// A program outside gvmr; one that is not a GOROOT's own may call the shim again, which is counted.
    pub fn outside(outside: &'a SystemGo, block: &Block<'_>) -> Result<Self, LaunchError> {
        let program = outside.program.clone();
        let depth = match &outside.goroot {
            Some(_) => None,
            None => Some(deeper(block).ok_or_else(|| LaunchError::Loop { program: program.clone() })?),
        };
        let edits = Edits { goroot: outside.goroot.as_deref(), depth, ..Edits::default() };
        Ok(Self { program: program.into_os_string().into_vec(), edits })
    }

    /// The same with what was resolved for its environment.
    #[must_use]
    pub fn in_environment(mut self, resolved: &'a ResolvedEnv) -> Self {
        self.edits.changes = &resolved.changes;
        self.edits.export_goroot |= resolved.exports_goroot;
        self
    }

    /// The same, and whether its go command must not switch to another toolchain.
    #[must_use]
    pub fn keeping_local(mut self, local: bool) -> Self {
        self.edits.local = local;
        self
    }

    /// The program's path.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(OsStr::from_bytes(&self.program))
    }

    /// The environment that it gets.
    pub fn environment<'b>(&self, block: &Block<'b>) -> ChildEnvironment<'b> {
        ChildEnvironment::of(block.entries(), &self.edits)
    }

    /// Replaces this process; `arguments` include the name it is called by.
    pub fn replace(self, arguments: &[&CStr], block: &Block<'_>) -> LaunchError {
        let path = self.path();
        let environment = self.environment(block);
        let Ok(program) = CString::new(self.program) else { return LaunchError::NoTool { program: path } };
        let error = process::execute(&program, arguments, &environment.entries());
        LaunchError::of(path, error)
    }
}

/// The next value of the loop counter; `None` where the limit is reached.
pub(crate) fn deeper(block: &Block<'_>) -> Option<u32> {
    let depth = block.value(DEPTH).and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    let depth: u32 = depth.unwrap_or(0);
    (depth < DEPTH_LIMIT).then_some(depth + 1)
}

/// The block as the shim had it that handed over to this program: the counter is back where it was.
#[must_use]
pub fn shallower(block: Block<'_>) -> Block<'_> {
    const ONE: &CStr = c"GVMR_SHIM_DEPTH=1"; // the limit is 2, and 0 is as good as none
    let before = block.value(DEPTH).filter(|depth| *depth == b"2").map(|_| ONE);
    block.replacing(DEPTH, before)
}

/// `GOROOT/bin/TOOL`, in one allocation.
fn tool_path(goroot: &Path, tool: &OsStr) -> Vec<u8> {
    let (goroot, tool) = (goroot.as_os_str().as_bytes(), tool.as_bytes());
    let mut path = Vec::with_capacity(goroot.len() + tool.len() + 6); // "/bin/" and the NUL
    path.extend_from_slice(goroot);
    path.extend_from_slice(b"/bin/");
    path.extend_from_slice(tool);
    path
}

/// Until 1.8 a go command knew only the directory it was built for.
fn cannot_find_itself(version: &Version) -> bool {
    version.is_before(9)
}

impl LaunchError {
    fn of(program: PathBuf, error: io::Error) -> Self {
        if error.kind() != ErrorKind::NotFound {
            return Self::Refused { program, error };
        }
        if !program.exists() {
            return Self::NoTool { program };
        }
        match interpreter::of(&program) {
            Some(interpreter) => Self::NoInterpreter { program, interpreter },
            None => Self::Refused { program, error },
        }
    }

    /// The exit code that shells give: 127 not found or a loop, 126 found and not executable.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::NoTool { .. } | Self::Loop { .. } => 127,
            Self::NoInterpreter { .. } | Self::Refused { .. } => 126,
        }
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTool { program } if program.ends_with("bin/go") => {
                write!(formatter, "{} does not exist; run `gvmr doctor`", printable::path(program))
            }
            Self::NoTool { program } => {
                write!(formatter, "{} does not exist; this Go has no such tool", printable::path(program))
            }
            Self::NoInterpreter { program, interpreter } => write!(
                formatter,
                "{} needs the loader {}, which this host lacks; Go 1.21 and later need none; run `gvmr doctor`",
                printable::path(program),
                printable::path(interpreter)
            ),
            Self::Refused { program, error } => {
                write!(formatter, "cannot execute {}: {error}; run `gvmr doctor`", printable::path(program))
            }
            Self::Loop { program } => write!(
                formatter,
                "{} and gvmr's shim call each other; remove it from PATH, or run `gvmr use --global VERSION`",
                printable::path(program)
            ),
        }
    }
}

impl std::error::Error for LaunchError {}
