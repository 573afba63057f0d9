//! The certificates of the servers that Go asks, and the clock that they are compared with.

use super::network::{host_of_first, host_place, named, server_place, written_in_list, written_proxy};
use super::{Looked, NOTHING, one};
use crate::calendar;
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::network::{HostAnswer, NetworkFacts};
use crate::doctor::place::FindingPlace;
use crate::net::CertificateFault;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

/// No certificate is trusted at all.
pub(in crate::doctor) fn no_roots(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let is_met = network.failed().any(|(answer, ..)| answer.certificate().is_some());
    if !network.has_no_roots || !is_met {
        return NOTHING;
    }
    let variable = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().find(|name| Process.get(name).is_some());
    let place = variable.map_or_else(|| FindingPlace::file("/etc/ssl/certs"), FindingPlace::variable);
    let by_hand = match variable {
        Some(variable) => format!("unset {variable}, or name certificates with it"),
        None => "install the package ca-certificates".to_owned(),
    };
    let finding = Finding::error("tls.no-roots", place)
        .what("there is not one trusted certificate on this machine")
        .why("go refuses every server: `x509: certificate signed by unknown authority`")
        .by_hand(by_hand);
    one(Some(if variable.is_none() {
        finding.command("sudo apt-get install ca-certificates")
    } else {
        finding
    }))
}

/// Certificates that are out of date, or a clock that is.
pub(in crate::doctor) fn expired(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let clock = clock_fault(network);
    of_faults(facts, "tls.expired", is_out_of_date, |answer, reason, finding| {
        let finding = finding.why(format!("{reason}: `x509: certificate has expired or is not yet valid`"));
        match &clock {
            Some(why) => finding
                .and(FindingPlace::process("clock"))
                .what(format!("the clock of this machine is wrong: {why}"))
                .by_hand("set the clock")
                .command("sudo timedatectl set-ntp true"),
            None => finding
                .what(format!("the certificate of {} is out of date", owner(answer)))
                .by_hand("tell who runs the server; if that date of today is wrong, set the clock (`sudo timedatectl set-ntp true`)"),
        }
    })
}

fn is_out_of_date(fault: Option<CertificateFault>) -> bool {
    matches!(fault, Some(CertificateFault::Expired | CertificateFault::NotYetValid))
}

/// Why the clock, and not a server, is at fault.
fn clock_fault(network: &NetworkFacts) -> Option<String> {
    let now = SystemTime::now();
    let today = || calendar::date(now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
    let installed = std::env::current_exe().and_then(|program| program.metadata()?.modified()).ok();
    if installed.is_some_and(|installed| installed > now) {
        return Some(format!("it says {}, which is before gvmr was installed", today()));
    }
    let servers = network.hosts().map(|(_, answer)| answer).chain(&network.log);
    let secure: Vec<_> = servers.filter(|answer| answer.url.scheme() == "https").collect();
    let is_all =
        secure.iter().all(|answer| answer.certificate().is_some_and(|(.., fault)| is_out_of_date(fault)));
    // One proxy before several servers shows one certificate.
    let owners: BTreeSet<_> = secure.iter().map(|answer| owner(answer)).collect();
    if is_all && owners.len() > 1 {
        return Some(format!("it says {}, and the certificates of all servers are for other times", today()));
    }
    let begins_later = secure.iter().any(|answer| {
        answer.certificate().is_some_and(|(_, _, fault)| fault == Some(CertificateFault::NotYetValid))
    });
    begins_later.then(|| format!("it says {}, and a certificate is of a later day", today()))
}

/// Certificates for other names.
pub(in crate::doctor) fn wrong_name(facts: &Examination<'_>) -> Looked {
    let is_it = |fault| fault == Some(CertificateFault::Name);
    of_faults(facts, "tls.wrong-name", is_it, |answer, reason, finding| {
        finding
            .what(format!("what answers for {} has a certificate without that name", owner(answer)))
            .why(format!("{reason}: `x509: certificate is valid for …, not {}`", name(answer)))
            .by_hand("use a name that the certificate has; or another machine answers there (DNS, the hosts file, a login page)")
    })
}

/// Certificates of an authority that is not in the store.
pub(in crate::doctor) fn foreign_issuer(facts: &Examination<'_>) -> Looked {
    let is_it = |fault| matches!(fault, None | Some(CertificateFault::Issuer | CertificateFault::Authority));
    of_faults(facts, "tls.foreign-issuer", is_it, |answer, reason, finding| {
        let issuer = answer.certificate().and_then(|(_, issuer, _)| issuer);
        let issuer = issuer.map_or_else(|| "an authority".to_owned(), printable::text);
        finding
            .what(format!("the certificate of {} was issued by {issuer}, which this machine does not trust", owner(answer)))
            .why(format!("{reason}: `x509: certificate signed by unknown authority`"))
            .by_hand(
                "get the authority's certificate from who runs the network, into /usr/local/share/ca-certificates (`sudo \
                 update-ca-certificates`) or SSL_CERT_FILE",
            )
    })
}

fn of_faults(
    facts: &Examination<'_>,
    id: &'static str,
    is_it: impl Fn(Option<CertificateFault>) -> bool,
    words: impl Fn(&HostAnswer, &str, Finding) -> Finding,
) -> Looked {
    let network = facts.network()?;
    let mut findings: Vec<Finding> = Vec::new();
    for (answer, _, severity) in network.failed() {
        let Some((reason, ..)) = answer.certificate().filter(|(.., fault)| is_it(*fault)) else { continue };
        let is_proxy_s = answer.is_proxy_s_certificate();
        let own = if is_proxy_s { host_place(answer) } else { server_place(answer) };
        if is_proxy_s && findings.iter().any(|finding| finding.places.contains(&own)) {
            continue; // one proxy for several servers
        }
        let written = if is_proxy_s { written_proxy(facts, answer) } else { written_in_list(facts) };
        let finding = Finding::at(id, severity, written).and(own);
        // What shows a certificate behind a proxy may be the proxy itself, which reads the traffic.
        let is_behind = answer.via.is_some() && !is_proxy_s;
        let finding = if is_behind { finding.and(written_proxy(facts, answer)) } else { finding };
        findings.push(words(answer, reason, finding));
    }
    Ok(findings)
}

/// Whose certificate it is.
fn owner(answer: &HostAnswer) -> String {
    match answer.proxy() {
        _ if answer.is_proxy_s_certificate() => named(answer),
        Some(proxy) => format!("{} (through {proxy})", answer.host()),
        None => answer.host(),
    }
}

/// The name that the certificate should have.
fn name(answer: &HostAnswer) -> String {
    if answer.is_proxy_s_certificate() { host_of_first(answer) } else { answer.host() }
}
