//! Connections to the servers that Go asks: refused, cut, or silent.

use super::Looked;
use super::network::{server_place, written_in_list};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Skipped};
use crate::doctor::network::{HostAnswer, HostFault, NetworkFacts, NotModules, Says};
use crate::net::{TrialFailure, TrialStep};
use gvmr_core::sys::printable;
use std::io::ErrorKind;

/// What is said of a failure.
struct Words {
    what: String,
    why: &'static str,
    by_hand: &'static str,
}

/// Nobody listens on the port; or the server answers, and gives no modules.
pub(in crate::doctor) fn refused(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let mut findings = refused_connections(facts)?;
    findings.extend(refused_requests(facts, network));
    let only_here = network.hosts().find_map(|(_, answer)| Some((answer, answer.fails_only_here()?)));
    match only_here {
        Some((answer, why)) if findings.is_empty() => {
            let why = printable::text(why);
            Err(Skipped(format!("{} cannot be asked by gvmr, and may answer go: {why}", answer.host())))
        }
        _ => Ok(findings),
    }
}

fn refused_connections(facts: &Examination<'_>) -> Looked {
    of_failures(facts, "net.refused", |answer, failure| match failure {
        TrialFailure::Refused => Some(Words {
            what: format!("{} refuses the connection", place(answer)),
            why: "the machine answers, and no server listens on that port: `connect: connection refused`",
            by_hand: "correct the port, or start the server there",
        }),
        _ => None,
    })
}

/// Answers that make go fail, where no later server would answer: that is told of the list.
fn refused_requests(facts: &Examination<'_>, network: &NetworkFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, answer) in network.hosts() {
        let Some(entry) = network.entries.get(index).filter(|entry| entry.says() == Says::Failure) else {
            continue;
        };
        let Some(severity) = network.severity(index) else { continue };
        let is_told = answer.is_answered_without_proxy()
            || !entry.any_error_passes && network.answers_behind(index).is_some();
        let Some((what, why, mut by_hand)) = answer_words(answer).filter(|_| !is_told) else { continue };
        if index + 1 < network.entries.len() && !entry.any_error_passes {
            by_hand.push_str("; with `|` instead of the comma behind it, go tries the next entry");
        }
        let finding = Finding::at("net.refused", severity, written_in_list(facts)).and(server_place(answer));
        let finding = finding.what(format!("{} {what}", place(answer))).why(why).by_hand(by_hand);
        findings.push(if answer.outcome == Ok(Some(401)) {
            finding.command(format!("gvmr auth set {}", answer.host()))
        } else {
            finding
        });
    }
    findings
}

/// What an answer is that has no modules, why go fails, and what to do.
fn answer_words(answer: &HostAnswer) -> Option<(String, String, String)> {
    let is_no_proxy = "go reads no modules from it: `invalid character '<' looking for beginning of value`";
    let another = "correct the address; it may lack a part of its path, or lead to a page to sign in at";
    let words = |what: String, why: &str, by_hand: &str| Some((what, why.to_owned(), by_hand.to_owned()));
    match &answer.outcome {
        Ok(Some(401)) => words(
            "wants a login, or refuses the one that it is sent (HTTP 401)".to_owned(),
            "go fails: `reading https://…: 401 Unauthorized`",
            "keep the login with gvmr, which asks for the password",
        ),
        Ok(Some(403)) => words(
            "refuses (HTTP 403)".to_owned(),
            "the server, or a firewall in front of it, lets nothing through: `reading https://…: 403 Forbidden`",
            "ask who runs it, or name another GOPROXY",
        ),
        Ok(Some(status @ 500..)) => words(
            format!("fails (HTTP {status})"),
            "the server, or one behind it, does not work: `reading https://…: 502 Bad Gateway` or its like",
            "try again later, or name another GOPROXY",
        ),
        Ok(Some(status)) => words(
            format!("answers HTTP {status}"),
            "go takes that for a failure, unlike 404 and 410",
            "correct the address, or name another GOPROXY",
        ),
        Err(HostFault::NoModules(NotModules::Page)) => {
            words("answers with a web page".to_owned(), is_no_proxy, another)
        }
        Err(HostFault::NoModules(NotModules::Elsewhere(to))) => {
            words(format!("sends go to {to}, which is not a list of versions"), is_no_proxy, another)
        }
        Err(HostFault::NoModules(NotModules::Insecure(to))) => words(
            format!("sends go to {to}, which is not secure"),
            "go does not follow: `redirected from secure URL … to insecure URL`",
            "correct the address",
        ),
        _ => None,
    }
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
