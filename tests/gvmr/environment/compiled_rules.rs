//! The user's `config.toml`, compiled beside what is the user's own, as the shim finds it.

mod oracle;

use crate::support;
use gvmr::config::{self, ConfigError, Settings};
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::env_context::{Config, EnvContext};
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Environment;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const RULES: &str = "[[directory]]\npath = \"~/work\"\nenv.GOPATH = \"~/work/go\"\n";

/// A user with a home directory, a gvmr home and an environment.
struct User {
    directory: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Environment for User {
    fn get(&self, name: &str) -> Option<OsString> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.into())
    }
}

impl User {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let user = Self { directory, variables: Vec::new() };
        fs::create_dir_all(user.path(".config/gvmr")).unwrap();
        fs::create_dir_all(user.path("gvmr")).unwrap();
        user.with("HOME", "").with("GVMR_HOME", "gvmr")
    }

    fn with(mut self, name: &str, path: &str) -> Self {
        let path = self.path(path).to_str().unwrap().trim_end_matches('/').to_owned();
        self.variables.push((name.to_owned(), path));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path(".config/gvmr/config.toml")
    }

    fn writes(&self, text: &str) {
        fs::write(self.config(), text).unwrap();
    }

    fn home(&self) -> Home {
        Home::at(self.path("gvmr"))
    }

    fn own(&self) -> UserDirs {
        UserDirs::of(&self.home(), self).unwrap()
    }

    fn compiles(&self) -> Result<Option<CompiledRules>, ConfigError> {
        config::rules(Some(&self.own()), self)
    }

    /// What the shim makes of it, which compiles nothing itself.
    fn shim_sees(&self) -> Config {
        EnvContext::of(&self.home(), self.directory.path(), self, None).config
    }

    fn shim_has(&self, record: &CompiledRules) -> bool {
        matches!(self.shim_sees(), Config::Compiled(seen) if seen == *record)
    }
}

#[test]
fn what_was_compiled_is_what_the_shim_finds_until_the_file_is_edited() {
    let user = User::new();
    user.writes(RULES);
    assert!(matches!(user.shim_sees(), Config::Stale { file } if file == user.config()));
    let record = user.compiles().unwrap().unwrap();
    assert_eq!(record.sections[0].assignments[0].value, user.path("work/go"));
    assert!(user.shim_has(&record));
    let kept = fs::metadata(user.own().rules()).unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);

    // The same again is not written again.
    assert_eq!(user.compiles().unwrap().unwrap(), record);
    assert_eq!(fs::metadata(user.own().rules()).unwrap().ino(), kept.ino());

    user.writes("auto-install = \"never\"\n");
    assert!(matches!(user.shim_sees(), Config::Stale { .. }));
    let settings_only = user.compiles().unwrap().unwrap();
    assert!(settings_only.sections.is_empty() && user.shim_has(&settings_only));

    fs::remove_file(user.config()).unwrap();
    assert!(user.compiles().unwrap().is_none());
    assert!(matches!(user.shim_sees(), Config::None));
}

#[test]
fn the_shim_and_the_program_mean_the_same_file() {
    let named = User::new().with("GVMR_CONFIG", "mine.toml");
    named.writes("this is not read");
    fs::write(named.path("mine.toml"), RULES).unwrap();
    let record = named.compiles().unwrap().unwrap();
    assert!(record.source == named.path("mine.toml") && named.shim_has(&record));
    Settings::read(&named, None).unwrap();

    let elsewhere = User::new().with("XDG_CONFIG_HOME", "xdg");
    elsewhere.writes("this is not read");
    assert!(elsewhere.compiles().unwrap().is_none());
    Settings::read(&elsewhere, None).unwrap();
    fs::create_dir_all(elsewhere.path("xdg/gvmr")).unwrap();
    fs::write(elsewhere.path("xdg/gvmr/config.toml"), format!("auto-install = \"never\"\n{RULES}")).unwrap();
    let record = elsewhere.compiles().unwrap().unwrap();
    assert!(record.source == elsewhere.path("xdg/gvmr/config.toml") && elsewhere.shim_has(&record));
    let settings = Settings::read(&elsewhere, None).unwrap();
    assert_eq!(settings.auto_install, config::AutoInstall::Never);

    // A path that is not absolute is the project's to choose, so nothing is read.
    let mut relative = User::new();
    relative.variables.push(("GVMR_CONFIG".to_owned(), "config.toml".to_owned()));
    assert!(matches!(relative.compiles(), Err(ConfigError::Relative { .. })));
    assert!(matches!(Settings::read(&relative, None), Err(ConfigError::Relative { .. })));
}

