//! Rules for directories and networks against Go itself: generated states of everything that decides a variable, laid out
//! on the disk, approved with `gvmr trust`, and asked with the real shim.
//!
//! Of each state three things are shown on each of three versions of Go. The environment that the shim's tool gets is the
//! one that a second model, written from the documentation, gives: all of it, to the byte. `go env -json` through the shim
//! is what that version's own `go env -json` shows in the model's environment: all of it. And of the variables that rules
//! set it shows what the documented order says.
//!
//! `GVMR_RULES_SEED` moves to other states, `GVMR_RULES_ONE` tells one of them in full.

mod combination;
mod layers;
mod layout;
mod model;
mod random;
mod values;
mod variables;

use crate::support::mirror::real_modules;
use crate::support::scratch;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{Run, World};
use combination::{Combination, Scene};
use layout::{Machine, TELLER, TELLER_SCRIPT};
use model::Toolchain;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How many states a run goes through.
const COMBINATIONS: u64 = 510;

const TEST: &str = "environment::rules_oracle::what_go_sees_is_what_the_documented_order_says";

/// The last releases of two minors, and whatever is the newest.
const VERSIONS: [&str; 3] = ["1.19.13", "1.22.10", "latest"];

#[test]
fn what_go_sees_is_what_the_documented_order_says() {
    let Some(proxy) = proxy() else { return skip("no go, or no network") };
    let world = World::new(&proxy);
    let stage = Stage::new(&world);
    let (first, count) = asked_for();
    println!("states {first} to {}; GVMR_RULES_SEED={first} gives them again", first + count - 1);
    let start = Instant::now();
    let tally = Tally::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = tally.next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let number = first + number;
                    let checked = catch_unwind(AssertUnwindSafe(|| stage.check(number, &tally)));
                    let checked =
                        checked.unwrap_or_else(|_| Err(format!("state {number} could not be asked")));
                    if let Err(difference) = checked {
                        tally.differences.lock().unwrap().push((number, difference));
                    }
                }
            });
        }
    });
    tally.report(start, count);
}

/// What the threads share.
#[derive(Default)]
struct Tally {
    next: AtomicU64,
    /// Answers of a real go command that were compared.
    answers: AtomicU64,
    /// Variables that a rule decided.
    decided: AtomicU64,
    differences: Mutex<Vec<(u64, String)>>,
}

impl Tally {
    fn report(self, start: Instant, count: u64) {
        let mut differences = self.differences.into_inner().unwrap();
        differences.sort();
        println!(
            "{count} states, {} answers of three versions of Go, {} variables changed by rules, {:.0} s",
            self.answers.into_inner(),
            self.decided.into_inner(),
            start.elapsed().as_secs_f64()
        );
        for (_, difference) in differences.iter().take(3) {
            println!("{difference}\n");
        }
        let numbers: Vec<u64> = differences.iter().map(|(number, _)| *number).collect();
        assert!(numbers.is_empty(), "{} of {count} states differ: {numbers:?}", numbers.len());
    }
}

/// What all states have in common.
struct Stage {
    home: PathBuf,
    toolchains: Vec<Toolchain>,
    network: Vec<String>,
}

impl Stage {
    fn new(world: &World) -> Self {
        world.gvmr(["install"].into_iter().chain(VERSIONS)).succeeds();
        let home = world.home();
        let list = world.gvmr(["list", "--json"]).json();
        let mut toolchains: Vec<_> =
            list.as_array().unwrap().iter().map(|one| toolchain(world, one)).collect();
        toolchains.sort_by_key(|toolchain| toolchain.minor);
        assert_eq!(toolchains.len(), VERSIONS.len());
        let teller = home.join(format!("versions/go{TELLER}/bin/go"));
        std::fs::create_dir_all(teller.parent().unwrap()).unwrap();
        std::fs::write(&teller, TELLER_SCRIPT).unwrap();
        std::fs::set_permissions(&teller, PermissionsExt::from_mode(0o755)).unwrap();
        Self { home, toolchains, network: network() }
    }

