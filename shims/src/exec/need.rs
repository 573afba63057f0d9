//! What a command needs of the Go that go.mod asks for, where that is not installed.
//!
//! Takes the tool and its arguments. gvmr must not be stricter than the go command itself, which answers some commands
//! without that version, and others as well with any. Looks at nothing else.

use crate::exec::called_shim;
use crate::gover::version::Version;
use std::ffi::{CStr, OsStr};

/// What a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The version that is asked for.
    Version,
    /// No particular one, and the go command knows that: it switches to no other version for it.
    Any,
    /// The same, which only go commands from 1.23 on know.
    AnySince1_23,
    /// No particular one, but the go command would download the one that is asked for first.
    AnyLocally,
}

impl Need {
    /// The need of this tool with these arguments, its name not among them.
    pub fn of(tool: &OsStr, arguments: &[&CStr]) -> Self {
        if tool != "go" {
            return Self::Any; // gofmt and the others never read go.mod
        }
        // These arguments alone, as the go command compares them: with any other flag it does switch.
        match called_shim::without_change_of_directory(arguments).as_slice() {
            [b"env", b"GOTOOLCHAIN"] => Self::Any,
            [b"env", b"-w", setting] if setting.starts_with(b"GOTOOLCHAIN=") => Self::Any,
            [b"env", b"GOMOD" | b"GOWORK"] => Self::AnySince1_23,
            [b"version" | b"help" | b"telemetry", ..] | [b"mod" | b"work", b"edit", ..] => Self::AnyLocally,
            _ => Self::Version,
        }
    }

    /// Whether a go command of this version must be kept from switching to another one.
    pub fn keeps_local(self, version: Option<&Version>) -> bool {
        match self {
            Self::Version | Self::Any => false,
            Self::AnySince1_23 => version.is_some_and(|version| version.is_before(23)),
            Self::AnyLocally => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&CStr]) -> Need {
        Need::of(OsStr::new("go"), arguments)
    }

    #[test]
    fn what_the_go_command_itself_exempts() {
        assert_eq!(of(&[c"env", c"GOTOOLCHAIN"]), Need::Any);
        assert_eq!(of(&[c"env", c"-w", c"GOTOOLCHAIN=auto"]), Need::Any);
        for name in [c"GOMOD", c"GOWORK"] {
            assert_eq!(of(&[c"env", name]), Need::AnySince1_23);
            assert_eq!(of(&[c"-C", c"d", c"env", name]), Need::AnySince1_23);
            assert_eq!(of(&[c"env", c"-C=d", name]), Need::AnySince1_23);
        }
        assert_eq!(Need::of(OsStr::new("gofmt"), &[c"-l", c"."]), Need::Any);
    }

    #[test]
    fn what_any_version_answers() {
        for words in [
            &[c"version"][..],
            &[c"version", c"-m", c"file"],
            &[c"-C", c"d", c"version"],
            &[c"help"],
            &[c"help", c"build"],
            &[c"telemetry", c"off"],
            &[c"mod", c"edit", c"-go=1.22"],
            &[c"mod", c"edit", c"-C", c"d", c"-json"],
            &[c"work", c"edit", c"-json"],
        ] {
            assert_eq!(of(words), Need::AnyLocally, "{words:?}");
        }
    }

    #[test]
    fn all_else_needs_the_version() {
        for words in [
            &[][..],
            &[c"env"],
            &[c"env", c"GOPATH"],
            &[c"env", c"GOTOOLCHAIN", c"GOPROXY"],
            &[c"env", c"-w", c"GOFLAGS=-v"],
            &[c"env", c"-u", c"GOTOOLCHAIN"],
            &[c"env", c"-json", c"GOMOD"],
            &[c"mod"],
            &[c"mod", c"tidy"],
            &[c"build", c"version"],
            &[c"-C", c"version"],
        ] {
            assert_eq!(of(words), Need::Version, "{words:?}");
        }
    }

    #[test]
    fn only_a_go_that_would_switch_is_kept_from_it() {
        let version = |text| Version::parse(text).unwrap();
        for (need, text, expected) in [
            (Need::Any, "1.22.12", false),
            (Need::AnySince1_23, "1.21.0", true),
            (Need::AnySince1_23, "1.22.12", true),
            (Need::AnySince1_23, "1.23.0", false),
            (Need::AnyLocally, "1.27.4", true),
        ] {
            assert_eq!(need.keeps_local(Some(&version(text))), expected, "{need:?} {text}");
        }
    }
}
