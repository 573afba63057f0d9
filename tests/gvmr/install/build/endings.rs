//! How builds end, and what is left then.

use super::fake::{Fake, MAKES_A_GOROOT};
use gvmr::build::BuildError;
use std::fs;
use std::path::Path;

#[test]
fn a_build_that_works() {
    let fake = Fake::new(&format!(
        "echo one; echo two >&2; printf 'a\\377b\\r\\nend'
         mkdir -p ../pkg/obj/go-build ../pkg/bootstrap/bin; echo x >../pkg/bootstrap/bin/go
         mkdir -p ../pkg/include; echo h >../pkg/include/a.h; echo x >cmd_dist; echo y >$HOME/y; echo z >$TMPDIR/z
         {MAKES_A_GOROOT}
         for tool in api dist distpack metadata vet; do echo x >../pkg/tool/linux_amd64/$tool; done"
    ));
    fake.write("tree/src/cmd/dist/dist", "left by make.bash");
    let before = fs::read(fake.path("tree/VERSION")).unwrap();
    let (lines, result) = fake.build();
    result.unwrap();
    assert_eq!(lines, ["one", "two", "a\u{fffd}b", "end"]);
    assert_eq!(fake.log(), b"one\ntwo\na\xffb\r\nend");
    assert_eq!(fs::read(fake.path("tree/VERSION")).unwrap(), before);
    assert!(!fake.path("scratch").exists());
    let names = crate::support::world::names;
    assert_eq!(names(&fake.path("tree/pkg")), ["include", "tool"]);
    assert_eq!(names(&fake.path("tree/pkg/tool/linux_amd64")), ["compile", "vet"]);
    assert_eq!(names(&fake.path("tree/src/cmd/dist")), [""; 0]);
}

#[test]
fn tools_that_archives_held_before_1_21_stay() {
    let fake = Fake::of("1.20.14", &format!("{MAKES_A_GOROOT}\necho x >../pkg/tool/linux_amd64/dist"));
    fake.build().1.unwrap();
    assert!(fake.path("tree/pkg/tool/linux_amd64/dist").exists());
}

/// What a script sees: its variables but those that bash makes itself, sorted.
fn seen(fake: &Fake, environment: &[(&str, &str)]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |text: &str| lines.push(text.replace(&fake.path("").display().to_string(), "/D/"));
    fake.build_in(environment, &mut line, &|| false).unwrap();
    lines.retain(|line| !["PWD=", "OLDPWD=", "SHLVL=", "_="].iter().any(|own| line.starts_with(own)));
    lines.sort();
    lines
}

#[test]
fn the_environment_is_made_from_nothing() {
    let script = format!("/usr/bin/env\n{MAKES_A_GOROOT}");
    let path = std::env::var("PATH").unwrap();
    let wishes = [
        ("PATH", path.as_str()),
        ("GOROOT", "/wrong"),
        ("GOFLAGS", "-race"),
        ("GOOS", "windows"),
        ("GOAMD64", "v4"),
        ("CC", "clang"),
        ("CGO_ENABLED", "1"),
        ("BASH_ENV", "/etc/passwd"),
        ("HOME", "/home/user"),
    ];
    let always = |goenv: &str| {
        [
            goenv,
            "GOCACHE=/D/scratch/cache",
            "GOPROXY=off",
            "GOROOT_BOOTSTRAP=/D/bootstrap",
            "GOTOOLCHAIN=local",
            "HOME=/D/scratch/home",
            "LC_ALL=C",
            "PATH=/D/scratch/bin",
            "TMPDIR=/D/scratch/tmp",
        ]
        .map(str::to_owned)
    };
    let expect = |goenv: &str, more: &[&str]| {
        let mut lines = always(goenv).to_vec();
        lines.extend(more.iter().map(|line| (*line).to_owned()));
        lines.sort();
        lines
    };
    let last = ["GOROOT_FINAL=/D/final"];
    assert_eq!(seen(&Fake::of("1.23.4", &script), &wishes), expect("GOENV=off", &[]));
    assert_eq!(seen(&Fake::of("1.22.10", &script), &wishes), expect("GOENV=off", &last));
    let plain = &wishes[..1];
    let without_cgo = ["GOROOT_FINAL=/D/final", "CGO_ENABLED=0"];
    assert_eq!(seen(&Fake::of("1.20.14", &script), plain), expect("GOENV=off", &without_cgo));
    let old = expect("GOENV=/D/scratch/settings", &without_cgo);
    assert_eq!(seen(&Fake::of("1.12.17", &script), plain), old);
}

#[test]
fn cgo_before_1_21_gets_the_whole_path() {
    let fake = Fake::of("1.20.14", &format!("echo $PATH; echo ${{CGO_ENABLED-unset}}\n{MAKES_A_GOROOT}"));
    fake.write("programs/gcc", "");
    let programs = format!("{}:relative:{}", fake.path("programs").display(), std::env::var("PATH").unwrap());
    let mut lines = Vec::new();
    let environment = [("PATH", programs.as_str()), ("CGO_ENABLED", "1")];
    fake.build_in(&environment, &mut |line| lines.push(line.to_owned()), &|| false).unwrap();
    let there = |path: &&str| Path::new(path).is_absolute() && Path::new(path).is_dir();
    let there: Vec<&str> = programs.split(':').filter(there).collect();
    assert_eq!(lines, [there.join(":"), "unset".to_owned()]);
}

#[test]
fn no_input_and_a_plain_umask() {
    let fake = Fake::new(&format!("read -r line; echo \"$?,$line\"; umask; : <&3\n{MAKES_A_GOROOT}"));
    let (lines, result) = fake.build();
    result.unwrap();
    assert_eq!(lines[..2], ["1,", "0022"]);
    assert!(lines[2].contains("3: Bad file descriptor"), "{lines:?}");
}

#[test]
fn a_failure_carries_the_last_lines_the_log_and_the_bootstrap() {
    let fake = Fake::new("for ((i = 0; i < 50; i++)); do echo line $i; done; exit 3");
    let (lines, result) = fake.build();
    let error = result.unwrap_err();
    let text = error.to_string();
    let BuildError::Failed { bootstrap, status, tail, log, .. } = error else { panic!("{text}") };
    assert_eq!((bootstrap.as_str(), status.code()), ("1.20.14", Some(3)));
    assert_eq!(tail, lines[30..]);
    assert_eq!(log, fake.path("logs/log"));
    assert_eq!(String::from_utf8(fake.log()).unwrap(), lines.join("\n") + "\n");
    assert_eq!(lines.len(), 50);
    assert!(text.contains("go1.22.10 with go1.20.14") && text.contains("exit status: 3"), "{text}");
    assert!(!fake.path("scratch").exists());
}

#[test]
fn success_without_a_result_is_no_success() {
    let link = format!("{MAKES_A_GOROOT}\n/bin/ln -s go ../bin/golang");
    let fifo = format!("{MAKES_A_GOROOT}\n/usr/bin/mkfifo ../src/fifo");
    let version = format!("{MAKES_A_GOROOT}\necho go1.99 >../VERSION");
    let plain = format!("{MAKES_A_GOROOT}\n/bin/chmod 644 ../bin/go");
    for (script, about) in [
        ("exit 0", "bin/go"),
        (plain.as_str(), "bin/go"),
        (&link, "bin/golang"),
        (&fifo, "src/fifo"),
        (&version, "VERSION"),
    ] {
        let fake = Fake::new(script);
        let error = fake.build().1.unwrap_err();
        assert!(
            matches!(&error, BuildError::Unexpected { path, .. } if *path == fake.path("tree").join(about)),
            "{script}: {error}"
        );
    }
}
