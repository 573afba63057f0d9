//! Machines without a network: what is known there, and what proves an archive or a tree that somebody brought.

use crate::support::mirror::{Mirror, real_modules};
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::world::{Run, World};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

const NOBODY: &str = "http://127.0.0.1:1";
const MODULE: &str = "golang.org/toolchain@v0.0.1-go1.99.1.linux-amd64";

fn known_from(run: Run, version: &str) -> Value {
    let listed = run.json();
    let line = listed.as_array().unwrap().iter().find(|line| line["version"] == version).cloned();
    line.map_or(Value::Null, |line| line["known_from"].clone())
}

#[test]
fn the_table_is_listed_beside_what_the_sources_list_and_alone_without_a_network() {
    let mirror = Mirror::small(&["1.22.12", "1.99.1"]);
    let mut world = mirror.world();
    let list = |world: &World| world.gvmr(["ls-remote", "--json"]).exits(0, &[]);
    assert_eq!(known_from(list(&world), "1.22.12"), json!(["proxy", "table"]));
    assert_eq!(known_from(list(&world), "1.23.4"), json!(["table"]));
    assert_eq!(known_from(list(&world), "1.99.1"), json!(["proxy"]));
    world.set("GOPROXY", NOBODY);
    for sources in ["goproxy", "archive,goproxy", "archive"] {
        world.set("GVMR_SOURCES", sources).set("GVMR_INDEX", &format!("{NOBODY}/index"));
        let run = world.gvmr(["ls-remote", "--json"]).exits(0, &[NOBODY]);
        assert_eq!(known_from(run, "1.23.4"), json!(["table"]), "{sources}");
    }
}

#[test]
fn a_release_that_only_the_log_knows_is_found_by_name() {
    let mirror = Mirror::small_but(&["1.22.12", "1.99.1"], |request, reply| {
        let lists = request.target.ends_with("/@v/list");
        if lists { Reply::ok("v0.0.1-go1.22.12.linux-amd64\n") } else { reply }
    });
    let world = mirror.world();
    assert_eq!(known_from(world.gvmr(["ls-remote", "--json", "1.99.1"]), "1.99.1"), json!(["log"]));
    assert_eq!(known_from(world.gvmr(["ls-remote", "--json", "1.99.2"]), "1.99.2"), Value::Null);
    world.gvmr(["install", "1.99.1"]).succeeds();
}

/// A directory with the module's zip, and the log's answers below `sumdb` as a module cache has them.
struct Stick {
    directory: PathBuf,
    zip: PathBuf,
    key: String,
    /// An installed copy of the toolchain.
    goroot: PathBuf,
    _world: World,
}

impl Stick {
    fn new() -> Self {
        let mirror = Mirror::small(&["1.99.1"]);
        let world = mirror.world();
        world.gvmr(["install", "1.99.1"]).succeeds();
        let directory = world.path("stick");
        for target in mirror.server.targets() {
            let Some(path) = target.strip_prefix("/sumdb/").filter(|path| !path.ends_with("/supported"))
            else {
                continue;
            };
            put(&directory.join("sumdb").join(path), &read(&mirror.server, &target));
        }
        let zip = directory.join("v0.0.1-go1.99.1.linux-amd64.zip");
        put(&zip, &read(&mirror.server, "/golang.org/toolchain/@v/v0.0.1-go1.99.1.linux-amd64.zip"));
        let goroot = directory.join("go1.99.1");
        let copied = Command::new("cp").arg("-r").arg(world.goroot("1.99.1")).arg(&goroot).status().unwrap();
        assert!(copied.success());
        fs::remove_file(goroot.join(".gvmr-receipt.json")).unwrap();
        Self { directory, zip, key: mirror.key.clone().unwrap(), goroot, _world: world }
    }

    /// A machine that reaches nobody.
    fn world(&self) -> World {
        let mut world = World::new(NOBODY);
        world.set("GOSUMDB", &self.key);
        world
    }
}

