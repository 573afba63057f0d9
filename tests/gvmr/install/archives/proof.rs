//! What vouches for an archive, and what does not.

use crate::support::mirror::{Mirror, archive, in_archive, toolchain};
use crate::support::pack::tar;
use crate::support::server::{Content, Reply, Request};
use crate::support::skip;
use crate::support::slow;
use crate::support::world::names;

const REAL: &str = "1.22.10";

#[test]
fn a_real_tree_from_a_mirror_with_no_index_is_proved_by_the_log() {
    let Some(mirror) = Mirror::real_archive_but(REAL, |_, reply| reply) else {
        return skip("no go, or no network");
    };
    let world = mirror.archive_world();
    world.gvmr(["install", REAL]).succeeds();
    let list = world.gvmr(["list", "--json"]).json();
    let receipt = &list[0]["receipt"];
    assert_eq!(receipt["h1"], "h1:RsNdqCv6DX1zuIjq1S4c+sMWuLF4M7Ef4eHoBcz8dMU=");
    assert_eq!((&receipt["proof"], &receipt["log"]), (&"log".into(), &"sum.golang.org".into()));
    assert_eq!(receipt["sha256"].as_str().map(str::len), Some(64));
    world.gvmr(["verify"]).succeeds();
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.22.10 linux/amd64");
    // The tree is the module's, whichever way it came.
    for directory in ["api", "doc", "misc", "test"] {
        assert!(!world.goroot(REAL).join(directory).exists(), "{directory}");
    }
}

#[test]
fn a_changed_byte_in_a_file_that_the_log_covers_is_an_integrity_error() {
    for (file, code) in
        [("bin/go", 5), ("src/p5/file.go", 5), ("VERSION", 5), ("go.env", 5), ("test/hello.go", 0)]
    {
        let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| {
            if is_archive(request) { with_changed(file, "1.99.1") } else { reply }
        });
        let world = mirror.archive_world();
        let run = world.gvmr(["install", "1.99.1"]);
        assert_eq!(run.code, Some(code), "{file}: {run:?}");
        if code == 5 {
            run.exits(5, &["go1.99.1", "h1:", "next: "]);
            assert_eq!(world.installed(), [""; 0], "{file}");
            assert_eq!(names(&world.home().join("staging")), [""; 0], "{file}");
        }
    }
}

#[test]
fn a_changed_byte_anywhere_in_a_real_archive_never_installs_another_tree() {
    const TEST: &str =
        "install::archives::proof::a_changed_byte_anywhere_in_a_real_archive_never_installs_another_tree";
    for &per_mille in slow::first(TEST, 2, &[250_u64, 995, 0, 3, 640, 1000]) {
        let mirror = Mirror::real_archive_but(REAL, move |request, reply| {
            if is_archive(request) { flipped(reply, per_mille) } else { reply }
        });
        let Some(mirror) = mirror else { return skip("no go, or no network") };
        let world = mirror.archive_world();
        world.gvmr(["install", REAL]).exits(5, &["go1.22.10", "next: "]);
        assert_eq!(world.installed(), [""; 0], "{per_mille} ‰");
        assert_eq!(names(&world.home().join("staging")), [""; 0], "{per_mille} ‰");
    }
}

#[test]
fn what_the_log_does_not_know_is_refused_and_installed_only_on_the_users_word() {
    let files = in_archive(&toolchain("1.99.7"));
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| {
        if request.target.contains("1.99.7") && is_archive(request) {
            Reply::ok(tar(&files).gz())
        } else {
            reply
        }
    });
    let world = mirror.archive_world();
    world.gvmr(["install", "1.99.7"]).exits(3, &["1.99.7"]);
    assert_eq!(mirror.archive_downloads("1.99.7"), 0, "no byte moves without a proof in sight");
    let run = world.gvmr(["install", "--allow-unlogged", "1.99.7"]);
    run.succeeds();
    let list = world.gvmr(["list"]).succeeds();
    assert!(list.contains("NOT PROVED"), "{list}");
    assert_eq!(world.gvmr(["list", "--json"]).json()[0]["receipt"]["proof"], "none");
    let verify = world.gvmr(["verify"]).exits(1, &["proved only by its own receipt"]);
    assert!(verify.stdout.contains("recorded") && verify.stdout.contains("NOT PROVED"), "{verify:?}");
    // What the log does know must be what it knows, whatever the user says.
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if is_archive(request) { with_changed("bin/go", "1.99.1") } else { reply }
    });
    mirror.archive_world().gvmr(["install", "--allow-unlogged", "1.99.1"]).exits(5, &["h1:"]);
}

