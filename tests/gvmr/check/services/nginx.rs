//! nginx before a service: its health, how slow it may be, and its TLS.

use super::{Service, have, machine, service};
use crate::check::outcome;
use crate::support::authority::{Authority, authority};
use crate::support::server::{Fault, Reply, Server};
use rustix::process::Signal;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// nginx as one process with one server, for whose port PORT stands.
fn start(data: &Path, server: &str) -> (Service, u16) {
    let at = data.display();
    Service::on_free_port(&data.join("log"), Signal::QUIT, |port| {
        let server = server.replace("PORT", &port.to_string());
        let text = format!(
            "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n\
             access_log off;\nclient_body_temp_path {at}/body;\nproxy_temp_path {at}/proxy;\n\
             fastcgi_temp_path {at}/fastcgi;\nuwsgi_temp_path {at}/uwsgi;\nscgi_temp_path {at}/scgi;\n{server}\n}}\n"
        );
        fs::write(data.join("nginx.conf"), text).unwrap();
        let mut command = service("nginx", None);
        command.arg("-p").arg(data).arg("-c").arg(data.join("nginx.conf")).args(["-e", "stderr"]);
        command
    })
}

#[test]
fn health_behind_a_proxy_answers_and_slows_down() {
    if !have(&["nginx"]) {
        return;
    }
    // So many of forty requests are slow, and so many of forty find it down.
    let (slow, down) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (slow_now, down_now, asked) = (Arc::clone(&slow), Arc::clone(&down), AtomicUsize::new(0));
    let service = Server::start(move |_| {
        let number = asked.fetch_add(1, Ordering::SeqCst) % 40;
        let reply = Reply::ok(r#"{"status": "UP"}"#);
        match () {
            () if number < down_now.load(Ordering::SeqCst) => Reply::status(503),
            () if number < slow_now.load(Ordering::SeqCst) => {
                reply.fault(Fault::Slow(4, Duration::from_millis(250)))
            }
            () => reply,
        }
    });
    let (world, data) = machine("nginx", None);
    let proxied = format!(
        "server {{ listen 127.0.0.1:PORT; location / {{ proxy_pass {}; proxy_buffering off; }} }}",
        service.url("")
    );
    let (nginx, port) = start(&data, &proxied);
    let health = || {
        let lines = "json.\"/status\" = \"UP\"\nrequests = 40\nconcurrency = 4\np95 = \"<= 500ms\"";
        outcome(&world, &format!("http = \"http://127.0.0.1:{port}/health\"\n{lines}"))
    };
    assert_eq!(health(), "pass");
    // The 38th of 40 decides: two may be slow, and three may not.
    slow.store(2, Ordering::SeqCst);
    assert_eq!(health(), "pass");
    slow.store(3, Ordering::SeqCst);
    let late = health();
    let figure =
        late.strip_prefix("fail: p95 is ").and_then(|rest| rest.strip_suffix(" ms, <= 500 ms asked"));
    assert!(figure.and_then(|figure| figure.parse::<f64>().ok()).is_some_and(|p95| p95 >= 600.0), "{late}");
    slow.store(0, Ordering::SeqCst);
    down.store(1, Ordering::SeqCst);
    assert_eq!(health(), "fail: ok is 97.5 %, == 100 % asked: 1 of 40 requests: status 503, 2xx asked");
    // Behind the proxy nothing answers, then the proxy neither: an answer that is bad, and none.
    drop(service);
    assert_eq!(health(), "fail: ok is 0 %, == 100 % asked: 40 of 40 requests: status 502, 2xx asked");
    drop(nginx);
    let gone = health();
    assert!(gone.starts_with("error: ") && gone.contains("refused"), "{gone}");
}

/// A server that speaks these versions, with a certificate of the authority that is good for two days.
fn with_tls(authority: &Authority, protocols: &str) -> String {
    let (certificate, key) = authority.leaf();
    format!(
        "server {{ listen 127.0.0.1:PORT ssl; ssl_certificate {}; ssl_certificate_key {};\n\
         ssl_protocols {protocols}; ssl_ciphers ALL:@SECLEVEL=0; return 204; }}",
        certificate.display(),
        key.display()
    )
}

#[test]
fn the_oldest_version_that_a_server_takes_is_found_and_its_certificate_ends() {
    let Some(authority) = authority().filter(|_| have(&["nginx"])) else { return };
    let ca = authority.certificate().display().to_string();
    for (protocols, oldest) in [
        ("TLSv1.2 TLSv1.3", None),
        ("TLSv1.3", None),
        ("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", Some("1.0")),
        ("TLSv1.1 TLSv1.2", Some("1.1")),
    ] {
        let (world, data) = machine("nginx", None);
        let (_nginx, port) = start(&data, &with_tls(authority, protocols));
        let of =
            |lines: &str| outcome(&world, &format!("tls = \"127.0.0.1:{port}\"\nca = \"{ca}\"\n{lines}"));
        let expected = match oldest {
            None => "pass".to_owned(),
            Some(oldest) => format!("fail: oldest is {oldest}, >= 1.2 asked"),
        };
        assert_eq!(of("oldest = \">= 1.2\""), expected, "{protocols}");
        assert_eq!(of("expires = \">= 1d\""), "pass", "{protocols}");
        let ends = of("expires = \">= 14d\"");
        let is_two_days =
            ends.starts_with("fail: expires is 1.99") || ends.starts_with("fail: expires is 2 d");
        assert!(is_two_days && ends.ends_with(" d, >= 14 d asked"), "{ends}");
    }
}

#[test]
fn another_server_that_takes_old_versions_is_found_too() {
    let Some(authority) = authority().filter(|_| have(&["openssl"])) else { return };
    let (certificate, key) = authority.leaf();
    let (world, data) = machine("openssl", None);
    let (_server, port) = Service::on_free_port(&data.join("log"), Signal::TERM, |port| {
        let mut command: Command = service("openssl", None);
        command.args(["s_server", "-www", "-quiet", "-cipher", "ALL:@SECLEVEL=0", "-no_tls1", "-accept"]);
        command.arg(format!("127.0.0.1:{port}")).arg("-cert").arg(&certificate).arg("-key").arg(&key);
        command
    });
    let of = |lines: &str| outcome(&world, &format!("tls = \"127.0.0.1:{port}\"\ntrusted = false\n{lines}"));
    assert_eq!(of("oldest = \">= 1.2\""), "fail: oldest is 1.1, >= 1.2 asked");
    assert_eq!(of("oldest = \">= 1.1\"\nnewest = \"== 1.3\""), "pass");
}
