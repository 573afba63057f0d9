//! The HTTP proxies between this machine and the servers: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.

use super::Looked;
use super::network::{host_place, named, place, written_in_list, written_proxy};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::network::{HostAnswer, HostFault, unusable_proxy};
use crate::doctor::place::FindingPlace;
use crate::net::{NoProxy, TrialFailure, TrialStep};
use gvmr_core::sys::printable;
use std::net::IpAddr;

/// A value that go reads as another proxy, or as none.
pub(in crate::doctor) fn malformed(facts: &Examination<'_>) -> Looked {
    facts.network_is_wanted()?;
    let mut findings = Vec::new();
    for name in ["HTTPS_PROXY", "HTTP_PROXY"] {
        let setting = facts.setting(name)?;
        let Some(what) = setting.written().as_deref().and_then(unusable_proxy) else { continue };
        findings.push(
            Finding::error("proxy.malformed", without_text(place(facts, name)))
                .what(format!("{name} {what}"))
                .why("go looks up a piece of it as a host, such as `lookup http: no such host`, or uses no proxy in silence")
                .by_hand("write http://HOST:PORT; in a login, write \\ # / ? @ % as %5C %23 %2F %3F %40 %25"),
        );
    }
    Ok(findings)
}

/// What is no address may be a secret from its first letter to its last.
fn without_text(place: FindingPlace) -> FindingPlace {
    match place {
        FindingPlace::File { file, line, .. } => FindingPlace::line(file, line),
        other => other,
    }
}

/// A proxy that is not there, or leads nowhere.
pub(in crate::doctor) fn unreachable(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let mut findings = Vec::new();
    for (answer, fault, severity) in network.failed() {
        let Some(what) = unreachable_words(answer, fault) else { continue };
        let is_told = |finding: &Finding| finding.places.contains(&host_place(answer));
        if findings.iter().any(is_told) {
            continue; // one proxy for several servers
        }
        findings.push(
            Finding::at("proxy.unreachable", severity, written_proxy(facts, answer))
                .and(host_place(answer))
                .and(FindingPlace::host(answer.host(), answer.url.port_or_known_default(), None))
                .what(format!("{} {what}", named(answer)))
                .why(format!("go reaches {} through it alone: `proxyconnect tcp: …`", answer.host()))
                .by_hand("correct or unset that variable; for one network alone, use a [[network]] rule of config.toml"),
        );
    }
    Ok(findings)
}

fn unreachable_words(answer: &HostAnswer, fault: &HostFault) -> Option<String> {
    if answer.via.is_none()
        || !answer.known_elsewhere.is_empty()
        || answer.is_of_server()
        || answer.is_answered_without_proxy()
    {
        return None;
    }
    Some(match fault {
        HostFault::NoRoute(_) => "is in no network that a route leads to".to_owned(),
        HostFault::Trial(TrialFailure::Refused) => "refuses the connection".to_owned(),
        HostFault::Trial(TrialFailure::Tunnel(status)) if *status != 407 => {
            format!("opens no tunnel to {}: HTTP {status}", answer.host())
        }
        HostFault::Trial(TrialFailure::Silent(TrialStep::Connection)) => "does not answer in 5 s".to_owned(),
        HostFault::Trial(TrialFailure::Silent(step)) => {
            format!("takes the connection, and does not answer {} in 5 s", asked(*step))
        }
        HostFault::Trial(TrialFailure::Reset(TrialStep::Connection)) => {
            "closes each new connection".to_owned()
        }
        HostFault::Trial(TrialFailure::Reset(step)) => {
            format!("takes the connection, and closes it without an answer {}", asked(*step))
        }
        HostFault::Trial(TrialFailure::Unreachable(_)) => "is not there: no route to host".to_owned(),
        HostFault::Trial(TrialFailure::Unexpected(_, reason)) => {
            format!("does not answer as a proxy: {reason}")
        }
        // Told by other kinds.
        HostFault::Trial(
            TrialFailure::Tunnel(_) | TrialFailure::Certificate { .. } | TrialFailure::NothingInCommon(_),
        )
        | HostFault::Setting
        | HostFault::Name
        | HostFault::NoModules(_)
        | HostFault::Gateway(_) => return None,
    })
}

/// What a proxy is asked in a step of the request.
fn asked(step: TrialStep) -> &'static str {
    match step {
        TrialStep::ProxyHandshake => "to the TLS hello",
        TrialStep::Tunnel => "to CONNECT",
        TrialStep::Connection | TrialStep::Handshake | TrialStep::Answer => "to the request",
    }
}

