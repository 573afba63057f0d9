//! Which Go builds which: what Go's own sources say, and who is chosen.

use crate::support::scratch;
use crate::support::skip;
use crate::support::slow;
use crate::unpack::real_modules::toolchain;
use gvmr::build::{
    Bootstrap, BootstrapGo, bootstrap_of, bootstrap_release, candidate_on_path, choose_bootstrap,
};
use gvmr::unpack::{ArchiveLimits, module_zip};
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use proptest::prelude::*;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn needed(text: &str) -> String {
    match bootstrap_of(&version(text)) {
        Bootstrap::Go(needed) => needed.as_str().to_owned(),
        Bootstrap::CCompiler => "C".to_owned(),
    }
}

#[test]
fn the_table_and_the_rule() {
    for (versions, bootstrap) in [
        (&["1", "1.0.3", "1.2rc1", "1.4", "1.4.3"][..], "C"),
        (&["1.5", "1.5rc1", "1.10.8", "1.16.15", "1.19", "1.19.13"], "1.4"),
        (&["1.20", "1.20rc1", "1.20.14", "1.21.0", "1.21.13"], "1.17.13"),
        (&["1.22rc1", "1.22.0", "1.22.10", "1.23.4"], "1.20.6"),
        (&["1.24.0", "1.25.9"], "1.22.6"),
        (&["1.26rc2", "1.26.8", "1.27.4"], "1.24.6"),
        (&["1.28.0", "1.29.1"], "1.26.0"),
        (&["1.30.0", "1.31rc1"], "1.28.0"),
    ] {
        for version in versions {
            assert_eq!(needed(version), bootstrap, "{version}");
        }
    }
}

/// Go's own sources name their bootstrap in `make.bash`, and in a package clause that stops older compilers.
#[test]
fn gos_own_sources_say_the_same() {
    const TEST: &str = "install::build::bootstrap::gos_own_sources_say_the_same";
    let versions = ["1.22.10", "1.26.8", "1.19.13", "1.21.0", "1.23.4", "1.24.13"];
    for version in slow::first(TEST, 2, &versions) {
        let Some((zip, _)) = toolchain(version) else {
            return skip(&format!("no module of go{version} can be had"));
        };
        let tree = scratch::tempdir().unwrap();
        let prefix = format!("golang.org/toolchain@v0.0.1-go{version}.linux-amd64/");
        module_zip(&mut File::open(zip).unwrap(), &prefix, tree.path(), &ArchiveLimits::default()).unwrap();
        let make = fs::read_to_string(tree.path().join("src/make.bash")).unwrap();
        let comment = make.split_once("A working Go tree >= Go ").unwrap().1;
        let said = comment.split_once(" for bootstrap").unwrap().0;
        assert_eq!(needed(version), said, "make.bash of go{version}");
        for clause in package_clauses(&tree.path().join("src/cmd/dist")) {
            let expected = format!("building_Go_requires_Go_{}_or_later", said.replace('.', "_"));
            assert_eq!(clause, expected, "notgo1*.go of go{version}");
        }
    }
}

/// The package names in the files that only a compiler which is too old sees.
fn package_clauses(dist: &Path) -> Vec<String> {
    let files = fs::read_dir(dist).unwrap().map(|entry| entry.unwrap().path());
    let stops = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("notgo1"));
    stops
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let clause = text.lines().find_map(|line| line.strip_prefix("package ")).unwrap();
            clause.to_owned()
        })
        .collect()
}

fn candidates(versions: &[&str]) -> Vec<BootstrapGo> {
    versions.iter().map(|text| BootstrapGo { version: version(text), goroot: PathBuf::from(text) }).collect()
}

#[test]
fn the_closest_minor_in_its_newest_patch_is_chosen() {
    for (target, there, chosen) in [
        ("1.23.4", &["1.19.13", "1.20.5", "1.20.6", "1.20.14", "1.22.10", "1.26.8"][..], Some("1.20.14")),
        ("1.23.4", &["1.26.8", "1.22.1", "1.22.10", "1.20.5"], Some("1.22.10")),
        ("1.23.4", &["1.20.5", "1.19.13"], None),
        ("1.23.4", &["1.21rc2", "1.26.8"], Some("1.26.8")),
        ("1.23.4", &["1.22rc1", "1.21rc2"], Some("1.21rc2")),
        ("1.26.8", &["1.24.6", "1.26.8"], Some("1.24.6")),
        ("1.26.8", &["1.24.5", "1.25rc1"], Some("1.25rc1")),
        ("1.10.8", &["1.3.3", "1.4.3", "1.22.10"], Some("1.4.3")),
        ("1.28.1", &["1.25.9", "1.26rc1", "1.26.0"], Some("1.26.0")),
        ("1.4.3", &["1.4.3", "1.22.10"], None),
        ("1.23.4", &[], None),
    ] {
        let candidates = candidates(there);
        let found = choose_bootstrap(&version(target), &candidates);
        assert_eq!(found.map(|found| found.version.as_str()), chosen, "{target} of {there:?}");
    }
}

