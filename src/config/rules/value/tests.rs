use super::*;
use gvmr_core::env::variable;
use std::path::Path;

fn check(name: &str, written: &str, overrides: bool) -> Result<OsString, String> {
    let places = Places { home: Some(Path::new("/h")), project: None };
    checked(variable::find(name.as_bytes()).unwrap(), written, overrides, places)
}

#[test]
fn each_kind_has_its_grammar() {
    let key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    for (name, right) in [
        ("GOPATH", "~/a:/b"),
        ("GOBIN", "~/bin"),
        ("CGO_ENABLED", "0"),
        ("HTTPS_PROXY", "proxy:3128"),
        ("NO_PROXY", "*.corp.example,10.0.0.0/8"),
        ("GOPROXY", "file://${HOME}/mirror,off"),
        ("GOSUMDB", "off"),
        ("GOSUMDB", "sum.golang.google.cn"),
        ("GOSUMDB", &format!("{key} https://mirror.example/sumdb")),
        ("GOFLAGS", "-modcacherw '-ldflags=-X a=b'"),
        ("GOFLAGS", "'-ldflags=-s -w' -trimpath"),
        ("GOTMPDIR", "~/tmp"),
        ("GODEBUG", "http2client=0,gctrace=1"),
        ("GOARM64", "v8.0,lse"),
        ("CC", "gcc -m32"),
    ] {
        assert!(check(name, right, false).is_ok(), "{name}={right}");
    }
    for (name, wrong) in [
        ("GOPATH", "go"),
        ("GOBIN", "bin"),
        ("GOMODCACHE", "mod"),
        ("GOCACHE", "off"),
        ("CGO_ENABLED", "2"),
        ("CGO_ENABLED", "true"),
        ("HTTP_PROXY", "proxy"),
        ("GOPROXY", "proxy"),
        ("GOSUMDB", "on"),
        ("GOSUMDB", "sum.golang.org https://a https://b"),
        ("GOFLAGS", "-ldflags=-s -w"),
        ("GOFLAGS", "-tags a"),
        ("GOFLAGS", "'-ldflags=-s"),
        ("GOTMPDIR", "tmp"),
        ("GOFLAGS", "-v\n-x"),
        ("GOFLAGS", "-v\t-x"),
        ("GOFLAGS", "-v\0"),
        ("GOFLAGS", "\u{9b}2J"),
        ("GOFLAGS", ""),
    ] {
        for overrides in [false, true].into_iter().filter(|overrides| !overrides || !wrong.is_empty()) {
            assert!(check(name, wrong, overrides).is_err(), "{name}={wrong:?}");
        }
    }
}

#[test]
fn only_what_overrides_may_be_empty_and_nothing_is_endless() {
    for variable in &variable::VARIABLES {
        assert_eq!(check(variable.name, "", true).unwrap(), "");
        assert!(check(variable.name, "", false).unwrap_err().contains("sets nothing"));
    }
    assert!(check("GOPRIVATE", &"x".repeat(MAX_LENGTH), false).is_ok());
    assert!(check("GOPRIVATE", &"${HOME}".repeat(MAX_LENGTH), false).unwrap_err().contains("64 KiB"));
}
