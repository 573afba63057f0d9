//! The way to the servers that Go asks: routes, the gateway, name servers, names.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::network::dns::DnsReply;
use crate::doctor::network::resolver::{HOSTS, Lookup, RESOLV_CONF};
use crate::doctor::network::routes::{self, Gateway, Route};
use crate::doctor::network::{HostAnswer, HostFault, NetworkFacts};
use crate::doctor::place::FindingPlace;
use gvmr_core::env::network::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The line that names a server of GOPROXY.
pub(super) fn written_in_list(facts: &Examination<'_>) -> FindingPlace {
    place(facts, "GOPROXY")
}

/// The line that gives this variable its value.
pub(super) fn place(facts: &Examination<'_>, name: &'static str) -> FindingPlace {
    let written = facts.setting(name).ok().and_then(|setting| setting.place());
    written.unwrap_or(FindingPlace::default_of(name))
}

/// The line that names the proxy of a request.
pub(super) fn written_proxy(facts: &Examination<'_>, answer: &HostAnswer) -> FindingPlace {
    place(facts, if answer.url.scheme() == "http" { "HTTP_PROXY" } else { "HTTPS_PROXY" })
}

/// The line that names who is connected to.
fn written(facts: &Examination<'_>, answer: &HostAnswer) -> FindingPlace {
    if answer.via.is_some() { written_proxy(facts, answer) } else { written_in_list(facts) }
}

/// Who is connected to, as a place.
pub(super) fn host_place(answer: &HostAnswer) -> FindingPlace {
    let first = answer.first();
    let host = first.host_str().unwrap_or_default().trim_matches(['[', ']']);
    FindingPlace::host(host, first.port_or_known_default(), answer.address.map(|address| address.ip()))
}

/// The server, whatever leads there, as a place.
pub(super) fn server_place(answer: &HostAnswer) -> FindingPlace {
    let address = answer.address.filter(|_| answer.via.is_none()).map(|address| address.ip());
    FindingPlace::host(answer.host(), answer.url.port_or_known_default(), address)
}

/// Who is connected to, in words.
pub(super) fn named(answer: &HostAnswer) -> String {
    let host = answer.first().host_str().unwrap_or_default();
    if answer.via.is_some() { format!("the proxy {host}") } else { host.to_owned() }
}

/// No way leads to a server, nor to the name servers.
pub(in crate::doctor) fn no_route(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let of_servers = network.failed().find_map(|(answer, fault, severity)| match fault {
        HostFault::NoRoute(address) if severity == Severity::Error && answer.known_elsewhere.is_empty() => {
            // That one proxy cannot be reached is told of the proxy.
            (answer.via.is_none() || !routes::has_default(*address))
                .then(|| (*address, named(answer), host_place(answer)))
        }
        _ => None,
    });
    let of_names = || network.needed_names().find_map(|lookup| unreachable_server(network, lookup));
    let Some((address, who, place)) = of_servers.or_else(of_names) else { return NOTHING };
    let family = if address.is_ipv4() { "IPv4" } else { "IPv6" };
    let route = FindingPlace::route(if address.is_ipv4() { "default" } else { "-6 default" });
    let what = if routes::has_default(address) {
        format!("the route table has no way to {address}")
    } else {
        format!("no {family} default route, and {address} is in no connected network")
    };
    let links = links();
    one(Some(
        Finding::error("net.no-route", route).and(place).what(what).why(
            format!("go fails with `connect: network is unreachable` on the way to {who}; {links}"),
        )
        .by_hand(
            "switch the link on and renew its lease (`sudo dhclient` or `nmcli device connect`); behind VirtualBox's NAT \
             the gateway is 10.0.2.2, on a bridge it is the router",
        ),
    ))
}

/// The state of each link, in words.
fn links() -> String {
    let links: Vec<_> = routes::links().iter().map(ToString::to_string).collect();
    if links.is_empty() { "there is no network link".to_owned() } else { links.join(", ") }
}

