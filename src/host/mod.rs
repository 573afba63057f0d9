//! What this host is, and whether a release of Go will run here, told before anything is downloaded.
//!
//! Takes the system's own files (headers of programs, loaders and C libraries, `/proc`, the kernel's configuration),
//! `uname`, `statvfs` and one idle thread; gives facts with their sources, and verdicts as a pure function of them.
//! Never runs a program it finds, never writes, never asks a network. What cannot be found out counts as good.

mod abi;
mod arch;
mod assess;
mod cgroup;
mod directories;
mod elf_arch;
mod kernel;
mod libc_version;
mod library;
mod limits;
pub mod mounts;
mod platform;
mod platform_support;
mod processor;
mod root;
mod seccomp;
mod tree_size;
mod verdict;
mod version_number;
mod volume;

pub use cgroup::{ControlGroup, processor_quota};
pub use platform::Platform;
pub use seccomp::{CLONE3_FILTERED, Clone3};
pub use tree_size::TreeSize;
pub use verdict::{Assessment, HostReason, HostVerdict};
pub use volume::Volume;

use cgroup::Cgroups;
use elf_arch::Userland;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::{interpreter, printable};
use kernel::Kernel;
use library::Libraries;
use limits::Limits;
use processor::Processor;
use root::Root;
use seccomp::Seccomp;
use serde::Serialize;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The platform whose toolchains run here: that of the system's own programs, since a 32-bit userland on a 64-bit
/// kernel needs 32-bit toolchains; where there is none to look at, that of this program.
pub fn platform() -> Platform {
    Userland::look(&Root::at(Path::new("/"))).platform
}

/// GOARCH of what an ELF program runs on; `None` for what is none, and for a machine that Go has no port to.
pub fn program_arch(program: &Path) -> Option<&'static str> {
    interpreter::machine(program).and_then(arch::of_elf)
}

/// The id of the reason that a program is built for another machine.
pub const OTHER_MACHINE: &str = "other-machine";

/// Everything that was found out about a host.
#[derive(Clone, Debug)]
pub struct Host {
    uname: Uname,
    userland: Userland,
    kernel: Kernel,
    processor: Processor,
    libraries: Libraries,
    cgroups: Cgroups,
    seccomp: Seccomp,
    clone3: Clone3,
    limits: Limits,
    home: Option<Volume>,
    temporary: Option<Volume>,
}

/// What the kernel says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uname {
    /// `6.1.0-13-amd64`.
    pub release: String,
    /// `x86_64`.
    pub machine: String,
}

/// What no file tells.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The kernel.
    pub uname: Uname,
    /// The file system where toolchains go.
    pub home: Option<Volume>,
    /// The file system where go commands put temporary programs.
    pub temporary: Option<Volume>,
    /// What `clone3` is answered.
    pub clone3: Clone3,
}

/// One thing that was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// A stable word for scripts, such as `kernel`; there may be more than one `c-library`.
    pub name: &'static str,
    /// What it is, in words.
    pub value: String,
    /// The file that was read, or the call that was made.
    pub source: String,
}

impl Host {
    /// Looks at this host; toolchains go into `home`, which need not exist.
    pub fn look(home: &Path) -> Self {
        let temporary = ["GOTMPDIR", "TMPDIR"].into_iter().find_map(|name| Process.get(name));
        let temporary = temporary.map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        let uname = rustix::system::uname();
        let uname = Uname {
            release: uname.release().to_string_lossy().into_owned(),
            machine: uname.machine().to_string_lossy().into_owned(),
        };
        let asked = Asked {
            uname,
            home: Volume::of(home),
            temporary: Volume::of(&temporary),
            clone3: Clone3::Unknown,
        };
        let mut host = Self::look_below(Path::new("/"), asked);
        host.clone3 = Clone3::ask(host.libraries.official_glibc());
        host
    }

    /// The same where a go that did not run has written this: an old one's words tell of `clone3` what a static gvmr, which
    /// starts threads in another way, does not know.
    #[must_use]
    pub fn after_words_of_go(self, words: &str) -> Self {
        let is_refused = self.clone3 == Clone3::Unknown && words.contains(seccomp::WORDS);
        Self { clone3: if is_refused { Clone3::Refused } else { self.clone3 }, ..self }
    }

    /// Why a program that did not start here cannot: its header names another machine. Its release may run all the same.
    pub fn refuses(&self, program: &Path) -> Option<HostReason> {
        let machine = interpreter::machine(program)?;
        let built_for = arch::of_elf(machine);
        let here = self.platform();
        let words = built_for.map_or_else(|| format!("machine {}", machine.number), str::to_owned);
        let text = format!("{} is built for {words}, and this is {here}", printable::path(program));
        (built_for != Some(here.arch())).then(|| HostReason::cannot(OTHER_MACHINE, text))
    }

    /// Looks at the host whose `/` is the directory `root`, with what no file below it tells.
    pub fn look_below(root: &Path, asked: Asked) -> Self {
        let root = Root::at(root);
        let userland = Userland::look(&root);
        let Asked { uname, home, temporary, clone3 } = asked;
        Self {
            kernel: Kernel::look(&root, &uname),
            processor: Processor::look(&root),
            libraries: Libraries::look(&root, &userland),
            cgroups: Cgroups::look(&root),
            seccomp: Seccomp::look(&root),
            limits: Limits::look(&root),
            uname,
            userland,
            clone3,
            home,
            temporary,
        }
    }

    /// The platform whose toolchains run here.
    pub fn platform(&self) -> &Platform {
        &self.userland.platform
    }

    /// Whether the system's own programs run on musl.
    pub fn is_musl(&self) -> bool {
        self.libraries.is_musl()
    }

    /// The level of an x86-64 processor, 1 to 4, as GOAMD64 counts them; `None` where the kernel does not tell.
    pub fn amd64_level(&self) -> Option<usize> {
        self.processor.level()
    }

    /// How many processors' time this process's control group may use, and the file that says so.
    pub fn processor_quota(&self) -> Option<(f64, &Path)> {
        self.cgroups.quota()
    }

    /// All facts, for a person to read.
    pub fn facts(&self) -> Vec<Fact> {
        let arch = self.platform().arch();
        let mut facts = self.userland.facts();
        facts.extend(self.kernel.facts(&self.uname));
        facts.extend(self.processor.facts(arch));
        facts.extend(self.libraries.facts(arch));
        facts.extend(self.cgroups.facts());
        facts.extend(self.seccomp.facts(&self.kernel, self.clone3));
        facts.extend(self.limits.facts());
        facts.extend(self.home.as_ref().map(|home| home.fact("home")));
        facts.extend(self.temporary.as_ref().map(|temporary| temporary.fact("temporary")));
        facts
    }
}

impl Fact {
    fn new(name: &'static str, value: impl Display, source: impl Display) -> Self {
        Self { name, value: value.to_string(), source: source.to_string() }
    }
}
