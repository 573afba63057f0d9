//! The user's settings: which home is used, and what `config.toml` says.
//!
//! Takes the environment, gives typed settings. An environment variable wins over the file. A mistake in the file is an
//! error that names its line, never a silent default. Only compiled rules and trust are written.

mod compiled;
mod place;
pub mod project_file;
pub mod redacted;
mod ruled_environment;
mod rules;
mod sources;
mod trust;

pub use compiled::rules;
pub use place::home_to_share;
pub use ruled_environment::RuledEnvironment;
pub use rules::{Mistake, RulesError, compile_config, compile_project, summary};
pub use sources::{SourceName, SourceSettings};
pub use trust::{Trust, TrustError, TrustState, Trusted};

use directories::BaseDirs;
use gvmr_core::home::paths::Home;
use gvmr_core::home::shared_home;
use gvmr_core::home::user_dirs;
use gvmr_core::sys::environment::Environment;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sources::List;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest `config.toml` that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The user's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `$GVMR_HOME`, or `gvmr` in the platform's data directory, or the home that the machine's users share.
    pub home: Home,
    /// Whether another user manages the home: then this user only reads it.
    pub reads_only: bool,
    /// Where answers of indexes and of the log are cached: in the home, or in this user's own cache directory where the
    /// home is another's.
    pub cache: PathBuf,
    /// What to do when a directory asks for a version that is not installed.
    pub auto_install: AutoInstall,
    /// Where toolchains come from.
    pub sources: SourceSettings,
}

/// Whether a missing version is installed without a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AutoInstall {
    /// Install without asking.
    Always,
    /// Ask once on a terminal; elsewhere say what to run.
    #[default]
    Ask,
    /// Only say what to run.
    Never,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No home can be named.
    #[error("no home directory: neither GVMR_HOME nor HOME is set")]
    NoHome,
    /// A path setting that must be absolute is not.
    #[error("{setting} must be an absolute path, got \"{value}\"")]
    Relative {
        /// The variable's name.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// An environment variable has a value outside its set.
    #[error("{setting} must be {allowed}, got \"{value}\"")]
    Value {
        /// The variable's name.
        setting: &'static str,
        /// The values it may have.
        allowed: &'static str,
        /// Its value.
        value: String,
    },
    /// The file that names the machine's shared home is wrong.
    #[error("{path} {why}", path = path.display())]
    Machine {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The rules in the file have mistakes.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The file is not valid.
    #[error("{path}: {message}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and mistake, from the TOML reader.
        message: String,
    },
}

impl ConfigError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoHome => "set GVMR_HOME to an absolute path",
            Self::Relative { .. } => "change or unset the variable",
            Self::Value { .. } => "correct or remove the setting",
            Self::Machine { .. } => "correct or remove the file as root, or set GVMR_HOME",
            Self::Unreadable { source, .. } if source.kind() == ErrorKind::NotFound => {
                "set GVMR_CONFIG to an existing file, or unset it"
            }
            Self::Unreadable { .. } | Self::Malformed { .. } | Self::Rules(_) => {
                "correct the file, or rename it"
            }
        };
        Some(hint.to_owned())
    }
}

/// `config.toml` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    auto_install: Option<AutoInstall>,
    sources: Option<List>,
    index: Option<String>,
    mirrors: Option<List>,
    musl_index: Option<String>,
    musl_mirrors: Option<List>,
    // The rules for directories and networks are [`compile_config`]'s, which names its own mistakes.
    #[serde(rename = "env")]
    _env: Option<IgnoredAny>,
    #[serde(rename = "directory")]
    _directory: Option<IgnoredAny>,
    #[serde(rename = "network")]
    _network: Option<IgnoredAny>,
}

impl Settings {
    /// Reads the environment and, where there is one, `config.toml`. `home` is the home where that is known already.
    pub fn read(environment: &dyn Environment, home: Option<&Path>) -> Result<Self, ConfigError> {
        let directories = BaseDirs::new();
        let own = directories.as_ref().map(|directories| directories.data_dir().join("gvmr"));
        let home = match home {
            Some(home) => home.to_owned(),
            None => place::home(environment, own, Path::new("/"))?,
        };
        if home.is_relative() {
            return Err(ConfigError::Relative {
                setting: "HOME",
                value: home.to_string_lossy().into_owned(),
            });
        }
        let home = Home::at(home);
        let reads_only = shared_home::is_anothers(&home);
        let cache = directories.as_ref().filter(|_| reads_only);
        let cache = cache.map_or_else(|| home.cache(), |own| own.cache_dir().join("gvmr"));
        if let Some(path) = absolute(environment, "GVMR_CONFIG")?
            && !path.exists()
        {
            return Err(ConfigError::Unreadable { path, source: ErrorKind::NotFound.into() });
        }
        let path = config_file(environment);
        let file = path.map_or_else(|| Ok(File::default()), |path| File::read(&path))?;
        let auto_install = match environment.text("GVMR_AUTO_INSTALL") {
            Some(value) => AutoInstall::parse(&value)?,
            None => file.auto_install.unwrap_or_default(),
        };
        let sources = SourceSettings::read(environment, file)?;
        Ok(Self { home, reads_only, cache, auto_install, sources })
    }
}

