//! Which loader or interpreter a program names, for the one puzzle of `execve`: a file that exists, and still
//! "no such file or directory"; and which machine it is for.
//!
//! Reads at most the headers of an ELF file, or the first line of a script. Never runs anything.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The segment type that names the loader.
const PT_INTERP: u64 = 3;
/// No real program has more headers, and no loader a longer path.
const HEADER_LIMIT: u64 = 128;
const PATH_LIMIT: usize = 4096;

/// The loader of an ELF program or the interpreter of a `#!` script; `None` where it names none.
pub fn of(program: &Path) -> Option<PathBuf> {
    let file = File::open(program).ok()?;
    let mut start = [0; 256];
    let length = file.read_at(&mut start, 0).ok()?;
    let start = start.get(..length)?;
    match start {
        [b'#', b'!', line @ ..] => script(line),
        _ => Elf::of(start)?.loader(&file, start),
    }
}

/// The machine that an ELF file is for; `None` for every other file.
pub fn machine(program: &Path) -> Option<Machine> {
    let mut start = [0; 20];
    File::open(program).ok()?.read_exact_at(&mut start, 0).ok()?;
    let elf = Elf::of(&start)?;
    let number = u16::try_from(elf.number(&start, 18, 2)?).ok()?;
    Some(Machine { wide: elf.wide, little: elf.little, number })
}

/// What the header of an ELF file says of the machine it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Whether it is a 64-bit file.
    pub wide: bool,
    /// Whether its numbers are little-endian.
    pub little: bool,
    /// `e_machine`: 62 for x86-64, 183 for 64-bit ARM.
    pub number: u16,
}

fn script(line: &[u8]) -> Option<PathBuf> {
    let line = line.split(|byte| *byte == b'\n').next()?;
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    words.next().map(|word| PathBuf::from(OsStr::from_bytes(word)))
}

/// How the numbers of an ELF file are written.
#[derive(Clone, Copy)]
struct Elf {
    wide: bool,
    little: bool,
}

impl Elf {
    fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x7f, b'E', b'L', b'F', class, order, ..] => {
                Some(Self { wide: *class == 2, little: *order == 1 })
            }
            _ => None,
        }
    }

    fn loader(self, file: &File, header: &[u8]) -> Option<PathBuf> {
        let (table, entry_size, count) = if self.wide { (32, 54, 56) } else { (28, 42, 44) };
        let table = self.address(header, table)?;
        let entry_size = self.number(header, entry_size, 2)?;
        let count = self.number(header, count, 2)?.min(HEADER_LIMIT);
        for index in 0..count {
            let mut segment = [0; 56];
            let segment = segment.get_mut(..if self.wide { 56 } else { 32 })?;
            file.read_exact_at(segment, table.checked_add(index * entry_size)?).ok()?;
            if self.number(segment, 0, 4)? == PT_INTERP {
                let (offset, size) = if self.wide { (8, 32) } else { (4, 16) };
                return path(file, self.address(segment, offset)?, self.address(segment, size)?);
            }
        }
        None
    }

    fn address(self, bytes: &[u8], at: usize) -> Option<u64> {
        self.number(bytes, at, if self.wide { 8 } else { 4 })
    }

    fn number(self, bytes: &[u8], at: usize, width: usize) -> Option<u64> {
        let bytes = bytes.get(at..at + width)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    }
}

fn path(file: &File, offset: u64, size: u64) -> Option<PathBuf> {
    let mut bytes = vec![0; usize::try_from(size).ok().filter(|size| *size <= PATH_LIMIT)?];
    file.read_exact_at(&mut bytes, offset).ok()?;
    let path = bytes.split(|byte| *byte == 0).next()?;
    (!path.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn of_bytes(bytes: &[u8]) -> Option<PathBuf> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("program");
        fs::write(&file, bytes).unwrap();
        of(&file)
    }

    /// A minimal ELF file with one `PT_INTERP` segment.
    fn elf(wide: bool, little: bool, loader: &[u8]) -> Vec<u8> {
        let (header, segment) = if wide { (64, 56) } else { (52, 32) };
        let mut file = vec![0; header + segment];
        file[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 1 + u8::from(wide), 2 - u8::from(little)]);
        let mut put = |at: usize, width: usize, value: usize| {
            let mut bytes = value.to_le_bytes()[..width].to_vec();
            if !little {
                bytes.reverse();
            }
            file[at..at + width].copy_from_slice(&bytes);
        };
        let address = if wide { 8 } else { 4 };
        let fields = if wide { [32, 54, 56, 8, 32] } else { [28, 42, 44, 4, 16] };
        put(fields[0], address, header);
        put(fields[1], 2, segment);
        put(fields[2], 2, 1);
        put(header, 4, 3);
        put(header + fields[3], address, header + segment);
        put(header + fields[4], address, loader.len());
        file.extend_from_slice(loader);
        file
    }

    #[test]
    fn elf_files_of_both_widths_and_orders() {
        for (wide, little) in [(true, true), (true, false), (false, true), (false, false)] {
            let file = elf(wide, little, b"/lib64/ld-linux-x86-64.so.2\0");
            assert_eq!(of_bytes(&file).unwrap(), Path::new("/lib64/ld-linux-x86-64.so.2"), "{wide} {little}");
            for length in 0..file.len() {
                of_bytes(&file[..length]); // a cut file gives nothing or the path, and never a panic
            }
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn machines() {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("program");
        for (wide, little) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut file = elf(wide, little, b"/loader\0");
            file[18..20].copy_from_slice(&if little { 183u16.to_le_bytes() } else { 183u16.to_be_bytes() });
            fs::write(&program, &file).unwrap();
            assert_eq!(machine(&program), Some(Machine { wide, little, number: 183 }));
            fs::write(&program, &file[..19]).unwrap();
            assert_eq!(machine(&program), None);
        }
        assert!(machine(&std::env::current_exe().unwrap()).is_some());
    }

    #[test]
    fn this_test_itself_names_a_loader_that_exists() {
        let loader = of(&std::env::current_exe().unwrap());
        assert!(loader.is_none_or(|loader| loader.exists()));
    }

    #[test]
    fn scripts() {
        assert_eq!(of_bytes(b"#! /bin/sh -e\necho").unwrap(), Path::new("/bin/sh"));
        assert_eq!(of_bytes(b"#!\necho"), None);
        assert_eq!(of_bytes(b"plain"), None);
        assert_eq!(of_bytes(b""), None);
    }
}