#[test]
fn a_tree_for_another_processor_is_told_by_its_own_program_whatever_its_name_says() {
    let mut files = in_archive(&toolchain("1.99.7"));
    let (_, go) = files.iter_mut().find(|(name, _)| name == "bin/go").unwrap();
    *go = [&b"\x7fELF\x02\x01\x01"[..], &[0; 9], &[2, 0, 183, 0], &[0; 44]].concat(); // 183 is 64-bit ARM
    let mirror =
        Mirror::small_but(
            &["1.99.1"],
            move |request, reply| {
                if is_archive(request) { Reply::ok(tar(&files).gz()) } else { reply }
            },
        );
    let world = mirror.archive_world();
    let run = world.gvmr(["install", "--allow-unlogged", "1.99.7"]);
    run.exits(5, &["built for arm64", "expected go1.99.7 for linux-amd64", "next: "]);
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn the_users_word_for_a_published_release_is_refused_before_the_download() {
    let mirror = Mirror::small_but(&[REAL], |request, reply| {
        if request.target.starts_with("/sumdb/") { Reply::status(500) } else { reply }
    });
    let world = mirror.world();
    world.gvmr(["install", "--allow-unlogged", REAL]).exits(4, &["checksum database"]);
    assert_eq!(mirror.downloads(REAL), 0, "no byte moves without a proof in sight");
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn a_module_that_another_packer_packed_is_called_that_and_the_next_source_is_asked() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| match &reply.content {
        Content::Bytes(zip) if request.target.ends_with(".zip") => {
            // The mode that Python's zipfile gives a file, in the directory at the end.
            let mut zip = zip.to_vec();
            let at = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
            zip[at + 38..at + 42].copy_from_slice(&(0o100_600_u32 << 16).to_le_bytes());
            Reply::ok(zip)
        }
        _ => reply,
    });
    let mut world = mirror.world();
    let run = world
        .gvmr(["install", "1.99.1"])
        .exits(6, &["the zip is not as Go packs it", "next: its files may be"]);
    assert!(!run.stderr.contains("report it") && !run.stderr.contains("does not match"), "{run:?}");
    world.set("GVMR_SOURCES", "goproxy,archive").set("GVMR_MIRROR", &mirror.server.url("/dl"));
    world.set("GVMR_INDEX", "off");
    world.gvmr(["install", "1.99.1"]).exits(0, &["source skipped: ", "not as Go packs it"]);
}

#[test]
fn the_users_word_does_not_overrule_the_table_when_the_log_is_silent() {
    // Whoever sits in between can silence the log, and forge what the table knows.
    let forged = in_archive(&toolchain("1.22.10"));
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| {
        if request.target.starts_with("/sumdb/") {
            return Reply::status(500);
        }
        if is_archive(request) { Reply::ok(tar(&forged).gz()) } else { reply }
    });
    let world = mirror.archive_world();
    world.gvmr(["install", "--allow-unlogged", REAL]).exits(5, &["table of known releases", "sha256"]);
    world.gvmr(["install", REAL]).exits(4, &["checksum database"]);
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn a_receipt_that_claims_a_weaker_proof_does_not_save_a_changed_tree() {
    let mirror = Mirror::small(&["1.99.1"]);
    let world = mirror.archive_world();
    world.gvmr(["install", "1.99.1"]).succeeds();
    let goroot = world.goroot("1.99.1");
    std::fs::write(goroot.join("bin/gofmt"), "#!/bin/sh\necho evil\n").unwrap();
    let found = world.gvmr(["verify", "--json"]).json()[0]["h1"].as_str().unwrap().to_owned();
    let path = goroot.join(".gvmr-receipt.json");
    let honest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for (proof, code) in [("log", 5), ("known", 5), ("built", 5), ("none", 5), ("index", 1)] {
        let mut receipt = honest.clone();
        receipt["proof"] = proof.into();
        receipt["h1"] = found.clone().into();
        std::fs::write(&path, receipt.to_string()).unwrap();
        assert_eq!(world.gvmr(["verify"]).code, Some(code), "{proof}");
    }
}

#[test]
fn an_archive_of_another_version_is_named_as_that() {
    let other = archive(&toolchain("1.99.2"));
    let mirror = Mirror::small_but(&["1.99.1", "1.99.2"], move |request, reply| {
        if request.target.contains("1.99.1") && is_archive(request) { Reply::ok(&other) } else { reply }
    });
    let world = mirror.archive_world();
    world.gvmr(["install", "1.99.1"]).exits(5, &["its VERSION says go1.99.2"]);
    assert_eq!(world.installed(), [""; 0]);
}

pub(super) fn is_archive(request: &Request) -> bool {
    request.target.starts_with("/dl/")
}

fn with_changed(file: &str, version: &str) -> Reply {
    let mut files = in_archive(&toolchain(version));
    let (_, content) = files.iter_mut().find(|(name, _)| name == file).unwrap();
    content[0] ^= 1;
    Reply::ok(tar(&files).gz())
}

fn flipped(reply: Reply, per_mille: u64) -> Reply {
    let Content::File(path) = &reply.content else { return reply };
    let mut bytes = std::fs::read(path).unwrap();
    let place = usize::try_from((bytes.len() as u64 - 1) * per_mille / 1000).unwrap();
    bytes[place] ^= 1;
    Reply::ok(bytes)
}
