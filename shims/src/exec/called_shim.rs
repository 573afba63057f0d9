//! How the shim was called: from which home, by which name, and what its first arguments ask of it.
//!
//! Takes the arguments as C gave them. Changes none: only a leading `+1.22` is cut off, since it is gvmr's.

use crate::gover::selector::{NotAVersion, RequestedGo};
use crate::gover::version::Version;
use crate::home::paths::Home;
use crate::sys::process;
use std::ffi::{CStr, OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The running program, whatever its path; as a path it also leads to a file that was replaced meanwhile.
const SELF: &str = "/proc/self/exe";

/// The name of the shim's own binary. A link to it has the name that counts.
const BINARY: &str = "gvmr-shim";

/// Where the running shim lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledShim {
    /// The home whose `shims` directory holds it.
    pub home: Home,
    /// Its file name there: `go`, `gofmt`, `go1.23.4`.
    pub name: OsString,
    /// The program itself.
    pub program: PathBuf,
    /// Whether /proc is there, by which a go command finds its GOROOT.
    pub proc_is_mounted: bool,
}

impl CalledShim {
    /// The running shim; the program's path where it is not in a home's `shims` directory.
    pub fn of_process() -> Result<Self, PathBuf> {
        let executed = process::executed_path().unwrap_or(Path::new(BINARY));
        match fs::read_link(SELF) {
            Ok(program) => Self::of(without_deleted(program), executed, true),
            Err(_) => Self::of(fs::canonicalize(executed).unwrap_or_default(), executed, false),
        }
    }

    fn of(program: PathBuf, executed: &Path, proc_is_mounted: bool) -> Result<Self, PathBuf> {
        let (Some(home), Some(mut name)) = (Home::of_shim(&program), program.file_name()) else {
            return Err(program);
        };
        if name == BINARY {
            name = executed.file_name().unwrap_or_default();
        }
        if name == BINARY || name.is_empty() {
            return Err(program);
        }
        let name = name.to_owned();
        let program = if proc_is_mounted { PathBuf::from(SELF) } else { program };
        Ok(Self { home, name, program, proc_is_mounted })
    }

    /// The shim of this name in this home, as if it were called.
    pub fn in_home(home: &Home, name: &OsStr) -> Self {
        let program = home.shims().join(name);
        Self { home: home.clone(), name: name.to_owned(), program, proc_is_mounted: Path::new(SELF).exists() }
    }

    /// The version that a name such as `go1.23.4` stands for.
    pub fn version(&self) -> Option<Version> {
        Version::from_toolchain(self.name.to_str()?).filter(|version| self.name == *version.toolchain_name())
    }
}

/// Whether this program has the setuid or setgid bit: then the caller would choose what runs with the rights that it lends.
/// Rights that came another way are passed on, as by any program.
pub(crate) fn has_set_id() -> bool {
    const SET_ID: u32 = 0o6000;
    let executed = process::executed_path().unwrap_or(Path::new(BINARY));
    let found = fs::metadata(SELF).or_else(|_| fs::metadata(executed));
    found.is_ok_and(|found| found.mode() & SET_ID != 0)
}

/// The kernel marks the path of a program whose file was replaced after it started, as an upgrade does.
fn without_deleted(program: PathBuf) -> PathBuf {
    let mut bytes = program.into_os_string().into_vec();
    if bytes.ends_with(b" (deleted)") {
        bytes.truncate(bytes.len() - b" (deleted)".len());
    }
    PathBuf::from(OsString::from_vec(bytes))
}

/// The version of a leading `+1.22`; `None` where the first argument is something else.
pub fn plus(arguments: &[&CStr]) -> Option<Result<RequestedGo, NotAVersion>> {
    let word = arguments.first()?.to_bytes().strip_prefix(b"+")?;
    Some(RequestedGo::parse(&String::from_utf8_lossy(word)))
}

/// The directory of a `-C` flag, exactly where the go command looks for it: as the first flag.
pub fn change_of_directory<'a>(arguments: &[&'a CStr]) -> Option<&'a OsStr> {
    if !may_change(arguments) {
        return None;
    }
    let mut rest = arguments.iter().map(|argument| argument.to_bytes()).skip(command_words(arguments));
    match rest.next()? {
        b"-C" | b"--C" => rest.next().map(OsStr::from_bytes),
        flag => flag.strip_prefix(b"--C=").or(flag.strip_prefix(b"-C=")).map(OsStr::from_bytes),
    }
}

