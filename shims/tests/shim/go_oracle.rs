//! What go.work and go.mod mean, against the real go command: it is told that its default is go1.21.0 and that
//! others are on PATH only, where there are none: it names the one it would run.

use crate::support::{World, output, real_goroot};
use gvmr_core::gover::goenv::setting;
use gvmr_core::home::paths::Home;
use gvmr_core::select::error::ResolveError;
use gvmr_core::select::resolution::{Selection, Source};
use gvmr_core::select::resolve::{Query, resolve};
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::Block;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::process::Command;

struct Oracle {
    world: World,
    go: PathBuf,
}

/// Variables besides the fixed ones.
type Variables<'a> = &'a [(&'a str, &'a str)];

impl Oracle {
    fn new() -> Option<Self> {
        let go = real_goroot()?.join("bin/go");
        let world = World::new();
        world.installed(&["1.21.0"]).file("home/default", "1.21.0");
        Some(Self { world, go })
    }

    /// Both must name the same toolchain, or both refuse for the same reason.
    fn compare(&self, directory: &str, variables: Variables<'_>, case: &str) -> String {
        let directory = self.world.path(directory);
        let mut all = vec![("PATH", self.world.path("empty")), ("HOME", self.world.path("user"))];
        all.extend(variables.iter().map(|(name, value)| (*name, PathBuf::from(value))));
        let theirs = self.theirs(&directory, &all);
        let ours = self.ours(&directory, &all);
        assert_eq!(ours, theirs, "{case} in {} with {variables:?}", directory.display());
        ours
    }

    fn theirs(&self, directory: &Path, variables: &[(&str, PathBuf)]) -> String {
        let mut go = Command::new(&self.go);
        go.arg("version")
            .current_dir(directory)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)));
        let output = output(go.env("GOTOOLCHAIN", "go1.21.0+path"));
        let said = String::from_utf8(output.stderr).unwrap();
        if output.status.success() {
            return "no selection".to_owned();
        }
        if let Some((_, name)) = said.split_once("cannot find \"go") {
            let name = name.split('"').next().unwrap();
            return name.split('-').next().unwrap().to_owned();
        }
        let reason = ["invalid toolchain", "invalid GOWORK"].into_iter().find(|reason| said.contains(reason));
        reason.unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    fn ours(&self, directory: &Path, variables: &[(&str, PathBuf)]) -> String {
        let entries = variables.iter().map(|(name, value)| format!("{name}={}", value.display()));
        let entries: Vec<CString> = entries.map(|entry| CString::new(entry).unwrap()).collect();
        let entries: Vec<&CStr> = entries.iter().map(CString::as_c_str).collect();
        let environment = Block::of(&entries);
        let home = Home::at(self.world.home());
        let directory = directory::working(&environment, Some(directory.as_os_str())).unwrap();
        let question = Query {
            home: &home,
            directory: &directory,
            plus: None,
            environment: &environment,
            shim: None,
            pin: None,
        };
        match resolve(&question) {
            Ok(answer) if answer.reason.source == Source::Default && !modules_are_on(&question) => {
                "no selection".to_owned()
            }
            Ok(answer) => match answer.choice {
                Selection::Installed { version, .. } => version.to_string(),
                // Go itself takes the first release of a language version, gvmr its newest patch.
                Selection::Missing { wanted } => match wanted.as_exact() {
                    Some(version) => version.to_string(),
                    None => wanted.written_version().unwrap().first_release().to_string(),
                },
                Selection::System(outside) => panic!("{outside:?}"),
            },
            Err(ResolveError::InvalidToolchain { .. }) => "invalid toolchain".to_owned(),
            Err(ResolveError::RelativeGowork { .. }) => "invalid GOWORK".to_owned(),
            Err(problem) => panic!("{problem}"),
        }
    }
}

/// With modules on, the go command selects its default even where no file asks.
fn modules_are_on(question: &Query<'_>) -> bool {
    setting(question.environment, "GO111MODULE").is_none_or(|value| value == "on")
}

