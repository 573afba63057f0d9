#![allow(clippy::disallowed_methods)] // a test's own directory

use super::*;
use proptest::prelude::*;
use std::fs;

/// A VM behind NAT with a VPN, as its kernel shows it.
const ROUTE: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT  \n\
    ens3\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0    \n\
    tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0      \n\
    ens3\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0      \n\
    tun0\t0500080A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0      \n";
const IPV6_ROUTE: &str = "\
fd17625cf03700020000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     ens3
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000002 00000400 00000001 00000000 00000003     ens3
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000005 00000000 00000001     ens3
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
";
const IF_INET6: &str = "\
fd17625cf03700020000000000000015 02 40 00 82     ens3
00000000000000000000000000000001 01 80 10 80       lo
fe800000000000007c0154fffef5945c 02 40 20 80     ens3
";
const FIB_TRIE: &str = "Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.2.0/24 2 0 2
        +-- 10.0.2.0/28 2 0 2
           |-- 10.0.2.0
              /24 link UNICAST
           |-- 10.0.2.15
              /32 host LOCAL
        |-- 10.0.2.255
           /32 link BROADCAST
     +-- 10.8.0.4/30 2 0 2
        |-- 10.8.0.5
           /32 link UNICAST
        |-- 10.8.0.6
           /32 host LOCAL
     |-- 10.77.0.0
        /16 host LOCAL
     +-- 127.0.0.0/31 1 0 0
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
Local:
     |-- 10.0.2.15
        /32 host LOCAL
";

struct Tables(tempfile::TempDir);

impl Tables {
    fn of(files: &[(&str, &[u8])]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        Self(directory)
    }

    fn vm() -> Self {
        let files =
            [("route", ROUTE), ("ipv6_route", IPV6_ROUTE), ("if_inet6", IF_INET6), ("fib_trie", FIB_TRIE)];
        Self::of(&files.map(|(name, text)| (name, text.as_bytes())))
    }

    fn network(&self) -> Network {
        Network::of(self.0.path())
    }

    fn matches(&self, gateways: &[&str], subnets: &[&str], interfaces: &[&str]) -> bool {
        self.network().matches(&conditions(gateways, subnets, interfaces))
    }
}

