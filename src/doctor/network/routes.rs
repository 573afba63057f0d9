//! The way to an address, as the kernel itself would take it, and whether the neighbour on that way answers.
//!
//! Takes an address, asks the kernel over a netlink socket, gives a [`Route`]. Sends nothing to any network and needs no right.
//! Own code, since what is needed are three questions, and the crates for them bring an asynchronous runtime. Where there is no
//! such socket, nothing is known.

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWROUTE: u16 = 24;
const RTM_GETROUTE: u16 = 26;
const RTM_NEWNEIGH: u16 = 28;
const RTM_GETNEIGH: u16 = 30;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const REQUEST: u16 = 0x1;
const DUMP: u16 = 0x300;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
/// Answers that are read to one question: a neighbour table may be long.
const MAX_ANSWERS: usize = 64;
const HEADER: usize = 16;
/// Types of routes that lead somewhere.
const UNICAST: u8 = 1;
const LOCAL: u8 = 2;

/// The kernel's way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum Route {
    /// There is none.
    None,
    /// It is this machine, or on a link of it.
    Connected {
        /// The link.
        link: String,
    },
    /// Through a gateway.
    Gateway(Gateway),
}

/// A gateway and the link that it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) struct Gateway {
    /// Its address.
    pub address: IpAddr,
    /// The link's name.
    pub link: String,
    index: u32,
}

/// A link of this machine, but for loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) struct Link {
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub is_up: bool,
    /// Whether a cable or its like is in it.
    pub has_carrier: bool,
}

/// The way to this address.
pub(in crate::doctor) fn to(address: IpAddr) -> Route {
    asked(address).unwrap_or_else(|| tried(address))
}

/// Whether a way leads everywhere in the family of this address.
pub(in crate::doctor) fn has_default(address: IpAddr) -> bool {
    // Addresses for documentation, which are in no network.
    let somewhere: IpAddr = match address.to_canonical() {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    };
    to(somewhere) != Route::None
}

/// The same where there is no netlink: a socket that sends nothing finds out whether there is a way, not which.
fn tried(address: IpAddr) -> Route {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let outcome = UdpSocket::bind((any, 0)).and_then(|socket| socket.connect((address, 9)));
    match outcome {
        Ok(()) => Route::Connected { link: String::new() },
        Err(_) => Route::None,
    }
}

/// What the kernel says; `None` where it cannot be asked.
fn asked(address: IpAddr) -> Option<Route> {
    let address = address.to_canonical();
    let family = if address.is_ipv4() { AF_INET } else { AF_INET6 };
    let octets = octets(address);
    let bits = u8::try_from(octets.len() * 8).ok()?;
    let mut body = vec![family, bits, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    body.extend(attribute(1, &octets));
    let socket = open()?;
    let answers = ask(&socket, RTM_GETROUTE, REQUEST, &body)?;
    // An error may mean that there is no way, or that this kernel does not know the question: a socket tells.
    let answer = answers.iter().find(|answer| answer.kind == RTM_NEWROUTE)?;
    let kind = *answer.body.get(7)?;
    if kind != UNICAST && kind != LOCAL {
        return Some(Route::None);
    }
    let attributes = attributes(answer.body.get(12..)?);
    let find = |wanted: u16| attributes.iter().find(|(kind, _)| *kind == wanted).map(|(_, value)| *value);
    let index = find(4).and_then(number).unwrap_or(0);
    let link = net::netdevice::index_to_name(&socket, index).unwrap_or_default();
    // A gateway of the other family stands with its family.
    let gateway = find(5).and_then(ip).or_else(|| find(18).and_then(|value| ip(value.get(2..)?)));
    Some(match gateway {
        Some(address) => Route::Gateway(Gateway { address, link, index }),
        None => Route::Connected { link },
    })
}

/// Whether the kernel asked for this gateway on its link and nobody answered.
pub(in crate::doctor) fn is_silent(gateway: &Gateway) -> bool {
    state(gateway).is_some_and(|state| state & (INCOMPLETE | FAILED) != 0)
}

const INCOMPLETE: u16 = 0x01;
const FAILED: u16 = 0x20;

/// What the kernel knows of it as a neighbour; `None` where it knows nothing.
fn state(gateway: &Gateway) -> Option<u16> {
    let look = || {
        let family = if gateway.address.is_ipv4() { AF_INET } else { AF_INET6 };
        let body = [family, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let answers = ask(&open()?, RTM_GETNEIGH, REQUEST | DUMP, &body)?;
        answers.iter().filter(|answer| answer.kind == RTM_NEWNEIGH).find_map(|answer| {
            let index = number(answer.body.get(4..8)?)?;
            let state = u16::from_ne_bytes(answer.body.get(8..10)?.try_into().ok()?);
            let attributes = attributes(answer.body.get(12..)?);
            let address = attributes.iter().find(|(kind, _)| *kind == 1).and_then(|(_, value)| ip(value))?;
            (index == gateway.index && address == gateway.address).then_some(state)
        })
    };
    look()
}

/// The default gateway, where a try to reach it makes the kernel ask for it and nobody answers.
pub(in crate::doctor) fn silent_default() -> Option<Gateway> {
    let Route::Gateway(gateway) = to(Ipv4Addr::new(192, 0, 2, 1).into()) else { return None };
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // The port that discards what it gets. The kernel gives up on a neighbour after three seconds.
    let _ = socket.send_to(&[], (gateway.address, 9));
    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
        match state(&gateway) {
            Some(state) if state & FAILED != 0 => return Some(gateway),
            Some(state) if state & INCOMPLETE != 0 => {}
            _ => return None,
        }
    }
    Some(gateway)
}

/// The links of this machine.
pub(in crate::doctor) fn links() -> Vec<Link> {
    const UP: u32 = 0x1;
    const LOOPBACK: u32 = 0x8;
    const LOWER_UP: u32 = 0x1_0000;
    let look = || {
        let answers = ask(&open()?, RTM_GETLINK, REQUEST | DUMP, &[0; 16])?;
        let links = answers.iter().filter(|answer| answer.kind == RTM_NEWLINK).filter_map(|answer| {
            let flags = number(answer.body.get(8..12)?)?;
            let attributes = attributes(answer.body.get(16..)?);
            let (_, name) = attributes.iter().find(|(kind, _)| *kind == 3)?;
            let name = String::from_utf8_lossy(name.strip_suffix(&[0]).unwrap_or(name)).into_owned();
            let link = Link { name, is_up: flags & UP != 0, has_carrier: flags & LOWER_UP != 0 };
            (flags & LOOPBACK == 0).then_some(link)
        });
        Some(links.collect())
    };
    look().unwrap_or_default()
}

struct Answer {
    kind: u16,
    body: Vec<u8>,
}

fn open() -> Option<OwnedFd> {
    let socket =
        net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).ok()?;
    sockopt::set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(1))).ok()?;
    Some(socket)
}

