//! Whether code compiles, what `go vet` finds, and what gofmt would change.

use super::go_project::{GoWorld, asked};
use super::{check, write};
use crate::support::mirror::Mirror;
use crate::support::{skip, slow};
use std::fs;
use std::path::Path;

const GO_MOD: &str = "module example.com/orders\n\ngo 1.21\n";
const MAIN: &str = "package main\n\nfunc main() {}\n";
const WRONG: &str =
    "package part\n\nimport \"fmt\"\n\nfunc Part() int {\n\tfmt.Printf(\"%d\\n\", \"x\")\n\treturn\n}\n";
const DOUBTFUL: &str = "package part\n\nimport \"fmt\"\n\nfunc Part() { fmt.Printf(\"%d\\n\", \"x\") }\n";

#[test]
fn what_does_not_compile_is_counted_and_named() {
    let Some(go) = GoWorld::new() else { return };
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("main.go", MAIN)]);
    let build = "go = \"code.build\"";
    assert_eq!(go.asked(&project, build).told(), "pass");
    fs::create_dir(project.join("with blank.d")).unwrap();
    fs::create_dir(project.join("part")).unwrap();
    write(&project, "part/my part.go", WRONG);
    let wrong = go.asked(&project, build);
    assert_eq!((wrong.told().as_str(), wrong.figure("errors")), ("fail: errors is 1, == 0 asked", 1.0));
    assert_eq!(wrong.places(), ["part/my part.go:7:2 not enough return values have () want (int)"]);
    // A program without main fails at its package.
    fs::remove_dir_all(project.join("part")).unwrap();
    write(&project, "main.go", "package main\n");
    let told = go.asked(&project, build).told();
    assert!(told.contains("example.com/orders") && told.contains("function main is undeclared"), "{told}");
    // A package that there is nowhere, and one that cannot be asked for.
    write(&project, "main.go", "package main\n\nimport _ \"nowhere/at/all\"\n\nfunc main() {}\n");
    let nowhere = go.asked(&project, build);
    assert!(
        nowhere.places()[0].starts_with("main.go:3:8 package nowhere/at/all is not in std"),
        "{:?}",
        nowhere.places()
    );
    go.publish("example.com/lib", "v1.0.0", &[("lib.go", "package lib\n")]);
    write(&project, "main.go", "package main\n\nimport _ \"example.com/lib\"\n\nfunc main() {}\n");
    go.go(&project, &["get", "example.com/lib@v1.0.0"]);
    assert_eq!(go.asked(&project, build).told(), "pass");
    let mut offline = go;
    offline.world.set("GOPROXY", "off");
    let empty = offline.world.path("empty");
    offline.world.set("GOMODCACHE", empty.to_str().unwrap());
    for probe in ["code.build", "code.vet", "code.test"] {
        let told = offline.asked(&project, &format!("go = \"{probe}\"")).told();
        assert!(told.starts_with("error: ") && told.ends_with("disabled by GOPROXY=off"), "{probe}: {told}");
    }
}

#[test]
fn without_a_c_compiler_code_in_c_is_an_error_and_not_a_failure() {
    let Some(mut go) = GoWorld::new() else { return };
    let c =
        "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc main() { println(C.one()) }\n";
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("main.go", c)]);
    go.world.set("CGO_ENABLED", "1").set("CC", "no-such-compiler");
    for probe in ["code.build", "code.vet"] {
        let told = go.asked(&project, &format!("go = \"{probe}\"")).told();
        assert!(told.starts_with("error: cgo: C compiler \"no-such-compiler\" not found"), "{probe}: {told}");
    }
}

#[test]
fn what_vet_and_gofmt_find_is_named_by_place() {
    let Some(go) = GoWorld::new() else { return };
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("main.go", MAIN)]);
    let (vet, format) = ("go = \"code.vet\"", "go = \"code.fmt\"");
    assert_eq!(go.asked(&project, vet).told(), "pass");
    assert_eq!(go.asked(&project, format).told(), "pass");
    fs::create_dir_all(project.join("part/testdata")).unwrap();
    write(&project, "part/part.go", DOUBTFUL);
    write(&project, "part/part_test.go", &DOUBTFUL.replace("Part()", "Other()"));
    let found = go.asked(&project, vet);
    assert_eq!(found.told(), "fail: findings is 2, == 0 asked");
    assert_eq!(
        found.places(),
        [
            "part/part.go:5:27 fmt.Printf format %d has arg \"x\" of wrong type string",
            "part/part_test.go:5:28 fmt.Printf format %d has arg \"x\" of wrong type string"
        ]
    );
    // What cannot be looked at has not passed.
    write(&project, "part/part.go", WRONG);
    let told = go.asked(&project, vet);
    assert_eq!(told.places(), ["part/part.go:7:2 not enough return values have () want (int)"]);
    assert_eq!(go.asked(&project, format).told(), "pass");
    // Files of another system, of no package, and with blanks; not those of testdata.
    write(&project, "part/my part_windows.go", "package part\nfunc  other() {}\n");
    write(&project, "part/tool.go", "//go:build ignore\n\npackage main\nfunc  main() {}\n");
    write(&project, "part/testdata/x.go", "package  x\n");
    write(&project, "part/bad.go", "package part\n\nfunc bad( {}\n");
    let found = go.asked(&project, format);
    assert_eq!(found.told(), "fail: files is 3, == 0 asked");
    assert_eq!(
        found.places(),
        [
            "part/my part_windows.go:0:0 not formatted",
            "part/tool.go:0:0 not formatted",
            "part/bad.go:3:11 expected ')', found '{'"
        ]
    );
}

