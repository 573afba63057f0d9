//! Servers that answer, are slow, lie or do not answer, and their TLS.

use super::{check, figure, outcome, project};
use crate::support::authority::authority;
use crate::support::server::{Fault, Reply, Server};
use crate::support::world::World;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[test]
fn answers_are_as_asked_or_say_how_they_are_not() {
    let world = World::new("off");
    let server = Server::start(|request| match request.target.as_str() {
        "/health" => Reply::ok(r#"{"status": "UP", "queue": {"length": 3}}"#)
            .header("content-type", "application/json"),
        "/down" => Reply::ok(r#"{"status": "DOWN"}"#),
        "/gone" => Reply::status(503),
        "/login" => Reply::redirect(302, "/health"),
        "/flaky" if request.earlier % 10 == 9 => Reply::status(500),
        _ => Reply::ok("fine"),
    });
    let of = |path: &str, lines: &str| outcome(&world, &format!("http = \"{}\"\n{lines}", server.url(path)));
    assert_eq!(of("/health", "json.\"/status\" = \"UP\"\njson.\"/queue/length\" = \"<= 10\""), "pass");
    assert_eq!(of("/health", "json.\"/queue/length\" = \"< 3\""), "fail: /queue/length is 3, < 3 asked");
    assert_eq!(
        of("/down", "json.\"/status\" = \"UP\""),
        "fail: ok is 0 %, == 100 % asked: json /status is \"DOWN\", \"UP\" asked"
    );
    assert!(
        of("/down", "json.\"/queue/length\" = \"< 3\"").starts_with("fail: json /queue/length is missing")
    );
    assert_eq!(of("/gone", ""), "fail: ok is 0 %, == 100 % asked: status 503, 2xx asked");
    assert_eq!(of("/gone", "status = [200, 503]"), "pass");
    assert_eq!(of("/login", "redirects = 1"), "pass");
    assert!(of("/login", "").starts_with("fail: "));
    assert_eq!(of("/flaky", "requests = 20\nok = \">= 90%\""), "pass");
    assert_eq!(
        of("/flaky", "requests = 20"),
        "fail: ok is 90 %, == 100 % asked: 2 of 20 requests: status 500, 2xx asked"
    );
    assert_eq!(of("/", "contains = \"fine\""), "pass");
    assert!(of("/", "pattern = '(\\d+)'\nvalue = \"> 1\"").starts_with("error: nothing matches"));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(outcome(&world, &format!("http = \"http://{free}/\"")).starts_with("error: "), "nobody listens");
}

#[test]
fn the_slowest_decide_and_a_slow_body_is_slow() {
    let world = World::new("off");
    let server = Server::start(|request| match request.target.as_str() {
        "/slow" if request.earlier % 10 == 0 => {
            Reply::ok("xyz").fault(Fault::Slow(1, Duration::from_millis(150)))
        }
        _ => Reply::ok("x"),
    });
    let project = project(
        &world,
        &format!(
            "[a.b]\nhttp = \"{}\"\nrequests = 20\np90 = \"< 200ms\"\nmax = \"< 10s\"\n",
            server.url("/slow")
        ),
    );
    let document = check(&world, &project, &["--json"]).json();
    // Two of twenty are slow: the eighteenth is not, the twentieth is.
    assert_eq!(figure(&document, "p90")["holds"], true, "{document:#}");
    assert!(figure(&document, "max")["value"].as_f64().unwrap() >= 0.3);
    let late = outcome(
        &world,
        &format!(
            "http = \"{}\"\ntime = \"< 100ms\"",
            Server::start(|_| Reply::ok("xyz").fault(Fault::Slow(1, Duration::from_millis(150)))).url("/")
        ),
    );
    assert!(late.starts_with("error") || late.starts_with("fail"), "{late}");
}

#[test]
fn a_service_that_starts_is_waited_for_and_one_that_breaks_ends_the_wait_at_once() {
    let world = World::new("off");
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let server = Server::start(move |_| match seen.fetch_add(1, Ordering::Relaxed) {
        0..=2 | 10.. => Reply::status(503),
        _ => Reply::ok("x"),
    });
    let url = server.url("/ready");
    assert_eq!(outcome(&world, &format!("http = \"{url}\"\nwithin = \"20s\"\nevery = \"100ms\"")), "pass");
    let start = Instant::now();
    let broke = outcome(&world, &format!("http = \"{url}\"\nfor = \"60s\"\nevery = \"100ms\""));
    assert!(broke.starts_with("fail: ok is 0 %"), "{broke}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(count.load(Ordering::Relaxed), 11, "the first bad answer is the last one");
}

#[test]
fn ports_are_open_or_closed() {
    let world = World::new("off");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = listener.local_addr().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let of = |lines: String| outcome(&world, &lines);
    assert_eq!(of(format!("tcp = \"{open}\"")), "pass");
    assert!(of(format!("tcp = \"{open}\"\nclosed = true")).starts_with("fail: "));
    assert_eq!(of(format!("tcp = \"{closed}\"\nclosed = true")), "pass");
    assert!(of(format!("tcp = \"{closed}\"")).starts_with("error: "));
    assert!(
        of("tcp = \"no.such.name.invalid:80\"\nclosed = true".to_owned()).starts_with("error: "),
        "no name is not closed"
    );
}

#[test]
fn secrets_are_sent_and_shown_nowhere() {
    let mut world = World::new("off");
    world.set("TOKEN", "hush-hush");
    let server = Server::start(|request| {
        let is_known = request.header("authorization") == Some("Bearer hush-hush");
        // A server that echoes what it was given.
        Reply { status: if is_known { 500 } else { 401 }, ..Reply::ok("you said Bearer hush-hush") }
    });
    let text = format!(
        "[a.b]\nhttp = \"{}\"\nheaders = {{ Authorization = \"Bearer ${{secret:TOKEN}}\" }}\ncontains = \"x\"\n",
        server.url("/")
    );
    let project = project(&world, &text);
    let run = check(&world, &project, &["--json"]);
    assert!(!format!("{run:?}").contains("hush-hush"), "{run:#?}");
    let document = run.json();
    assert!(document["probes"][0]["remarks"][0].as_str().unwrap().contains("status 500"), "{document:#}");
    let kept = std::fs::read_to_string(document["archived"].as_str().unwrap()).unwrap();
    assert!(!kept.contains("hush-hush"));
    world.unset("TOKEN");
    let run = check(&world, &project, &["--json"]).json();
    assert_eq!(run["probes"][0]["message"], "the environment has no TOKEN, which ${secret:TOKEN} stands for");
}

#[test]
fn a_secret_is_hidden_before_a_text_is_cut() {
    let mut world = World::new("off");
    let secret = "0123456789abcdef".repeat(15);
    world.set("TOKEN", &secret);
    let server = Server::start(|request| {
        let token = request.header("x-tok").unwrap_or_default();
        Reply::ok(format!("{{\"x-tok\": \"{token}\"}}\n"))
    });
    let headers = "headers = { X-Tok = \"${secret:TOKEN}\" }";
    let lines = |more: &str| format!("http = \"{}\"\n{headers}\n{more}", server.url("/"));
    let command = "command = [\"sh\", \"-c\", \"echo a; echo $TOKEN >&2; exit 3\"]";
    for probe in [
        lines("json.\"/x-tok\" = \"other\""),
        lines("pattern = '\"x-tok\": \"(.*)\"'\nvalue = \"> 1\""),
        lines("json.\"/x-tok\" = \"> 1\""),
        format!("{command}\n[c.d]\n{}", lines("")),
    ] {
        let project = project(&world, &format!("[a.b]\n{probe}\n"));
        let run = check(&world, &project, &["--json"]);
        assert_eq!(run.code, Some(1), "{run:#?}");
        let kept = std::fs::read_to_string(run.json()["archived"].as_str().unwrap()).unwrap();
        assert!(!kept.contains("0123456789"), "{probe}\n{kept}");
        assert!(kept.contains("***"), "{probe}\n{kept}");
    }
}

#[test]
fn the_password_of_an_address_is_sent_and_hidden_in_each_spelling() {
    let mut world = World::new("off");
    world.set("PASSWORD", "p@ss wörd");
    let server = Server::start(|request| {
        // As it came, and as others would write it.
        let login = request.header("authorization").unwrap_or_default();
        Reply { status: 401, ..Reply::ok(format!("{login} p%40ss+w%c3%b6rd p@ss w\\u00f6rd")) }
    });
    let address = server.url("/").replace("://", "://joe:${secret:PASSWORD}@");
    let project = project(&world, &format!("[a.b]\nhttp = \"{address}\"\n"));
    let run = check(&world, &project, &["--json"]).json();
    assert_eq!(run["probes"][0]["output"], "Basic ***= *** ***", "{run:#}");
}

#[test]
fn the_chain_its_end_and_the_versions_of_tls() {
    let Some(authority) = authority() else { return };
    let mut world = World::new("off");
    let server = Server::start_tls(authority.server(), |_| Reply::ok("x"));
    let of = |world: &World, lines: &str| outcome(world, &format!("tls = \"{}\"\n{lines}", server.address()));
    assert!(of(&world, "").starts_with("fail: the chain is not trusted: "));
    let ca = authority.certificate();
    let ca = ca.display();
    assert_eq!(of(&world, &format!("ca = \"{ca}\"\nexpires = \"> 1d\"")), "pass");
    assert!(of(&world, &format!("ca = \"{ca}\"\nexpires = \"> 14d\"")).starts_with("fail: expires is "));
    assert_eq!(of(&world, "trusted = false\nexpires = \"> 1d\""), "pass", "the certificate's own end");
    assert_eq!(of(&world, "trusted = false\noldest = \">= 1.2\"\nnewest = \"== 1.3\""), "pass");
    world.set("SSL_CERT_FILE", &ca.to_string());
    assert_eq!(of(&world, ""), "pass");
    assert!(
        of(&world, "name = \"other.example\"")
            .starts_with("fail: the chain is not trusted: the certificate is not for")
    );
    let plain = Server::start(|_| Reply::ok("x"));
    let found = outcome(&world, &format!("tls = \"{}\"\noldest = \">= 1.2\"", plain.address()));
    assert!(found.starts_with("error: "), "{found}");
}