    fn check(&self, number: u64, tally: &Tally) -> Result<(), String> {
        let root = scratch::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let scene = Scene { root: &root, network: &self.network };
        let combination = Combination::new(number, scene);
        let environment = combination.environment();
        let machine = Machine::new(&combination, &root, &self.home, &self.toolchains);
        let expected = machine.expected_to_be_told(environment.clone());
        let mut found = differences("the environment", &machine.told(), &expected);
        for (index, toolchain) in self.toolchains.iter().enumerate() {
            let pinned = combination.project().is_some_and(|project| project.pin == Some(index));
            let shim = machine.through_the_shim(toolchain, pinned);
            let place = format!("go env of {}", toolchain.version);
            found += &differences(&place, &shim, &machine.directly(toolchain, &environment));
            let shows = toolchain.shows(&environment, &combination.goenv);
            let of_rules = shim.into_iter().filter(|(name, _)| shows.contains_key(name)).collect();
            found += &differences(&format!("{place} by the documented order"), &of_rules, &shows);
            tally.answers.fetch_add(1, Ordering::Relaxed);
        }
        let decided =
            environment.iter().filter(|(name, value)| combination.process.get(*name) != Some(*value));
        tally.decided.fetch_add(decided.count().try_into().unwrap(), Ordering::Relaxed);
        if found.is_empty() { Ok(()) } else { Err(format!("state {number}: {combination:#?}\n{found}")) }
    }
}

/// One line for each variable that two answers have differently.
fn differences(place: &str, got: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) -> String {
    let names: BTreeSet<_> = got.keys().chain(expected.keys()).collect();
    let mut lines = String::new();
    for name in names.into_iter().filter(|name| got.get(*name) != expected.get(*name)) {
        let (got, expected) = (got.get(name), expected.get(name));
        writeln!(lines, "{place}: {name}: got {got:?}, expected {expected:?}").unwrap();
    }
    lines
}

fn toolchain(world: &World, listed: &serde_json::Value) -> Toolchain {
    let version = listed["version"].as_str().unwrap().to_owned();
    let minor = version.split('.').nth(1).unwrap().parse().unwrap();
    let goroot = world.goroot(&version);
    let mut go = Command::new(goroot.join("bin/go"));
    go.args(["env", "-json"]).env_clear().env("HOME", world.path("user")).env("PATH", "/no-programs");
    let untouched = serde_json::from_str(&Run::of(&mut go).succeeds()).unwrap();
    Toolchain { version, minor, goroot, untouched }
}

/// Conditions that hold here, if this machine has a way out at all.
fn network() -> Vec<String> {
    let routes = std::fs::read_to_string("/proc/self/net/route").unwrap_or_default();
    let default = routes.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut default = default
        .filter(|fields| fields[1] == "00000000" && fields[7] == "00000000" && fields[2] != "00000000");
    let Some(fields) = default.next() else { return Vec::new() };
    let gateway = std::net::Ipv4Addr::from(u32::from_str_radix(fields[2], 16).unwrap().swap_bytes());
    vec![
        format!("gateway = \"{gateway}\""),
        format!("gateway = [\"203.0.113.7\", \"{gateway}\"]"),
        format!("interface = [\"nosuch0\", \"{}\"]", fields[0]),
        "subnet = \"0.0.0.0/0\"".to_owned(),
    ]
}

/// The first state, and how many.
fn asked_for() -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    match number("GVMR_RULES_ONE") {
        Some(one) => (one, 1),
        None => (number("GVMR_RULES_SEED").unwrap_or(1), slow::rounds(TEST, 60, COMBINATIONS)),
    }
}

/// The environment's own GOPROXY, where it serves toolchains.
fn proxy() -> Option<String> {
    let output = Command::new("go").args(["env", "GOPROXY"]).output().ok()?;
    let proxy = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    real_modules(&["1.19.13"])?;
    Some(proxy)
}
