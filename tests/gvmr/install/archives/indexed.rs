//! Indexes: what they promise must hold, and what they cannot promise is not believed.

use crate::support::mirror::{Mirror, archive, toolchain};
use crate::support::server::{Fault, Reply};
use crate::support::world::{World, names};
use sha2::{Digest, Sha256};

#[test]
fn an_index_lists_and_its_sums_must_hold() {
    let mirror = with_index(index(&[("1.99.1", Some(sum("1.99.1"))), ("1.99.2", Some(sum("1.99.1")))]));
    let world = indexed_world(&mirror);
    assert_eq!(versions(&world, &["ls-remote", "~1.99"]), ["1.99.1", "1.99.2"]);
    world.gvmr(["install", "1.99.1"]).succeeds();
    // The log would prove it; the index that the user named says otherwise.
    world.gvmr(["install", "1.99.2"]).exits(5, &["sha256", &sum("1.99.1"), &sum("1.99.2"), "next: "]);
    assert_eq!(world.installed(), ["go1.99.1"]);
}

#[test]
fn the_newest_release_comes_from_a_fresh_index() {
    let mirror = with_index(index(&[
        ("1.99.2", Some(sum("1.99.2"))),
        ("1.99.1", Some(sum("1.99.1"))),
        ("1.100rc1", None),
    ]));
    let world = indexed_world(&mirror);
    world.gvmr(["install", "latest"]).succeeds();
    assert_eq!(world.installed(), ["go1.99.2"]);
    assert_eq!(mirror.server.targets().iter().filter(|target| target.contains("/@v/")).count(), 0);
}

#[test]
fn a_release_that_was_never_one_does_not_stay_the_newest() {
    let bogus = index(&[("1.99.9", None), ("1.99.1", Some(sum("1.99.1")))]);
    let honest = index(&[("1.99.1", Some(sum("1.99.1")))]);
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| match request.target.as_str() {
        "/index.json" if request.earlier == 0 => Reply::ok(&bogus),
        "/index.json" => Reply::ok(&honest).header("ETag", "\"two\""),
        _ => reply,
    });
    let world = indexed_world(&mirror);
    world.gvmr(["install", "1.99"]).exits(3, &["1.99.9"]);
    for _ in 0..2 {
        world.gvmr(["install", "1.99"]).succeeds();
        assert_eq!(world.installed(), ["go1.99.1"]);
    }
    // One that the log knows is not to be hidden.
    let both = index(&[("1.99.2", Some(sum("1.99.2"))), ("1.99.1", Some(sum("1.99.1")))]);
    let hiding = index(&[("1.99.1", Some(sum("1.99.1")))]);
    let mirror =
        Mirror::small_but(&["1.99.1", "1.99.2"], move |request, reply| match request.target.as_str() {
            "/index.json" if request.earlier == 0 => Reply::ok(&both),
            "/index.json" => Reply::ok(&hiding),
            _ => reply,
        });
    let world = indexed_world(&mirror);
    world.gvmr(["ls-remote"]).succeeds();
    let run = world.gvmr(["install", "latest"]);
    assert!(run.stderr.contains("no longer lists"), "{run:?}");
    run.succeeds();
    assert_eq!(world.installed(), ["go1.99.2"]);
}

#[test]
fn names_that_lead_elsewhere_are_refused_entries() {
    for name in [
        "../../etc/go1.99.1.linux-amd64.tar.gz",
        "/go1.99.1.linux-amd64.tar.gz",
        "http://x.example/go1.99.1.linux-amd64.tar.gz",
    ] {
        let text = index(&[("1.99.1", Some(sum("1.99.1")))])
            .replace("\"go1.99.1.linux-amd64.tar.gz\"", &format!("\"{name}\""));
        let mirror = with_index(text);
        let world = indexed_world(&mirror);
        world.gvmr(["install", "1.99.1"]).succeeds();
        let asked = mirror.server.targets();
        assert!(asked.contains(&"/dl/go1.99.1.linux-amd64.tar.gz".to_owned()), "{name}: {asked:?}");
        assert!(
            !asked.iter().any(|target| target.contains("..") || target.contains("etc")),
            "{name}: {asked:?}"
        );
    }
}

