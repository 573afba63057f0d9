//! What to install, and how: a word becomes a version or a file.

use crate::error::{Error, ErrorKind};
use crate::install::{InstallOptions, Installer};
use crate::net::without_credentials_in_text;
use crate::request;
use crate::sources::ArchiveName;
use crate::unpack::Format;
use gvmr_core::gover::selector::Selector;
use gvmr_core::sys::printable;
use std::fmt;
use std::path::{Path, PathBuf};

/// What to install.
pub enum Target {
    /// A release from the sources.
    Request(Selector),
    /// An archive on this machine.
    File(ArchiveName, PathBuf),
}

/// How to install it.
#[derive(Clone, Copy, Default)]
pub struct Method {
    /// From source, on this machine.
    pub from_source: bool,
    /// What else the user wants.
    pub wishes: InstallOptions,
}

impl Target {
    /// A word with a slash, or with the ending of an archive, is a file name.
    pub fn parse(text: &str, method: Method) -> Result<Self, Error> {
        if !text.contains('/') && Format::of_name(text).is_none() {
            return request::parse(text).map(Self::Request).map_err(Error::from);
        }
        if method.from_source {
            return Err(Error::said(
                ErrorKind::Usage,
                format!("--from-source needs a version, not the file {}", shown(text)),
            )
            .hint("run `gvmr install --from-source VERSION`"));
        }
        let path = std::path::absolute(text).unwrap_or_else(|_| PathBuf::from(text));
        if text.contains("://") {
            return Err(Error::said(ErrorKind::Usage, "cannot install from the URL of an archive")
                .hint("set GVMR_MIRROR to the URL without the file name, then run `gvmr install VERSION`"));
        }
        if !path.is_file() {
            let what = if path.is_dir() { "is a directory" } else { "does not exist" };
            return Err(Error::said(ErrorKind::Usage, format!("{} {what}", shown(&path.to_string_lossy())))
                .hint("name an archive such as ./go1.23.4.linux-amd64.tar.gz; for a directory, set GVMR_SOURCES=dir:PATH"));
        }
        let name = path.file_name().and_then(|name| name.to_str()).and_then(ArchiveName::parse);
        let name = name.ok_or_else(|| {
            let message = format!("{}: no Go release in the file name", shown(&path.to_string_lossy()));
            Error::said(ErrorKind::Usage, message)
                .hint("rename it as Go names it: go1.23.4.linux-amd64.tar.gz (or .tar.xz, .zip)")
        })?;
        Ok(Self::File(name, path))
    }
}

/// A file's name as it may be shown: it may be an address that was mistyped.
fn shown(file: &str) -> String {
    without_credentials_in_text(file)
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => request.fmt(formatter),
            Self::File(name, _) => name.version.fmt(formatter),
        }
    }
}

/// An error if an archive is for another platform.
pub(super) fn fits(name: &ArchiveName, path: &Path, installer: &Installer<'_>) -> Result<(), Error> {
    let here = installer.sources.platform();
    if name.musl && !installer.host.is_musl() {
        let message = format!("{} is for musl, and this host has another C library", printable::path(path));
        return Err(
            Error::said(ErrorKind::Host, message).hint(format!("run `gvmr install {}`", name.version))
        );
    }
    if name.platform == *here {
        return Ok(());
    }
    let message = format!("{} is for {}, and this host is {here}", printable::path(path), name.platform);
    Err(Error::said(ErrorKind::Host, message).hint(format!("run `gvmr install {}`", name.version)))
}
