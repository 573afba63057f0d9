//! The file that `go env -w` writes, which every installed version reads: what one of them cannot bear is beaten or named.

use super::env_why::fixture::Fixture;
use crate::support::skip;
use crate::support::world::Run;

fn lines(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| line.starts_with("gvmr: ")).collect()
}

#[test]
fn a_goroot_in_it_breaks_no_real_go_and_is_named_once_a_day() {
    for version in ["1.16.15", "1.20.14", "1.22.12"] {
        let Some(fixture) = Fixture::with_release(version) else { return skip("no go, or no network") };
        let own = fixture.world.goroot(version).display().to_string();
        for other in ["/opt/gone", "/usr"] {
            fixture.go_env_file(&format!("GOFLAGS=\nGOROOT={other}\n"));
            let run = fixture.go(&[], &["env", "GOROOT"]);
            let said = lines(&run).join("\n");
            assert!(said.contains(&format!("user/.config/go/env:2 sets GOROOT={other}")), "{run:#?}");
            assert!(said.contains("delete that line") && said.contains(&own), "{run:#?}");
            assert_eq!(run.succeeds(), own);
            let again = fixture.go(&[], &["version"]);
            assert!(lines(&again).is_empty(), "{again:#?}");
            assert!(again.succeeds().starts_with(&format!("go version go{version} ")));
        }
        // Through the shim, go can take it out itself.
        fixture.go(&[], &["env", "-u", "GOROOT"]).succeeds();
        assert!(
            !std::fs::read_to_string(fixture.world.path("user/.config/go/env")).unwrap().contains("GOROOT")
        );
    }
}

#[test]
fn why_names_the_line_of_a_goroot_that_does_not_count() {
    let Some(fixture) = Fixture::with_go() else { return skip("no go") };
    fixture.go_env_file("GOROOT=/opt/gone\n");
    let run = fixture.env(&[("GOROOT", "/process")], &["--why", "GOROOT"]);
    assert!(run.stderr.contains("user/.config/go/env:1 sets GOROOT=/opt/gone"), "{run:#?}");
    let said = run.succeeds();
    assert!(said.contains("not /process") && said.contains("not /opt/gone"), "{said}");
    assert!(!said.contains("explicitly"), "{said}");
}

#[test]
fn a_value_that_go_fails_on_is_named_with_its_line_and_gos_own_sentence() {
    for (version, text, name, sentence) in [
        ("1.16.15", "\nGOFLAGS=-buildvcs=false\n", "GOFLAGS", "unknown flag -buildvcs"),
        ("1.20.14", "\nGOEXPERIMENT=rangefunc\n", "GOEXPERIMENT", "go: unknown GOEXPERIMENT rangefunc"),
        ("1.22.12", "GOFLAGS=-v\nGOTOOLCHAIN=1.22\n", "GOTOOLCHAIN", "go: invalid GOTOOLCHAIN \"1.22\""),
    ] {
        let Some(fixture) = Fixture::with_release(version) else { return skip("no go, or no network") };
        fixture.go_env_file(text);
        let run = fixture.go(&[], &["list", "std"]);
        let said = lines(&run).join("\n");
        let place = format!("user/.config/go/env:2 sets {name}, and go{version} fails on its value: ");
        assert!(said.contains(&place) && said.contains(sentence), "{run:#?}");
        assert_ne!(run.code, Some(0), "go itself fails too");
        assert!(lines(&fixture.go(&[], &["list", "std"])).is_empty());
        let why = fixture.env(&[], &["--why", name]);
        assert!(why.stderr.contains(&place) && why.stderr.contains(sentence), "{why:#?}");
        assert!(!why.stderr.contains("exit status"), "{why:#?}");
    }
}

#[test]
fn what_the_environment_beats_is_not_named_and_what_it_breaks_is() {
    let Some(fixture) = Fixture::with_release("1.20.14") else { return skip("no go, or no network") };
    fixture.go_env_file("GOEXPERIMENT=rangefunc\n");
    let run = fixture.go(&[("GOEXPERIMENT", "none")], &["version"]);
    assert_eq!((run.code, lines(&run).len()), (Some(0), 0), "{run:#?}");
    let why = fixture.env(&[("GOEXPERIMENT", "nosuch")], &["--why", "GOFLAGS"]);
    assert!(why.stderr.contains("the environment sets GOEXPERIMENT, and go1.20.14 fails"), "{why:#?}");
    fixture.project("[env]\n\nGOFLAGS = \"-nosuch\"\n");
    let why = fixture.env(&[("GOEXPERIMENT", "none")], &["--why", "GOFLAGS"]);
    assert!(why.stderr.contains("p/gvmr.toml:3 sets GOFLAGS, and go1.20.14 fails"), "{why:#?}");
}

#[test]
fn a_value_that_go_takes_is_tried_once_and_not_named() {
    let Some(fixture) = Fixture::with_release("1.22.12") else { return skip("no go, or no network") };
    fixture.go_env_file("GOEXPERIMENT=rangefunc\nGOFLAGS=-buildvcs=false\n");
    for _ in 0..2 {
        let run = fixture.go(&[], &["version"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:#?}");
    }
    assert_eq!(crate::support::world::names(&fixture.world.home().join("notices")).len(), 1);
    assert_eq!(fixture.env(&[], &["--why"]).stderr, "");
}

#[test]
fn a_file_that_go_would_wait_for_is_named_and_go_is_not_asked() {
    let fixture = Fixture::new();
    Run::of(std::process::Command::new("mkfifo").arg(fixture.world.path("fifo"))).succeeds();
    for (file, words) in [("§/fifo", "fifo is a FIFO"), ("/dev/zero", "/dev/zero is a device")] {
        let run = fixture.env(&[("GOENV", file)], &["--why"]);
        let go = fixture.world.goroot("1.99.1").join("bin/go").display().to_string();
        assert!(run.stderr.contains(&format!("{go} env would not end: ")), "{run:#?}");
        assert!(run.stderr.contains(words), "{run:#?}");
        run.succeeds();
    }
}
