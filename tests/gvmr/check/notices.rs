//! Those who want to know of a run are told, and whatever becomes of that, the verdict stays.

mod without_room;

use super::{check, project};
use crate::support::server::{Fault, Reply, Request, Server};
use crate::support::slow;
use crate::support::world::{World, gvmr};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const PASSES: &str = "[a.b]\ncommand = [\"true\"]\n";
const FAILS: &str = "[a.b]\ncommand = [\"false\"]\n";
/// The path of a hook, which is a secret.
const PATH: &str = "/services/T0/B0/hush-hush";

/// A hook that takes whatever it is sent.
fn hook() -> Server {
    Server::start(|_| Reply::ok("ok"))
}

/// A hook that answers like this, one time after another, and then with 200.
fn scripted(replies: &'static [(u16, Option<&'static str>)]) -> Server {
    Server::start(move |request| {
        let (status, retry_after) = replies.get(request.earlier).copied().unwrap_or((200, None));
        let reply = Reply::status(status);
        match retry_after {
            Some(seconds) => reply.header("Retry-After", seconds),
            None => reply,
        }
    })
}

/// A machine whose environment has the address of this hook.
fn world(address: &str) -> World {
    let mut world = World::new("off");
    world.set("HOOK", address);
    world
}

/// These probes, and a hook that the environment names.
fn told(lines: &str, probes: &str) -> String {
    format!("{probes}[[check.notify]]\nurl = \"${{secret:HOOK}}\"\n{lines}\n")
}

