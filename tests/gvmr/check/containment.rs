//! What is left of commands when they, gvmr or the run end: nothing.

use super::{check, messages, outcome, project, start, watched, write};
use crate::support::server::{Fault, Reply, Server};
use crate::support::world::World;
use rustix::net::{AddressFamily, SocketType};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A tree of processes that ignore what can be ignored, half of them in sessions of their own.
const TREE: &str = r#"
trap '' TERM INT HUP
echo $$ >> pids
if [ "$1" -gt 0 ]; then
    setsid sh tree $(($1 - 1)) &
    sh tree $(($1 - 1)) &
fi
sleep 600 &
echo $! >> pids
wait
"#;
/// What `sh tree 2` starts: seven shells, each with a `sleep`.
const TREE_SIZE: usize = 14;
/// How long anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The processes that a tree wrote down.
fn written(project: &Path) -> Vec<i32> {
    let pids = fs::read_to_string(project.join("pids")).unwrap_or_default();
    pids.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Those of them that run.
fn running(project: &Path) -> Vec<i32> {
    let runs = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('Z'));
        state == Some(false)
    };
    written(project).into_iter().filter(runs).collect()
}

/// Waits until something is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A project with that file and the tree.
fn with_tree(world: &World, text: &str) -> PathBuf {
    let project = project(world, text);
    write(&project, "tree", TREE);
    project
}

#[test]
fn a_command_that_hangs_ends_with_all_that_it_started() {
    let world = World::new("off");
    let text = "[a.b]\ncommand = [\"sh\", \"tree\", \"2\"]\ntimeout = \"3s\"\n";
    let project = with_tree(&world, text);
    let run = check(&world, &project, &["--json"]).exits(1, &[]).json();
    assert_eq!(messages(&run), ["a.b error: sh did not end within 3 s"]);
    assert_eq!(written(&project).len(), TREE_SIZE);
    assert_eq!(running(&project), [0; 0]);
}

#[test]
fn a_killed_gvmr_leaves_no_process_of_a_command() {
    let world = World::new("off");
    let project = with_tree(&world, "[a.b]\ncommand = [\"sh\", \"tree\", \"2\"]\n");
    let mut child = start(&world, &project);
    wait_until("the tree runs", || written(&project).len() == TREE_SIZE);
    assert_eq!(running(&project).len(), TREE_SIZE);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("the tree is gone", || running(&project).is_empty());
}

#[test]
fn a_signal_ends_everything_and_keeps_what_was_measured() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Reply::ok("")
    });
    for (signal, number) in [(Signal::INT, 2), (Signal::TERM, 15)] {
        let world = World::new("off");
        let text = format!(
            "[a.b]\ndisk = \"/\"\nfree = \"> 1B\"\n[b.c]\ncommand = [\"sh\", \"tree\", \"2\"]\n[c.d]\ndisk = \"/\"\n\
             [[check.notify]]\nurl = \"{}\"\non = \"always\"\n",
            server.url("/")
        );
        let project = with_tree(&world, &text);
        let child = start(&world, &project);
        wait_until("the tree runs", || written(&project).len() == TREE_SIZE);
        let group = Pid::from_child(&child);
        let asked_to_end = Instant::now();
        // Ctrl-C reaches the whole group, `kill` one process.
        match signal {
            Signal::INT => kill_process_group(group, signal).unwrap(),
            _ => kill_process(group, signal).unwrap(),
        }
        let (output, _) = watched(child);
        // After five it would have been ended without a document.
        assert!(asked_to_end.elapsed() < Duration::from_secs(5), "{:?}", asked_to_end.elapsed());
        assert_eq!(running(&project), [0; 0], "{signal:?}");
        let ended_by = output.status.signal().map(|signal| 128 + signal);
        assert_eq!(ended_by.or(output.status.code()), Some(128 + number), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["verdict"], "interrupted");
        assert_eq!(
            messages(&document),
            ["a.b pass: ", "b.c error: interrupted", "c.d not_run: interrupted"],
            "{signal:?}"
        );
        assert!(Path::new(document["archived"].as_str().unwrap()).exists());
        let history = check(&world, &project, &["--history"]).succeeds();
        assert!(history.contains("interrupted"), "{history}");
        assert_eq!(asked.load(Ordering::Relaxed), 0, "only finished runs are sent");
    }
}

#[test]
fn the_deadline_ends_what_is_unfinished() {
    let world = World::new("off");
    let server = Server::start(|_| Reply::ok("x").fault(Fault::Slow(1, Duration::from_millis(100))));
    let text = format!(
        "[check]\ndeadline = \"3s\"\n[a.b]\ndisk = \"/\"\nfree = \"> 1B\"\n\
         [b.command]\ncommand = [\"sh\", \"tree\", \"2\"]\n\
         [b.requests]\nhttp = \"{0}\"\nrequests = 10000\n\
         [b.steady]\nhttp = \"{0}\"\nfor = \"60s\"\n\
         [b.hour]\nfile = \"none\"\nwithin = \"2h\"\nevery = \"1h\"\n\
         [c.late]\ndisk = \"/\"\n",
        server.url("/")
    );
    let project = with_tree(&world, &text);
    let start = Instant::now();
    let document = check(&world, &project, &["--json", "--keep-going"]).exits(1, &[]).json();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(
        messages(&document),
        [
            "a.b pass: ",
            "b.command error: deadline",
            "b.requests error: deadline",
            "b.steady error: deadline",
            "b.hour error: deadline",
            "c.late not_run: deadline"
        ]
    );
    assert_eq!(written(&project).len(), TREE_SIZE);
    assert_eq!(running(&project), [0; 0]);
    assert!(Path::new(document["archived"].as_str().unwrap()).exists());
}

