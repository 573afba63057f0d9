//! The release index from servers that change their mind, lie, break and go away.

use crate::net::{client, url};
use crate::support::server::{Fault, Reply, Server};
use gvmr::net::{NetErrorKind, Url};
use gvmr::sources::{Index, IndexError, Naming};
use gvmr_core::gover::version::Version;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

mod generated;
mod hostile;
mod kept;
mod memory;
mod real_index;

/// A server whose answer can be changed, and a directory that remembers.
struct Fixture {
    server: Option<Server>,
    url: Url,
    answer: Arc<Mutex<Reply>>,
    cache: TempDir,
}

impl Fixture {
    fn new(answer: Reply) -> Self {
        let answer = Arc::new(Mutex::new(answer));
        let shared = Arc::clone(&answer);
        let server = Server::start(move |request| {
            let reply = shared.lock().unwrap().clone();
            let tag = reply.headers.iter().find(|(name, _)| name == "ETag").map(|(_, tag)| tag.as_str());
            let same = tag.is_some() && request.header("if-none-match") == tag;
            if same { Reply::status(304) } else { reply }
        });
        let url = url(&server.url("/dl/?mode=json&include=all"));
        Self { server: Some(server), url, answer, cache: tempfile::tempdir().unwrap() }
    }

    fn says(&self, answer: Reply) {
        *self.answer.lock().unwrap() = answer;
    }

    fn goes_away(&mut self) {
        self.server = None;
    }

    fn read(&self) -> Result<Index, IndexError> {
        Index::read(&client(&[]), &self.url, self.cache.path(), Naming::Official)
    }

    fn index(&self) -> Index {
        self.read().unwrap()
    }

