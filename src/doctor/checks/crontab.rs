//! Jobs of the user's crontab that run go, and the PATH that cron gives them.

use super::job_command::{runs_go, runs_go_in_zsh};
use super::{Looked, NOTHING};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::mend::Mend;
use crate::doctor::path_value::holds_go;
use crate::doctor::place::FindingPlace;
use crate::shell::{Crontab, SessionKind};
use std::ffi::OsStr;
use std::path::Path;

/// What cron gives jobs by itself.
const DEFAULT_PATH: &str = "/usr/bin:/bin";

/// A job that runs go.
#[derive(Debug, PartialEq, Eq)]
struct Job {
    /// Its line, from 1.
    line: usize,
    /// The line above it that sets PATH, and the value.
    path: Option<(usize, String)>,
    /// The shell that runs go, where it reads a file of the user's first.
    shell: Option<String>,
}

/// Jobs whose PATH has no go.
pub(in crate::doctor) fn jobs(facts: &Examination<'_>) -> Looked {
    let crontab = Crontab::read().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(crontab.text()).into_owned();
    let lacks = |job: &Job| {
        let path = job.path.as_ref().map_or(DEFAULT_PATH, |(_, path)| path);
        if job.shell.as_ref().is_some_and(|shell| finds_go(shell, path, facts)) {
            return false;
        }
        !path.split(':').map(Path::new).any(|one| one.is_absolute() && holds_go(one))
    };
    let Some(job) = jobs_with_go(&text).into_iter().find(lacks) else { return NOTHING };
    let at = |line: usize| FindingPlace::line("crontab", Some(line));
    let finding = match &job.path {
        Some((line, path)) if path.contains(['$', '~']) => Finding::error("session.cron", at(*line))
            .and(at(job.line))
            .why("cron takes PATH as it is written: it expands neither $ nor ~"),
        Some((line, _)) => Finding::error("session.cron", at(*line))
            .and(at(job.line))
            .why("this PATH counts for the job, and no directory of it has a go"),
        None => Finding::error("session.cron", at(job.line))
            .why(format!("cron reads no start-up file: a job has PATH={DEFAULT_PATH}")),
    };
    let finding = finding.what("a cron job runs go, and its PATH has none");
    Ok(vec![if facts.answer().is_some() {
        finding.mended(
            Mend::Setup { repair: false, crontab: true },
            "puts the shim directory on the crontab's PATH, as `gvmr setup --cron` does",
        )
    } else {
        finding.by_hand("write the full path of go, or a PATH line with full paths above the job")
    }])
}

/// Whether a command of this shell finds go, with what its files do to this PATH.
fn finds_go(shell: &str, path: &str, facts: &Examination<'_>) -> bool {
    let Ok(login) = facts.login_shell() else { return false };
    let Some(shell) = login.shell_of(shell) else { return false };
    login.started_with(&shell, SessionKind::Command, &[("PATH", OsStr::new(path))]).go.is_some()
}

fn jobs_with_go(text: &str) -> Vec<Job> {
    let mut path: Option<(usize, String)> = None;
    let mut shell: Option<String> = None;
    let mut sets_environment = false;
    let mut jobs = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = assignment(line) {
            match name {
                "PATH" => path = Some((index + 1, value.to_owned())),
                "SHELL" => {
                    let reads_files = ["/zsh", "/fish"].iter().any(|name| value.ends_with(name));
                    shell = reads_files.then(|| value.to_owned());
                }
                // bash reads this file for each job.
                "BASH_ENV" => sets_environment = true,
                _ => {}
            }
        } else if let Some(command) = command(line).filter(|_| !sets_environment) {
            let in_zsh = runs_go_in_zsh(command).then(|| "zsh".to_owned());
            if in_zsh.is_some() || runs_go(command) {
                jobs.push(Job {
                    line: index + 1,
                    path: path.clone(),
                    shell: in_zsh.or_else(|| shell.clone()),
                });
            }
        }
    }
    jobs
}

/// `NAME = value`, with one pair of quotes off each, as cron reads it.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let bare = |text: &'_ str| -> std::ops::Range<usize> {
        let quoted = text.len() > 1
            && ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote));
        if quoted { 1..text.len() - 1 } else { 0..text.len() }
    };
    let (name, value) = (name.trim(), value.trim());
    let (name, value) = (name.get(bare(name))?, value.get(bare(value))?);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, value))
}

/// A job's command, behind its five fields or its `@daily`.
fn command(line: &str) -> Option<&str> {
    let fields = if line.starts_with('@') { 1 } else { 5 };
    let mut rest = line;
    for _ in 0..fields {
        rest = rest.trim_start().split_once(|character: char| character.is_ascii_whitespace())?.1;
    }
    Some(rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_runs_go_by_its_command_word_alone() {
        for (text, expected) in [
            ("* * * * * go version\n", vec![(1, None)]),
            ("@daily cd /src && go test ./...\n", vec![(1, None)]),
            ("MAILTO=x\n0 3 * * * CGO_ENABLED=0 nice -n5 gofmt -l .\n", vec![(2, None)]),
            ("* * * * * /usr/local/go/bin/go version\n", vec![]),
            ("# * * * * * go\n", vec![]),
            ("* * * * * PATH=/opt/go/bin go version\n", vec![]),
            ("PATH=$HOME/go/bin\n* * * * * go build\n", vec![(2, Some(1))]),
            (
                " PATH = \"/x\" \n\n* * * * * go build\nPATH=/y\n@hourly gofmt\n",
                vec![(3, Some(1)), (5, Some(4))],
            ),
            ("BASH_ENV=/h/env\n* * * * * go build\n", vec![]),
        ] {
            let found: Vec<_> = jobs_with_go(text)
                .into_iter()
                .map(|job| (job.line, job.path.map(|(line, _)| line)))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
