//! A real crontab of a real user, kept by crontab(1): jobs that run go, and passwords.

use super::findings_of;
use crate::shell::system::sandbox::{GVMR, Machine};
use crate::support::skip;
use crate::support::world::Run;
use std::path::Path;

const CANARY: &str = "Canary-c0de77";

/// A machine that root has set up, with crontabs of its own.
fn machine() -> Option<Machine> {
    if !Path::new("/usr/bin/crontab").exists() || !Path::new("/var/spool/cron/crontabs").exists() {
        skip("cron is not installed");
        return None;
    }
    let machine = Machine::new()?;
    machine
        .run("cp", &["-a", "--no-preserve=timestamps", "/var/spool/cron/crontabs", "/opt/spool"])
        .succeeds();
    std::fs::rename(machine.path("opt/spool"), machine.path("spool")).unwrap();
    machine.run("cp", &["-a", "/etc/skel/.", "/home/alice/"]).succeeds();
    machine.run("chown", &["-R", "4001:4001", "/home/alice"]).succeeds();
    machine.run("chmod", &["-R", "a+rX", "/opt/build"]).succeeds();
    machine.setup(&["--yes"]).succeeds();
    machine.run("/opt/gvmr/bin/gvmr", &["install", "1.98.1"]).succeeds();
    machine
        .as_alice(&["sh", "-c", "mkdir ~/x && printf '#!/bin/sh\\ngo version\\n' > ~/job && chmod 755 ~/job"])
        .succeeds();
    Some(machine)
}

/// Gives alice this crontab.
fn write(machine: &Machine, text: &str) {
    machine.write("root/table", text, 0o600);
    machine.run("crontab", &["-u", "alice", "/root/table"]).succeeds();
}

fn listed(machine: &Machine) -> String {
    machine.run("crontab", &["-u", "alice", "-l"]).stdout
}

fn doctor(machine: &Machine, words: &[&str]) -> Run {
    let run = machine.as_alice(&[&[GVMR, "doctor", "--no-network"][..], words].concat());
    assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    run
}

#[track_caller]
fn found(machine: &Machine) -> Vec<String> {
    findings_of("/home/alice", &doctor(machine, &["--json"]))
}

/// Alice's files with modes, owners and contents, but for gvmr's own.
fn home(machine: &Machine) -> String {
    let script = "cd /home/alice && find . -path ./.local -prune -o -printf '%p %m %U %l\\n' | sort && \
                  find . -path ./.local -prune -o -type f -exec md5sum {} + | sort";
    machine.run("sh", &["-c", script]).succeeds()
}

/// What the last job does, started as cron does: by sh, with the variables above it and cron's own PATH.
fn job(machine: &Machine) -> Run {
    let text = listed(machine);
    let is_variable = |line: &&str| {
        line.split_once('=').is_some_and(|(name, _)| name.chars().all(|one| one.is_ascii_alphabetic()))
    };
    let unquoted = |line: &str| line.replace(['"', '\''], "");
    let variables: Vec<_> = text.lines().filter(is_variable).map(unquoted).collect();
    let last = text.lines().last().unwrap();
    let command = if last.starts_with('@') { last.splitn(2, ' ').last() } else { last.splitn(6, ' ').last() };
    let start = ["env", "-i", "HOME=/home/alice", "LOGNAME=alice", "PATH=/usr/bin:/bin"];
    let end = ["/bin/sh", "-c", command.unwrap()];
    let words: Vec<_> = start.into_iter().chain(variables.iter().map(String::as_str)).chain(end).collect();
    machine.as_alice(&[&["env", "-C", "/home/alice"][..], &words].concat())
}

