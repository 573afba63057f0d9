//! What Go's linker writes into a program: its version, and the modules and settings that it was built with.
//!
//! As `debug/buildinfo` reads it: inline since Go 1.18, behind pointers before.

use super::ProgramError;
use super::elf::ProgramFile;
use super::unquoted::literal;

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The magic lies at a multiple of this.
const ALIGNMENT: usize = 16;
const HEADER: usize = 32;
/// How much is searched at a time, and in all.
const CHUNK: usize = 1 << 20;
const MAX_SEARCHED: u64 = 1 << 30;
/// The most bytes of a text.
const MAX_TEXT: u64 = 16 << 20;
/// What stands around the list of modules.
const FRAME: usize = 16;

/// How a program was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// As Go names itself: `go1.26.8`.
    pub go_version: String,
    /// The import path of the main package.
    pub path: String,
    /// The main module, where it was built in one.
    pub main: Option<BuiltModule>,
    /// The modules whose packages are in it.
    pub deps: Vec<BuiltModule>,
    /// Settings by their names: `-trimpath`, `CGO_ENABLED`, `vcs.revision`.
    pub settings: Vec<(String, String)>,
}

/// A module in a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltModule {
    /// Its path.
    pub path: String,
    /// `v1.2.3`, or `(devel)`.
    pub version: String,
    /// Its `h1:` hash; empty where Go has none.
    pub sum: String,
    /// What stands for it by a `replace`.
    pub replace: Option<Box<BuiltModule>>,
}

impl BuildInfo {
    /// Reads it out of a program.
    pub fn of(program: &ProgramFile) -> Result<Self, ProgramError> {
        let address = magic(program)?;
        let header = program.bytes(address, HEADER)?;
        let flags = *header.get(15).filter(|_| header.len() == HEADER).ok_or(ProgramError::NoBuildInfo)?;
        let (version, modules) = if flags & 2 != 0 {
            let (version, next) = inline(program, address.checked_add(HEADER as u64))?;
            (version, inline(program, next)?.0)
        } else {
            let pointer =
                Pointer { size: usize::from(header.get(14).copied().unwrap_or(0)), is_big: flags & 1 != 0 };
            (
                pointer.text(program, header.get(16..))?,
                pointer.text(program, header.get(16 + pointer.size..))?,
            )
        };
        if version.is_empty() {
            return Err(ProgramError::NoBuildInfo);
        }
        let end = modules.len().saturating_sub(FRAME);
        let is_framed = modules.len() > 2 * FRAME && modules.get(end.saturating_sub(1)) == Some(&b'\n');
        let modules = modules.get(FRAME..end).filter(|_| is_framed).unwrap_or_default();
        let info = parse(&String::from_utf8_lossy(modules))?;
        Ok(Self { go_version: String::from_utf8_lossy(&version).into_owned(), ..info })
    }

    /// A setting by its name.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The address of the magic.
fn magic(program: &ProgramFile) -> Result<u64, ProgramError> {
    let mut left = MAX_SEARCHED;
    for (start, size) in &program.build_info {
        let size = (*size).min(left);
        left -= size;
        if let Some(address) = magic_in(program, *start, start.saturating_add(size))? {
            return Ok(address);
        }
    }
    Err(ProgramError::NoBuildInfo)
}

fn magic_in(program: &ProgramFile, start: u64, end: u64) -> Result<Option<u64>, ProgramError> {
    let Some(mut address) = start.checked_next_multiple_of(ALIGNMENT as u64) else { return Ok(None) };
    while address < end {
        let chunk = CHUNK.min(usize::try_from(end - address).unwrap_or(CHUNK));
        let bytes = program.bytes(address, chunk)?;
        let found = memchr::memmem::find_iter(&bytes, MAGIC).find(|at| at % ALIGNMENT == 0);
        if let Some(at) = found {
            return Ok(address.checked_add(at as u64));
        }
        if bytes.len() < chunk {
            break;
        }
        address = address.saturating_add(CHUNK as u64);
    }
    Ok(None)
}

/// A text behind its length, and the address behind it.
fn inline(program: &ProgramFile, address: Option<u64>) -> Result<(Vec<u8>, Option<u64>), ProgramError> {
    let address = address.ok_or(ProgramError::NoBuildInfo)?;
    let (length, width) = varint(&program.bytes(address, 10)?).ok_or(ProgramError::NoBuildInfo)?;
    let start = address.checked_add(width).ok_or(ProgramError::NoBuildInfo)?;
    Ok((text(program, start, length)?, start.checked_add(length)))
}

/// A number in groups of seven bits, and how many bytes it takes.
fn varint(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut number = 0u64;
    for (place, byte) in (0u32..).zip(bytes) {
        number |= u64::from(byte & 0x7f).checked_shl(place * 7)?;
        if byte & 0x80 == 0 {
            return Some((number, u64::from(place) + 1));
        }
    }
    None
}

/// A text of this length; all of it must be there.
fn text(program: &ProgramFile, address: u64, length: u64) -> Result<Vec<u8>, ProgramError> {
    let length =
        usize::try_from(length).ok().filter(|_| length <= MAX_TEXT).ok_or(ProgramError::NoBuildInfo)?;
    let bytes = program.bytes(address, length)?;
    if bytes.len() == length { Ok(bytes) } else { Err(ProgramError::NoBuildInfo) }
}

/// How programs before Go 1.18 write an address.
#[derive(Clone, Copy)]
struct Pointer {
    size: usize,
    is_big: bool,
}

impl Pointer {
    fn number(self, bytes: Option<&[u8]>) -> Option<u64> {
        let bytes = bytes?.get(..self.size).filter(|_| matches!(self.size, 4 | 8))?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }

