//! Servers of GOPROXY that answer, and have no modules: go fails, and so there is an error.

use super::lab::{FAR, GATEWAY, GOPROXY, Lab, module_proxy};
use super::{Case, NONE};
use crate::support::server::{Reply, Request};

pub(super) const ANSWERS: &[Case] = &[
    Case {
        name: "a server that wants a login",
        breaks: |lab| alone(lab, |_| Reply::status(401)),
        found: &["net.refused GOPROXY"],
        says: &["HTTP 401", "gvmr auth set 10.9.0.2"],
    },
    Case {
        name: "a server that refuses",
        breaks: |lab| alone(lab, |_| Reply::status(403)),
        found: &["net.refused GOPROXY"],
        says: &["HTTP 403"],
    },
    Case {
        name: "a server that fails",
        breaks: |lab| alone(lab, |_| Reply::status(500)),
        found: &["net.refused GOPROXY"],
        says: &["HTTP 500"],
    },
    Case {
        name: "a server that refuses, before direct",
        breaks: |lab| {
            alone(lab, |_| Reply::status(502));
            lab.world.set("GOPROXY", &format!("https://{GATEWAY},direct"));
        },
        found: &["net.refused GOPROXY"],
        says: &["HTTP 502", "with `|` instead of the comma"],
    },
    Case {
        name: "a web page",
        breaks: |lab| alone(lab, |_| Reply::html()),
        found: &["net.refused GOPROXY"],
        says: &["a web page"],
    },
    Case {
        name: "a web page in chunks, before another server",
        breaks: |lab| {
            alone(lab, |_| Reply::html().chunked());
            lab.world.set("GOPROXY", &format!("https://{GATEWAY},https://{GOPROXY}"));
        },
        found: &["goproxy.stops-at-comma GOPROXY"],
        says: &["a web page"],
    },
    Case {
        name: "a redirect to a page of the same host",
        breaks: |lab| alone(lab, to_sign_in),
        found: &["net.refused GOPROXY"],
        says: &["a web page"],
    },
    Case {
        name: "a redirect to a page of another host",
        breaks: |lab| {
            alone(lab, |_| Reply::redirect(302, "https://sso.test/login?from=goproxy"));
            lab.says("sso.test", super::lab::Said::Address(FAR));
        },
        found: &["net.refused GOPROXY"],
        says: &["https://sso.test/login"],
    },
    Case {
        name: "a redirect to an address that is not secure",
        breaks: |lab| {
            alone(lab, |request| Reply::redirect(302, &format!("http://{GATEWAY}{}", request.target)));
        },
        found: &["net.refused GOPROXY"],
        says: &["not secure"],
    },
    Case {
        name: "a server that fails behind an HTTP proxy",
        breaks: |lab| {
            lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::status(502));
            lab.world.set("HTTP_PROXY", &format!("http://{GATEWAY}:3128"));
            lab.world.set("GOPROXY", "http://inside.test:8080");
        },
        found: &["net.refused GOPROXY"],
        says: &["HTTP 502", "through http://10.9.0.2:3128"],
    },
    Case {
        name: "a redirect on one host that leads to the list",
        breaks: |lab| {
            alone(lab, |request| match request.target.strip_prefix("/moved") {
                Some(_) => module_proxy(request),
                None => Reply::redirect(301, &format!("/moved{}", request.target)),
            });
        },
        ..NONE
    },
    Case {
        name: "a redirect to the same list of another host",
        breaks: |lab| {
            alone(lab, |request| Reply::redirect(302, &format!("https://{GOPROXY}{}", request.target)));
        },
        ..NONE
    },
    Case {
        name: "a list that is called a page",
        breaks: |lab| alone(lab, |request| module_proxy(request).header("Content-Type", "text/html")),
        ..NONE
    },
    Case {
        name: "a server that has no toolchains, before one that has all",
        breaks: |lab| {
            alone(lab, |_| Reply::status(410));
            lab.world.set("GOPROXY", &format!("https://{GATEWAY},https://{GOPROXY}"));
        },
        ..NONE
    },
    Case {
        name: "a server that refuses, where any error passes",
        breaks: |lab| {
            alone(lab, |_| Reply::status(403));
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}|https://{GOPROXY}"));
        },
        ..NONE
    },
];

/// The gateway is the only server of GOPROXY.
fn alone(lab: &mut Lab, handler: fn(&Request) -> Reply) {
    lab.serves_well(&format!("{GATEWAY}:443"), &format!("IP:{GATEWAY}"), handler);
    lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
}

fn to_sign_in(request: &Request) -> Reply {
    if request.target == "/sign-in" { Reply::html() } else { Reply::redirect(302, "/sign-in") }
}
