//! What a program sees that a session starts, and how it tells gvmr through a stdout that is not its own.

use gvmr_core::sys::environment::Environment;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Before the answer.
const START: &str = "<gvmr:session-seen ";
/// After the answer.
const END: &str = " gvmr:session-seen>";

/// Variables that go reads and start-up files set.
const VARIABLES: [&str; 14] = [
    "GOROOT",
    "GOPATH",
    "GOBIN",
    "GOOS",
    "GOARCH",
    "GOARM",
    "GOAMD64",
    "GO111MODULE",
    "GOTOOLCHAIN",
    "GOFLAGS",
    "CC",
    "CXX",
    "CGO_ENABLED",
    "GVMR_HOME",
];

/// What a program that a session starts gets of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// PATH, element by element; no element if it is unset or empty.
    pub path: Vec<PathBuf>,
    /// All executable regular files called `go` in PATH's absolute directories, in order: the first one runs.
    pub all: Vec<PathBuf>,
    /// Variables that go reads, with their values.
    pub variables: Vec<(String, OsString)>,
}

impl Probe {
    /// What this process sees.
    pub fn of(environment: &dyn Environment) -> Self {
        let known = VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), environment.get(name)?)));
        Self { variables: known.collect(), ..Self::with_path(environment.get("PATH").as_deref()) }
    }

    /// What a process with this PATH sees.
    fn with_path(path: Option<&OsStr>) -> Self {
        let elements = path.into_iter().flat_map(|path| path.as_bytes().split(|byte| *byte == b':'));
        let path: Vec<_> = elements.map(|element| PathBuf::from(OsStr::from_bytes(element))).collect();
        let directories = path.iter().filter(|directory| directory.is_absolute());
        let all = directories.map(|directory| directory.join("go")).filter(|go| is_program(go)).collect();
        Self { path, all, variables: Vec::new() }
    }

    /// The last answer in a session's output, and the text around it.
    pub(super) fn find(output: &[u8]) -> Option<(Self, Vec<u8>)> {
        let end = last(output, END.as_bytes())?;
        let start = last(output.get(..end)?, START.as_bytes())?;
        let sight = Self::read(output.get(start + START.len()..end)?)?;
        let rest = [output.get(..start)?, output.get(end + END.len()..)?].concat();
        Some((sight, rest))
    }

    /// Words apart by a space, each a mark and an escaped path.
    fn read(answer: &[u8]) -> Option<Self> {
        let mut sight = Self::default();
        for word in answer.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
            let (mark, path) = word.split_first()?;
            let told = unescaped(path)?;
            match mark {
                b':' => sight.path.push(told),
                b'=' => sight.all.push(told),
                b'$' => {
                    let told = told.into_os_string().into_vec();
                    let equals = told.iter().position(|byte| *byte == b'=')?;
                    let name = std::str::from_utf8(told.get(..equals)?).ok()?.to_owned();
                    sight.variables.push((name, OsString::from_vec(told.get(equals + 1..)?.to_vec())));
                }
                _ => return None,
            }
        }
        Some(sight)
    }
}

/// The answer that `Probe::find` finds, on lines of its own whatever was printed before.
impl fmt::Display for Probe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{START}")?;
        for (mark, paths) in [(":", &self.path), ("=", &self.all)] {
            for path in paths {
                write_word(formatter, &[mark.as_bytes()], path.as_os_str())?;
            }
        }
        for (name, value) in &self.variables {
            write_word(formatter, &[b"$", name.as_bytes(), b"="], value)?;
        }
        write!(formatter, "{END}")
    }
}

/// These plain bytes, the escaped value and a space.
fn write_word(formatter: &mut fmt::Formatter<'_>, plain: &[&[u8]], value: &OsStr) -> fmt::Result {
    for byte in plain.iter().copied().flatten() {
        write!(formatter, "{}", char::from(*byte))?;
    }
    for byte in value.as_bytes() {
        match byte {
            b'%' | 0..=b' ' | 0x7f.. => write!(formatter, "%{byte:02x}")?,
            _ => write!(formatter, "{}", char::from(*byte))?,
        }
    }
    write!(formatter, " ")
}

fn unescaped(word: &[u8]) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = rest.get(2..)?;
        } else {
            bytes.push(*byte);
        }
    }
    Some(PathBuf::from(OsString::from_vec(bytes)))
}

/// Where the last `needle` starts.
fn last(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).rposition(|window| window == needle)
}

/// Whether `execvp` would run it.
fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
        && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_found_in_whatever_stands_around_it() {
        let sight = Probe {
            path: vec!["/a b".into(), "".into(), "~/x".into()],
            all: vec!["/a b/go".into()],
            variables: vec![("GOFLAGS".to_owned(), "-a b=c".into())],
        };
        let output = format!("{START}half\x00\x1b[0m noise{sight}\nbye");
        let (found, rest) = Probe::find(output.as_bytes()).unwrap();
        assert_eq!(found, sight);
        assert_eq!(rest, format!("{START}half\x00\x1b[0m noise\n\nbye").into_bytes());
    }

    #[test]
    fn half_an_answer_is_none() {
        let whole = Probe { path: vec!["/a".into()], ..Probe::default() }.to_string();
        for length in 0..whole.len() {
            assert_eq!(Probe::find(&whole.as_bytes()[..length]), None, "{length}");
        }
        for wrong in ["?/a", ":%", ":%4", ":%zz", "x"] {
            assert_eq!(Probe::find(format!("{START}{wrong}{END}").as_bytes()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_path_comes_back_to_the_byte(
            before in any::<Vec<u8>>(),
            paths in any::<Vec<Vec<u8>>>(),
            programs in any::<Vec<Vec<u8>>>(),
            value in any::<Vec<u8>>(),
        ) {
            let all = |paths: Vec<Vec<u8>>| {
                paths.into_iter().map(|path| OsString::from_vec(path).into()).collect::<Vec<PathBuf>>()
            };
            let variables = vec![("GOPATH".to_owned(), OsString::from_vec(value))];
            let sight = Probe { path: all(paths), all: all(programs), variables };
            let output = [before.as_slice(), sight.to_string().as_bytes()].concat();
            prop_assert_eq!(Probe::find(&output).unwrap().0, sight);
        }
    }
}