/// A proxy that wants another login.
pub(in crate::doctor) fn login(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let mut findings: Vec<Finding> = Vec::new();
    for (answer, fault, severity) in network.failed() {
        let (Some(proxy), HostFault::Trial(TrialFailure::Tunnel(407))) = (&answer.via, fault) else {
            continue;
        };
        if findings.iter().any(|finding| finding.places.contains(&host_place(answer))) {
            continue;
        }
        let machine = format!(
            "{}:{}",
            proxy.host_str().unwrap_or_default(),
            proxy.port_or_known_default().unwrap_or(80)
        );
        let what = if proxy.username().is_empty() {
            "wants a user name and password"
        } else {
            "refuses the user name and password that it is sent"
        };
        findings.push(
            Finding::at("proxy.login", severity, written_proxy(facts, answer))
                .and(host_place(answer))
                .what(format!("{} {what}", named(answer)))
                .why("each request ends with `Proxy Authentication Required` (HTTP 407)")
                .by_hand("keep the login with gvmr, which asks for the password")
                .command(format!("gvmr auth set {machine} --proxy")),
        );
    }
    Ok(findings)
}

/// A server that only the proxy keeps from answering.
pub(in crate::doctor) fn no_proxy_misses(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let missed = network.hosts().filter(|(_, answer)| answer.is_answered_without_proxy());
    let missed = missed.filter_map(|(index, answer)| Some((answer, network.severity(index)?)));
    let list = facts.setting("NO_PROXY")?.written().unwrap_or_default();
    let findings = missed.map(|(answer, severity)| {
        let host = answer.host();
        let address = answer.direct.as_ref().and_then(|direct| direct.address).map(|address| address.ip());
        let says = match &answer.outcome {
            Ok(Some(status)) | Err(HostFault::Trial(TrialFailure::Tunnel(status))) => {
                format!("HTTP {status}")
            }
            _ => "no answer".to_owned(),
        };
        let written = if list.is_empty() { written_proxy(facts, answer) } else { place(facts, "NO_PROXY") };
        Finding::at("proxy.no-proxy-misses", severity, written)
            .and(written_in_list(facts))
            .and(FindingPlace::host(&host, answer.url.port_or_known_default(), address))
            .and(host_place(answer))
            .what(format!(
                "{host} is asked through {}, which refuses it ({says}), and answers without it",
                named(answer)
            ))
            .why(why_missed(&list, &host, address))
            .by_hand(format!("set NO_PROXY={}", corrected(&list, &host)))
    });
    Ok(findings.collect())
}

/// Why no entry of `NO_PROXY` means this host.
fn why_missed(list: &str, host: &str, address: Option<IpAddr>) -> String {
    let entries = || list.split([',', ' ', '\t', ';']).map(str::trim).filter(|entry| !entry.is_empty());
    let names = |entry: &str| NoProxy::parse(entry).matches(host, "");
    if let Some(url) = entries().find(|entry| entry.contains("://") && entry.contains(host)) {
        let scheme = url.split("://").next().unwrap_or_default();
        return format!(
            "the entry for {host} begins with {}://, and go compares host names alone",
            printable::word(scheme)
        );
    }
    if entries().any(names) {
        return "blanks or semicolons separate its entries, and go wants commas".to_owned();
    }
    let below = |entry: &str| {
        entry
            .strip_prefix("*.")
            .or_else(|| entry.strip_prefix('.'))
            .is_some_and(|name| name.eq_ignore_ascii_case(host))
    };
    if let Some(entry) = entries().find(|entry| below(entry)) {
        return format!("`{}` means what is below {host}, and not {host} itself", printable::word(entry));
    }
    let by_address =
        |entry: &str| address.is_some_and(|address| NoProxy::parse(entry).matches(&address.to_string(), ""));
    if let Some(entry) = entries().find(|entry| by_address(entry)) {
        let entry = printable::word(entry);
        return format!(
            "`{entry}` matches only hosts that are written as addresses: go looks up no name for NO_PROXY"
        );
    }
    if list.is_empty() { "NO_PROXY is not set".to_owned() } else { format!("no entry of it names {host}") }
}

/// The list as go reads it, with this host.
fn corrected(list: &str, host: &str) -> String {
    let entries = list.split([',', ' ', '\t', ';']).map(str::trim).filter(|entry| !entry.is_empty());
    // What has a login in it is left out.
    let plain = entries.filter(|entry| !entry.contains('@')).map(|entry| {
        let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
        let host = entry.split('/').next().unwrap_or_default();
        if host.parse::<IpAddr>().is_ok() { entry } else { host }
    });
    let mut all: Vec<String> = Vec::new();
    for entry in plain.chain([host]) {
        if !all.iter().any(|known| known == entry) {
            all.push(printable::word(entry));
        }
    }
    all.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_why_no_entry_matches_is_named_and_the_list_mended() {
        let address = Some("10.9.0.7".parse().unwrap());
        for (list, reason, mended) in [
            ("a.example goproxy.corp", "blanks", "a.example,goproxy.corp"),
            ("https://goproxy.corp", "https://", "goproxy.corp"),
            (".goproxy.corp", "below", ".goproxy.corp,goproxy.corp"),
            ("10.9.0.0/24", "addresses", "10.9.0.0/24,goproxy.corp"),
            ("a.example,b.example", "no entry", "a.example,b.example,goproxy.corp"),
            ("", "not set", "goproxy.corp"),
        ] {
            let why = why_missed(list, "goproxy.corp", address);
            assert!(why.contains(reason), "{list}: {why}");
            assert_eq!(corrected(list, "goproxy.corp"), mended, "{list}");
        }
    }
}