#[test]
fn an_index_that_is_none_is_named_and_the_log_decides() {
    for (name, reply) in [
        ("a page", Reply::html()),
        ("no JSON", Reply::ok("go1.99.1 go1.99.2")),
        ("deep", Reply::ok("[".repeat(100_000))),
        ("endless", Reply::endless()),
        ("another shape", Reply::ok("{\"releases\":[]}")),
    ] {
        let mirror = Mirror::small_but(&["1.99.1"], move |request, honest| {
            if request.target == "/index.json" { reply.clone() } else { honest }
        });
        let world = indexed_world(&mirror);
        let run = world.gvmr(["install", "1.99.1"]);
        run.succeeds();
        let run = world.gvmr(["ls-remote", "~1.99"]);
        assert!(run.stderr.contains("/index.json"), "{name}: {run:?}");
        run.succeeds();
    }
}

#[test]
fn a_copy_of_the_index_serves_when_nobody_answers_and_its_age_is_said() {
    let text = index(&[("1.99.1", Some(sum("1.99.1"))), ("1.99.2", Some(sum("1.99.2")))]);
    let mirror =
        Mirror::small_but(&["1.99.1", "1.99.2"], move |request, reply| match request.target.as_str() {
            "/index.json" if request.earlier == 0 => Reply::ok(&text).header("ETag", "\"one\""),
            "/index.json" => Reply::status(503).fault(Fault::Vanish),
            _ => reply,
        });
    let world = indexed_world(&mirror);
    assert_eq!(versions(&world, &["ls-remote", "~1.99"]), ["1.99.1", "1.99.2"]);
    let run = world.gvmr(["ls-remote", "~1.99"]);
    assert!(run.stderr.contains("using a copy of the index"), "{run:?}");
    run.succeeds();
    world.gvmr(["install", "1.99"]).succeeds();
    assert_eq!(world.installed(), ["go1.99.2"]);
}

#[test]
fn without_a_network_the_known_releases_are_listed_and_what_exists_is_known() {
    let mut world = World::new("http://127.0.0.1:9");
    world.set("GVMR_SOURCES", "archive");
    world.set("GVMR_INDEX", "http://127.0.0.1:9/index.json");
    world.set("GVMR_MIRROR", "http://127.0.0.1:9/dl");
    let run = world.gvmr(["ls-remote", "--all"]);
    let listed: Vec<_> = run.stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert!(listed.len() > 250 && listed.contains(&"1.22.10".to_owned()), "{listed:?}");
    assert!(run.stderr.contains("which ends at go1."), "{run:?}");
    run.succeeds();
    world.gvmr(["install", "1.22.10"]).exits(4, &["127.0.0.1:9", "next: "]);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn a_release_whose_sum_changes_is_said_and_the_known_sum_stays() {
    let honest = index(&[("1.99.1", Some(sum("1.99.1")))]);
    let lying = index(&[("1.99.1", Some(sum("1.99.2")))]);
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| match request.target.as_str() {
        "/index.json" if request.earlier == 0 => Reply::ok(&honest),
        "/index.json" => Reply::ok(&lying),
        _ => reply,
    });
    let world = indexed_world(&mirror);
    world.gvmr(["ls-remote"]).succeeds();
    let run = world.gvmr(["ls-remote"]);
    assert!(run.stderr.contains("1.99.1"), "{run:?}");
    world.gvmr(["install", "1.99.1"]).succeeds();
}

/// A machine whose index showed a wrong sum of 1.99.1 once, and then what `later` says.
fn once_misled(mirror: &Mirror) -> World {
    let world = indexed_world(mirror);
    world.gvmr(["ls-remote"]).succeeds();
    world.gvmr(["install", "1.99.1"]).exits(5, &["sha256", &sum("1.99.2"), &sum("1.99.1")]);
    world
}

fn misleading_at_first(wrong: usize, later: Reply) -> Mirror {
    let first = index(&[("1.99.1", Some(sum("1.99.2")))]);
    Mirror::small_but(&["1.99.1"], move |request, reply| match request.target.as_str() {
        "/index.json" if request.earlier < wrong => Reply::ok(&first).header("ETag", "\"one\""),
        "/index.json" => later.clone(),
        _ => reply,
    })
}

