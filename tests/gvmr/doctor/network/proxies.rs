//! HTTP proxies: those that read the traffic, those that say nothing, and those that go does not use.

use super::lab::{FAR, GATEWAY, GOPROXY, Lab, Said, closed, far, ip, module_proxy, reset};
use super::{Case, NONE};
use crate::support::server::Reply;
use simple_dns::RCODE;
use std::fs;
use std::io::Write as _;

const PROXY: &str = "http://10.9.0.2:3128";

pub(super) const PROXIES: &[Case] = &[
    Case {
        name: "a proxy that reads the traffic",
        breaks: |lab| {
            lab.serves_as(
                "Firewall Authority",
                &format!("{GATEWAY}:444"),
                &format!("DNS:{GOPROXY}"),
                module_proxy,
            );
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| {
                Reply::tunnel("10.9.0.2:444".parse().unwrap())
            });
            lab.world.set("HTTPS_PROXY", PROXY);
        },
        found: &["tls.foreign-issuer GOPROXY"],
        says: &[
            "Firewall Authority",
            "goproxy.test",
            "through http://10.9.0.2:3128",
            "\"variable\":\"HTTPS_PROXY\"",
        ],
    },
    Case {
        name: "a proxy that reads the traffic, and is trusted",
        breaks: |lab| {
            lab.serves_well(&format!("{GATEWAY}:444"), &format!("DNS:{GOPROXY}"), module_proxy);
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| {
                Reply::tunnel("10.9.0.2:444".parse().unwrap())
            });
            lab.world.set("HTTPS_PROXY", PROXY);
        },
        ..NONE
    },
    Case {
        name: "a secure proxy with a certificate for another name",
        breaks: |lab| {
            lab.serves_well(&format!("{GATEWAY}:3128"), "DNS:portal.test", closed);
            lab.says("proxy.test", Said::Address(GATEWAY));
            lab.world.set("HTTPS_PROXY", "https://proxy.test:3128");
        },
        found: &["tls.wrong-name HTTPS_PROXY"],
        says: &["proxy.test", "portal.test"],
    },
    Case {
        name: "a secure proxy with an expired certificate, for two servers",
        breaks: |lab| {
            let dates = ("20200101000000Z", "20200301000000Z");
            lab.serves(&format!("{GATEWAY}:3128"), &format!("IP:{GATEWAY}"), dates, closed);
            lab.world.set("https_proxy", &format!("https://{GATEWAY}:3128"));
            lab.world.set("GOPROXY", &format!("https://{GOPROXY}|https://second.test"));
        },
        found: &["tls.expired https_proxy"],
        says: &["the proxy 10.9.0.2", "2020-03-01"],
    },
    Case {
        name: "a secure proxy of an authority that is not trusted",
        breaks: |lab| {
            lab.serves_as("Firewall Authority", &format!("{GATEWAY}:3128"), &format!("IP:{GATEWAY}"), closed);
            lab.world.set("HTTPS_PROXY", &format!("https://{GATEWAY}:3128"));
        },
        found: &["tls.foreign-issuer HTTPS_PROXY"],
        says: &["the proxy 10.9.0.2", "Firewall Authority"],
    },
    Case {
        name: "a proxy without TLS that is called secure",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), |mut stream| {
                let _ = stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n");
            });
            lab.world.set("HTTPS_PROXY", &format!("https://{GATEWAY}:3128"));
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["does not speak TLS"],
    },
    Case {
        name: "a proxy that says nothing",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), std::mem::forget);
            lab.world.set("HTTPS_PROXY", PROXY);
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["does not answer to CONNECT in 5 s"],
    },
    Case {
        name: "a proxy that closes",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), drop);
            lab.world.set("HTTPS_PROXY", PROXY);
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["closes it without an answer to CONNECT"],
    },
    Case {
        name: "a proxy that resets",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), reset);
            lab.world.set("HTTPS_PROXY", PROXY);
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["to CONNECT"],
    },
    Case {
        name: "a secure proxy that says nothing",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), std::mem::forget);
            lab.world.set("HTTPS_PROXY", &format!("https://{GATEWAY}:3128"));
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["does not answer to the TLS hello"],
    },
    Case {
        name: "a proxy that says nothing, for an http server",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:3128"), std::mem::forget);
            lab.serves_plainly(&format!("{GATEWAY}:8080"), module_proxy);
            lab.says("inside.test", Said::Address(GATEWAY));
            lab.world.set("HTTP_PROXY", PROXY).set("GOPROXY", "http://inside.test:8080");
        },
        found: &["proxy.unreachable HTTP_PROXY"],
        says: &["does not answer to the request"],
    },
    Case {
        name: "a proxy that refuses what nothing else reaches either",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), closed);
            lab.world.set("HTTPS_PROXY", PROXY).set("GOPROXY", "https://gone.test");
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["opens no tunnel to gone.test: HTTP 403"],
    },
    Case {
        name: "a proxy that go does not use, and packets that are dropped",
        breaks: |lab| {
            lab.world.set("GOPROXY", "https://198.51.100.7").set("HTTP_PROXY", PROXY);
        },
        found: &["proxy.not-used HTTP_PROXY"],
        says: &[],
    },
    Case {
        name: "a proxy that go does not use, and a name server that knows this network alone",
        breaks: |lab| {
            lab.says(GOPROXY, Said::Code(RCODE::Refused));
            lab.world.set("ALL_PROXY", PROXY);
        },
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["REFUSED"],
    },
    Case {
        name: "a proxy that git uses, and no default route",
        breaks: |lab| {
            ip("route del default");
            git_uses(lab, PROXY);
        },
        found: &["net.no-route default"],
        says: &[FAR],
    },
    Case {
        name: "a proxy that git uses, which no route leads to either",
        breaks: |lab| {
            ip("route del default");
            git_uses(lab, "http://192.0.2.7:3128");
        },
        found: &["net.no-route default"],
        says: &[FAR],
    },
    Case {
        name: "a proxy that go does not use, and no network at all",
        breaks: |lab| {
            lab.leave();
            lab.world.set("ALL_PROXY", "http://proxy.test:3128");
        },
        found: &["net.no-route default"],
        says: &[],
    },
    Case {
        name: "a stale line of hosts for a proxy",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::tunnel(far()));
            lab.says("proxy.test", Said::Address(GATEWAY));
            lab.file("/etc/hosts", "127.0.0.1 localhost\n\n10.9.0.78 other.test proxy.test\n");
            lab.world.set("HTTPS_PROXY", "http://proxy.test:3128");
        },
        found: &["net.name-unknown /etc/hosts:3"],
        says: &["the proxy proxy.test", GATEWAY, "HTTPS_PROXY"],
    },
];

fn git_uses(lab: &mut Lab, proxy: &str) {
    let settings = format!("[user]\n\tname = Joe\n[http]\n\tproxy = {proxy}\n");
    fs::write(lab.world.path("user/.gitconfig"), settings).unwrap();
}
