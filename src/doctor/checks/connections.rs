//! Connections to the servers that Go asks: refused, cut, or silent.

use super::Looked;
use super::network::{server_place, written_in_list};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::network::{HostAnswer, HostFault};
use crate::net::{TrialFailure, TrialStep};
use std::io::ErrorKind;

/// What is said of a failure.
struct Words {
    what: String,
    why: &'static str,
    by_hand: &'static str,
}

/// Nobody listens on the port.
pub(in crate::doctor) fn refused(facts: &Examination<'_>) -> Looked {
    of_failures(facts, "net.refused", |answer, failure| match failure {
        TrialFailure::Refused => Some(Words {
            what: format!("{} refuses the connection", place(answer)),
            why: "the machine answers, and no server listens on that port: `connect: connection refused`",
            by_hand: "correct the port, or start the server there",
        }),
        _ => None,
    })
}

/// The other side closed the connection.
pub(in crate::doctor) fn reset(facts: &Examination<'_>) -> Looked {
    of_failures(facts, "net.reset", |answer, failure| {
        let what = match failure {
            TrialFailure::Reset(TrialStep::Connection) => "closes each new connection".to_owned(),
            TrialFailure::Reset(TrialStep::Handshake) => {
                "takes the connection and cuts it in the TLS hello".to_owned()
            }
            TrialFailure::Reset(_) => "takes the request and closes without an answer".to_owned(),
            TrialFailure::Unexpected(TrialStep::Handshake, reason) => {
                format!("does not finish the TLS hello: {reason}")
            }
            TrialFailure::Unexpected(TrialStep::Answer, reason) => {
                format!("does not answer as a web server: {reason}")
            }
            _ => return None,
        };
        let why = match failure {
            TrialFailure::Unexpected(..) => {
                "something else listens there, or the scheme is wrong: `server gave HTTP response to HTTPS client`, `EOF`"
            }
            _ => {
                "a firewall, or the server itself, does not want this client: `connection reset by peer`, `EOF`"
            }
        };
        let by_hand =
            "ask who runs the network or the server; a proxy of the network may be the way (HTTPS_PROXY)";
        Some(Words { what: format!("{} {what}", place(answer)), why, by_hand })
    })
}

/// Nothing came in time.
pub(in crate::doctor) fn timeout(facts: &Examination<'_>) -> Looked {
    of_failures(facts, "net.timeout", |answer, failure| {
        let (what, why) = match failure {
            TrialFailure::Silent(TrialStep::Connection) => (
                "does not answer: no TCP connection in 5 s",
                "a firewall drops it, or the machine is off: `i/o timeout`",
            ),
            TrialFailure::Unreachable(ErrorKind::HostUnreachable) => {
                ("is not there: no machine of its network has that address", "`connect: no route to host`")
            }
            TrialFailure::Unreachable(_) => (
                "cannot be reached",
                "the way there is closed: `connect: permission denied` or `network is unreachable`",
            ),
            TrialFailure::Silent(TrialStep::Handshake) => (
                "answers over TCP, and not to the TLS hello",
                "a firewall that looks inside drops it, or large packets are lost (MTU): `TLS handshake timeout`",
            ),
            TrialFailure::Silent(_) => (
                "takes the request and does not answer in time",
                "the server is overloaded, or waits for another one",
            ),
            _ => return None,
        };
        let by_hand =
            "ask who runs the network whether a proxy leads there (HTTPS_PROXY), or name another GOPROXY";
        Some(Words { what: format!("{} {what}", place(answer)), why, by_hand })
    })
}

fn of_failures(
    facts: &Examination<'_>,
    id: &'static str,
    words: impl Fn(&HostAnswer, &TrialFailure) -> Option<Words>,
) -> Looked {
    let network = facts.network()?;
    let findings = network.failed().filter_map(|(answer, fault, severity)| {
        let HostFault::Trial(failure) = fault else { return None };
        // What a stale line of the hosts file does is told there, and what a proxy does of the proxy.
        if !answer.known_elsewhere.is_empty() || !answer.is_of_server() {
            return None;
        }
        let Words { what, why, by_hand } = words(answer, failure)?;
        let finding = Finding::at(id, severity, written_in_list(facts)).and(server_place(answer));
        Some(finding.what(what).why(why).by_hand(by_hand))
    });
    Ok(findings.collect())
}

/// `host:port`, and through which proxy.
fn place(answer: &HostAnswer) -> String {
    let port = answer.url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    let via = answer.proxy().map(|proxy| format!(" (through {proxy})")).unwrap_or_default();
    format!("{}{port}{via}", answer.host())
}
