//! A report to pass on: what was found, the machine, the variables and the sessions, without who and where.
//!
//! Takes a diagnosis and fresh facts; writes one new file of mode 0600. Never replaces a file.

use super::anonymous::{Identity, anonymous};
use super::diagnosis::Diagnosis;
use super::facts::Examination;
use super::sessions::{LoginShell, session_name};
use crate::net::without_credentials_in_text;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable::path as shown;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Why no report was written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file of that name is there.
    #[error("{} exists; name a new file", shown(path))]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// A name that means the output elsewhere.
    #[error("--report writes a new file, not the output; name a file, such as ./doctor.txt")]
    NotAFile,
    /// The system refused.
    #[error("cannot write {}: {source}", shown(path))]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Writes the report to a new file; `facts` are missing where gvmr cannot read its settings.
pub fn write_report(
    diagnosis: &Diagnosis,
    facts: Option<&Examination<'_>>,
    path: &Path,
) -> Result<(), ReportError> {
    if path == Path::new("-") {
        return Err(ReportError::NotAFile);
    }
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => ReportError::Exists { path: path.to_owned() },
        _ => ReportError::Io { path: path.to_owned(), source },
    };
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    let text = anonymous(&text(diagnosis, facts), &identity(facts));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

fn text(diagnosis: &Diagnosis, facts: Option<&Examination<'_>>) -> String {
    let mut text = format!("gvmr {} doctor\n\n## findings\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "{}", serde_json::to_string_pretty(diagnosis).unwrap_or_default());
    let Some(facts) = facts else { return text };
    text.push_str("\n## host\n");
    for fact in facts.host().facts() {
        let _ = writeln!(text, "{}: {}", fact.name, fact.value);
    }
    text.push_str("\n## versions\n");
    for toolchain in facts.toolchains().unwrap_or_default() {
        let _ = writeln!(text, "{}", toolchain.version);
    }
    text.push_str("\n## variables\n");
    if let Ok(table) = facts.table() {
        let value = table.as_json(false);
        let variables = value.as_object().into_iter().flatten();
        for (name, value) in variables.filter(|(_, value)| !value["from"].is_null()) {
            let _ = writeln!(text, "{name}: {}", value["from"]);
        }
    }
    text.push_str("\n## sessions\n");
    if let Ok(login) = facts.login_shell() {
        for session in &login.sessions {
            let path: Vec<_> = session.path.iter().map(shown).collect();
            let _ = writeln!(text, "{}: PATH={}", session_name(&login.shell, session.kind), path.join(":"));
        }
    }
    text.lines().map(|line| without_credentials_in_text(line) + "\n").collect()
}

/// Settings whose values name machines.
const NAMING: [&str; 8] =
    ["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "NO_PROXY", "no_proxy", "GOPROXY", "GOSUMDB"];

fn identity(facts: Option<&Examination<'_>>) -> Identity {
    let home = Process.get("HOME").map(PathBuf::from);
    let homes = home.iter().flat_map(|home| [Some(home.clone()), home.canonicalize().ok()]).flatten();
    let mut homes: Vec<_> = homes.collect();
    let mut user = Process.text("USER");
    let account = facts.and_then(|facts| facts.login_shell().ok()).map(LoginShell::account);
    if let Some(account) = account {
        homes.push(account.home.clone());
        user = Some(account.name.clone()).filter(|name| !name.is_empty()).or(user);
    }
    let uname = rustix::system::uname();
    let node = uname.nodename().to_string_lossy().into_owned();
    let short = node.split('.').next().unwrap_or_default().to_owned();
    let settings = NAMING.iter().filter_map(|name| {
        facts.and_then(|facts| facts.setting(name).ok()?.value()).or_else(|| Process.text(name))
    });
    let hosts = settings.flat_map(|value| {
        let words = value.split(|one: char| !(one.is_alphanumeric() || matches!(one, '.' | '-')));
        let words = words.map(|word| word.trim_matches('.').to_owned());
        words.filter(|word| word.contains('.')).collect::<Vec<_>>()
    });
    Identity { homes, user, machine: vec![node, short], hosts: hosts.collect() }
}
