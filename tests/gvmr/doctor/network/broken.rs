//! Machines with one broken layer each.

use super::Case;
use super::lab::{FAR, GATEWAY, GOPROXY, NAMES, Said, closed, ip, module_proxy, reset};
use crate::support::server::Reply;
use simple_dns::RCODE;
use std::io::Write as _;

pub(super) const BROKEN: &[Case] = &[
    Case {
        name: "no network at all",
        breaks: |lab| {
            lab.leave();
            lab.project("git.corp.test/x v1.0.0");
            lab.world.set("GOSUMDB", "sum.golang.org").set("HTTPS_PROXY", "http://10.9.0.2:3128");
        },
        found: &["net.no-route default"],
        says: &["eth0 is down"],
    },
    Case {
        name: "no default route",
        breaks: |lab| {
            ip("route del default");
            lab.file("/etc/resolv.conf", "nameserver 10.0.2.3\n");
        },
        found: &["net.no-route default"],
        says: &["10.0.2.3"],
    },
    Case {
        name: "a name server on the link, and no default route",
        breaks: |_| ip("route del default"),
        found: &["net.no-route default"],
        says: &[FAR],
    },
    Case {
        name: "a gateway of another network",
        breaks: |lab| lab.route("10.9.0.99"),
        found: &["net.gateway-silent default via 10.9.0.99 dev eth0"],
        says: &["10.9.0.99"],
    },
    Case {
        name: "a gateway of another network, and a name server behind it",
        breaks: |lab| {
            lab.route("10.9.0.99");
            lab.file("/etc/resolv.conf", "nameserver 192.0.2.53\n");
        },
        found: &["net.gateway-silent default via 10.9.0.99 dev eth0"],
        says: &[],
    },
    Case {
        name: "a name server that is gone",
        breaks: |lab| lab.file("/etc/resolv.conf", "# by hand\nnameserver 10.9.0.77\n"),
        found: &["net.resolver /etc/resolv.conf:2"],
        says: &["does not answer"],
    },
    Case {
        name: "a name server of another network",
        breaks: |lab| lab.file("/etc/resolv.conf", "nameserver 10.0.2.3\n"),
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["left from another one"],
    },
    Case {
        name: "a first name server that is gone",
        breaks: |lab| lab.file("/etc/resolv.conf", &format!("nameserver 10.9.0.77\nnameserver {NAMES}\n")),
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["after 5 s"],
    },
    Case {
        name: "a host that is no name server",
        breaks: |lab| lab.file("/etc/resolv.conf", &format!("nameserver {GATEWAY}\n")),
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["port 53"],
    },
    Case {
        name: "no name servers",
        breaks: |lab| lab.file("/etc/resolv.conf", "options edns0\n"),
        found: &["net.resolver /etc/resolv.conf"],
        says: &["names no server"],
    },
    Case {
        name: "a name server that fails",
        breaks: |lab| lab.says(GOPROXY, Said::Code(RCODE::ServerFailure)),
        found: &["net.resolver /etc/resolv.conf:1"],
        says: &["SERVFAIL"],
    },
    Case {
        name: "a name that is not known",
        breaks: |lab| {
            let file = lab.world.path("user/.config/go/env");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "GOFLAGS=\nGOPROXY=https://gone.test,direct\n").unwrap();
            lab.world.unset("GOPROXY");
        },
        found: &["net.name-unknown ~/.config/go/env:2"],
        says: &["gone.test"],
    },
    Case {
        name: "a proxy's name that is not known",
        breaks: |lab| {
            lab.world.set("https_proxy", "http://gone.test:3128");
        },
        found: &["net.name-unknown https_proxy"],
        says: &["gone.test"],
    },
    Case {
        name: "a stale line of hosts",
        breaks: |lab| lab.file("/etc/hosts", &format!("127.0.0.1 localhost\n{GATEWAY} {GOPROXY}\n")),
        found: &["net.name-unknown /etc/hosts:2"],
        says: &[FAR],
    },
    Case {
        name: "nobody listens",
        breaks: |lab| {
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:1,direct"));
        },
        found: &["net.refused GOPROXY"],
        says: &["10.9.0.2:1"],
    },
    Case {
        name: "a connection that is reset in the hello",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:444"), reset);
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:444"));
        },
        found: &["net.reset GOPROXY"],
        says: &["TLS hello"],
    },
    Case {
        name: "a web server without TLS",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:8080"), |mut stream| {
                let _ = stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n");
            });
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:8080"));
        },
        found: &["net.reset GOPROXY"],
        says: &["does not speak TLS"],
    },
    Case {
        name: "packets that are dropped",
        breaks: |lab| {
            lab.world.set("GOPROXY", "https://198.51.100.7");
        },
        found: &["net.timeout GOPROXY"],
        says: &["no TCP connection"],
    },
    Case {
        name: "a hello that is dropped",
        breaks: |lab| {
            lab.listens(&format!("{GATEWAY}:444"), std::mem::forget);
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:444"));
        },
        found: &["net.timeout GOPROXY"],
        says: &["not to the TLS hello"],
    },
    Case {
        name: "a list with semicolons",
        breaks: |lab| {
            lab.world.set("GOPROXY", "https://goproxy.test;direct");
        },
        found: &["goproxy.malformed GOPROXY"],
        says: &[],
    },
    Case {
        name: "a list that ends at its comma",
        breaks: |lab| {
            lab.serves_well(&format!("{GATEWAY}:443"), &format!("IP:{GATEWAY}"), closed);
            lab.world.set("GOPROXY", &format!("https://{GATEWAY},https://{GOPROXY}"));
        },
        found: &["goproxy.stops-at-comma GOPROXY"],
        says: &["HTTP 403", GOPROXY],
    },
    Case {
        name: "modules of hosts that have no address",
        breaks: |lab| {
            lab.project("git.corp.example/x v1.0.0");
            lab.world.set("GOPROXY", "direct").set("GOSUMDB", "sum.golang.org");
        },
        found: &["goproxy.direct-without-dns GOPROXY"],
        says: &["git.corp.example"],
    },
    Case {
        name: "a proxy that is off",
        breaks: |lab| {
            lab.world.set("HTTPS_PROXY", &format!("http://{GATEWAY}:3128"));
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &["refuses"],
    },
    Case {
        name: "a proxy of another network",
        breaks: |lab| {
            lab.world.set("HTTPS_PROXY", "http://10.9.0.78:3128");
        },
        found: &["proxy.unreachable HTTPS_PROXY"],
        says: &[],
    },
    Case {
        name: "a proxy that wants a login",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::status(407));
            lab.world.set("HTTPS_PROXY", &format!("http://joe:canary@{GATEWAY}:3128"));
        },
        found: &["proxy.login HTTPS_PROXY"],
        says: &["gvmr auth set 10.9.0.2:3128 --proxy"],
    },
    Case {
        name: "a NO_PROXY that means what is below",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), closed);
            lab.world.set("HTTPS_PROXY", &format!("{GATEWAY}:3128")).set("NO_PROXY", ".goproxy.test");
        },
        found: &["proxy.no-proxy-misses NO_PROXY"],
        says: &["NO_PROXY=.goproxy.test,goproxy.test"],
    },
    Case {
        name: "a proxy without its colon",
        breaks: |lab| {
            lab.world.set("HTTPS_PROXY", "http//10.9.0.2:3128");
        },
        found: &["proxy.malformed HTTPS_PROXY"],
        says: &[],
    },
    Case {
        name: "a proxy that go drops in silence",
        breaks: |lab| {
            lab.world.set("HTTPS_PROXY", "http://joe:can%zzary@10.9.0.2:3128");
        },
        found: &["proxy.malformed HTTPS_PROXY"],
        says: &[],
    },
    Case {
        name: "a server that refuses, before a comma and one that answers",
        breaks: |lab| {
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:1,https://{GOPROXY}"));
        },
        found: &["goproxy.stops-at-comma GOPROXY"],
        says: &["never asks"],
    },
    Case {
        name: "a proxy that go does not use",
        breaks: |lab| {
            lab.world
                .set("GOPROXY", &format!("https://{GATEWAY}:1"))
                .set("ALL_PROXY", "http://10.9.0.2:3128");
        },
        found: &["proxy.not-used ALL_PROXY"],
        says: &["cannot be reached directly"],
    },
    Case {
        name: "no certificates",
        breaks: |lab| {
            lab.world.set("SSL_CERT_FILE", "/dev/null").set("SSL_CERT_DIR", "/nowhere");
        },
        found: &["tls.no-roots SSL_CERT_FILE"],
        says: &[],
    },
    Case {
        name: "an expired certificate",
        breaks: |lab| {
            lab.serves(
                &format!("{GATEWAY}:443"),
                &format!("IP:{GATEWAY}"),
                ("20200101000000Z", "20200301000000Z"),
                module_proxy,
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
        },
        found: &["tls.expired GOPROXY"],
        says: &["2020-03-01"],
    },
    Case {
        name: "a clock that is behind",
        breaks: |lab| {
            lab.serves(
                &format!("{GATEWAY}:443"),
                &format!("IP:{GATEWAY}"),
                ("20980101000000Z", "20991231235959Z"),
                module_proxy,
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
        },
        found: &["tls.expired GOPROXY"],
        says: &["the clock of this machine is wrong", "timedatectl"],
    },
    Case {
        name: "a certificate for another name",
        breaks: |lab| {
            lab.serves_well(&format!("{GATEWAY}:443"), "DNS:portal.test", module_proxy);
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
        },
        found: &["tls.wrong-name GOPROXY"],
        says: &["portal.test"],
    },
    Case {
        name: "an authority that is not trusted",
        breaks: |lab| {
            lab.world.unset("SSL_CERT_FILE");
        },
        found: &["tls.foreign-issuer GOPROXY"],
        says: &["Intranet Test Authority"],
    },
    Case {
        name: "a log that is closed off",
        breaks: |lab| {
            lab.says("sum.golang.org", Said::Address("10.9.0.2"));
            lab.says("git.public.org", Said::Address("203.0.113.40"));
            lab.project("git.public.org/x v1.0.0");
            lab.world.set("GOSUMDB", "sum.golang.org");
        },
        found: &["sumdb.unreachable GOSUMDB"],
        says: &["sum.golang.org", "git.public.org/x"],
    },
    Case {
        name: "a module of this network, for the public log",
        breaks: |lab| {
            lab.says("git.inside.org", Said::Address("10.9.0.2"));
            lab.project("git.inside.org/x v1.0.0");
            lab.world.set("GOSUMDB", "sum.golang.org");
        },
        found: &["private.not-covered GOPRIVATE"],
        says: &["git.inside.org/x"],
    },
    Case {
        name: "a pattern that matches nothing",
        breaks: |lab| {
            lab.world.set("GOPRIVATE", ".corp.test");
        },
        found: &["private.not-covered GOPRIVATE"],
        says: &["dot"],
    },
    Case {
        name: "an IPv6 address, and no IPv6 network",
        breaks: |lab| {
            lab.world.set("GOPROXY", "https://[2001:db8:7::1]");
        },
        found: &["net.no-route -6 default"],
        says: &["IPv6"],
    },
    Case {
        name: "a gateway of another IPv6 network",
        breaks: |lab| {
            ip("address add fd00:9::15/64 dev eth0 nodad");
            ip("-6 route add default via fd00:9::99");
            lab.world.set("GOPROXY", "https://[2001:db8:7::1]");
        },
        found: &["net.gateway-silent default via fd00:9::99 dev eth0"],
        says: &[],
    },
    Case {
        name: "a proxy of a rule, for http",
        breaks: |lab| {
            let file = lab.world.path("user/.config/gvmr/config.toml");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            let rule =
                format!("[[network]]\ngateway = \"{GATEWAY}\"\nenv.HTTP_PROXY = \"http://{GATEWAY}:3128\"\n");
            std::fs::write(file, rule).unwrap();
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::status(407));
            lab.world.set("GOPROXY", "http://goproxy.inside");
        },
        found: &["proxy.login ~/.config/gvmr/config.toml:3"],
        says: &[],
    },
    Case {
        name: "a proxy that cannot reach an http server",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::status(502));
            lab.serves_plainly(&format!("{GATEWAY}:8080"), module_proxy);
            lab.says("inside.test", Said::Address(GATEWAY));
            lab.world.set("HTTP_PROXY", &format!("http://{GATEWAY}:3128"));
            lab.world.set("NO_PROXY", "10.9.0.0/24").set("GOPROXY", "http://inside.test:8080");
        },
        found: &["proxy.no-proxy-misses NO_PROXY"],
        says: &["addresses", "NO_PROXY=10.9.0.0/24,inside.test"],
    },
    Case {
        name: "a proxy that a start-up file exports",
        breaks: |lab| {
            let proxy = format!("http://{GATEWAY}:3128");
            std::fs::write(lab.world.path("user/.profile"), format!("# mine\nexport HTTPS_PROXY={proxy}\n"))
                .unwrap();
            lab.world.set("HTTPS_PROXY", &proxy);
        },
        found: &["proxy.unreachable ~/.profile:2"],
        says: &["HTTPS_PROXY"],
    },
];
