//! Go as the oracle: which proxy serves which URL, and which credentials a netrc file gives.

use super::{client, url};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use crate::support::skip;
use gvmr::net::ProxyChoice;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PRINT_PROXIES: &str = r#"package main

import ("fmt"; "net/http"; "os")

func main() {
	for _, url := range os.Args[1:] {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil { panic(err) }
		proxy, err := http.ProxyFromEnvironment(request)
		switch {
		case err != nil: fmt.Println("refused")
		case proxy == nil: fmt.Println("direct")
		default: fmt.Println(proxy.Scheme + " " + proxy.Host)
		}
	}
}
"#;

const URLS: [&str; 24] = [
    "http://foo.com/",
    "https://foo.com/",
    "https://foo.com:8443/",
    "http://foo.com:8080/",
    "https://bar.foo.com/",
    "https://notfoo.com/",
    "https://FOO.com/",
    "https://x.y.foo.com:444/",
    "https://localhost/",
    "http://localhost:8080/",
    "https://localhost.localdomain/",
    "https://127.0.0.1/",
    "https://127.1.2.3:99/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://10.1.2.3/",
    "https://10.1.2.3:8443/",
    "http://11.1.2.3/",
    "https://192.168.1.200/",
    "https://192.168.2.1/",
    "https://[fd00::1]/",
    "https://[fe80::5]:8443/",
    "https://[::ffff:10.1.2.3]/",
    "https://goproxy.corp.example/",
];

const NO_PROXY: [&str; 34] = [
    "",
    "*",
    "foo.com",
    ".foo.com",
    "*.foo.com",
    "FOO.COM",
    " foo.com , 10.0.0.0/8",
    "foo.com:443",
    "foo.com:8443,.foo.com:444",
    "foo.com:",
    ":443",
    "oo.com",
    "com",
    ".",
    ",,",
    "10.1.2.3",
    "10.1.2.3:8443",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "0.0.0.0/0",
    "::/0",
    "192.168.1.0/24",
    "192.168.1.77/25",
    "fd00::1",
    "[fd00::1]",
    "[fe80::5]:8443",
    "[fe80::5]:443",
    "fd00::/8",
    "::ffff:10.1.2.3",
    "1.2.3",
    "foo.com;bar.com",
    "https://foo.com",
    "goproxy.corp.example:443, *",
    "*.corp.example,foo.*",
];

const PROXIES: [&[(&str, &str)]; 15] = [
    &[],
    &[("ALL_PROXY", "http://all:1"), ("all_proxy", "http://all:1")],
    &[("HTTP_PROXY", "http://upper:1"), ("http_proxy", "http://lower:2")],
    &[("HTTP_PROXY", ""), ("http_proxy", "http://lower:2")],
    &[("https_proxy", "https://user:secret@secure:3128")],
    &[("HTTPS_PROXY", "plain.example:3128")],
    &[("HTTPS_PROXY", "10.9.8.7:3128"), ("HTTP_PROXY", "10.9.8.7")],
    &[("HTTPS_PROXY", "http://10.9.8.7:3128/path/?query")],
    &[("HTTPS_PROXY", "[fd00::9]:3128")],
    &[("HTTPS_PROXY", "http://[bad"), ("HTTP_PROXY", "http://bad port:x")],
    &[("HTTP_PROXY", "http://upper:1"), ("REQUEST_METHOD", "GET")],
    &[("HTTPS_PROXY", "http://upper:1"), ("REQUEST_METHOD", "GET")],
    &[("HTTPS_PROXY", "http://upper:1"), ("no_proxy", "foo.com"), ("NO_PROXY", "bar.com")],
    &[("HTTPS_PROXY", "http://upper:1"), ("no_proxy", "foo.com"), ("NO_PROXY", "")],
    &[("HTTPS_PROXY", "socks5h://socks:1080"), ("HTTP_PROXY", "http://127.0.0.1:8080")],
];

