//! What an install of a release archive costs beside everybody else: one archive from one server, all in one run.
//!
//! `cargo bench --bench archive [-- --rounds 5 --peers DIR --link MBIT --also PROGRAM --keep DIR]`. Prints ratios;
//! judges nothing. Linux on amd64; needs `go`, `curl`, `tar`, `gzip` and `bash`, and once the network for the module.
//! `.ci/peers DIR` installs the others; who is not there is named. gvmr proves and syncs what it installs; nobody else
//! does either.
//! What was installed stays until the end and is removed then, unless `--keep` says where it stays: after a removal wait
//! some minutes for the next run, since creating files right after removing others costs ext4 seconds.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

#[path = "support/fresh.rs"]
mod fresh;
#[path = "support/link.rs"]
mod link;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/peers.rs"]
mod peers;
#[path = "support/release.rs"]
mod release;
#[path = "support/rounds.rs"]
mod rounds;
#[path = "support/site.rs"]
mod site;
#[path = "../tests/gvmr/support/mod.rs"]
#[allow(dead_code)]
mod support;

use clap::Parser;
use fresh::Fresh;
use peers::PEERS;
use release::{Release, VERSION, archive_name};
use rounds::{Row, interleave};
use site::Site;
use std::cell::RefCell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::rc::Rc;
use support::world::{gvmr, shim};

/// What an install of a release archive costs beside everybody else
#[derive(Parser)]
struct Options {
    /// Rounds that count
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A directory that `.ci/peers` has filled
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Everything on a link of so many megabits per second, beside the transfer alone
    #[arg(long, value_name = "MBIT")]
    link: Option<u32>,
    /// Where to install, a new directory that is left as it is
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Another build of gvmr, measured too
    #[arg(long, value_name = "PROGRAM")]
    also: Vec<PathBuf>,
    #[arg(long, hide = true)]
    serve: Option<PathBuf>,
    #[arg(long, hide = true)]
    inside: bool,
    #[arg(long, hide = true)]
    bench: bool, // cargo says it to every bench
}

fn main() {
    let options = Options::parse();
    if let Some(directory) = &options.serve {
        return site::serve(directory);
    }
    let release = Release::ready();
    shim();
    match options.link.filter(|_| !options.inside) {
        None => measure(&options, release),
        Some(megabits) => {
            if let Err(reason) = link::repeat_inside(megabits) {
                println!("not measured on a link of {megabits} Mbit/s: {reason}");
            }
        }
    }
}

fn measure(options: &Options, release: Release) {
    let throwaway = tempfile::tempdir().unwrap();
    let directory = options.keep.as_deref().unwrap_or(throwaway.path());
    fs::create_dir_all(directory).unwrap();
    let megabytes = release.archive_bytes() as f64 / 1e6;
    println!("{}, {megabytes:.1} MB; all below {}", archive_name(), directory.display());
    let directory = directory.canonicalize().unwrap();
    let site = Site::start(&release.directory);
    let bench = Rc::new(Bench { release, site, fresh: Fresh::below(&directory) });
    let mut rows = Vec::new();
    if options.link.is_some() {
        rows.push(bench.row("bare transfer", bash(TRANSFER), |_, _, _| {}, |_| Ok(())));
    }
    rows.push(bench.installer("curl \\| tee >(sha256sum) \\| tar xz", bash(PIPE), |_, _, _| {}));
    rows.push(bench.installer("gvmr install", install(gvmr()), settle_gvmr));
    for program in &options.also {
        let label = format!("{} install", program.display());
        rows.push(bench.installer(&label, install(&program.canonicalize().unwrap()), settle_gvmr));
    }
    for peer in &PEERS {
        let Some(file) = peer.find(options.peers.as_deref()) else {
            println!("not measured: {}, which is not there", peer.program);
            continue;
        };
        let settle = |command: &mut Command, place: &Path, bench: &Bench| {
            peer.settle(command, place, &bench.release, &bench.site);
        };
        rows.push(bench.installer(peer.program, peer.command(&file), settle));
    }
    interleave(rows, options.rounds);
}

