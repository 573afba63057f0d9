//! What release archives are called. Nothing else is ever asked for or kept.

use gvmr_core::gover::version::Version;

/// The longest version in a name, in bytes; real ones have at most nine.
const MAX_VERSION_LENGTH: usize = 32;
/// The longest name of a processor, in bytes; real ones have at most eight.
const MAX_PROCESSOR_LENGTH: usize = 16;
const END: &str = ".tar.gz";

/// How an index names its linux archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// As Go's own: `go1.22.10.linux-amd64.tar.gz`.
    Official,
    /// As builds for musl: `go1.22.10.linux-amd64-musl.tar.gz`.
    Musl,
}

impl Naming {
    /// What stands between the processor and the end of an archive's name.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Official => "",
            Self::Musl => "-musl",
        }
    }

    /// The name of the linux archive of a release, such as `go1.22.10`.
    pub(super) fn archive(self, release: &str, processor: &str) -> String {
        format!("{release}.linux-{processor}{}{END}", self.suffix())
    }

    /// The version in the name of a linux or source archive; `None` for whatever is not exactly such a name.
    pub(super) fn version_in(self, name: &str) -> Option<Version> {
        let (version, rest) = name.strip_suffix(END)?.rsplit_once('.')?;
        let version = released(version)?;
        if rest == "src" {
            return Some(version);
        }
        let processor = rest.strip_prefix("linux-")?.strip_suffix(self.suffix())?;
        is_processor(processor).then_some(version)
    }
}

/// Whether a word can be a processor's name.
pub(super) fn is_processor(word: &str) -> bool {
    let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    plain && (1..=MAX_PROCESSOR_LENGTH).contains(&word.len())
}

/// The name of the source archive of a release, such as `go1.22.10`.
pub(super) fn source(release: &str) -> String {
    format!("{release}.src{END}")
}

/// The version that `go1.22.10` names, in the spelling in which it was released: neither `go1.22` nor `go1.20.0`.
pub(super) fn released(name: &str) -> Option<Version> {
    let named = name.strip_prefix("go").filter(|text| text.len() <= MAX_VERSION_LENGTH);
    let version = named.and_then(|_| Version::from_toolchain(name))?;
    (!version.is_language() && version.toolchain_name() == name).then_some(version)
}

/// The names that archives for a GOARCH have had for their processor, the usual one first.
pub(super) fn processors<'a>(goarch: &'a &'a str) -> &'a [&'a str] {
    match *goarch {
        "arm" => &["armv6l", "arm6", "arm"],
        _ => std::slice::from_ref(goarch),
    }
}
