//! A shared folder as virtual machines and old disks have them: a FUSE file system over a throwaway directory that loses
//! owners, modes, links, locks or case, or fails where it is told to.
//!
//! Speaks FUSE's protocol (7.31) with the kernel itself, one request after another, from a thread of this process. The mount
//! goes when it is dropped.

use super::scratch;
use super::share_requests::{Answer, Inward, attributes, entry_of};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the share cannot do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Loses {
    /// All files belong to this user.
    pub(crate) owners: Option<u32>,
    /// All files have this mode, and directories it with x; it cannot be changed.
    pub(crate) modes: Option<u32>,
    /// There are no symbolic and no hard links.
    pub(crate) links: bool,
    /// There are no locks.
    pub(crate) locks: bool,
    /// Two names that differ in case are one.
    pub(crate) case: bool,
    /// Syncing the directory of this name fails.
    pub(crate) sync_of: Option<&'static str>,
    /// Writing into a file of this name fails.
    pub(crate) write_of: Option<&'static str>,
}

/// A mounted share.
pub(crate) struct Share {
    at: PathBuf,
    _directory: TempDir,
}

impl Share {
    /// Mounts one; `None` where this machine has no FUSE, or this user may not mount.
    pub(crate) fn mount(loses: Loses) -> Option<Self> {
        let directory = scratch::tempdir().unwrap();
        let (at, behind) = (directory.path().join("share"), directory.path().join("behind"));
        fs::create_dir(&at).unwrap();
        fs::create_dir(&behind).unwrap();
        let device = OpenOptions::new().read(true).write(true).open("/dev/fuse").ok()?;
        let options = format!(
            "fd={},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions",
            device.as_raw_fd()
        );
        mount(Some("share"), &at, Some("fuse"), MsFlags::empty(), Some(options.as_str())).ok()?;
        let mut server = Server::new(device, behind, loses);
        std::thread::spawn(move || server.serve());
        Some(Self { at, _directory: directory })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.at
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = umount2(&self.at, MntFlags::MNT_DETACH); // the server ends with it
    }
}

type Answered = Result<Answer, Errno>;

struct Server {
    device: File,
    behind: PathBuf,
    loses: Loses,
    /// Where each node lies below `behind`.
    nodes: HashMap<u64, PathBuf>,
    handles: HashMap<u64, Handle>,
    next: u64,
}

enum Handle {
    File(File),
    Directory(Vec<(OsString, bool)>),
}

impl Server {
    fn new(device: File, behind: PathBuf, loses: Loses) -> Self {
        let nodes = HashMap::from([(1, PathBuf::new())]);
        Self { device, behind, loses, nodes, handles: HashMap::new(), next: 2 }
    }

    fn serve(&mut self) {
        let mut buffer = vec![0; 1 << 20];
        loop {
            let length = match self.device.read(&mut buffer) {
                Ok(length) => length,
                Err(error) if matches!(Errno::from_io_error(&error), Some(Errno::INTR | Errno::NOENT)) => {
                    continue;
                }
                Err(_) => return, // it is unmounted
            };
            let mut request = Inward::new(&buffer[..length]);
            let (operation, unique, node) = request.header();
            let answered = match operation {
                2 | 42 | 36 => continue, // nodes are never forgotten, and nothing waits that could be interrupted
                _ => self.answer(operation, node, &mut request),
            };
            let (errno, bytes) = match answered {
                Ok(answer) => (0, answer.bytes()),
                Err(errno) => (-errno.raw_os_error(), Vec::new()),
            };
            let mut reply = u32::try_from(bytes.len() + 16).unwrap().to_ne_bytes().to_vec();
            reply.extend(errno.to_ne_bytes());
            reply.extend(unique.to_ne_bytes());
            reply.extend(bytes);
            let _ = self.device.write_all(&reply); // who asked may be gone
        }
    }