/// What the rows have in common.
struct Bench {
    release: Release,
    site: Site,
    fresh: Fresh,
}

impl Bench {
    /// A row that has to leave a Go of the right version behind.
    fn installer(
        self: &Rc<Self>,
        label: &str,
        command: Command,
        settle: impl Fn(&mut Command, &Path, &Self) + 'static,
    ) -> Row {
        self.row(label, command, settle, holds_go)
    }

    /// A row that runs in a fresh directory, with nothing of this environment but a plain PATH. What it says is kept in
    /// a file there.
    fn row(
        self: &Rc<Self>,
        label: &str,
        mut command: Command,
        settle: impl Fn(&mut Command, &Path, &Self) + 'static,
        check: fn(&Path) -> Result<(), String>,
    ) -> Row {
        let place = Rc::new(RefCell::new(PathBuf::new()));
        let last = Rc::clone(&place);
        let bench = Rc::clone(self);
        command.stdin(Stdio::null());
        Row::prepared(label, command, move |command| {
            let fresh = bench.fresh.place();
            let said = File::create(fresh.join(SAID)).unwrap();
            command
                .env_clear()
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("HOME", &fresh)
                .current_dir(&fresh);
            command.env("URL", bench.site.url(&format!("/dl/{}", archive_name())));
            command.env("SUM", &bench.release.sha256);
            command.stdout(said.try_clone().unwrap()).stderr(said);
            settle(command, &fresh, &bench);
            *place.borrow_mut() = fresh;
        })
        .watched()
        .checked(move |status: ExitStatus| {
            let place = last.borrow();
            if status.success() {
                return check(&place);
            }
            let said = fs::read_to_string(place.join(SAID)).unwrap_or_default();
            let line = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
            Err(format!("{status}: {line}"))
        })
    }
}

/// The file in each directory that keeps what its program said.
const SAID: &str = "said.txt";

const TRANSFER: &str = r#"curl -fsS "$URL" > /dev/null"#;

/// The sum is waited for and compared, as it has to be before anyone runs what was unpacked.
const PIPE: &str = r#"
set -euo pipefail
exec 3> >(sha256sum > sum)
sum=$!
curl -fsS "$URL" | tee /dev/fd/3 | tar xz
exec 3>&-
wait "$sum"
[ "$(cut -c 1-64 sum)" = "$SUM" ]"#;

fn bash(script: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", script]);
    command
}

fn install(gvmr: &Path) -> Command {
    let mut command = Command::new(gvmr);
    command.args(["install", VERSION]);
    command
}

fn settle_gvmr(command: &mut Command, place: &Path, bench: &Bench) {
    command.env("GVMR_HOME", place.join("home"));
    command.env("GVMR_SOURCES", "archive").env("GVMR_MIRROR", bench.site.url("/dl")).env("GVMR_INDEX", "off");
    command.env("GOPROXY", bench.site.url("")); // it passes the log's answers on
}

/// Whether there is a `bin/go` of the right version somewhere below.
fn holds_go(place: &Path) -> Result<(), String> {
    let go = find_go(place, 6).ok_or_else(|| "it left no bin/go behind".to_owned())?;
    let output = Command::new(&go).arg("version").env("GOTOOLCHAIN", "local").output();
    let output = output.map_err(|error| format!("{}: {error}", go.display()))?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = format!("go version go{VERSION} ");
    if version.starts_with(&expected) { Ok(()) } else { Err(format!("{} says {version:?}", go.display())) }
}

fn find_go(directory: &Path, depth: usize) -> Option<PathBuf> {
    let go = directory.join("bin/go");
    if go.is_file() {
        return Some(go);
    }
    let entries = fs::read_dir(directory).ok()?.flatten();
    let mut directories =
        entries.filter(|entry| depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()));
    directories.find_map(|entry| find_go(&entry.path(), depth - 1))
}
