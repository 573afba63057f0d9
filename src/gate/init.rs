//! A first check file, with what is found here.

use super::error::GateError;
use super::plan::GO_FILES;
use crate::check::file::GO_PROJECT;
use crate::config::{CHECK_FILE, CheckBytes, Trust};
use crate::context::Context;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{Environment as _, Process};
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
/// How many directories deep tests are looked for.
const MAX_DEPTH: usize = 6;
/// How long one of them may take to answer.
const TIMEOUT: Duration = Duration::from_millis(200);

/// Writes the named file, or one into the current directory, where there is none, and trusts it; gives its path.
pub fn init(named: Option<&Path>, context: &Context) -> Result<PathBuf, GateError> {
    let failed = |path: &Path, source| GateError::Init { path: path.to_owned(), source };
    let here = directory::working(&Process, None).map_err(|error| failed(Path::new(CHECK_FILE), error))?;
    let choice = context.resolve().ok().map(|answer| answer.choice);
    let has_gvmrs_go = matches!(choice, Some(Selection::Installed { .. }));
    let path = here.join(named.unwrap_or(Path::new(CHECK_FILE)));
    if path.file_name().is_none() || path.is_dir() {
        return Err(GateError::InitDirectory(path));
    }
    write(&path, has_gvmrs_go).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => GateError::InitExists(path.clone()),
        _ => failed(&path, error),
    })?;
    if let Some(own) = UserDirs::of(&context.settings.home, &Process) {
        Trust::of(own).approve_check(&CheckBytes::read(&path)?)?;
    }
    Ok(path)
}

/// `has_gvmrs_go` is whether the Go that runs here is one that gvmr installed.
fn write(path: &Path, has_gvmrs_go: bool) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text(directory, has_gvmrs_go).as_bytes())
}

fn is_listening(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), TIMEOUT).is_ok()
}

/// The built-in probes of a Go project, each of which may get limits and options here. What its file names must be there:
/// what is not is a comment.
fn go_probes(directory: &Path, has_gvmrs_go: bool) -> Vec<(&'static str, String)> {
    let is_project = GO_FILES.iter().any(|name| directory.join(name).is_file());
    let blocks = GO_PROJECT.split("\n[").filter(|_| is_project);
    let lines = blocks.map(|block| {
        let block = block.trim_start_matches('[').trim_end();
        let name = block.split(']').next().unwrap_or_default();
        let mut text = format!("[{block}\n");
        if name == "code.test" {
            text.push_str("# cover = \">= 70%, >= baseline - 1pp\"\n# race = true\n");
        }
        if name == "artifact.runs-on" {
            text.push_str("# target = \"glibc 2.28\"   # or \"musl\", \"static\"\n");
        }
        if !applies(name, directory) || name == "toolchain.proof" && !has_gvmrs_go {
            text = format!("# {}\n", text.trim_end().replace('\n', "\n# "));
        }
        (name, text)
    });
    lines.collect()
}

fn applies(name: &str, directory: &Path) -> bool {
    match name {
        "modules.vendor" => directory.join("vendor").is_dir(),
        "code.test" => has_tests(directory, 0),
        "security.vuln" => Process.get("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|directory| directory.join("govulncheck").is_file())
        }),
        _ => true,
    }
}

/// Whether a file of tests is there, not too deep.
fn has_tests(directory: &Path, depth: usize) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    let is_test = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_skipped = name.starts_with(['.', '_']) || name == "vendor" || depth == MAX_DEPTH;
        if is_directory {
            !is_skipped && has_tests(&entry.path(), depth + 1)
        } else {
            name.ends_with("_test.go")
        }
    };
    entries.flatten().any(is_test)
}

fn text(directory: &Path, has_gvmrs_go: bool) -> String {
    let go = go_probes(directory, has_gvmrs_go);
    let (of_security, of_go): (Vec<_>, Vec<_>) =
        go.iter().partition(|(name, _)| name.starts_with("security."));
    let listening: Vec<&str> =
        SERVICES.iter().filter(|(port, _)| is_listening(*port)).map(|(_, line)| *line).collect();
    let name = directory.file_name().map(|name| printable::text(&name.to_string_lossy())).unwrap_or_default();
    let name: String = name.chars().filter(|one| !matches!(one, '"' | '\\')).collect();
    let mut text = format!(
        "# What must hold before {name} is rolled out. `gvmr check --plan` shows what runs, `gvmr check` runs it.\n\
         # Dimensions run in this order; the first one that does not hold ends the run.\n\n\
         [check]\nname = \"{name}\"\n# The first run of a file that compares with baseline is `gvmr check --accept`.\n"
    );
    if !of_go.is_empty() {
        text.push_str(
            "\n# Is the Go project fit to be built? `go = true` under [check] stands for all of these.\n",
        );
        text.extend(of_go.iter().map(|(_, block)| block.as_str()));
    }
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
    text.push_str("\n# Is nothing given away?\n");
    if of_security.is_empty() {
        text.push_str("[security.keys]\nsecrets  = \".\"\n");
    }
    text.extend(of_security.iter().map(|(_, block)| block.as_str()));
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
        let path = directory.path().join(CHECK_FILE);
        write(&path, true).unwrap();
        let bytes = fs::read(&path).unwrap();
        let given = BTreeMap::new();
        let surroundings =
            FileSurroundings { built_in: &|_| None, given: &given, environment: &vec![("", "")] };
        let file = CheckFile::parse(&path, &bytes, &surroundings).unwrap();
        assert!(file.probes().any(|probe| probe.id == "resources.disk"));
        assert!(file.probes().any(|probe| probe.id == "security.file-1"));
        let error = write(&path, true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn of_a_go_project_the_built_in_probes_that_apply_are_written_out() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("go.mod"), "module example.com/m\n").unwrap();
        let ids = |has_gvmrs_go| {
            let text = text(directory.path(), has_gvmrs_go);
            crate::check::file::parsed(&text).probes().map(|probe| probe.id.clone()).collect::<Vec<_>>()
        };
        let first = ids(false);
        for absent in ["toolchain.proof", "modules.vendor", "code.test"] {
            assert!(!first.iter().any(|id| id == absent), "{first:?}");
        }
        assert!(ids(true).iter().any(|id| id == "toolchain.proof"));
        fs::create_dir_all(directory.path().join("vendor/x")).unwrap();
        fs::write(directory.path().join("vendor/x/x_test.go"), "").unwrap();
        assert!(!ids(true).iter().any(|id| id == "code.test"), "tests of others");
        fs::create_dir(directory.path().join("api")).unwrap();
        fs::write(directory.path().join("api/api_test.go"), "").unwrap();
        let all = ids(true);
        for present in ["modules.vendor", "code.test", "artifact.binaries", "security.secrets"] {
            assert!(all.iter().any(|id| id == present), "{all:?}");
        }
        assert!(!all.iter().any(|id| id == "security.keys"), "{all:?}");
    }
}
