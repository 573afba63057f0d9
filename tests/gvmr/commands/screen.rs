//! What a person sees on a terminal of 40, 80 and 120 columns, and what a pipe gets instead.

use crate::support::mirror::Mirror;
use crate::support::server::Reply;
use crate::support::world::{Run, World, gvmr};
use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

const WIDTHS: [u16; 3] = [40, 80, 120];

/// Runs gvmr with stdout and stderr on a terminal of its own; gives all that the screen was sent.
pub(super) fn on_screen(
    world: &World,
    columns: u16,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> String {
    let size = nix::pty::Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let pair = nix::pty::openpty(&size, None).unwrap();
    let end = || Stdio::from(pair.slave.try_clone().unwrap());
    let mut command = world.command(gvmr(), &world.path("user"));
    command.env("TERM", "xterm").envs(variables.iter().copied()).args(arguments).stdout(end()).stderr(end());
    let mut child = command.spawn().unwrap();
    drop((command, pair.slave));
    let mut screen = std::fs::File::from(pair.master);
    let mut sent = Vec::new();
    let _ = screen.read_to_end(&mut sent); // an error is how a terminal without a program ends
    assert!(child.wait().unwrap().success(), "{}", String::from_utf8_lossy(&sent));
    String::from_utf8(sent).unwrap()
}

/// What was written between line ends and cursor movements, without colours.
fn lines(sent: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = sent.chars();
    while let Some(character) = rest.next() {
        match character {
            '\x1b' => {
                let last = rest.by_ref().find(char::is_ascii_alphabetic);
                text.extend(last.filter(|last| *last != 'm').map(|_| '\n'));
            }
            '\r' => text.push('\n'),
            other => text.push(other),
        }
    }
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn width(line: &str) -> usize {
    line.trim_end().chars().count()
}

/// A text without blanks, which wrapping moves.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn two() -> (Mirror, World) {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    world.set("GVMR_SOURCES", "goproxy");
    world.gvmr(["install", "1.97.4", "1.98.1"]).succeeds();
    (mirror, world)
}

#[test]
fn tables_fit_the_screen_and_a_pipe_gets_whole_lines() {
    let (_mirror, world) = two();
    world.gvmr(["use", "--global", "1.98.1"]).succeeds();
    let piped = world.gvmr(["list"]).succeeds();
    let long = world.gvmr(["list", "--long"]).succeeds();
    let proof = long.lines().next().unwrap().split_once("proved by ").unwrap().1;
    for columns in WIDTHS {
        let shown = lines(&on_screen(&world, columns, &[], &["list"]));
        assert!(shown.iter().all(|line| width(line) <= columns.into()), "{columns}: {shown:#?}");
        assert!(shown[1].starts_with("* 1.98.1  default  "), "{shown:#?}");
        assert!(shown[0].starts_with("  1.97.4           "), "aligned: {shown:#?}");
        assert_eq!(shown.len(), 2, "one line each: {shown:#?}");
        let shown = lines(&on_screen(&world, columns, &[], &["list", "--long"])).concat();
        assert!(bare(&shown).contains(&bare(proof)), "wrapped, not shortened: {shown}");
        for arguments in
            [&["ls-remote", "1.98"][..], &["env", "--why"], &["current", "--why"], &["verify"], &["outdated"]]
        {
            let shown = lines(&on_screen(&world, columns, &[], &[arguments, &["--quiet"]].concat()));
            assert!(shown.iter().all(|line| width(line) <= columns.into()), "{columns}: {shown:#?}");
            assert!(shown.iter().all(|line| !line.contains('\t')), "{shown:#?}");
        }
        let shown = lines(&on_screen(&world, columns, &[], &["env", "--why", "GOSUMDB", "--quiet"])).concat();
        assert!(bare(&shown).contains("theenvironment"), "{shown}");
        let shown = lines(&on_screen(&world, columns, &[], &["host", "--quiet"]));
        let facts = shown.iter().take_while(|line| !line.starts_with("Go "));
        assert!(facts.clone().count() > 2 && facts.into_iter().all(|line| width(line) <= columns.into()));
    }
    assert!(piped.lines().nth(1).unwrap().starts_with("* 1.98.1     default  proved "), "{piped}");
    assert!(!piped.contains('…') && !piped.contains('\x1b'), "{piped}");
}

#[test]
fn colours_are_shown_to_who_wants_them() {
    let (_mirror, world) = two();
    let coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        on_screen(&world, 80, variables, arguments).contains("\x1b[")
    };
    assert!(coloured(&[], &["list"]));
    assert!(coloured(&[("NO_COLOR", "")], &["list"]));
    assert!(coloured(&[], &["--help"]));
    for (variables, arguments) in [
        (&[("NO_COLOR", "1")][..], &["list"][..]),
        (&[("TERM", "dumb")], &["list"]),
        (&[], &["list", "--color", "never"]),
        (&[], &["--color=never", "--help"]),
        (&[("NO_COLOR", "1")], &["--help"]),
    ] {
        assert!(!coloured(variables, arguments), "{variables:?} {arguments:?}");
    }
    assert!(!world.gvmr(["list"]).stdout.contains('\x1b'));
    assert!(!world.gvmr(["no-such-word"]).exits(2, &["no-such-word"]).stderr.contains('\x1b'));
    assert!(world.gvmr(["list", "--color", "always"]).stdout.contains("\x1b["));
    assert!(world.gvmr(["--color=always", "--help"]).stdout.contains("\x1b["));
    world.gvmr(["which", "go", "--color=always"]).succeeds();
    let refused = world.gvmr(["--color", "always", "uninstall", "1.55"]).exits(3, &["1.55 is not installed"]);
    assert!(refused.stderr.starts_with("\x1b[1m\x1b[31mgvmr:\x1b[0m "), "{refused:#?}");
}

