//! The client against a server that lies, cuts, hangs and redirects, and against Go's own choices.

use crate::support::authority::{NAME, authority};
use crate::support::server::{Fault, Reply, Server};
use gvmr::net::{
    CertificateFault, Client, NetError, NetErrorKind, NetSettings, Phase, RedirectRefusal, TransferLimits,
    Url,
};
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

mod certificates;
mod conditional;
mod gone;
mod oracle;
mod proxied;
mod secrets;
mod shown;
mod waiting;

/// Longer than any test waits.
const HOURS: Duration = Duration::from_secs(36_000);

/// Limits that end a test quickly.
pub(crate) fn short() -> TransferLimits {
    TransferLimits {
        connect: Duration::from_secs(2),
        first_byte: Duration::from_millis(700),
        silence: Duration::from_secs(10),
        patience: Duration::from_secs(5),
        floor: 1024,
        window: Duration::from_millis(500),
        deadline: Duration::from_secs(10),
        attempts: 3,
        pause: Duration::from_millis(4),
        retry_after: Duration::from_secs(2),
    }
}

pub(crate) fn client(environment: &[(&str, &str)]) -> Client {
    let mut settings = NetSettings::from_environment(&environment.to_vec());
    settings.limits = short();
    Client::new(settings)
}

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn read(server: &Server, path: &str) -> Result<Vec<u8>, NetError> {
    client(&[]).read(&url(&server.url(path)), 1 << 20)
}

fn kind(server: &Server, path: &str) -> NetErrorKind {
    read(server, path).unwrap_err().kind
}

fn one(reply: Reply) -> Server {
    Server::start(move |_| reply.clone())
}

/// A stream's bytes, or the kind of error that ended it and how many bytes came before.
fn stream(client: &Client, address: &str) -> Result<Vec<u8>, (NetErrorKind, usize)> {
    let mut body = client.open(&url(address)).map_err(|error| (error.kind, 0))?;
    let mut data = Vec::new();
    let mut chunk = vec![0; 256 << 10];
    loop {
        match body.read(&mut chunk) {
            Ok(0) => return Ok(data),
            Ok(read) => data.extend_from_slice(&chunk[..read]),
            Err(error) => return Err((NetError::of_io(&error).unwrap().kind.clone(), data.len())),
        }
    }
}

