//! Programs, files, resources and credentials, on both sides of their limits.

use super::{check, outcome, project, write};
use crate::support::world::{Run, World, gvmr};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_number_of_a_programs_output_keeps_its_limit_or_breaks_it() {
    let world = World::new("off");
    let of = |lines: &str| outcome(&world, lines);
    let lag = |printed: &str| {
        of(&format!(
            "command = [\"printf\", '{printed}']\npattern = 'Seconds_Behind_Master: (.*)'\nunit = \"s\"\nvalue = \"<= 1s\""
        ))
    };
    assert_eq!(lag("Seconds_Behind_Master: 0\\n"), "pass");
    assert_eq!(lag("Seconds_Behind_Master: 2\\n"), "fail: value is 2 s, <= 1 s asked");
    assert_eq!(lag("Seconds_Behind_Master: NULL\\n"), "error: \"NULL\" is not a number");
    assert!(lag("").starts_with("error: nothing matches"));
    assert!(
        lag("Seconds_Behind_Master: 0\\nSeconds_Behind_Master: 0\\n").starts_with("error: 2 numbers match")
    );
    let hits = |hits: u32, misses: u32| {
        of(&format!(
            "command = [\"printf\", 'hits:{hits}\\nmisses:{misses}\\n']\npattern = 'hits:(\\d+)'\n\
             of = ['hits:(\\d+)', 'misses:(\\d+)']\nshare = \">= 98.5%\""
        ))
    };
    assert_eq!(hits(985, 15), "pass");
    assert_eq!(hits(984, 16), "fail: share is 98.4 %, >= 98.5 % asked");
    assert_eq!(hits(0, 0), "error: 0 of 0: there is no share");
    assert_eq!(
        of(
            "command = [\"printf\", 'used:500\\nall:100\\n']\npattern = 'used:(\\d+)'\nof = ['all:(\\d+)']\nshare = \"<= 110%\""
        ),
        "fail: share is 500 %, <= 110 % asked"
    );
    let findings = |printed: &str| {
        of(&format!("command = [\"printf\", '{printed}']\njson = \"\"\npick = \"count\"\nvalue = \"== 0\""))
    };
    assert_eq!(findings("[]"), "pass");
    assert_eq!(findings("[{},{}]"), "fail: value is 2, == 0 asked");
    assert_eq!(
        of("command = [\"sh\", \"-c\", \"echo no >&2; exit 3\"]"),
        "fail: sh ended with 3, 0 asked: no"
    );
    assert_eq!(of("command = [\"sh\", \"-c\", \"exit 3\"]\nexit = [0, 3]"), "pass");
    assert!(
        of("command = [\"no-such-program\"]")
            .starts_with("error: there is no program no-such-program on PATH")
    );
    assert!(of("command = [\"sh\", \"-c\", \"kill -9 $$\"]").starts_with("error: sh was ended by signal 9"));
    assert_eq!(
        of("command = [\"sleep\", \"30\"]\ntimeout = \"300ms\""),
        "error: sleep did not end within 300 ms"
    );
    assert_eq!(
        of("command = [\"sleep\", \"30\"]\ntimeout = \"300ms\"\nadvisory = true"),
        "warn: sleep did not end within 300 ms"
    );
    assert_eq!(
        of(
            "command = [\"echo\", '{\"a\": [{\"n\": 1}, {\"n\": 5}]}']\njson = \"/a/*/n\"\npick = \"max\"\nvalue = \"< 5\""
        ),
        "fail: value is 5, < 5 asked"
    );
    // Neither a terminal nor anything on stdin.
    assert_eq!(of("command = [\"sh\", \"-c\", \"! test -t 0 && ! read line\"]"), "pass");
}

#[test]
fn a_text_without_the_number_is_shown_without_secrets() {
    let world = World::new("off");
    let text = "[a.b]\ncommand = [\"sh\", \"-c\", \"echo hits:5 $TOKEN; echo no misses >&2\"]\n\
                pattern = 'misses:(\\d+)'\nvalue = \"== 0\"\n\
                [a.c]\nfile = \"numbers\"\njson = \"/n\"\nvalue = \"== 0\"\n\
                [a.d]\nhttp = \"http://127.0.0.1:1/${secret:TOKEN}\"\n";
    let project = project(&world, text);
    write(&project, "numbers", "{ hush-hush }\n");
    let mut command = world.command(gvmr(), &project);
    let run = Run::of(command.args(["check", "-f", "gvmr-check.toml"]).env("TOKEN", "hush-hush"));
    assert_eq!(run.code, Some(1));
    for line in ["a.b: nothing matches pattern", "  | hits:5 ***", "  | no misses", "  | { *** }"] {
        assert!(run.stdout.contains(line), "{line}: {run:#?}");
    }
    assert!(!run.stdout.contains("hush-hush"), "{run:#?}");
}

#[test]
fn what_a_command_started_ends_with_it() {
    let world = World::new("off");
    let text =
        "[a.b]\ncommand = [\"sh\", \"-c\", \"setsid sleep 61.25 & sleep 61.25\"]\ntimeout = \"500ms\"\n";
    let project = project(&world, text);
    check(&world, &project, &[]).exits(1, &[]);
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let words = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        assert!(!words.ends_with(b"61.25\0"), "{}", entry.path().display());
    }
}