#[test]
fn an_install_shows_one_line_that_fits_and_ends_with_a_summary() {
    for columns in WIDTHS {
        let slow = |_: &_, reply: Reply| {
            std::thread::sleep(Duration::from_millis(300));
            reply
        };
        let mirror = Mirror::small_but(&["1.98.1"], slow);
        let world = mirror.world();
        let sent = on_screen(&world, columns, &[], &["install", "1.98.1"]);
        let shown = lines(&sent);
        let drawn: Vec<_> = shown.iter().filter(|line| line.starts_with("go1.98.1  ")).collect();
        assert!(drawn.iter().any(|line| line.contains("checking the log")), "{columns}: {shown:#?}");
        assert!(drawn.iter().all(|line| width(line) < columns.into()), "{columns}: {shown:#?}");
        let summary = shown.iter().find(|line| line.starts_with("installed go1.98.1 (")).unwrap();
        assert!(summary.contains(" MB in ") && summary.ends_with("verified by test.log)"), "{summary}");
    }
}

#[test]
fn an_install_in_a_pipe_has_a_line_at_the_start_and_a_summary() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let world = mirror.world();
    let run = world.gvmr(["install", "1.98.1"]);
    let Run { stdout, stderr, .. } = &run;
    assert_eq!(*stdout, format!("go1.98.1\t{}\n", world.goroot("1.98.1").display()));
    assert!(!stderr.contains(|one: char| one.is_control() && one != '\n'), "{run:#?}");
    let starts = [
        "downloading go1.98.1 from ",
        "installed go1.98.1 (",
        "go1.98.1 is the default ",
        "to use `go` in this shell:    eval \"$(gvmr env)\"",
        "to use it in every session:   gvmr setup",
    ];
    assert_eq!(stderr.lines().count(), starts.len(), "{run:#?}");
    assert!(starts.iter().zip(stderr.lines()).all(|(start, line)| line.starts_with(start)), "{run:#?}");
    let quiet = world.gvmr(["install", "--quiet", "1.97.4"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
}
