//! Servers that trickle, lie, cut, redirect, and answer what was not asked for.

use super::{check, figure, messages, outcome, project, start, watched};
use crate::support::server::{Fault, Reply, Server};
use crate::support::world::{World, gvmr};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The document of one probe with these lines.
fn document(world: &World, lines: &str) -> Value {
    let project = project(world, &format!("[a.b]\n{lines}\n"));
    check(world, &project, &["--json", "--no-archive"]).json()
}

/// What is told beside the figures.
fn remark(world: &World, lines: &str) -> String {
    let document = document(world, lines);
    document["probes"][0]["remarks"][0].as_str().unwrap_or_else(|| panic!("{document:#}")).to_owned()
}

#[test]
fn a_proxy_that_fails_is_named_without_its_login() {
    let world = World::new("off");
    let project = project(&world, "[a.b]\nhttp = \"http://orders.example/\"\n");
    let mut command = world.command(gvmr(), &project);
    command.args(["check", "-f", "gvmr-check.toml", "--json"]);
    let output = command.env("http_proxy", "http://user:hunter2@127.0.0.1:1").output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let message = document["probes"][0]["message"].as_str().unwrap();
    assert!(message.contains("the proxy failed: ") && message.contains("127.0.0.1:1"), "{message}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"), "{document:#}");
}

#[test]
fn an_answer_that_is_cut_or_late_is_no_answer() {
    let world = World::new("off");
    let server = Server::start(|request| match request.target.as_str() {
        "/trickle" => Reply::ok("x".repeat(100)).fault(Fault::Slow(1, Duration::from_millis(100))),
        "/silent" => Reply::ok("x").fault(Fault::Hang),
        "/short" => Reply::ok("abcdef").declared(3),
        "/long" => Reply::ok("abc").declared(10),
        "/cut" => Reply::ok("abcdef").fault(Fault::CutAfter(2)),
        "/cut-chunk" => Reply::ok("abcdef").chunked().fault(Fault::CutAfter(2)),
        "/until-close" => Reply::ok("abcdef").fault(Fault::UntilClose),
        "/vanish" => Reply::ok("x").fault(Fault::Vanish),
        "/sometimes" if request.earlier % 2 == 0 => Reply::ok("abc").declared(10),
        _ => Reply::ok("abc"),
    });
    let of = |path: &str, lines: &str| outcome(&world, &format!("http = \"{}\"\n{lines}", server.url(path)));
    for path in ["/trickle", "/silent"] {
        let found = of(path, "timeout = \"400ms\"");
        assert!(found.starts_with("error: ") && found.contains("after 0.4 s"), "{path} {found}");
    }
    for path in ["/long", "/cut", "/cut-chunk", "/vanish"] {
        let found = of(path, "contains = \"ab\"");
        assert!(found.starts_with("error: "), "{path} {found}");
    }
    assert_eq!(of("/until-close", "contains = \"abcdef\""), "pass");
    assert_eq!(of("/short", "contains = \"abc\""), "pass");
    assert_eq!(
        of("/short", "contains = \"d\""),
        "fail: ok is 0 %, == 100 % asked: the body does not contain \"d\""
    );
    // With some answers it is a share.
    let some = of("/sometimes", "requests = 4");
    assert!(some.starts_with("fail: ok is 50 %, == 100 % asked: 2 of 4 requests: no answer: "), "{some}");
    let told = remark(&world, &format!("http = \"{}\"\nrequests = 4", server.url("/sometimes")));
    assert!(told.starts_with("2 of 4 requests: no answer: "), "{told}");
    let late = document(
        &world,
        &format!(
            "http = \"{}\"\ntimeout = \"300ms\"\nevery = \"100ms\"\nwithin = \"2s\"",
            server.url("/silent")
        ),
    );
    assert_eq!(late["probes"][0]["state"], "error");
    assert!(late["probes"][0]["attempts"].as_u64().unwrap() >= 2, "{late:#}");
}

