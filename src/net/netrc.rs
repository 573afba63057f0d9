//! Credentials from a netrc file, read and matched as cmd/go does, and behind them those that gvmr keeps.

use super::netrc_lines::NetrcLines;
use super::{KeptLogin, Sent};
use gvmr_core::sys::environment::Environment;
use reqwest::Url;
use std::fmt;
use std::path::PathBuf;

/// Login and password by machine. A machine is a host, `host:port`, or either with a path prefix.
#[derive(Clone, Default)]
pub struct Netrc {
    entries: Vec<Entry>,
}

#[derive(Clone, Default)]
struct Entry {
    machine: String,
    login: String,
    password: String,
    /// Where gvmr keeps it; `None` for the netrc's own.
    kept: Option<Sent>,
}

impl Netrc {
    /// `$NETRC`, else `~/.netrc`; nothing where the file cannot be read, or where GOAUTH is set and does not
    /// name `netrc`.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        let wanted = environment
            .text("GOAUTH")
            .is_none_or(|methods| methods.split(';').any(|method| method.trim() == "netrc"));
        let path = environment
            .get("NETRC")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(environment.get("HOME")?).join(".netrc")));
        let data = path.filter(|_| wanted).and_then(|path| super::file::read_small(&path));
        data.map(|data| Self::parse(&data)).unwrap_or_default()
    }

    /// Parses the file's text. A `default` entry is not supported, a `macdef` runs to the next empty line.
    pub fn parse(text: &[u8]) -> Self {
        let mut entries = Vec::new();
        let mut current = Entry::default();
        for [name, value] in NetrcLines::new(text).flatten() {
            match name.as_str() {
                "machine" => current = Entry { machine: value, ..Entry::default() },
                "login" => current.login = value,
                "password" => current.password = value,
                _ => {}
            }
            if !(current.machine.is_empty() || current.login.is_empty() || current.password.is_empty()) {
                entries.push(std::mem::take(&mut current));
            }
        }
        Self { entries }
    }

    /// The same, with what gvmr keeps behind it.
    pub(super) fn add(&mut self, kept: &[KeptLogin]) {
        self.entries.extend(kept.iter().map(|login| Entry {
            machine: login.machine.clone(),
            login: login.login.clone(),
            password: login.secret.clone(),
            kept: Some(login.into()),
        }));
    }

    /// Which login [`Netrc::credentials`] gives for `url`.
    pub(super) fn sent_to(&self, url: &Url) -> Option<Sent> {
        let entry = self.entry(url)?;
        Some(entry.kept.clone().unwrap_or_else(|| Sent::in_netrc(&entry.machine)))
    }

    /// Login and password for `url`: the machine with the longest path that leads to it, and of equal ones
    /// the first. Only `https` URLs have credentials.
    pub fn credentials(&self, url: &Url) -> Option<(&str, &str)> {
        self.entry(url).map(|entry| (entry.login.as_str(), entry.password.as_str()))
    }

    fn entry(&self, url: &Url) -> Option<&Entry> {
        if url.scheme() != "https" {
            return None;
        }
        let host = url.host_str()?;
        // A machine names the port where the URL does; `url` has dropped 443, so both spellings mean it.
        let hosts = match url.port() {
            Some(port) => vec![format!("{host}:{port}")],
            None => vec![host.to_owned(), format!("{host}:443")],
        };
        let mut path = url.path().trim_end_matches('/');
        loop {
            let found = self.entries.iter().find(|entry| entry.names(&hosts, path));
            if found.is_some() {
                return found;
            }
            path = path.rsplit_once('/')?.0;
        }
    }
}

impl Entry {
    fn names(&self, hosts: &[String], path: &str) -> bool {
        let machine = self.machine.strip_prefix("https://").unwrap_or(&self.machine);
        let machine = machine.strip_suffix('/').unwrap_or(machine);
        let (host, prefix) = machine.split_at(machine.find('/').unwrap_or(machine.len()));
        prefix == path && hosts.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

impl fmt::Debug for Netrc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Netrc {{ {} machines }}", self.entries.len())
    }
}
