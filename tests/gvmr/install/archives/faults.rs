//! Mirrors that cut, trickle, redirect, lie and fail: the right kind of answer, and nothing left behind.

use super::proof::is_archive;
use crate::support::mirror::Mirror;
use crate::support::server::{Content, Fault, Reply, Request, Server};
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{World, names};
use std::time::Duration;

const REAL: &str = "1.22.10";

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    if slow::left_out("install::archives::faults::a_cut_download_goes_on_where_it_was_cut") {
        return;
    }
    let mirror = Mirror::real_archive_but(REAL, |request, reply| {
        if !is_archive(request) {
            return reply;
        }
        let reply = reply.header("ETag", "\"one\"");
        // Cut twice: at the first byte range and in the middle of the second.
        if request.earlier < 2 { reply.fault(Fault::CutAfter(20_000_000)) } else { reply }
    });
    let Some(mirror) = mirror else { return skip("no go, or no network") };
    let world = mirror.archive_world();
    world.gvmr(["install", REAL]).succeeds();
    let asked: Vec<_> = mirror.server.requests().into_iter().filter(is_archive).collect();
    let ranges: Vec<_> = asked.iter().map(|request| request.header("range")).collect();
    assert_eq!(ranges, [None, Some("bytes=20000000-"), Some("bytes=40000000-")]);
    assert!(asked[1..].iter().all(|request| request.header("if-range") == Some("\"one\"")));
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn what_cannot_be_resumed_for_certain_is_a_network_error() {
    type Meddle = fn(&Request, Reply) -> Reply;
    let cases: [(&str, Meddle); 7] = [
        ("no validator", |_, reply| cut(reply)),
        ("a weak one", |_, reply| cut(reply.header("ETag", "W/\"one\""))),
        ("the range is ignored", |request, reply| match request.header("range") {
            None => cut(reply.header("ETag", "\"one\"")),
            Some(_) => reply, // no ETag: the server sends the whole again
        }),
        ("another range", |request, reply| match request.header("range") {
            None => cut(reply.header("ETag", "\"one\"")),
            Some(_) => partial(&reply, 1001, "\"one\""),
        }),
        ("another file", |request, reply| match request.header("range") {
            None => cut(reply.header("ETag", "\"one\"")),
            Some(_) => partial(&reply, 1000, "\"two\""),
        }),
        ("longer than announced", |_, reply| {
            let Content::Bytes(bytes) = &reply.content else { return reply };
            let length = bytes.len() as u64 + 100;
            reply.declared(length)
        }),
        ("gone", |_, reply| reply.fault(Fault::Vanish)),
    ];
    for (name, meddle) in cases {
        let mirror =
            Mirror::small_but(
                &["1.99.1"],
                move |request, reply| {
                    if is_archive(request) { meddle(request, reply) } else { reply }
                },
            );
        let world = mirror.archive_world();
        world.gvmr(["install", "1.99.1"]).exits(4, &["/dl/go1.99.1.linux-amd64.tar.gz", "next: "]);
        assert_nothing_left(&world, name);
    }
}

#[test]
fn an_archive_that_is_announced_too_short_is_refused() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| match &reply.content {
        Content::Bytes(bytes) if is_archive(request) => {
            let half = bytes.len() as u64 / 2;
            reply.declared(half)
        }
        _ => reply,
    });
    let world = mirror.archive_world();
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(matches!(run.code, Some(4 | 5)), "{run:?}");
    assert_nothing_left(&world, "too short");
}

#[test]
fn slow_chunked_and_redirected_downloads_succeed() {
    type Meddle = fn(Reply) -> Reply;
    let cases: [(&str, Meddle); 3] = [
        ("slow", |reply| reply.fault(Fault::Slow(700, Duration::from_millis(20)))),
        ("chunked", Reply::chunked),
        ("until close", |reply| reply.fault(Fault::UntilClose)),
    ];
    for (name, meddle) in cases {
        let mirror = Mirror::small_but(
            &["1.99.1"],
            move |request, reply| {
                if is_archive(request) { meddle(reply) } else { reply }
            },
        );
        let world = mirror.archive_world();
        world.gvmr(["install", "1.99.1"]).succeeds();
        assert_eq!(world.installed(), ["go1.99.1"], "{name}");
    }
    let mirror = Mirror::small(&["1.99.1"]);
    let target = mirror.server.url("");
    let front = Server::start(move |request| Reply::redirect(302, &format!("{target}{}", request.target)));
    let mut world = mirror.archive_world();
    world.set("GVMR_MIRROR", &front.url("/dl"));
    world.gvmr(["install", "1.99.1"]).succeeds();
    let source = world.gvmr(["list", "--json"]).json()[0]["receipt"]["source"].as_str().unwrap().to_owned();
    assert!(source.starts_with(&mirror.server.url("/dl/")), "where the bytes came from in the end: {source}");
}

