//! What the command line compiled out of a TOML file, as the shim reads it: one fact a line, then the very bytes that
//! were compiled.
//!
//! A record counts only while the file that it was made from still holds those bytes; no time and no hash decides.
//! Writer and reader are side by side and inverse to each other.
//!
//! ```text
//! gvmr rules 1
//! source PATH                        the file that was compiled
//! owner UID                          the user that may own it besides this one and root
//! home PATH                          what `~` and ${HOME} meant
//! go LINE VERSION                    what a project file pins
//! directory LINE PATH                a section starts: what follows counts at PATH and below
//! network LINE                       a section starts: what follows counts where one of each kind below matches
//! gateway ADDRESS | subnet ADDRESS/LENGTH | interface NAME
//! fill LINE NAME=VALUE               used where the process has no value
//! override LINE NAME=VALUE           beats the process's value; an empty one removes it
//!
//! BYTES
//! ```

use crate::env::subnet::Subnet;
use crate::env::variable::{self, Variable};
use crate::gover::selector::RequestedGo;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

const HEAD: &[u8] = b"gvmr rules 1\n";

/// The most bytes of a file that is compiled: a `gvmr.toml` or a `config.toml`.
pub const SOURCE_LIMIT: u64 = 64 * 1024;

/// The most bytes of a record.
pub const RECORD_LIMIT: u64 = 512 * 1024;

/// A compiled file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledRules {
    /// The absolute path of the file that was compiled.
    pub source: PathBuf,
    /// The user that may own it besides this one and root: the owner when it was trusted by name.
    pub owner: Option<u32>,
    /// What `~` and `${HOME}` meant.
    pub home: Option<PathBuf>,
    /// The version that a project file pins.
    pub pin: Option<RulesPin>,
    /// Its rules, in the order of the file; the one that always counts is first where there is one.
    pub sections: Vec<Section>,
    /// The bytes that were compiled.
    pub body: Vec<u8>,
}

/// `go = "1.23"` of a project file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesPin {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The version word as it is written.
    pub written: String,
    /// What that means.
    pub wanted: RequestedGo,
}

/// Variables that are set under one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The line in the file where it starts, counted from 1.
    pub line: usize,
    /// When it counts.
    pub when: When,
    /// What it sets; a name at most once of each kind.
    pub assignments: Vec<Assignment>,
}

/// When a section counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Wherever the file does.
    Always,
    /// In this directory and below, whatever links lead there now. Absolute, without `.`, `..` and a final slash.
    Directory(PathBuf),
    /// In a network.
    Network(Conditions),
}

/// Which network is meant: of each list that is not empty, one must match. At least one is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The default gateway.
    pub gateways: Vec<IpAddr>,
    /// A network that this machine has an address in.
    pub subnets: Vec<Subnet>,
    /// An interface that has a route.
    pub interfaces: Vec<String>,
}

/// One variable and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The variable.
    pub variable: &'static Variable,
    /// The value, with `~`, `${HOME}` and `${PROJECT}` replaced; one line.
    pub value: OsString,
    /// Whether it beats the process's own value.
    pub overrides: bool,
}

