//! What the resolver says: which Go, and why.

use crate::gover::selector::Selector;
use crate::gover::version::Version;
use crate::home::system_go::SystemGo;
use crate::select::pin_owners::ForeignPin;
use crate::sys::printable;
use std::fmt;
use std::path::{Path, PathBuf};

/// Which Go runs in a directory, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The Go.
    pub choice: Selection,
    /// Why this one.
    pub reason: Origin,
    /// Whether someone asked for exactly this: then the go command must not switch to another by itself.
    pub exact: bool,
    /// What a go.mod or go.work asks for, where this Go does not satisfy it and runs all the same.
    pub unmet: Option<Selector>,
    /// Pins that do not count since anyone may have put them there, nearest first.
    pub ignored: Vec<ForeignPin>,
}

/// The Go that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// An installed version.
    Installed {
        /// The version.
        version: Version,
        /// Its directory.
        goroot: PathBuf,
    },
    /// A version that has to be installed first.
    Missing {
        /// What to install: one version, or the newest of a prefix.
        wanted: Selector,
    },
    /// A Go outside gvmr.
    System(SystemGo),
}

impl Selection {
    /// Its version, where it is there and that is known.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Installed { version, .. } => Some(version),
            Self::System(outside) => outside.version.as_ref(),
            Self::Missing { .. } => None,
        }
    }

    /// Its GOROOT, where it is there and has one.
    pub fn goroot(&self) -> Option<&Path> {
        match self {
            Self::Installed { goroot, .. } => Some(goroot),
            Self::System(outside) => outside.goroot.as_deref(),
            Self::Missing { .. } => None,
        }
    }
}

/// Why a Go was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who asked.
    pub source: Source,
    /// The file that asked, where one did.
    pub file: Option<PathBuf>,
    /// The line in it, counted from 1.
    pub line: Option<usize>,
    /// What is written there, such as `1.23` or `toolchain go1.22.3`.
    pub written: String,
    /// How that led to the choice.
    pub rule: Rule,
}

/// Who asked for a version, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The name of the shim: `go1.23.4`.
    Name,
    /// `go +1.22` as first argument.
    Argument,
    /// The variable `GVMR_VERSION`.
    Variable,
    /// The nearest `.go-version`.
    GoVersionFile,
    /// The nearest trusted `gvmr.toml`.
    ProjectFile,
    /// go.work
    GoWork,
    /// go.mod
    GoMod,
    /// The nearest `.tool-versions` with a `golang` line; inside the project it comes before go.work.
    ToolVersions,
    /// The nearest `mise.toml` with a Go among its tools, likewise.
    MiseToml,
    /// The home's default.
    Default,
    /// None: no version is selected and no default is set.
    Unset,
}

/// How what was asked for led to the choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One exact version was asked for.
    Exact,
    /// A prefix was asked for.
    Prefix,
    /// A word or a range was asked for, such as `latest`.
    Newest,
    /// `system` was asked for.
    System,
    /// A minimum that the default satisfies.
    DefaultSatisfies,
    /// A minimum, and the lowest installed version that satisfies it.
    LowestInstalled,
    /// A language version as minimum, and the newest patch of the lowest installed minor version that satisfies it.
    LowestMinor,
    /// A minimum, no default, and a Go outside gvmr that satisfies it.
    OutsideSatisfies,
    /// A minimum, no default, nothing installed that satisfies it, and a Go outside gvmr of unknown version.
    OutsideDecides,
    /// A minimum that nothing here satisfies, and the user's GOTOOLCHAIN, which tells go what to do.
    ToolchainSetting,
    /// A minimum that nothing here satisfies, and a command that needs no such version.
    NotNeeded,
    /// A `go` line that go itself reports.
    Malformed,
    /// A minimum that nothing here satisfies.
    NothingSatisfies,
    /// No version is selected and no default is set: the Go outside gvmr.
    NoDefault,
    /// No version is selected, no default is set and there is no Go outside gvmr: the newest installed.
    NewestInstalled,
}

impl Rule {
    /// How a selector leads to a version.
    pub fn of(selector: &Selector) -> Self {
        match selector {
            Selector::Exact(_) => Self::Exact,
            Selector::Prefix(_) => Self::Prefix,
            Selector::Latest | Selector::OldStable | Selector::Range(_) => Self::Newest,
        }
    }

    /// The rule in words, to follow the place and what is written there.
    pub fn text(self) -> &'static str {
        match self {
            Self::Exact => "selects exactly this version",
            Self::Prefix => "selects its newest installed release",
            Self::Newest => "selects the newest installed release that fits",
            Self::System => "selects the Go outside gvmr",
            Self::DefaultSatisfies => "is a minimum, and the default satisfies it",
            Self::LowestInstalled => {
                "is a minimum, and this is the lowest installed version that satisfies it"
            }
            Self::LowestMinor => {
                "is a minimum, and this is the newest patch of the lowest installed minor version that satisfies it"
            }
            Self::OutsideDecides => {
                "is a minimum, and the Go outside gvmr, whose version is unknown, decides itself"
            }
            Self::ToolchainSetting => {
                "is a minimum, and no installed version satisfies it; GOTOOLCHAIN is set, and the default obeys it"
            }
            Self::NotNeeded => {
                "is a minimum, and no installed version satisfies it; this command runs with the default"
            }
            Self::Malformed => "is a malformed go line, which go reports itself; using the default",
            Self::OutsideSatisfies => "is a minimum, and the Go outside gvmr satisfies it",
            Self::NothingSatisfies => "is a minimum, and no installed version satisfies it",
            Self::NoDefault => "no version is selected and no default is set; using the Go outside gvmr",
            Self::NewestInstalled => {
                "no version is selected, no default is set and PATH has no other Go; using the newest installed version"
            }
        }
    }
}

impl Source {
    /// What it is called where it has no file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "the program's name",
            Self::Argument => "the first argument",
            Self::Variable => "GVMR_VERSION",
            Self::GoVersionFile => ".go-version",
            Self::ProjectFile => "gvmr.toml",
            Self::GoWork => "go.work",
            Self::GoMod => "go.mod",
            Self::ToolVersions => ".tool-versions",
            Self::MiseToml => "mise.toml",
            Self::Default => "the default",
            Self::Unset => "nothing",
        }
    }
}

impl Origin {
    /// Where it is written: `/p/.go-version:1`, or the source's name.
    pub fn place(&self) -> String {
        place(self.source.name(), self.file.as_deref(), self.line)
    }
}

/// `file:line`, `file`, or `name` where there is no file.
pub fn place(name: &str, file: Option<&Path>, line: Option<usize>) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!("{}:{line}", printable::path(file)),
        (Some(file), None) => printable::path(file),
        (None, _) => name.to_owned(),
    }
}

impl fmt::Display for Origin {
    /// One line: `/p/.go-version:1: "1.23" selects its newest installed release`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.source == Source::Unset {
            return formatter.write_str(self.rule.text());
        }
        write!(formatter, "{}: \"{}\" {}", self.place(), printable::typed(&self.written), self.rule.text())
    }
}
