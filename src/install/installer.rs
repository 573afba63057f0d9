//! What installing needs, and how it ends.

use super::InstallError;
use super::log_files::LogFiles;
use crate::host::Host;
use crate::sources::{MODULE, Sources};
use crate::store::{Store, Toolchain};
use crate::verify::{LogClient, LogError, LoggedSum, SettingError};
use std::path::{Path, PathBuf};

/// All that installing needs.
pub struct Installer<'a> {
    /// Where toolchains are committed.
    pub store: &'a Store,
    /// Where their bytes come from.
    pub sources: Sources,
    /// What proves them; `None` where the user has switched the log off.
    pub log: Option<LogClient<'a>>,
    /// Where answers of the log may lie as files.
    pub log_files: LogFiles,
    /// What runs here.
    pub host: &'a Host,
}

/// What the user wishes besides a version.
#[derive(Clone, Copy, Debug, Default)]
pub struct InstallOptions {
    /// Install what cannot run here too.
    pub force: bool,
    /// Install unproved builds too.
    pub allow_unlogged: bool,
}

/// How an install ended well.
#[derive(Debug)]
pub enum InstallOutcome {
    /// It was fetched, proved and committed now.
    Installed(Toolchain),
    /// It was there already, or another process has just committed it.
    Present(Toolchain),
}

impl InstallOutcome {
    /// The toolchain, installed now or before.
    pub fn toolchain(&self) -> &Toolchain {
        let (Self::Installed(toolchain) | Self::Present(toolchain)) = self;
        toolchain
    }
}

impl Installer<'_> {
    /// Runs `work`, which needs the log for something at `path` on this machine: its answers may lie beside it. Where they do
    /// not, and the log cannot be asked, the error names the file that is missing.
    pub fn beside<T>(
        &self,
        path: &Path,
        work: impl FnOnce() -> Result<T, InstallError>,
    ) -> Result<T, InstallError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let directory = absolute.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned);
        self.log_files.add(&directory);
        work().map_err(|error| match error {
            InstallError::Log(LogError::Remote { at, source }) => {
                InstallError::NoAnswer { missing: directory.join("sumdb").join(at), source }
            }
            error => error,
        })
    }

    /// What the log recorded for a module version of the toolchain.
    pub(super) fn lookup(&self, module_version: &str) -> Result<LoggedSum, LogError> {
        match &self.log {
            Some(log) => log.lookup(MODULE, module_version),
            None => Err(LogError::Setting(SettingError::Disabled)),
        }
    }
}