impl CompiledRules {
    /// The record in `bytes`; `None` where they are anything else, such as one of another gvmr's.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(HEAD)?;
        let mut record = Self {
            source: PathBuf::new(),
            owner: None,
            home: None,
            pin: None,
            sections: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let (line, after) = (rest.get(..end)?, rest.get(end + 1..)?);
            if line.is_empty() {
                record.body = after.to_vec();
                return record.source.is_absolute().then_some(record);
            }
            record.fact(line)?;
            rest = after;
        }
    }

    fn fact(&mut self, line: &[u8]) -> Option<()> {
        let (word, rest) = split(line)?;
        match word {
            b"source" => self.source = path(rest),
            b"owner" => self.owner = Some(text(rest)?.parse().ok()?),
            b"home" => self.home = Some(path(rest)),
            b"go" => {
                let (line, text) = numbered(rest)?;
                let written = std::str::from_utf8(text).ok()?.to_owned();
                self.pin = Some(RulesPin { line, wanted: RequestedGo::parse(&written).ok()?, written });
            }
            b"directory" => {
                let (line, directory) = numbered(rest)?;
                self.start(line, When::Directory(path(directory)));
            }
            b"network" => {
                let line = number(rest)?;
                self.start(line, When::Network(Conditions::default()));
            }
            b"gateway" => self.conditions()?.gateways.push(text(rest)?.parse().ok()?),
            b"subnet" => {
                let subnet = Subnet::parse(text(rest)?)?;
                self.conditions()?.subnets.push(subnet);
            }
            b"interface" => {
                let name = text(rest)?.to_owned();
                self.conditions()?.interfaces.push(name);
            }
            b"fill" => self.assign(rest, false)?,
            b"override" => self.assign(rest, true)?,
            _ => return None,
        }
        Some(())
    }

    fn start(&mut self, line: usize, when: When) {
        self.sections.push(Section { line, when, assignments: Vec::new() });
    }

    fn conditions(&mut self) -> Option<&mut Conditions> {
        match &mut self.sections.last_mut()?.when {
            When::Network(conditions) => Some(conditions),
            _ => None,
        }
    }

    fn assign(&mut self, rest: &[u8], overrides: bool) -> Option<()> {
        let (line, rest) = numbered(rest)?;
        let equals = rest.iter().position(|byte| *byte == b'=')?;
        let (name, value) = rest.split_at(equals);
        let variable = variable::find(name)?;
        let value = OsString::from_vec(value.get(1..)?.to_vec());
        if self.sections.is_empty() {
            self.start(line, When::Always);
        }
        self.sections.last_mut()?.assignments.push(Assignment { line, variable, value, overrides });
        Some(())
    }

    /// The bytes that [`CompiledRules::read`] reads. No path, name or value may hold a newline, which compiling sees to.
    pub fn write(&self) -> Vec<u8> {
        let mut lines = Lines(HEAD.to_vec());
        lines.line("source", None, self.source.as_os_str());
        if let Some(owner) = self.owner {
            lines.line("owner", None, OsStr::new(&owner.to_string()));
        }
        if let Some(home) = &self.home {
            lines.line("home", None, home.as_os_str());
        }
        if let Some(pin) = &self.pin {
            lines.line("go", Some(pin.line), OsStr::new(&pin.written));
        }
        for section in &self.sections {
            lines.section(section);
        }
        lines.0.push(b'\n');
        lines.0.extend_from_slice(&self.body);
        lines.0
    }
}

struct Lines(Vec<u8>);

impl Lines {
    fn section(&mut self, section: &Section) {
        match &section.when {
            When::Always => {}
            When::Directory(path) => self.line("directory", Some(section.line), path.as_os_str()),
            When::Network(conditions) => {
                self.0.extend_from_slice(format!("network {}\n", section.line).as_bytes());
                for gateway in &conditions.gateways {
                    self.line("gateway", None, OsStr::new(&gateway.to_string()));
                }
                for Subnet { address, length } in &conditions.subnets {
                    self.line("subnet", None, OsStr::new(&format!("{address}/{length}")));
                }
                for interface in &conditions.interfaces {
                    self.line("interface", None, OsStr::new(interface));
                }
            }
        }
        for assignment in &section.assignments {
            let word = if assignment.overrides { "override" } else { "fill" };
            let mut text = OsString::from(format!("{}=", assignment.variable.name));
            text.push(&assignment.value);
            self.line(word, Some(assignment.line), &text);
        }
    }

    fn line(&mut self, word: &str, number: Option<usize>, text: &OsStr) {
        self.0.extend_from_slice(word.as_bytes());
        if let Some(number) = number {
            self.0.extend_from_slice(format!(" {number}").as_bytes());
        }
        self.0.push(b' ');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'\n');
    }
}

/// The first word of a line, and what follows its blank.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = line.iter().position(|byte| *byte == b' ')?;
    Some((line.get(..blank)?, line.get(blank + 1..)?))
}

fn numbered(rest: &[u8]) -> Option<(usize, &[u8])> {
    let (digits, rest) = split(rest)?;
    Some((number(digits)?, rest))
}

fn number(digits: &[u8]) -> Option<usize> {
    text(digits)?.parse().ok()
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn path(bytes: &[u8]) -> PathBuf {
    Path::new(OsStr::from_bytes(bytes)).to_owned()
}

#[cfg(test)]
mod tests;
