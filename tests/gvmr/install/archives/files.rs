//! Archives on this machine: a file by its name, and a directory of them.

use crate::support::mirror::{Mirror, archive, in_archive, toolchain};
use crate::support::pack::tar;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{World, names};
use crate::support::zip::{File, Zip};
use crate::unpack::archive::real_archives::{go_packs, own_release};
use gvmr::verify::known_sum;
use sha2::{Digest, Sha256};

#[test]
fn an_archive_by_hand_is_proved_like_any_other() {
    let mirror = Mirror::small(&["1.99.1", "1.99.2", "1.99.3"]);
    let world = mirror.world();
    let downloads = world.project("downloads", &[]);
    std::fs::write(downloads.join("go1.99.1.linux-amd64.tar.gz"), archive(&toolchain("1.99.1"))).unwrap();
    let xz = tar(&in_archive(&toolchain("1.99.2"))).xz();
    std::fs::write(downloads.join("go1.99.2.linux-amd64.tar.xz"), xz).unwrap();
    std::fs::write(downloads.join("go1.99.3.linux-amd64.zip"), zip(&toolchain("1.99.3"))).unwrap();
    for (file, version) in [
        ("./go1.99.1.linux-amd64.tar.gz", "1.99.1"),
        ("go1.99.2.linux-amd64.tar.xz", "1.99.2"),
        ("go1.99.3.linux-amd64.zip", "1.99.3"),
    ] {
        world.gvmr_in(&downloads, ["install", file]).succeeds();
        assert!(world.goroot(version).join("bin/go").is_file(), "{file}");
        assert_eq!(mirror.downloads(version) + mirror.archive_downloads(version), 0, "{file}");
    }
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn a_directory_of_archives_is_a_source() {
    let mirror = Mirror::small(&["1.99.1", "1.99.2"]);
    let mut world = mirror.world();
    let stick = world.project("stick", &[("README", "not an archive")]);
    std::fs::write(stick.join("go1.99.1.linux-amd64.tar.gz"), archive(&toolchain("1.99.1"))).unwrap();
    std::fs::write(stick.join("go1.99.2.linux-arm64.tar.gz"), b"for another machine").unwrap();
    world.set("GVMR_SOURCES", &format!("dir:{}", stick.display()));
    assert_eq!(world.gvmr(["ls-remote"]).succeeds(), "1.99.1\t\tsupported");
    world.gvmr(["install", "1.99"]).succeeds();
    assert_eq!(world.installed(), ["go1.99.1"]);
    world.gvmr(["install", "1.99.2"]).exits(4, &["go1.99.2", "stick"]);
    world.set("GVMR_SOURCES", &format!("dir:{},goproxy", stick.display()));
    world.gvmr(["install", "1.99.2"]).succeeds();
    assert_eq!(mirror.downloads("1.99.2"), 1);
}

#[test]
fn a_published_archive_needs_no_network_since_the_program_knows_its_sum() {
    if slow::left_out(
        "install::archives::files::a_published_archive_needs_no_network_since_the_program_knows_its_sum",
    ) {
        return;
    }
    let Some((root, module_version, _)) = own_release() else {
        return skip("the go on PATH is no official release");
    };
    let name = format!("{}.tar.gz", module_version.strip_prefix("v0.0.1-").unwrap());
    let mut world = World::new("http://127.0.0.1:9");
    let place = world.project("stick", &[]);
    go_packs(9, &root, &place.join(&name));
    let sum: [u8; 32] = Sha256::digest(std::fs::read(place.join(&name)).unwrap()).into();
    if known_sum(&name) != Some(sum) {
        return skip("the archive of the go on PATH is not in the table of known releases");
    }
    for gosumdb in ["", "off"] {
        world.set("GOSUMDB", gosumdb);
        world.set("GVMR_HOME", world.path(&format!("home{gosumdb}")).to_str().unwrap());
        world.gvmr_in(&place, ["install", &format!("./{name}")]).succeeds();
        assert_eq!(world.gvmr(["list", "--json"]).json()[0]["receipt"]["proof"], "known");
        assert!(world.gvmr(["list"]).succeeds().contains(" known "));
        assert!(world.gvmr(["list", "--long"]).succeeds().contains("table of known releases"));
        assert!(world.gvmr(["verify"]).exits(4, &["could not be reached"]).stdout.contains("unproved"));
    }
    // One byte of it changed, and nothing vouches for it any more.
    let mut bytes = std::fs::read(place.join(&name)).unwrap();
    let last = bytes.len() - 1;
    bytes[last - 100] ^= 1;
    std::fs::write(place.join(&name), bytes).unwrap();
    world.set("GVMR_HOME", world.path("other").to_str().unwrap());
    let run = world.gvmr_in(&place, ["install", &format!("./{name}")]);
    assert!(matches!(run.code, Some(5 | 6)), "{run:?}");
    assert_eq!(names(&world.path("other/versions")), [""; 0]);
}

#[test]
fn wrong_files_are_named_and_nothing_is_installed() {
    let mirror = Mirror::small(&["1.99.1", "1.99.2"]);
    let world = mirror.world();
    let place = world.project("downloads", &[("go1.99.1.linux-amd64.tar.gz", "<html>not found</html>")]);
    std::fs::write(place.join("go1.99.2.linux-amd64.tar.gz"), archive(&toolchain("1.99.1"))).unwrap();
    for name in [
        "go1.99.1.linux-amd64-musl.tar.gz",
        "go1.99.1.linux-arm64.tar.gz",
        "go1.99.1.darwin-amd64.tar.gz",
        "golang.tar.gz",
        "go1.99.1.tar.bz2",
    ] {
        std::fs::write(place.join(name), archive(&toolchain("1.99.1"))).unwrap();
    }
    for (file, code, word) in [
        ("./go1.99.1.linux-amd64.tar.gz", 4, "web page"),
        ("./go1.99.2.linux-amd64.tar.gz", 5, "its VERSION says go1.99.1"),
        ("./go1.99.1.linux-arm64.tar.gz", 11, "linux-arm64"),
        ("./go1.99.1.darwin-amd64.tar.gz", 11, "darwin-amd64"),
        ("./go1.99.1.linux-amd64-musl.tar.gz", 11, "musl"),
        ("./golang.tar.gz", 2, "no Go release in the file name"),
        ("./go1.99.1.tar.bz2", 2, "no Go release in the file name"),
        ("./missing.tar.gz", 2, "does not exist"),
        ("./", 2, "is a directory"),
        ("http://127.0.0.1:9/go1.99.1.linux-amd64.tar.gz", 2, "cannot install from the URL"),
    ] {
        world.gvmr_in(&place, ["install", file]).exits(code, &[word, "next: "]);
        assert_eq!(world.installed(), [""; 0], "{file}");
        assert_eq!(names(&world.home().join("staging")), [""; 0], "{file}");
    }
}

fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files = in_archive(files);
    Zip::with(files.iter().map(|(name, content)| File::new(&format!("go/{name}"), content)).collect()).bytes()
}