/// A name server without which a name is unknown, and to which no way leads.
fn unreachable_server(network: &NetworkFacts, lookup: &Lookup) -> Option<(IpAddr, String, FindingPlace)> {
    let replies = lookup.replies();
    if replies.is_empty() || replies.iter().any(DnsReply::is_answer) {
        return None;
    }
    let mut servers =
        replies.iter().zip(&network.resolver.servers).map(|(reply, server)| (reply, server.address.ip()));
    let found = |address: IpAddr| {
        let place = FindingPlace::host(address.to_string(), Some(53), Some(address));
        Some((address, "the name server".to_owned(), place))
    };
    let cut_off = servers.clone().find(|(reply, address)| {
        **reply == DnsReply::Unreachable && !address.is_loopback() && !routes::has_default(*address)
    });
    if let Some((_, address)) = cut_off {
        return found(address);
    }
    let somewhere: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
    if somewhere.into_iter().any(routes::has_default) {
        return None;
    }
    // A resolver on this machine cannot ask anybody either.
    let is_alone = Network::default().seen().addresses.iter().all(|own| is_link_local(*own));
    let local = servers
        .find(|(reply, address)| address.is_loopback() && (is_alone || matches!(reply, DnsReply::Error(_))));
    local.and_then(|(_, address)| found(address))
}

/// Whether an address means something on one link alone, as each link has one.
pub(super) fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// The gateway does not answer on its link.
pub(in crate::doctor) fn gateway_silent(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let of_servers = network.failed().find_map(|(answer, fault, severity)| match fault {
        HostFault::Gateway(gateway) if severity == Severity::Error && answer.known_elsewhere.is_empty() => {
            Some(gateway.clone())
        }
        _ => None,
    });
    let of_names = || network.needed_names().find_map(|lookup| silent_gateway(network, lookup));
    let Some(gateway) = of_servers.or_else(of_names) else { return NOTHING };
    one(Some(
        Finding::error("net.gateway-silent", FindingPlace::route(gateway.to_string()))
            .and(FindingPlace::host(gateway.address.to_string(), None, Some(gateway.address)))
            .what(format!("the gateway {} does not answer on {}", gateway.address, gateway.link))
            .why(format!(
                "no machine has that address there, as after a move to another network: `no route to host`, or no answer; {}",
                links()
            ))
            .by_hand("renew the lease of that link (`sudo dhclient` or `nmcli device reapply`)"),
    ))
}

/// The gateway that keeps the name servers from answering about a name.
fn silent_gateway(network: &NetworkFacts, lookup: &Lookup) -> Option<Gateway> {
    if lookup.replies().iter().any(DnsReply::is_answer) {
        return None;
    }
    let silent = lookup.replies().iter().zip(&network.resolver.servers);
    let mut silent = silent.filter(|(reply, _)| **reply == DnsReply::Silent).peekable();
    let is_met = silent.peek().is_some();
    let on_the_way = silent.find_map(|(_, server)| match routes::to(server.address.ip()) {
        Route::Gateway(gateway) if routes::is_silent(&gateway) => Some(gateway),
        _ => None,
    });
    // Servers on the link of a gateway that is gone too: the whole lease is another network's.
    on_the_way.or_else(|| routes::silent_default().filter(|_| is_met))
}

