//! The guard of every format: which names an archive may hold, together and each alone.
//!
//! Takes the names as the archive has them, says what becomes of each file. It strips the root that all names
//! share, knows the directories that no log entry covers, and gives files the names that the module of the same
//! release has. Never touches a disk.

use super::UNLOGGED;
use super::error::Limit;
use super::error::UnpackError;
use super::limits::ArchiveLimits;
use super::names::Names;
use super::rules::{self, Within};

/// What kind of archive the names come from.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    /// What every name in the archive begins with, up to and with a slash.
    pub(super) root: &'a str,
    /// What every name in the manifest begins with.
    pub(super) prefix: &'a str,
    within: Within,
}

impl<'a> Layout<'a> {
    /// A module, whose names are the manifest's.
    pub(super) fn module(prefix: &'a str) -> Self {
        Self { root: prefix, prefix, within: Within::Module }
    }

    /// A release archive, whose root is `go/`.
    pub(super) fn release(prefix: &'a str) -> Self {
        Self { root: "go/", prefix, within: Within::Release }
    }
}

/// Where the content of a file goes.
pub(super) enum Destination {
    /// Into the tree and the manifest, which has this name for it.
    Tree(String),
    /// Nowhere: no log entry covers it.
    Dropped,
}

pub(super) struct Guard<'a> {
    pub(super) layout: Layout<'a>,
    limits: &'a ArchiveLimits,
    names: Names,
    rooted: bool,
}

impl<'a> Guard<'a> {
    pub(super) fn new(layout: Layout<'a>, limits: &'a ArchiveLimits) -> Self {
        Self { layout, limits, names: Names::default(), rooted: false }
    }

    /// Admits a regular file.
    pub(super) fn file(&mut self, name: &[u8]) -> Result<Destination, UnpackError> {
        let below = self.below(name)?;
        let within = self.within(below);
        let below = rules::check(below, within).map_err(|rule| UnpackError::refused(name, rule))?;
        self.names.file(below, self.limits)?;
        if within == Within::Unlogged {
            return Ok(Destination::Dropped);
        }
        Ok(Destination::Tree(match below.strip_suffix("go.mod") {
            Some(directory) if directory.is_empty() || directory.ends_with('/') => {
                [self.layout.prefix, directory, "_go.mod"].concat()
            }
            _ => [self.layout.prefix, below].concat(),
        }))
    }

    /// Admits a directory entry, with or without a slash at the end. It leaves no trace in the tree, where
    /// directories are made for the files in them.
    pub(super) fn directory(&mut self, name: &[u8]) -> Result<(), UnpackError> {
        let plain = name.strip_suffix(b"/").unwrap_or(name);
        if plain == self.layout.root.trim_end_matches('/').as_bytes() {
            if std::mem::replace(&mut self.rooted, true) {
                return Err(UnpackError::refused(name, "two directories have the same name"));
            }
            return Ok(());
        }
        let below = self.below(plain)?;
        let within = if UNLOGGED.iter().any(|unlogged| below == unlogged.as_bytes()) {
            Within::Unlogged
        } else {
            self.within(below)
        };
        let below = rules::check(below, within).map_err(|rule| UnpackError::refused(name, rule))?;
        self.names.directory(below, self.limits)
    }

    fn below<'n>(&self, name: &'n [u8]) -> Result<&'n [u8], UnpackError> {
        if name.len() as u64 > self.layout.root.len() as u64 + self.limits.path {
            return Err(UnpackError::Limit { which: Limit::Path, limit: self.limits.path });
        }
        name.strip_prefix(self.layout.root.as_bytes()).ok_or_else(|| {
            let rule = match self.layout.within {
                Within::Module => "every name must begin with the module and its version",
                Within::Release | Within::Unlogged => "every name must begin with go/",
            };
            UnpackError::refused(name, rule)
        })
    }

    fn within(&self, below: &[u8]) -> Within {
        let first = below.split(|&byte| byte == b'/').next().unwrap_or_default();
        let deeper = first.len() < below.len();
        let unlogged = deeper && UNLOGGED.iter().any(|unlogged| first == unlogged.as_bytes());
        if self.layout.within == Within::Release && unlogged { Within::Unlogged } else { self.layout.within }
    }
}
