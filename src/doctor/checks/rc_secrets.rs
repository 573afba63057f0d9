//! Passwords in addresses of proxies, in start-up files and in the environment. Names places and kinds, never a value.

use super::Looked;
use super::secrets::has_password;
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::{MAX_BYTES, SourceLine};
use crate::doctor::logins;
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Streams};
use crate::shell::{Account, Crontab, FileLine};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::{bounded, printable, program};
use std::cell::LazyCell;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Variables whose values are addresses that a login may stand in.
const VARIABLES: [&str; 12] = [
    "GOPROXY",
    "GOSUMDB",
    "GVMR_MIRROR",
    "GVMR_INDEX",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "FTP_PROXY",
    "ftp_proxy",
];
/// How long git may take to say whether it tracks a file.
const LIMIT: Duration = Duration::from_secs(3);

/// A line with a password.
struct Secret {
    line: SourceLine,
    /// The variable that it is for.
    variable: String,
    /// The address without its login.
    shown: String,
}

/// The variable that a line gives an address with a password, and the address without that; comments count too.
fn secret_in(text: &str) -> Option<(String, String)> {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut rest = text;
    while let Some(start) = rest.find(is_of_name) {
        let word = rest.get(start..).unwrap_or_default();
        let (name, behind) = word.split_at(word.find(|one| !is_of_name(one)).unwrap_or(word.len()));
        rest = behind;
        if !holds_addresses(name) {
            continue;
        }
        let value = behind.trim_start_matches([' ', '=', '"', '\'', '\t']);
        let address = value.split(['"', '\'', ' ', '\t', ';']).next().unwrap_or_default();
        if has_password(address) {
            return Some((name.to_owned(), printable::text(&without_credentials_in_text(address))));
        }
        // Go takes a proxy without a scheme for one of http.
        let whole = format!("http://{address}");
        if is_proxys(name) && !address.contains("://") && has_password(&whole) {
            let shown = without_credentials_in_text(&whole);
            return Some((name.to_owned(), printable::text(shown.trim_start_matches("http://"))));
        }
    }
    None
}

/// Whether the values of such a variable are addresses that Go asks, or the proxies on the way to them.
fn holds_addresses(name: &str) -> bool {
    VARIABLES.contains(&name) || is_proxys(name)
}

/// Whether it is a proxy's: `https_proxy`, or one that scripts make others of, such as `PROXY_URL`.
fn is_proxys(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("proxy") && !matches!(name.as_str(), "goproxy" | "no_proxy" | "gonoproxy")
}

/// The files that are looked through, besides the crontab.
fn files(facts: &Examination<'_>) -> Vec<PathBuf> {
    let home = facts.user_home();
    let mut files = exports::files(home.as_deref());
    let project = facts.directory().ok().map(Path::to_owned);
    for directory in project.iter().flat_map(|directory| directory.ancestors()) {
        files.extend(
            ["gvmr.toml", ".envrc"]
                .map(|name| directory.join(name))
                .into_iter()
                .filter(|file| file.is_file()),
        );
        if directory.join(".git").exists() || Some(directory) == home.as_deref() {
            break;
        }
    }
    // What these read by a name that is written out.
    for file in files.clone() {
        files.extend(read_by(&file, home.as_deref()));
    }
    let mut known = std::collections::BTreeSet::new();
    files.retain(|file| known.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    files
}

/// The files that a start-up file reads with `.` or `source`, where the name needs no more than the home.
fn read_by(file: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let text = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let commands = text.lines().flat_map(|line| line.split([';', '&'])).map(str::trim);
    let named = commands.filter_map(|command| {
        let command = command.strip_prefix("then ").unwrap_or(command);
        let name = command.strip_prefix(". ").or_else(|| command.strip_prefix("source "))?;
        let name = name.trim().trim_matches(['"', '\'']);
        let file = crate::doctor::path_value::expanded(name, home?);
        (file.is_absolute() && file.is_file()).then_some(file)
    });
    named.collect()
}

fn secrets_in(file: &Path) -> Vec<Secret> {
    let found = SourceLine::all(file).filter_map(|line| {
        let (variable, shown) = secret_in(&String::from_utf8_lossy(&line.bytes))?;
        Some(Secret { line, variable, shown })
    });
    found.collect()
}

/// Passwords in files that sessions, projects and cron read.
pub(in crate::doctor) fn in_files(facts: &Examination<'_>) -> Looked {
    let mut findings = Vec::new();
    let account = Account::of_process(&Process).ok();
    let of_sessions = exports::files(facts.user_home().as_deref());
    for file in files(facts) {
        let secrets = secrets_in(&file);
        if secrets.is_empty() {
            continue;
        }
        let readers = readers(&file);
        for Secret { line, variable, shown } in secrets {
            let severity = if readers.is_some() { Severity::Error } else { Severity::Warning };
            let why = match readers {
                Some(readers) => format!("{readers}, and every program that a session starts gets it"),
                None => {
                    "every program that a session starts gets it, and logs and reports may show it".to_owned()
                }
            };
            // A project's files and the machine's are not gvmr's to change.
            let is_own = account.as_ref().is_some_and(|account| line.is_own(account));
            let is_session = of_sessions.contains(&line.place.file);
            let FileLine { file, line: number } = line.place.clone();
            // Of a variable that scripts use, only its reader knows what the login is for.
            let is_known = VARIABLES.contains(&variable.as_str());
            let is_clear = std::str::from_utf8(&line.bytes).is_ok_and(logins::can_be_cut);
            let mend = (is_own && is_session && is_known && is_clear && !file.ends_with(".envrc"))
                .then_some(Mend::MoveLogins { file, line: number });
            findings.push(
                Finding::at("secret.in-rc-file", severity, line.with_text(&format!("{variable}={shown}")))
                    .what(format!("a password stands in {variable} in a file"))
                    .why(why)
                    .by_hand("store it with gvmr, then take it out of the line")
                    .command(command(&variable, &shown))
                    .mended_if(mend, "moves the login to `gvmr auth`, out of the line"),
            );
        }
    }
    let crontab = Crontab::read().map(|crontab| String::from_utf8_lossy(crontab.text()).into_owned());
    for (index, line) in crontab.unwrap_or_default().lines().enumerate() {
        if let Some((variable, shown)) = secret_in(line) {
            let text = format!("{variable}={shown}");
            findings.push(
                Finding::at(
                    "secret.in-rc-file",
                    Severity::Warning,
                    FindingPlace::written("crontab", index + 1, text),
                )
                .what(format!("a password stands in {variable} in your crontab"))
                .why("each job gets it, and logs and reports may show it")
                .by_hand("store it with gvmr, then take it out of the line with `crontab -e`")
                .command(command(&variable, &shown)),
            );
        }
    }
    Ok(findings)
}

/// The command that keeps the login of an address.
fn command(variable: &str, shown: &str) -> String {
    let host = shown.split("://").nth(1).unwrap_or(shown);
    let host = host.rsplit('@').next().unwrap_or(host).split(['/', ',', '|', ' ']).next().unwrap_or(host);
    format!("gvmr auth set {host}{}", if is_proxys(variable) { " --proxy" } else { "" })
}

/// Who else has the file.
fn readers(file: &Path) -> Option<&'static str> {
    let real = fs::canonicalize(file).ok()?;
    let lets_pass = |directory: &Path| fs::metadata(directory).is_ok_and(|found| found.mode() & 0o001 != 0);
    let is_open = fs::metadata(&real).is_ok_and(|found| found.mode() & 0o004 != 0);
    if is_open && real.ancestors().skip(1).all(lets_pass) {
        return Some("others can read the file");
    }
    is_tracked(&real).then_some("git tracks the file")
}

