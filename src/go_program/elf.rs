//! The headers of an ELF file, and the bytes that it loads.
//!
//! The core's reader of interpreters gives none where it cannot read one. Here that would make a damaged program static,
//! so each header counts.

use super::ProgramError;
use object::elf::{
    DT_NEEDED, DT_STRSZ, DT_STRTAB, DT_VERNEED, DT_VERNEEDNUM, FileHeader32, FileHeader64, PF_W, PF_X,
    PT_DYNAMIC, PT_INTERP, PT_LOAD, VER_FLG_WEAK, Vernaux, Verneed,
};
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, SectionHeader as _};
use object::{Endianness, FileKind, ReadCache, ReadRef as _};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// No real program has more headers.
const MAX_HEADERS: u64 = 1 << 16;
/// The most bytes of what the loader reads.
const MAX_DYNAMIC: u64 = 1 << 20;
/// No loader has a longer path.
const MAX_PATH: u64 = 4096;
/// The most versions of libraries that a program asks for.
const MAX_VERSIONS: u64 = 1 << 14;
/// Where the linker puts build info.
const BUILD_INFO: &[u8] = b".go.buildinfo";

/// A program's file.
#[derive(Debug)]
pub struct ProgramFile {
    file: File,
    segments: Vec<Segment>,
    /// The address and size of the section, or of each segment, that may hold build info.
    pub(super) build_info: Vec<(u64, u64)>,
    needs: LoaderNeeds,
}

/// What a program asks for before its first instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoaderNeeds {
    /// The loader; none in a static program.
    pub loader: Option<PathBuf>,
    /// Libraries by their names: `libc.so.6`.
    pub libraries: Vec<String>,
    /// Versions of symbols in them, each once: `GLIBC_2.34`.
    pub versions: Vec<String>,
}

/// A part of the file that is loaded to an address.
#[derive(Clone, Copy, Debug)]
struct Segment {
    address: u64,
    offset: u64,
    size: u64,
}

impl ProgramFile {
    /// Reads the headers of a file.
    pub fn open(path: &Path) -> Result<Self, ProgramError> {
        // A FIFO holds whoever opens it.
        if !fs::metadata(path)?.is_file() {
            return Err(ProgramError::NotElf);
        }
        let data = ReadCache::new(File::open(path)?);
        let (segments, build_info, needs) = match FileKind::parse(&data) {
            Ok(FileKind::Elf32) => Headers::<FileHeader32<Endianness>>::of(&data)?.read()?,
            Ok(FileKind::Elf64) => Headers::<FileHeader64<Endianness>>::of(&data)?.read()?,
            _ => return Err(ProgramError::NotElf),
        };
        Ok(Self { file: data.into_inner(), segments, build_info, needs })
    }

    /// What it needs to start.
    pub fn needs(&self) -> &LoaderNeeds {
        &self.needs
    }

    /// At most `length` bytes that are loaded to this address, and none where nothing is.
    pub(super) fn bytes(&self, address: u64, length: usize) -> io::Result<Vec<u8>> {
        let Some((offset, left)) = place(&self.segments, address) else { return Ok(Vec::new()) };
        let mut bytes = vec![0; length.min(usize::try_from(left).unwrap_or(usize::MAX))];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, offset + filled as u64)? {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }
}

/// The offset of an address in the file, and how many bytes of its segment are left there.
fn place(segments: &[Segment], address: u64) -> Option<(u64, u64)> {
    segments.iter().find_map(|segment| {
        let inside = address.checked_sub(segment.address)?;
        let left = segment.size.checked_sub(inside).filter(|left| *left > 0)?;
        Some((segment.offset.checked_add(inside)?, left))
    })
}

type ProgramParts = (Vec<Segment>, Vec<(u64, u64)>, LoaderNeeds);

struct Headers<'d, Elf: FileHeader<Endian = Endianness>> {
    data: &'d ReadCache<File>,
    header: &'d Elf,
    endian: Endianness,
    programs: &'d [Elf::ProgramHeader],
}

/// The same for each error of the ELF reader.
fn damaged<E>(what: &'static str) -> impl Fn(E) -> ProgramError {
    move |_| ProgramError::Damaged(what)
}

impl<'d, Elf: FileHeader<Endian = Endianness>> Headers<'d, Elf> {
    fn of(data: &'d ReadCache<File>) -> Result<Self, ProgramError> {
        let header = Elf::parse(data).map_err(damaged("its header"))?;
        let endian = header.endian().map_err(damaged("its header"))?;
        let count = header.phnum(endian, data).map_err(damaged("its program headers"))?;
        if u64::from(count) > MAX_HEADERS {
            return Err(ProgramError::Damaged("its program headers"));
        }
        let programs = header.program_headers(endian, data).map_err(damaged("its program headers"))?;
        Ok(Self { data, header, endian, programs })
    }

    fn read(&self) -> Result<ProgramParts, ProgramError> {
        let loaded = self.programs.iter().filter(|program| program.p_type(self.endian) == PT_LOAD);
        let segments: Vec<Segment> = loaded
            .map(|program| {
                let (offset, size) = program.file_range(self.endian);
                Segment { address: program.p_vaddr(self.endian).into(), offset, size }
            })
            .collect();
        let build_info =
            self.build_info_section()?.map_or_else(|| self.data_segments(), |section| vec![section]);
        let needs = self.needs(&segments)?;
        Ok((segments, build_info, needs))
    }

