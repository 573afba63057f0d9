//! What `go env -w`, pins and modules can break, with real toolchains.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::World;
use std::fs;

/// The file that `go env -w` writes, files of the project, variables, and what is found.
struct Case {
    env_file: &'static str,
    project: &'static [(&'static str, &'static str)],
    variables: &'static [(&'static str, &'static str)],
    found: &'static [&'static str],
}

const NONE: Case = Case { env_file: "", project: &[], variables: &[], found: &[] };
const MODULE: (&str, &str) = ("go.mod", "module example.com/x\n\ngo 1.19\n");

const MAIN: (&str, &str) = ("main.go", "package main\n\nfunc main() {}\n");
const REQUIRES: (&str, &str) = ("go.mod", "module x\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n");
const MARKED: (&str, &str) = ("vendor/modules.txt", "# example.com/a v1.0.0\n## explicit\n");

const BROKEN: &[Case] = &[
    Case {
        env_file: "GOPROXY=off\nGOROOT=/usr/local/go\n",
        found: &["goroot.in-env-file ~/.config/go/env:2"],
        ..NONE
    },
    Case { env_file: "GOPRIVATE=\"*.corp.example\"\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case { env_file: "# mine\nexport GOPRIVATE=x\n", found: &["goenv.quoted ~/.config/go/env:2"], ..NONE },
    Case { env_file: "goprivate=x\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case { env_file: "GONOSUMDB= x\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case { env_file: "GOFLAGS=-nosuch\n", found: &["goenv.bad-flags ~/.config/go/env:1"], ..NONE },
    Case { variables: &[("GOFLAGS", "-nosuch")], found: &["goenv.bad-flags GOFLAGS"], ..NONE },
    Case { env_file: "GOOS=windows\n", found: &["goenv.stale-target ~/.config/go/env:1"], ..NONE },
    Case { env_file: "CC=no-such-cc -m64\n", found: &["goenv.stale-target ~/.config/go/env:1"], ..NONE },
    Case {
        env_file: "\u{feff}GOPRIVATE=x\nGOFLAGS=-v\n",
        found: &["goenv.quoted ~/.config/go/env:1"],
        ..NONE
    },
    Case { env_file: "GOPRIVATE =x\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case { env_file: "GOPRIVATE=x\r\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case {
        env_file: "GOFLAGS=-mod=bogus\n",
        project: &[MODULE],
        found: &["goenv.bad-flags ~/.config/go/env:1"],
        ..NONE
    },
    // What is here builds; `go install example.com/x@v1` fails.
    Case { env_file: "GOFLAGS=-mod=vendor\n", found: &["goenv.bad-flags ~/.config/go/env:1"], ..NONE },
    Case {
        env_file: "GOFLAGS=-v -mod=vendor\n",
        project: &[MODULE, MAIN],
        found: &["goenv.bad-flags ~/.config/go/env:1"],
        ..NONE
    },
    Case {
        env_file: "GOFLAGS=-mod=vendor\n",
        project: &[("go.work", "go 1.22\n\nuse .\n"), MODULE, MAIN],
        found: &["goenv.bad-flags ~/.config/go/env:1"],
        ..NONE
    },
    Case {
        env_file: "GOFLAGS=-mod=vendor\n",
        project: &[REQUIRES, MAIN],
        found: &["goenv.bad-flags ~/.config/go/env:1"],
        ..NONE
    },
    Case {
        variables: &[("GOFLAGS", "-v -mod=vendor")],
        project: &[REQUIRES, MAIN, ("vendor/autoload.php", "<?php\n")],
        found: &["goenv.bad-flags GOFLAGS"],
        ..NONE
    },
    // go build fails there in the same way.
    Case {
        variables: &[("GOFLAGS", "-mod=vendor")],
        project: &[("go.work", "go 1.22\n\nuse .\n"), REQUIRES, MAIN],
        found: &["goenv.bad-flags GOFLAGS"],
        ..NONE
    },
    Case {
        variables: &[("GOFLAGS", "-mod=mod")],
        project: &[("go.work", "go 1.22\n\nuse .\n"), MODULE, MAIN],
        found: &["goenv.bad-flags GOFLAGS"],
        ..NONE
    },
    Case {
        project: &[(".go-version", "\nhello\n")],
        found: &["toolchain.not-available PROJECT/.go-version:2"],
        ..NONE
    },
    Case { variables: &[("GVMR_VERSION", "x y")], found: &["toolchain.not-available GVMR_VERSION"], ..NONE },
    Case { variables: &[("GO111MODULE", "true")], found: &["modules.switched-off GO111MODULE"], ..NONE },
    Case {
        project: &[
            ("go.work", "go 1.22\n\nuse ./other\n"),
            ("other/go.mod", "module other\n\ngo 1.22\n"),
            ("go.mod", "module x\n\ngo 1.22\n"),
            ("x.go", "package x\n"),
        ],
        found: &["modules.stray-root PROJECT/go.work"],
        ..NONE
    },
    Case {
        env_file: "GOTOOLCHAIN=go1.22.10+auto\n",
        found: &["toolchain.env-file ~/.config/go/env:1"],
        ..NONE
    },
    Case { env_file: "GOTOOLCHAIN=go1.22.1\n", found: &["toolchain.env-file ~/.config/go/env:1"], ..NONE },
    Case { env_file: "GOTOOLCHAIN=\"go1.22.1\"\n", found: &["goenv.quoted ~/.config/go/env:1"], ..NONE },
    Case {
        env_file: "GOPATH=\"/home/u/go\"\nGOMODCACHE='/c'\nGOBIN=\"/b\"\nGOOS=\"linux\"\nGOROOT=\"/r\"\n",
        project: &[MODULE],
        found: &[
            "goenv.quoted ~/.config/go/env:1",
            "goenv.quoted ~/.config/go/env:2",
            "goenv.quoted ~/.config/go/env:3",
            "goenv.quoted ~/.config/go/env:4",
            "goenv.quoted ~/.config/go/env:5",
        ],
        ..NONE
    },
    Case {
        env_file: "GO111MODULE=\"on\"\nGOWORK=\"off\"\nGOCACHE=\"/c\"\n",
        project: &[MODULE],
        found: &[
            "goenv.quoted ~/.config/go/env:1",
            "goenv.quoted ~/.config/go/env:2",
            "goenv.quoted ~/.config/go/env:3",
        ],
        ..NONE
    },
    Case { variables: &[("GOTOOLCHAIN", "go1.22.1")], found: &["toolchain.overridden GOTOOLCHAIN"], ..NONE },
    Case {
        project: &[(".go-version", "\n1.23.99\n")],
        found: &["toolchain.not-available PROJECT/.go-version:2"],
        ..NONE
    },
    Case {
        project: &[(".go-version", "1.19.13\n"), ("go.mod", "module x\n\ngo 1.24.0\n")],
        found: &["toolchain.below-minimum PROJECT/.go-version:1"],
        ..NONE
    },
    Case { env_file: "GOPATH=relative\n", found: &["gopath.unusable ~/.config/go/env:1"], ..NONE },
    Case { variables: &[("GOPATH", "~/go")], found: &["gopath.unusable GOPATH"], ..NONE },
    Case { variables: &[("GOPATH", "/dev/null/go")], found: &["gopath.unusable GOPATH"], ..NONE },
    Case {
        env_file: "GO111MODULE=off\n",
        project: &[MODULE],
        found: &["modules.switched-off ~/.config/go/env:1"],
        ..NONE
    },
    Case { variables: &[("GOWORK", "/gone/go.work")], found: &["modules.stray-root GOWORK"], ..NONE },
    Case {
        variables: &[("GOWORK", "go.work")],
        project: &[MODULE],
        found: &["toolchain.not-available GOWORK"],
        ..NONE
    },
    Case {
        env_file: "GOWORK=go.work\n",
        project: &[MODULE],
        found: &["toolchain.not-available ~/.config/go/env:1"],
        ..NONE
    },
    Case { variables: &[("GOCACHE", "off")], found: &["cache.not-writable GOCACHE"], ..NONE },
    Case { env_file: "GOMODCACHE=/dev/null/cache\n", found: &["cache.not-writable /dev/null"], ..NONE },
];

const WHOLE: &[Case] = &[
    NONE,
    Case { env_file: "# a comment\n\nGOFLAGS='-ldflags=-s -w' -mod=mod\nGOPRIVATE=*.corp.example\n", ..NONE },
    Case { env_file: "\u{feff}# a comment\nGOPRIVATE=x\n", ..NONE },
    Case { env_file: "GOTOOLCHAIN=local\n", ..NONE },
    Case { env_file: "GOTOOLCHAIN=go1.24.11+auto\n", ..NONE },
    Case { variables: &[("GOTOOLCHAIN", "auto")], ..NONE },
    Case { variables: &[("GOOS", "windows"), ("GO111MODULE", "off")], project: &[MODULE], ..NONE },
    Case { env_file: "CC=no-such-cc\nCGO_ENABLED=0\n", ..NONE },
    Case { env_file: "CC='/bin/true' -m64\nCXX=\"/bin/true\"\n", ..NONE },
    Case { env_file: "GO111MODULE=auto\n", project: &[MODULE], ..NONE },
    Case { env_file: "GO111MODULE=off\n", ..NONE },
    Case { project: &[(".go-version", "1.19.13\n"), MODULE], ..NONE },
    Case { project: &[("go.mod", "module x\n\ngo 1.24\n")], ..NONE },
    Case { variables: &[("GOWORK", "off")], project: &[MODULE], ..NONE },
    Case { variables: &[("GOFLAGS", "-mod=mod -modcacherw")], ..NONE },
    // For one process that is meant.
    Case { variables: &[("GOFLAGS", "-mod=vendor")], project: &[MODULE, MAIN], ..NONE },
    Case { env_file: "GOFLAGS=-mod=vendor\n", project: &[REQUIRES, MAIN, MARKED], ..NONE },
];

#[test]
fn each_setting_that_breaks_go_is_named_with_its_line_and_look_alikes_are_not() {
    let Some(mirror) = Mirror::real(&["1.19.13", "1.24.11"]) else {
        return skip("the module proxy does not answer");
    };
    let mut world = mirror.world();
    world.gvmr(["install", "1.24.11", "1.19.13"]).succeeds();
    for words in [&["doctor"][..], &["env", "--why"]] {
        world.gvmr(words).succeeds();
        let made =
            [".cache", ".config", "go"].map(|name| world.path("user").join(name)).map(|path| path.exists());
        assert_eq!(made, [false; 3], "{words:?} writes nothing");
    }
    for (number, case) in BROKEN.iter().chain(WHOLE).enumerate() {
        let file = world.path("user/.config/go/env");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, case.env_file).unwrap();
        let project = world.project(&format!("project{number}"), case.project);
        for (name, value) in case.variables {
            world.set(name, value);
        }
        let found = findings(&world, &world.gvmr_in(&project, ["doctor", "--json"]));
        let project = project.display().to_string();
        let found: Vec<_> = found.iter().map(|one| one.replace(&project, "PROJECT")).collect();
        assert_eq!(found, case.found, "{}{:?}{:?}", case.env_file, case.project, case.variables);
        for (name, _) in case.variables {
            world.unset(name);
        }
    }
}

#[test]
fn a_gopath_that_is_a_module_and_a_module_of_the_whole_home_are_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let module = world.project("module", &[("go.mod", "module x\n")]);
    world.set("GOPATH", module.to_str().unwrap());
    assert_eq!(of(&world, "gopath"), ["gopath.is-module-root GOPATH"]);
    world.unset("GOPATH");
    let below = world.project("user/project", &[]);
    fs::write(world.path("user/go.mod"), "module mine\n").unwrap();
    let run = world.gvmr_in(&below, ["doctor", "--json", "--only", "modules"]);
    assert_eq!(findings(&world, &run), ["modules.stray-root ~/go.mod"]);
    // Who stands in the home itself knows of it.
    assert_eq!(of(&world, "modules"), [""; 0]);
}

fn of(world: &World, area: &str) -> Vec<String> {
    findings(world, &world.gvmr(["doctor", "--json", "--only", area]))
}