#[test]
fn web_pages_and_endless_redirects_are_network_errors() {
    type Meddle = fn(&Request) -> Reply;
    let cases: [(&str, Meddle, &str); 3] = [
        ("a page", |_| Reply::html(), "web page"),
        ("an unmarked page", |_| Reply::ok("<!DOCTYPE html><title>sign in</title>"), "web page"),
        ("a loop", |request| Reply::redirect(302, &request.target), "redirect"),
    ];
    for (name, meddle, word) in cases {
        let mirror =
            Mirror::small_but(
                &["1.99.1"],
                move |request, reply| {
                    if is_archive(request) { meddle(request) } else { reply }
                },
            );
        let world = mirror.archive_world();
        world.gvmr(["install", "1.99.1"]).exits(4, &[word, "next: "]);
        assert_nothing_left(&world, name);
    }
}

#[test]
fn mirrors_are_asked_in_order_and_what_failed_is_said() {
    let mirror = Mirror::small(&["1.99.1"]);
    let empty = Server::start(|_| Reply::status(404));
    let broken = Server::start(|_| Reply::status(500));
    let mut world = mirror.archive_world();
    let gone = "http://127.0.0.1:9";
    let list =
        [&empty.url("/go"), &broken.url(""), gone, &mirror.server.url("/dl")].map(|base| (*base).to_owned());
    world.set("GVMR_MIRROR", &list.join(","));
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(!run.stderr.contains("404"), "what cost no time is not worth a word: {run:?}");
    run.succeeds();
    std::fs::remove_dir_all(world.goroot("1.99.1")).unwrap();
    std::fs::remove_dir_all(world.home().join("cache")).unwrap();
    let run = world.gvmr(["-v", "install", "1.99.1"]);
    for said in ["404", "500", "127.0.0.1:9"] {
        assert!(
            run.stderr.lines().any(|line| line.contains("skipped: ") && line.contains(said)),
            "{said}: {run:?}"
        );
    }
    run.succeeds();
}

#[test]
fn a_source_that_fails_passes_on_and_a_broken_proof_does_not() {
    // The archive is cut; the module behind it is whole.
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if is_archive(request) { reply.fault(Fault::CutAfter(1000)) } else { reply }
    });
    let mut world = mirror.archive_world();
    world.set("GVMR_SOURCES", "archive,goproxy");
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(run.stderr.contains("skipped: "), "{run:?}");
    run.succeeds();
    assert_eq!(mirror.downloads("1.99.1"), 1);
    // The archive is forged: nobody else is asked.
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if is_archive(request) { Reply::ok([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4]) } else { reply }
    });
    let mut world = mirror.archive_world();
    world.set("GVMR_SOURCES", "archive,goproxy");
    world.gvmr(["install", "1.99.1"]).exits(5, &["go1.99.1"]);
    assert_eq!(mirror.downloads("1.99.1"), 0);
    assert_nothing_left(&world, "forged");
}

fn cut(reply: Reply) -> Reply {
    reply.fault(Fault::CutAfter(1000))
}

fn partial(reply: &Reply, from: usize, tag: &str) -> Reply {
    let Content::Bytes(bytes) = &reply.content else { panic!("small archives are bytes") };
    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
    let rest = Reply { status: 206, ..Reply::ok(&bytes[from..]) };
    rest.header("Content-Range", &range).header("ETag", tag)
}

fn assert_nothing_left(world: &World, case: &str) {
    assert_eq!(world.installed(), [""; 0], "{case}");
    assert_eq!(names(&world.home().join("staging")), [""; 0], "{case}");
}
