//! The keys of `tcp` and `tls`.

use super::model::{ProbeTarget, SocketTarget, TcpTarget, TlsTarget};
use super::output::pattern;
use super::probe::ProbeReader;
use crate::check::quantity::Measure;
use std::net::Ipv6Addr;
use std::path::Path;

impl ProbeReader<'_, '_, '_, '_> {
    pub(super) fn tcp(&mut self) -> Option<ProbeTarget> {
        self.figure("time", Measure::Duration);
        let closed = self.table.flag("closed").unwrap_or(false);
        let send = self.table.text("send");
        let span = self.table.span("expect");
        let expect = self.table.filled_text("expect").and_then(|text| {
            let pattern = pattern(&text);
            self.table.file.mistakes.check(&span, pattern)
        });
        for key in ["send", "expect", "time"] {
            if closed && self.table.has(key) {
                let span = self.table.span(key);
                self.table.mistake(&span, format!("closed = true lets nothing through; take out {key}"));
            }
        }
        let span = self.table.limit("tcp")?.span();
        let written = self.table.text("tcp")?;
        let address = match written.strip_prefix("unix:") {
            Some(path) if Path::new(path).is_absolute() => Ok(SocketTarget::Unix(path.into())),
            Some(_) => Err("the path of a socket is absolute: \"unix:/run/app.sock\"".to_owned()),
            None => host_and_port(&written).map(|(host, port)| SocketTarget::Tcp(host, port)),
        };
        let address = self.table.file.mistakes.check(&span, address)?;
        Some(ProbeTarget::Tcp(TcpTarget { address, send, expect, closed }))
    }

    pub(super) fn tls(&mut self) -> Option<ProbeTarget> {
        self.figure("expires", Measure::Duration);
        self.figure("oldest", Measure::Version);
        self.figure("newest", Measure::Version);
        let trusted = self.table.limit("trusted").and_then(|value| self.table.flag_of(value));
        let authorities = self.table.path("ca", self.defaults.directory);
        let name = self.table.filled_text("name");
        let span = self.table.limit("tls")?.span();
        let written = self.table.text("tls")?;
        let (host, port) = self.table.file.mistakes.check(&span, host_and_port(&written))?;
        let trusted = trusted.unwrap_or(true);
        if !trusted && self.figures.is_empty() {
            self.table.mistake(&span, "nothing is asked; add expires, oldest or newest");
        }
        let name = name.unwrap_or_else(|| host.clone());
        Some(ProbeTarget::Tls(TlsTarget { host, port, name, authorities, trusted }))
    }
}

/// `name:port`, `1.2.3.4:port` or `[::1]:port`.
pub(super) fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let wrong = || "an address is \"host:port\", and [::1]:port of IPv6".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().map_err(|_| wrong())?.to_string(),
        None => host.to_owned(),
    };
    let is_host = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-' | '_');
    let is_plain = !host.is_empty() && host.chars().all(is_host)
        || host.parse::<Ipv6Addr>().is_ok() && text.starts_with('[');
    if is_plain { Ok((host, port)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        let of = |text| host_and_port(text).ok();
        assert_eq!(of("orders.example:443"), Some(("orders.example".to_owned(), 443)));
        assert_eq!(of("[::1]:80"), Some(("::1".to_owned(), 80)));
        for wrong in
            ["", "host", ":80", "host:", "host:0", "host:65536", "::1:80", "[x]:80", "a b:1", "http://a:80"]
        {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
