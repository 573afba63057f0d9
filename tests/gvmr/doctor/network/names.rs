//! Name servers as Go asks them: in turn, over TCP, over IPv6, on this machine.

use super::lab::{FAR, GATEWAY, GOPROXY, Lab, Listens, NAMES, Said, ip, module_proxy};
use super::{Case, NONE};
use simple_dns::RCODE;

const SECOND: &str = "10.9.0.4";

pub(super) const RESOLVING: &[Case] = &[
    Case {
        name: "a first name server that refuses each name",
        breaks: |lab| {
            lab.answers_at(SECOND, RCODE::Refused);
            lab.file("/etc/resolv.conf", &format!("nameserver {SECOND}\nnameserver {NAMES}\n"));
        },
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["answers REFUSED", "the next one at once", "warning"],
    },
    Case {
        name: "a first name server that fails at each name",
        breaks: |lab| {
            lab.answers_at(SECOND, RCODE::ServerFailure);
            lab.file("/etc/resolv.conf", &format!("nameserver {SECOND}\nnameserver {NAMES}\n"));
        },
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["answers SERVFAIL", "the next one at once", "warning"],
    },
    Case {
        name: "a first host that is no name server",
        breaks: |lab| lab.file("/etc/resolv.conf", &format!("nameserver {GATEWAY}\nnameserver {NAMES}\n")),
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["port 53", "the next one at once", "warning"],
    },
    Case {
        name: "a name server that listens over TCP alone",
        breaks: |lab| {
            lab.names_at(SECOND, Listens::ToTcp);
            lab.file("/etc/resolv.conf", &format!("nameserver {SECOND}\n"));
        },
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["port 53"],
    },
    Case {
        name: "a name server that is asked over TCP alone, and listens over UDP",
        breaks: |lab| lab.file("/etc/resolv.conf", &format!("options use-vc\nnameserver {GATEWAY}\n")),
        found: &["net.resolver /etc/resolv.conf:2"],
        says: &["port 53"],
    },
    Case {
        name: "a name server that is asked over TCP alone",
        breaks: |lab| {
            lab.names_at(SECOND, Listens::ToTcp);
            lab.file("/etc/resolv.conf", &format!("nameserver {SECOND}\noptions use-vc\n"));
        },
        ..NONE
    },
    Case { name: "an answer that is cut", breaks: |lab| lab.says(GOPROXY, Said::Cut(FAR)), ..NONE },
    Case {
        name: "options alone, and a resolver on the machine",
        breaks: |lab| {
            lab.names_here();
            lab.file("/etc/resolv.conf", "options edns0 trust-ad\n");
        },
        ..NONE
    },
    Case { name: "an IPv6 network alone", breaks: only_ipv6, ..NONE },
    Case {
        name: "an IPv6 network alone, and its route is gone",
        breaks: |lab| {
            only_ipv6(lab);
            ip("-6 route del default");
        },
        found: &["net.no-route -6 default"],
        says: &["IPv6", "2001:db8:7::10"],
    },
];

/// The machine has no IPv4 address; its name server and the server of GOPROXY have none either.
fn only_ipv6(lab: &mut Lab) {
    ip("address flush dev eth0");
    ip("address add fd00:9::15/64 dev eth0 nodad");
    ip("-n site address add 2001:db8:7::10/64 dev lo nodad");
    lab.names_at("fd00:9::3", Listens::ToBoth);
    lab.says(GOPROXY, Said::Address("2001:db8:7::10"));
    ip("-6 route add default via fd00:9::3");
    lab.file("/etc/resolv.conf", "nameserver fd00:9::3\n");
    lab.serves_well("[2001:db8:7::10]:443", &format!("DNS:{GOPROXY}"), module_proxy);
}