fn posted(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// Runs a check whose hook answers so, for a probe that fails; gives what the document says of the hook, and how long it
/// took. Verdict and exit code stay, and the hook's address is shown nowhere.
fn outcome(address: &str) -> (Value, Duration) {
    let world = world(&format!("{address}{PATH}"));
    let project = project(&world, &told("", FAILS));
    let start = Instant::now();
    let run = check(&world, &project, &["--json"]);
    let took = start.elapsed();
    let shown = format!("{run:?}");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let warning = run.stderr.clone();
    let document = run.json();
    let kept = std::fs::read_to_string(document["archived"].as_str().unwrap()).unwrap();
    for text in [&shown, &kept] {
        assert!(!text.contains("hush") && !text.contains("services/T0"), "{text}");
    }
    assert_eq!(document["verdict"], "fail");
    let notified = document["notified"][0].clone();
    assert_eq!(notified["host"], "127.0.0.1", "{notified}");
    let is_told = warning.contains("not notified: 127.0.0.1");
    assert_eq!(is_told, notified["ok"] == false, "{warning}");
    let message = notified["message"].as_str().unwrap();
    assert!(message.is_empty() || warning.contains(message), "{warning}");
    (notified, took)
}

#[test]
fn the_posted_document_is_the_runs_own() {
    let server = hook();
    let mut world = world(&server.url(PATH));
    world.set("TOKEN", "open-sesame");
    let headers = "on = \"always\"\nheaders = { Authorization = \"Bearer ${secret:TOKEN}\" }";
    let project = project(&world, &told(headers, PASSES));
    let run = check(&world, &project, &["--json"]);
    assert!(!format!("{run:?}").contains("hush") && !format!("{run:?}").contains("sesame"), "{run:#?}");
    let mut document = run.json();
    let requests = server.requests();
    let [request] = requests.as_slice() else { panic!("{requests:#?}") };
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", PATH));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some("Bearer open-sesame"));
    let kept = document["archived"].as_str().unwrap().to_owned();
    assert!(Path::new(&kept).exists());
    let told = json!([{ "host": "127.0.0.1", "ok": true, "attempts": 1, "message": "" }]);
    assert_eq!(std::mem::replace(&mut document["notified"], json!([])), told);
    assert_eq!(posted(request), document, "all but who was told, which is known afterwards");
    // It was kept before anything was sent.
    let kept: Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    assert_eq!(kept, document);
}

#[test]
fn a_message_for_slack_keeps_to_its_limits() {
    let server = hook();
    let world = world(&server.url(PATH));
    let links =
        "format = \"slack\"\nlinks = { Grafana = \"https://g.example/d?from=${START_MS}&to=${END_MS}\" }";
    let words = "<!channel> *x* ".repeat(400);
    let probe = |number| {
        format!(
            "[a.b{number}]\ncommand = [\"sh\", \"-c\", \"echo '{words}' >&2; exit 3\"]\nwhy = \"{words}\"\n"
        )
    };
    let many = (0..70).map(probe).collect::<Vec<_>>().concat();
    for probes in [FAILS, &many] {
        let project = project(&world, &told(links, probes));
        check(&world, &project, &[]).exits(1, &[]);
        let message = posted(server.requests().last().unwrap());
        let blocks = message["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50, "{}", blocks.len());
        for block in blocks {
            let most = if block["type"] == "header" { 150 } else { 3000 };
            let text = block["text"]["text"].as_str().unwrap();
            assert!((1..=most).contains(&text.chars().count()), "{block:#}");
            assert!(!text.contains("<!channel>"), "what a program prints calls no one: {text}");
        }
        let text = message["text"].as_str().unwrap();
        assert!((1..=3000).contains(&text.chars().count()) && text.contains("FAIL"), "{text}");
        let all = message.to_string();
        assert!(all.contains("g.example/d?from=1") && !all.contains("START_MS"), "{all}");
        assert!(!all.contains("hush"), "{all}");
    }
    let all = posted(server.requests().last().unwrap()).to_string();
    assert!(all.contains("and 60 more"), "{all}");
}

#[test]
fn a_busy_hook_is_asked_again_and_one_that_refuses_is_not() {
    let of = |replies| {
        let server = scripted(replies);
        let (notified, took) = outcome(&server.url(""));
        assert_eq!(notified["attempts"].as_u64(), Some(server.count(PATH) as u64), "{notified}");
        (notified["ok"] == true, server.count(PATH), notified["message"].as_str().unwrap().to_owned(), took)
    };
    let (ok, attempts, message, _) = of(&[(503, None), (500, None)]);
    assert_eq!((ok, attempts, message.as_str()), (true, 3, ""));
    let (ok, attempts, message, _) = of(&[(502, None), (502, None), (502, None)]);
    assert_eq!((ok, attempts, message.as_str()), (false, 3, "127.0.0.1 answered status 502"));
    let (ok, attempts, message, took) = of(&[(429, Some("3"))]);
    assert_eq!((ok, attempts, message.as_str()), (true, 2, ""));
    assert!(took >= Duration::from_secs(3), "it waits as long as it is asked to: {took:?}");
    for (replies, status) in [
        (&[(429, Some("60"))][..], "429"), // longer than a gate waits
        (&[(400, None)], "400"),
        (&[(404, None)], "404"),
        (&[(302, None)], "302"),
    ] {
        let (ok, attempts, message, _) = of(replies);
        assert_eq!((ok, attempts), (false, 1), "{status}");
        assert_eq!(message, format!("127.0.0.1 answered status {status}"));
    }
}

#[test]
fn a_hook_that_is_down_changes_no_verdict() {
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (notified, _) = outcome(&format!("http://{down}"));
    assert_eq!((&notified["ok"], &notified["attempts"]), (&json!(false), &json!(3)), "{notified}");
    let vanishes = Server::start(|_| Reply::ok("").fault(Fault::Vanish));
    let (notified, _) = outcome(&vanishes.url(""));
    assert_eq!((&notified["ok"], &notified["attempts"]), (&json!(false), &json!(3)), "{notified}");
    // A plain port, asked for TLS; and an environment without the secret.
    let (notified, _) = outcome(&vanishes.url("").replace("http:", "https:"));
    assert_eq!(notified["ok"], false, "{notified}");
    let world = World::new("off");
    let project = project(&world, &told("on = \"always\"", PASSES));
    let run = check(&world, &project, &["--json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.contains("not notified: the environment has no HOOK"), "{run:#?}");
    assert_eq!(run.json()["notified"][0]["ok"], false);
}

#[test]
fn a_hook_that_hangs_takes_twenty_seconds_and_changes_no_verdict() {
    if slow::left_out("check::notices::a_hook_that_hangs_takes_twenty_seconds_and_changes_no_verdict") {
        return;
    }
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let (notified, took) = outcome(&hangs.url(""));
    assert_eq!(notified["ok"], false, "{notified}");
    assert!((15..25).contains(&took.as_secs()), "{took:?}");
}

#[test]
fn each_hook_is_told_what_it_asks_for() {
    let server = hook();
    let world = World::new("off");
    let hooks: String = ["failure", "change", "always"]
        .map(|on| format!("[[check.notify]]\nurl = \"{}\"\non = \"{on}\"\n", server.url(&format!("/{on}"))))
        .concat();
    let run = |probes: &str, words: &[&str]| {
        let before = server.targets().len();
        check(&world, &project(&world, &format!("{probes}{hooks}")), words);
        let mut told = server.targets().split_off(before);
        told.sort();
        told.concat()
    };
    assert_eq!(run(PASSES, &[]), "/always/change", "the first verdict is a change");
    assert_eq!(run(PASSES, &[]), "/always");
    assert_eq!(run(FAILS, &[]), "/always/change/failure");
    assert_eq!(run(FAILS, &[]), "/always/failure");
    assert_eq!(run(FAILS, &["--no-notify"]), "");
    assert_eq!(run(FAILS, &["--key", "other"]), "/always/change/failure", "another series");
    assert_eq!(run(PASSES, &["--no-archive"]), "/always/change");
    assert_eq!(run("", &[]), "", "nothing ran: there is nothing to tell");
    // One that a signal ended says nothing of the verdict.
    let waits = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let wait = format!("[a.b]\nhttp = \"{}\"\n{hooks}", waits.url("/"));
    let before = server.targets().len();
    let child = started(&world, &project(&world, &wait));
    let document = interrupted(child, &waits, "/");
    assert_eq!(document["verdict"], "interrupted");
    let kept = std::fs::read_to_string(document["archived"].as_str().unwrap()).unwrap();
    assert!(kept.contains("\"interrupted\""), "{kept}");
    assert_eq!((server.targets().len(), &document["notified"]), (before, &json!([])));
    assert_eq!(run(FAILS, &[]), "/always/failure", "as it was before that one");
}

#[test]
fn ctrl_c_ends_the_wait_for_a_hook_and_the_verdict_stays() {
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let world = world(&hangs.url(PATH));
    let project = project(&world, &told("", FAILS));
    let document = interrupted(started(&world, &project), &hangs, PATH);
    assert_eq!(document["verdict"], "fail");
    assert_eq!(document["notified"][0]["ok"], false);
    assert!(Path::new(document["archived"].as_str().unwrap()).exists());
}

fn started(world: &World, project: &Path) -> Child {
    let mut command = world.command(gvmr(), project);
    command.args(["check", "-f", "gvmr-check.toml", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Presses Ctrl-C once the server has a request for `target`; gives the document.
fn interrupted(mut child: Child, server: &Server, target: &str) -> Value {
    while server.count(target) == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before");
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_child(&child);
    let start = Instant::now();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(output.status.signal(), Some(2), "130 to a shell: {:?}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_address_of_a_hook_is_shown_nowhere() {
    let world = World::new("off");
    let literal =
        |address: &str| format!("{PASSES}[[check.notify]]\nurl = \"{address}{PATH}\"\non = \"always\"\n");
    let server = hook();
    let project = project(&world, &literal(&server.url("")));
    let run = |words: &[&str]| world.gvmr_in(&project, words);
    for words in [
        &["check"][..], // refused: it lists what it would reach
        &["check", "--plan"],
        &["check", "--plan", "--json"],
        &["trust", "--yes", "gvmr-check.toml"],
        &["trust", "--list"],
        &["check"],
        &["check", "--json"],
        &["check", "--report", "markdown=-"],
        &["check", "--history"],
    ] {
        let run = run(words);
        assert!(!format!("{run:?}").contains("hush"), "{words:?}: {run:#?}");
        assert!(!run.stdout.is_empty() || !run.stderr.is_empty(), "{words:?}");
    }
    assert!(run(&["check", "--plan"]).succeeds().contains("notify 127.0.0.1"), "its host is");
    assert_eq!(server.count(PATH), 3);
    for (url, shown) in [
        ("${secret:HOOK}", "notify ${secret:HOOK} (json) on failure"),
        ("${secret:HOOK}/hush", "notify ${secret:HOOK} (json) on failure"),
        ("https://hooks.example:1/hush/${secret:KEY}?hush", "notify hooks.example (json) on failure"),
    ] {
        super::write(&project, "gvmr-check.toml", &format!("{PASSES}[[check.notify]]\nurl = \"{url}\"\n"));
        let plan = run(&["check", "--plan"]).succeeds();
        assert!(plan.contains(shown) && !plan.contains("hush"), "{plan}");
    }
}