/// The arguments without that flag, as the go command sees them once it has changed the directory.
pub(crate) fn without_change_of_directory<'a>(arguments: &[&'a CStr]) -> Vec<&'a [u8]> {
    let mut words: Vec<&[u8]> = arguments.iter().map(|argument| argument.to_bytes()).collect();
    let at = if may_change(arguments) { command_words(arguments) } else { return words };
    let flags = match words.get(at) {
        Some(&(b"-C" | b"--C")) if at + 1 < words.len() => 2,
        Some(flag) if flag.starts_with(b"-C=") || flag.starts_with(b"--C=") => 1,
        _ => 0,
    };
    words.drain(at..at + flags);
    words
}

/// Whether the flag is among the first few, which is told at little cost.
fn may_change(arguments: &[&CStr]) -> bool {
    arguments.iter().take(3).any(|argument| is_change(argument.to_bytes()))
}

fn is_change(argument: &[u8]) -> bool {
    matches!(argument, b"-C" | b"--C") || argument.starts_with(b"-C=") || argument.starts_with(b"--C=")
}

/// How many words name the command, by the go command's own table: 1 for `build`, 2 for `mod tidy`.
fn command_words(arguments: &[&CStr]) -> usize {
    const COMMANDS: &str = "bug build clean doc env fix fmt generate get install list mod work run telemetry \
        test tool version vet";
    const MOD: &str = "download edit graph init tidy vendor verify why";
    const WORK: &str = "edit init sync use vendor";
    let is_in = |table: &str, argument: Option<&&CStr>| {
        argument.is_some_and(|argument| table.split(' ').any(|word| word.as_bytes() == argument.to_bytes()))
    };
    let (first, second) = (arguments.first(), arguments.get(1));
    let below = match first.map(|argument| argument.to_bytes()) {
        Some(b"mod") => is_in(MOD, second),
        Some(b"work") => is_in(WORK, second),
        _ => false,
    };
    usize::from(is_in(COMMANDS, first)) + usize::from(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(arguments: &[&CStr]) -> Option<String> {
        change_of_directory(arguments).map(|directory| directory.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_first_flag_may_change_the_directory() {
        let some = Some("d".to_owned());
        assert_eq!(directory(&[c"-C", c"d", c"build"]), some);
        assert_eq!(directory(&[c"-C=d", c"build"]), some);
        assert_eq!(directory(&[c"build", c"-C", c"d", c"./..."]), some);
        assert_eq!(directory(&[c"build", c"--C=d"]), some);
        assert_eq!(directory(&[c"mod", c"tidy", c"-C", c"d"]), some);
        assert_eq!(directory(&[c"mod", c"-C", c"d", c"tidy"]), some);
        assert_eq!(directory(&[c"work", c"use", c"--C", c"d"]), some);
        assert_eq!(directory(&[c"build", c"-C="]), Some(String::new()));
    }

    #[test]
    fn any_other_place_belongs_to_something_else() {
        assert_eq!(directory(&[c"build", c"-v", c"-C", c"d"]), None);
        assert_eq!(directory(&[c"run", c".", c"-C", c"d"]), None);
        assert_eq!(directory(&[c"unknown", c"-C", c"d"]), None);
        assert_eq!(directory(&[c"mod", c"unknown", c"-C", c"d"]), None);
        assert_eq!(directory(&[c"help", c"-C", c"d"]), None);
        assert_eq!(directory(&[c"build", c"-C"]), None);
        assert_eq!(directory(&[c"build", c"-Cd"]), None);
        assert_eq!(directory(&[]), None);
    }

    #[test]
    fn a_leading_plus_names_a_version() {
        assert_eq!(plus(&[c"+1.22", c"build"]).unwrap().unwrap().to_string(), "1.22");
        assert!(plus(&[c"+"]).unwrap().is_err());
        assert!(plus(&[c"build", c"+1.22"]).is_none());
        assert!(plus(&[]).is_none());
    }

    #[test]
    fn the_home_follows_from_the_program() {
        let of = |program: &str, executed: &str| CalledShim::of(program.into(), Path::new(executed), true);
        let place = of("/h/shims/go1.23.4", "anything").unwrap();
        assert_eq!((place.home.root(), place.name.to_str()), (Path::new("/h"), Some("go1.23.4")));
        assert_eq!(place.version().unwrap().as_str(), "1.23.4");
        assert_eq!(of("/h/shims/gofmt", "x").unwrap().version(), None);
        assert_eq!(of("/h/shims/go", "x").unwrap().version(), None);
        assert_eq!(of("/h/shims/gvmr-shim", "/h/shims/go").unwrap().name, "go");
        assert!(of("/h/shims/gvmr-shim", "/h/shims/gvmr-shim").is_err());
        assert!(of("/usr/bin/go", "/usr/bin/go").is_err());
        assert_eq!(without_deleted("/h/shims/go (deleted)".into()), Path::new("/h/shims/go"));
    }
}
