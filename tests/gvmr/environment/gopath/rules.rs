//! The user's rules, by a plain `go`: as they are written now, compiled once.

use super::fixture::{Fixture, lines};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

const GOPATH: [&str; 2] = ["env", "GOPATH"];

#[test]
fn an_edit_takes_effect_with_the_next_go_and_only_an_edit_is_compiled() {
    let Some(fixture) = Fixture::with_go() else { return };
    let log = fixture.count_hand_overs();
    let config = fixture.config("[env]\nGOPATH = \"@/a\"\n");
    let gopath = || fixture.go(&[], &GOPATH).succeeds();
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/a"), 1));
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/a"), 1));
    // A time says nothing, and neither does a size.
    let before = fs::metadata(&config).unwrap();
    let touch = |time| fs::File::options().append(true).open(&config).unwrap().set_modified(time).unwrap();
    touch(SystemTime::now() + std::time::Duration::from_secs(9));
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/a"), 1));
    fixture.config("[env]\nGOPATH = \"@/b\"\n");
    touch(before.modified().unwrap());
    let after = fs::metadata(&config).unwrap();
    assert_eq!((before.len(), before.mtime(), before.ino()), (after.len(), after.mtime(), after.ino()));
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/b"), 2));
    // Saved as editors do, by another file of the same bytes.
    fs::copy(&config, config.with_extension("new")).unwrap();
    fs::rename(config.with_extension("new"), &config).unwrap();
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/b"), 2));
    fs::remove_file(&config).unwrap();
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/user/go"), 2));
    fixture.config("[env]\nGOPATH = \"@/b\"\n");
    assert_eq!((gopath(), lines(&log)), (fixture.text("@/b"), 2));
}

#[test]
fn a_mistake_stops_the_go_and_names_its_place() {
    let Some(fixture) = Fixture::with_go() else { return };
    for (text, at) in [
        ("[env]\nGOPATH = \"@/a\n", ":2:"),
        ("[env]\nGOPATH = 3\n", ":2:"),
        ("\n\n[[directory]]\npath = \"~\"\nenv.NOPE = \"canary\"\n", ":5:"),
    ] {
        let config = fixture.config(text);
        let place_named = format!("gvmr: {}{at}", config.display());
        for _ in 0..2 {
            let run = fixture.go(&[], &["version"]).exits(127, &[&place_named]);
            assert!(run.stdout.is_empty() && !run.stderr.contains("canary"), "{run:?}");
        }
    }
    let config = fixture.config("");
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    fixture.go(&[], &["version"]).exits(127, &[config.to_str().unwrap(), "a directory"]);
    fs::remove_dir(&config).unwrap();
    fixture.go(&[], &["version"]).succeeds();
    // Settings that only gvmr itself reads have the same verdict.
    fixture.config("auto-instal = \"never\"\n[env]\nGOPATH = \"@/a\"\n");
    fixture.go(&[], &GOPATH).exits(127, &["config.toml: line 1, column 1: unknown field `auto-instal`"]);
}

#[test]
fn a_named_file_that_is_not_there_stops_the_go_as_it_stops_every_command() {
    let Some(fixture) = Fixture::with_go() else { return };
    fixture.config("[env]\nGOPATH = \"@/a\"\n");
    for (named, words) in
        [("@/nothing.toml", "nothing.toml: No such file"), ("nothing.toml", "must be an absolute path")]
    {
        for gopath in ["@/gopath", "rel"] {
            let run = fixture.go(&[("GVMR_CONFIG", named), ("GOPATH", gopath)], &GOPATH);
            assert_eq!(run.exits(127, &[words]).stdout, "");
        }
    }
}
