//! Requests through HTTP and SOCKS proxies: how they are carried, and how their failures are told apart.

use super::{client, url};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use gvmr::net::{NetErrorKind, RedirectRefusal};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

const PLAIN: &str = "http://goproxy.example/x";
const SECURE: &str = "https://goproxy.example/x";

#[test]
fn plain_requests_go_through_in_absolute_form_with_the_proxys_own_secret() {
    let proxy = Server::start(|_| Reply::ok("proxied"));
    let at = proxy.url("").replace("//", "//user:canary@");
    assert_eq!(client(&[("HTTP_PROXY", &at)]).read(&url(PLAIN), 100).unwrap(), b"proxied");
    let request = &proxy.requests()[0];
    assert_eq!(request.target, PLAIN);
    assert_eq!(request.header("host"), Some("goproxy.example"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn secure_requests_go_through_a_tunnel_that_sees_no_secret() {
    let Some(authority) = authority() else { return };
    let target = Server::start_tls(authority.server(), |_| Reply::ok("tunnelled"));
    let address = target.address();
    let proxy = Server::start(move |_| Reply::tunnel(address));
    let at = proxy.url("").replace("//", "//user:canary@");
    let certificate = authority.certificate();
    let client = client(&[("https_proxy", &at), ("SSL_CERT_FILE", certificate.to_str().unwrap())]);
    assert_eq!(client.read(&url(&SECURE.replace("//", "//me:mine@")), 100).unwrap(), b"tunnelled");
    let request = &proxy.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "goproxy.example:443"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(target.requests()[0].header("authorization"), Some("Basic bWU6bWluZQ=="));
    assert_eq!(target.requests()[0].header("proxy-authorization"), None);
}

#[test]
fn a_proxys_failure_names_the_proxy() {
    let wants = Server::start(|_| Reply::status(407));
    for (variable, target) in [("HTTP_PROXY", PLAIN), ("HTTPS_PROXY", SECURE)] {
        let error = client(&[(variable, &wants.url(""))]).read(&url(target), 100).unwrap_err();
        assert_eq!(error.kind, NetErrorKind::ProxyAuthentication);
        assert!(error.to_string().contains(&format!("through proxy {}", wants.url("/"))), "{error}");
    }
    assert_eq!(wants.requests().len(), 2, "407 is not asked again");
    let blocks = Server::start(|_| Reply::status(403));
    let error = client(&[("HTTPS_PROXY", &blocks.url(""))]).read(&url(SECURE), 100).unwrap_err();
    assert_eq!(error.kind, NetErrorKind::Tunnel { status: 403 });
    assert!(error.to_string().contains(&format!("through proxy {}", blocks.url("/"))), "{error}");
    assert_eq!(blocks.requests().len(), 2, "it is asked for its status, and not again");
    let login = blocks.url("").replace("//", "//user:canary@");
    client(&[("HTTPS_PROXY", &login)]).read(&url(SECURE), 100).unwrap_err();
    let requests = blocks.requests();
    let sent: Vec<_> = requests[2..].iter().map(|request| request.header("proxy-authorization")).collect();
    assert_eq!(sent, [Some("Basic dXNlcjpjYW5hcnk="); 2]);
    // One that may do better later is asked again.
    let broken = Server::start(|_| Reply::status(503));
    let error = client(&[("HTTPS_PROXY", &broken.url(""))]).read(&url(SECURE), 100).unwrap_err();
    assert_eq!((error.kind, broken.requests().len()), (NetErrorKind::Tunnel { status: 503 }, 6));
    for (variable, target) in [("HTTP_PROXY", PLAIN), ("HTTPS_PROXY", SECURE)] {
        for gone in ["http://127.0.0.1:1", "http://proxy.invalid:3128", "socks5://127.0.0.1:1"] {
            let error = client(&[(variable, gone)]).read(&url(target), 100).unwrap_err();
            assert!(matches!(error.kind, NetErrorKind::Proxy { .. }), "{gone}: {error:?}");
            assert!(error.to_string().contains(gone.split_at(9).1), "{error}");
        }
    }
}

#[test]
fn a_redirect_from_elsewhere_to_this_machine_is_refused() {
    let here = Server::start(|_| Reply::ok("a secret of this machine"));
    let target = here.url("/x");
    let proxy = Server::start(move |_| Reply::redirect(302, &target));
    let error = client(&[("HTTP_PROXY", &proxy.url(""))]).read(&url(PLAIN), 100).unwrap_err();
    let refused = |kind: &NetErrorKind| matches!(kind, NetErrorKind::Redirect(RedirectRefusal::Local(_)));
    assert!(refused(&error.kind) && here.requests().is_empty(), "{error}");
    // This machine may send its own users anywhere.
    let target = here.url("/y");
    let local = Server::start(move |_| Reply::redirect(302, &target));
    assert!(client(&[]).read(&url(&local.url("/x")), 100).is_ok());
    let metadata = Server::start(|_| Reply::redirect(302, "http://169.254.169.254/latest/"));
    let error = client(&[]).read(&url(&metadata.url("/x")), 100).unwrap_err();
    assert!(refused(&error.kind), "not even this machine sends anyone there: {error}");
}

#[test]
fn what_a_proxy_says_is_not_shown_once_it_was_told_a_login() {
    for status in [403, 404, 407, 500] {
        let echoes = Server::start(move |request| {
            let told = request.header("proxy-authorization").unwrap_or("nobody").to_owned();
            Reply { status, ..Reply::ok(format!("told {told}")).header("content-type", "text/plain") }
        });
        let words = |at: &str| client(&[("HTTP_PROXY", at)]).read(&url(PLAIN), 100).unwrap_err().to_string();
        let told = words(&echoes.url("").replace("//", "//user:canary@"));
        assert!(!told.contains("dXNlcjpjYW5hcnk=") && !told.contains("canary"), "{status}: {told}");
        assert!(echoes.requests()[0].header("proxy-authorization").is_some());
        let open = words(&echoes.url(""));
        assert!(status != 404 || open.contains("told nobody"), "what is said to nobody is shown: {open}");
    }
}

#[test]
fn a_cgi_request_cannot_choose_the_proxy() {
    let environment = [("HTTP_PROXY", "http://127.0.0.1:1"), ("REQUEST_METHOD", "GET")];
    let error = client(&environment).read(&url(PLAIN), 100).unwrap_err();
    assert!(matches!(error.kind, NetErrorKind::Unsupported { .. }), "{error}");
}

#[test]
fn a_socks_proxy_resolves_the_name_itself() {
    let server = Server::start(|_| Reply::ok("by socks"));
    let target = server.address();
    for scheme in ["socks5", "socks5h"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = format!("{scheme}://{}", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || socks(&listener, target));
        assert_eq!(client(&[("HTTP_PROXY", &at)]).read(&url(PLAIN), 100).unwrap(), b"by socks");
        assert_eq!(asked.join().unwrap(), "goproxy.example");
    }
}

/// Serves one SOCKS5 connection to `target`, whatever is asked for; gives the name that was.
fn socks(listener: &TcpListener, target: SocketAddr) -> String {
    let (mut client, _) = listener.accept().unwrap();
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).unwrap();
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).unwrap();
    client.write_all(&[5, 0]).unwrap();
    let mut request = [0; 5];
    client.read_exact(&mut request).unwrap();
    assert_eq!(request[..4], [5, 1, 0, 3], "CONNECT by name");
    let mut name = vec![0; usize::from(request[4]) + 2];
    client.read_exact(&mut name).unwrap();
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    let mut server = TcpStream::connect(target).unwrap();
    let mut to_server = server.try_clone().unwrap();
    let mut from_client = client.try_clone().unwrap();
    std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    std::thread::spawn(move || std::io::copy(&mut server, &mut client));
    name.truncate(name.len() - 2);
    String::from_utf8(name).unwrap()
}
