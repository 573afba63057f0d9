//! Machines that look broken and are not.

use super::lab::{FAR, GATEWAY, GOPROXY, far, ip, module_proxy};
use super::{Case, NONE};
use crate::support::server::Reply;

pub(super) const WHOLE: &[Case] = &[
    NONE,
    Case { name: "a machine that moves", ..NONE },
    Case {
        name: "off, without a network",
        breaks: |lab| {
            lab.leave();
            lab.world.set("GOPROXY", "off");
        },
        ..NONE
    },
    Case {
        name: "a proxy on the machine, without a network",
        breaks: |lab| {
            lab.leave();
            let here = lab.serves_here(module_proxy);
            lab.world.set("GOPROXY", &format!("{here},off"));
        },
        ..NONE
    },
    Case {
        name: "a directory, without a network",
        breaks: |lab| {
            lab.leave();
            lab.world.set("GOPROXY", "file:///srv/go");
        },
        ..NONE
    },
    Case {
        name: "a host on the link, and no default route or name server",
        breaks: |lab| {
            ip("route del default");
            lab.file("/etc/resolv.conf", "nameserver 10.0.2.3\n");
            lab.serves_plainly(&format!("{GATEWAY}:8080"), module_proxy);
            lab.world.set("GOPROXY", &format!("http://{GATEWAY}:8080"));
        },
        ..NONE
    },
    Case {
        name: "a later entry that go never reaches",
        breaks: |lab| {
            lab.world.set("GOPROXY", &format!("https://{GOPROXY},https://{GATEWAY}:1"));
        },
        ..NONE
    },
    Case {
        name: "a first entry that any error passes",
        breaks: |lab| {
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}:1|https://{GOPROXY}"));
        },
        ..NONE
    },
    Case {
        name: "hosts knows the name, and the name server is gone",
        breaks: |lab| {
            lab.file("/etc/hosts", &format!("{FAR} {GOPROXY}\n"));
            lab.file("/etc/resolv.conf", "nameserver 10.9.0.77\n");
        },
        ..NONE
    },
    Case {
        name: "a proxy that resolves names, and no name server",
        breaks: |lab| {
            lab.file("/etc/resolv.conf", "nameserver 10.9.0.77\n");
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::tunnel(far()));
            lab.world.set("HTTPS_PROXY", &format!("http://{GATEWAY}:3128"));
        },
        ..NONE
    },
    Case {
        name: "proxies for what go does not need",
        breaks: |lab| {
            lab.world.set("HTTP_PROXY", "http://10.9.0.2:1").set("ALL_PROXY", "socks5://10.9.0.2:1");
            lab.world.set("HTTPS_PROXY", "10.9.0.2:1/").set("NO_PROXY", ".test");
        },
        ..NONE
    },
    Case {
        name: "modules that go.sum has, and patterns that match",
        breaks: |lab| {
            let project = lab.project("git.corp.test/x v1.0.0");
            std::fs::write(project.join("go.sum"), "git.corp.test/x v1.0.0 h1:x=\n").unwrap();
            lab.world.set("GOSUMDB", "sum.golang.org").set("GOPRIVATE", "*x.example,corp.example/*");
        },
        ..NONE
    },
];
