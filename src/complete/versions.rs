//! What is installed and what was released, as far as this machine knows it at once. Errors count as nothing there.

use super::candidates::Candidate;
use crate::config::Settings;
use crate::host;
use crate::request;
use crate::sources::{Index, Naming};
use crate::verify::known_versions;
use gvmr_core::env::gvmr_toml;
use gvmr_core::gover::version::Version;
use gvmr_core::home::installed;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::pin_files;
use gvmr_core::select::resolution::Selection;
use gvmr_core::select::resolve::{self, Query};
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{self, Process};
use std::path::PathBuf;

/// The versions of a home.
#[derive(Debug)]
pub(super) struct Versions {
    settings: Option<Settings>,
    installed: Vec<Version>,
}

impl Versions {
    /// Looks at the user's home; at none where the program runs setuid.
    pub(super) fn look() -> Self {
        let own = !environment::is_privileged();
        let settings = own.then(|| Settings::read(&Process, None).ok()).flatten();
        let installed = settings.as_ref().and_then(|settings| installed::list(&settings.home).ok());
        Self { settings, installed: installed.unwrap_or_default() }
    }

    /// What is installed, oldest first.
    pub(super) fn installed(&self) -> &[Version] {
        &self.installed
    }

    /// What was released: by the built-in table, and by the index when it was last read.
    pub(super) fn released(&self) -> Vec<Version> {
        let platform = host::platform();
        let mut released = known_versions(platform.arch());
        if let Some(settings) = &self.settings
            && let Some(url) = &settings.sources.index
        {
            let cache = settings.home.cache();
            released.extend(Index::kept_versions(url, &cache, Naming::Official, platform.arch()));
        }
        released
    }

    /// The installed version that the default means.
    pub(super) fn default_version(&self) -> Option<Version> {
        let (_, pin) = pin_files::default_file(self.home()?, &Process).ok()??;
        pin.wanted.selector()?.newest(&self.installed).cloned()
    }

    /// The installed version that runs in the current directory.
    pub(super) fn here(&self) -> Option<Version> {
        match self.choice()? {
            Selection::Installed { version, .. } => Some(version),
            Selection::Missing { .. } | Selection::System(_) => None,
        }
    }

    fn choice(&self) -> Option<Selection> {
        let home = self.home()?;
        let here = directory::working(&Process, None).ok()?;
        let shim = home.shims().join("go");
        let found = gvmr_toml::find(&here, UserDirs::of(home, &Process).as_ref());
        let (shim, pin) = (Some(shim.as_path()), found.pin());
        let question = Query { home, directory: &here, plus: None, environment: &Process, shim, pin };
        resolve::resolve(&question).ok().map(|answer| answer.choice)
    }

    /// The programs of an installed version; without one, of what runs in the current directory.
    pub(super) fn programs(&self, version: Option<&str>) -> Vec<Candidate> {
        let version = match version {
            Some(text) => {
                request::parse(text).ok().and_then(|request| request.newest(&self.installed).cloned())
            }
            None => self.here(),
        };
        let Some((version, home)) = version.zip(self.home()) else { return Vec::new() };
        let help = version.toolchain_name();
        let names = names(home.toolchain(&version).join("bin"));
        names.into_iter().map(|word| Candidate { word, help: help.clone() }).collect()
    }

    fn home(&self) -> Option<&Home> {
        self.settings.as_ref().map(|settings| &settings.home)
    }
}

/// The files of a directory whose names every shell takes as they are, sorted.
fn names(directory: PathBuf) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| name.bytes().all(plain)).collect();
    names.sort_unstable();
    names
}
