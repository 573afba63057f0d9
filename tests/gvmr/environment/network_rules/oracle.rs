//! What is seen, compared with what the kernel says when it is asked where it would send, and which addresses it has.

use super::sandbox::{done, ip, private_network};
use gvmr_core::env::network::Network;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

/// A default route: what it leads to, and its metric.
#[derive(Clone, Debug)]
struct Default {
    target: Target,
    metric: u32,
}

#[derive(Clone, Debug)]
enum Target {
    /// A gateway of this number, in the network of an interface of that.
    Gateway(u8, usize),
    Interface(usize),
    Rejected(&'static str),
}

const INTERFACES: [&str; 3] = ["ens3", "wlan0", "tun0"];

/// 60 machines.
pub(super) fn compare() {
    private_network();
    let target = prop_oneof![
        3 => (1_u8..4, 0..3_usize).prop_map(|(number, interface)| Target::Gateway(number, interface)),
        1 => (0..3_usize).prop_map(Target::Interface),
        1 => prop::sample::select(vec!["blackhole", "unreachable", "prohibit"]).prop_map(Target::Rejected),
    ];
    let metric = prop_oneof![Just(1), Just(100), Just(600), Just(u32::MAX - 1), 2..2000_u32];
    let default = (target, metric).prop_map(|(target, metric)| Default { target, metric });
    let machine =
        (prop::collection::vec(default, 0..5), prop::collection::vec(any::<bool>(), 3), any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    runner
        .run(&machine, |(defaults, up, other_table)| {
            make(&defaults, &up, other_table);
            let mut compared = (seen(), told());
            // Addresses of interfaces that just came up take a moment.
            for _ in 0..200 {
                if compared.0 == compared.1 {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
                compared = (seen(), told());
            }
            prop_assert_eq!(&compared.0, &compared.1);
            // Another process's tables are read alike.
            prop_assert_eq!(Network::of("/proc/1/net".as_ref()).seen(), Network::default().seen());
            Ok(())
        })
        .unwrap();
    make(&[Default { target: Target::Gateway(1, 0), metric: 1 }], &[true; 3], true);
    let there = seen();
    assert_eq!(there.gateways, ["10.0.2.1", "fe80::1"], "something was compared");
    assert!(there.addresses.contains("172.16.2.9") && there.interfaces.contains("tun0"), "{there:?}");
}

/// What [`Network`] gives, or what it should.
#[derive(Debug, PartialEq)]
struct Compared {
    gateways: Vec<String>,
    addresses: BTreeSet<String>,
    interfaces: BTreeSet<String>,
}

fn seen() -> Compared {
    let seen = Network::default().seen();
    Compared {
        gateways: seen.gateways.iter().map(ToString::to_string).collect(),
        addresses: seen.addresses.iter().map(ToString::to_string).collect(),
        interfaces: seen.interfaces.into_iter().collect(),
    }
}

fn told() -> Compared {
    let gateways = [used("-4", "203.0.113.9"), used("-6", "2001:db8:ffff::9")];
    let (addresses, interfaces) = addresses();
    Compared { gateways: gateways.into_iter().flatten().collect(), addresses, interfaces }
}

/// The interfaces anew, with the routes in both families.
fn make(defaults: &[Default], up: &[bool], other_table: bool) {
    for (number, interface) in INTERFACES.into_iter().enumerate() {
        let _ = ip(&["link", "delete", interface]).output();
        let peer = format!("peer{number}");
        done(ip(&["link", "add", interface, "type", "veth", "peer", "name", &peer]));
        done(ip(&["link", "set", &peer, "up"]));
        if !up[number] {
            continue;
        }
        done(ip(&["link", "set", interface, "up"]));
        done(ip(&["address", "add", &format!("10.{number}.2.15/16"), "dev", interface]));
        done(ip(&["address", "add", &format!("172.16.{number}.9/32"), "dev", interface]));
        done(ip(&["-6", "address", "add", &format!("fd00:{number}::15/64"), "dev", interface, "nodad"]));
    }
    for family in ["-4", "-6"] {
        for table in ["main", "100"] {
            let _ = ip(&[family, "route", "flush", "table", table, "default"]).output();
        }
    }
    let mut metrics = BTreeSet::new();
    for default in defaults {
        // Among equal ones of IPv6 the kernel chooses by a hash.
        if metrics.insert(default.metric) {
            add(default, "-6");
        }
        add(default, "-4");
    }
    if other_table && up[0] {
        done(ip(&["route", "add", "default", "via", "10.0.2.99", "table", "100"]));
    }
}

/// Adds the route where it can be: a route of this metric may be there, or its interface down.
fn add(default: &Default, family: &str) {
    let metric = default.metric.to_string();
    let mut command = ip(&[family, "route", "append"]);
    match default.target {
        Target::Gateway(number, interface) => {
            let gateway = match family {
                "-4" => format!("10.{interface}.2.{number}"),
                _ => format!("fe80::{number}"),
            };
            command.args(["default", "via", &gateway, "dev", INTERFACES[interface]]);
        }
        Target::Interface(interface) => {
            command.args(["default", "dev", INTERFACES[interface]]);
        }
        Target::Rejected(kind) => {
            command.args([kind, "default"]);
        }
    }
    let _ = command.args(["metric", &metric]).output().unwrap();
}

/// The gateway through which the kernel would send to this address.
fn used(family: &str, address: &str) -> Option<String> {
    let output = ip(&[family, "-j", "route", "get", address]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(answer[0]["gateway"].as_str()?.to_owned())
}

/// All addresses but those of `lo`, and the names of the interfaces that are up and have one.
fn addresses() -> (BTreeSet<String>, BTreeSet<String>) {
    let answer = json(&mut ip(&["-j", "address"]));
    let (mut addresses, mut interfaces) = (BTreeSet::new(), BTreeSet::new());
    for interface in answer.as_array().unwrap() {
        let is_up = interface["flags"].as_array().unwrap().iter().any(|flag| flag == "UP");
        let name = interface["ifname"].as_str().unwrap();
        let all = interface["addr_info"].as_array().unwrap();
        if !is_up || name == "lo" || all.is_empty() {
            continue;
        }
        interfaces.insert(name.to_owned());
        addresses.extend(all.iter().filter_map(|address| address["local"].as_str()).map(str::to_owned));
    }
    (addresses, interfaces)
}

fn json(command: &mut Command) -> Value {
    serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
}