/// The kernel's answers to one question, an error among them; `None` where it gives none.
fn ask(socket: &OwnedFd, kind: u16, flags: u16, body: &[u8]) -> Option<Vec<Answer>> {
    let length = u32::try_from(HEADER + body.len()).ok()?;
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([1_u32.to_ne_bytes(), 0_u32.to_ne_bytes()].concat());
    message.extend(body);
    net::sendto(socket, &message, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;
    let mut answers = Vec::new();
    let mut buffer = vec![0_u8; 32 << 10];
    for _ in 0..MAX_ANSWERS {
        let (_, length) = net::recv(socket, buffer.as_mut_slice(), RecvFlags::empty()).ok()?;
        let mut rest = buffer.get(..length)?;
        while let Some(length) = rest.get(..4).and_then(number) {
            let length = usize::try_from(length).ok().filter(|length| *length >= HEADER)?;
            let (message, behind) = rest.split_at_checked(length)?;
            let kind = u16::from_ne_bytes(message.get(4..6)?.try_into().ok()?);
            if kind == NLMSG_DONE {
                return Some(answers);
            }
            answers.push(Answer { kind, body: message.get(HEADER..)?.to_vec() });
            if kind == NLMSG_ERROR || flags & DUMP == 0 {
                return Some(answers);
            }
            rest = behind.get(aligned(length) - length..).unwrap_or_default();
        }
    }
    Some(answers)
}

fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(4);
    [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), value].concat()
}

/// Type and value of each attribute.
fn attributes(mut rest: &[u8]) -> Vec<(u16, &[u8])> {
    let mut found = Vec::new();
    while let [low, high, first, second, ..] = *rest {
        let length = usize::from(u16::from_ne_bytes([low, high]));
        let Some(value) = rest.get(4..length) else { break };
        found.push((u16::from_ne_bytes([first, second]), value));
        rest = rest.get(aligned(length)..).unwrap_or_default();
    }
    found
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let ipv4 = || <[u8; 4]>::try_from(bytes).ok().map(|octets| Ipv4Addr::from(octets).into());
    ipv4().or_else(|| <[u8; 16]>::try_from(bytes).ok().map(|octets| Ipv6Addr::from(octets).into()))
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

impl fmt::Display for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "default via {} dev {}", self.address, self.link)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.is_up, self.has_carrier) {
            (false, _) => "down",
            (true, false) => "up, without carrier",
            (true, true) => "up",
        };
        write!(formatter, "{} is {state}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_reached_over_its_own_link() {
        let own = to(Ipv4Addr::LOCALHOST.into());
        assert!(matches!(&own, Route::Connected { link } if link == "lo" || link.is_empty()), "{own:?}");
        assert!(links().iter().all(|link| link.name != "lo"));
    }

    #[test]
    fn attributes_that_end_early_or_lie_are_left_out() {
        let mut two = attribute(1, &[10, 0, 2, 2]);
        two.extend(attribute(4, &[7, 0, 0, 0]));
        assert_eq!(attributes(&two), [(1, &[10, 0, 2, 2][..]), (4, &[7, 0, 0, 0][..])]);
        assert_eq!(ip(&[10, 0, 2, 2]), Some(Ipv4Addr::new(10, 0, 2, 2).into()));
        assert_eq!(ip(&[10, 0, 2]), None);
        for wrong in [&[9_u8, 0, 1, 0, 1][..], &[3, 0, 1, 0], &[0, 0, 1, 0], &[4]] {
            assert_eq!(attributes(wrong), [], "{wrong:?}");
        }
    }
}