#[test]
fn a_small_body_is_read_whole_and_never_decompressed() {
    let server = one(Reply::ok([0x1f, 0x8b, 8]).header("Content-Encoding", "gzip"));
    assert_eq!(read(&server, "/a%20b/@v/list").unwrap(), [0x1f, 0x8b, 8]);
    let request = &server.requests()[0];
    assert_eq!(request.target, "/a%20b/@v/list");
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("user-agent"), Some(concat!("gvmr/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn each_status_has_its_kind_and_only_some_are_asked_again() {
    for (status, requests) in [
        (404, 1),
        (410, 1),
        (401, 1),
        (403, 1),
        (418, 1),
        (204, 1),
        (206, 1),
        (304, 1),
        (500, 3),
        (503, 3),
        (408, 3),
        (429, 2),
    ] {
        let server = one(Reply::status(status));
        let kind = kind(&server, "/x");
        match status {
            404 | 410 => assert_eq!(kind, NetErrorKind::Absent { status: Some(status), detail: None }),
            401 | 403 => assert_eq!(kind, NetErrorKind::Refused { status: Some(status), detail: None }),
            _ => assert_eq!(kind, NetErrorKind::Status { status, retry_after: None, detail: None }),
        }
        assert_eq!(server.count("/x"), requests, "HTTP {status}");
    }
}

#[test]
fn a_servers_words_are_shown_if_they_are_one_printable_line() {
    let said = |body: &str, kind: &str| {
        let server = one(Reply { status: 403, ..Reply::ok(body) }.header("Content-Type", kind));
        read(&server, "/x").unwrap_err().kind
    };
    let refused =
        |detail: Option<&str>| NetErrorKind::Refused { status: Some(403), detail: detail.map(str::to_owned) };
    assert_eq!(
        said("blocked by policy 7\nmore", "text/plain; charset=utf-8"),
        refused(Some("blocked by policy 7"))
    );
    assert_eq!(said("\u{1b}[2Jgone", "text/plain"), refused(None));
    assert_eq!(said("{}", "application/json"), refused(None));
}

#[test]
fn trouble_that_passes_is_survived() {
    for trouble in [
        Reply::status(503),
        Reply::status(429).header("Retry-After", "1"),
        Reply::ok("half").fault(Fault::Vanish),
        Reply::ok("answer").fault(Fault::CutAfter(3)),
        Reply::ok("answer").fault(Fault::Hang),
    ] {
        let fault = trouble.fault;
        let server = Server::start(
            move |request| if request.earlier == 0 { trouble.clone() } else { Reply::ok("answer") },
        );
        assert_eq!(read(&server, "/x").unwrap(), b"answer", "{fault:?}");
        assert_eq!(server.count("/x"), 2, "{fault:?}");
    }
}

#[test]
fn retry_after_is_waited_for_up_to_a_limit() {
    let server = Server::start(|request| match request.earlier {
        0 => Reply::status(503).header("Retry-After", "1"),
        _ => Reply::ok("late"),
    });
    let start = Instant::now();
    assert_eq!(read(&server, "/x").unwrap(), b"late");
    assert!(start.elapsed() >= Duration::from_secs(1));

    let patient = one(Reply::status(429).header("Retry-After", "3600"));
    assert_eq!(
        kind(&patient, "/x"),
        NetErrorKind::Status { status: 429, retry_after: Some(Duration::from_secs(3600)), detail: None }
    );
    assert_eq!(patient.count("/x"), 1);
}

#[test]
fn what_hangs_trickles_or_never_ends_is_ended() {
    let start = Instant::now();
    let hanging = one(Reply::ok("x").fault(Fault::Hang));
    let NetErrorKind::Timeout { phase: Phase::FirstByte, after } = kind(&hanging, "/x") else { panic!() };
    assert!(after >= 3 * short().first_byte, "all attempts count: {after:?}");
    assert_eq!(hanging.count("/x"), 3);

    let trickling = one(Reply::ok([b'x'; 5000]).fault(Fault::Slow(1, Duration::from_millis(20))));
    assert!(matches!(kind(&trickling, "/x"), NetErrorKind::TooSlow { got: 1..200, floor: 1024, .. }));
    let stalling = one(Reply::ok([b'x'; 5000]).fault(Fault::Slow(100, Duration::from_secs(60))));
    assert!(matches!(kind(&stalling, "/x"), NetErrorKind::TooSlow { got: 100, .. }));

    let endless = one(Reply::endless());
    assert_eq!(kind(&endless, "/x"), NetErrorKind::TooLarge { limit: 1 << 20 });
    let huge = one(Reply::ok("x").declared(1 << 40));
    assert_eq!(kind(&huge, "/x"), NetErrorKind::TooLarge { limit: 1 << 20 });
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[test]
fn a_refusal_whose_words_trickle_is_still_a_refusal() {
    let server = one(Reply { status: 403, ..Reply::ok([b'x'; 400]) }
        .header("Content-Type", "text/plain")
        .fault(Fault::Slow(1, Duration::from_millis(20))));
    let start = Instant::now();
    assert!(matches!(kind(&server, "/x"), NetErrorKind::Refused { .. }));
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_cut_stream_is_an_error_at_the_byte_where_it_was_cut() {
    let short_of = one(Reply::ok([7; 3000]).declared(5000));
    let (kind, got) = stream(&client(&[]), &short_of.url("/x")).unwrap_err();
    assert_eq!((kind, got), (NetErrorKind::Cut { expected: Some(5000), got: 3000 }, 3000));
    assert_eq!(short_of.count("/x"), 1, "without a validator nothing is resumed");

    let chunked = one(Reply::ok([7; 3000]).chunked().fault(Fault::CutAfter(2000)));
    let (kind, _) = stream(&client(&[]), &chunked.url("/x")).unwrap_err();
    assert_eq!(kind, NetErrorKind::Cut { expected: None, got: 2000 });
}

#[test]
fn a_cut_stream_goes_on_where_the_file_is_provably_the_same() {
    let content: Arc<[u8]> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    let body = Arc::clone(&content);
    let server = Server::start(move |request| {
        let reply = Reply::ok(&body).header("ETag", "\"one\"");
        if request.earlier < 3 { reply.fault(Fault::CutAfter(800_000)) } else { reply }
    });
    assert!(stream(&client(&[]), &server.url("/x")).unwrap() == *content);
    let ranges: Vec<_> =
        server.requests().iter().map(|request| request.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges[1..].iter().flatten().count(), 3);
    assert_eq!(ranges[1].as_deref(), Some("bytes=800000-"));
    assert_eq!(server.requests()[1].header("if-range"), Some("\"one\""));
}

#[test]
fn a_part_is_never_spliced_onto_another_file() {
    let cut_then = |first_tag: &'static str, then: Reply| {
        let server = Server::start(move |request| match request.earlier {
            0 => Reply::ok([1; 4000]).header("ETag", first_tag).fault(Fault::CutAfter(1000)),
            _ => then.clone(),
        });
        let outcome = stream(&client(&[]), &server.url("/x"));
        assert_eq!(outcome.unwrap_err(), (NetErrorKind::Cut { expected: Some(4000), got: 1000 }, 1000));
        server.count("/x")
    };
    assert_eq!(cut_then("\"one\"", Reply::ok([2; 4000]).header("ETag", "\"two\"")), 2);
    assert_eq!(cut_then("\"one\"", Reply::status(404)), 2);
    let lying = Reply { status: 206, ..Reply::ok([2; 3000]) };
    assert_eq!(cut_then("\"one\"", lying.clone().header("Content-Range", "bytes 0-2999/4000")), 2);
    let other = lying.header("ETag", "\"two\"").header("Content-Range", "bytes 1000-3999/4000");
    assert_eq!(cut_then("\"one\"", other), 2);
    assert_eq!(cut_then("W/\"one\"", Reply::ok([1; 4000]).header("ETag", "W/\"one\"")), 1);
}

#[test]
fn a_web_page_is_not_data() {
    let page = one(Reply::html());
    assert_eq!(kind(&page, "/x"), NetErrorKind::Html);
    assert_eq!(stream(&client(&[]), &page.url("/x")).unwrap_err().0, NetErrorKind::Html);
    let unlabelled = one(Reply::ok("\n<HTML><body>sign in"));
    assert_eq!(kind(&unlabelled, "/x"), NetErrorKind::Html);
    let tile = one(Reply::ok(b"<\x00\x01"));
    assert_eq!(read(&tile, "/x").unwrap(), b"<\x00\x01");
}

#[test]
fn five_redirects_are_followed_and_no_more() {
    let server = Server::start(|request| match request.target.trim_start_matches("/hop").parse::<usize>() {
        Ok(0) => Reply::ok("there"),
        Ok(left) => Reply::redirect([301, 302, 303, 307, 308][left % 5], &format!("/hop{}", left - 1)),
        Err(_) => Reply::status(302),
    });
    assert_eq!(read(&server, "/hop5").unwrap(), b"there");
    assert_eq!(kind(&server, "/hop6"), NetErrorKind::Redirect(RedirectRefusal::TooMany(5)));
    assert_eq!(kind(&server, "/nowhere"), NetErrorKind::Redirect(RedirectRefusal::NoLocation(302)));
    let elsewhere = one(Reply::redirect(302, "file:///etc/hostname"));
    assert_eq!(kind(&elsewhere, "/x"), NetErrorKind::Redirect(RedirectRefusal::Scheme("file".to_owned())));
}

#[test]
fn in_a_hurry_nobody_is_asked_twice_who_does_not_listen() {
    let mut settings = NetSettings::from_environment(&Vec::<(&str, &str)>::new());
    // A pause that no test waits for.
    settings.limits =
        TransferLimits { pause: Duration::from_secs(3600), deadline: HOURS, silence: HOURS, ..short() };
    let client = Client::new(settings).hurried();
    let error = client.read(&url("http://127.0.0.1:1/x"), 100).unwrap_err();
    assert!(error.is_refused() && error.is_unconnected(), "{error:?}");
    let failing = Server::start(|request| match request.earlier {
        0 => Reply::status(503).header("Retry-After", "0"),
        _ => Reply::ok("here"),
    });
    let hurried = self::client(&[]).hurried();
    assert_eq!(
        hurried.read(&url(&failing.url("/x")), 100).unwrap(),
        b"here",
        "an answer is worth a second try"
    );
}

#[test]
fn nobody_there_is_a_connect_error_and_no_such_name_a_dns_error() {
    let gone = Server::start(|_| Reply::ok("x")).url("/x");
    assert!(matches!(stream(&client(&[]), &gone).unwrap_err().0, NetErrorKind::Connect { .. }));
    let nowhere = stream(&client(&[]), "http://does-not-exist.invalid/x").unwrap_err().0;
    assert!(matches!(nowhere, NetErrorKind::Dns { .. }), "{nowhere:?}");
}

#[test]
fn what_is_not_http_or_not_tls_is_named_so() {
    let kind = stream(&client(&[]), &format!("http://{}/x", says(b"SSH-2.0-OpenSSH_9.9\r\n"))).unwrap_err().0;
    assert!(matches!(kind, NetErrorKind::Protocol { .. }), "{kind:?}");
    let plain = says(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let kind = stream(&client(&[]), &format!("https://{plain}/x")).unwrap_err().0;
    assert!(matches!(kind, NetErrorKind::Tls { fault: Some(CertificateFault::NoTls), .. }), "{kind:?}");
}

/// The address of something that answers its first caller with `words`, whatever it says.
fn says(words: &'static [u8]) -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = std::io::Write::write_all(&mut stream, words);
    });
    address
}

#[test]
fn a_directory_speaks_like_a_server() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a list"), "content").unwrap();
    std::fs::create_dir(root.path().join("directory")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, root.path().join("fifo"), rustix::fs::Mode::RUSR).unwrap();
    let client = client(&[]);
    let read = |path: &str| client.read(&url(&format!("file://{}/{path}", root.path().display())), 100);
    assert_eq!(read("a%20list").unwrap(), b"content");
    assert_eq!(read("missing").unwrap_err().kind, NetErrorKind::Absent { status: None, detail: None });
    assert_eq!(read("directory").unwrap_err().kind, NetErrorKind::NotAFile { found: "a directory" });
    assert_eq!(read("fifo").unwrap_err().kind, NetErrorKind::NotAFile { found: "a FIFO" });
    assert_eq!(
        client.read(&url("file:///dev/zero"), 100).unwrap_err().kind,
        NetErrorKind::NotAFile { found: "a device" }
    );
    assert!(matches!(
        client.read(&url("file://elsewhere/x"), 9).unwrap_err().kind,
        NetErrorKind::Unsupported { .. }
    ));
    assert_eq!(
        client.read(&url(&format!("file://{}/a list", root.path().display())), 6).unwrap_err().kind,
        NetErrorKind::TooLarge { limit: 6 }
    );
    assert_eq!(
        client.open(&url(&format!("file://{}/a list", root.path().display()))).unwrap().length(),
        Some(7)
    );
    if !rustix::process::geteuid().is_root() {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(root.path().join("a list"), std::fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(read("a%20list").unwrap_err().kind, NetErrorKind::Refused { status: None, detail: None });
    }
}

#[test]
fn a_toolchain_sized_body_streams_fast() {
    const SIZE: usize = 75_000_000;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("toolchain.zip");
    std::fs::File::create(&path).unwrap().set_len(SIZE as u64).unwrap();
    let server = one(Reply::file(path));
    let client = client(&[]);
    let mut body = client.open(&url(&server.url("/x"))).unwrap();
    assert_eq!(body.length(), Some(SIZE as u64));
    let mut chunk = vec![0; 256 << 10];
    let (start, mut total, mut reads) = (Instant::now(), 0, 0);
    loop {
        let read = body.read(&mut chunk).unwrap();
        if read == 0 {
            break;
        }
        total += read;
        reads += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{SIZE} bytes in {seconds:.3} s, {} bytes a read", total / reads);
    assert_eq!(total, SIZE);
    assert!(seconds < 3.0, "{seconds} s"); // generous: an unoptimised build on a busy machine
}