#[test]
fn proxies_are_chosen_as_go_chooses_them() {
    let directory = tempfile::tempdir().unwrap();
    let Some(program) = build(&directory) else { return };
    let behind =
        |list| vec![("HTTPS_PROXY", "http://proxy:1"), ("HTTP_PROXY", "http://proxy:2"), ("NO_PROXY", list)];
    let environments = NO_PROXY.into_iter().map(behind).chain(PROXIES.into_iter().map(<[_]>::to_vec));
    let (mut compared, mut proxied) = (0, 0);
    for environment in environments {
        let output =
            Command::new(&program).args(URLS).env_clear().envs(environment.clone()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let choice = ProxyChoice::from_environment(&environment);
        for (address, expected) in URLS.iter().zip(String::from_utf8(output.stdout).unwrap().lines()) {
            let expected = expected.trim_end_matches(':'); // a bare colon is no port
            assert_eq!(ours(&choice, address), expected, "{address} with {environment:?}");
            compared += 1;
            proxied += usize::from(expected.starts_with("http"));
        }
    }
    assert_eq!(compared, URLS.len() * (NO_PROXY.len() + PROXIES.len()));
    assert!(proxied > 200 && proxied < compared, "{proxied} of {compared}");
}

fn ours(choice: &ProxyChoice, address: &str) -> String {
    match choice.choose(&url(address)) {
        Err(_) => "refused".to_owned(),
        Ok(None) => "direct".to_owned(),
        Ok(Some(proxy)) => {
            let port = proxy.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{} {}{port}", proxy.scheme(), proxy.host_str().unwrap())
        }
    }
}

fn build(directory: &TempDir) -> Option<PathBuf> {
    let source = directory.path().join("main.go");
    std::fs::write(&source, PRINT_PROXIES).unwrap();
    let program = directory.path().join("proxies");
    let built = Command::new("go")
        .args(["build", "-o"])
        .args([&program, &source])
        .current_dir(directory.path())
        .output();
    let Ok(output) = built else {
        skip("go is not on PATH");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

/// netrc texts; `HOST` stands for the server's `127.0.0.1:PORT`.
const NETRC: [&str; 16] = [
    "machine HOST login user password secret",
    "machine HOST\nlogin user\npassword secret\n",
    "machine 127.0.0.1 login user password secret",
    "machine HOST/a login user password secret",
    "machine HOST/a/ login user password secret",
    "machine HOST/b login user password secret",
    "machine HOST/a/golang.org login deep password one\nmachine HOST login shallow password two",
    "machine HOST login first password 1\nmachine HOST login second password 2",
    "machine HOST password secret login user",
    "machine HOST login user\nmachine other password secret",
    "default login user password secret",
    "default\nmachine HOST login user password secret",
    "machine other login x password y default\nmachine HOST login user password secret",
    "macdef init\nmachine HOST login macro password macro\n\nmachine HOST login user password secret",
    "machine HOST login user account me password secret",
    "# machine HOST login user password secret",
];

#[test]
fn netrc_gives_the_credentials_that_go_sends() {
    let Some(authority) = authority() else { return };
    let server = Server::start_tls(authority.server(), |_| Reply::status(404));
    let certificate = authority.certificate();
    let directory = tempfile::tempdir().unwrap();
    let mut with_secret = 0;
    for (number, text) in NETRC.iter().enumerate() {
        let netrc = directory.path().join(format!("netrc{number}"));
        std::fs::write(&netrc, text.replace("HOST", &server.address().to_string())).unwrap();
        let Some(expected) = sent_by_go(&server, &netrc, &certificate, directory.path()) else { return };
        let before = server.requests().len();
        let environment =
            [("NETRC", netrc.to_str().unwrap()), ("SSL_CERT_FILE", certificate.to_str().unwrap())];
        let path = "/a/golang.org/toolchain/@v/v0.0.1-go1.99.0.linux-amd64.info";
        client(&environment).read(&url(&server.url(path)), 100).unwrap_err();
        let sent = server.requests()[before].header("authorization").map(str::to_owned);
        assert_eq!(sent, expected, "{text}");
        with_secret += usize::from(sent.is_some());
    }
    assert!((5..NETRC.len()).contains(&with_secret));
}

/// The `Authorization` of the real go command's first request; the outer `None` where there is no go command.
#[allow(clippy::option_option)]
fn sent_by_go(server: &Server, netrc: &Path, certificate: &Path, home: &Path) -> Option<Option<String>> {
    let before = server.requests().len();
    let ran = Command::new("go")
        .args(["mod", "download", "golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64"])
        .current_dir(home)
        .env("GOPROXY", server.url("/a"))
        .env("NETRC", netrc)
        .env("SSL_CERT_FILE", certificate)
        .env("GOMODCACHE", home.join("modules"))
        .env("GOENV", "off")
        .env("GOTOOLCHAIN", "local")
        .env_remove("GOAUTH")
        .output();
    if ran.is_err() {
        skip("go is not on PATH");
        return None;
    }
    Some(server.requests()[before].header("authorization").map(str::to_owned))
}

#[test]
fn goauth_can_turn_netrc_off() {
    let Some(authority) = authority() else { return };
    let server = Server::start_tls(authority.server(), |_| Reply::ok("x"));
    let directory = tempfile::tempdir().unwrap();
    let netrc = directory.path().join(".netrc");
    std::fs::write(&netrc, format!("machine {} login user password secret", server.address())).unwrap();
    let certificate = authority.certificate();
    let home = directory.path().to_str().unwrap();
    for (goauth, sent) in [("", true), ("netrc", true), ("git /tmp; netrc", true), ("off", false)] {
        let environment =
            [("HOME", home), ("GOAUTH", goauth), ("SSL_CERT_FILE", certificate.to_str().unwrap())];
        client(&environment).read(&url(&server.url("/x")), 100).unwrap();
        let last = server.requests().pop().unwrap();
        assert_eq!(last.header("authorization").is_some(), sent, "GOAUTH={goauth}");
    }
}
