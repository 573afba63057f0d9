//! How a name becomes an address here, as Go's own resolver does it: `/etc/hosts`, then the servers of `/etc/resolv.conf`.
//!
//! Takes a name, asks every server at once, gives what each says. Keeps the lines of the files, so that what is wrong can be
//! shown where it is written.

use super::dns::{self, DnsReply};
use crate::process;
use gvmr_core::sys::bounded;
use rustix::net::{self, AddressFamily, SocketType};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::Path;
use std::time::Instant;

/// The file that names the servers.
pub(in crate::doctor) const RESOLV_CONF: &str = "/etc/resolv.conf";
/// The file that knows names without a server.
pub(in crate::doctor) const HOSTS: &str = "/etc/hosts";
const MAX_BYTES: u64 = 1 << 20;
const MAX_SERVERS: usize = 3;
const PORT: u16 = 53;

/// The settings of both files.
#[derive(Debug, Default)]
pub(in crate::doctor) struct Resolver {
    /// The servers, in the order in which Go asks them.
    pub servers: Vec<NameServer>,
    /// Why Go takes servers of its own: what is wrong with the file.
    pub fault: Option<&'static str>,
    search: Vec<String>,
    dots: usize,
    is_tcp: bool,
    hosts: String,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) struct NameServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The line of `/etc/resolv.conf`; `None` for Go's own choice.
    pub line: Option<usize>,
}

/// What was found out about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum Lookup {
    /// It is an address.
    Literal(IpAddr),
    /// A line of `/etc/hosts` has it.
    Hosts {
        /// The line.
        line: usize,
        /// Its addresses.
        addresses: Vec<IpAddr>,
    },
    /// What each server says.
    Asked(Vec<DnsReply>),
}

impl Resolver {
    /// Reads both files.
    pub(in crate::doctor) fn read() -> Self {
        let hosts = bounded::read(Path::new(HOSTS), MAX_BYTES).ok().flatten().unwrap_or_default();
        let text = match std::fs::metadata(RESOLV_CONF) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err("is missing"),
            _ => match bounded::read(Path::new(RESOLV_CONF), MAX_BYTES) {
                Ok(Some(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                _ => Err("cannot be read"),
            },
        };
        let mut resolver = Self::parse(text.as_deref().unwrap_or_default());
        resolver.fault = text.err().or(resolver.fault);
        resolver.hosts = String::from_utf8_lossy(&hosts).into_owned();
        resolver
    }

    /// The text of `/etc/resolv.conf`, as Go reads it.
    fn parse(text: &str) -> Self {
        let mut resolver = Self { dots: 1, ..Self::default() };
        for (number, line) in text.lines().enumerate() {
            let line = line.split([';', '#']).next().unwrap_or_default();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") if resolver.servers.len() < MAX_SERVERS => {
                    let address = words.next().and_then(server);
                    let line = Some(number + 1);
                    resolver.servers.extend(address.map(|address| NameServer { address, line }));
                }
                Some("domain" | "search") => resolver.search = words.map(str::to_owned).collect(),
                Some("options") => {
                    for word in words {
                        let dots = word.strip_prefix("ndots:").and_then(|dots| dots.parse::<usize>().ok());
                        resolver.dots = dots.unwrap_or(resolver.dots).min(15);
                        resolver.is_tcp |= ["use-vc", "usevc", "tcp"].contains(&word);
                    }
                }
                _ => {}
            }
        }
        if resolver.servers.is_empty() {
            resolver.fault = Some("names no server");
            let own: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            resolver.servers =
                own.map(|ip| NameServer { address: SocketAddr::new(ip, PORT), line: None }).into();
        }
        resolver
    }

    /// What is found out about `name` until then. Asks no server about what is an address, or stands in `/etc/hosts`.
    pub(in crate::doctor) fn look_up(&self, name: &str, until: Instant) -> Lookup {
        let name = name.trim_matches(['[', ']']);
        if let Ok(address) = name.parse() {
            return Lookup::Literal(address);
        }
        if let Some((line, addresses)) = self.in_hosts(name) {
            return Lookup::Hosts { line, addresses };
        }
        self.ask(name, until)
    }

    /// What the servers say of a name, whatever `/etc/hosts` has.
    pub(in crate::doctor) fn ask(&self, name: &str, until: Instant) -> Lookup {
        if name.eq_ignore_ascii_case("localhost") {
            return Lookup::Literal(Ipv4Addr::LOCALHOST.into());
        }
        let names = self.names(name);
        let ask = |server: &NameServer| dns::ask(server.address, &names, self.is_tcp, until);
        Lookup::Asked(process::in_order(&self.servers, MAX_SERVERS, ask))
    }

    /// The names that are tried for one that may lack its domain.
    fn names(&self, name: &str) -> Vec<String> {
        let (bare, is_whole) = name.strip_suffix('.').map_or((name, false), |bare| (bare, true));
        let mut names: Vec<String> = if is_whole {
            Vec::new()
        } else {
            self.search.iter().map(|domain| format!("{bare}.{domain}")).collect()
        };
        let first = is_whole || bare.matches('.').count() >= self.dots;
        names.insert(if first { 0 } else { names.len() }, bare.to_owned());
        names
    }

    /// The first line that has this name, and all addresses that it is given.
    fn in_hosts(&self, name: &str) -> Option<(usize, Vec<IpAddr>)> {
        let name = name.trim_end_matches('.');
        let lines = self.hosts.lines().enumerate().filter_map(|(number, line)| {
            let mut words = line.split('#').next()?.split_whitespace();
            let address: IpAddr = words.next()?.split('%').next()?.parse().ok()?;
            words
                .any(|word| word.trim_end_matches('.').eq_ignore_ascii_case(name))
                .then_some((number, address))
        });
        let found: Vec<_> = lines.collect();
        let (first, _) = found.first()?;
        Some((first + 1, found.iter().map(|(_, address)| *address).collect()))
    }
}

