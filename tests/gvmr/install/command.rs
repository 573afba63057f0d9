//! Installing: what is asked for, what comes, what is said, and what is left behind.

use crate::support::mirror::Mirror;
use crate::support::server::{Content, Fault, Reply, Request};
use crate::support::world::{World, gvmr, names};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn a_prefix_a_range_and_a_word_each_mean_the_newest_release() {
    let mirror = Mirror::small(&["1.98.7", "1.98.9", "1.98.10", "1.99.0", "1.99.1", "1.100rc1"]);
    let world = mirror.world();
    for (request, version) in [
        ("1.98", "1.98.10"),
        ("go1.98.7", "1.98.7"),
        (">=1.98, <1.99", "1.98.10"),
        ("latest", "1.99.1"),
        ("oldstable", "1.98.10"),
        ("1.100rc1", "1.100rc1"),
    ] {
        let line = world.gvmr(["install", request]).succeeds();
        assert_eq!(line, format!("go{version}\t{}", world.goroot(version).display()), "{request}");
    }
    assert_eq!(world.installed(), ["go1.100rc1", "go1.98.10", "go1.98.7", "go1.99.1"]);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn the_first_install_gives_a_working_go_and_a_default() {
    let mirror = Mirror::small(&["1.99.1", "1.99.2"]);
    let world = mirror.world();
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(run.stderr.contains("go1.99.1 is the default now"), "{run:?}");
    run.succeeds();
    world.gvmr(["install", "1.99.2"]).succeeds();
    let home = world.path("user");
    assert_eq!(world.shim("go", &home, ["version"]).succeeds(), "go version go1.99.1 linux/amd64");
    assert_eq!(world.shim("gofmt", &home, [""; 0]).succeeds(), "gofmt of go1.99.1");
    assert_eq!(world.shim("go1.99.2", &home, ["version"]).succeeds(), "go version go1.99.2 linux/amd64");
    assert_eq!(world.shim("go", &home, ["+1.99.2", "version"]).succeeds(), "go version go1.99.2 linux/amd64");
}

#[test]
fn several_at_once_all_arrive_and_one_failure_spares_the_others() {
    let mirror = Mirror::small(&["1.97.1", "1.98.1", "1.99.1"]);
    let world = mirror.world();
    world
        .gvmr(["install", "1.97", "1.98", "1.50.1", "1.99"])
        .exits(3, &["there is no Go 1.50.1 for linux-amd64"]);
    assert_eq!(world.installed(), ["go1.97.1", "go1.98.1", "go1.99.1"]);
    let json = world.gvmr(["install", "--json", "1.97", "1.98"]).json();
    assert_eq!(json[1]["version"], "1.98.1");
    assert_eq!(json[1]["installed_now"], false);
    assert!(json[1]["receipt"]["h1"].as_str().unwrap().starts_with("h1:"), "{json}");
}

#[test]
fn with_no_version_given_it_installs_what_the_directory_asks_for() {
    let mirror = Mirror::small(&["1.98.3", "1.99.1", "1.99.2"]);
    let world = mirror.world();
    let pinned = world.project("pinned", &[(".go-version", "1.99\n")]);
    let module = world.project("module", &[("go.mod", "module m\n\ngo 1.98.3\n")]);
    assert!(world.gvmr_in(&pinned, ["install"]).succeeds().starts_with("go1.99.2\t"));
    // 1.99.2 is the default now and satisfies the minimum of go.mod: nothing is missing there.
    assert!(world.gvmr_in(&module, ["install"]).succeeds().starts_with("go1.99.2\t"));
    assert_eq!(world.gvmr_in(&module, ["install", "--json"]).json()[0]["installed_now"], false);
    assert_eq!(world.installed(), ["go1.99.2"]);
}

#[test]
fn an_unknown_version_names_the_nearest_that_exist() {
    let mirror = Mirror::small(&["1.98.3", "1.99.1", "1.99.2"]);
    let world = mirror.world();
    world.gvmr(["install", "1.99.77"]).exits(3, &["there is no Go 1.99.77 for linux-amd64", "1.99.2"]);
    world.gvmr(["install", "1.50"]).exits(3, &["1.50", "1.98.3"]);
    world.gvmr(["install", "V1.99.1"]).exits(2, &["\"V1.99.1\" is not a Go version", "write 1.99.1"]);
    world.gvmr(["install", "1.9.2rc2"]).exits(2, &["use 1.23, 1.23.4"]);
    assert_eq!(world.installed(), [""; 0]);
    let json = world.gvmr(["install", "--json", "1.99.77"]).json();
    assert_eq!(json[0]["error"]["kind"], "unknown-version");
    assert_eq!(json[0]["error"]["code"], 3);
}

#[test]
fn a_server_without_a_known_release_is_at_fault_not_the_version() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut world = mirror.world();
    for word in ["1.22.10", "1.22"] {
        let run = world.gvmr(["install", word]).exits(4, &["404", "127.0.0.1", "next: "]);
        assert!(!run.stderr.contains("there is no Go"), "{run:?}");
    }
    world.set("GVMR_SOURCES", "archive").set("GVMR_INDEX", "off");
    world.set("GVMR_MIRROR", &mirror.server.url("/nowhere"));
    world.gvmr(["install", "1.22.10"]).exits(4, &["/nowhere/go1.22.10.linux-amd64.tar.gz", "404"]);
}

#[test]
fn a_named_index_that_cannot_be_read_is_told() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut world = mirror.archive_world();
    let index = mirror.server.url("/no-index");
    world.set("GVMR_INDEX", &index);
    world.gvmr(["install", "1.99.1"]).exits(0, &["cannot use the index", &index, "GVMR_INDEX=off"]);
}

