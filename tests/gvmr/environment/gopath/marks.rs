//! What was said leaves a mark for a day, where it can; and never keeps a tool from running.

use super::fixture::{Fixture, said};
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(3600);
/// A GOPATH whose fault stops no go.
const FAULTY: [(&str, &str); 1] = [("GOPATH", "@/user/.local/share/gvmr/versions")];

#[test]
fn after_a_day_it_is_said_again_and_old_marks_are_swept() {
    let Some(fixture) = Fixture::with_go() else { return };
    let count = || said(&fixture.go(&FAULTY, &["version"])).len();
    assert_eq!((count(), count()), (1, 0));
    let notices = fixture.world.home().join("notices");
    let mode = |name: &str| fs::metadata(notices.join(name)).unwrap().mode() & 0o777;
    let mark = fixture.marks().remove(0);
    assert_eq!((mode(""), mode(&mark), fs::metadata(notices.join(&mark)).unwrap().len()), (0o700, 0o600, 0));
    fixture.date_marks(SystemTime::now() - 23 * HOUR);
    assert_eq!(count(), 0);
    fixture.date_marks(SystemTime::now() - 25 * HOUR);
    assert_eq!((count(), count()), (1, 0));
    // One of the future is of a clock that was wrong.
    fixture.date_marks(SystemTime::now() + 48 * HOUR);
    assert_eq!((count(), count()), (1, 0));

    let others = ["0123456789abcdef", "0123456789abcdeg", "0123456789ABCDEF", "note"];
    for name in others {
        fs::write(notices.join(name), "").unwrap();
    }
    fixture.date_marks(SystemTime::now() - 25 * HOUR);
    assert_eq!(count(), 1);
    let mut left = vec![others[1].to_owned(), others[2].to_owned(), others[3].to_owned(), mark];
    left.sort();
    assert_eq!(fixture.marks(), left, "only marks are swept, and only those that no longer count");
}

#[test]
fn fifty_at_once_all_run_and_one_says_it() {
    let Some(fixture) = Fixture::with_go() else { return };
    let runs: Vec<_> = (0..50)
        .map(|_| {
            let mut command = fixture.command(&FAULTY);
            command.args(["env", "GOPATH"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let runs: Vec<_> = runs.into_iter().map(|run| Run::from(run.wait_with_output().unwrap())).collect();
    assert!(runs.iter().any(|run| said(run).len() == 1));
    for run in runs {
        assert!(said(&run).len() <= 1, "{run:?}");
        assert_eq!(run.succeeds(), fixture.text("@/user/.local/share/gvmr/versions"));
    }
    assert_eq!((fixture.marks().len(), fixture.go(&FAULTY, &["version"]).stderr.as_str()), (1, ""));
}

#[test]
fn where_no_mark_can_be_left_it_is_said_again_and_the_go_runs() {
    let Some(fixture) = Fixture::with_go() else { return };
    let (home, notices) = (fixture.world.home(), fixture.world.home().join("notices"));
    fs::set_permissions(&home, fs::Permissions::from_mode(0o555)).unwrap();
    for _ in 0..2 {
        let run = fixture.go_without_rights(&FAULTY, &["env", "GOPATH"]);
        assert_eq!(said(&run).len(), 1, "{run:?}");
        assert_eq!(run.succeeds(), fixture.text("@/user/.local/share/gvmr/versions"));
    }
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&notices, "in the way").unwrap();
    assert_eq!(said(&fixture.go(&FAULTY, &["version"])).len(), 1);
    assert_eq!(fs::read_to_string(&notices).unwrap(), "in the way");
}

#[test]
fn nothing_is_left_in_another_users_home() {
    let Some(fixture) = Fixture::with_go() else { return };
    if !rustix::process::geteuid().is_root() {
        return skip("only root gives directories away");
    }
    let home = fixture.world.home();
    chown(&home, Some(12345), Some(12345)).unwrap();
    fixture.config("[env]\nGOPATH = \"@/gopath\"\n");
    for _ in 0..2 {
        let run = fixture.go(&FAULTY, &["env", "GOPATH"]);
        assert_eq!(said(&run).len(), 1, "{run:?}");
        assert_eq!(run.succeeds(), fixture.text("@/gopath"));
    }
    assert!(!home.join("notices").exists() && !home.join("rules").exists());
    // Nor through a directory of theirs in a home of one's own.
    chown(&home, Some(0), Some(0)).unwrap();
    fs::create_dir(home.join("notices")).unwrap();
    chown(home.join("notices"), Some(12345), Some(12345)).unwrap();
    assert_eq!(said(&fixture.go(&FAULTY, &["version"])).len(), 1);
    assert!(fixture.marks().is_empty());
}

#[test]
fn a_shared_homes_readers_have_marks_of_their_own() {
    let Some(fixture) = Fixture::with_go() else { return };
    fs::write(fixture.world.home().join("shared"), "shared\n").unwrap();
    assert_eq!(said(&fixture.go(&FAULTY, &["version"])).len(), 1);
    assert_eq!(said(&fixture.go(&FAULTY, &["version"])).len(), 0);
    assert!(fixture.marks().is_empty());
    let own = fixture.path("user/.config/gvmr");
    assert_eq!(fs::read_dir(own.join("notices")).unwrap().count(), 1);
    assert_eq!(fs::metadata(own).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn what_reads_a_gos_output_reads_only_that() {
    let Some(fixture) = Fixture::with_go() else { return };
    let run = fixture.go(&FAULTY, &["env", "-json"]);
    assert_eq!(said(&run).len(), 1);
    assert_eq!(run.json()["GOPATH"], fixture.text("@/user/.local/share/gvmr/versions"));
    fixture.date_marks(SystemTime::UNIX_EPOCH);
    let wrong = fixture.go(&FAULTY, &["build", "./nothing-here"]);
    assert_eq!(said(&wrong).len(), 1);
    assert_eq!(wrong.code, fixture.directly(&FAULTY, &["build", "./nothing-here"]).code);
}

#[test]
fn an_environment_as_empty_as_crons_is_enough() {
    let Some(fixture) = Fixture::with_go() else { return };
    let run = |variables: &[(&str, &str)]| {
        let mut command = fixture.command(&[]);
        command.env_clear().envs(variables.iter().copied());
        Run::of(command.args(["env", "GOROOT"]))
    };
    for variables in [&[][..], &[("GOPATH", "rel/x")]] {
        let mut go = fixture.command(&[]);
        go.env_clear().envs(variables.iter().copied());
        let found = run(variables);
        let directly = {
            let program = fixture.world.home().join("versions/go1.99.1/bin/go");
            let mut command = fixture.world.command(&program, &fixture.path("p"));
            Run::of(command.env_clear().envs(variables.iter().copied()).args(["env", "GOROOT"]))
        };
        assert_eq!((found.code, &found.stdout), (directly.code, &directly.stdout), "{found:?}");
        assert_eq!(said(&found).len(), variables.len(), "{found:?}");
    }
}
