//! Lists of releases: what is shown where one cannot be read, and what a list alone does not change.

use crate::support::mirror::{Mirror, archive, toolchain};
use crate::support::server::{Reply, Server};
use crate::support::world::{Run, World};
use serde_json::{Value, json};

fn line_of<'v>(listed: &'v Value, version: &str) -> &'v Value {
    listed.as_array().unwrap().iter().find(|line| line["version"] == version).unwrap_or(&Value::Null)
}

#[test]
fn where_no_list_can_be_read_the_table_is_shown_and_one_line_says_why() {
    let json = "{\"errors\":[{\"status\":401}]}";
    for (name, reply, words) in [
        ("401", Reply::status(401), "HTTP 401"),
        ("403", Reply::status(403), "HTTP 403"),
        ("404", Reply::status(404), "HTTP 404"),
        ("407", Reply::status(407), "HTTP 407"),
        ("500", Reply::status(500), "HTTP 500"),
        ("empty", Reply::ok(""), "lists no release for linux-"),
        ("JSON", Reply::ok(json), "lists no release for linux-"),
        ("a page", Reply::ok("<!DOCTYPE html><html>"), "a web page"),
    ] {
        let server = Server::start(move |_| reply.clone());
        let all = ["goproxy", "archive", "archive,goproxy"];
        for sources in if name == "404" { &all[..] } else { &all[..1] } {
            let mut world = World::new(&server.url(""));
            world.set("GVMR_SOURCES", sources).set("GVMR_INDEX", &server.url("/index.json"));
            let run = world.gvmr(["ls-remote"]);
            assert!(run.stdout.contains("\n1.26."), "{name}: {run:#?}");
            let said: Vec<_> = run.stderr.lines().filter(|line| line.contains(&server.url(""))).collect();
            assert_eq!(said.len(), 1, "{name}, {sources}: {run:#?}");
            assert!(said[0].contains("using the built-in table of releases instead"), "{name}: {run:#?}");
            if *sources == "goproxy" {
                assert!(said[0].contains(words), "{name}: {run:#?}");
            }
            run.exits(0, &[]);
            if name != "403" && name != "empty" && *sources != "archive" {
                continue;
            }
            // What is in the table can be told; of anything else nothing is known.
            assert!(world.gvmr(["ls-remote", "1.22.10"]).succeeds().starts_with("1.22.10\t"), "{name}");
            let run = world.gvmr(["ls-remote", "1.99"]);
            assert_eq!(run.stdout, "", "{name}");
            run.exits(4, &["1.99: ", &server.url("")]);
            world.gvmr(["ls-remote", "--json", "1.99"]).exits(4, &[]);
        }
    }
}

#[test]
fn a_list_that_was_read_answers_for_what_is_not_in_it() {
    let mirror = Mirror::small(&["1.22.12"]);
    mirror.world().gvmr(["ls-remote", "1.99"]).exits(0, &["no listed version matches"]);
}

#[test]
fn a_release_that_only_a_list_names_changes_no_mark() {
    let bogus = Mirror::small_but(&["1.22.12"], |request, reply| {
        let is_list = request.target.ends_with("/@v/list");
        if is_list { Reply::ok("v0.0.1-go9.9.9.linux-amd64\nv0.0.1-go1.22.12.linux-amd64\n") } else { reply }
    });
    let marks = |world: &World| {
        let listed = world.gvmr(["ls-remote", "--json"]).json();
        ["1.22.12", "1.26.0", "1.27.1", "9.9.9"].map(|version| line_of(&listed, version)["support"].clone())
    };
    let world = bogus.world();
    let expected = [json!("end-of-life"), json!("supported"), json!("supported"), Value::Null];
    assert_eq!(marks(&world), expected);
    world.gvmr(["install", "1.22.12"]).succeeds();
    let run = world.gvmr(["outdated"]);
    assert!(run.stderr.contains("1.22.12; Go supports 1.26 and later"), "{run:#?}");
    // What the log has is no mere claim.
    let logged = Mirror::small(&["1.98.1", "1.99.1"]);
    let listed = logged.world().gvmr(["ls-remote", "--json"]).json();
    assert_eq!(line_of(&listed, "1.98.1")["support"], "supported");
    assert_eq!(line_of(&listed, "1.27.1")["support"], "end-of-life");
}

#[test]
fn a_directory_says_nothing_about_support_and_is_named_where_it_lacks_something() {
    let mut world = World::new("http://127.0.0.1:1");
    let stick = world.project("stick", &[]);
    world.set("GVMR_SOURCES", &format!("dir:{}", stick.display()));
    let lacks = |run: Run| {
        assert!(!run.stderr.contains("GVMR_MIRROR") && !run.stderr.contains("GOPROXY)"), "{run:#?}");
        run.exits(4, &[&format!("{} has no archive of it", stick.display()), "GVMR_SOURCES"]);
    };
    for words in [["install", "1.24"], ["install", "1.24.1"], ["install", "latest"]] {
        lacks(world.gvmr(words));
    }
    lacks(world.gvmr(["ls-remote"]));
    std::fs::write(stick.join("go1.23.4.linux-amd64.tar.gz"), archive(&toolchain("1.23.4"))).unwrap();
    assert_eq!(world.gvmr(["ls-remote"]).succeeds(), "1.23.4\t\tend of life");
}

#[test]
fn one_reason_of_several_sources_is_said_once_in_a_line() {
    let mut world = World::new("http://127.0.0.1:1|http://127.0.0.1:2");
    world.set("GVMR_SOURCES", "archive,goproxy").set("GVMR_INDEX", "http://127.0.0.1:3/index");
    world.set("GVMR_MIRROR", "http://127.0.0.1:4");
    let run = world.gvmr(["install", "latest"]);
    for line in run.stderr.lines() {
        assert!(line.matches("Connection refused").count() <= 1, "{run:#?}");
    }
    assert!(run.stderr.lines().count() <= 4, "{run:#?}");
    run.exits(4, &["127.0.0.1:4", "127.0.0.1:2"]);
}

#[test]
fn an_error_document_in_place_of_a_log_answer_is_no_tampering() {
    for (body, what) in
        [("{\"error\":\"no\"}", "JSON"), ("no such page here", "some other text"), ("", "empty")]
    {
        let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| {
            let is_lookup = request.target.contains("/lookup/");
            if is_lookup { Reply::ok(body).header("Content-Type", "application/json") } else { reply }
        });
        let place = mirror.server.url("/sumdb/");
        mirror.world().gvmr(["install", "1.99.1"]).exits(4, &[&place, "not an answer", what]);
        assert_eq!(mirror.downloads("1.99.1"), 0);
    }
}