#[test]
fn every_network_fault_says_what_failed_and_where_and_leaves_nothing() {
    let zip = |path: &str| path.ends_with(".zip");
    let faults: [(&str, i32, &str, fn(Reply) -> Reply); 6] = [
        ("cut", 4, "ended early", |reply| reply.fault(Fault::CutAfter(700))),
        ("forbidden", 4, "refused", |_| Reply::status(403)),
        ("sign-in page", 4, "HTML", |_| Reply::html()),
        ("unmarked page", 4, "HTML", |_| Reply::ok("<!-- portal --><script>go('/login')</script>")),
        ("broken", 4, "502", |_| Reply::status(502)),
        ("proxy wants credentials", 4, "407", |_| Reply::status(407)),
    ];
    for (name, code, words, fault) in faults {
        let mirror = Mirror::small_but(
            &["1.99.1"],
            move |request, reply| if zip(&request.target) { fault(reply) } else { reply },
        );
        let world = mirror.world();
        let run = world.gvmr(["install", "1.99.1"]).exits(code, &[words, "127.0.0.1"]);
        assert!(run.stderr.contains("next: "), "{name}: {run:?}");
        assert_eq!(world.installed(), [""; 0], "{name}");
        assert_eq!(names(&world.home().join("staging")), [""; 0], "{name}");
        assert!(!world.home().join("default").exists(), "{name}");
    }
}

#[test]
fn no_network_and_no_such_host_end_quickly_with_a_word() {
    let refused = World::new("http://127.0.0.1:9");
    refused.gvmr(["install", "1.99.1"]).exits(4, &["cannot connect", "127.0.0.1:9"]);
    let nowhere = World::new("https://proxy.invalid");
    nowhere.gvmr(["install", "1.99.1"]).exits(4, &["proxy.invalid", "resolve"]);
    let off = World::new("off");
    off.gvmr(["install", "1.99.1"]).exits(4, &["GOPROXY", "off"]);
    let mut disabled = World::new("http://127.0.0.1:9");
    disabled.set("GOSUMDB", "off");
    disabled.gvmr(["install", "1.99.1"]).exits(5, &["GOSUMDB"]);
}

#[test]
fn no_credential_is_ever_shown_or_kept() {
    let world = World::new("https://user:canary-secret@proxy.invalid/path");
    let run = world.gvmr(["install", "--json", "1.99.1"]).exits(4, &["proxy.invalid"]);
    assert!(!format!("{run:?}").contains("canary-secret"), "{run:?}");
}

#[test]
fn a_source_without_a_list_is_not_believed_about_the_newest() {
    let broken =
        |request: &Request, reply| if request.target.ends_with("/list") { Reply::status(500) } else { reply };
    let mirror = Mirror::small_but(&["1.21.0", "1.98.3"], broken);
    let world = mirror.world();
    world.gvmr(["install", "latest"]).exits(4, &["/@v/list", "HTTP 500"]);
    world.gvmr(["install", "1.97"]).exits(4, &["/@v/list", "HTTP 500"]);
    assert_eq!(world.installed(), [""; 0]);
    world.gvmr(["install", "1.98.3"]).succeeds();
}

#[test]
fn a_body_without_a_length_that_ends_early_is_a_matter_of_the_network() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| match &reply.content {
        Content::Bytes(body) if request.target.ends_with(".zip") => {
            let half = Content::Bytes(body[..body.len() / 2].into());
            Reply { content: half, ..reply }.fault(Fault::UntilClose)
        }
        _ => reply,
    });
    mirror.world().gvmr(["install", "1.99.1"]).exits(4, &["ended early", "127.0.0.1"]);
}

#[test]
fn thirty_two_installs_at_once_make_one_download() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.ends_with(".zip") {
            reply.fault(Fault::Slow(4096, Duration::from_millis(100)))
        } else {
            reply
        }
    });
    let world = mirror.world();
    let mut children: Vec<_> = (0..32)
        .map(|_| {
            let mut command = world.command(gvmr(), &world.path("user"));
            command.args(["install", "1.99.1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut waited = 0;
    for child in children.drain(..) {
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        waited += usize::from(stderr.contains("waiting: "));
    }
    assert_eq!(mirror.downloads("1.99.1"), 1);
    assert_eq!(world.installed(), ["go1.99.1"]);
    assert!(waited >= 1, "someone must have said whom they wait for");
}

#[test]
fn ctrl_c_ends_an_install_within_seconds_and_leaves_nothing() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.ends_with(".zip") {
            reply.fault(Fault::Slow(64, Duration::from_millis(200)))
        } else {
            reply
        }
    });
    let world = mirror.world();
    // Who started this test in the background may have Ctrl-C ignored, and gvmr would too.
    let mut command = world.command(Path::new("env"), &world.path("user"));
    command.arg("--default-signal=INT").arg(gvmr()).args(["install", "1.99.1"]);
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    mirror.awaits_download("1.99.1", 0);
    let start = Instant::now();
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    let ended = output.status.signal() == Some(2);
    assert!(ended, "{output:?}");
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn a_full_or_forbidden_home_says_so_and_loses_nothing() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut world = mirror.world();
    let file = world.path("a-file");
    std::fs::write(&file, "precious").unwrap();
    world.set("GVMR_HOME", file.to_str().unwrap());
    world.gvmr(["install", "1.99.1"]).exits(10, &["a-file", "not a directory"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    world.set("GVMR_HOME", "relative");
    world.gvmr(["install", "1.99.1"]).exits(2, &["GVMR_HOME", "absolute"]);
}