    fn answer(&mut self, operation: u32, node: u64, request: &mut Inward<'_>) -> Answered {
        let io = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
        match operation {
            1 => self.entry(self.child(node, request.name())),
            3 => self.found(node, request),
            4 => self.change(node, request),
            5 => Ok(Answer::of(fs::read_link(self.real(node)).map_err(io)?.as_os_str().as_bytes())),
            6 => {
                let (name, target) = (request.name(), request.name());
                let path = self.linkable(node, name)?;
                std::os::unix::fs::symlink(target, self.behind.join(&path)).map_err(io)?;
                self.entry(path)
            }
            8 => {
                let mode = request.u32();
                request.skip(12);
                let path = self.child(node, request.name());
                let mut options = File::options();
                options.write(true).create_new(true).mode(mode & 0o7777);
                options.open(self.behind.join(&path)).map_err(io)?;
                self.entry(path)
            }
            9 => {
                let mode = request.u32();
                request.skip(4);
                let path = self.child(node, request.name());
                fs::DirBuilder::new().mode(mode & 0o7777).create(self.behind.join(&path)).map_err(io)?;
                self.entry(path)
            }
            10 => fs::remove_file(self.behind.join(self.child(node, request.name())))
                .map_err(io)
                .map(|()| Answer::new()),
            11 => fs::remove_dir(self.behind.join(self.child(node, request.name())))
                .map_err(io)
                .map(|()| Answer::new()),
            12 | 45 => {
                let to = request.u64();
                let flags = if operation == 45 { request.u64() } else { 0 }; // with its padding
                self.rename((node, request.name()), (to, request.name()), flags)
            }
            13 => {
                let old = self.real(request.u64());
                let path = self.linkable(node, request.name())?;
                fs::hard_link(old, self.behind.join(&path)).map_err(io)?;
                self.entry(path)
            }
            14 => {
                let flags = request.u32();
                let mut options = File::options();
                options.read(flags & 3 != 1).write(flags & 3 != 0).truncate(flags & 0o1000 != 0);
                let file = options.open(self.real(node)).map_err(io)?;
                Ok(self.open(Handle::File(file)))
            }
            15 | 16 => self.transfer(operation, node, request),
            17 => Ok(Answer::new()
                .u64(1 << 22)
                .u64(1 << 21)
                .u64(1 << 21)
                .u64(1 << 20)
                .u64(1 << 20)
                .u32(4096)
                .u32(255)
                .u32(4096)
                .zeros(28)),
            18 | 29 => Ok(self.handles.remove(&request.u64()).map_or_else(Answer::new, |_| Answer::new())),
            20 | 30 if self.is(node, self.loses.sync_of) => Err(Errno::IO),
            20 | 25 | 30 => Ok(Answer::new()),
            26 => Ok(self.begin(request)),
            27 => {
                let listed = fs::read_dir(self.real(node)).map_err(io)?.flatten();
                let mut names: Vec<_> = [".", ".."].map(|name| (OsString::from(name), true)).to_vec();
                names.extend(listed.map(|entry| (entry.file_name(), entry.path().is_dir())));
                Ok(self.open(Handle::Directory(names)))
            }
            28 => Ok(self.list(request)),
            31..=33 => Err(Errno::NOLCK),
            35 => self.create(node, request),
            _ => Err(Errno::NOSYS),
        }
    }

    fn begin(&self, request: &mut Inward<'_>) -> Answer {
        request.skip(8);
        let ahead = request.u32();
        // Only who asks for locks gets to refuse them; else the kernel keeps its own.
        let flags = if self.loses.locks { 1 << 10 } else { 0 };
        Answer::new().u32(7).u32(31).u32(ahead).u32(flags).u32(0).u32(128 << 10).u32(1).zeros(36)
    }

    /// The path of a child, as it is called on the disk.
    fn child(&self, parent: u64, name: &OsStr) -> PathBuf {
        let above = self.nodes[&parent].clone();
        if self.loses.case && !self.behind.join(&above).join(name).exists() {
            let names = fs::read_dir(self.behind.join(&above)).into_iter().flatten().flatten();
            let other = names.map(|entry| entry.file_name()).find(|other| other.eq_ignore_ascii_case(name));
            return above.join(other.unwrap_or_else(|| name.to_owned()));
        }
        above.join(name)
    }

    fn linkable(&self, parent: u64, name: &OsStr) -> Result<PathBuf, Errno> {
        if self.loses.links { Err(Errno::PERM) } else { Ok(self.child(parent, name)) }
    }

    fn real(&self, node: u64) -> PathBuf {
        self.behind.join(&self.nodes[&node])
    }

