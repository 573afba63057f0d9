//! What the go command's own settings say, and where each comes from.
//!
//! As cmd/go: the environment, then the file that `go env -w` writes, then the `go.env` of a toolchain; an
//! empty value counts as unset. The go command itself is never run.

use crate::verify::DEFAULT_SETTING;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use gvmr_core::sys::program;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where modules come from if nothing says otherwise: Go's own module files, without a mirror in between.
const GOPROXY: &str = "https://go.dev/dl/mod";
const MAX_BYTES: u64 = 1 << 20;

/// The settings that decide how toolchains are fetched and proved.
#[derive(Clone, Debug)]
pub struct GoSettings {
    /// The list of module proxies.
    pub goproxy: GoSetting,
    /// The checksum database.
    pub gosumdb: GoSetting,
    /// Patterns of modules that bypass the proxies: GONOPROXY, else GOPRIVATE; often empty.
    pub gonoproxy: GoSetting,
}

/// A value and its origin. The value may hold credentials: show [`GoSetting::origin`], not this.
#[derive(Clone)]
pub struct GoSetting {
    /// The value as written.
    pub value: String,
    /// Who wrote it.
    pub origin: Origin,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An environment variable.
    Environment(&'static str),
    /// A line of a file: the one `go env -w` writes, a toolchain's `go.env`, or one with rules of the user's.
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// Built in.
    Default,
}

impl GoSettings {
    /// Reads the settings. `goroots` are the installed toolchains, newest first, whose `go.env` counts; after
    /// them the Go on PATH.
    pub fn read(environment: &dyn Environment, goroots: &[PathBuf]) -> Self {
        let files = files(environment, goroots);
        let find = |name: &'static str| {
            let own = environment.text(name);
            let own = own.map(|value| GoSetting { value, origin: Origin::Environment(name) });
            own.or_else(|| files.iter().find_map(|(path, text)| of_file(path, text, name)))
        };
        let default = |value: &str| GoSetting { value: value.to_owned(), origin: Origin::Default };
        Self {
            goproxy: find("GOPROXY").unwrap_or_else(|| default(GOPROXY)),
            gosumdb: find("GOSUMDB").unwrap_or_else(|| default(DEFAULT_SETTING)),
            gonoproxy: find("GONOPROXY").or_else(|| find("GOPRIVATE")).unwrap_or_else(|| default("")),
        }
    }

    /// The same where rules gave the environment some of its values: `rule` tells of a variable the file and line of its
    /// rule.
    #[must_use]
    pub fn ruled(mut self, rule: impl Fn(&str) -> Option<(PathBuf, usize)>) -> Self {
        for setting in [&mut self.goproxy, &mut self.gosumdb, &mut self.gonoproxy] {
            if let Origin::Environment(name) = setting.origin
                && let Some((path, line)) = rule(name)
            {
                setting.origin = Origin::File { path, line };
            }
        }
        self
    }
}

/// The files that may hold settings, in order of precedence, with their text.
fn files(environment: &dyn Environment, goroots: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let toolchains = goroots.iter().map(|root| root.join("go.env"));
    let places = user_file(environment).into_iter().chain(toolchains).chain(on_path(environment));
    places.filter_map(|path| Some((path.clone(), text_of(&path)?))).collect()
}

/// `$GOENV` unless it is `off`, else `go/env` in the user's configuration directory.
fn user_file(environment: &dyn Environment) -> Option<PathBuf> {
    if let Some(file) = environment.get("GOENV") {
        return (file != "off").then(|| PathBuf::from(file));
    }
    let directory = match environment.get("XDG_CONFIG_HOME").map(PathBuf::from) {
        Some(directory) => Some(directory).filter(|directory| directory.is_absolute())?,
        None => PathBuf::from(environment.get("HOME")?).join(".config"),
    };
    Some(directory.join("go/env"))
}

/// The `go.env` beside each `go` on PATH, found through links.
fn on_path(environment: &dyn Environment) -> Vec<PathBuf> {
    let path = environment.get("PATH").unwrap_or_default();
    let programs =
        program::directories(&path).filter_map(|directory| directory.join("go").canonicalize().ok());
    programs.filter_map(|program| Some(program.parent()?.parent()?.join("go.env"))).collect()
}

/// The last line that sets `name` counts; an empty value does not.
fn of_file(path: &Path, text: &str, name: &str) -> Option<GoSetting> {
    let lines = text.split('\n').enumerate();
    let set = lines.filter_map(|(at, line)| Some((at, line.strip_prefix(name)?.strip_prefix('=')?)));
    let (at, value) = set.last().filter(|(_, value)| !value.is_empty())?;
    let origin = Origin::File { path: path.to_owned(), line: at + 1 };
    Some(GoSetting { value: value.to_owned(), origin })
}

/// The text of a regular file of reasonable size; nothing for anything else.
fn text_of(path: &Path) -> Option<String> {
    let bytes = bounded::read(path, MAX_BYTES).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

impl fmt::Debug for GoSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Setting {{ from {} }}", self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(formatter, "the environment variable {name}"),
            Self::File { path, line } => write!(formatter, "{}:{line}", printable::path(path)),
            Self::Default => formatter.write_str("the built-in default"),
        }
    }
}
