//! The user's rules, compiled for the shim and stored among the user's files.
//!
//! Takes `config.toml`, gives its compiled rules. Where the stored ones differ they are written again; where they cannot be
//! written the result is the same, and the shim asks again each time. Never makes a directory, and never writes one
//! user's file into another's directory.

use super::config_toml::{self, File};
use super::error::ConfigError;
use super::paths::{absolute, config_file};
use super::rules::compile_config;
use super::sources::SourceSettings;
use crate::store;
use directories::BaseDirs;
use gvmr_core::env::compiled_rules::{CompiledRules, RECORD_LIMIT};
use gvmr_core::home::shared_home;
use gvmr_core::home::user_dirs::{self, UserDirs};
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A proxy's password may be in it.
const MODE: u32 = 0o600;

/// What the user's `config.toml` says for directories and networks; `None` where there is no such file. Where the
/// environment names none, as a service's without a HOME, it is the one that was compiled last, and so is what `~` means.
pub fn rules(
    own: Option<&UserDirs>,
    environment: &dyn Environment,
) -> Result<Option<CompiledRules>, ConfigError> {
    if let Some(path) = absolute(environment, "GVMR_CONFIG")?
        && !path.exists()
    {
        return Err(ConfigError::Unreadable { path, source: Errno::NOENT.into() });
    }
    let named = user_dirs::config_file(environment);
    let last = if named.is_some() { None } else { own.and_then(compiled) };
    let file = named.or_else(|| Some(last.as_ref()?.source.clone())).or_else(|| config_file(environment));
    let Some(file) = file else { return Ok(None) };
    let home = environment.get("HOME").map(PathBuf::from).or_else(|| last?.home);
    let home = home.or_else(|| BaseDirs::new().map(|directories| directories.home_dir().to_owned()));
    rules_of(&file, own, home.as_deref())
}

/// The same, for who only looks: nothing is stored.
pub fn rules_to_look_at(
    own: Option<&UserDirs>,
    environment: &dyn Environment,
) -> Result<Option<CompiledRules>, ConfigError> {
    if user_dirs::config_file(environment).is_some() {
        rules(None, environment)
    } else {
        rules(own, environment)
    }
}

/// What was compiled last, whatever the file holds now.
fn compiled(own: &UserDirs) -> Option<CompiledRules> {
    let stored = bounded::read_owned(&own.rules(), RECORD_LIMIT, &shared_home::trusted_uids()).ok()??;
    CompiledRules::read(&stored)
}

fn rules_of(
    file: &Path,
    own: Option<&UserDirs>,
    user_home: Option<&Path>,
) -> Result<Option<CompiledRules>, ConfigError> {
    let Some(bytes) = config_toml::read(file)? else { return Ok(None) };
    let record = compile(file, &bytes, user_home).inspect_err(|_| forget(file, own))?;
    if let Some(own) = own {
        store_record(own, &record);
    }
    Ok(Some(record))
}

/// The rules in `bytes`, or the first mistakes in the whole file.
fn compile(file: &Path, bytes: &[u8], user_home: Option<&Path>) -> Result<CompiledRules, ConfigError> {
    // First, since a mistake in a rule is named as such.
    let record = compile_config(file, bytes, user_home)?;
    // A setting that no command takes stops the tools too: one verdict for one file.
    if let Ok(text) = std::str::from_utf8(bytes) {
        SourceSettings::read(&Nothing, File::parse(file, text)?)?;
    }
    Ok(record)
}

/// Removes the record of a file with mistakes, as a former build may have made it: the shim believes what was compiled.
pub(super) fn forget(file: &Path, own: Option<&UserDirs>) {
    let (Some(own), Ok(Some(bytes))) = (own, config_toml::read(file)) else { return };
    if compiled(own).is_some_and(|record| record.source == file && record.body == bytes) {
        let _ = fs::remove_file(own.rules()); // where that cannot be, the file's owner ran a newer build
    }
}

/// An environment without variables: what the file alone says.
struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<OsString> {
        None
    }
}

/// Writes the record where the shim looks for it, if that directory is this user's.
fn store_record(own: &UserDirs, record: &CompiledRules) {
    let me = rustix::process::geteuid().as_raw();
    if !fs::metadata(own.root()).is_ok_and(|root| root.is_dir() && root.uid() == me) {
        return;
    }
    let (path, bytes) = (own.rules(), record.write());
    let stored = bounded::read_owned(&path, RECORD_LIMIT, &shared_home::trusted_uids()).ok().flatten();
    if stored.is_none_or(|stored| stored != bytes) {
        // Without it each go compiles the rules again: slower, with the same result.
        let _ = store::replace(&path, &bytes, MODE);
    }
}