    /// The only file of the cache.
    fn copy(&self) -> PathBuf {
        let mut files: Vec<_> =
            std::fs::read_dir(self.cache.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

/// A list of releases, each with the linux-amd64 archive of this sum.
fn list(releases: &[(&str, &str)]) -> Value {
    let release = |(version, sum): &(&str, &str)| json!({ "version": version, "stable": true, "files": [archive(version, "amd64", sum)] });
    releases.iter().map(release).collect()
}

fn archive(version: &str, arch: &str, sum: &str) -> Value {
    json!({
        "filename": format!("{version}.linux-{arch}.tar.gz"), "os": "linux", "arch": arch,
        "version": version, "sha256": sum, "size": 70_000_000, "kind": "archive",
    })
}

fn json_reply(value: &Value) -> Reply {
    Reply::ok(value.to_string()).header("Content-Type", "application/json")
}

/// A sum of one repeated byte, as the index spells it.
fn sum(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn listed(index: &Index) -> Vec<String> {
    index.versions("amd64").iter().map(ToString::to_string).collect()
}

fn sum_of(index: &Index, text: &str) -> Option<[u8; 32]> {
    index.file(&version(text), "amd64").unwrap().sha256
}

#[test]
fn an_index_is_read_once_and_then_only_asked_whether_it_changed() {
    let first = json_reply(&list(&[("go1.90.1", &sum(1)), ("go1.90.0", &sum(2))])).header("ETag", "\"one\"");
    let fixture = Fixture::new(first);
    for round in 0..3 {
        let index = fixture.index();
        assert_eq!(listed(&index), ["1.90.0", "1.90.1"]);
        let file = index.file(&version("1.90.1"), "amd64").unwrap();
        assert_eq!(
            (file.name.as_str(), file.sha256, file.size),
            ("go1.90.1.linux-amd64.tar.gz", Some([1; 32]), Some(70_000_000))
        );
        assert_eq!((index.notes(), index.failure(), index.age()), (&[][..], None, None));
        assert!(index.url().as_str().ends_with("/dl/?mode=json&include=all"), "{}", index.url());
        let server = fixture.server.as_ref().unwrap();
        let asked = server.requests().pop().unwrap().header("if-none-match").map(str::to_owned);
        assert_eq!(asked.as_deref(), (round > 0).then_some("\"one\""));
        assert_eq!(server.requests().len(), round + 1);
    }
    fixture.says(
        json_reply(&list(&[("go1.90.2", &sum(3)), ("go1.90.1", &sum(1)), ("go1.90.0", &sum(2))]))
            .header("ETag", "\"two\""),
    );
    assert_eq!(listed(&fixture.index()), ["1.90.0", "1.90.1", "1.90.2"]);
    assert_eq!(listed(&fixture.index()), ["1.90.0", "1.90.1", "1.90.2"]);
    let asked: Vec<_> = fixture.server.as_ref().unwrap().requests();
    let asked: Vec<_> = asked[3..].iter().map(|request| request.header("if-none-match").unwrap()).collect();
    assert_eq!(asked, ["\"one\"", "\"two\""]);
}

#[test]
fn a_copy_serves_when_the_server_is_gone_and_says_so() {
    let mut fixture = Fixture::new(json_reply(&list(&[("go1.90.0", &sum(1))])));
    assert_eq!(listed(&fixture.index()), ["1.90.0"]);
    fixture.goes_away();
    let index = fixture.index();
    assert_eq!(listed(&index), ["1.90.0"]);
    assert!(
        matches!(index.failure(), Some(IndexError::Net(error)) if matches!(error.kind, NetErrorKind::Connect { .. }))
    );
    assert!(index.age().unwrap().as_secs() < 60);
    assert!(index.notes().is_empty());
}

#[test]
fn without_a_copy_the_servers_failure_is_the_answer() {
    let mut fixture = Fixture::new(Reply::status(404));
    let error = fixture.read().unwrap_err();
    assert!(matches!(&error, IndexError::Net(error) if error.is_absent()), "{error}");
    fixture.goes_away();
    let error = fixture.read().unwrap_err();
    assert!(matches!(&error, IndexError::Net(error) if error.is_unreachable()), "{error}");
    assert!(std::fs::read_dir(fixture.cache.path()).unwrap().next().is_none());
}

#[test]
fn a_file_is_an_index_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("index.json");
    let read = || {
        Index::read(&client(&[]), &Url::from_file_path(&path).unwrap(), directory.path(), Naming::Official)
    };
    assert!(matches!(read(), Err(IndexError::Net(error)) if error.is_absent()));
    std::fs::write(&path, list(&[("go1.90.0", &sum(1))]).to_string()).unwrap();
    assert_eq!(listed(&read().unwrap()), ["1.90.0"]);
    std::fs::remove_file(&path).unwrap();
    let index = read().unwrap();
    assert!(index.failure().is_some());
    assert_eq!(listed(&index), ["1.90.0"]);
}

#[test]
fn archives_for_musl_have_names_of_their_own() {
    let mut files = list(&[("go1.22.10", &sum(1))]);
    let file = &mut files[0]["files"][0];
    file["filename"] = json!("go1.22.10.linux-amd64-musl.tar.gz");
    for arch in ["amd64", "amd64-musl"] {
        files[0]["files"][0]["arch"] = json!(arch);
        let fixture = Fixture::new(json_reply(&files));
        let read = |naming| Index::read(&client(&[]), &fixture.url, fixture.cache.path(), naming);
        let index = read(Naming::Musl).unwrap();
        let file = index.file(&version("1.22.10"), "amd64").unwrap();
        assert_eq!((file.name.as_str(), file.sha256), ("go1.22.10.linux-amd64-musl.tar.gz", Some([1; 32])));
        assert_eq!(index.notes(), [""; 0]);
        assert!(
            matches!(read(Naming::Official), Err(IndexError::Empty { refused, .. }) if refused.len() == 1)
        );
    }
    let official = Fixture::new(json_reply(&list(&[("go1.22.10", &sum(1))])));
    let musl = Index::read(&client(&[]), &official.url, official.cache.path(), Naming::Musl);
    assert!(matches!(musl, Err(IndexError::Empty { .. })));
}
