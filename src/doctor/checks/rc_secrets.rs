//! Passwords in addresses of proxies, in start-up files and in the environment. Names places and kinds, never a value.

use super::Looked;
use super::secret_lines::{SecretLine, UNUSED, USED, is_proxys, secret_in};
use super::secrets::has_password;
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::MAX_BYTES;
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Streams};
use crate::shell::{Account, Crontab, FileLine};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::{bounded, program};
use std::cell::LazyCell;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long git may take to say whether it tracks a file.
const LIMIT: Duration = Duration::from_secs(3);

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

/// Passwords in files that sessions, projects and cron read.
pub(in crate::doctor) fn in_files(facts: &Examination<'_>) -> Looked {
    let account = Account::of_process(&Process).ok();
    let of_sessions = exports::files(facts.user_home().as_deref());
    let is_sessions = |file: &Path| of_sessions.iter().any(|one| one == file) && !file.ends_with(".envrc");
    let found: Vec<_> = files(facts).iter().map(|file| (file.clone(), SecretLine::all(file))).collect();
    let (movable, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(file, _)| is_sessions(file));
    let all: Vec<_> = movable.into_iter().flat_map(|(_, secrets)| secrets).collect();
    let mut findings = Vec::new();
    for secret in &all {
        // A project's files and the machine's are not gvmr's to change.
        let is_own = account.as_ref().is_some_and(|account| secret.line.is_own(account));
        let may_move = secret.may_move(&all, facts);
        let FileLine { file, line } = secret.line.place.clone();
        let mend = (is_own && may_move).then_some(Mend::MoveLogins { file, line });
        findings.push(
            described(secret, secret.is_unused_among(&all) && !may_move)
                .mended_if(mend, "moves the login to `gvmr auth`, out of the line"),
        );
    }
    findings.extend(others.iter().flat_map(|(_, secrets)| secrets).map(|secret| described(secret, false)));
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

/// A password in a file; where no session uses it, it is not worth keeping.
fn described(secret: &SecretLine, is_unused: bool) -> Finding {
    let SecretLine { line, variable, shown } = secret;
    let readers = readers(&line.place.file);
    let severity = if readers.is_some() { Severity::Error } else { Severity::Warning };
    let why = match readers {
        Some(readers) => format!("{readers}, and every program that a session starts gets it"),
        None => "every program that a session starts gets it, and logs and reports may show it".to_owned(),
    };
    let finding = Finding::at("secret.in-rc-file", severity, line.with_text(&format!("{variable}={shown}")))
        .what(format!("a password stands in {variable} in a file"))
        .why(why);
    if UNUSED.contains(&variable.as_str()) {
        finding.by_hand("take it out of the line; Go does not use this variable")
    } else if is_unused {
        finding.by_hand("take it out of the line; sessions do not use it")
    } else {
        finding.by_hand("store it with gvmr, then take it out of the line").command(command(variable, shown))
    }
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
        files(facts).iter().flat_map(|file| SecretLine::all(file)).map(|secret| secret.variable).collect()
    });
    let mut findings = Vec::new();
    for variable in USED.into_iter().chain(UNUSED) {
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
    fn a_login_is_kept_for_its_machine() {
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