fn put(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn read(server: &Server, target: &str) -> Vec<u8> {
    crate::net::client(&[]).read(&crate::net::url(&server.url(target)), 1 << 30).unwrap()
}

#[test]
fn a_zip_and_a_tree_are_proved_by_answers_that_lie_beside_them() {
    let stick = Stick::new();
    let world = stick.world();
    let run = world.gvmr([Path::new("install"), &stick.zip]).exits(0, &["verified by test.log"]);
    assert_eq!(world.installed(), ["go1.99.1"], "{run:#?}");

    let world = stick.world();
    let run = world.gvmr([Path::new("import"), &stick.goroot]);
    assert_eq!(world.installed(), ["go1.99.1"], "{run:#?}");

    let mut world = stick.world();
    world.set("GVMR_SOURCES", &format!("dir:{}", stick.directory.display()));
    world.gvmr(["install", "1.99.1"]).exits(0, &["verified by test.log"]);
}

#[test]
fn gos_own_module_cache_holds_these_answers() {
    let Some(cache) = real_modules(&["1.22.10"]) else { return skip("no Go here, or no network") };
    let sumdb = cache.join("sumdb");
    if !sumdb.join("sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64").exists() {
        return skip("Go has not asked the checksum database here");
    }
    let mut world = World::new(NOBODY);
    let stick = world.project("stick", &[]);
    let zip = "v0.0.1-go1.22.10.linux-amd64.zip";
    symlink(&sumdb, stick.join("sumdb")).unwrap();
    symlink(cache.join("golang.org/toolchain/@v").join(zip), stick.join(zip)).unwrap();
    let run = world.gvmr([Path::new("install"), &stick.join(zip)]);
    run.exits(0, &["verified by sum.golang.org"]);
    // The cache as it stands is a proxy, which serves the log too.
    fs::remove_dir_all(world.home()).unwrap();
    world.set("GOPROXY", &format!("file://{}", cache.display()));
    world.gvmr(["install", "1.22.10"]).exits(0, &["verified by sum.golang.org"]);
}

#[test]
fn without_these_answers_the_message_names_the_file_to_bring() {
    let stick = Stick::new();
    let lookup = stick.directory.join("sumdb/test.log/lookup").join(MODULE);
    let answer = fs::read(&lookup).unwrap();
    fs::remove_file(&lookup).unwrap();
    let bring = ["go mod download golang.org/toolchain@v0.0.1-go1.99.1.linux-amd64", "sumdb"];
    let world = stick.world();
    let run = world.gvmr([Path::new("install"), &stick.zip]).exits(4, &bring);
    assert!(run.stderr.contains(&lookup.display().to_string()), "{run:#?}");
    let run = world.gvmr([Path::new("import"), &stick.goroot]);
    assert!(run.stderr.contains(&lookup.display().to_string()), "{run:#?}");
    // What lies there is believed no more than a server.
    let mut forged = answer;
    let at = forged.windows(3).position(|bytes| bytes == b"h1:").unwrap() + 5;
    forged[at] ^= 1;
    fs::write(&lookup, forged).unwrap();
    let run = world.gvmr([Path::new("install"), &stick.zip]);
    assert_eq!((run.code, world.installed().len()), (Some(5), 0), "{run:#?}");
}

#[test]
fn a_truncated_local_archive_is_called_truncated() {
    let mirror = Mirror::small(&["1.24.13"]);
    let world = mirror.world();
    let whole = read(&mirror.server, "/dl/go1.24.13.linux-amd64.tar.gz");
    let zip = read(&mirror.server, "/golang.org/toolchain/@v/v0.0.1-go1.24.13.linux-amd64.zip");
    for (name, bytes) in [("go1.24.13.linux-amd64.tar.gz", whole), ("v0.0.1-go1.24.13.linux-amd64.zip", zip)]
    {
        let file = world.path("user").join(name);
        for length in [bytes.len() / 2, bytes.len() - 3, 20] {
            fs::write(&file, &bytes[..length]).unwrap();
            let run = world
                .gvmr([Path::new("install"), &file])
                .exits(6, &["truncated", "copy or download it again"]);
            assert!(!run.stderr.contains("checksum database") && run.stderr.contains(name), "{run:#?}");
        }
        // Beside another source it is passed over.
        let mut world = mirror.world();
        world.set("GVMR_SOURCES", &format!("dir:{},goproxy", file.parent().unwrap().display()));
        world.gvmr(["install", "1.24.13"]).exits(0, &["truncated"]);
    }
}

#[test]
fn a_missing_directory_of_archives_is_a_missing_directory() {
    let world_of = |sources: &str| {
        let mut world = World::new(NOBODY);
        world.set("GVMR_SOURCES", sources);
        world
    };
    for word in ["1.23", "latest", ">=1.22"] {
        let run = world_of("dir:/nonexistent/archives").gvmr(["install", word]);
        assert!(
            run.stderr.contains("the directory /nonexistent/archives does not exist"),
            "{word}: {run:#?}"
        );
        assert!(!run.stderr.contains("there is no Go"), "{run:#?}");
        run.exits(4, &["GVMR_SOURCES"]);
    }
    world_of("dir:/nonexistent/archives").gvmr(["ls-remote"]).exits(4, &["does not exist", "GVMR_SOURCES"]);
}

#[test]
fn proxies_alone_without_goproxy_say_once_whom_they_ask() {
    let mut world = World::new("");
    world.set("PATH", "/nonexistent").set("HTTPS_PROXY", NOBODY);
    let run = world.gvmr(["install", "1.24.13", "1.23.12"]);
    let line = "GOPROXY is not set; asking https://go.dev/dl/mod";
    assert_eq!(run.stderr.matches(line).count(), 1, "{run:#?}");
    world.set("GVMR_SOURCES", "");
    assert!(!world.gvmr(["install", "1.24.13"]).stderr.contains(line));
}

#[test]
fn a_directory_as_the_only_source_names_what_it_lacks() {
    let stick = Stick::new();
    let mut world = stick.world();
    let nowhere = stick.directory.join("nowhere");
    world.set("GVMR_SOURCES", &format!("dir:{}", nowhere.display()));
    world.gvmr(["install", "1.99.1"]).exits(4, &["nowhere does not exist", "GVMR_SOURCES"]);
    fs::rename(stick.directory.join("sumdb"), stick.directory.join("elsewhere")).unwrap();
    world.set("GVMR_SOURCES", &format!("dir:{}", stick.directory.display()));
    world.gvmr(["install", "1.99.1"]).exits(4, &["stick/sumdb/test.log/lookup/", "go mod download"]);
    // The built-in table knows the archives of a release, not its module.
    let known = stick.directory.join("v0.0.1-go1.23.4.linux-amd64.zip");
    fs::write(&known, "never read").unwrap();
    world.gvmr(["install", "1.23.4"]).exits(4, &["stick/sumdb/test.log/lookup/", "1.23.4"]);
    fs::rename(stick.directory.join("elsewhere"), stick.directory.join("sumdb")).unwrap();
    world.gvmr(["install", "1.99.1"]).succeeds();
}