impl Lookup {
    /// The addresses to connect to.
    pub(in crate::doctor) fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Literal(address) => std::slice::from_ref(address),
            Self::Hosts { addresses, .. } => addresses,
            Self::Asked(replies) => match replies.iter().find(|reply| reply.is_answer()) {
                Some(DnsReply::Addresses(addresses)) => addresses,
                _ => &[],
            },
        }
    }

    /// Whether a server has answered that there is no such name, and none before it knows better.
    pub(in crate::doctor) fn is_unknown(&self) -> bool {
        matches!(self, Self::Asked(replies)
            if replies.iter().find(|reply| reply.is_answer()) == Some(&DnsReply::NoSuchName))
    }

    /// What the servers say, where they were asked.
    pub(in crate::doctor) fn replies(&self) -> &[DnsReply] {
        if let Self::Asked(replies) = self { replies } else { &[] }
    }
}

/// `10.0.2.3`, `fd00::1`, `fe80::1%eth0`.
fn server(word: &str) -> Option<SocketAddr> {
    let (address, zone) = word.split_once('%').map_or((word, None), |(address, zone)| (address, Some(zone)));
    match (address.parse().ok()?, zone) {
        (IpAddr::V6(address), Some(zone)) => {
            let index = || {
                let socket = net::socket(AddressFamily::INET6, SocketType::DGRAM, None).ok()?;
                net::netdevice::name_to_index(&socket, zone).ok()
            };
            let scope = zone.parse().ok().or_else(index).unwrap_or(0);
            Some(SocketAddrV6::new(address, PORT, 0, scope).into())
        }
        (address, _) => Some(SocketAddr::new(address, PORT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_domains_are_read_as_go_reads_them() {
        let text = "# left by dhcp\nsearch corp.example lab.example\nnameserver 10.0.2.3\nnameserver nonsense\n\
                    nameserver fd00::1 ; second\noptions edns0 ndots:2\n";
        let resolver = Resolver::parse(text);
        let servers: Vec<_> =
            resolver.servers.iter().map(|one| (one.address.to_string(), one.line)).collect();
        assert_eq!(servers, [("10.0.2.3:53".to_owned(), Some(3)), ("[fd00::1]:53".to_owned(), Some(5))]);
        assert_eq!(resolver.names("go.corp"), ["go.corp.corp.example", "go.corp.lab.example", "go.corp"]);
        assert_eq!(resolver.names("a.b.c").first().map(String::as_str), Some("a.b.c"));
        assert_eq!(resolver.names("goproxy."), ["goproxy"]);
        assert_eq!(resolver.fault, None);
        assert!(!resolver.is_tcp && Resolver::parse("options use-vc\n").is_tcp);
        let none = Resolver::parse("options edns0\n");
        assert_eq!(none.servers.len(), 2);
        assert!(none.fault.is_some() && none.servers.iter().all(|one| one.line.is_none()));
    }

    #[test]
    fn hosts_knows_a_name_by_any_of_its_words_and_has_every_line_of_it() {
        let hosts =
            "127.0.0.1 localhost\n10.1.1.1 go.corp.example  GOPROXY # stale\n\n::1 goproxy\n".to_owned();
        let resolver = Resolver { hosts, ..Resolver::parse("") };
        let found = resolver.look_up("goproxy", Instant::now());
        let addresses = vec!["10.1.1.1".parse().unwrap(), "::1".parse().unwrap()];
        assert_eq!(found, Lookup::Hosts { line: 2, addresses });
        assert!(resolver.in_hosts("stale").is_none() && resolver.in_hosts("corp.example").is_none());
        assert_eq!(resolver.look_up("[::1]", Instant::now()).addresses(), ["::1".parse::<IpAddr>().unwrap()]);
    }
}
