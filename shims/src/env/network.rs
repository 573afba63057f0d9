//! Which network this machine is in, as the kernel's tables say.
//!
//! Takes [`Conditions`], says whether they hold. Reads `/proc/self/net`, of it only what is asked for, and each table at
//! most once and up to a bound; starts no process, sends nothing. A table that is missing or malformed matches nothing.
//!
//! The IPv4 routes are those of the main table: what policy rules lead elsewhere is not followed. For IPv6 the kernel
//! lists the routes of all tables without telling them apart.

mod tables;

use crate::env::compiled_rules::Conditions;
use crate::env::subnet::Subnet;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use tables::{Interface, Interfaces};

/// The network of a process; what was looked at once is not looked at again.
#[derive(Debug)]
pub struct Network {
    tables: Cow<'static, Path>,
    ipv4_gateway: OnceCell<Option<Ipv4Addr>>,
    ipv6_gateway: OnceCell<Option<Ipv6Addr>>,
    ipv4_addresses: OnceCell<Vec<Ipv4Addr>>,
    ipv6_addresses: OnceCell<Vec<(Ipv6Addr, Interface)>>,
    ipv4_interfaces: OnceCell<Interfaces>,
    ipv6_interfaces: OnceCell<Interfaces>,
}

/// A kind of condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A default gateway.
    Gateway,
    /// A network that this machine has an address in.
    Subnet,
    /// An interface with a route or an address.
    Interface,
}

/// What conditions are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkState {
    /// The default gateways in use: at most one of IPv4, then at most one of IPv6.
    pub gateways: Vec<IpAddr>,
    /// This machine's addresses but for the loopback ones, in ascending order.
    pub addresses: Vec<IpAddr>,
    /// The interfaces with a route or an address, but for `lo`, sorted.
    pub interfaces: Vec<String>,
}

impl Default for Network {
    /// The network of this process.
    fn default() -> Self {
        Self::in_tables(Cow::Borrowed(Path::new("/proc/self/net")))
    }
}

impl Network {
    /// The network that the tables in a directory such as `/proc/1/net` show.
    pub fn of(tables: &Path) -> Self {
        Self::in_tables(Cow::Owned(tables.to_owned()))
    }

    fn in_tables(tables: Cow<'static, Path>) -> Self {
        Self {
            tables,
            ipv4_gateway: OnceCell::new(),
            ipv6_gateway: OnceCell::new(),
            ipv4_addresses: OnceCell::new(),
            ipv6_addresses: OnceCell::new(),
            ipv4_interfaces: OnceCell::new(),
            ipv6_interfaces: OnceCell::new(),
        }
    }

    /// Whether of each list that is not empty one matches. No condition at all never matches.
    pub fn matches(&self, conditions: &Conditions) -> bool {
        let mut asked = Condition::ALL.into_iter().filter(|kind| kind.is_asked(conditions)).peekable();
        asked.peek().is_some() && asked.all(|kind| self.holds(kind, conditions))
    }

    /// The kinds of conditions of which there is a list, but none in it matches; [`Self::seen`] shows what is there.
    pub fn unmatched(&self, conditions: &Conditions) -> Vec<Condition> {
        let kinds = Condition::ALL.into_iter();
        kinds.filter(|kind| kind.is_asked(conditions) && !self.holds(*kind, conditions)).collect()
    }

    /// All that conditions are compared with.
    pub fn seen(&self) -> NetworkState {
        let gateways = [self.ipv4_gateway().map(IpAddr::V4), self.ipv6_gateway().map(IpAddr::V6)];
        let mut addresses: Vec<IpAddr> = self.ipv4_addresses().iter().copied().map(IpAddr::V4).collect();
        let mut interfaces = self.ipv4_interfaces().to_vec();
        interfaces.extend_from_slice(self.ipv6_interfaces());
        for (address, interface) in self.ipv6_addresses() {
            addresses.push(IpAddr::V6(*address));
            interfaces.push(interface.clone());
        }
        addresses.retain(|address| !address.is_loopback());
        addresses.sort_unstable();
        addresses.dedup();
        interfaces.retain(|interface| interface != b"lo");
        let name = |interface: &Interface| String::from_utf8_lossy(interface).into_owned();
        // Sorted as they are given: a name that is no text has another place before.
        let mut interfaces: Vec<String> = interfaces.iter().map(name).collect();
        interfaces.sort_unstable();
        interfaces.dedup();
        NetworkState { gateways: gateways.into_iter().flatten().collect(), addresses, interfaces }
    }