    /// The Go string whose header is at an address. One that is not there is empty, as it is where modules are off.
    fn text(self, program: &ProgramFile, at: Option<&[u8]>) -> Result<Vec<u8>, ProgramError> {
        let address = self.number(at).ok_or(ProgramError::NoBuildInfo)?;
        let header = program.bytes(address, 2 * self.size)?;
        let (start, length) = (self.number(Some(&header)), self.number(header.get(self.size..)));
        match (start, length) {
            (Some(start), Some(length)) if length > 0 => text(program, start, length),
            _ => Ok(Vec::new()),
        }
    }
}

/// The lines of `go version -m`.
fn parse(text: &str) -> Result<BuildInfo, ProgramError> {
    let mut info = BuildInfo::default();
    let mut last: Option<&mut BuiltModule> = None;
    for (number, line) in (1..).zip(text.split_terminator('\n')) {
        let wrong = ProgramError::BuildInfo(number);
        let Some((word, rest)) = line.split_once('\t') else { continue };
        match word {
            "path" => rest.clone_into(&mut info.path),
            "mod" => last = Some(info.main.insert(module(rest).ok_or(wrong)?)),
            "dep" => {
                info.deps.push(module(rest).ok_or(wrong)?);
                last = info.deps.last_mut();
            }
            "=>" => {
                let replace = module(rest).ok_or(ProgramError::BuildInfo(number))?;
                last.take().ok_or(wrong)?.replace = Some(Box::new(replace));
            }
            "build" => info.settings.push(setting(rest).ok_or(wrong)?),
            _ => {}
        }
    }
    Ok(info)
}

fn module(text: &str) -> Option<BuiltModule> {
    let mut columns = text.split('\t').map(str::to_owned);
    let (path, version, sum) = (columns.next()?, columns.next()?, columns.next().unwrap_or_default());
    columns.next().is_none().then_some(BuiltModule { path, version, sum, replace: None })
}

/// `key=value`, each of which may be quoted.
fn setting(text: &str) -> Option<(String, String)> {
    let (key, value) = match literal(text) {
        Some((key, rest)) => (key, rest.strip_prefix('=')?),
        None => text.split_once('=').map(|(key, value)| (key.to_owned(), value))?,
    };
    let value = if value.starts_with(['"', '`']) {
        literal(value).filter(|(_, rest)| rest.is_empty())?.0
    } else {
        value.to_owned()
    };
    (!key.is_empty()).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_real_program_are_read() {
        let text = "path\tcommand-line-arguments\nmod\texample.com/orders\t(devel)\t\n\
                    dep\trsc.io/quote\tv1.5.2\th1:w5fcysjrx7yqtD/aO+QwRjYZOKnaM9Uh2b40tElTs3Y=\n\
                    dep\trsc.io/sampler\tv1.3.0\n=>\t./sampler\t(devel)\t\n\
                    build\t-ldflags=\"-s -w\"\nbuild\tvcs.modified=true\nunknown\tline\n";
        let info = parse(text).unwrap();
        assert_eq!(info.path, "command-line-arguments");
        assert_eq!(info.main.as_ref().unwrap().version, "(devel)");
        assert_eq!(info.deps[0].sum, "h1:w5fcysjrx7yqtD/aO+QwRjYZOKnaM9Uh2b40tElTs3Y=");
        assert_eq!(info.deps[1].replace.as_ref().unwrap().path, "./sampler");
        assert_eq!(info.setting("-ldflags"), Some("-s -w"));
        assert_eq!(info.setting("vcs.modified"), Some("true"));
        assert_eq!(info.setting("-tags"), None);
    }

    #[test]
    fn a_damaged_line_is_named() {
        for text in [
            "dep\tonly-a-path\n",
            "dep\ta\tb\tc\td\n",
            "=>\ta\tb\tc\n",
            "mod\ta\tb\n=>\tc\td\te\n=>\tc\td\te\n",
            "build\t=x\n",
            "build\tnone\n",
            "build\tkey=\"open\n",
        ] {
            let line = text.lines().count();
            assert!(matches!(parse(text), Err(ProgramError::BuildInfo(wrong)) if wrong == line), "{text}");
        }
    }

    #[test]
    fn numbers_of_any_length_are_read() {
        assert_eq!(varint(&[5, 9]), Some((5, 1)));
        assert_eq!(varint(&[0x80 | 1, 2]), Some((257, 2)));
        assert_eq!(varint(&[0xff; 10]), None);
        assert_eq!(varint(&[]), None);
    }
}
