//! The `NO_PROXY` grammar: hosts, domains, addresses and networks that are reached without a proxy.
//!
//! As Go's `httpproxy`: `foo.com` means itself and below, `.foo.com` and `*.foo.com` only below, an address or
//! network matches literal addresses only, any entry but a network may name a port, and what is malformed is
//! ignored.

use reqwest::Url;
use std::net::{IpAddr, Ipv6Addr};

/// A parsed `NO_PROXY` list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Everything,
    Network {
        network: IpAddr,
        bits: u8,
    },
    Address {
        address: IpAddr,
        port: String,
    },
    /// `suffix` begins with a dot; `itself` tells whether the name without it matches too.
    Domain {
        suffix: String,
        itself: bool,
        port: String,
    },
}

impl NoProxy {
    /// Parses a comma-separated list.
    pub fn parse(list: &str) -> Self {
        let mut rules = Vec::new();
        for entry in list.split(',').map(|entry| entry.trim().to_lowercase()) {
            if entry == "*" {
                return Self { rules: vec![Rule::Everything] };
            }
            rules.extend(Rule::parse(&entry));
        }
        Self { rules }
    }

    /// Whether `host` (a name, or an address without brackets) on `port` is reached without a proxy.
    pub fn matches(&self, host: &str, port: &str) -> bool {
        let address = host.parse().ok().map(canonical);
        self.rules.iter().any(|rule| rule.matches(host, port, address))
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if let Some((network, bits)) = network(entry) {
            return Some(Self::Network { network, bits });
        }
        let (host, port) = split_port(entry);
        let port = port.to_owned();
        if let Ok(address) = host.parse().map(canonical) {
            return Some(Self::Address { address, port });
        }
        let name = host.strip_prefix("*.").or_else(|| host.strip_prefix('.'));
        let itself = name.is_none();
        let name = name.unwrap_or(host);
        if host.is_empty() {
            return None;
        }
        Some(Self::Domain { suffix: format!(".{}", ascii(name)), itself, port })
    }

    fn matches(&self, host: &str, port: &str, address: Option<IpAddr>) -> bool {
        let on_port = |wanted: &str| wanted.is_empty() || wanted == port;
        match self {
            Self::Everything => true,
            Self::Network { network, bits } => {
                address.is_some_and(|address| leading(address, *bits) == leading(*network, *bits))
            }
            Self::Address { address: wanted, port } => address == Some(*wanted) && on_port(port),
            Self::Domain { suffix, itself, port } => {
                let named = host.ends_with(suffix.as_str()) || (*itself && suffix.get(1..) == Some(host));
                address.is_none() && named && on_port(port)
            }
        }
    }
}

/// An IPv4 address written as IPv6 is the IPv4 address.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// `10.0.0.0/8` or `fd00::/8`.
fn network(entry: &str) -> Option<(IpAddr, u8)> {
    let (network, bits) = entry.split_once('/')?;
    let network: IpAddr = network.parse().ok()?;
    let bits: u8 = bits.parse().ok()?;
    let longest = if network.is_ipv4() { 32 } else { 128 };
    (bits <= longest).then_some((network, bits))
}

/// The first `bits` of an address, with its family, so that addresses of two families never are equal.
fn leading(address: IpAddr, bits: u8) -> (bool, u128) {
    let (number, width) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32_u32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    (address.is_ipv4(), number.checked_shr(width - u32::from(bits).min(width)).unwrap_or(0))
}

/// Splits `host:port` and `[v6]:port`; what has several colons and no brackets is an address.
fn split_port(entry: &str) -> (&str, &str) {
    if let Some((address, port)) = entry.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        return (address, port);
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port),
        _ => (entry, ""),
    }
}

/// International names as they appear in URLs.
fn ascii(name: &str) -> String {
    if name.is_ascii() || name.parse::<Ipv6Addr>().is_ok() {
        return name.to_owned();
    }
    let url = Url::parse(&format!("http://{name}/")).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| name.to_owned())
}
