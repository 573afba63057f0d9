//! What `go = NAME` asks of a Go project.

use std::fmt;
use std::path::PathBuf;

/// `go = NAME`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoTarget {
    /// As in the file: `code.test`.
    pub name: &'static str,
    /// What is asked.
    pub question: GoQuestion,
    /// Whether the file names it. Otherwise all that apply are asked, and what is not there does not apply.
    pub is_named: bool,
}

/// A question about a Go project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoQuestion {
    /// Whether the Go that runs here is the one that the project asks for.
    Pin,
    /// Whether its files are those of the checksum database.
    Proof,
    /// Whether it still gets fixes, and has them.
    Supported,
    /// Whether settings weaken or bend the build.
    Environment,
    /// Whether the modules are those of go.sum.
    Sums,
    /// Whether `go mod tidy` would change something.
    Tidy,
    /// Whether `vendor/` has what `go mod vendor` would write.
    Vendor,
    /// Whether a `replace` leads out of the repository.
    LocalReplacements,
    /// Whether it compiles.
    Build,
    /// What `go vet` finds.
    Vet,
    /// What gofmt would change.
    Format,
    /// What its tests say.
    Tests(GoTests),
    /// Whether its programs are built of what go.mod and go.sum name.
    Binaries(BinarySource),
    /// On which systems its programs start.
    RunsOn(BinarySource, Option<BinaryPlatform>),
    /// Whether two builds give the same bytes.
    SameTwice,
    /// Which known vulnerabilities its code reaches.
    Vulnerabilities(KnownVulnerabilities),
}

/// The options of `code.test`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoTests {
    /// Patterns of packages; none for all of the project.
    pub packages: Vec<String>,
    /// Whether the race detector watches.
    pub race: bool,
    /// Build tags.
    pub tags: Vec<String>,
}

/// Where a program comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BinarySource {
    /// Built here, of each main package.
    Built,
    /// A file; absolute.
    File(PathBuf),
    /// The program of a process.
    Process(u32),
}

/// Where a program must start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryPlatform {
    /// With this version of glibc, major and minor.
    Glibc(u64, u64),
    /// With musl.
    Musl,
    /// Without a C library.
    Static,
}

impl fmt::Display for BinaryPlatform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Glibc(major, minor) => write!(formatter, "glibc {major}.{minor}"),
            Self::Musl => formatter.write_str("musl"),
            Self::Static => formatter.write_str("no C library"),
        }
    }
}

/// The options of `security.vuln`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownVulnerabilities {
    /// Another database than Go's: a URL, `file://` too.
    pub database: Option<String>,
    /// What is known and meant.
    pub allow: Vec<AllowedVulnerability>,
}

/// A vulnerability that does not count for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedVulnerability {
    /// `GO-2024-1234`
    pub id: String,
    /// The last day, as `2027-01-31`; always where there is none.
    pub until: Option<String>,
}
