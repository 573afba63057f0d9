//! Completion in real shells, by the scripts that are checked in.

mod fixture;
mod silence;
mod terminal;

use crate::support::skip;
use crate::support::world::{Run, gvmr};
use fixture::{BASHES, Machine, script};
use std::process::Command;

#[test]
fn the_checked_in_completions_are_current() {
    for (shell, file) in [("bash", "gvmr.bash"), ("zsh", "_gvmr"), ("fish", "gvmr.fish")] {
        let printed = Run::of(Command::new(gvmr()).args(["completions", shell])).succeeds();
        let checked_in = std::fs::read_to_string(script(file)).unwrap();
        assert_eq!(
            printed.trim_end(),
            checked_in.trim_end(),
            "gvmr completions {shell} > completions/{file}"
        );
    }
}

/// A line up to the cursor, and all that fits there.
const MATCHES: [(&str, &str); 19] = [
    ("gvmr use ", "1.90.1 1.22.10 1.22.1 1.21.3"),
    ("gvmr use 1.22.1", "1.22.10 1.22.1"),
    ("gvmr use 1.4", ""),
    ("gvmr global go1.9", "go1.90.1"),
    ("gvmr uninstall 1.2", "1.22.10 1.22.1 1.21.3"),
    ("gvmr rm --force 1.22.1 1.2", "1.22.10 1.21.3"),
    ("gvmr exec ", "1.90.1 1.22.10 1.22.1 1.21.3"),
    ("gvmr install 1.2", "1.27 1.26 1.25 1.24 1.23 1.22 1.21 1.20 1.2"),
    ("gvmr install 1.18 1.8.", "1.8.7 1.8.6 1.8.5 1.8.4 1.8.3 1.8.2 1.8.1 1.8.0"),
    ("gvmr ls-remote 1.8r", "1.8rc3 1.8rc2 1.8rc1"),
    ("gvmr host la", "latest"),
    ("gvmr ins", "install"),
    ("gvmr sear", "search"),
    ("gvmr install --f", "--from-source --force"),
    ("gvmr which ", "go gofmt"),
    ("gvmr env --shell ", "sh bash zsh fish nu"),
    ("gvmr check a.", "a.b a.c"),
    ("gvmr check --skip ", "a a.b a.c"),
    ("gvmr list ", "--long --json --quiet --color --verbose --help"),
];

#[test]
fn bash_offers_what_fits() {
    for before in BASHES {
        let machine = Machine::new();
        let mut bash = machine.bash(before);
        for (text, matches) in MATCHES {
            // bash leaves the line as it is where nothing fits
            let expected = if matches.is_empty() { text.rsplit(' ').next().unwrap() } else { matches };
            assert_eq!(bash.matches(text), expected, "{text}");
        }
        assert_eq!(bash.completed("gvmr exec 1.22 -- gofm"), "gvmr exec 1.22 -- gofmt ");
        assert_eq!(bash.completed("gvmr x gofm"), "gvmr x gofmt ");
        assert_eq!(bash.completed("gvmr exec 1.22 setpri"), "gvmr exec 1.22 setpriv ");
        assert_eq!(bash.completed("gvmr exec -- cat ./gop"), "gvmr exec -- cat ./gopher.txt ");
        assert_eq!(bash.completed("gvmr install ./go1"), "gvmr install ./go1.22.1.linux-amd64.tar.gz ");
        assert_eq!(bash.completed("gvmr install go1.22.1."), "gvmr install go1.22.1.linux-amd64.tar.gz ");
        assert_eq!(bash.completed("gvmr import ./g"), "gvmr import ./godir/");
        assert_eq!(bash.completed("gvmr check -f ./gop"), "gvmr check -f ./gopher.txt ");
        assert_eq!(bash.completed("gvmr env --shell=f"), "gvmr env --shell=fish ");
        assert_eq!(bash.completed("gvmr use \"1.9"), "gvmr use \"1.90.1\" ");
        assert_eq!(bash.completed("V=1 gvmr use 1.9"), "V=1 gvmr use 1.90.1 ");
        assert_eq!(bash.completed("true && gvmr use 1.9"), "true && gvmr use 1.90.1 ");
    }
}