fn conditions(gateways: &[&str], subnets: &[&str], interfaces: &[&str]) -> Conditions {
    Conditions {
        gateways: gateways.iter().map(|text| text.parse().unwrap()).collect(),
        subnets: subnets.iter().map(|text| Subnet::parse(text).unwrap()).collect(),
        interfaces: interfaces.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The gateway among IPv4 default routes: interface, gateway, flags, metric.
fn ipv4_gateway(defaults: &[(&str, [u8; 4], u32, &str)]) -> Option<IpAddr> {
    let line = |(interface, gateway, flags, metric): &(&str, [u8; 4], u32, &str)| {
        let gateway = u32::from_ne_bytes(*gateway);
        format!("{interface}\t00000000\t{gateway:08X}\t{flags:04X}\t0\t0\t{metric}\t00000000\t0\t0\t0\n")
    };
    let text: String = defaults.iter().map(line).collect();
    Tables::of(&[("route", text.as_bytes())]).network().seen().gateways.first().copied()
}

#[test]
fn one_of_each_kind_must_match() {
    let vm = Tables::vm();
    let other = "10.0.3.2";
    for (gateways, subnets, interfaces) in [
        (&["10.0.2.2"][..], &["10.0.2.0/24"][..], &["ens3"][..]),
        (&[other, "10.0.2.2"], &["192.168.0.0/16", "10.0.0.0/8"], &["eth0", "tun0"]),
        (&["10.0.2.2"], &[], &[]),
        (&[], &["10.8.0.6"], &[]),
        (&[], &[], &["tun0"]),
        (&["fe80::2"], &["fd17:625c:f037:2::/64"], &[]),
        (&["::ffff:10.0.2.2"], &["::ffff:10.0.2.0/120"], &[]),
        (&[], &["0.0.0.0/0"], &["lo"]),
    ] {
        assert!(vm.matches(gateways, subnets, interfaces), "{gateways:?} {subnets:?} {interfaces:?}");
        assert_eq!(vm.network().unmatched(&conditions(gateways, subnets, interfaces)), []);
    }
    for (gateways, subnets, interfaces, unmatched) in [
        (&[other][..], &["10.0.2.0/24"][..], &["ens3"][..], &[Condition::Gateway][..]),
        (&["10.0.2.2"], &["10.0.3.0/24"], &["ens3"], &[Condition::Subnet]),
        (&["10.0.2.2"], &["10.0.2.0/24"], &["ens"], &[Condition::Interface]),
        (&["fe80::3"], &["2001:db8::/32"], &["*"], &Condition::ALL),
        (&["0.0.0.0", "::"], &["127.0.0.0/8", "::1"], &[], &[Condition::Gateway, Condition::Subnet]),
        (
            &[],
            &["10.0.2.255", "10.8.0.5", "10.0.2.0", "10.77.0.0", "::ffff:0.0.0.0/95"],
            &[],
            &[Condition::Subnet],
        ),
    ] {
        assert!(!vm.matches(gateways, subnets, interfaces), "{gateways:?} {subnets:?} {interfaces:?}");
        assert_eq!(vm.network().unmatched(&conditions(gateways, subnets, interfaces)), unmatched);
    }
    assert!(!vm.matches(&[], &[], &[]), "no condition holds nowhere");
}

#[test]
fn what_conditions_are_compared_with_is_shown() {
    let seen = Tables::vm().network().seen();
    let texts = |addresses: &[IpAddr]| addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>();
    assert_eq!(texts(&seen.gateways), ["10.0.2.2", "fe80::2"]);
    let addresses = ["10.0.2.15", "10.8.0.6", "fd17:625c:f037:2::15", "fe80::7c01:54ff:fef5:945c"];
    assert_eq!(texts(&seen.addresses), addresses);
    assert_eq!(seen.interfaces, ["ens3", "tun0"]);
}

#[test]
fn the_gateway_in_use_is_that_of_the_default_route_with_the_lowest_metric() {
    const SITE: (&str, [u8; 4], u32, &str) = ("eth0", [10, 0, 2, 2], 3, "100");
    let site = Some("10.0.2.2".parse().unwrap());
    assert_eq!(ipv4_gateway(&[SITE]), site);
    assert_eq!(ipv4_gateway(&[SITE, ("wlan0", [10, 0, 3, 1], 3, "100")]), site, "the first of equal ones");
    assert_eq!(ipv4_gateway(&[("wlan0", [10, 0, 3, 1], 3, "600"), SITE]), site);
    assert_eq!(ipv4_gateway(&[("wlan0", [10, 0, 3, 1], 3, "-1"), SITE]), site, "a huge one, printed signed");
    assert_eq!(ipv4_gateway(&[("eth0", [10, 0, 2, 2], 3, "-1")]), site);
    assert_eq!(ipv4_gateway(&[SITE, ("*", [0; 4], 0x201, "200")]), site);
    for before in [
        ("tun0", [0; 4], 1, "50"), // the VPN's, without a gateway
        ("*", [0; 4], 1, "50"),    // a black hole
        ("eth0", [10, 0, 9, 9], 0x203, "50"),
        ("*", [0; 4], 0x201, "50"),       // unreachable
        ("eth0", [0; 4], 3, "50"),        // through an IPv6 gateway
        ("eth0", [10, 0, 9, 9], 2, "50"), // not up
    ] {
        assert_eq!(ipv4_gateway(&[before, SITE]), None, "{before:?}");
    }
}

#[test]
fn a_route_to_a_part_of_everything_is_no_default_route() {
    let part = "*\t00000000\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n";
    let text = ROUTE.replacen("ens3", &format!("{part}ens3"), 1);
    let tables = Tables::of(&[("route", text.as_bytes())]);
    assert!(tables.matches(&["10.0.2.2"], &[], &[]));
}

#[test]
fn an_ipv6_gateway_may_stand_anywhere_in_the_table() {
    let line = |gateway: &str, metric: u32, flags: u32, interface: &str| {
        let zeros = "0".repeat(32);
        format!("{zeros} 00 {zeros} 00 {gateway} {metric:08x} 00000001 00000000 {flags:08x} {interface:>8}\n")
    };
    let (first, second) = ("fe800000000000000000000000000001", "fe800000000000000000000000000009");
    let gateways = |lines: &[String]| {
        let text = lines.concat();
        Tables::of(&[("ipv6_route", text.as_bytes())]).network().seen().gateways
    };
    let seen = |text: &str| vec![text.parse::<IpAddr>().unwrap()];
    let nothing: Vec<IpAddr> = Vec::new();
    let rejected = line(&"0".repeat(32), u32::MAX, 0x0020_0200, "lo");
    let site = line(first, 1024, 3, "eth0");
    assert_eq!(gateways(&[rejected.clone(), site.clone()]), seen("fe80::1"));
    let route = IPV6_ROUTE.lines().next().unwrap().to_owned() + "\n";
    assert_eq!(gateways(&[site.clone(), route, line(second, 100, 3, "wlan0")]), seen("fe80::9"));
    assert_eq!(gateways(&[line(&"0".repeat(32), 90, 1, "tun0"), site.clone()]), nothing);
    assert_eq!(gateways(&[site, line(&"0".repeat(32), 90, 0x0020_0200, "lo")]), nothing);
    assert_eq!(gateways(&[rejected]), nothing);
}

#[test]
fn tables_that_are_missing_or_malformed_match_nothing() {
    let everything = conditions(&["10.0.2.2"], &["0.0.0.0/0", "::/0"], &["ens3"]);
    let nothing = [Condition::Gateway, Condition::Subnet, Condition::Interface];
    let missing = Tables::of(&[]);
    assert_eq!(missing.network().unmatched(&everything), nothing);
    assert_eq!(missing.network().seen(), NetworkState::default());
    for bytes in [
        &b""[..],
        b"\n\n",
        b"\0",
        b"eth0 0 0",
        &vec![0xff; 70_000],
        b"ens3\t00000000\t0202000A\t0003\t0\t0\t0\t00000000",
    ] {
        let names = ["route", "ipv6_route", "if_inet6", "fib_trie"];
        let tables = Tables::of(&names.map(|name| (name, bytes)));
        assert_eq!(tables.network().unmatched(&everything), nothing, "{:?}", String::from_utf8_lossy(bytes));
    }
    let directories = Tables::of(&[]);
    fs::create_dir(directories.0.path().join("route")).unwrap();
    assert_eq!(directories.network().unmatched(&everything), nothing);
}

#[test]
fn a_table_is_read_up_to_a_bound_and_once() {
    let mut text = ROUTE.to_owned();
    while text.len() < 300 * 1024 {
        text.push_str("eth0\t00000014\t0202000A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
    }
    text.push_str("far0\t00000014\t0202000A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
    let tables = Tables::of(&[("route", text.as_bytes())]);
    let network = tables.network();
    assert!(network.matches(&conditions(&["10.0.2.2"], &[], &["eth0"])));
    fs::remove_file(tables.0.path().join("route")).unwrap();
    assert!(network.matches(&conditions(&["10.0.2.2"], &[], &["tun0"])), "looked at once");
    assert!(!network.matches(&conditions(&[], &[], &["far0"])));
}

#[test]
fn an_interface_may_have_any_name() {
    let line = b"\xff0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
    let tables = Tables::of(&[("route", line)]);
    assert_eq!(tables.network().seen().interfaces, ["\u{fffd}0"]);
    assert!(!tables.matches(&[], &[], &["\u{fffd}0"]));
}

proptest! {
    #[test]
    fn no_table_can_make_it_panic(
        route in "([a-z*]{1,4}[\t ]+([0-9A-F]{1,9}[\t ]+){0,12}\n?){0,4}",
        ipv6 in "(([0-9a-f]{1,33} ){0,11}[a-z]{0,3}\n?){0,4}",
        trie in "( *([|+]-- |/32 |/)?[0-9./]{0,18}( host LOCAL)?\n?){0,6}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let files = [("route", route.as_bytes()), ("ipv6_route", ipv6.as_bytes()), ("if_inet6", ipv6.as_bytes()), ("fib_trie", trie.as_bytes())];
        Tables::of(&files).network().seen();
        let files = files.map(|(name, text)| (name, [text, &bytes].concat()));
        let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        Tables::of(&files).network().seen();
    }
}
