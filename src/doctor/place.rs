//! Where something is written or seen. Values are without credentials before they come here.

use crate::config::redacted;
use crate::explain::{RuleOrigin, ValueSource};
use gvmr_core::env::variable::Variable;
use gvmr_core::sys::printable;
use serde::Serialize;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FindingPlace {
    /// A file or directory, by its absolute path.
    File {
        /// Which.
        #[serde(serialize_with = "path")]
        file: PathBuf,
        /// The line in it, counted from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
        /// The column in the line, counted from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<usize>,
        /// What is written there, without credentials.
        #[serde(skip_serializing_if = "Option::is_none")]
        text_redacted: Option<String>,
    },
    /// A variable.
    Variable {
        /// Its name.
        variable: &'static str,
        /// What has it: `process`.
        #[serde(rename = "in")]
        holder: &'static str,
    },
    /// A server.
    Host {
        /// Its name, or its address.
        host: String,
        /// The port.
        #[serde(skip_serializing_if = "Option::is_none")]
        port: Option<u16>,
        /// The address that was asked.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// A route of this machine, as `ip route` names it.
    Route {
        /// The route.
        route: String,
    },
    /// A file system.
    Mount {
        /// Where it is mounted.
        #[serde(serialize_with = "path")]
        mount: PathBuf,
        /// Its type.
        r#type: String,
    },
    /// This process's limit or filter, by the name that the kernel gives it; or another process.
    Process {
        /// The name.
        process: Cow<'static, str>,
        /// Which process.
        pid: u32,
    },
}

impl FindingPlace {
    /// A file or directory as a whole.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self::File { file: file.into(), line: None, column: None, text_redacted: None }
    }

    /// A line of a file.
    pub fn line(file: impl Into<PathBuf>, line: Option<usize>) -> Self {
        Self::File { file: file.into(), line, column: None, text_redacted: None }
    }

    /// A variable of this process.
    pub fn variable(variable: &'static str) -> Self {
        Self::Variable { variable, holder: "process" }
    }

    /// A variable that has no value but Go's own.
    pub fn default_of(variable: &'static str) -> Self {
        Self::Variable { variable, holder: "go's default" }
    }

    /// A server that was asked.
    pub fn host(host: impl Into<String>, port: Option<u16>, address: Option<std::net::IpAddr>) -> Self {
        Self::Host { host: host.into(), port, address: address.map(|address| address.to_string()) }
    }

    /// A route.
    pub fn route(route: impl Into<String>) -> Self {
        Self::Route { route: route.into() }
    }

    /// A line of a file, with its text, which is without credentials.
    pub fn written(file: impl Into<PathBuf>, line: usize, text: String) -> Self {
        Self::File { file: file.into(), line: Some(line), column: None, text_redacted: Some(text) }
    }

    /// A limit or a filter of this process.
    pub fn process(process: &'static str) -> Self {
        Self::Process { process: Cow::Borrowed(process), pid: std::process::id() }
    }

    /// Another process.
    pub fn of_process(name: String, pid: u32) -> Self {
        Self::Process { process: Cow::Owned(name), pid }
    }

    /// The line of a file of settings that gives this variable a value.
    pub fn setting(file: &Path, line: usize, variable: &Variable, value: &OsStr) -> Self {
        let text = format!("{}={}", variable.name, redacted::value(variable, value));
        Self::written(file, line, text)
    }

    /// What gives this variable its value; `None` for what nobody wrote.
    pub fn of_value(source: &ValueSource, variable: &Variable, value: &OsStr) -> Option<Self> {
        match source {
            ValueSource::Process(name) => Some(Self::variable(name)),
            ValueSource::Rule(RuleOrigin { file, line, .. })
            | ValueSource::UserFile { file, line }
            | ValueSource::ToolchainFile { file, line } => Some(Self::setting(file, *line, variable, value)),
            ValueSource::Credentials | ValueSource::Toolchain | ValueSource::Default => None,
        }
    }

    /// File and line, or the name, with the user's home as `~`.
    pub fn position(&self, user_home: Option<&Path>) -> String {
        match self {
            Self::File { file, line, column, .. } => {
                let (file, line, column) = (file.clone(), *line, *column);
                Self::File { file, line, column, text_redacted: None }.words(user_home)
            }
            other => other.words(user_home),
        }
    }

    /// In words, with the user's home as `~`.
    pub fn words(&self, user_home: Option<&Path>) -> String {
        match self {
            Self::File { file, line, column, text_redacted } => {
                let mut words = short(file, user_home);
                for number in [line, column].into_iter().flatten() {
                    words = format!("{words}:{number}");
                }
                text_redacted.iter().fold(words, |words, text| format!("{words}   {text}"))
            }
            Self::Variable { variable, holder: "process" } => format!("{variable} in the environment"),
            Self::Variable { variable, holder } => format!("{variable} in {holder}"),
            Self::Host { host, port, address } => {
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                let other = address.as_ref().filter(|address| *address != host);
                let address = other.map(|address| format!(" ({address})")).unwrap_or_default();
                format!("{host}{port}{address}")
            }
            Self::Route { route } => format!("route {route}"),
            Self::Mount { mount, r#type } => format!("{} ({type})", short(mount, user_home)),
            Self::Process { process, pid } => format!("{process} of process {pid}"),
        }
    }
}

/// A path with the user's home as `~`.
pub(super) fn short(path: &Path, user_home: Option<&Path>) -> String {
    match user_home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => printable::path(Path::new("~").join(rest)),
        None => printable::path(path),
    }
}

fn path<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}
