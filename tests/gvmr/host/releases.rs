//! Real releases ask for what the table says they ask for, by the word of readelf.

use super::super::support::mirror::real_modules;
use super::super::support::skip;
use super::fake_root::Machine;
use super::{verdict, version};
use gvmr::host::HostVerdict;
use std::path::PathBuf;
use std::process::Command;

/// One before and one behind each border of the table.
const RELEASES: [&str; 6] = ["1.4.3", "1.16.15", "1.19.13", "1.20.14", "1.21.0", "1.22.10"];

/// The `bin/go` of a real release; `None` where Go, the network or the release is missing.
pub(super) fn bin_go(version: &str) -> Option<PathBuf> {
    let downloads = real_modules(&[version])?;
    let modules = downloads.parent()?.parent()?;
    Some(modules.join(format!("golang.org/toolchain@v0.0.1-go{version}.linux-amd64/bin/go")))
}

fn readelf(arguments: &str, file: &std::path::Path) -> Option<String> {
    let output = Command::new("readelf").args([arguments, "-W"]).arg(file).output().ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_release_asks_for_the_loader_and_libraries_of_the_table() {
    for release in RELEASES {
        let Some(go) = bin_go(release) else { return skip("no go, no network, or no such release") };
        let (Some(segments), Some(dynamic)) = (readelf("-l", &go), readelf("-d", &go)) else {
            return skip("no readelf");
        };
        let asked =
            segments.split_once("program interpreter: ").map(|(_, rest)| rest.split(']').next().unwrap());
        let assessment = Machine::alpine().host().assess(&version(release));
        match asked {
            None => assert_eq!(assessment.verdict, HostVerdict::Runs, "{release}"),
            Some(loader) => {
                assert_eq!(assessment.reasons[0].id, "loader-missing", "{release}");
                assert!(
                    assessment.reasons[0].text.contains(&format!(" {loader} does not exist")),
                    "{release}"
                );
            }
        }
        let on_musl =
            Machine::alpine().link("/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1").host();
        let misses_resolver = verdict(&on_musl, release).1.contains(&"library-missing");
        assert_eq!(misses_resolver, dynamic.contains("[libresolv.so.2]"), "{release}");
    }
}

#[test]
fn every_release_runs_on_the_glibc_whose_symbols_it_names_and_on_none_before() {
    for release in RELEASES {
        let Some(go) = bin_go(release) else { return skip("no go, no network, or no such release") };
        let Some(symbols) = readelf("-V", &go) else { return skip("no readelf") };
        let needed = symbols.split("GLIBC_").skip(1).map(|rest| {
            let numbers = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap();
            let mut numbers = numbers.split('.').map(|number| number.parse::<u64>().unwrap());
            [numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap_or(0)]
        });
        let runs_on = |[major, minor, patch]: [u64; 3]| {
            let host = Machine::debian("6.1.0", &format!("{major}.{minor}.{patch}")).host();
            verdict(&host, release).0 == HostVerdict::Runs
        };
        match needed.max() {
            None => assert!(runs_on([2, 0, 0]), "{release}"),
            Some(needed) => {
                let before = [needed[0], needed[1], needed[2] - 1];
                assert!(runs_on(needed) && !runs_on(before), "{release} {needed:?}");
            }
        }
    }
}
