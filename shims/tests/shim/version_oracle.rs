//! The version grammar and order against Go's own `go/version`, over generated pairs.

use crate::support::{output, real_goroot, skip, started};
use gvmr_core::gover::version::Version;
use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};

const PAIRS: usize = 120_000;

const PROGRAM: &str = r#"package main

import (
	"bufio"
	"fmt"
	"go/version"
	"os"
	"strings"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		x, y, _ := strings.Cut(in.Text(), "\t")
		x, y = "go"+x, "go"+y
		fmt.Fprintln(out, version.IsValid(x), version.IsValid(y), version.Compare(x, y), strings.TrimPrefix(version.Lang(x), "go"))
	}
}
"#;

#[test]
fn generated_versions_are_valid_and_ordered_as_in_go() {
    let Some(goroot) = real_goroot() else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("main.go"), PROGRAM).unwrap();
    fs::write(path("go.mod"), "module oracle\n\ngo 1.22\n").unwrap();
    let mut build = Command::new(goroot.join("bin/go"));
    build.args(["build", "-o", "oracle"]).current_dir(directory.path());
    build.env("GOTOOLCHAIN", "local").env("GOPROXY", "off").env("GOFLAGS", "").env("GOWORK", "off");
    let outcome = output(&mut build);
    if !outcome.status.success() {
        return skip(&format!("the oracle does not build: {}", String::from_utf8_lossy(&outcome.stderr)));
    }

    let pairs = pairs();
    let mut input = BufWriter::new(File::create(path("pairs")).unwrap());
    for (left, right) in &pairs {
        writeln!(input, "{left}\t{right}").unwrap();
    }
    input.into_inner().unwrap();
    let input = Stdio::from(File::open(path("pairs")).unwrap());
    let mut oracle = Command::new(path("oracle"));
    let oracle = started(oracle.stdin(input).stdout(Stdio::piped()));
    let answers = String::from_utf8(oracle.wait_with_output().unwrap().stdout).unwrap();

    assert_eq!(answers.lines().count(), PAIRS);
    for ((left, right), answer) in pairs.iter().zip(answers.lines()) {
        assert_eq!(verdict(left, right), answer, "{left} {right}");
    }
    let valid = answers.lines().filter(|answer| answer.starts_with("true true")).count();
    assert!(valid > PAIRS / 4 && valid < PAIRS, "{valid} valid pairs of {PAIRS} prove little");
}

/// What the Go program prints, said by our own grammar: malformed versions sort first, and equal.
fn verdict(left: &str, right: &str) -> String {
    let (left, right) = (Version::parse(left), Version::parse(right));
    let order = match left.cmp(&right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    };
    let language = left.as_ref().map(|left| left.language().to_string()).unwrap_or_default();
    format!("{} {} {order} {language}", left.is_some(), right.is_some())
}

fn pairs() -> Vec<(String, String)> {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let pair = |_| {
        let left = random.version();
        // Half of the pairs differ in one letter only: that is where an order goes wrong.
        let right = if random.below(2) == 0 { random.version() } else { random.change(&left) };
        (left, right)
    };
    (0..PAIRS).map(pair).collect()
}

/// A xorshift generator: the same pairs in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn number(&mut self) -> String {
        match self.below(12) {
            0 => "99999999999999998".to_owned(),
            1 => format!("{}{}", 1 + self.below(9), "0".repeat(self.below(40))),
            2 => format!("0{}", self.below(30)),
            3 => self.pick(&["0", "9", "10", "19", "20", "21", "22"]).to_owned(),
            _ => self.below(30).to_string(),
        }
    }

    fn version(&mut self) -> String {
        let mut text = if self.below(8) == 0 { self.number() } else { "1".to_owned() };
        if self.below(12) != 0 {
            text = format!("{text}.{}", self.number());
        }
        match self.below(8) {
            0..=2 => text = format!("{text}.{}", self.number()),
            3 => {
                text = format!(
                    "{text}{}{}",
                    self.pick(&["rc", "beta", "alpha", "testmod", "Rc", ""]),
                    self.number()
                );
            }
            4 => text.push_str(self.pick(&["rc", ".", "+auto", " ", "x", "rc01", ".0.0", "ü", ".1rc1"])),
            _ => {}
        }
        text
    }

    /// `text` with one letter removed, doubled or replaced.
    fn change(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.below(letters.len());
        match self.below(4) {
            0 => {
                letters.remove(at);
            }
            1 => letters.insert(at, letters[at]),
            _ => letters[at] = self.pick(&["0", "1", "2", "9", ".", "r", "c", "b"]).chars().next().unwrap(),
        }
        letters.into_iter().collect()
    }
}