#[test]
fn a_wrong_sum_gives_way_to_the_indexs_own_where_the_log_proves_the_tree() {
    let honest = Reply::ok(index(&[("1.99.1", Some(sum("1.99.1")))])).header("ETag", "\"two\"");
    let mirror = misleading_at_first(2, honest);
    let world = once_misled(&mirror);
    let run = world.gvmr(["install", "1.99.1"]);
    let said = format!("as the index lists it now (sha256 {})", sum("1.99.1"));
    assert!(run.stderr.contains(&said) && run.stderr.contains("/cache/index-"), "{run:?}");
    run.succeeds();
    world.gvmr(["uninstall", "1.99.1"]).succeeds();
    // The copy has the new sum, and nothing is left to say.
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(!run.stderr.contains("sha256"), "{run:?}");
    run.succeeds();
}

#[test]
fn a_wrong_sum_that_nothing_replaces_names_its_copy_and_the_command_that_forgets_it() {
    let other = Reply::ok(index(&[("1.99.1", Some("77".repeat(32)))]));
    let none = Reply::ok(index(&[("1.99.1", None), ("1.99.2", Some(sum("1.99.2")))]));
    for (name, later) in [("another", other), ("none", none), ("away", Reply::status(503))] {
        let mirror = misleading_at_first(2, later);
        let world = once_misled(&mirror);
        let run = world.gvmr(["install", "1.99.1"]);
        let copy = names(&world.home().join("cache")).into_iter().find(|name| name.starts_with("index-"));
        let copy = world.home().join("cache").join(copy.unwrap());
        let run = run.exits(5, &[&format!("in {}", copy.display()), "gvmr prune --indexes"]);
        assert!(world.installed().is_empty(), "{name}: {run:?}");
        let preview = world.gvmr(["prune", "--indexes", "--dry-run"]).succeeds();
        assert_eq!(preview, copy.display().to_string());
        assert!(copy.exists());
        let removed = world.gvmr(["prune", "--indexes", "--json"]).json();
        assert_eq!(removed["removed"], serde_json::json!([preview]));
        assert!(!copy.exists());
        if name != "another" {
            world.gvmr(["install", "1.99.1"]).succeeds();
        }
    }
}

#[test]
fn without_the_log_a_new_sum_is_not_taken() {
    let honest = Reply::ok(index(&[("1.99.1", Some(sum("1.99.1")))]));
    let mirror = misleading_at_first(2, honest);
    let mut world = once_misled(&mirror);
    world.set("GOSUMDB", "off");
    let arguments = ["install", "--allow-unlogged", "1.99.1"];
    world.gvmr(arguments).exits(5, &[&sum("1.99.2"), "gvmr prune --indexes"]);
    assert_eq!(world.installed(), [""; 0]);
}

fn with_index(text: String) -> Mirror {
    Mirror::small_but(&["1.99.1", "1.99.2"], move |request, reply| {
        if request.target == "/index.json" { Reply::ok(&text) } else { reply }
    })
}

fn indexed_world(mirror: &Mirror) -> World {
    let mut world = mirror.archive_world();
    world.set("GVMR_INDEX", &mirror.server.url("/index.json"));
    world
}

/// An index in the shape of go.dev's.
fn index(releases: &[(&str, Option<String>)]) -> String {
    let release = |(version, sum): &(&str, Option<String>)| {
        serde_json::json!({
            "version": format!("go{version}"), "stable": !version.contains("rc"),
            "files": [{
                "filename": format!("go{version}.linux-amd64.tar.gz"), "os": "linux", "arch": "amd64",
                "version": format!("go{version}"), "sha256": sum.clone().unwrap_or_default(), "size": 0, "kind": "archive",
            }],
        })
    };
    serde_json::json!(releases.iter().map(release).collect::<Vec<_>>()).to_string()
}

fn sum(version: &str) -> String {
    let sum = Sha256::digest(archive(&toolchain(version)));
    sum.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn versions(world: &World, arguments: &[&str]) -> Vec<String> {
    world.gvmr(arguments).succeeds().lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}