    fn holds(&self, kind: Condition, conditions: &Conditions) -> bool {
        match kind {
            Condition::Gateway => conditions.gateways.iter().any(|wanted| self.has_gateway(*wanted)),
            Condition::Subnet => conditions.subnets.iter().any(|wanted| self.has_address_in(wanted)),
            Condition::Interface => conditions.interfaces.iter().any(|wanted| self.has_interface(wanted)),
        }
    }

    /// An IPv4 address may be written as IPv6 does, `::ffff:10.0.2.2`.
    fn has_gateway(&self, wanted: IpAddr) -> bool {
        match wanted.to_canonical() {
            IpAddr::V4(wanted) => self.ipv4_gateway() == Some(wanted),
            IpAddr::V6(wanted) => self.ipv6_gateway() == Some(wanted),
        }
    }

    /// Loopback addresses do not count: every machine has them.
    fn has_address_in(&self, wanted: &Subnet) -> bool {
        let wanted = canonical(*wanted);
        let holds = |address: IpAddr| !address.is_loopback() && wanted.contains(address);
        match wanted.address {
            IpAddr::V4(_) => self.ipv4_addresses().iter().any(|address| holds((*address).into())),
            IpAddr::V6(_) => self.ipv6_addresses().iter().any(|(address, _)| holds((*address).into())),
        }
    }

    fn has_interface(&self, wanted: &str) -> bool {
        let wanted = wanted.as_bytes();
        let is_wanted = |interface: &Interface| interface.as_slice() == wanted;
        // An interface that is up has an IPv6 address as a rule, and there are fewer of those than of routes.
        self.ipv6_addresses().iter().any(|(_, interface)| is_wanted(interface))
            || self.ipv4_interfaces().iter().any(is_wanted)
            || self.ipv6_interfaces().iter().any(is_wanted)
    }

    fn ipv4_gateway(&self) -> Option<Ipv4Addr> {
        *self.ipv4_gateway.get_or_init(|| tables::ipv4_gateway(&self.tables))
    }

    fn ipv6_gateway(&self) -> Option<Ipv6Addr> {
        *self.ipv6_gateway.get_or_init(|| tables::ipv6_gateway(&self.tables))
    }

    fn ipv4_addresses(&self) -> &[Ipv4Addr] {
        self.ipv4_addresses.get_or_init(|| tables::ipv4_addresses(&self.tables))
    }

    fn ipv6_addresses(&self) -> &[(Ipv6Addr, Interface)] {
        self.ipv6_addresses.get_or_init(|| tables::ipv6_addresses(&self.tables))
    }

    fn ipv4_interfaces(&self) -> &[Interface] {
        self.ipv4_interfaces.get_or_init(|| tables::ipv4_interfaces(&self.tables))
    }

    fn ipv6_interfaces(&self) -> &[Interface] {
        self.ipv6_interfaces.get_or_init(|| tables::ipv6_interfaces(&self.tables))
    }
}

impl Condition {
    /// All, those that rule out most for the least first.
    const ALL: [Self; 3] = [Self::Gateway, Self::Subnet, Self::Interface];

    fn is_asked(self, conditions: &Conditions) -> bool {
        match self {
            Self::Gateway => !conditions.gateways.is_empty(),
            Self::Subnet => !conditions.subnets.is_empty(),
            Self::Interface => !conditions.interfaces.is_empty(),
        }
    }
}

/// The IPv4 network that `::ffff:10.0.2.0/120` means.
fn canonical(subnet: Subnet) -> Subnet {
    match (subnet.address.to_canonical(), subnet.length.checked_sub(96)) {
        (IpAddr::V4(address), Some(length)) if subnet.address.is_ipv6() => {
            Subnet { address: address.into(), length }
        }
        _ => subnet,
    }
}

#[cfg(test)]
mod tests;
