//! Nothing is installed whose bytes were not proved: one changed byte in what a source sends ends in exit 5.

use crate::support::mirror::Mirror;
use crate::support::server::{Content, Reply, Request};
use crate::support::skip;
use crate::support::slow;
use crate::support::world::names;
use gvmr::net::{Client, NetSettings};
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// Real toolchains whose log records are kept beside the tests.
const REAL: &str = "1.22.10";

#[test]
fn a_changed_byte_in_a_real_zip_is_an_integrity_error() {
    const TEST: &str = "install::tampering::a_changed_byte_in_a_real_zip_is_an_integrity_error";
    let zip = |request: &Request| request.target.ends_with(".zip");
    // Spread over the whole archive: headers, contents, descriptors, the directory, the end record.
    for &per_mille in slow::first(TEST, 3, &[37_u64, 500, 999, 0, 1, 250, 750, 930, 990, 1000]) {
        let meddle = move |request: &Request, reply: Reply| {
            if zip(request) { flipped(reply, per_mille) } else { reply }
        };
        let Some(mirror) = Mirror::real_but(&[REAL], meddle) else { return skip("no go, or no network") };
        let world = mirror.world();
        world.gvmr(["install", REAL]).exits(5, &["go1.22.10", "next: "]);
        assert_eq!(world.installed(), [""; 0], "{per_mille} ‰");
        assert_eq!(names(&world.home().join("staging")), [""; 0], "{per_mille} ‰");
    }
}

#[test]
fn a_changed_byte_in_the_answer_a_tile_or_the_signature_is_an_integrity_error() {
    let cases: [(&str, fn(&Request, &[u8]) -> Option<usize>); 5] = [
        ("the record's hash", |request, body| at(request, "/lookup/", body, b" h1:").map(|place| place + 10)),
        ("the tree's size", |request, body| {
            at(request, "/lookup/", body, b"database tree\n").map(|place| place + 15)
        }),
        ("the tree's hash", |request, body| {
            at(request, "/lookup/", body, b"\n\n\xe2\x80\x94").map(|place| place - 5)
        }),
        ("the signature", |request, body| {
            at(request, "/lookup/", body, "— test.log ".as_bytes()).map(|place| place + 30)
        }),
        ("a tile", |request, body| request.target.contains("/tile/").then_some(body.len() / 2)),
    ];
    for (name, place) in cases {
        let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| match &reply.content {
            Content::Bytes(body) => match place(request, body) {
                Some(place) => with_flip(reply.clone(), body, place),
                None => reply,
            },
            _ => reply,
        });
        let world = mirror.world();
        // The log is only named; who answered for it is the one to blame.
        let by = format!("(read from {}", mirror.server.url("/sumdb/test.log"));
        let run = world.gvmr(["install", "1.99.1"]).exits(5, &["test.log/", &by]);
        assert_eq!(world.installed(), [""; 0], "{name}: {run:?}");
        assert_eq!(
            mirror.downloads("1.99.1"),
            0,
            "{name}: no byte of a toolchain is asked for before the proof"
        );
    }
}

#[test]
fn an_answer_about_another_module_is_refused() {
    let mirror =
        Mirror::small_but(&["1.99.1", "1.99.2"], |request, reply| reply_of_other(request).unwrap_or(reply));
    let world = mirror.world();
    world.gvmr(["install", "1.99.1"]).exits(5, &["test.log"]);
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn a_log_that_goes_back_or_forks_is_refused_and_the_evidence_kept() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.99.1"]).succeeds();
    // The same key signs another history: version 1.99.2 takes the place 1.99.1 had.
    let other = Mirror::small(&["1.99.2"]);
    world.set("GOPROXY", &other.server.url(""));
    world.gvmr(["install", "1.99.2"]).exits(5, &["SECURITY", "test.log"]);
    assert_eq!(world.installed(), ["go1.99.1"]);
    let kept = names(&world.home().join("cache/sumdb/test.log"));
    assert!(kept.iter().any(|name| name.starts_with("fork-")), "{kept:?}");
}

#[test]
fn a_real_toolchain_from_an_untrusted_mirror_is_proved_by_the_built_in_key() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let world = mirror.world();
    world.gvmr(["install", "1.22.10"]).succeeds();
    let list = world.gvmr(["list", "--json"]).json();
    assert_eq!(list[0]["receipt"]["h1"], "h1:RsNdqCv6DX1zuIjq1S4c+sMWuLF4M7Ef4eHoBcz8dMU=");
    assert_eq!(list[0]["receipt"]["log"], "sum.golang.org");
    world.gvmr(["verify"]).succeeds();
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.22.10 linux/amd64");
}

/// The reply with one bit changed at this place of its body.
fn flipped(reply: Reply, per_mille: u64) -> Reply {
    let Content::File(path) = &reply.content else { return reply };
    let mut file = std::fs::File::open(path).unwrap();
    let length = file.metadata().unwrap().len();
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    let place = usize::try_from((length - 1) * per_mille / 1000).unwrap();
    let body: Arc<[u8]> = Arc::from(bytes);
    with_flip(reply, &body, place)
}

fn with_flip(reply: Reply, body: &Arc<[u8]>, place: usize) -> Reply {
    let mut bytes = body.to_vec();
    bytes[place] ^= 1;
    Reply { content: Content::Bytes(Arc::from(bytes)), ..reply }
}

/// Where `needle` begins in the body of a request for something under `path`.
fn at(request: &Request, path: &str, body: &[u8], needle: &[u8]) -> Option<usize> {
    let asked = request.target.contains(path);
    asked.then(|| body.windows(needle.len()).position(|window| window == needle)).flatten()
}

/// An honest answer to a question nobody asked.
fn reply_of_other(request: &Request) -> Option<Reply> {
    let target = request.target.clone();
    if !target.contains("/lookup/") || !target.contains("go1.99.1.") {
        return None;
    }
    let host = request.header("host")?;
    let url = format!("http://{host}{}", target.replace("go1.99.1.", "go1.99.2."));
    let client = Client::new(NetSettings::from_environment(&Vec::new()));
    Some(Reply::ok(client.read(&url.parse().unwrap(), 1 << 20).unwrap()))
}