/// The two ways to have the script in zsh: a directory of fpath, and sourcing it.
fn zshes() -> [String; 2] {
    let (file, init) = (script("_gvmr"), "autoload -Uz compinit && compinit -D -u");
    let directory = file.parent().unwrap().display().to_string();
    [format!("fpath=({directory} $fpath)\n{init}"), format!("{init}\n. {}", file.display())]
}

#[test]
fn zsh_offers_what_fits_and_says_what_it_is() {
    if Command::new("zsh").arg("--version").output().is_err() {
        return skip("zsh is not installed");
    }
    for before in zshes() {
        let machine = Machine::new();
        let mut zsh = machine.zsh(&before);
        for (text, matches) in MATCHES {
            let expected = if matches.is_empty() { text.rsplit(' ').next().unwrap() } else { matches };
            assert_eq!(zsh.matches(text), expected, "{text}");
        }
        assert_eq!(zsh.completed("gvmr exec 1.22 -- gofm"), "gvmr exec 1.22 -- gofmt ");
        assert_eq!(zsh.completed("gvmr x gofm"), "gvmr x gofmt ");
        assert_eq!(zsh.completed("gvmr exec 1.22 setpri"), "gvmr exec 1.22 setpriv ");
        assert_eq!(zsh.completed("gvmr exec -- cat ./gop"), "gvmr exec -- cat ./gopher.txt ");
        assert_eq!(zsh.completed("gvmr install ./go1"), "gvmr install ./go1.22.1.linux-amd64.tar.gz ");
        assert_eq!(zsh.completed("gvmr install go1.22.1."), "gvmr install go1.22.1.linux-amd64.tar.gz ");
        assert_eq!(zsh.completed("gvmr import ./g"), "gvmr import ./godir/");
        assert_eq!(zsh.completed("gvmr check -f ./gop"), "gvmr check -f ./gopher.txt ");
        assert_eq!(zsh.completed("gvmr env --shell=f"), "gvmr env --shell=fish ");
        assert_eq!(zsh.completed("gvmr use \"1.9"), "gvmr use \"1.90.1\" ");
        assert_eq!(zsh.completed("V=1 gvmr use 1.9"), "V=1 gvmr use 1.90.1 ");
        assert_eq!(zsh.completed("echo $(gvmr use 1.9"), "echo $(gvmr use 1.90.1 ");
        let (_, shown) = zsh.line("gvmr use 1.2\x04");
        assert!(shown.contains("1.22.10  -- the default, runs here"), "{shown:?}");
        let (_, shown) = zsh.line("gvmr \x04");
        assert!(shown.contains("uninstall    -- Remove installed versions"), "{shown:?}");
    }
}

#[test]
fn fish_offers_what_fits_and_says_what_it_is() {
    if Command::new("fish").arg("--version").output().is_err() {
        return skip("fish is not installed");
    }
    let machine = Machine::new();
    let lines: Vec<_> = MATCHES.iter().map(|(text, _)| *text).collect();
    for (offered, (text, matches)) in machine.fish(&lines).iter().zip(MATCHES) {
        let words: Vec<_> = offered.iter().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(words.join(" "), matches, "{text}");
    }
    for (text, line) in [
        ("gvmr exec 1.22 -- gofm", "gofmt\tgo1.22.10"),
        ("gvmr x gofm", "gofmt\tgo1.22.10"),
        ("gvmr exec 1.22 setpri", "setpriv\t"),
        ("gvmr exec -- cat ./gop", "./gopher.txt"),
        ("gvmr install ./go1", "./go1.22.1.linux-amd64.tar.gz"),
        ("gvmr install go1.22.1.", "go1.22.1.linux-amd64.tar.gz"),
        ("gvmr import ./g", "./godir/"),
        ("gvmr check -f ./gop", "./gopher.txt"),
        ("gvmr env --shell=f", "--shell=fish\tfish"),
        ("gvmr use \"1.9", "1.90.1"),
        ("V=1 gvmr use 1.9", "1.90.1"),
        ("echo (gvmr use 1.9", "1.90.1"),
        ("sudo gvmr use 1.9", "1.90.1"),
        ("gvmr uninstall 1.22.10", "1.22.10\tthe default, runs here"),
        ("gvmr install 1.21", "1.21\tnewest is 1.21.13"),
        ("gvmr unins", "uninstall\tRemove installed versions"),
    ] {
        let offered = &machine.fish(&[text])[0];
        assert!(offered.first().is_some_and(|first| first.starts_with(line)), "{text}: {offered:?}");
    }
}
