//! Builds the files of a machine that does not exist.

use gvmr::host::{Asked, Clone3, Host, Uname, Volume};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A machine: a directory that stands for its `/`, and what its kernel answers.
pub(super) struct Machine {
    directory: TempDir,
    pub(super) asked: Asked,
}

/// Class, byte order and `e_machine` of an ELF header.
type Header = (bool, bool, u16);

pub(super) const AMD64: Header = (true, true, 62);
pub(super) const I386: Header = (false, true, 3);
pub(super) const ARM64: Header = (true, true, 183);
pub(super) const ARM: Header = (false, true, 40);
pub(super) const PPC64LE: Header = (true, true, 21);
pub(super) const PPC64: Header = (true, false, 21);
pub(super) const S390X: Header = (true, false, 22);
pub(super) const RISCV64: Header = (true, true, 243);
pub(super) const LOONG64: Header = (true, true, 258);
pub(super) const MIPS: Header = (false, false, 8);
pub(super) const MIPS64LE: Header = (true, true, 8);

impl Machine {
    /// A kernel of this release and machine with `/proc`, room and nothing else.
    pub(super) fn new(release: &str, machine: &str) -> Self {
        let volume =
            |path: &str| Volume { path: path.into(), bytes: 1 << 40, files: Some(1 << 20), noexec: false };
        let asked = Asked {
            uname: Uname { release: release.to_owned(), machine: machine.to_owned() },
            home: Some(volume("/home")),
            temporary: Some(volume("/tmp")),
            clone3: Clone3::Unknown,
        };
        let new = Self { directory: tempfile::tempdir().unwrap(), asked };
        new.text("/proc/self/status", "Name:\tgvmr\nNoNewPrivs:\t0\nSeccomp:\t0\n").text("/dev/urandom", "")
    }

    /// A machine whose shell is for `header` and asks for `loader`, which is glibc `version` in `directory`.
    pub(super) fn glibc(self, header: Header, loader: &str, directory: &str, version: &str) -> Self {
        let banner = format!("GNU C Library (made up) stable release version {version}.\n");
        self.elf("/bin/sh", header, Some(loader), b"")
            .elf(loader, header, None, b"\0GLIBC_2.2.5\0GLIBC_PRIVATE\0")
            .elf(&format!("{directory}/libc.so.6"), header, Some(loader), banner.as_bytes())
            .elf(&format!("{directory}/libresolv.so.2"), header, None, b"")
    }

    pub(super) fn debian(release: &str, glibc: &str) -> Self {
        let machine = Self::new(release, "x86_64");
        machine.glibc(AMD64, "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu", glibc)
    }

    pub(super) fn alpine() -> Self {
        Self::new("6.6.31-0-lts", "x86_64")
            .elf("/bin/busybox", AMD64, Some("/lib/ld-musl-x86_64.so.1"), b"")
            .link("/bin/sh", "/bin/busybox")
            .elf(
                "/lib/ld-musl-x86_64.so.1",
                AMD64,
                None,
                b"\0musl libc (x86_64)\nVersion %s\n\x001.2.5\x00127.0.0.1\0",
            )
    }

    pub(super) fn text(self, path: &str, text: &str) -> Self {
        self.bytes(path, text.as_bytes())
    }

    pub(super) fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
        self
    }

    pub(super) fn link(self, path: &str, target: &str) -> Self {
        let link = self.path(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(target, link).unwrap();
        self
    }

    /// An ELF file that asks for a loader, if any, and holds `content`.
    pub(super) fn elf(self, path: &str, header: Header, loader: Option<&str>, content: &[u8]) -> Self {
        self.bytes(path, &elf(header, loader, content))
    }

    pub(super) fn config(self, text: &str) -> Self {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        self.bytes("/proc/config.gz", &encoder.finish().unwrap())
    }

    pub(super) fn without(self, path: &str) -> Self {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        self
    }

    /// The machine whose kernel answers otherwise.
    pub(super) fn but(mut self, change: impl FnOnce(&mut Asked)) -> Self {
        change(&mut self.asked);
        self
    }

    pub(super) fn host(&self) -> Host {
        Host::look_below(self.directory.path(), self.asked.clone())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(Path::new(path).strip_prefix("/").unwrap())
    }
}

/// A minimal ELF file: a header, one `PT_INTERP` segment where there is a loader, then `content`.
pub(super) fn elf((wide, little, machine): Header, loader: Option<&str>, content: &[u8]) -> Vec<u8> {
    let (header, segment) = if wide { (64, 56) } else { (52, 32) };
    let loader = loader.map(|loader| [loader.as_bytes(), b"\0"].concat()).unwrap_or_default();
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
    let [table, size, count, offset, length] = if wide { [32, 54, 56, 8, 32] } else { [28, 42, 44, 4, 16] };
    put(18, 2, machine.into());
    put(table, address, header);
    put(size, 2, segment);
    put(count, 2, usize::from(!loader.is_empty()));
    put(header, 4, 3);
    put(header + offset, address, header + segment);
    put(header + length, address, loader.len());
    [file, loader, content.to_vec()].concat()
}
