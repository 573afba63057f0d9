//! The kernel's tables of routes and addresses, line by line.
//!
//! Takes the directory that holds them, gives what one question needs. A line that is none is left out; past
//! [`LIMIT`] nothing is read, since a router may have a million routes.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::ControlFlow;
use std::path::Path;

/// The most that is read of a table, in bytes: about 2,000 routes.
const LIMIT: u64 = 256 * 1024;
/// What one system call reads at most; more than the kernel gives of a table at once.
const AT_ONCE: usize = 8 * 1024;

const UP: u32 = 0x1;
const GATEWAY: u32 = 0x2;
const REJECT: u32 = 0x200;

/// An interface's name, which may be any bytes but `/`, `:` and blanks.
pub(super) type Interface = Vec<u8>;
/// Their names, each once.
pub(super) type Interfaces = Vec<Interface>;

/// A route as both tables show it.
struct Route<'a, A> {
    interface: &'a [u8],
    is_default: bool,
    gateway: A,
    flags: u32,
    metric: u32,
}

/// The gateway of the default route in use: the first of those with the lowest metric. Where that one rejects, or leads
/// to an interface without a gateway, there is none, whatever stands behind it.
pub(super) fn ipv4_gateway(tables: &Path) -> Option<Ipv4Addr> {
    let mut best: Option<(u32, Option<Ipv4Addr>)> = None;
    each_line(&tables.join("route"), |line| match ipv4_route(line) {
        Some(route) if route.is_default => {
            route.compete(&mut best);
            ControlFlow::Continue(())
        }
        // The kernel lists the default routes one after the other, before all others as a rule.
        Some(_) if best.is_some() => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    best?.1.filter(|gateway| !gateway.is_unspecified()) // where the gateway is an IPv6 one
}

/// The same for IPv6, where default routes may stand anywhere.
pub(super) fn ipv6_gateway(tables: &Path) -> Option<Ipv6Addr> {
    let mut best: Option<(u32, Option<Ipv6Addr>)> = None;
    each_line(&tables.join("ipv6_route"), |line| {
        if let Some(route) = ipv6_route(line).filter(|route| route.is_default) {
            route.compete(&mut best);
        }
        ControlFlow::Continue(())
    });
    best?.1
}

/// The interfaces that IPv4 routes lead to.
pub(super) fn ipv4_interfaces(tables: &Path) -> Interfaces {
    let mut interfaces = Interfaces::new();
    each_line(&tables.join("route"), |line| {
        if let Some(name) = ipv4_route(line).and_then(|route| route.leads_to()) {
            note(&mut interfaces, name);
        }
        ControlFlow::Continue(())
    });
    interfaces
}

/// The interfaces that IPv6 routes lead to.
pub(super) fn ipv6_interfaces(tables: &Path) -> Interfaces {
    let mut interfaces = Interfaces::new();
    each_line(&tables.join("ipv6_route"), |line| {
        if let Some(name) = ipv6_route(line).and_then(|route| route.leads_to()) {
            note(&mut interfaces, name);
        }
        ControlFlow::Continue(())
    });
    interfaces
}

/// This machine's IPv4 addresses, some of them twice. They stand in the routing trie alone:
///
/// ```text
///            |-- 10.0.2.15
///               /32 host LOCAL
/// ```
pub(super) fn ipv4_addresses(tables: &Path) -> Vec<Ipv4Addr> {
    let mut addresses = Vec::new();
    let mut leaf: Option<Ipv4Addr> = None;
    each_line(&tables.join("fib_trie"), |line| {
        let line = line.trim_ascii();
        if let Some(address) = line.strip_prefix(b"|-- ") {
            leaf = number(address);
        } else if line.starts_with(b"/32 ") && line.ends_with(b" LOCAL") {
            addresses.extend(leaf);
        }
        ControlFlow::Continue(())
    });
    addresses
}

/// This machine's IPv6 addresses, and whose they are.
pub(super) fn ipv6_addresses(tables: &Path) -> Vec<(Ipv6Addr, Interface)> {
    let mut addresses = Vec::new();
    each_line(&tables.join("if_inet6"), |line| {
        let mut fields = fields(line);
        let address = fields.next().and_then(ipv6);
        if let (Some(address), Some(interface)) = (address, fields.nth(4)) {
            addresses.push((address, interface.to_vec()));
        }
        ControlFlow::Continue(())
    });
    addresses
}

impl<'a, A: Copy> Route<'a, A> {
    fn compete(&self, best: &mut Option<(u32, Option<A>)>) {
        let is_gateway = self.flags & (UP | GATEWAY | REJECT) == UP | GATEWAY;
        if best.is_none_or(|(metric, _)| self.metric < metric) {
            *best = Some((self.metric, is_gateway.then_some(self.gateway)));
        }
    }

    /// `*` stands where a route leads nowhere.
    fn leads_to(&self) -> Option<&'a [u8]> {
        (self.flags & (UP | REJECT) == UP && self.interface != b"*").then_some(self.interface)
    }
}

/// `eth0 00000000 0202000A 0003 0 0 100 00000000 …`: interface, destination, gateway, flags, two counters, metric, mask.
/// An address is the number that its four bytes are on this machine.
fn ipv4_route(line: &[u8]) -> Option<Route<'_, Ipv4Addr>> {
    let mut fields = fields(line);
    let interface = fields.next()?;
    let destination = hexadecimal(fields.next()?)?;
    let gateway = Ipv4Addr::from(hexadecimal(fields.next()?)?.to_ne_bytes());
    let flags = hexadecimal(fields.next()?)?;
    let metric = fields.nth(2)?;
    // Older kernels print it as a signed number.
    let metric = number(metric).or_else(|| number(metric).map(i32::cast_unsigned))?;
    let mask = hexadecimal(fields.next()?)?;
    Some(Route { interface, is_default: destination == 0 && mask == 0, gateway, flags, metric })
}

/// Destination and length, source and length, gateway, metric, two counters, flags, interface. Addresses are their bytes.
fn ipv6_route(line: &[u8]) -> Option<Route<'_, Ipv6Addr>> {
    let mut fields = fields(line);
    let destination = ipv6(fields.next()?)?;
    let length = hexadecimal(fields.next()?)?;
    let gateway = ipv6(fields.nth(2)?)?;
    let metric = hexadecimal(fields.next()?)?;
    let flags = hexadecimal(fields.nth(2)?)?;
    let interface = fields.next()?;
    let is_default = destination.is_unspecified() && length == 0;
    Some(Route { interface, is_default, gateway, flags, metric })
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

fn hexadecimal(field: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(field).ok()?, 16).ok()
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

fn ipv6(field: &[u8]) -> Option<Ipv6Addr> {
    let text = std::str::from_utf8(field).ok().filter(|text| text.len() == 32)?;
    Some(Ipv6Addr::from(u128::from_str_radix(text, 16).ok()?))
}

fn note(interfaces: &mut Interfaces, name: &[u8]) {
    if !interfaces.iter().any(|known| known == name) {
        interfaces.push(name.to_vec());
    }
}

/// Visits the whole lines of a file, without their ends, as far as they can be read.
fn each_line(file: &Path, mut visit: impl FnMut(&[u8]) -> ControlFlow<()>) {
    let Ok(file) = File::open(file) else { return };
    let mut reader = BufReader::with_capacity(AT_ONCE, file.take(LIMIT));
    let mut line = Vec::with_capacity(192);
    while reader.read_until(b'\n', &mut line).is_ok() {
        let Some(whole) = line.strip_suffix(b"\n") else { return };
        if visit(whole).is_break() {
            return;
        }
        line.clear();
    }
}
