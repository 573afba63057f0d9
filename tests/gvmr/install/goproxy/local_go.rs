//! The proxies that this machine's own go command uses.

use super::{GoSettings, Goproxy, Presence, ProxyList, Selector, SumdbRemote, amd64, version};
use crate::support::skip;
use gvmr::net::{Client, NetSettings};
use gvmr_core::sys::environment::Process;
use std::io::Read;
use std::process::Command;
use std::time::Instant;

/// The real list, as `go env` tells it; a first request shows whether it can be reached.
fn real() -> Option<(Client, ProxyList)> {
    let Ok(output) = Command::new("go").args(["env", "GOPROXY"]).output() else {
        skip("go is not on PATH");
        return None;
    };
    let value = String::from_utf8(output.stdout).unwrap();
    let found = GoSettings::read(&Process, &[]).goproxy;
    assert_eq!(found.value, value.trim(), "from {}", found.origin);
    let (client, list) =
        (Client::new(NetSettings::from_environment(&Process)), ProxyList::parse(&found.value, "").unwrap());
    let listing = Goproxy::new(&client, &list, amd64()).listed();
    if listing.versions.is_empty() {
        skip(&format!("no proxy can be reached: {:?}", listing.notes()));
        return None;
    }
    assert!(listing.versions.len() >= 100, "{} versions", listing.versions.len());
    Some((client, list))
}

#[test]
fn versions_are_there_and_the_newest_is_found() {
    let Some((client, list)) = real() else { return };
    let goproxy = Goproxy::new(&client, &list, amd64());
    for there in ["1.22.1", "1.22.10", "1.26.8"] {
        let presence = goproxy.presence(&version(there)).unwrap();
        assert!(matches!(presence, Presence::Present(_)), "{there}: {presence:?}");
    }
    let never = goproxy.presence(&version("1.7.2")).unwrap();
    assert!(matches!(never, Presence::Absent(_) | Presence::Refused(_)), "{never:?}");
    for (minor, at_least) in [("1.22", "1.22.10"), ("1.23", "1.23.4"), ("1.24", "1.24.11")] {
        let start = Instant::now();
        let newest = goproxy.newest(Some(&Selector::parse(minor).unwrap())).unwrap();
        println!("{minor}: {} in {:?}, {:?}", newest.version, start.elapsed(), newest.notes);
        assert!(newest.version >= version(at_least) && newest.version.language().as_str() == minor);
    }
    let latest = goproxy.newest(None).unwrap();
    println!("latest: {} {:?}", latest.version, latest.refused);
    assert!(latest.version >= version("1.26.8") && !latest.version.is_prerelease());
}

#[test]
fn a_zip_begins_to_come_and_the_log_answers() {
    let Some((client, list)) = real() else { return };
    let goproxy = Goproxy::new(&client, &list, amd64());
    let mut body = goproxy.fetch(&version("1.22.10")).unwrap().into_body();
    assert!(body.length().is_none_or(|length| length > 50_000_000));
    let mut magic = [0; 4];
    body.read_exact(&mut magic).unwrap();
    assert_eq!(magic, *b"PK\x03\x04");

    let remote = SumdbRemote::new(&client, &list, "sum.golang.org", None).unwrap();
    let record = remote.read("/lookup/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64").unwrap();
    let record = String::from_utf8(record).unwrap();
    assert!(record.contains("h1:RsNdqCv6DX1zuIjq1S4c+sMWuLF4M7Ef4eHoBcz8dMU="), "{record}");
    assert_eq!(remote.read("/tile/8/0/x126/x640").unwrap_or_default().len() % 32, 0);
    assert!(remote.read("/latest").unwrap().starts_with(b"go.sum database tree\n"));
}