#[test]
fn a_job_that_finds_no_go_is_named_with_its_line_and_mended_to_the_byte() {
    let Some(machine) = machine() else { return };
    assert_eq!(found(&machine), [""; 0], "no crontab");
    for (text, lines) in [
        ("0 * * * * go version\n", &[1][..]),
        ("# mine\n\nMAILTO=\"\"\n@daily cd x && go version\n", &[4]),
        ("PATH=$HOME/go/bin:/usr/bin:/bin\n\n*/5 * * * * go version\n", &[1, 3]),
        ("MAILTO=\"\"\nPATH=~/go/bin:/usr/bin:/bin\n0 3 * * 1 CGO_ENABLED=0 go version\n", &[2, 3]),
        ("PATH=/usr/bin:/bin\n0 * * * * go version\n", &[1, 2]),
        ("0 * * * * nice -n 10 go version\n", &[1]),
        ("0 * * * * (cd x && /usr/bin/env go version)\n", &[1]),
        ("0 * * * * timeout -k 5 60 sh -c 'cd x; nice go version'\n", &[1]),
        ("@daily flock -w 5 x -c 'exec go version'\n", &[1]),
    ] {
        write(&machine, text);
        assert_eq!(listed(&machine), text);
        assert_eq!(job(&machine).code, Some(127), "{text}");
        let before = home(&machine);
        assert_eq!(found(&machine), [format!("session.cron crontab:{}", lines[0])], "{text}");
        let finding = doctor(&machine, &["--json"]).json()["findings"][0].clone();
        let places = finding["where"].as_array().unwrap();
        assert_eq!(places.iter().map(|place| place["line"].as_u64().unwrap()).collect::<Vec<_>>(), lines);
        let fixed = doctor(&machine, &["--fix", "--yes", "--json"]);
        assert_eq!((fixed.code, &fixed.json()["findings"][0]["fixed"]), (Some(0), &true.into()), "{text}");
        assert_eq!(found(&machine), [""; 0], "{text}");
        assert_eq!(job(&machine).succeeds(), "go version go1.98.1 linux/amd64", "{text}{}", listed(&machine));
        machine.as_alice(&[GVMR, "doctor", "--fix", "--undo"]).succeeds();
        assert_eq!(listed(&machine), text);
        assert_eq!(home(&machine), before, "{text}");
        assert_eq!(found(&machine), [format!("session.cron crontab:{}", lines[0])], "{text}");
    }
}

#[test]
fn jobs_that_find_their_go_or_run_none_are_none() {
    let Some(machine) = machine() else { return };
    for text in [
        "0 * * * * /opt/gvmr/shims/go version\n",
        "0 * * * * /home/alice/job\n",
        "# 0 * * * * go version\n0 * * * * true\n",
        "0 * * * * echo go\n",
        "0 * * * * make go && gofmtx\n",
        "0 * * * * bash -lc 'go version'\n",
        "0 * * * * echo 'go vet; go build' # ; go vet\n",
        "0 * * * * nice env PATH=/opt/gvmr/shims:/bin go version\n",
        "PATH=/usr/local/bin:/usr/bin:/bin\n0 * * * * go version\n",
        "PATH=$HOME/go/bin\n@daily /usr/bin/true\n",
        "0 * * * * PATH=/opt/gvmr/shims:$PATH; go version\n",
        "0 * * * * . /etc/profile; go version\n",
        "0 * * * * eval \"$(gvmr env)\"; go version\n",
        "0 * * * * BASH_ENV=/opt/gvmr/env bash -c 'go version'\n",
        "0 * * * * zsh -c 'go version'\n",
        "SHELL=/usr/bin/zsh\n0 * * * * go version\n",
        "SHELL=/usr/bin/fish\n0 * * * * go version\n",
    ] {
        write(&machine, text);
        assert_eq!(found(&machine), [""; 0], "{text}");
    }
}

#[test]
fn a_password_in_a_crontab_is_named_and_stays() {
    let Some(machine) = machine() else { return };
    let text =
        format!("MAILTO=\"\"\nHTTPS_PROXY=http://joe:{CANARY}@proxy.corp.example:3128\n0 * * * * true\n");
    write(&machine, &text);
    assert_eq!(found(&machine), ["secret.in-rc-file crontab:2"]);
    let finding = doctor(&machine, &["--json"]).json()["findings"][0].clone();
    assert_eq!((&finding["severity"], &finding["fix"]["automatic"]), (&"warning".into(), &false.into()));
    assert_eq!(finding["fix"]["command"], "gvmr auth set proxy.corp.example:3128 --proxy");
    doctor(&machine, &[]).exits(1, &[]);
    doctor(&machine, &["--fix", "--yes"]).exits(1, &[]);
    assert_eq!(listed(&machine), text);
    // In the job itself too.
    write(&machine, &format!("0 * * * * https_proxy=http://joe:{CANARY}@proxy.corp.example:3128 true\n"));
    assert_eq!(found(&machine), ["secret.in-rc-file crontab:1"]);
    write(&machine, "HTTPS_PROXY=http://proxy.corp.example:3128\n0 * * * * true\n");
    assert_eq!(found(&machine), [""; 0]);
}