    fn build_info_section(&self) -> Result<Option<(u64, u64)>, ProgramError> {
        let wrong = damaged("its section headers");
        let count = self.header.shnum(self.endian, self.data).map_err(&wrong)?;
        if u64::from(count) > MAX_HEADERS {
            return Err(ProgramError::Damaged("its section headers"));
        }
        let sections = self.header.sections(self.endian, self.data).map_err(&wrong)?;
        let found = sections.section_by_name(self.endian, BUILD_INFO);
        Ok(found
            .map(|(_, section)| (section.sh_addr(self.endian).into(), section.sh_size(self.endian).into())))
    }

    /// The segments that can be written and not run: in one of them it is where sections are stripped.
    fn data_segments(&self) -> Vec<(u64, u64)> {
        let is_data = |program: &&Elf::ProgramHeader| {
            let flags = program.p_flags(self.endian);
            program.p_type(self.endian) == PT_LOAD && flags.0 & (PF_X.0 | PF_W.0) == PF_W.0
        };
        let place = |program: &Elf::ProgramHeader| {
            (program.p_vaddr(self.endian).into(), program.p_filesz(self.endian).into())
        };
        self.programs.iter().filter(is_data).map(place).collect()
    }

    fn needs(&self, segments: &[Segment]) -> Result<LoaderNeeds, ProgramError> {
        let mut needs = LoaderNeeds::default();
        for program in self.programs {
            let size: u64 = program.p_filesz(self.endian).into();
            let kind = program.p_type(self.endian);
            if kind == PT_INTERP {
                let read = || program.interpreter(self.endian, self.data).ok().flatten();
                let loader = (size <= MAX_PATH).then(read).flatten().filter(|loader| !loader.is_empty());
                let loader = loader.ok_or(ProgramError::Damaged("the name of its loader"))?;
                needs.loader = Some(PathBuf::from(OsStr::from_bytes(loader)));
            }
            if kind == PT_DYNAMIC && size > MAX_DYNAMIC {
                return Err(ProgramError::Damaged("its dynamic section"));
            }
            let wrong = damaged("its dynamic section");
            if let Some(entries) = program.dynamic(self.endian, self.data).map_err(wrong)? {
                self.libraries(entries, segments, &mut needs)?;
            }
        }
        Ok(needs)
    }

    fn libraries(
        &self,
        entries: &[Elf::Dyn],
        segments: &[Segment],
        needs: &mut LoaderNeeds,
    ) -> Result<(), ProgramError> {
        let value = |tag| {
            entries.iter().find(|entry| entry.tag(self.endian) == tag).map(|entry| entry.val(self.endian))
        };
        let strings = || {
            let (start, left) = place(segments, value(DT_STRTAB)?)?;
            Some((start, start.checked_add(value(DT_STRSZ)?.min(left))?))
        };
        let text = |at: u64| {
            let (start, end) = strings()?;
            let range = start.checked_add(at)?..end;
            let bytes = self.data.read_bytes_at_until(range, 0).ok()?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let name = |at: u64| text(at).ok_or(ProgramError::Damaged("the names of its libraries"));
        for entry in entries.iter().filter(|entry| entry.tag(self.endian) == DT_NEEDED) {
            needs.libraries.push(name(entry.val(self.endian))?);
        }
        let Some(address) = value(DT_VERNEED) else { return Ok(()) };
        for at in self.versions(address, value(DT_VERNEEDNUM), segments)? {
            needs.versions.push(name(at)?);
        }
        needs.versions.sort();
        needs.versions.dedup();
        Ok(())
    }

    /// Where the names of the versions are that libraries must have.
    fn versions(
        &self,
        address: u64,
        count: Option<u64>,
        segments: &[Segment],
    ) -> Result<Vec<u64>, ProgramError> {
        const WRONG: ProgramError = ProgramError::Damaged("the versions of its libraries");
        let mut names = Vec::new();
        let mut need = place(segments, address).ok_or(WRONG)?.0;
        let count = count.filter(|count| *count <= MAX_VERSIONS).ok_or(WRONG)?;
        for _ in 0..count {
            let library = self.data.read_at::<Verneed<Endianness>>(need).map_err(|()| WRONG)?;
            let mut version = need.checked_add(library.vn_aux.get(self.endian).into()).ok_or(WRONG)?;
            for _ in 0..library.vn_cnt.get(self.endian) {
                let asked = self.data.read_at::<Vernaux<Endianness>>(version).map_err(|()| WRONG)?;
                // A weak one may be missing.
                if asked.vna_flags.get(self.endian).0 & VER_FLG_WEAK.0 == 0 {
                    names.push(asked.vna_name.get(self.endian).into());
                }
                if names.len() as u64 > MAX_VERSIONS {
                    return Err(WRONG);
                }
                version = version.checked_add(asked.vna_next.get(self.endian).into()).ok_or(WRONG)?;
            }
            need = need.checked_add(library.vn_next.get(self.endian).into()).ok_or(WRONG)?;
        }
        Ok(names)
    }
}
