//! The network that a machine is in decides the proxy of its next go: real interfaces, real routes, real Go.
//!
//! Each test makes a machine of its own out of this one: private mounts, processes and network, so that nothing here is
//! touched. There it is moved from site to site, each a network namespace with a gateway and a proxy that keeps a list of
//! what it is asked.

mod moves;
mod network;
mod oracle;
mod refused;
mod sandbox;

use crate::support::{self, namespaces};
use std::process::Command;

const SCENES: [(&str, fn()); 6] = [
    ("moves", moves::from_site_to_site),
    ("project", moves::with_a_project),
    ("vpn", moves::into_a_vpn_and_out),
    ("ipv6", moves::into_a_network_of_ipv6),
    ("oracle", oracle::compare),
    ("refused", refused::by_the_proxy),
];

#[test]
fn a_machine_that_moves_uses_the_proxy_of_where_it_is() {
    run("moves");
}

#[test]
fn a_projects_network_rule_beats_the_users() {
    run("project");
}

#[test]
fn a_vpn_counts_while_it_is_up() {
    run("vpn");
}

#[test]
fn a_network_is_told_by_its_ipv6_addresses_too() {
    run("ipv6");
}

#[test]
fn what_is_seen_is_what_the_kernel_does() {
    run("oracle");
}

#[test]
fn a_proxy_that_refuses_is_named_and_no_secret_is() {
    run("refused");
}

/// Runs this binary's [`inside`] on a machine of its own.
fn run(scene: &str) {
    for (program, word) in [("ip", "-V"), ("go", "version"), ("openssl", "version")] {
        if !Command::new(program).arg(word).output().is_ok_and(|output| output.status.success()) {
            return support::skip(&format!("{program} is not installed"));
        }
    }
    if !namespaces::are_there() {
        return;
    }
    let run = namespaces::run("environment::network_rules::inside", |command| {
        command.env("GVMR_TEST_NETWORK", scene);
    });
    run.unwrap_or_else(|said| panic!("{scene}: {said}"));
}

/// Does nothing unless it is process 1 of a machine of its own.
#[test]
fn inside() {
    let Some(name) = std::env::var_os("GVMR_TEST_NETWORK") else { return };
    assert_eq!(std::process::id(), 1);
    let (_, scene) = SCENES.into_iter().find(|(scene, _)| *scene == name).unwrap();
    scene();
}