    fn is(&self, node: u64, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.nodes[&node].file_name().is_some_and(|own| own == name))
    }

    fn entry(&mut self, path: PathBuf) -> Answered {
        let found = fs::symlink_metadata(self.behind.join(&path));
        let found = found.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        let known = self.nodes.iter().find(|(_, other)| **other == path).map(|(node, _)| *node);
        let node = known.unwrap_or_else(|| {
            self.next += 1;
            self.nodes.insert(self.next, path);
            self.next
        });
        Ok(entry_of(node, self.seen(&found)))
    }

    /// The attributes as the share shows them.
    fn seen(&self, found: &Metadata) -> Answer {
        let kind = found.permissions().mode() & 0o170_000;
        let mode = match self.loses.modes {
            Some(mode) if found.is_dir() => kind | mode | 0o111,
            Some(mode) => kind | mode,
            None => found.permissions().mode(),
        };
        attributes(found, mode, self.loses.owners)
    }

    fn found(&self, node: u64, request: &mut Inward<'_>) -> Answered {
        let has_handle = request.u64() & 1 != 0;
        let handle = self.handles.get(&request.u64()).filter(|_| has_handle);
        let found = match handle {
            Some(Handle::File(file)) => file.metadata(),
            _ => fs::symlink_metadata(self.real(node)),
        };
        let found = found.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        Ok(Answer::new().zeros(16).and(self.seen(&found)))
    }

    fn change(&self, node: u64, request: &mut Inward<'_>) -> Answered {
        let (valid, _, _, size) = (request.u32(), request.u32(), request.u64(), request.u64());
        request.skip(44);
        let mode = request.u32();
        let io = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
        let path = self.real(node);
        if valid & 1 != 0 {
            if self.loses.modes.is_some() {
                return Err(Errno::PERM);
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o7777)).map_err(io)?;
        }
        if valid & 8 != 0 {
            File::options().write(true).open(&path).and_then(|file| file.set_len(size)).map_err(io)?;
        }
        if valid & 0o1460 != 0 {
            let file = File::open(&path).map_err(io)?;
            file.set_modified(std::time::SystemTime::now()).map_err(io)?;
        }
        let found = fs::symlink_metadata(&path).map_err(io)?;
        Ok(Answer::new().zeros(16).and(self.seen(&found)))
    }

    fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr), flags: u64) -> Answered {
        let (old, new) = (self.child(from.0, from.1), self.child(to.0, to.1));
        if flags != 0 {
            return Err(Errno::INVAL); // as most shares do
        }
        let renamed = fs::rename(self.behind.join(&old), self.behind.join(&new));
        renamed.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        self.nodes.retain(|_, path| *path != new);
        for path in self.nodes.values_mut() {
            if let Ok(rest) = path.strip_prefix(&old) {
                *path = if rest.as_os_str().is_empty() { new.clone() } else { new.join(rest) };
            }
        }
        Ok(Answer::new())
    }

    fn open(&mut self, handle: Handle) -> Answer {
        self.next += 1;
        self.handles.insert(self.next, handle);
        Answer::new().u64(self.next).zeros(8)
    }

    fn create(&mut self, parent: u64, request: &mut Inward<'_>) -> Answered {
        let (flags, mode) = (request.u32(), request.u32());
        request.skip(8);
        let path = self.child(parent, request.name());
        let mut options = File::options();
        options.read(true).write(true).create(true).create_new(flags & 0o200 != 0).mode(mode & 0o7777);
        let file = options.truncate(flags & 0o1000 != 0).open(self.behind.join(&path));
        let file = file.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        let entry = self.entry(path)?;
        Ok(entry.and(self.open(Handle::File(file))))
    }

    fn transfer(&self, operation: u32, node: u64, request: &mut Inward<'_>) -> Answered {
        let (handle, offset, size) = (request.u64(), request.u64(), request.u32());
        let Some(Handle::File(file)) = self.handles.get(&handle) else { return Err(Errno::BADF) };
        let io = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
        if operation == 15 {
            let mut bytes = vec![0; size as usize];
            let length = file.read_at(&mut bytes, offset).map_err(io)?;
            return Ok(Answer::of(&bytes[..length]));
        }
        if self.is(node, self.loses.write_of) {
            return Err(Errno::IO);
        }
        request.skip(20);
        file.write_all_at(request.rest(), offset).map_err(io)?;
        Ok(Answer::new().u32(size).zeros(4))
    }

    fn list(&self, request: &mut Inward<'_>) -> Answer {
        let (handle, offset, size) = (request.u64(), request.u64(), request.u32());
        let Some(Handle::Directory(names)) = self.handles.get(&handle) else { return Answer::new() };
        let mut answer = Answer::new();
        for (number, (name, is_directory)) in names.iter().enumerate().skip(usize::try_from(offset).unwrap())
        {
            let kind = if *is_directory { 4 } else { 0 }; // 0: whoever lists looks
            let length = u32::try_from(name.len()).unwrap();
            let one = Answer::new().u64(number as u64 + 9).u64(number as u64 + 1).u32(length).u32(kind);
            let one = one.and(Answer::of(name.as_bytes())).zeros((8 - name.len() % 8) % 8);
            if answer.length() + one.length() > size as usize {
                break;
            }
            answer = answer.and(one);
        }
        answer
    }
}
