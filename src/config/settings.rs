//! The user's settings, from the environment and `config.toml`.

use super::auto_install::AutoInstall;
use super::compiled;
use super::config_toml::File;
use super::error::ConfigError;
use super::lock_timeout;
use super::paths::{absolute, config_file};
use super::place;
use super::sources::SourceSettings;
use directories::BaseDirs;
use gvmr_core::home::paths::Home;
use gvmr_core::home::shared_home;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Environment;
use rustix::io::Errno;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    /// How long another gvmr that holds a lock may make no progress; `None` for the usual time.
    pub lock_timeout: Option<Duration>,
    /// Where toolchains come from.
    pub sources: SourceSettings,
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
                value: environment.text("HOME").unwrap_or_else(|| home.to_string_lossy().into_owned()),
            });
        }
        let home = Home::at(home);
        let reads_only = shared_home::is_anothers(&home);
        let cache = directories.as_ref().filter(|_| reads_only);
        let cache = cache.map_or_else(|| home.cache(), |own| own.cache_dir().join("gvmr"));
        if let Some(path) = absolute(environment, "GVMR_CONFIG")?
            && !path.exists()
        {
            return Err(ConfigError::Unreadable { path, source: Errno::NOENT.into() });
        }
        let path = config_file(environment);
        let own = UserDirs::of(&home, environment);
        let file = path.map_or_else(
            || Ok(File::default()),
            |path| File::read(&path).inspect_err(|_| compiled::forget(&path, own.as_ref())),
        )?;
        let auto_install = match environment.text("GVMR_AUTO_INSTALL") {
            Some(value) => AutoInstall::parse(&value)?,
            None => file.auto_install.unwrap_or_default(),
        };
        let lock_timeout = match environment.text("GVMR_LOCK_TIMEOUT") {
            Some(value) => Some(lock_timeout::parse("GVMR_LOCK_TIMEOUT", &value)?),
            None => file
                .lock_timeout
                .as_deref()
                .map(|value| lock_timeout::parse("lock-timeout", value))
                .transpose()?,
        };
        let sources = SourceSettings::read(environment, file)?;
        Ok(Self { home, reads_only, cache, auto_install, lock_timeout, sources })
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
        assert!(
            wrong.contains("line 1, column 11: sources: expected a string or a list of strings"),
            "{wrong}"
        );
        let wrong = settings_with("index = \"x\"\nauto-install = \"canary\"", &[]).unwrap_err().to_string();
        assert!(wrong.contains("line 2, column 16: auto-install: "), "{wrong}");
        let error = settings_with("", &[("GVMR_AUTO_INSTALL", "yes")]).unwrap_err().to_string();
        assert!(error.contains("always, ask or never"), "{error}");
        let error = Settings::read(&vec![("GVMR_HOME", "relative/home")], None).unwrap_err().to_string();
        assert!(error.contains("absolute"), "{error}");
    }
}