#[test]
fn lines_are_read_as_go_reads_them() {
    let Some(oracle) = Oracle::new() else { return };
    let go = [
        "",
        "go 1.16",
        "go 1.20",
        "go 1.20.5",
        "go 1.21",
        "go 1.21.0",
        "go 1.21rc3",
        "go 1.22",
        "go 1.22rc1",
        "go 1.22.3 // x",
        "\tgo\t1.23.0",
        "go 1.x",
        "go",
        "go // x\ngo 1.25.0",
        "require (\n\tgo 1.24.1\n)",
    ];
    let toolchain = [
        "",
        "toolchain default",
        "toolchain go1.20.1",
        "toolchain go1.21.0",
        "toolchain go1.21.1-big",
        "toolchain go1.22.3",
        "toolchain  go1.22 // x",
        "toolchain // x",
        "toolchain 1.22.3",
        "toolchain local",
        "toolchain go1.24rc1",
        "\u{b}toolchain go1.23.9\u{a0}",
        "toolchain go1.22.3+auto",
    ];
    let mut seen = std::collections::BTreeSet::new();
    for go in go {
        for toolchain in toolchain {
            let text = format!("module m\n{go}\r\n\n{toolchain}\n");
            oracle.world.file("project/go.mod", &text);
            seen.insert(oracle.compare("project", &[], &text));
        }
    }
    assert!(seen.len() >= 10, "only {seen:?}");
}

#[test]
fn files_are_found_as_go_finds_them() {
    let Some(oracle) = Oracle::new() else { return };
    let world = &oracle.world;
    world.file("project/go.mod", "go 1.22.1\n").file("project/sub/go.mod", "go 1.22.2\n");
    world.file("project/go.work/file", "a directory is skipped").directory("project/sub/deep/go.mod");
    world.file("elsewhere/go.work", "go 1.23.1\ntoolchain go1.23.2\n").directory("elsewhere/sub");
    world
        .file("elsewhere/sub/go.mod", "go 1.24\n")
        .directory("bare/sub")
        .file("temporary/go.mod", "go 1.25.1\n");
    world.directory("temporary/sub").file("project/temporary/go.mod", "go 1.25.2\n");
    world.link("link", world.path("project/sub/deep")).link("elsewhere/link", world.path("project/sub"));
    let path = |name: &str| world.path(name).display().to_string();
    let (link, linked, temporary, inner) =
        (path("link"), path("elsewhere/link"), path("temporary"), path("project/temporary"));
    let (work, none, module) = (path("elsewhere/go.work"), path("none.work"), path("project/go.mod"));
    for (directory, variables) in [
        ("project", &[][..]),
        ("project/sub/deep", &[]),
        ("elsewhere/sub", &[]),
        ("elsewhere/sub", &[("GOWORK", "off")]),
        ("elsewhere/sub", &[("GOWORK", "auto")]),
        ("elsewhere/sub", &[("GOWORK", "go.work")]),
        ("project", &[("GOWORK", work.as_str())]),
        ("bare/sub", &[("GOWORK", work.as_str())]),
        ("project", &[("GOWORK", none.as_str())]),
        ("project", &[("GOWORK", module.as_str())]),
        ("bare/sub", &[]),
        ("temporary/sub", &[]),
        ("temporary/sub", &[("TMPDIR", temporary.as_str())]),
        ("project/temporary", &[("TMPDIR", inner.as_str())]),
        ("link", &[("PWD", link.as_str())]),
        ("link", &[]),
        ("elsewhere/link", &[("PWD", linked.as_str())]),
        ("elsewhere/link", &[("PWD", "/")]),
    ] {
        oracle.compare(directory, variables, "files");
    }
}

#[test]
fn modules_can_be_off() {
    let Some(oracle) = Oracle::new() else { return };
    let world = &oracle.world;
    world.file("project/go.mod", "go 1.22.1\n").file("work/go.work", "go 1.23.1\n").directory("bare");
    for mode in ["off", "on", "auto", "", "nonsense"] {
        for directory in ["project", "work", "bare"] {
            oracle.compare(directory, &[("GO111MODULE", mode)], "modules");
        }
    }
    world.file("user/.config/go/env", "GO111MODULE=off\nGOWORK=off\n");
    for variables in [&[][..], &[("GO111MODULE", "on")], &[("GOENV", "off")]] {
        for directory in ["project", "work", "bare"] {
            oracle.compare(directory, variables, "settings");
        }
    }
}
