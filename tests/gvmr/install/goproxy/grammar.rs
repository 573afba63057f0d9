//! Settings, lists and patterns: tables.

use super::{GoSettings, Origin, PathBuf, ProxyList, ProxyListError};
use gvmr::sources::ProxyTarget;

fn parsed(text: &str, private: &str) -> Result<String, ProxyListError> {
    ProxyList::parse(text, private).map(|list| {
        let entries = list.entries().iter().map(|entry| {
            let place = match &entry.place {
                ProxyTarget::Proxy(url) => url.to_string(),
                other => format!("{other:?}"),
            };
            format!("{place}{}", if entry.any_error_passes { " |" } else { "" })
        });
        entries.collect::<Vec<_>>().join(" ")
    })
}

#[test]
fn lists_mean_what_they_mean_to_go() {
    for (text, expected) in [
        ("https://a.example,direct", "https://a.example/ direct"),
        ("https://a.example|http://b.example/x,off", "https://a.example/ | http://b.example/x off"),
        (" a.example , b.example:8443/go ", "https://a.example/ https://b.example:8443/go"),
        ("localhost:3000", "https://localhost:3000/"),
        (",, direct,https://ignored.example", "direct"),
        ("off|https://ignored.example", "off"),
        ("https://a.example|", "https://a.example/ |"),
        ("file:///mirror,direct", "file:///mirror direct"),
        ("file:/mirror", "file:///mirror"),
    ] {
        assert_eq!(parsed(text, "").as_deref(), Ok(expected), "{text}");
    }
    for text in [",", " ", "|,", ""] {
        assert_eq!(parsed(text, ""), Err(ProxyListError::Empty), "{text:?}");
    }
    for text in ["word", "/absolute/path", "ftp://a.example", "file:x", "direct,https://", "https://[bad"] {
        let outcome = parsed(text, "");
        match text {
            "direct,https://" => assert_eq!(outcome.as_deref(), Ok("direct")),
            _ => assert!(matches!(outcome, Err(ProxyListError::Malformed { .. })), "{text}: {outcome:?}"),
        }
    }
    for text in ["file://host/x", "file:///x?y", "file://localhost/x"] {
        assert!(matches!(parsed(text, ""), Err(ProxyListError::NotOnlyAPath { .. })), "{text}");
    }
}

#[test]
fn private_patterns_put_the_origin_first() {
    for (patterns, private) in [
        ("golang.org/toolchain", true),
        ("golang.org", true),
        ("golang.org/", true),
        ("*.org", true),
        ("corp.example,golang.org/*", true),
        ("g?lang.[m-p]rg/tool*", true),
        ("golang.org/toolchain/sub", false),
        ("golang", false),
        ("*/x", false),
        ("org", false),
        ("golang.org/tool", false),
        ("[golang.org", false),
        ("[^g]olang.org", false),
        (",", false),
    ] {
        let expected = if private { "private https://a.example/" } else { "https://a.example/" };
        assert_eq!(parsed("https://a.example", patterns).as_deref(), Ok(expected), "{patterns}");
    }
    assert_eq!(parsed("direct", "golang.org").as_deref(), Ok("direct"));
    assert_eq!(parsed("off", "golang.org").as_deref(), Ok("private off"));
    assert_eq!(parsed(",", "golang.org"), Err(ProxyListError::Empty));
}

#[test]
fn a_single_directory_is_told_apart() {
    for (text, alone) in [("file:///x", true), ("file:///x,direct", false), ("https://a.example", false)] {
        assert_eq!(ProxyList::parse(text, "").unwrap().is_one_directory(), alone, "{text}");
    }
}

#[test]
fn settings_come_from_where_go_takes_them() {
    let root = tempfile::tempdir().unwrap();
    let file = |path: &str, text: &str| -> PathBuf {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    };
    let user = file(
        "home/.config/go/env",
        "# GOPROXY=no\nGOPROXY=one\nxGOPROXY=no\nGOPROXY = no\nGOPROXY=two\nGOSUMDB=\n",
    );
    let goroot = file("versions/go1.23.4/go.env", "GOPROXY=three\nGOSUMDB=four\n");
    let on_path = file("usr/lib/go-1.22/go.env", "GOPROXY=five\nGOSUMDB=six\nGOPRIVATE=seven");
    file("usr/lib/go-1.22/bin/go", "");
    std::fs::create_dir_all(root.path().join("usr/bin")).unwrap();
    std::os::unix::fs::symlink("../lib/go-1.22/bin/go", root.path().join("usr/bin/go")).unwrap();
    let home = root.path().join("home");
    let (home, path) =
        (home.to_str().unwrap(), format!("/nonexistent:relative:{}", root.path().join("usr/bin").display()));
    let goroots = [root.path().join("versions/go1.24.0"), root.path().join("versions/go1.23.4")];
    let read = |extra: &[(&str, &str)], goroots: &[PathBuf]| {
        let environment: Vec<_> =
            [("HOME", home), ("PATH", path.as_str())].into_iter().chain(extra.iter().copied()).collect();
        let settings = GoSettings::read(&environment, goroots);
        [settings.goproxy, settings.gosumdb, settings.gonoproxy]
            .map(|setting| (setting.value, setting.origin))
    };
    let line = |path: &PathBuf, line| Origin::File { path: path.clone(), line };
    let was = |value: &str, origin: Origin| (value.to_owned(), origin);
    let on_path_env = on_path.canonicalize().unwrap();

    let [goproxy, gosumdb, gonoproxy] = read(&[], &goroots);
    assert_eq!(goproxy, was("two", line(&user, 5)));
    assert_eq!(gosumdb, was("four", line(&goroot, 2)));
    assert_eq!(gonoproxy, was("seven", line(&on_path_env, 3)));
    let [goproxy, gosumdb, _] = read(&[("GOPROXY", "env"), ("GOSUMDB", "")], &[]);
    assert_eq!(goproxy, was("env", Origin::Environment("GOPROXY")));
    assert_eq!(gosumdb, was("six", line(&on_path_env, 2)));
    let [goproxy, ..] = read(&[("GOENV", "off")], &goroots);
    assert_eq!(goproxy, was("three", line(&goroot, 1)));
    let [goproxy, ..] = read(&[("XDG_CONFIG_HOME", "relative"), ("PATH", "")], &[]);
    assert_eq!(goproxy, was("https://go.dev/dl/mod", Origin::Default));
    let [_, gosumdb, gonoproxy] =
        read(&[("GOENV", "off"), ("PATH", ""), ("GOPRIVATE", "p"), ("GONOPROXY", "n")], &[]);
    assert_eq!(gosumdb, was("sum.golang.org", Origin::Default));
    assert_eq!(gonoproxy, was("n", Origin::Environment("GONOPROXY")));
    assert_eq!(line(&user, 5).to_string(), format!("{}:5", user.display()));
}
