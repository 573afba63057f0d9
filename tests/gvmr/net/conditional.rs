//! Reads that ask whether anything changed.

use super::*;
use gvmr::net::{Changed, Validators};

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) }
}

fn ask(server: &Server, earlier: &Validators) -> Result<Changed, NetError> {
    client(&[]).read_if_changed(&url(&server.url("/x")), 100, earlier)
}

/// What was sent along with the newest request.
fn sent(server: &Server) -> (Option<String>, Option<String>) {
    let request = server.requests().pop().unwrap();
    let header = |name| request.header(name).map(str::to_owned);
    (header("if-none-match"), header("if-modified-since"))
}

const DATE: &str = "Tue, 03 Dec 2024 18:00:00 GMT";

#[test]
fn what_the_server_said_is_sent_back_as_it_came() {
    for (etag, date) in [(Some("\"one\""), Some(DATE)), (Some("W/\"weak\""), None), (None, Some(DATE))] {
        let server = Server::start(move |request| {
            let said = request.header("if-none-match").or(request.header("if-modified-since"));
            if said.is_some() && said == etag.or(date) {
                return Reply::status(304);
            }
            let reply = etag.iter().fold(Reply::ok("body"), |reply, tag| reply.header("ETag", tag));
            date.iter().fold(reply, |reply, date| reply.header("Last-Modified", date))
        });
        let first = ask(&server, &Validators::default()).unwrap();
        let said = validators(etag, date);
        assert_eq!(first, Changed::To { data: b"body".to_vec(), validators: said.clone() });
        assert_eq!(sent(&server), (None, None));
        assert_eq!(ask(&server, &said).unwrap(), Changed::No);
        assert_eq!(sent(&server), (said.etag.clone(), said.last_modified.clone()));
        let other = validators(Some("\"other\""), None);
        assert_eq!(ask(&server, &other).unwrap(), first);
        assert_eq!(server.count("/x"), 3);
    }
}

#[test]
fn unchanged_is_no_answer_where_nothing_was_said() {
    let server = one(Reply::status(304));
    let unusable = validators(Some("\"a\"\r\nX-Injected: b"), Some(""));
    for earlier in [Validators::default(), unusable] {
        let error = ask(&server, &earlier).unwrap_err();
        assert_eq!(error.kind, NetErrorKind::Status { status: 304, retry_after: None, detail: None });
        assert_eq!(sent(&server), (None, None));
    }
}

#[test]
fn validators_that_could_not_be_kept_as_a_line_are_not_given() {
    let long = format!("\"{}\"", "x".repeat(600));
    for tag in ["\"\u{fc}\"", "\"a\tb\"", "", &long] {
        let server = one(Reply::ok("body").header("ETag", tag));
        let given = ask(&server, &Validators::default()).unwrap();
        assert_eq!(
            given,
            Changed::To { data: b"body".to_vec(), validators: Validators::default() },
            "{tag:?}"
        );
    }
}

#[test]
fn a_conditional_read_keeps_the_rules_of_every_read() {
    let earlier = validators(Some("\"one\""), None);
    let answered = |reply: Reply| ask(&one(reply), &earlier).unwrap_err().kind;
    assert_eq!(answered(Reply::html()), NetErrorKind::Html);
    assert_eq!(answered(Reply::endless()), NetErrorKind::TooLarge { limit: 100 });
    assert_eq!(answered(Reply::ok([0; 101])), NetErrorKind::TooLarge { limit: 100 });
    assert_eq!(answered(Reply::status(404)), NetErrorKind::Absent { status: Some(404), detail: None });

    let server = Server::start(|request| match (request.target.as_str(), request.earlier) {
        ("/x", 0) => Reply::ok("answer").fault(Fault::CutAfter(3)),
        ("/x", _) => Reply::redirect(302, "/there"),
        _ => Reply::status(304),
    });
    assert_eq!(ask(&server, &earlier).unwrap(), Changed::No);
    assert_eq!(server.targets(), ["/x", "/x", "/there"]);
    assert!(server.requests().iter().all(|request| request.header("if-none-match") == Some("\"one\"")));
}

#[test]
fn a_file_always_gives_its_body() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "body").unwrap();
    let address = Url::from_file_path(file.path()).unwrap();
    let given = client(&[]).read_if_changed(&address, 100, &validators(Some("\"one\""), Some(DATE))).unwrap();
    assert_eq!(given, Changed::To { data: b"body".to_vec(), validators: Validators::default() });
}