#[test]
fn what_the_deadline_cuts_is_neither_held_nor_broken() {
    let world = World::new("off");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (silent, full) = (listener.local_addr().unwrap(), full_port());
    let slow = Server::start(|_| Reply::ok("x").fault(Fault::Slow(1, Duration::from_millis(1600))));
    let text = format!(
        "[check]\ndeadline = \"1s\"\n[a.expect]\ntcp = \"{silent}\"\nexpect = \"PONG\"\n\
         [a.closed]\ntcp = \"{}\"\nclosed = true\n[a.cpu]\ncpu = \"host\"\nover = \"8s\"\n\
         [a.requests]\nhttp = \"{}\"\nrequests = 20\n[a.command]\ncommand = [\"sleep\", \"60\"]\n",
        full.0,
        slow.url("/")
    );
    let project = project(&world, &text);
    let start = Instant::now();
    let document = check(&world, &project, &["--json"]).exits(1, &[]).json();
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    let cut = |name: &str| format!("a.{name} error: deadline");
    assert_eq!(messages(&document), ["expect", "closed", "cpu", "requests", "command"].map(cut));
}

/// A port that lets nothing through and does not refuse: its queue is full.
fn full_port() -> (SocketAddr, Vec<OwnedFd>) {
    let listening = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    rustix::net::bind(&listening, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    rustix::net::listen(&listening, 0).unwrap();
    let address = rustix::net::getsockname(&listening).unwrap();
    let address = SocketAddr::try_from(address).unwrap();
    let mut open = vec![listening];
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        open.push(stream.into());
    }
    (address, open)
}

#[test]
fn what_is_not_finished_within_its_time_does_not_hold() {
    let world = World::new("off");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let start = Instant::now();
    let of = |lines: &str| outcome(&world, &format!("{lines}\nwithin = \"1s\""));
    let cut = "error: not finished when the 1 s of within were over";
    assert_eq!(of("command = [\"sleep\", \"60\"]"), cut);
    assert_eq!(of("cpu = \"host\"\nover = \"8s\""), cut);
    let silent = listener.local_addr().unwrap();
    assert_eq!(of(&format!("tcp = \"{silent}\"\nexpect = \"PONG\"")), cut);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // One that is there in time passes, and one that breaks before says how it broke.
    assert_eq!(of("command = [\"true\"]"), "pass");
    let broken = of("command = [\"sh\", \"-c\", \"test ! -e seen || exec sleep 60; : > seen; exit 3\"]");
    assert!(broken.starts_with("fail: sh ended with 3, 0 asked (attempt 2, after 1"), "{broken}");
}

#[test]
fn what_needs_a_probe_that_does_not_run_is_no_pass() {
    let world = World::new("off");
    let text = "[a.one]\ncommand = [\"true\"]\n[b.two]\ncommand = [\"true\"]\nneeds = [\"a.one\"]\n\
                [b.three]\ncommand = [\"true\"]\n";
    let project = project(&world, text);
    let of = |words: &[&str], code| {
        let document = check(&world, &project, &[words, &["--json"]].concat()).exits(code, &[]).json();
        messages(&document).join(", ")
    };
    assert_eq!(
        of(&["b.two"], 1),
        "a.one not_run: not selected, b.two not_run: needs a.one, which was not selected; name it too, \
         b.three not_run: not selected"
    );
    assert_eq!(of(&["a.one", "b.two"], 0), "a.one pass: , b.two pass: , b.three not_run: not selected");
    assert_eq!(
        of(&["--skip", "a.one"], 1),
        "a.one not_run: left out with --skip, b.two not_run: needs a.one, which was skipped; skip both or neither, \
         b.three pass: "
    );
}

#[test]
fn how_a_command_ends_is_named_whatever_it_does_with_its_output() {
    let world = World::new("off");
    for (name, number) in [("TERM", 15), ("SEGV", 11), ("PIPE", 13)] {
        let found =
            outcome(&world, &format!("command = [\"sh\", \"-c\", \"echo so far >&2; kill -{name} $$\"]"));
        assert_eq!(found, format!("error: sh was ended by signal {number}: so far"));
    }
    let closed =
        outcome(&world, "command = [\"sh\", \"-c\", \"exec >&- 2>&-; sleep 600\"]\ntimeout = \"300ms\"");
    assert_eq!(closed, "error: sh did not end within 300 ms");
    // A daemon that holds the output open is not waited for.
    let start = Instant::now();
    let daemon = outcome(
        &world,
        "command = [\"sh\", \"-c\", \"setsid sleep 600 & echo 5\"]\npattern = '(.*)'\nvalue = \"== 5\"",
    );
    assert_eq!(daemon, "pass");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}