fn is_tracked(file: &Path) -> bool {
    let run = || {
        let directory = file.parent()?;
        if !directory.ancestors().any(|above| above.join(".git").exists()) {
            return None;
        }
        let mut command = Command::new(program::find_in_system("git", &Process)?);
        command
            .args(["ls-files", "--error-unmatch", "--"])
            .arg(file.file_name()?)
            .current_dir(directory)
            .stdin(Stdio::null());
        let limits = OutputLimits { time: LIMIT, kept: KeptOutput::First(0), is_answer: |_| false };
        let output = process::output(command, Streams::Both, Scope::Group, limits).ok()?;
        Some(matches!(output.ending, Ending::Exited(status) if status.success()))
    };
    run().unwrap_or(false)
}

/// Passwords that only this process has.
pub(in crate::doctor) fn in_environment(facts: &Examination<'_>) -> Looked {
    // Read again only where this process has a password at all.
    let written = LazyCell::new(|| -> Vec<_> {
        files(facts).iter().flat_map(|file| secrets_in(file)).map(|secret| secret.variable).collect()
    });
    let mut findings = Vec::new();
    for variable in VARIABLES {
        let Some(value) = Process.text(variable).filter(|value| has_password(value)) else { continue };
        let is_written = written.iter().any(|known| known == variable);
        if is_written || exports::of_process(facts, variable).is_some() {
            continue;
        }
        findings.push(
            Finding::at("secret.in-environment", Severity::Note, FindingPlace::variable(variable))
                .what(format!("{variable} holds a password"))
                .why("every program that this session starts gets it; no file that sessions read has it")
                .by_hand("store it with gvmr, and unset the variable")
                .command(command(variable, &without_credentials_in_text(&value))),
        );
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_by_its_variable_and_shown_without_it() {
        let found = |text: &str| secret_in(text);
        assert_eq!(
            found("export HTTPS_PROXY=\"http://joe:s3cret@proxy.corp.example:3128\" # x"),
            Some(("HTTPS_PROXY".to_owned(), "http://***@proxy.corp.example:3128".to_owned()))
        );
        for (text, variable, shown) in [
            (
                "# set -gx GOPROXY https://joe:s3cret@go.example,direct",
                "GOPROXY",
                "https://***@go.example,direct",
            ),
            ("export A=1 https_proxy=joe:s3cret@proxy:3128", "https_proxy", "***@proxy:3128"),
            ("PROXY_URL='http://joe:s3cret@proxy:3128'", "PROXY_URL", "http://***@proxy:3128"),
            ("NO_PROXY=a HTTP_PROXY=http://a:b@h", "HTTP_PROXY", "http://***@h"),
        ] {
            assert_eq!(found(text), Some((variable.to_owned(), shown.to_owned())), "{text}");
        }
        for text in [
            "export HTTPS_PROXY=http://proxy:3128",
            "https_proxy=proxy:3128",
            "URL=http://u:p@h",
            "GOPROXY=https://joe:$PASS@h",
            "NO_PROXY=u:p@h",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(
            command("https_proxy", "http://***@proxy.corp.example:3128"),
            "gvmr auth set proxy.corp.example:3128 --proxy"
        );
        assert_eq!(
            command("GOPROXY", "https://***@go.corp.example/x,direct"),
            "gvmr auth set go.corp.example"
        );
    }
}
