//! One machine on one link, with each layer between it and its servers broken in turn: the first that breaks is the first
//! finding, and the only one.

mod answers;
mod broken;
mod certificates;
mod clock;
mod lab;
mod names;
mod proxies;
mod settings;
mod whole;

use super::findings;
use crate::support::namespaces;
use crate::support::server::Reply;
use crate::support::world::SHIM_IS_BUILT;
use crate::support::{skip, slow};
use answers::ANSWERS;
use broken::BROKEN;
use certificates::CERTIFICATES;
use clock::CLOCK;
use lab::{GATEWAY, Lab, far};
use names::RESOLVING;
use proxies::PROXIES;
use serde_json::Value;
use settings::SETTINGS;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use whole::WHOLE;

const TEST: &str = "doctor::network::each_broken_layer_is_the_first_finding_and_look_alikes_are_none";
const INSIDE: &str = "GVMR_TEST_DOCTOR_NETWORK";
/// Machines at once: most of them wait for something that never comes.
const AT_ONCE: usize = 16;

/// What is broken, how, and what is found: each error and warning with its first place.
struct Case {
    name: &'static str,
    breaks: fn(&mut Lab),
    found: &'static [&'static str],
    /// Words of the first finding.
    says: &'static [&'static str],
}

/// All cases, by what they are about.
const CASES: [&[Case]; 8] = [WHOLE, BROKEN, ANSWERS, PROXIES, RESOLVING, CERTIFICATES, CLOCK, SETTINGS];

const NONE: Case = Case { name: "whole", breaks: |_| {}, found: &[], says: &[] };

#[test]
fn each_broken_layer_is_the_first_finding_and_look_alikes_are_none() {
    if !namespaces::are_there() {
        return;
    }
    let only = std::env::var("GVMR_TEST_CASE").ok();
    let moves_clocks = clock::library().is_some();
    if !moves_clocks {
        skip("clocks are not moved: the library of faketime is missing");
    }
    let needs_no_clock = |case: &Case| !CLOCK.iter().any(|clock| clock.name == case.name);
    let cases: Vec<_> = CASES
        .into_iter()
        .flatten()
        .filter(|case| only.as_ref().is_none_or(|only| only == case.name))
        .filter(|case| moves_clocks || needs_no_clock(case))
        .step_by(if only.is_some() { 1 } else { slow::rounds(TEST, 2, 1) })
        .collect();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let run = namespaces::run("doctor::network::inside", |command| {
                        command.env(INSIDE, case.name).env(SHIM_IS_BUILT, "");
                    });
                    if let Err(said) = run {
                        failed.lock().unwrap().push(format!("{}: {said}", case.name));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// Does nothing unless it is process 1 of a machine of its own.
#[test]
fn inside() {
    let Ok(name) = std::env::var(INSIDE) else { return };
    let case = CASES.into_iter().flatten().find(|case| case.name == name).unwrap();
    let Some(mut lab) = Lab::whole() else { return };
    (case.breaks)(&mut lab);
    let run = lab.doctor();
    assert!(!run.stdout.contains("canary") && !run.stderr.contains("canary"), "{run:#?}");
    assert_eq!(findings(&lab.world, &run), case.found, "{run:#?}");
    let report = run.json();
    if let Some(first) = report["findings"].as_array().unwrap().first() {
        for words in case.says {
            assert!(first.to_string().contains(words), "{words}: {first:#}");
        }
    }
    match case.name {
        "no network at all" => everything_else_is_skipped(&report),
        "a machine that moves" => it_moves(&mut lab),
        "a key on the curve P-521" | "an authority with a key on the curve P-521" => {
            the_server_is_skipped(&report);
        }
        "whole" => only_go_s_questions_are_asked(&lab),
        _ => {}
    }
    if slow::all() {
        it_fails_where_go_does(&lab, case, &report);
    }
}

/// A real go fails to fetch a module exactly where the doctor finds an error on the way to it.
fn it_fails_where_go_does(lab: &Lab, case: &Case, report: &Value) {
    /// What the real go does not see, or does not need: the module itself, the rules of gvmr, the library of `faketime`.
    const OTHERWISE: [&str; 5] = [
        "off, without a network",
        "a directory, without a network",
        "a machine that moves",
        "a proxy of a rule, for http",
        "a proxy that go drops in silence",
    ];
    if OTHERWISE.contains(&case.name) || CLOCK.iter().any(|clock| clock.name == case.name) {
        return;
    }
    let is_in_its_way = |finding: &&Value| {
        let area = finding["area"].as_str().unwrap();
        let stops = ["goproxy.stops-at-comma", "proxy.not-used"].map(Value::from);
        let is_error = finding["severity"] == "error" || stops.contains(&finding["id"]);
        is_error && ["net", "goproxy", "proxy", "tls"].contains(&area)
    };
    let found = report["findings"].as_array().unwrap().iter().find(is_in_its_way);
    let Some(go) = lab.go() else { return skip("no go on PATH") };
    assert_eq!(go.code == Some(0), found.is_none(), "{go:#?} {found:#?}");
}

/// What cannot be looked at here is named.
fn the_server_is_skipped(report: &Value) {
    let skipped = report["skipped"].as_array().unwrap();
    let server =
        skipped.iter().find(|one| one["id"] == "net.refused").unwrap_or_else(|| panic!("{report:#}"));
    assert!(server["why"].as_str().unwrap().contains("may answer go"), "{report:#}");
}

fn everything_else_is_skipped(report: &Value) {
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report:#}");
    let skipped = report["skipped"].as_array().unwrap();
    assert!(skipped.iter().all(|one| one["why"] == "after net.no-route"), "{report:#}");
    assert_eq!((report["checked"].as_array().unwrap().len(), skipped.len()), (0, 20), "{report:#}");
}

fn only_go_s_questions_are_asked(lab: &Lab) {
    assert_eq!(lab.asked(), ["/golang.org/toolchain/@v/list"]);
    let without =
        lab.world.gvmr(["doctor", "--json", "--no-network", "--only", "net,goproxy,proxy,tls,sumdb,private"]);
    let report = without.json();
    let skipped = report["skipped"].as_array().unwrap();
    assert!(skipped.iter().all(|one| one["why"] == "--no-network") && skipped.len() == 21, "{report:#}");
    assert_eq!(lab.asked().len(), 1, "--no-network asks no server");
}

/// From a NAT to a bridge and back: first with what the last network left, then with the lease of the new one.
fn it_moves(lab: &mut Lab) {
    let found = |lab: &Lab| findings(&lab.world, &lab.doctor());
    lab.world.set("HTTPS_PROXY", &format!("http://{GATEWAY}:3128"));
    lab.serves_plainly(&format!("{GATEWAY}:3128"), |_| Reply::tunnel(far()));
    assert_eq!(found(lab), [""; 0], "behind the NAT");
    lab.leave();
    assert_eq!(found(lab), ["net.no-route default"], "on the way");
    let bridge = lab.enter_bridge();
    assert_eq!(found(lab), ["proxy.unreachable HTTPS_PROXY"], "the proxy was the NAT's");
    lab.world.unset("HTTPS_PROXY");
    assert_eq!(found(lab), ["net.resolver /etc/resolv.conf:1"], "and so was the name server");
    lab.file("/etc/resolv.conf", &format!("nameserver {bridge}\n"));
    assert_eq!(found(lab), [""; 0], "on the bridge");
    lab.leave();
    lab.enter();
    assert_eq!(
        found(lab),
        ["net.resolver /etc/resolv.conf:1"],
        "behind the NAT again, with the bridge's name server"
    );
}
