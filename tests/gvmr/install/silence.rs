//! Sources that are not there: one that refuses, one that a firewall drops, one that answers late. Another source is not
//! made to wait for them.

use crate::support::mirror::Mirror;
use crate::support::namespaces;
use crate::support::server::{Fault, Reply, Server};
use crate::support::slow;
use crate::support::world::{Run, World};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const INSIDE: &str = "GVMR_TEST_SILENCE";

/// Both kinds of sources: archives from `index` and `mirror`, then a proxy that works.
fn world(mirror: &Mirror, archives: &str) -> World {
    let mut world = mirror.world();
    world.set("GVMR_SOURCES", "archive,goproxy");
    world.set("GVMR_INDEX", &format!("{archives}/index")).set("GVMR_MIRROR", archives);
    world
}

fn timed(run: impl FnOnce() -> Run) -> (Run, Duration) {
    let began = Instant::now();
    let run = run();
    (run, began.elapsed())
}

#[test]
fn where_nobody_listens_is_asked_once_while_another_source_is_left() {
    let mirror = Mirror::small(&["1.24.13", "1.99.1"]);
    let gone = Server::start(|_| Reply::status(404)).url("");
    let world = world(&mirror, &gone);
    world.gvmr(["install", "1.24"]).succeeds();
    world.gvmr(["install", "1.99.1"]).succeeds();
    // What failed is remembered without credentials, and forgotten as soon as it answers.
    let memory = world.home().join("cache/unreachable");
    let text = std::fs::read_to_string(&memory).unwrap();
    assert!(text.contains(&gone), "{text}");
}

#[test]
fn what_failed_a_moment_ago_is_asked_last_never_skipped_and_any_answer_forgets_it() {
    let mirror = Mirror::small(&["1.24.13", "1.24.12", "1.23.12"]);
    let address = Server::start(|_| Reply::status(404)).address();
    let mut world = world(&mirror, &format!("http://{address}"));
    let memory = world.home().join("cache/unreachable");
    let remembered = || std::fs::read_to_string(&memory).unwrap().contains(&address.to_string());
    world.gvmr(["install", "1.24.13"]).succeeds();
    assert!(remembered());
    let archives = mirror.server.url("/dl");
    let back = Server::start_at(&address.to_string(), move |request| {
        let url = crate::net::url(&format!("{archives}{}", request.target));
        crate::net::client(&[]).read(&url, 1 << 30).map_or(Reply::status(404), Reply::ok)
    });
    world.gvmr(["install", "1.24.12"]).succeeds();
    assert_eq!(mirror.downloads("1.24.12"), 1, "the proxy is asked first");
    assert!(!back.targets().iter().any(|target| target.contains("1.24.12")), "{:?}", back.targets());
    world.set("GVMR_SOURCES", "archive").set("GVMR_INDEX", "off");
    let text = std::fs::read_to_string(&memory).unwrap();
    world.gvmr(["install", "1.23.12"]).succeeds();
    assert!(back.targets().iter().any(|target| target.contains("1.23.12")), "{text}");
    assert!(!remembered());
    // On another network it is no reason.
    let elsewhere = text.replace(text.split(' ').nth(3).unwrap(), "0000000000000000");
    std::fs::write(&memory, elsewhere).unwrap();
    std::fs::remove_dir_all(world.goroot("1.24.12")).unwrap();
    world.set("GVMR_SOURCES", "archive,goproxy");
    world.gvmr(["install", "1.24.12"]).succeeds();
    assert_eq!(mirror.downloads("1.24.12"), 1, "the archive is asked first");
}

#[test]
fn a_silent_source_is_raced_by_the_next_and_named_once() {
    let mirror = Mirror::small(&["1.24.13"]);
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let mut world = world(&mirror, &hangs.url(""));
    world.set("GVMR_INDEX", "off");
    let (run, took) = timed(|| world.gvmr(["install", "1.24.13"]));
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert_eq!(run.stderr.matches("did not answer within 3 s").count(), 1, "{run:#?}");
    run.exits(0, &[&hangs.url(""), "GVMR_SOURCES"]);
    // The second mirror races the first, too.
    let mut world = self::world(&mirror, &hangs.url(""));
    world.set("GVMR_SOURCES", "archive").set("GVMR_INDEX", "off");
    world.set("GVMR_MIRROR", &format!("{},{}", hangs.url(""), mirror.server.url("/dl")));
    let (run, took) = timed(|| world.gvmr(["install", "1.24.13"]));
    assert!(took < Duration::from_secs(12), "{took:?}");
    run.exits(0, &["GVMR_MIRROR", &hangs.url("")]);
}

#[test]
fn a_silent_index_leaves_the_word_to_the_others_and_a_late_answer_still_counts() {
    let mirror = Mirror::small(&["1.24.13", "1.24.12", "1.99.1"]);
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let mut world = world(&mirror, &hangs.url(""));
    world.set("GVMR_MIRROR", &mirror.server.url("/dl"));
    let (run, took) = timed(|| world.gvmr(["install", "latest"]));
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert!(world.installed().contains(&"go1.99.1".to_owned()), "{run:#?}");
    run.exits(0, &["did not answer within 3 s", "GVMR_INDEX"]);
    // Without another source that answers, the table does.
    let mut world = self::world(&mirror, &hangs.url(""));
    world.set("GVMR_SOURCES", "archive").set("GVMR_MIRROR", &mirror.server.url("/dl"));
    let (run, took) = timed(|| world.gvmr(["install", "1.24"]));
    assert!(took < Duration::from_secs(12), "{took:?}");
    run.exits(0, &["built-in table"]);
    // An exact release that the table or the log knows does without it.
    for version in ["1.24.12", "1.99.1"] {
        let (run, took) = timed(|| world.gvmr(["install", version]));
        assert!(took < Duration::from_secs(12), "{took:?}");
        run.exits(0, &["GVMR_INDEX=off"]);
    }
}