/// The first name server gives no answers.
pub(in crate::doctor) fn resolver(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let lookups: Vec<_> =
        network.needed_names().map(Lookup::replies).filter(|replies| !replies.is_empty()).collect();
    let answers = |at: usize| lookups.iter().any(|replies| replies.get(at).is_some_and(DnsReply::is_answer));
    let servers = &network.resolver.servers;
    let working = (0..servers.len()).find(|at| answers(*at));
    let (Some(server), Some(reply)) = (servers.first(), lookups.iter().find_map(|replies| replies.first()))
    else {
        return NOTHING; // no name is needed
    };
    let Some(line) = server.line else {
        let fault = network.resolver.fault.filter(|_| working.is_none());
        return one(fault.map(|fault| {
            Finding::error("net.resolver", FindingPlace::file(RESOLV_CONF))
                .what(format!("the file of name servers {fault}"))
                .why("go asks [::1]:53 and 127.0.0.1:53 instead, and no server answers there: `no such host`, `connection refused`")
                .by_hand("let the network's manager write it again (renew the lease), or write `nameserver ADDRESS`")
        }));
    };
    if working == Some(0) {
        return NOTHING;
    }
    let address = server.address.ip();
    let says = match reply {
        DnsReply::Silent => "does not answer in 2 s".to_owned(),
        DnsReply::Closed => "refuses: no server listens on port 53".to_owned(),
        DnsReply::Unreachable => "cannot be reached: no route leads there".to_owned(),
        DnsReply::Error(code) => format!("answers {code}"),
        DnsReply::Addresses(_) | DnsReply::NoSuchName => return NOTHING,
    };
    let is_stale = !address.is_loopback() && !matches!(routes::to(address), Route::Connected { .. });
    let stale =
        if is_stale { "; it is in no network of this machine, and may be left from another one" } else { "" };
    let (severity, effect) = match working {
        Some(_) if *reply == DnsReply::Silent => {
            (Severity::Warning, "go asks the next one after 5 s, for each name")
        }
        Some(_) => (
            Severity::Warning,
            "go asks the next one at once, for each name; without that one it knows no host",
        ),
        None => (Severity::Error, "go knows no host's address: `i/o timeout`, `server misbehaving`"),
    };
    let text = format!("nameserver {address}");
    one(Some(
        Finding::at("net.resolver", severity, FindingPlace::written(RESOLV_CONF, line, text))
            .and(FindingPlace::host(address.to_string(), Some(server.address.port()), Some(address)))
            .what(format!("the name server {says}"))
            .why(format!("{effect}{stale}"))
            .by_hand(
                "renew the lease to get this network's name servers into that file, or correct the line",
            ),
    ))
}

/// Names that the resolver does not know, or that `/etc/hosts` leads to nobody.
pub(in crate::doctor) fn name_unknown(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let findings = network.failed().filter_map(|(answer, fault, severity)| {
        if let (Some(Lookup::Hosts { line, addresses }), [other, ..]) = (&answer.lookup, &answer.known_elsewhere[..]) {
            let address = addresses.first()?;
            let host = host_of_first(answer);
            let place = FindingPlace::written(HOSTS, *line, format!("{address} {host}"));
            return Some(
                Finding::at("net.name-unknown", severity, place)
                    .and(written(facts, answer))
                    .and(host_place(answer))
                    .what(format!("a line of the hosts file leads {} to {address}, which takes no connection", named(answer)))
                    .why(format!("that line wins over the name server, which says {other}"))
                    .by_hand("delete or correct that line (as root)"),
            );
        }
        let lookup = answer.lookup.as_ref().filter(|_| *fault == HostFault::Name)?;
        let says = match lookup.replies().iter().find(|reply| !matches!(reply, DnsReply::Silent)) {
            _ if lookup.is_unknown() => "the name server knows no such name".to_owned(),
            // The server works, though not for this name: else that would be the finding.
            Some(DnsReply::Error(code)) => format!("the name server answers {code} for it"),
            _ => "the name server does not answer for it".to_owned(),
        };
        Some(
            Finding::at("net.name-unknown", severity, written(facts, answer))
                .and(host_place(answer))
                .what(format!("{} has no address", named(answer)))
                .why(format!("{says}: `lookup {}: no such host`", host_of_first(answer)))
                .by_hand(
                    "correct the name; if only another network knows it, use a [[network]] rule of config.toml for that \
                     network",
                ),
        )
    });
    Ok(findings.collect())
}

/// The name of who is connected to.
pub(super) fn host_of_first(answer: &HostAnswer) -> String {
    answer.first().host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}