#[test]
fn a_project_below_its_module_is_the_whole_module() {
    let Some(go) = GoWorld::new() else { return };
    let module = go.world.project("my module", &[("go.mod", GO_MOD), ("main.go", MAIN), ("deploy/x", "")]);
    let deploy = module.join("deploy");
    let of = |probe: &str| asked(&go.world, &deploy, &module, &format!("go = \"{probe}\""));
    for probe in ["modules.sums", "modules.tidy", "modules.local", "code.build", "code.vet", "code.fmt"] {
        assert_eq!(of(probe).told(), "pass", "{probe}");
    }
    write(&module, "main.go", "package main\n\nfunc main() { x }\n");
    let main = module.join("main.go");
    assert_eq!(of("code.build").places(), [format!("{}:3:15 undefined: x", main.display())]);
}

#[test]
fn places_are_below_a_project_that_is_entered_by_a_link() {
    let Some(go) = GoWorld::new() else { return };
    let wrong = "package main\n\nvar  q int = \"connection refused\"\n\nfunc main() {}\n";
    let real = go.world.project("real", &[("go.mod", GO_MOD), ("main.go", wrong)]);
    write(&real, "main_test.go", "package main\n\nvar  r int = \"dial tcp\"\n");
    let link = go.world.path("link");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    for (probe, files) in [
        ("code.build", &["main.go"][..]),
        ("code.vet", &["main.go"]),
        ("code.fmt", &["main.go", "main_test.go"]),
    ] {
        for project in [&real, &link] {
            let found = go.asked(project, &format!("go = \"{probe}\""));
            assert_eq!(found.state(), "fail", "{probe}: {}", found.told());
            let places = found.places();
            let named: Vec<_> = places.iter().map(|place| place.split(':').next().unwrap()).collect();
            assert!(files.iter().all(|file| named.contains(file)), "{probe}: {places:?}");
            assert!(named.iter().all(|file| !file.contains('/')), "{probe}: {places:?}");
        }
    }
    let tests = go.asked(&link, "go = \"code.test\"");
    assert!(tests.told().starts_with("fail: example.com/orders: build failed"), "{}", tests.told());
    assert!(tests.places()[0].starts_with("main"), "{:?}", tests.places());
}

#[test]
fn what_go_mod_ignores_is_not_formatted() {
    let Some(go) = GoWorld::new() else { return };
    let rough = "package n\nfunc  n() {}\n";
    let files =
        [("go.mod", "module example.com/orders\n\ngo 1.25\n\nignore ./node_modules\n"), ("main.go", MAIN)];
    let project = go.world.project("orders", &files);
    for directory in ["node_modules", "web/node_modules"] {
        fs::create_dir_all(project.join(directory)).unwrap();
        write(&project, &format!("{directory}/n.go"), rough);
    }
    let places = go.asked(&project, "go = \"code.fmt\"").places();
    assert_eq!(places, ["web/node_modules/n.go:0:0 not formatted"]);
    write(&project, "go.mod", &files[0].1.replace("./", ""));
    assert_eq!(go.asked(&project, "go = \"code.fmt\"").told(), "pass");
}

#[test]
fn nothing_to_look_at_never_passes() {
    let Some(go) = GoWorld::new() else { return };
    let empty = go.world.project("empty", &[("go.mod", GO_MOD)]);
    assert_eq!(go.asked(&empty, "go = \"code.build\"").told(), "not_applicable: no Go packages");
    assert_eq!(go.asked(&empty, "go = \"code.vet\"").told(), "not_applicable: no Go packages");
    assert_eq!(go.asked(&empty, "go = \"code.fmt\"").told(), "not_applicable: no Go files");
    assert_eq!(built_in(&go, &empty, "code.test"), "not_applicable: no tests");
    assert_eq!(go.asked(&empty, "go = \"code.test\"").told(), "fail: tests is 0, >= 1 asked");
    let none = go.world.project("none", &[("x", "")]);
    for probe in ["modules.sums", "modules.vendor", "modules.local", "code.build", "code.fmt", "code.test"] {
        assert_eq!(go.asked(&none, &format!("go = \"{probe}\"")).told(), "error: no go.mod", "{probe}");
    }
}

