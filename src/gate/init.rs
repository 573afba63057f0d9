//! A first check file, with what is found here.

use super::error::GateError;
use crate::config::{CHECK_FILE, CheckBytes, Trust};
use crate::context::Context;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Ports on which services usually answer, and how they are asked.
const SERVICES: [(u16, &str); 6] = [
    (8080, "http     = \"http://127.0.0.1:8080/\""),
    (80, "http     = \"http://127.0.0.1/\""),
    (5432, "tcp      = \"127.0.0.1:5432\"   # PostgreSQL"),
    (3306, "tcp      = \"127.0.0.1:3306\"   # MariaDB, MySQL"),
    (6379, "tcp      = \"127.0.0.1:6379\"   # Redis"),
    (9090, "http     = \"http://127.0.0.1:9090/-/ready\"   # Prometheus"),
];
/// How long one of them may take to answer.
const TIMEOUT: Duration = Duration::from_millis(200);

/// Writes a file into the current directory, where there is none, and trusts it; gives its path.
pub fn init(context: &Context) -> Result<PathBuf, GateError> {
    let failed = |path: &Path, source| GateError::Init { path: path.to_owned(), source };
    let here = directory::working(&Process, None).map_err(|error| failed(Path::new(CHECK_FILE), error))?;
    let path = write(&here).map_err(|error| failed(&here.join(CHECK_FILE), error))?;
    if let Some(own) = UserDirs::of(&context.settings.home, &Process) {
        Trust::of(own).approve_check(&CheckBytes::read(&path)?)?;
    }
    Ok(path)
}

fn write(directory: &Path) -> io::Result<PathBuf> {
    let path = directory.join(CHECK_FILE);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    file.write_all(text(directory).as_bytes())?;
    Ok(path)
}

fn is_listening(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), TIMEOUT).is_ok()
}

fn text(directory: &Path) -> String {
    let listening: Vec<&str> =
        SERVICES.iter().filter(|(port, _)| is_listening(*port)).map(|(_, line)| *line).collect();
    let name = directory.file_name().map(|name| printable::text(&name.to_string_lossy())).unwrap_or_default();
    let name: String = name.chars().filter(|one| !matches!(one, '"' | '\\')).collect();
    let mut text = format!(
        "# What must hold before {name} is rolled out. `gvmr check --plan` shows what runs, `gvmr check` runs it.\n\
         # Dimensions run in this order; the first one that does not hold ends the run.\n\n\
         [check]\nname = \"{name}\"\n# The first run of a file that compares with baseline is `gvmr check --accept`.\n"
    );
    text.push_str("\n# Does it answer, and fast enough?\n");
    if listening.is_empty() {
        text.push_str(
            "# [availability.health]\n# http     = \"http://127.0.0.1:8080/health\"\n# requests = 40\n\
             # p95      = \"<= 500ms, <= baseline + 10% + 5ms\"\n",
        );
    }
    for (number, line) in listening.iter().enumerate() {
        let _ = write!(text, "[availability.service-{}]\n{line}\ntime     = \"<= 500ms\"\n", number + 1);
    }
    text.push_str(
        "\n# Is what it knows what it should know? A number of any program's output is a figure.\n\
         # [consistency.replica-lag]\n# command  = [\"mariadb\", \"-h\", \"replica\", \"-e\", 'SHOW SLAVE STATUS\\G']\n\
         # pattern  = 'Seconds_Behind_Master: (.*)'\n# unit     = \"s\"\n# value    = \"<= 1s\"\n",
    );
    text.push_str(
        "\n# Is there room?\n[resources.disk]\ndisk     = \".\"\nused     = \"< 80%\"\ninodes   = \"< 80%\"\n\
         [resources.memory]\nmemory   = \"host\"\nused     = \"< 90%\"\n",
    );
    text.push_str("\n# Is nothing given away?\n[security.keys]\nsecrets  = \".\"\n");
    let keys = [".env", "server.key", "tls.key"]
        .into_iter()
        .filter(|name| fs::metadata(directory.join(name)).is_ok());
    for (number, file) in keys.enumerate() {
        let _ =
            write!(text, "[security.file-{}]\nfile     = \"{file}\"\nmode     = \"<= 0600\"\n", number + 1);
    }
    text.push_str(
        "# [security.tls]\n# tls      = \"orders.example:443\"\n# oldest   = \">= 1.2\"\n# expires  = \">= 14d\"\n",
    );
    text
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use crate::check::file::{CheckFile, FileSurroundings};
    use std::collections::BTreeMap;

    #[test]
    fn what_is_written_is_a_check_file_and_replaces_none() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(".env"), "").unwrap();
        let path = write(directory.path()).unwrap();
        let bytes = fs::read(&path).unwrap();
        let given = BTreeMap::new();
        let surroundings =
            FileSurroundings { built_in: &|_| None, given: &given, environment: &vec![("", "")] };
        let file = CheckFile::parse(&path, &bytes, &surroundings).unwrap();
        assert!(file.probes().any(|probe| probe.id == "resources.disk"));
        assert!(file.probes().any(|probe| probe.id == "security.file-1"));
        let error = write(directory.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
}
