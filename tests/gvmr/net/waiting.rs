//! Servers that let the client wait: what the user is told, and when it ends.

use super::{one, short, url};
use crate::support::server::{Fault, Reply};
use gvmr::net::{Client, NetErrorKind, NetSettings, Notify, Phase, TransferLimits};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A client that keeps what it tells the user.
pub(super) fn telling(limits: TransferLimits) -> (Client, impl Fn() -> Vec<String>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&told);
    let mut settings = NetSettings::from_environment(&Vec::<(&str, &str)>::new());
    settings.limits = limits;
    let notify = Notify::new(move |line| told.lock().unwrap().push(line.to_owned()));
    (Client::new(settings.notifying(notify)), move || lines.lock().unwrap().clone())
}

#[test]
fn silence_is_told_and_ends_all_attempts_together() {
    let limits = TransferLimits {
        silence: Duration::from_millis(1200),
        patience: Duration::from_millis(200),
        ..short()
    };
    let hanging = one(Reply::ok("x").fault(Fault::Hang));
    let interim = endless_interim_answers();
    for (address, attempts) in [(hanging.url("/x"), 2), (format!("http://{interim}/x"), 2)] {
        let (client, told) = telling(limits);
        let error = client.open(&url(&address)).unwrap_err();
        assert!(matches!(error.kind, NetErrorKind::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
        assert!(hanging.count("/x") <= attempts, "{address}");
        assert_eq!(told().len(), 1, "{:?}", told());
        assert!(told()[0].contains("still waiting for http://127.0.0.1"), "{:?}", told());
    }
    // A redirect does not begin the wait anew.
    let target = hanging.url("/y");
    let redirects = one(Reply::redirect(302, &target));
    let (client, _) = telling(limits);
    let error = client.open(&url(&redirects.url("/x"))).unwrap_err();
    assert!(error.to_string().contains(&format!("redirected from {}", redirects.url("/x"))), "{error}");
    assert!(hanging.count("/y") <= 2);
}

/// The address of a server that says `100 Continue` for ever.
fn endless_interim_answers() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(3) {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
                for _ in 0..600 {
                    if std::io::Write::write_all(&mut stream, b"HTTP/1.1 100 Continue\r\n\r\n").is_err() {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
        }
    });
    address
}

#[test]
fn one_that_is_overloaded_is_asked_once_more_and_the_user_hears_why_it_takes_long() {
    let overloaded = one(Reply::status(429).header("Retry-After", "1"));
    let (client, told) = telling(short());
    let error = client.read(&url(&overloaded.url("/x")), 100).unwrap_err();
    assert_eq!(overloaded.count("/x"), 2, "{error}");
    assert!(told()[0].contains("HTTP 429") && told()[0].contains("waiting 1 s"), "{:?}", told());
}