/// What a built-in probe gives, which no file names.
pub(super) fn built_in(go: &GoWorld, project: &Path, id: &str) -> String {
    write(project, "gvmr-check.toml", "[check]\ngo = true\n");
    let document = check(&go.world, project, &["--json", "--no-archive", id]).json();
    let probes = document["probes"].as_array().unwrap();
    let probe = probes.iter().find(|probe| probe["id"] == id).unwrap();
    format!("{}: {}", probe["state"].as_str().unwrap(), probe["message"].as_str().unwrap())
}

/// What an older go says, which gvmr has installed.
#[test]
fn an_older_go_is_understood() {
    if slow::left_out("check::go_code::an_older_go_is_understood") {
        return;
    }
    let Some(go) = GoWorld::new() else { return };
    let Some(mirror) = Mirror::real(&["1.21.0"]) else { return skip("the module proxy does not answer") };
    let mut world = mirror.world();
    world.gvmr(["install", "1.21.0"]).succeeds();
    world.set("GOCACHE", &go.build_cache).set("GOPROXY", "off");
    let test = "package part\n\nimport \"testing\"\n\nfunc TestPart(t *testing.T) { t.Error(\"bad\") }\n";
    let project = world.project(
        "orders",
        &[
            ("go.mod", GO_MOD),
            ("main.go", MAIN),
            ("part/part.go", "package part\n"),
            ("part/part_test.go", test),
        ],
    );
    let of = |name: &str| asked(&world, &project, &project, &format!("go = \"{name}\""));
    let check = |name: &str, told: &str, places: &[&str]| {
        let found = of(name);
        assert_eq!(
            (found.told().as_str(), found.places()),
            (told, places.iter().map(|one| (*one).to_owned()).collect())
        );
    };
    check("modules.sums", "pass", &[]);
    check("modules.tidy", "error: go mod tidy -diff needs Go 1.23 or later, this is go1.21.0", &[]);
    check("modules.local", "pass", &[]);
    check("code.build", "pass", &[]);
    check("code.vet", "pass", &[]);
    check("code.fmt", "pass", &[]);
    check("code.test", "fail: failed is 1, == 0 asked", &["part/part_test.go:5:0 TestPart: bad"]);
    write(&project, "part/part.go", WRONG);
    check(
        "code.build",
        "fail: errors is 1, == 0 asked",
        &["part/part.go:7:2 not enough return values have () want (int)"],
    );
    check(
        "code.vet",
        "fail: findings is 1, == 0 asked",
        &["part/part.go:7:2 not enough return values have () want (int)"],
    );
    check(
        "code.test",
        "fail: example.com/orders/part: build failed; failed is 1, == 0 asked; tests is 0, >= 1 asked",
        &["part/part.go:7:2 not enough return values have () want (int)"],
    );
}

#[test]
fn goflags_leave_out_no_test_and_write_no_file() {
    let Some(mut go) = GoWorld::new() else { return };
    let test = "package part\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {}\n\nfunc TestB(t *testing.T) { t.Fatal(\"bad\") }\n";
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("part_test.go", test)]);
    let file = go.world.path("go.env");
    for flags in
        ["-skip=TestB", "-run=TestA", "-test.run=TestA", "-c", "-json", "-n", "-exec=/bin/true", "-list=."]
    {
        go.world.unset("GOENV").set("GOFLAGS", flags);
        for place in ["environment", "file"] {
            let found = go.asked(&project, "go = \"code.test\"");
            let (told, tests) = (found.told(), found.figure("tests"));
            assert_eq!(
                (told.as_str(), tests),
                ("fail: failed is 1, == 0 asked", 2.0),
                "{flags} in the {place}"
            );
            fs::write(&file, format!("GOFLAGS={flags}\n")).unwrap();
            go.world.unset("GOFLAGS").set("GOENV", file.to_str().unwrap());
        }
    }
    // What builds are made with stays.
    go.world.unset("GOENV").set("GOFLAGS", "-json -tags=other");
    write(&project, "other.go", "//go:build other\n\npackage part\n\nvar _ = x\n");
    assert_eq!(go.asked(&project, "go = \"code.build\"").places(), ["other.go:5:9 undefined: x"]);
}

#[test]
fn a_directory_whose_name_has_a_wildcard_is_one_directory() {
    let Some(go) = GoWorld::new() else { return };
    let test = "package main\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {}\n";
    let project = go.world.project(
        "a...b",
        &[("go.mod", GO_MOD), ("main.go", MAIN), ("main_test.go", test), ("deep/er/er.go", "package er\n")],
    );
    for probe in ["modules.sums", "code.build", "code.vet", "code.test"] {
        let lines = format!("go = \"{probe}\"");
        assert_eq!(go.asked(&project, &lines).told(), "pass", "{probe}");
        assert_eq!(asked(&go.world, &project.join("deep/er"), &project, &lines).told(), "pass", "{probe}");
    }
}
