//! What a program said, of any length, in little memory.
//!
//! The beginning is kept, in memory and from a certain length on in a temporary file without a name; of what follows that,
//! the end. A file that cannot be written ends the beginning early: the program must not fail for it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// How many bytes of what was said are kept.
#[derive(Clone, Copy, Debug)]
struct Limits {
    memory: usize,
    beginning: usize,
    end: usize,
}

const LIMITS: Limits = Limits { memory: 1 << 20, beginning: 64 << 20, end: 1 << 20 };

/// What was said.
#[derive(Debug)]
pub struct Captured {
    limits: Limits,
    directory: PathBuf,
    memory: Vec<u8>,
    file: Option<File>,
    /// Bytes of the beginning, wherever they are.
    begun: usize,
    /// Whether the beginning takes no more.
    full: bool,
    left_out: u64,
    end: VecDeque<u8>,
}

impl Captured {
    /// Nothing yet. `directory` is for the temporary file.
    pub fn new(directory: &Path) -> Self {
        Self::within(LIMITS, directory)
    }

    fn within(limits: Limits, directory: &Path) -> Self {
        Self {
            limits,
            directory: directory.to_owned(),
            memory: Vec::new(),
            file: None,
            begun: 0,
            full: false,
            left_out: 0,
            end: VecDeque::new(),
        }
    }

    /// Takes what has arrived.
    pub fn take(&mut self, bytes: &[u8]) {
        let room = if self.full { 0 } else { self.limits.beginning - self.begun };
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        let rest = if !first.is_empty() && self.begin(first).is_err() { bytes } else { rest };
        self.full |= !rest.is_empty();
        self.end.extend(rest);
        let over = self.end.len().saturating_sub(self.limits.end);
        self.end.drain(..over);
        self.left_out += over as u64;
    }

    fn begin(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len() + bytes.len() <= self.limits.memory {
            self.memory.extend_from_slice(bytes);
        } else {
            if self.file.is_none() {
                self.file = Some(nameless(&self.directory)?);
            }
            if let Some(file) = &mut self.file {
                file.write_all(bytes)?;
            }
        }
        self.begun += bytes.len();
        Ok(())
    }

    /// How many bytes were said.
    pub fn length(&self) -> u64 {
        self.begun as u64 + self.left_out + self.end.len() as u64
    }

    /// The last byte.
    pub fn last(&mut self) -> Option<u8> {
        let last = self.ending(1).ok()?;
        last.first().copied()
    }

    /// Writes all of it that was kept; in the place of what was not, a line that says so.
    pub fn write_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.write_beginning(0, out)?;
        if self.left_out > 0 {
            writeln!(out, "\n[{} bytes omitted]", self.left_out)?;
        }
        let (one, other) = self.end.as_slices();
        out.write_all(one)?;
        out.write_all(other)
    }

    /// The last `most` bytes, or as many of them as were kept without a gap.
    pub fn ending(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.left_out == 0 {
            let of_beginning = most.saturating_sub(self.end.len());
            self.write_beginning(self.begun.saturating_sub(of_beginning), &mut bytes)?;
        }
        bytes.extend(self.end.iter().skip(self.end.len().saturating_sub(most)));
        Ok(bytes)
    }

    /// Writes the beginning but for its first `skipped` bytes.
    fn write_beginning(&mut self, skipped: usize, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.memory.get(skipped..).unwrap_or_default())?;
        let Some(file) = &mut self.file else { return Ok(()) };
        let skipped = skipped.saturating_sub(self.memory.len());
        let kept = (self.begun - self.memory.len()).saturating_sub(skipped);
        file.seek(io::SeekFrom::Start(skipped as u64))?;
        io::copy(&mut file.take(kept as u64), out)?;
        file.seek(io::SeekFrom::End(0))?;
        Ok(())
    }
}

/// A file that is gone when it is closed.
fn nameless(directory: &Path) -> io::Result<File> {
    let options = || {
        let mut options = File::options();
        options.read(true).write(true).mode(0o600);
        options
    };
    let tmpfile = rustix::fs::OFlags::TMPFILE.bits().cast_signed();
    options().custom_flags(tmpfile).open(directory).or_else(|_| {
        // Not every file system can do that.
        let number = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let path = directory.join(format!("gvmr-{}-{number}", std::process::id()));
        let file = options().create_new(true).open(&path)?;
        std::fs::remove_file(path)?;
        Ok(file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: Limits = Limits { memory: 10, beginning: 30, end: 20 };

    fn shown(captured: &mut Captured) -> Vec<u8> {
        let mut bytes = Vec::new();
        captured.write_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_too_long_keeps_its_beginning_and_its_end() {
        let directory = tempfile::tempdir().unwrap();
        let mut captured = Captured::within(SMALL, directory.path());
        for byte in 0..100_u8 {
            captured.take(&[byte]);
        }
        let gap = b"\n[50 bytes omitted]\n";
        let expected = [&(0..30).collect::<Vec<u8>>(), &gap[..], &(80..100).collect::<Vec<u8>>()].concat();
        assert_eq!(shown(&mut captured), expected);
        assert_eq!((captured.length(), captured.last()), (100, Some(99)));
        assert_eq!(captured.ending(50).unwrap(), (80..100).collect::<Vec<u8>>());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn without_a_file_the_end_is_kept_all_the_same() {
        let mut captured = Captured::within(SMALL, Path::new("/no/such/directory"));
        for byte in 0..100_u8 {
            captured.take(&[byte]);
        }
        assert_eq!(captured.ending(5).unwrap(), [95, 96, 97, 98, 99]);
        assert_eq!(captured.length(), 100);
        assert!(shown(&mut captured).starts_with(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, b'\n']));
    }

    proptest! {
        #[test]
        fn what_is_short_enough_is_kept_whole(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..6),
            most in 0_usize..120,
        ) {
            let directory = tempfile::tempdir().unwrap();
            let whole = pieces.concat();
            let mut captured = Captured::within(SMALL, directory.path());
            for piece in &pieces {
                captured.take(piece);
            }
            prop_assert_eq!(captured.length(), whole.len() as u64);
            prop_assert_eq!(captured.last(), whole.last().copied());
            if whole.len() <= SMALL.beginning + SMALL.end {
                prop_assert_eq!(shown(&mut captured), whole.clone());
                prop_assert_eq!(captured.ending(most).unwrap(), &whole[whole.len().saturating_sub(most)..]);
                captured.take(b"x");
                prop_assert_eq!(captured.ending(1).unwrap(), b"x");
            }
        }
    }
}