impl AutoInstall {
    fn parse(value: &str) -> Result<Self, ConfigError> {
        match value {
            "always" => Ok(Self::Always),
            "ask" => Ok(Self::Ask),
            "never" => Ok(Self::Never),
            _ => Err(ConfigError::Value {
                setting: "GVMR_AUTO_INSTALL",
                allowed: "always, ask or never",
                value: value.to_owned(),
            }),
        }
    }
}

impl File {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(unreadable(error)),
        };
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            let what = format!("expected a regular file of at most {MAX_BYTES} bytes");
            return Err(unreadable(std::io::Error::new(ErrorKind::InvalidInput, what)));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        toml::from_str(&text).map_err(|error| ConfigError::Malformed {
            path: path.to_owned(),
            message: located(&text, &error),
        })
    }
}

/// The user's `config.toml`, the same that the shim's rules come from. Without `HOME` the shim knows only the one that the
/// compiled rules name; here the user's account gives it.
fn config_file(environment: &dyn Environment) -> Option<PathBuf> {
    user_dirs::config_file(environment).or_else(|| {
        let is_named = ["GVMR_CONFIG", "HOME"].iter().any(|name| environment.get(name).is_some());
        let directories = BaseDirs::new().filter(|_| !is_named)?;
        Some(directories.config_dir().join("gvmr/config.toml"))
    })
}

/// Line, column and mistake. The line itself is not shown: it may hold a password.
fn located(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let (line, column) =
        (before.matches('\n').count() + 1, before.chars().rev().take_while(|one| *one != '\n').count() + 1);
    format!("line {line}, column {column}: {}", error.message())
}

/// The value of a path setting, refused where it is relative.
fn absolute(environment: &dyn Environment, setting: &'static str) -> Result<Option<PathBuf>, ConfigError> {
    match environment.get(setting).map(PathBuf::from) {
        Some(path) if path.is_relative() => {
            Err(ConfigError::Relative { setting, value: path.to_string_lossy().into_owned() })
        }
        path => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings_with(file: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::File::create(&path)
            .and_then(|mut created| std::io::Write::write_all(&mut created, file.as_bytes()))
            .unwrap();
        let path = path.to_str().unwrap().to_owned();
        let mut environment = vec![("GVMR_HOME", "/srv/gvmr"), ("GVMR_CONFIG", path.as_str())];
        environment.extend_from_slice(variables);
        Settings::read(&environment, None)
    }

    #[test]
    fn the_environment_beats_the_file_and_the_file_beats_the_default() {
        let auto = |file, variables: &[_]| settings_with(file, variables).unwrap().auto_install;
        assert_eq!(auto("", &[]), AutoInstall::Ask);
        assert_eq!(auto("auto-install = \"never\"", &[]), AutoInstall::Never);
        assert_eq!(auto("auto-install = \"never\"", &[("GVMR_AUTO_INSTALL", "always")]), AutoInstall::Always);
    }

    #[test]
    fn mistakes_name_the_file_and_the_line() {
        let error = settings_with("\nauto-instal = \"never\"", &[]).unwrap_err().to_string();
        assert!(
            error.contains("config.toml") && error.contains("line 2") && error.contains("auto-install"),
            "{error}"
        );
        let secret = settings_with("mirror = \"https://user:canary@host/x\"", &[]).unwrap_err().to_string();
        assert!(secret.contains("line 1, column 1") && !secret.contains("canary"), "{secret}");
        let wrong = settings_with("sources = [3]", &[]).unwrap_err().to_string();
        assert!(wrong.contains("a string or a list of strings"), "{wrong}");
        let error = settings_with("", &[("GVMR_AUTO_INSTALL", "yes")]).unwrap_err().to_string();
        assert!(error.contains("always, ask or never"), "{error}");
        let error = Settings::read(&vec![("GVMR_HOME", "relative/home")], None).unwrap_err().to_string();
        assert!(error.contains("absolute"), "{error}");
    }
}
