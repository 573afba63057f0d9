//! Toolchain modules through lists of scripted proxies, with the real go command as the oracle, and for real.

use crate::net::{client, url};
use crate::support::server::{Fault, Reply, Request, Server};
use gvmr::host::Platform;
use gvmr::net::{Client, NetErrorKind, NetSettings, TransferLimits};
use gvmr::sources::{AttemptOutcome, Source, SourceErrorKind, Sources, SumdbRemote};
use gvmr::sources::{GoSettings, Goproxy, Origin, Presence, ProxyList, ProxyListError};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

mod grammar;
mod local_go;
mod oracle;

fn amd64() -> Platform {
    Platform::new("linux", "amd64")
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn list(text: &str) -> ProxyList {
    ProxyList::parse(text, "").unwrap()
}

/// Answers that never leave this machine: everything but loopback goes to a proxy that is not there.
fn offline() -> Client {
    client(&[("HTTPS_PROXY", "http://127.0.0.1:1"), ("HTTP_PROXY", "http://127.0.0.1:1")])
}

/// A proxy that lists `listed`, serves those and `unlisted`, refuses `refused`, and has nothing else.
fn proxy(listed: &'static [&str], unlisted: &'static [&str], refused: &'static [&str]) -> Server {
    Server::start(move |request| serve(request, listed, unlisted, refused))
}

fn serve(request: &Request, listed: &[&str], unlisted: &[&str], refused: &[&str]) -> Reply {
    let file = request.target.rsplit('/').next().unwrap();
    if file == "list" {
        let lines: Vec<_> = listed.iter().map(|version| format!("v0.0.1-go{version}.linux-amd64")).collect();
        return Reply::ok(lines.join("\n"));
    }
    let named = |versions: &[&str]| {
        let mut names = versions.iter().map(|version| format!("v0.0.1-go{version}.linux-amd64."));
        names.any(|name| file.starts_with(&name))
    };
    match (named(refused), named(listed) || named(unlisted), file.strip_suffix(".info")) {
        (true, ..) => Reply::status(403),
        (_, true, Some(version)) => Reply::ok(format!("{{\"Version\":\"{version}\"}}")),
        (_, true, None) => Reply::ok(format!("zip of {file}")),
        _ => Reply::status(404),
    }
}

fn newest(server: &Server, selector: &str) -> Result<String, SourceErrorKind> {
    let (client, list) = (offline(), list(&server.url("")));
    let goproxy = Goproxy::new(&client, &list, amd64());
    let selector = (selector != "latest").then(|| Selector::parse(selector).unwrap());
    match goproxy.newest(selector.as_ref()) {
        Ok(newest) => Ok(format!("{}{}", newest.version, if newest.listed { "" } else { " unlisted" })),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn directories_and_the_first_proxy_that_lists_are_united_and_what_does_not_parse_is_passed_over() {
    let first = Server::start(|_| {
        Reply::ok(
            "v0.0.1-go1.22.1.linux-amd64 2024-03-05T17:47:53Z\r\nv0.0.1-go1.9.2rc2.linux-amd64\n\nv0.0.1-go1.22.1.linux-arm64\nv1.0.0\n<a>\nv0.0.1-go1.24rc1.linux-amd64",
        )
    });
    let broken = Server::start(|_| Reply::status(500));
    let spared = proxy(&["1.23.4"], &[], &[]);
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().join("golang.org/toolchain/@v");
    std::fs::create_dir_all(&at).unwrap();
    std::fs::write(at.join("list"), "v0.0.1-go1.4.3.linux-amd64\n").unwrap();
    let file = directory.path().display();
    let (client, list) = (
        offline(),
        list(&format!("{},{},file://{file},{},off", broken.url("/"), first.url("/a/"), spared.url(""))),
    );
    let listing = Goproxy::new(&client, &list, amd64()).listed();
    let versions: Vec<_> = listing.versions.iter().map(Version::as_str).collect();
    assert_eq!(versions, ["1.4.3", "1.22.1", "1.24rc1"]);
    assert_eq!(listing.notes().len(), 1);
    assert!(listing.notes()[0].contains("HTTP 500"), "{:?}", listing.notes());
    assert_eq!(first.targets(), ["/a/golang.org/toolchain/@v/list"]);
    assert_eq!(spared.targets(), [""; 0]);
}

#[test]
fn an_entry_that_hangs_does_not_hold_up_the_others_and_is_left_alone_afterwards() {
    let hanging =
        Server::start(|_| Reply::ok("").fault(Fault::Slow(1, Duration::from_secs(60))).fault(Fault::Hang));
    let answering = proxy(&["1.22.1"], &[], &[]);
    let mut settings = NetSettings::from_environment(&Vec::new());
    settings.limits.pause = Duration::from_millis(1);
    let client = Client::new(settings);
    let list = list(&format!("{}|{}", hanging.url(""), answering.url("")));
    let goproxy = Goproxy::new(&client, &list, amd64());
    let start = Instant::now();
    assert_eq!(goproxy.listed().versions, [version("1.22.1")]);
    assert!(matches!(goproxy.presence(&version("1.22.1")), Ok(Presence::Present(_))));
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    assert_eq!(hanging.requests().len(), 1);
}

#[test]
fn a_silent_proxy_that_is_alone_is_named_and_not_called_empty() {
    // Longer than another source would be waited for.
    let limits = TransferLimits { first_byte: Duration::from_secs(4), attempts: 1, ..crate::net::short() };
    let mut settings = NetSettings::from_environment(&Vec::<(&str, &str)>::new());
    settings.limits = limits;
    let client = Client::new(settings);
    let hanging = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    for list in [hanging.url(""), format!("{}|off", hanging.url(""))] {
        let goproxy = Goproxy::new(&client, &self::list(&list), amd64());
        let sources = Sources::new(&client, amd64(), vec![Source::Goproxy(goproxy)], None);
        let error = sources.newest(Some(&Selector::parse("1.22").unwrap()), &|_| true).unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::Network, "{error}");
        assert!(error.to_string().contains(&hanging.url("")), "{error}");
    }
}

#[test]
fn absent_refused_and_unreachable_are_three_things() {
    let server = proxy(&["1.22.1"], &["1.22.2"], &["1.22.3"]);
    let client = offline();
    let ask = |list_text: &str, asked: &str| {
        let list = list(list_text);
        match Goproxy::new(&client, &list, amd64()).presence(&version(asked)) {
            Ok(Presence::Present(_)) => "present".to_owned(),
            Ok(Presence::Absent(error)) => format!("absent, {} tried", error.tried.len()),
            Ok(Presence::Refused(error)) => {
                format!("refused, {} tried, {}", error.tried.len(), error.ended_early)
            }
            Err(error) => format!("{:?}, {} tried", error.kind(), error.tried.len()),
        }
    };
    let url = server.url("");
    assert_eq!(ask(&url, "1.22.1"), "present");
    assert_eq!(ask(&url, "1.22.2"), "present");
    assert_eq!(ask(&url, "1.22.4"), "absent, 1 tried");
    assert_eq!(ask(&format!("{url},direct"), "1.22.4"), "absent, 2 tried");
    assert_eq!(ask(&format!("{url},direct"), "1.22.3"), "refused, 1 tried, true");
    assert_eq!(ask(&format!("{url}|direct"), "1.22.3"), "refused, 2 tried, false");
    assert_eq!(ask("http://127.0.0.1:1", "1.22.1"), "Network, 1 tried");
    assert_eq!(ask(&format!("http://127.0.0.1:1|{url}"), "1.22.1"), "present");
    assert_eq!(ask("direct", "1.22.1"), "Network, 1 tried");
    assert_eq!(ask("off", "1.22.1"), "Off, 1 tried");
}

#[test]
fn an_answer_for_another_version_is_no_answer() {
    let server = Server::start(|_| Reply::ok("{\"Version\":\"v0.0.1-go1.22.2.linux-amd64\"}"));
    let (client, list) = (offline(), list(&server.url("")));
    let error = Goproxy::new(&client, &list, amd64()).presence(&version("1.22.1")).unwrap_err();
    assert!(matches!(error.tried[0].outcome, AttemptOutcome::OtherVersion { .. }), "{error}");
    assert!(error.to_string().contains("1.22.2"), "{error}");
}

#[test]
fn the_newest_is_looked_for_beyond_the_list() {
    let server = proxy(
        &["1.22.1", "1.22.3", "1.23.0", "1.24rc1", "1.20", "1.4.3"],
        &["1.22.4", "1.22.6", "1.20.1"],
        &["1.23.1"],
    );
    for (selector, expected) in [
        ("1.22", Ok("1.22.6 unlisted")),
        ("1.23", Ok("1.23.0")),
        ("1.20", Ok("1.20.1 unlisted")),
        ("1.4", Ok("1.4.3")),
        ("latest", Ok("1.23.0")),
        ("1", Ok("1.23.0")),
        ("1.24rc1", Ok("1.24rc1 unlisted")),
        ("1.24", Err(SourceErrorKind::Absent)),
        ("2", Err(SourceErrorKind::Absent)),
        ("1.23.1", Err(SourceErrorKind::Refused)),
    ] {
        let before = server.requests().len();
        let found = newest(&server, selector);
        assert_eq!(found.as_deref(), expected.as_ref().copied(), "{selector}");
        let requests = server.requests().len() - before;
        assert!(requests <= 7, "{selector}: {requests} requests");
    }
}

#[test]
fn what_was_refused_above_the_newest_is_told() {
    let server = proxy(&["1.22.1", "1.22.3"], &["1.22.4"], &["1.22.2", "1.22.5"]);
    let (client, list) = (offline(), list(&server.url("")));
    let newest = Goproxy::new(&client, &list, amd64()).newest(Selector::parse("1.22").ok().as_ref()).unwrap();
    assert_eq!((newest.version, newest.refused), (version("1.22.4"), vec![version("1.22.5")]));
    assert_eq!(newest.notes, Vec::<String>::new());
}

#[test]
fn without_a_list_the_newest_is_found_all_the_same() {
    let bare = Server::start(|request| {
        const SERVED: [&str; 9] =
            ["1.20", "1.20.1", "1.21.0", "1.22.0", "1.23.0", "1.23.1", "1.23.2", "1.23.3", "1.23.4"];
        if request.target.ends_with("list") {
            Reply::status(404)
        } else {
            serve(request, &[], &SERVED, &["1.23.5"])
        }
    });
    assert_eq!(newest(&bare, "1.20").unwrap(), "1.20.1 unlisted");
    assert_eq!(newest(&bare, "1.23").unwrap(), "1.23.4 unlisted");
    assert_eq!(newest(&bare, "latest").unwrap(), "1.23.4 unlisted");
    assert_eq!(newest(&bare, "1.25"), Err(SourceErrorKind::Absent));
    assert_eq!(bare.count("/golang.org/toolchain/@v/v0.0.1-go1.20.0.linux-amd64.info"), 0);
}

#[test]
fn a_proxy_that_claims_everything_does_not_keep_us_for_ever() {
    let boastful = Server::start(|request| {
        let file = request.target.rsplit('/').next().unwrap().to_owned();
        Reply::ok(format!("{{\"Version\":\"{}\"}}", file.trim_end_matches(".info")))
    });
    let start = Instant::now();
    assert!(newest(&boastful, "latest").is_ok());
    assert!(start.elapsed() < Duration::from_secs(40));
}

#[test]
fn bytes_come_from_the_first_that_gives_them_and_the_others_are_told() {
    let (empty, full) = (proxy(&[], &[], &[]), proxy(&["1.22.1"], &[], &[]));
    let (client, list) = (offline(), list(&format!("{},{}", empty.url("/"), full.url("/go"))));
    let fetched = Goproxy::new(&client, &list, amd64()).fetch(&version("1.22.1")).unwrap();
    assert_eq!(*fetched.form(), gvmr::sources::Form::Module);
    assert!(fetched.source().as_str().starts_with(&full.url("/go/golang.org/toolchain/@v/")));
    assert_eq!(fetched.passed_over().len(), 1);
    let mut body = fetched.into_body();
    assert_eq!(body.length(), Some(38));
    let mut text = String::new();
    body.read_to_string(&mut text).unwrap();
    assert_eq!(text, "zip of v0.0.1-go1.22.1.linux-amd64.zip");
    assert_eq!(empty.targets(), ["/golang.org/toolchain/@v/v0.0.1-go1.22.1.linux-amd64.zip"]);

    let portal = Server::start(|_| Reply::html());
    let (client, list) = (offline(), ProxyList::parse(&portal.url(""), "").unwrap());
    let error = Goproxy::new(&client, &list, amd64()).fetch(&version("1.22.1")).unwrap_err();
    assert!(
        matches!(&error.tried[0].outcome, AttemptOutcome::Net(error) if error.kind == NetErrorKind::Html),
        "{error}"
    );
    let huge = Server::start(|_| Reply::ok("x").declared(501 << 20));
    let list = ProxyList::parse(&huge.url(""), "").unwrap();
    let error = Goproxy::new(&client, &list, amd64()).fetch(&version("1.22.1")).unwrap_err();
    assert!(error.to_string().contains("exceeds the limit of 524288000 bytes"), "{error}");
}

#[test]
fn a_directory_is_a_proxy_and_may_lack_what_the_module_cache_lacks() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("golang.org/toolchain/@v");
    std::fs::create_dir_all(&at).unwrap();
    std::fs::write(at.join("list"), "v0.0.1-go1.22.1.linux-arm\n").unwrap();
    std::fs::write(at.join("v0.0.1-go1.22.1.linux-arm.zip"), "zip").unwrap();
    let (client, list) = (offline(), list(&format!("file://{}", root.path().display())));
    let goproxy = Goproxy::new(&client, &list, Platform::new("linux", "armv6l"));
    assert_eq!(goproxy.listed().versions, [version("1.22.1")]);
    assert!(matches!(goproxy.presence(&version("1.22.1")), Ok(Presence::Present(_))));
    assert!(matches!(goproxy.presence(&version("1.22.2")), Ok(Presence::Absent(_))));
    assert_eq!(goproxy.fetch(&version("1.22.1")).unwrap().into_body().length(), Some(3));

    let remote = SumdbRemote::new(&client, &list, "sum.example", None).unwrap();
    let unsupported = remote.read("/latest").unwrap_err();
    assert!(unsupported.url.as_str().starts_with("https://sum.example/latest"), "{unsupported}");
    let sumdb = root.path().join("sumdb/sum.example");
    std::fs::create_dir_all(&sumdb).unwrap();
    std::fs::write(sumdb.join("supported"), "").unwrap();
    std::fs::write(sumdb.join("latest"), "head").unwrap();
    let remote = SumdbRemote::new(&client, &list, "sum.example", None).unwrap();
    assert_eq!(remote.read("/latest").unwrap(), b"head");
    assert_eq!(remote.read("latest").unwrap(), b"head");
}

#[test]
fn no_password_of_a_list_is_ever_shown() {
    let text = "https://canary:canary@goproxy.example/x|http://canary:canary@goproxy.example";
    let (client, list) = (offline(), list(text));
    let goproxy = Goproxy::new(&client, &list, amd64());
    let error = goproxy.fetch(&version("1.22.1")).unwrap_err();
    let mut shown = format!("{list:?} {goproxy:?} {error} {error:?} {:?}", goproxy.listed());
    for bad in
        ["ftp://canary:canary@x", "file://canary:canary@x/", "https://canary:canary@[x", "https://x:canary@"]
    {
        let error = ProxyList::parse(bad, "").unwrap_err();
        shown.extend([error.to_string(), format!("{error:?}")]);
    }
    let environment =
        vec![("GOPROXY", text), ("GOSUMDB", "x https://canary:canary@["), ("HOME", "/nonexistent")];
    let settings = GoSettings::read(&environment, &[]);
    shown.extend([format!("{settings:?}")]);
    let server = Server::start(|_| Reply::ok("{\"Version\":\"other\"}"));
    let other = ProxyList::parse(&server.url("/?canary"), "").unwrap();
    shown += &Goproxy::new(&client, &other, amd64()).presence(&version("1.22.1")).unwrap_err().to_string();
    assert!(!shown.contains("canary"), "{shown}");
    let remote =
        SumdbRemote::new(&client, &list, "sum.example", Some(&url("https://canary:canary@127.0.0.1:1/")))
            .unwrap();
    let error = remote.read("/latest").unwrap_err();
    assert!(!format!("{remote:?} {error} {error:?}").contains("canary"), "{error:?}");
}
