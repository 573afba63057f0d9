//! The copy that is kept: bound to its address, useless when damaged, never trusted about the time.

use super::*;
use sha2::{Digest as _, Sha256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Changes the text of a copy and makes its checksum right again.
fn edit(fixture: &Fixture, change: impl Fn(&str) -> String) {
    let text = std::fs::read_to_string(fixture.copy()).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    let rest = change(rest);
    let digest = Sha256::digest(&rest).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    std::fs::write(fixture.copy(), format!("gvmr index 1 {digest}\n{rest}")).unwrap();
}

fn since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn told() -> Fixture {
    let fixture = Fixture::new(json_reply(&list(&[("go1.90.0", &sum(1))])).header("ETag", "\"one\""));
    fixture.index();
    fixture
}

#[test]
fn a_damaged_copy_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let (path, cache) = (directory.path().join("index.json"), directory.path().join("cache"));
    std::fs::create_dir(&cache).unwrap();
    std::fs::write(&path, list(&[("go1.90.0", &sum(1))]).to_string()).unwrap();
    let address = Url::from_file_path(&path).unwrap();
    let client = client(&[]);
    let read = || Index::read(&client, &address, &cache, Naming::Official);
    read().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(read().is_ok());
    let copy = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&copy).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        for damaged in [&whole[..at], &changed] {
            std::fs::write(&copy, damaged).unwrap();
            assert!(matches!(read(), Err(IndexError::Net(_))), "byte {at} of {}", whole.len());
        }
    }
    let fixture = told();
    std::fs::write(fixture.copy(), "garbage").unwrap();
    let index = fixture.index();
    assert_eq!(index.notes(), [format!("ignoring {}: it is damaged", fixture.copy().display())]);
    assert_eq!(fixture.server.as_ref().unwrap().requests()[1].header("if-none-match"), None);
    assert_eq!(fixture.index().notes(), [""; 0]);
}

#[test]
fn what_is_no_copy_is_not_read_as_one() {
    let mut fixture = told();
    for wrong in [
        "nonsense\n",
        "checked x\n",
        "checked 18446744073709551615\n",
        "go1.90.1.linux-amd64.tar.gz\n",
        "go1.90.1.linux-amd64.tar.gz - x\n",
        "go1.90.1.linux-amd64.tar.gz AAAA -\n",
        "../go1.90.1.linux-amd64.tar.gz - -\n",
    ] {
        let before = std::fs::read(fixture.copy()).unwrap();
        edit(&fixture, |text| format!("{text}{wrong}"));
        let index = fixture.index();
        assert!(index.notes()[0].contains("is damaged"), "{wrong:?}");
        assert_ne!(std::fs::read(fixture.copy()).unwrap().len(), before.len() + wrong.len());
    }
    std::fs::remove_file(fixture.copy()).unwrap();
    std::fs::create_dir(fixture.cache.path().join("x")).unwrap();
    std::fs::remove_dir(fixture.cache.path().join("x")).unwrap();
    fixture.index();
    let copy = fixture.copy();
    std::fs::remove_file(&copy).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &copy, rustix::fs::Mode::RUSR).unwrap();
    let index = fixture.index();
    assert!(
        index.notes()[0].contains("is a FIFO") && index.notes()[1].contains("cannot save a copy"),
        "{:?}",
        index.notes()
    );
    fixture.goes_away();
    assert!(fixture.read().is_err());
}

#[test]
fn an_index_that_cannot_be_kept_is_still_an_index() {
    let fixture = told();
    let nowhere = fixture.cache.path().join("missing");
    let index = Index::read(&client(&[]), &fixture.url, &nowhere, Naming::Official).unwrap();
    assert_eq!(listed(&index), ["1.90.0"]);
    assert!(
        index.notes()[0].starts_with("cannot save a copy of the index: cannot write "),
        "{:?}",
        index.notes()
    );
}

#[test]
fn each_address_has_its_own_copy_whatever_the_credentials() {
    let mut fixture = told();
    let read =
        |address: &str| Index::read(&client(&[]), &url(address), fixture.cache.path(), Naming::Official);
    let address = fixture.url.to_string();
    let (with_secret, fragment) = (address.replace("//", "//user:canary@"), format!("{address}#x"));
    fixture.server = None;
    // Plain http refuses credentials: the copy serves all the same, being of the same address.
    assert_eq!(listed(&read(&with_secret).unwrap()), ["1.90.0"]);
    assert_eq!(listed(&read(&fragment).unwrap()), ["1.90.0"]);
    assert!(read(&address.replace("&include=all", "")).is_err());
    assert!(!format!("{:?}", read(&with_secret).unwrap()).contains("canary"));
    assert!(!std::fs::read_to_string(fixture.copy()).unwrap().contains("canary"));
    let name = fixture.copy().file_name().unwrap().to_str().unwrap().to_owned();
    let digest = Sha256::digest(address.as_bytes())
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    assert_eq!(name, format!("index-{digest}"));
}

#[test]
fn the_age_is_that_of_the_last_check_and_never_nonsense() {
    let checked = |seconds: u64| {
        let mut fixture = told();
        edit(&fixture, |text| {
            let (_, rest) = text.split_once('\n').unwrap();
            format!("checked {seconds}\n{rest}")
        });
        fixture.goes_away();
        let index = fixture.index();
        assert!(index.failure().is_some());
        index.age()
    };
    let day = Duration::from_secs(86_400);
    let age = checked(since_1970() - 3 * 86_400).unwrap();
    assert!((3 * day..3 * day + Duration::from_secs(60)).contains(&age), "{age:?}");
    assert_eq!(checked(since_1970() + 86_400), None, "the clock was set back since");
    assert_eq!(checked(5), None, "the clock was not set when the copy was made");

    let fixture = told();
    edit(&fixture, |text| text.replacen(&since_1970().to_string()[..6], "173600", 1));
    assert_eq!(fixture.index().age(), None);
    let text = std::fs::read_to_string(fixture.copy()).unwrap();
    let line = text.lines().nth(1).unwrap().strip_prefix("checked ").unwrap();
    assert!(line.parse::<u64>().unwrap() >= since_1970() - 60, "an answer of 304 is a check: {line}");
}