#[test]
fn no_version_is_called_current_where_every_source_is_silent() {
    let mirror = Mirror::small(&["1.24.13"]);
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let mut world = world(&mirror, &mirror.server.url("/dl"));
    world.gvmr(["install", "1.24.13"]).succeeds();
    world.set("GVMR_INDEX", "off").set("GVMR_MIRROR", &hangs.url("")).set("GOPROXY", &hangs.url(""));
    for words in [&["outdated"][..], &["outdated", "--exit-code"], &["upgrade", "--dry-run"]] {
        let run = world.gvmr(words).exits(4, &[&hangs.url("")]);
        assert!(!run.stderr.contains("newest patch release"), "{run:#?}");
    }
}

#[test]
fn an_index_that_is_silent_is_not_taken_for_the_mirror() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.starts_with("/sumdb/") { Reply::status(500) } else { reply }
    });
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let mut world = world(&mirror, &hangs.url(""));
    world.set("GVMR_MIRROR", &mirror.server.url("/dl"));
    // Neither the table nor the log knows it: its index is read, and the proxy races that.
    let run = world.gvmr(["install", "--allow-unlogged", "1.99.1"]);
    run.exits(0, &[&format!("{} did not answer within 3 s", hangs.url("/index")), "GVMR_INDEX=off"]);
}

#[test]
fn behind_a_firewall_that_drops_go_dev_an_install_takes_three_seconds_more() {
    in_a_network_of_its_own("install::silence::inside");
}

#[test]
fn where_a_firewall_drops_everything_commands_end_after_one_wait() {
    let test = "install::silence::where_a_firewall_drops_everything_commands_end_after_one_wait";
    if !slow::left_out(test) {
        in_a_network_of_its_own("install::silence::inside_where_nothing_answers");
    }
}

/// Runs a test of this file as process 1 of a machine of its own.
fn in_a_network_of_its_own(test: &str) {
    if !namespaces::are_there() {
        return;
    }
    let run = namespaces::run(test, |command| {
        command.env(INSIDE, "1");
    });
    run.unwrap_or_else(|said| panic!("{said}"));
}

/// Does nothing unless it is process 1 of a machine of its own.
#[test]
fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    drops_everything("go.dev dl.google.com");
    let mirror = Mirror::small(&["1.24.13", "1.24.12"]);
    let mut world = mirror.world();
    let (_, without) = timed(|| world.gvmr(["install", "1.24.12"]));
    std::fs::remove_dir_all(world.home()).unwrap();

    world.set("GVMR_SOURCES", "");
    let (run, took) = timed(|| world.gvmr(["install", "1.24"]));
    assert_eq!(world.installed(), ["go1.24.13"], "{run:#?}");
    let more = took.saturating_sub(without);
    assert!(more <= Duration::from_millis(3500), "{more:?} more than {without:?}: {run:#?}");
    run.exits(
        0,
        &["https://go.dev/dl/?mode=json&include=all did not answer within 3 s", "GVMR_SOURCES=goproxy"],
    );

    // It is remembered, so that the next install asks the proxy first.
    let (run, took) = timed(|| world.gvmr(["install", "1.24.12"]));
    assert!(took < without + Duration::from_millis(2500), "{took:?}: {run:#?}");
    assert!(!run.stderr.contains("go.dev"), "{run:#?}");
    let (run, took) = timed(|| world.gvmr(["install", "1.24"]));
    assert!(took < without + Duration::from_millis(2500), "{took:?}: {run:#?}");
    assert!(!run.stderr.contains("go.dev"), "{run:#?}");
}

/// The same, where not even a module proxy answers.
#[test]
fn inside_where_nothing_answers() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    drops_everything("go.dev dl.google.com goproxy.example sum.golang.org goproxy.corp");
    for (goproxy, sources, command) in [
        ("", "", &["install", "1.24.13"][..]),
        ("http://goproxy.corp:8080,direct", "", &["install", "1.24.13"]),
        ("http://goproxy.corp:8080|https://goproxy.example|direct", "goproxy", &["install", "1.24.13"]),
        ("", "", &["install", "latest"]),
        ("", "", &["ls-remote", "1.26"]),
    ] {
        let mut world = World::new(goproxy);
        world.set("GVMR_SOURCES", sources);
        let (run, took) = timed(|| world.gvmr(command));
        assert!(took < Duration::from_secs(20), "{goproxy} {command:?}: {took:?}: {run:#?}");
        let is_list = command[0] == "ls-remote";
        run.exits(if is_list { 0 } else { 4 }, &["still waiting for http", "timed out after 10 s"]);
    }
}

/// Loses what is sent to these hosts, and to all others but this machine.
fn drops_everything(hosts: &str) {
    let ip = |words: &str| {
        assert!(Command::new("ip").args(words.split(' ')).status().unwrap().success(), "{words}");
    };
    // What is sent to a gateway that is not there is lost, as behind a firewall that drops.
    for words in [
        "link set lo up",
        "link add dead type veth peer name end",
        "address add 192.0.2.2/24 dev dead",
        "link set dead up",
        "link set end up",
        "neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev dead",
        "route add default via 192.0.2.1",
    ] {
        ip(words);
    }
    let directory = tempfile::tempdir().unwrap(); // the mount keeps the file
    let file = directory.path().join("hosts");
    std::fs::write(&file, format!("127.0.0.1 localhost\n198.51.100.7 {hosts}\n")).unwrap();
    let bind = Command::new("mount").arg("--bind").arg(&file).arg(Path::new("/etc/hosts")).status().unwrap();
    assert!(bind.success());
}
