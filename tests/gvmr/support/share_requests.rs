//! FUSE's messages as bytes: what the kernel asks, and what it is answered.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;

/// A request, read from front to back.
pub(super) struct Inward<'a>(&'a [u8]);

impl<'a> Inward<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The operation, the request's number, and the node that it is about.
    pub(super) fn header(&mut self) -> (u32, u64, u64) {
        self.skip(4);
        let header = (self.u32(), self.u64(), self.u64());
        self.skip(16);
        header
    }

    pub(super) fn u32(&mut self) -> u32 {
        let (first, rest) = self.0.split_first_chunk().unwrap();
        self.0 = rest;
        u32::from_ne_bytes(*first)
    }

    pub(super) fn u64(&mut self) -> u64 {
        let (first, rest) = self.0.split_first_chunk().unwrap();
        self.0 = rest;
        u64::from_ne_bytes(*first)
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.0 = &self.0[bytes..];
    }

    /// A name, with the NUL behind it.
    pub(super) fn name(&mut self) -> &'a OsStr {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap();
        let name = OsStr::from_bytes(&self.0[..end]);
        self.0 = &self.0[end + 1..];
        name
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }
}

/// An answer, written from front to back.
pub(super) struct Answer(Vec<u8>);

impl Answer {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(super) fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_ne_bytes());
        self
    }

    pub(super) fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_ne_bytes());
        self
    }

    pub(super) fn zeros(mut self, bytes: usize) -> Self {
        self.0.resize(self.0.len() + bytes, 0);
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn length(&self) -> usize {
        self.0.len()
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        self.0
    }
}

/// The attributes of a file.
pub(super) fn attributes(found: &Metadata, mode: u32, owner: Option<u32>) -> Answer {
    let time = |seconds: i64| seconds.cast_unsigned();
    let part = |nanoseconds: i64| u32::try_from(nanoseconds).unwrap();
    let (user, group) = owner.map_or((found.uid(), found.gid()), |owner| (owner, owner));
    Answer::new()
        .u64(found.ino())
        .u64(found.size())
        .u64(found.blocks())
        .u64(time(found.atime()))
        .u64(time(found.mtime()))
        .u64(time(found.ctime()))
        .u32(part(found.atime_nsec()))
        .u32(part(found.mtime_nsec()))
        .u32(part(found.ctime_nsec()))
        .u32(mode)
        .u32(u32::try_from(found.nlink()).unwrap())
        .u32(user)
        .u32(group)
        .zeros(4)
        .u32(4096)
        .zeros(4)
}

/// A node with its attributes, which the kernel is not to remember.
pub(super) fn entry_of(node: u64, attributes: Answer) -> Answer {
    Answer::new().u64(node).zeros(32).and(attributes)
}