#[test]
fn without_a_home_variable_the_kept_rules_tell_the_file() {
    let mut user = User::new();
    user.writes(RULES);
    let record = user.compiles().unwrap().unwrap();
    user.variables.retain(|(name, _)| name != "HOME");
    assert!(user.shim_has(&record));
    // And what it holds after an edit is compiled, with the same home.
    user.writes(&format!("{RULES}env.GOBIN = \"~/bin\"\n"));
    assert!(matches!(user.shim_sees(), Config::Stale { file } if file == user.config()));
    let edited = user.compiles().unwrap().unwrap();
    assert_eq!((edited.home.clone(), &edited.source), (record.home, &user.config()));
    assert!(user.shim_has(&edited));
    // Another HOME makes other rules of the same file.
    let user = user.with("GVMR_CONFIG", ".config/gvmr/config.toml").with("HOME", "other");
    assert!(matches!(user.shim_sees(), Config::Stale { .. }));
    let other = user.compiles().unwrap().unwrap();
    assert_eq!(other.sections[0].assignments[0].value, user.path("other/work/go"));
    assert!(user.shim_has(&other));
}

#[test]
fn a_file_with_mistakes_changes_nothing_and_names_each() {
    let user = User::new();
    user.writes(RULES);
    user.compiles().unwrap();
    let kept = fs::read(user.own().rules()).unwrap();
    user.writes("[env]\nGOPROX = \"https://joe:canary@p\"\nHTTPS_PROXY = \"ftp://joe:canary@p\"\n");
    let error = user.compiles().unwrap_err();
    let ConfigError::Rules(mistakes) = &error else { panic!("{error}") };
    assert_eq!(mistakes.mistakes.len(), 2);
    let shown = error.to_string();
    let file = user.config();
    assert!(shown.contains(&format!("{}:3:15: ", file.display())) && !shown.contains("canary"), "{shown}");
    assert_eq!(fs::read(user.own().rules()).unwrap(), kept);
    assert!(matches!(user.shim_sees(), Config::Stale { .. }));
    Settings::read(&user, None).unwrap(); // the settings leave the rules to the rules
}

#[test]
fn what_is_no_file_is_refused_by_name() {
    let user = User::new();
    let refused = |why: &str| {
        let error = user.compiles().unwrap_err().to_string();
        assert!(error.contains(user.config().to_str().unwrap()) && error.contains(why), "{error}");
        assert!(!user.own().rules().exists());
    };
    fs::create_dir(user.config()).unwrap();
    refused("is a directory");
    fs::remove_dir(user.config()).unwrap();
    assert!(Command::new("mkfifo").arg(user.config()).status().unwrap().success());
    refused("is a FIFO");
    fs::remove_file(user.config()).unwrap();
    symlink("nothing", user.config()).unwrap();
    refused("a symbolic link to a file that does not exist");
    fs::remove_file(user.config()).unwrap();
    user.writes(&"#".repeat(64 * 1024 + 1));
    refused("larger than 64 KiB");
    user.writes(&"#".repeat(64 * 1024));
    assert!(user.compiles().is_ok());
}

#[test]
fn reading_settings_makes_no_home_and_a_home_that_cannot_be_written_is_no_mistake() {
    let user = User::new();
    user.writes(RULES);
    fs::remove_dir(user.path("gvmr")).unwrap();
    assert!(user.compiles().unwrap().is_some());
    assert!(!user.path("gvmr").exists());

    fs::create_dir_all(user.own().rules()).unwrap(); // a directory in the record's place
    assert!(user.compiles().unwrap().is_some());
    assert!(user.own().rules().is_dir() && fs::read_dir(user.path("gvmr")).unwrap().count() == 1);
    assert!(config::rules(None, &user).unwrap().is_some());
}

#[test]
fn in_a_shared_home_the_rules_lie_beside_the_users_settings() {
    let user = User::new();
    user.writes(RULES);
    fs::write(user.home().shared_file(), b"shared\n").unwrap();
    let record = user.compiles().unwrap().unwrap();
    assert_eq!(user.own().rules(), user.path(".config/gvmr/rules"));
    assert!(user.own().rules().is_file() && user.shim_has(&record));
    assert!(!user.path("gvmr/rules").exists());
}

#[test]
fn what_is_another_users_is_neither_believed_nor_written_to() {
    if !nix::unistd::geteuid().is_root() {
        return support::skip("root's right to give files away");
    }
    let user = User::new();
    user.writes(RULES);
    let give = |path: &Path| chown(path, Some(65534), Some(65534)).unwrap();
    give(&user.path("gvmr"));
    assert!(user.compiles().unwrap().is_some());
    assert!(!user.own().rules().exists(), "root left a file in another's home");

    give(&user.config());
    let error = user.compiles().unwrap_err().to_string();
    assert!(error.contains("config.toml: it belongs to user 65534"), "{error}");
    assert!(matches!(user.shim_sees(), Config::Foreign { owner: 65534, .. }));
}