#[test]
fn the_release_to_fetch_is_the_lowest_minor_that_runs_here() {
    let released: Vec<Version> =
        ["1.4.3", "1.17.13", "1.19.13", "1.20.5", "1.20.14", "1.21.0", "1.21.13", "1.22.10", "1.23rc1"]
            .map(version)
            .into();
    let of = |target: &str, runs: &dyn Fn(&Version) -> bool| {
        bootstrap_release(&version(target), &released, runs).map(|found| found.as_str().to_owned())
    };
    let on_glibc = |_: &Version| true;
    let on_musl = |found: &Version| *found >= version("1.21");
    assert_eq!(of("1.23.4", &on_glibc).as_deref(), Some("1.20.14"));
    assert_eq!(of("1.23.4", &on_musl).as_deref(), Some("1.21.13"));
    assert_eq!(of("1.20.14", &on_glibc).as_deref(), Some("1.17.13"));
    assert_eq!(of("1.20.14", &on_musl).as_deref(), Some("1.21.13"));
    assert_eq!(of("1.19.13", &on_glibc).as_deref(), Some("1.4.3"));
    assert_eq!(of("1.24.0", &on_glibc).as_deref(), Some("1.22.10"));
    assert_eq!(of("1.26.8", &on_glibc), None);
    assert_eq!(of("1.23.4", &|_| false), None);
    assert_eq!(of("1.4.2", &on_glibc), None);
}

proptest! {
    #[test]
    fn who_is_chosen_is_always_enough(
        minor in 5_u64..60,
        there in prop::collection::vec((0_u64..60, 0_u64..20), 0..12),
    ) {
        let target = version(&format!("1.{minor}.1"));
        let there: Vec<Version> =
            there.iter().map(|(minor, patch)| version(&format!("1.{minor}.{patch}"))).collect();
        let Bootstrap::Go(minimum) = bootstrap_of(&target) else { panic!("{target} is built by Go") };
        prop_assert!(minimum < target);
        let chosen = bootstrap_release(&target, &there, &|_| true);
        prop_assert_eq!(chosen.is_some(), there.iter().any(|found| *found >= minimum));
        prop_assert!(chosen.is_none_or(|chosen| *chosen >= minimum));
    }
}

#[test]
fn a_go_on_path_counts_where_it_is_a_whole_toolchain_and_no_shim() {
    let directory = scratch::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let program = |name: &str| {
        fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        fs::write(path(name), "").unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    program("home/shims/go");
    program("other/shims/go");
    program("other/program");
    program("wrapper/bin/go");
    program("real/bin/go");
    program("real/VERSION");
    fs::write(path("real/VERSION"), "go1.22.10\ntime 2024-11-27T20:27:20Z\n").unwrap();
    fs::create_dir_all(path("real/pkg/tool")).unwrap();
    fs::create_dir(path("links")).unwrap();
    symlink(path("real/bin/go"), path("links/go")).unwrap();
    let home = Home::at(path("home"));
    let found = |elements: &[&str]| {
        let list: Vec<String> = elements.iter().map(|name| path(name).display().to_string()).collect();
        candidate_on_path(&vec![("PATH", list.join(":").as_str())], &home)
    };
    let real = found(&["home/shims", "other/shims", "nothing", "links"]).unwrap();
    assert_eq!((real.version.as_str(), real.goroot), ("1.22.10", path("real").canonicalize().unwrap()));
    assert!(found(&["home/shims", "other/shims"]).is_none());
    assert!(found(&["wrapper/bin", "real/bin"]).is_none(), "what `go` runs is the wrapper");
    fs::write(path("real/VERSION"), "devel go1.24-abcdef\n").unwrap();
    assert!(found(&["real/bin"]).is_none());
}
