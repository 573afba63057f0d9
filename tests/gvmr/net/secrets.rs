//! TLS and secrets: who is trusted, and where credentials never go.

use super::*;

#[test]
fn certificates_are_checked_and_a_refusal_names_the_issuer() {
    let Some(authority) = authority() else { return };
    let server = Server::start_tls(authority.server(), |_| Reply::ok("secret"));
    let trusted = authority.certificate();
    let trusting = [("SSL_CERT_FILE", trusted.to_str().unwrap()), ("SSL_CERT_DIR", "/nonexistent")];
    assert_eq!(client(&trusting).read(&url(&server.url("/x")), 100).unwrap(), b"secret");

    for environment in [&[][..], &[("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")]] {
        let error = client(environment).read(&url(&server.url("/y")), 100).unwrap_err();
        let NetErrorKind::Tls { issuer, .. } = &error.kind else { panic!("{error:?}") };
        assert_eq!(issuer.as_deref(), Some(NAME), "{error}");
    }
    let misnamed = server.url("/y").replace("127.0.0.1", "localhost");
    let error = client(&trusting).read(&url(&misnamed), 100).unwrap_err();
    assert!(matches!(error.kind, NetErrorKind::Tls { .. }), "{error}");
    assert!(error.to_string().contains("not for localhost"), "{error}");
    assert_eq!(server.count("/y"), 0, "nothing is sent before the certificate holds");
}

#[test]
fn a_directory_of_certificates_is_trusted_too() {
    let Some(authority) = authority() else { return };
    let server = Server::start_tls(authority.server(), |_| Reply::ok("secret"));
    let certificate = authority.certificate();
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(&certificate, directory.path().join("corporate.pem")).unwrap();
    let list = format!("/nonexistent:{}", directory.path().display());
    let environment = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", list.as_str())];
    assert_eq!(client(&environment).read(&url(&server.url("/x")), 100).unwrap(), b"secret");
}

#[test]
fn a_redirect_never_leaves_https_and_never_takes_secrets_along() {
    let Some(authority) = authority() else { return };
    let plain = one(Reply::ok("plain"));
    let other = Server::start_tls(authority.server(), |_| Reply::ok("other"));
    let (to_plain, to_other) = (plain.url("/x"), other.url("/x"));
    let server = Server::start_tls(authority.server(), move |request| match request.target.as_str() {
        "/plain" => Reply::redirect(302, &to_plain),
        "/other" => Reply::redirect(302, &to_other),
        "/same" => Reply::redirect(302, "/x"),
        _ => Reply::ok("same"),
    });
    let certificate = authority.certificate();
    let client = client(&[("SSL_CERT_FILE", certificate.to_str().unwrap())]);
    let with_secret = |path: &str| url(&server.url(path).replace("//", "//user:canary%21@"));

    let refused = client.read(&with_secret("/plain"), 100).unwrap_err();
    assert!(matches!(refused.kind, NetErrorKind::Redirect(RedirectRefusal::Insecure(_))), "{refused}");
    assert!(plain.requests().is_empty());

    assert_eq!(client.read(&with_secret("/other"), 100).unwrap(), b"other");
    assert_eq!(other.requests()[0].header("authorization"), None);
    assert_eq!(client.read(&with_secret("/same"), 100).unwrap(), b"same");
    let basic = Some("Basic dXNlcjpjYW5hcnkh"); // user:canary!
    assert!(server.requests().iter().all(|request| request.header("authorization") == basic));
}

#[test]
fn no_secret_is_ever_shown() {
    let Some(authority) = authority() else { return };
    // The nastiest server: it repeats the request in its refusal.
    let echo = Server::start_tls(authority.server(), |request| {
        let words = request.header("authorization").unwrap_or_default().to_owned();
        Reply { status: 403, ..Reply::ok(words) }.header("Content-Type", "text/plain")
    });
    let certificate = authority.certificate();
    let trusting = ("SSL_CERT_FILE", certificate.to_str().unwrap());
    let proxy = ("HTTP_PROXY", "http://canary:canary@127.0.0.1:1");
    let mut shown = format!("{:?}", client(&[trusting, proxy]));
    let mut note = |client: &Client, address: &str| {
        let error = client.read(&url(address), 100).unwrap_err();
        let opened = client.open(&url(address)).unwrap_err();
        shown.extend([error.to_string(), format!("{error:?}{opened:?}")]);
    };
    let encoded = "Y2FuYXJ5OmNhbmFyeQ"; // canary:canary
    note(&client(&[trusting]), &echo.url("/x").replace("//", "//canary:canary@"));
    note(&client(&[]), &echo.url("/x?token=canary#canary").replace("//", "//canary:canary@"));
    note(&client(&[]), "http://canary:canary@goproxy.example/x");
    note(&client(&[proxy]), "http://goproxy.example/x?token=canary");
    note(&client(&[]), "https://canary:canary@does-not-exist.invalid/x");
    note(&client(&[]), "ftp://canary:canary@goproxy.example/x");
    note(&client(&[]), "file:///x?canary#canary");
    let elsewhere = one(Reply::redirect(302, "http://127.0.0.1:1/x?signature=canary"));
    note(&client(&[]), &elsewhere.url("/x"));
    assert!(!shown.contains("canary") && !shown.contains(encoded), "{shown}");
    assert!(shown.contains("***"), "{shown}");
}
