//! A project's `gvmr.toml` that has no effect: what it would do is said by name, and how to approve it.

use super::fixture::{Fixture, said};
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

const HOSTILE: &str = "go = \"1.98\"\n[env]\nGOPROXY = \"http://canary\"\n[env.override]\nGOFLAGS = \"-toolexec=/canary\"\n\
                       GOPATH = \"/\"\n[[network]]\ninterface = \"lo\"\nenv.GOPROXY = \"off\"\n";

#[test]
fn before_trust_it_is_named_and_sets_nothing() {
    let Some(fixture) = Fixture::with_go() else { return };
    let directly = fixture.directly(&[], &["env", "GOPROXY", "GOFLAGS", "GOPATH"]).succeeds();
    let file = fixture.write("p/gvmr.toml", HOSTILE);
    let run = fixture.go(&[], &["env", "GOPROXY", "GOFLAGS", "GOPATH"]);
    let expected = format!(
        "gvmr: ignoring untrusted {0} (would select Go 1.98 and set GOPROXY, GOFLAGS, GOPATH); \
         review it, then run `gvmr trust {0}`\n",
        file.display()
    );
    assert_eq!(run.stderr, expected);
    assert_eq!(run.succeeds(), directly);
    assert_eq!(fixture.go(&[], &["env", "GOPATH"]).stderr, "");
    // Other bytes are another file.
    fs::write(&file, HOSTILE.replace("canary", "kanary")).unwrap();
    assert_eq!(said(&fixture.go(&[], &["version"])).len(), 1);
    assert_eq!(said(&fixture.go(&[], &["version"])).len(), 0);
}

#[test]
fn the_command_that_is_named_approves_it_and_a_change_is_told() {
    let Some(fixture) = Fixture::with_go() else { return };
    let file = fixture.write("p/it's here/gvmr.toml", "[env]\nGOPATH = \"${PROJECT}/own\"\n");
    let directory = file.parent().unwrap();
    let go = |words: &[&str]| fixture.world.shim("go", directory, words);
    let run = go(&["version"]);
    let (_, command) = run.stderr.trim_end().split_once("then run `").unwrap();
    let command = command.strip_suffix('`').unwrap();
    let shims = format!("{}:/usr/bin:/bin", crate::support::world::gvmr().parent().unwrap().display());
    let mut shell = fixture.world.command(Path::new("sh"), &fixture.path("user"));
    Run::of(shell.env("PATH", shims).args(["-c", command])).succeeds();
    let run = go(&["env", "GOPATH"]);
    assert_eq!((run.stdout.trim_end(), run.stderr.as_str()), (directory.join("own").to_str().unwrap(), ""));
    fs::write(&file, "[env]\nGOPATH = \"${PROJECT}/eve\"\n").unwrap();
    let run = go(&["env", "GOPATH"]);
    assert!(
        run.stderr.contains(", which changed since you trusted it (would ")
            && run.stderr.contains("set GOPATH"),
        "{run:?}"
    );
    assert_eq!(run.succeeds(), fixture.text("@/user/go"));
}

#[test]
fn mistakes_other_owners_and_what_is_no_file_are_told() {
    let Some(fixture) = Fixture::with_go() else { return };
    let file = fixture.write("p/gvmr.toml", "[env]\nLD_PRELOAD = \"/canary\"\n");
    let run = fixture.go(&[], &["version"]);
    assert!(run.stderr.contains("(line 2, column ") && !run.stderr.contains("canary"), "{run:?}");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let run = fixture.go(&[], &["version"]);
    let expected = format!("gvmr: ignoring {}: it is a directory; it must be a regular file", file.display());
    assert!(run.stderr.starts_with(&expected), "{run:?}");
    run.succeeds();
    fs::remove_dir(&file).unwrap();
    if !rustix::process::geteuid().is_root() {
        return skip("only root gives files away");
    }
    fixture.write("p/gvmr.toml", "[env]\nGOPATH = \"/\"\n");
    chown(&file, Some(12345), Some(12345)).unwrap();
    let run = fixture.go(&[], &["version"]);
    let expected = format!("ignoring {}, which belongs to user 12345; ", file.display());
    assert!(run.stderr.contains(&expected), "{run:?}");
    assert!(run.stderr.contains(&format!("gvmr trust {}", file.display())), "{run:?}");
    run.succeeds();
}

#[test]
fn rules_of_another_user_do_not_count_and_that_is_said_once() {
    let Some(fixture) = Fixture::with_go() else { return };
    if !rustix::process::geteuid().is_root() {
        return skip("only root gives files away");
    }
    let file = fixture.config("[env.override]\nGOFLAGS = \"-v\"\n");
    let flags = || fixture.go(&[], &["env", "GOFLAGS"]);
    assert_eq!(flags().succeeds(), "-v");
    chown(&file, Some(12345), Some(12345)).unwrap();
    let run = flags();
    let expected = format!("ignoring {}, which belongs to user 12345; ", file.display());
    assert!(run.stderr.contains(&expected), "{run:?}");
    assert_eq!(run.succeeds(), "-mod=mod");
    let run = flags();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("-mod=mod\n", ""));
}

#[test]
fn a_repositorys_words_move_no_cursor() {
    let Some(fixture) = Fixture::with_go() else { return };
    let file = fixture.write("p/a\x1b[2J\n$(touch x)\u{202e}/gvmr.toml", "go = \"1.\\u001b[2J\"\n");
    let run = fixture.world.shim("go", file.parent().unwrap(), ["version"]);
    let [line] = said(&run)[..] else { panic!("{run:?}") };
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(line.chars().all(|shown| !shown.is_control() && shown != '\u{202e}'), "{line:?}");
    assert!(line.ends_with("then run `gvmr trust .` in its directory"), "{line}");
}

#[test]
fn a_repository_full_of_them_fills_no_pipe_and_says_it_once() {
    let Some(fixture) = Fixture::with_go() else { return };
    let mut directory = fixture.path("p");
    for depth in 0..50 {
        directory.push("d".repeat(70));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("gvmr.toml"), format!("[env]\nGOFLAGS = \"-v\"\n# {depth}\n")).unwrap();
    }
    let go = || fixture.world.shim("go", &directory, ["version"]);
    let run = go();
    // A caller may read all of stdout first: what is said fits a pipe.
    assert!((1..=4).contains(&said(&run).len()) && run.stderr.len() < 60 * 1024, "{}", run.stderr.len());
    run.succeeds();
    assert_eq!(go().stderr, "");
}

#[test]
fn a_link_to_what_is_different_each_time_is_told_once() {
    let Some(fixture) = Fixture::with_go() else { return };
    std::os::unix::fs::symlink("/proc/self/environ", fixture.path("p/gvmr.toml")).unwrap();
    assert_eq!(said(&fixture.go(&[("A", "1")], &["version"])).len(), 1);
    assert_eq!(said(&fixture.go(&[("A", "2"), ("B", "canary")], &["version"])).len(), 0);
    assert_eq!(fixture.marks().len(), 1);
}