#[test]
fn files_resources_and_modes() {
    let world = World::new("off");
    let project = project(&world, "");
    write(&project, "backup", "rows: 41\n");
    let mode = |mode| fs::set_permissions(project.join("backup"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o640);
    let of = |lines: &str| outcome(&world, lines);
    assert_eq!(of("file = \"backup\"\nage = \"<= 1h\"\nsize = \"> 1B\"\nmode = \"<= 0640\""), "pass");
    assert!(of("file = \"backup\"\nmode = \"0600\"").contains("has mode 0640, 0600 asked"));
    assert!(of("file = \"backup\"\nage = \"> 1h\"").starts_with("fail: age is "));
    assert!(
        of("file = \"backup\"\npattern = 'rows: (\\d+)'\nvalue = \">= 42\"").starts_with("fail: value is 41")
    );
    std::os::unix::fs::symlink("backup", project.join("latest")).unwrap();
    let both = format!("{0}/latest (a link to {0}/backup)", fs::canonicalize(&project).unwrap().display());
    assert!(of("file = \"latest\"\nmode = \"0600\"").contains(&both), "{both}");
    let small = super::project(&world, "[a.b]\nfile = \"latest\"\nsize = \"> 1MB\"\n");
    let small = check(&world, &small, &["--json"]).exits(1, &[]).json();
    assert_eq!(small["probes"][0]["remarks"][0], both.as_str(), "{small:#}");
    assert!(of("file = \"none\"\nage = \"<= 1h\"").ends_with("none does not exist"));
    assert_eq!(of("file = \"none\"\nexists = false"), "pass");
    assert!(of("file = \"backup\"\nexists = false").ends_with("backup exists"));
    assert!(of("file = \"/dev/null\"").starts_with("error: "), "a device says nothing");
    assert!(of("file = \"backup\"\nowner = \"nobody-here\"").contains("nobody-here asked"));
    assert_eq!(of("disk = \"/\"\nused = \"< 100%\"\nfree = \"> 1B\""), "pass");
    assert!(of("disk = \"/\"\nfree = \"> 1000TiB\"").starts_with("fail: free is "));
    assert!(of("disk = \"/nowhere\"").starts_with("error: "));
    assert_eq!(of("memory = \"host\"\nused = \"< 100%\""), "pass");
    assert!(of("memory = \"host\"\nfree = \"> 1000TiB\"").starts_with("fail: free is "));
    assert_eq!(of("cpu = \"host\"\nload = \"< 1000\""), "pass");
    let used = of("cpu = \"host\"\nused = \"< 100%\"\nover = \"200ms\"");
    assert!(used == "pass" || used.starts_with("fail: used is 100 %"), "{used}");
}

#[test]
fn credentials_are_named_by_place_and_shown_nowhere() {
    let world = World::new("off");
    let project = project(&world, "[a.b]\nsecrets = \".\"\n");
    check(&world, &project, &["--no-archive"]).succeeds();
    write(&project, "config", "first\nurl = postgres://app:hunter2@db/orders\n");
    let failed = check(&world, &project, &["--json"]).exits(1, &[]);
    assert!(!format!("{failed:?}").contains("hunter2"), "{failed:#?}");
    let document = failed.json();
    let found = &document["probes"][0]["findings"][0];
    assert_eq!(
        (&found["rule"], &found["file"], &found["line"], &found["column"]),
        (&"url-password".into(), &"config".into(), &2.into(), &7.into())
    );
    let kept = fs::read_to_string(document["archived"].as_str().unwrap()).unwrap();
    assert!(!kept.contains("hunter2"));
    // A line above, and it is the same one.
    write(&project, "config", "zero\nfirst\nurl = postgres://app:hunter2@db/orders\n");
    let fingerprint = found["fingerprint"].as_str().unwrap();
    write(&project, "gvmr-check.toml", &format!("[a.b]\nsecrets = \".\"\nallow = [\"{fingerprint}\"]\n"));
    check(&world, &project, &[]).succeeds();
    // One that allows nothing is a warning.
    write(&project, "config", "");
    let run = check(&world, &project, &["--json"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.json()["probes"][0]["state"], "warn");
}

#[test]
fn a_line_that_a_person_allowed_is_none_and_a_copy_of_it_is_one() {
    let world = World::new("off");
    let project = project(&world, "[a.b]\nsecrets = \".\"\n");
    let found = |config: &str| {
        write(&project, "config", config);
        let document = check(&world, &project, &["--json", "--no-archive"]).json();
        let findings = document["probes"][0]["findings"].as_array().unwrap().clone();
        let places = findings.iter().map(|one| (one["line"].clone(), one["fingerprint"].clone()));
        places.collect::<Vec<_>>()
    };
    let line = "url = postgres://app:hunter2@db/orders";
    let plain = found(&format!("{line}\n"));
    assert_eq!(plain.len(), 1);
    assert_eq!(found(&format!("{line} # gitleaks:allow\n")), []);
    assert_eq!(found(&format!("# gitleaks:allow\n{line}\n")).len(), 1, "on the line itself");
    // Wherever it stands in the file, it is the same; in another file, or with another text, it is not.
    let moved = found(&format!("# gitleaks:allow\n\r\n\tsome {line} and more\n"));
    assert_eq!((&moved[0].0, &moved[0].1), (&3.into(), &plain[0].1));
    assert_ne!(found("url = postgres://app:hunter3@db/orders\n")[0].1, plain[0].1);
    write(&project, "copy", line);
    assert_eq!(found("").len(), 1);
    assert_ne!(found("")[0].1, plain[0].1);
}