#[test]
fn another_document_than_was_asked_for_is_named() {
    let world = World::new("off");
    let server = Server::start(|request| match request.target.as_str() {
        "/login" | "/page" => Reply::html(),
        "/redirect" => Reply::redirect(302, "/login?from=/redirect"),
        "/ring" => Reply::redirect(302, "/ring"),
        "/bytes" => Reply::ok(b"\xff\xfe fine \x00 7 \xff"),
        "/gone" => Reply { status: 503, ..Reply::ok("{\"length\": 1}") },
        _ => Reply::ok("{\"status\": null, \"length\": \"many\", \"NaN\": \"NaN\"}"),
    });
    let lines = |path: &str, lines: &str| format!("http = \"{}\"\n{lines}", server.url(path));
    let of = |path: &str, words: &str| outcome(&world, &lines(path, words));
    let target = format!("status 302 to {}, 2xx asked", server.url("/login?***"));
    let told = of("/redirect", "contains = \"x\"");
    assert_eq!(told, format!("fail: ok is 0 %, == 100 % asked: {target}"));
    assert_eq!(remark(&world, &lines("/redirect", "")), target, "a query may hold a secret");
    assert_eq!(remark(&world, &lines("/ring", "redirects = 3")).split(" to ").next(), Some("status 302"));
    assert!(
        of("/page", "json.\"/status\" = \"UP\"")
            .starts_with("fail: ok is 0 %, == 100 % asked: the body is not JSON")
    );
    assert!(remark(&world, &lines("/page", "json.\"/status\" = \"UP\"")).starts_with("the body is not JSON"));
    assert_eq!(of("/page", "json.\"/length\" = \"< 3\""), "error: the body is not JSON");
    assert_eq!(of("/page", "json = \"/length\"\nvalue = \"< 3\"").split(':').next(), Some("error"));
    assert_eq!(
        remark(&world, &lines("/", "json.\"/status\" = \"UP\"")),
        "json /status is null, \"UP\" asked"
    );
    for name in ["length", "NaN"] {
        let found = of("/", &format!("json.\"/{name}\" = \"< 3\""));
        assert!(found.starts_with("error: json /") && found.ends_with("which is not a number"), "{found}");
    }
    // Bytes that are no text are none that a format could break on.
    assert_eq!(of("/bytes", "contains = \"fine\"\npattern = '(\\d)'\nvalue = \"== 7\""), "pass");
    assert!(
        of("/bytes", "json.\"/status\" = \"UP\"")
            .starts_with("fail: ok is 0 %, == 100 % asked: the body is not JSON")
    );
    // A number of an answer that is not as asked is none, whatever it says.
    for number in ["json.\"/length\" = \"< 3\"", "pattern = '(\\d)'\nvalue = \"< 3\""] {
        assert_eq!(of("/gone", number), "fail: status 503, 2xx asked; ok is 0 %, == 100 % asked");
    }
}

#[test]
fn encodings_that_lie_or_explode_are_named_in_little_memory() {
    let world = World::new("off");
    let bomb = gzipped(&vec![b'x'; 64 << 20]);
    let server = Server::start(move |request| {
        let body = match request.target.as_str() {
            "/fine" => gzipped(b"{\"n\": 7}"),
            "/bomb" => bomb.clone(),
            "/cut" => gzipped(b"fine fine fine")[..20].to_vec(),
            _ => b"fine".to_vec(),
        };
        match request.target.as_str() {
            "/endless" => Reply::endless(),
            "/large" => Reply::ok(vec![b'x'; 9 << 20]),
            _ => Reply::ok(body).header("Content-Encoding", "gzip"),
        }
    });
    let lines = |path: &str, lines: &str| format!("http = \"{}\"\n{lines}", server.url(path));
    let of = |path: &str, words: &str| outcome(&world, &lines(path, words));
    assert_eq!(of("/fine", "json.\"/n\" = \"== 7\""), "pass");
    for path in ["/plain", "/cut"] {
        let told = remark(&world, &lines(path, "contains = \"fine\""));
        let message = of(path, "contains = \"fine\"");
        assert_eq!(message, format!("fail: ok is 0 %, == 100 % asked: {told}"), "{path}");
        assert_eq!(told, "the body is not encoded as its Content-Encoding says");
    }
    for path in ["/bomb", "/large"] {
        let too_large = "error: the body has more than 8 MiB, and is not searched";
        assert_eq!(of(path, "contains = \"x\""), too_large);
        assert_eq!(of(path, "pattern = '(x)'\npick = \"count\"\nvalue = \"> 1\""), too_large);
        assert_eq!(of(path, ""), "pass", "nothing looks at it");
    }
    let text = format!(
        "[a.b]\n{}\n[a.c]\n{}\n",
        lines("/endless", "timeout = \"2s\""),
        lines("/bomb", "contains = \"x\"")
    );
    let project = project(&world, &text);
    let (output, peak) = watched(start(&world, &project));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = messages(&document);
    assert!(
        found[0].starts_with("a.b error: ") && found[1].starts_with("a.c error: the body has"),
        "{found:?}"
    );
    assert!((1..64 << 10).contains(&peak), "{peak} KiB");
}

#[test]
fn what_is_not_http_is_an_error() {
    let world = World::new("off");
    for answer in [&b"SSH-2.0-OpenSSH_9\r\n"[..], b"\x16\x03\x01\0\0", b"HTTP/1.1 abc\r\n\r\n", b""] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        });
        let found = outcome(&world, &format!("http = \"{url}\"\ntimeout = \"5s\""));
        assert!(found.starts_with("error: "), "{answer:?} {found}");
        thread.join().unwrap();
    }
}

