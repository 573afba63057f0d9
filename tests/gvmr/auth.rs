//! `gvmr auth`: what is kept where, who is given it, and who never sees it.

pub(crate) mod canary;
mod files;
mod go;
mod keyring;
mod old_go;
mod requests;
mod shim;
mod terminal;

use super::support::world::{Run, World, gvmr};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A machine without a session bus, and without a source.
fn world() -> World {
    World::new("off")
}

/// Where secrets are that no keyring keeps.
fn file(world: &World) -> PathBuf {
    world.home().join("credentials")
}

fn kept(world: &World) -> String {
    std::fs::read_to_string(file(world)).unwrap_or_default()
}

/// `gvmr auth set ARGUMENTS…` with the secret on stdin.
pub(crate) fn set(world: &World, arguments: &[&str], secret: impl AsRef<[u8]>) -> Run {
    let mut command = world.command(gvmr(), &world.path("user"));
    with_input(command.args(["auth", "set"]).args(arguments), secret.as_ref())
}

/// As the go command calls it: a path in the shim directory, a URL and a response.
fn refused(world: &World, url: &str, status: &str) -> Run {
    let response = format!("HTTP/1.1 {status}\nContent-Length: 0\n\n");
    let mut command = world.command(gvmr(), &world.path("user"));
    with_input(command.args(["auth", url]), response.as_bytes())
}

fn with_input(command: &mut Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input); // it may refuse before it reads
    Run::from(child.wait_with_output().unwrap())
}

/// All files below `directory` that hold one of `words`. There are whole toolchains to search, for which a loop in a test
/// that is not optimized takes a minute.
fn files_with(directory: &Path, words: &[String]) -> Vec<PathBuf> {
    let mut grep = Command::new("grep");
    // The words come on stdin: the command lines of all processes are searched for them too.
    grep.args(["-rlaF", "--null", "-f", "-", "--"]).arg(directory).env("LC_ALL", "C");
    let run = with_input(&mut grep, words.join("\n").as_bytes());
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    let mut found: Vec<_> = run.stdout.split_terminator('\0').map(PathBuf::from).collect();
    found.sort();
    found
}