#[test]
fn prometheus_gives_one_number_or_it_is_said_what_it_gave() {
    let vector = |series: &str| {
        Reply::ok(format!(
            "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{series}]}}}}"
        ))
    };
    let value = |value: &str| format!("{{\"metric\":{{\"pod\":\"a\"}},\"value\":[1,{value}]}}");
    let server = Server::start(move |request| {
        let query = request.target.split("query=").nth(1).and_then(|rest| rest.split('&').next());
        match query.unwrap_or_default() {
            "one" => vector(&value("\"0.25\"")),
            "two" => vector(&format!("{},{}", value("\"1\""), value("\"2\"").replace("\"a\"", "\"b\""))),
            "none" => vector(""),
            "nan" => vector(&value("\"NaN\"")),
            "infinite" => vector(&value("\"+Inf\"")),
            "bare" => vector(&value("5")),
            "odd" => vector("{\"metric\":{}}"),
            "warned" => Reply::ok(
                "{\"status\":\"success\",\"warnings\":[\"partial answer\"],\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.25\"]}}",
            ),
            "matrix" => {
                Reply::ok("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}")
            }
            "wrong" => Reply {
                status: 400,
                ..Reply::ok(
                    "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error at 1:2\"}",
                )
            },
            "page" => Reply::html(),
            "login" => Reply { status: 401, ..Reply::html() },
            "denied" => Reply { status: 403, ..Reply::ok("{\"message\":\"no\"}") },
            "list" => Reply::ok("[]"),
            "large" => Reply::ok(vec![b' '; 9 << 20]),
            _ => Reply::status(500),
        }
    });
    let world = World::new("off");
    let of = |query: &str, words: &str| {
        let lines =
            format!("prometheus = '{query}'\nserver = \"{}\"\nunit = \"s\"\n{words}\n", server.url("/"));
        let lines = if words.contains("value") { lines } else { format!("{lines}value = \"<= 1s\"\n") };
        (outcome(&world, &lines), lines)
    };
    for (query, words, expected) in [
        ("one", "", "pass"),
        ("one", "value = \"> 1s\"", "fail: value is 0.25 s, > 1 s asked"),
        ("two", "", "error: the query gives 2 series ({\"pod\":\"a\"}, {\"pod\":\"b\"}"),
        ("two", "pick = \"max\"", "fail: value is 2 s, <= 1 s asked"),
        ("none", "", "error: the query matches no series; set absent to what that means"),
        ("none", "absent = 0", "pass"),
        ("none", "absent = 2", "fail: value is 2 s"),
        ("nan", "", "error: the query gives \"NaN\", which is not a number; is there traffic?"),
        ("nan", "absent = 0", "error: the query gives \"NaN\""),
        ("infinite", "", "error: the query gives \"+Inf\""),
        ("bare", "", "error: the query gives "),
        ("odd", "", "error: the query gives "),
        ("warned", "", "pass"),
        ("matrix", "", "error: the query gives a matrix, and not a number"),
        ("wrong", "", "error: Prometheus refused the query: parse error at 1:2"),
        ("list", "", "error: Prometheus refused the query: the answer has no result"),
        ("one", "baseline = 'one'\nvalue = \"<= baseline + 10%\"", "pass"),
        (
            "two",
            "pick = \"max\"\nbaseline = 'one'\nvalue = \"<= baseline\"",
            "fail: value is 2 s, <= 0.25 s asked",
        ),
        ("one", "baseline = 'nan'\nvalue = \"<= baseline\"", "error: baseline: the query gives \"NaN\""),
    ] {
        let (found, lines) = of(query, words);
        assert!(found.starts_with(expected), "{lines}\n{found}\n{expected}");
    }
    for (query, expected) in [
        ("page", "answered status 200, and no JSON"),
        ("login", "answered status 401, and no JSON"),
        ("denied", "answered status 403"),
        ("gone", "answered status 500, and no JSON"),
        ("large", "the body has more than 8 MiB, and is not searched"),
    ] {
        let (found, _) = of(query, "");
        assert!(
            found.starts_with("error: http://127.0.0.1:") && found.ends_with(expected),
            "{query} {found}"
        );
    }
    let (_, lines) = of("warned", "");
    assert_eq!(remark(&world, &lines), "Prometheus warns: partial answer");
    let both = document(&world, &of("one", "baseline = 'one'\nvalue = \"<= baseline + 10%\"").1);
    assert_eq!(figure(&both, "value")["baseline"]["value"], 0.25);
    // Both are asked of one moment.
    let times: Vec<_> = server
        .targets()
        .into_iter()
        .rev()
        .take(2)
        .map(|target| target.split("&time=").nth(1).map(str::to_owned))
        .collect();
    assert!(times[0].is_some() && times[0] == times[1], "{times:?}");
}
