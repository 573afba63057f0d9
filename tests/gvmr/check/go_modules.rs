//! Whether modules are what go.mod, go.sum and vendor/ say.

use super::go_project::{GoWorld, asked};
use super::write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAIN: &str = "package main\n\nimport \"example.com/lib\"\n\nfunc main() { println(lib.Name) }\n";

/// A project that needs one module.
fn with_dependency(go: &GoWorld) -> PathBuf {
    go.publish("example.com/lib", "v1.0.0", &[("lib.go", "package lib\n\nconst Name = \"lib\"\n")]);
    let go_mod = "module example.com/orders\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n";
    let project = go.world.project("my orders", &[("go.mod", go_mod), ("main.go", MAIN)]);
    go.go(&project, &["mod", "tidy"]);
    project
}

#[test]
fn sums_hold_or_it_is_said_which_do_not() {
    let Some(mut go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    let sums = "go = \"modules.sums\"";
    assert_eq!(go.asked(&project, sums).told(), "pass");
    let whole = fs::read_to_string(project.join("go.sum")).unwrap();
    let (first, _) = whole.split_once('\n').unwrap();
    write(&project, "go.sum", &whole.replacen(&format!("{first}\n"), "", 1));
    let missing = go.asked(&project, sums);
    assert!(missing.told().starts_with("fail: missing go.sum entry for module"), "{}", missing.told());
    assert!(missing.places()[0].starts_with("main.go:3:8 missing go.sum entry"), "{:?}", missing.places());
    // Another sum than that of what is downloaded.
    write(&project, "go.sum", &whole.replacen("h1:", "h1:AAAA", 1));
    assert!(go.asked(&project, sums).told().starts_with("fail: "), "a malformed sum");
    let (module, sum) = first.split_once("h1:").unwrap();
    let other: String = sum.chars().map(|one| if one == 'A' { 'B' } else { one }).collect();
    let other = if other == sum { sum.replacen(&sum[..1], "A", 1) } else { other };
    write(&project, "go.sum", &whole.replacen(first, &format!("{module}h1:{other}"), 1));
    let wrong = go.asked(&project, sums);
    assert_eq!(wrong.told(), "fail: verifying example.com/lib@v1.0.0: checksum mismatch");
    write(&project, "go.sum", &whole);
    let cached = go.world.path("modules/example.com/lib@v1.0.0/lib.go");
    fs::write(&cached, "package lib\n\nconst Name = \"other\"\n").unwrap();
    let told = go.asked(&project, sums).told();
    assert!(told.starts_with("fail: example.com/lib v1.0.0: dir has been modified"), "{told}");
    // What cannot be downloaded says nothing of sums.
    go.world.set("GOMODCACHE", "/dev/null/none").set("GOPROXY", "off");
    assert!(go.asked(&project, sums).told().starts_with("error: "));
    let empty = go.world.path("empty");
    go.world.set("GOMODCACHE", empty.to_str().unwrap());
    let told = go.asked(&project, sums).told();
    assert!(told.starts_with("error: ") && told.ends_with("module lookup disabled by GOPROXY=off"), "{told}");
}

#[test]
fn nothing_is_written_even_where_go_would_complete_go_mod() {
    let Some(mut go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    go.go(&project, &["mod", "vendor"]);
    write(&project, "go.mod", "module example.com/orders\n\nrequire example.com/lib v1.0.0 // indirect\n");
    fs::remove_file(project.join("go.sum")).unwrap();
    go.world.set("GOFLAGS", "-modcacherw -mod=mod");
    for has_vendor in [true, false] {
        for probe in
            ["modules.sums", "modules.tidy", "modules.vendor", "modules.local", "code.build", "code.vet"]
        {
            let told = go.asked(&project, &format!("go = \"{probe}\"")).told();
            assert!(probe != "modules.tidy" || told.starts_with("fail: "), "{probe}: {told}");
        }
        go.asked(&project, "go = \"code.test\"\ncover = \">= 1%\"");
        if has_vendor {
            fs::remove_dir_all(project.join("vendor")).unwrap();
        }
    }
    // go itself writes both.
    go.go(&project, &["list", "-m", "all"]);
    assert!(project.join("go.sum").exists());
}

#[test]
fn what_tidy_changes_is_named_by_its_line() {
    let Some(mut go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    let tidy = "go = \"modules.tidy\"";
    assert_eq!(go.asked(&project, tidy).told(), "pass");
    write(&project, "main.go", "package main\n\nfunc main() {}\n");
    let changed = go.asked(&project, tidy);
    assert_eq!(changed.told(), "fail: go mod tidy changes go.mod; go mod tidy changes go.sum");
    assert_eq!(changed.places()[0], "go.mod:5:0 -require example.com/lib v1.0.0");
    assert!(changed.places()[1].starts_with("go.sum:1:0 -example.com/lib v1.0.0"), "{:?}", changed.places());
    assert!(changed.output().contains("-require example.com/lib"));
    write(&project, "main.go", &MAIN.replace("example.com/lib", "example.com/none"));
    go.world.set("GOPROXY", "off");
    let told = go.asked(&project, tidy).told();
    assert!(told.starts_with("error: ") && told.contains("GOPROXY=off"), "{told}");
}

#[test]
fn a_vendored_file_that_is_changed_by_hand_is_found_here_alone() {
    let Some(go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    let vendor = "go = \"modules.vendor\"";
    assert_eq!(go.asked(&project, vendor).told(), "not_applicable: no vendor/");
    go.go(&project, &["mod", "vendor"]);
    assert_eq!(go.asked(&project, vendor).told(), "pass");
    for probe in ["modules.sums", "modules.tidy", "modules.local", "code.build", "code.vet", "code.fmt"] {
        assert_eq!(go.asked(&project, &format!("go = \"{probe}\"")).told(), "pass", "{probe}");
    }
    write(&project, "vendor/example.com/lib/lib.go", "package lib\n\nconst Name = \"changed\"\n");
    for words in [&["build", "-o", "/dev/null", "./..."][..], &["vet", "./..."], &["mod", "verify"]] {
        go.go(&project, words);
    }
    let changed = go.asked(&project, vendor);
    assert_eq!(changed.told(), "fail: vendor/ is not what go vendors: 1 changed");
    assert_eq!(changed.places(), ["vendor/example.com/lib/lib.go:3:0 changed"]);
    fs::remove_file(project.join("vendor/example.com/lib/lib.go")).unwrap();
    write(&project, "vendor/example.com/lib/more.go", "package lib\n\nconst Name = \"more\"\n");
    let told = go.asked(&project, vendor);
    assert_eq!(told.told(), "fail: vendor/ is not what go vendors: 1 missing, 1 added");
    assert_eq!(
        told.places(),
        ["vendor/example.com/lib/lib.go:0:0 missing", "vendor/example.com/lib/more.go:0:0 added"]
    );
}

#[test]
fn sums_of_a_vendored_project_are_those_of_what_is_downloaded() {
    let Some(mut go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    go.go(&project, &["mod", "vendor"]);
    let sums = "go = \"modules.sums\"";
    let whole = fs::read_to_string(project.join("go.sum")).unwrap();
    let (first, _) = whole.split_once('\n').unwrap();
    let (module, sum) = first.split_once("h1:").unwrap();
    let other = if sum.starts_with('A') { "B" } else { "A" };
    write(&project, "go.sum", &whole.replacen(first, &format!("{module}h1:{other}{}", &sum[1..]), 1));
    let empty = go.world.path("empty");
    go.world.set("GOMODCACHE", empty.to_str().unwrap());
    let wrong = go.asked(&project, sums);
    assert_eq!(wrong.told(), "fail: verifying example.com/lib@v1.0.0: checksum mismatch");
    write(&project, "go.sum", &whole);
    go.world.set("GOPROXY", "off");
    let told = go.asked(&project, sums).told();
    assert!(told.starts_with("error: ") && told.contains("GOPROXY=off"), "{told}");
}

#[test]
fn vendor_is_what_go_takes_for_it() {
    let Some(go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    go.world.project("my orders", &[("vendor/autoload.php", "<?php\n")]);
    for probe in ["code.build", "code.vet", "code.test"] {
        let told = go.asked(&project, &format!("go = \"{probe}\"")).told();
        assert!(told.contains("inconsistent vendoring in "), "{probe}: {told}");
        assert!(told.contains("example.com/lib@v1.0.0: is explicitly required"), "{probe}: {told}");
    }
    let vendor = "go = \"modules.vendor\"";
    assert_eq!(go.asked(&project, vendor).told(), "fail: vendor/ is not what go vendors: 2 missing, 1 added");
    let files = [
        ("go.mod", "module example.com/site\n\ngo 1.21\n"),
        ("main.go", "package main\n\nfunc main() {}\n"),
        ("vendor/autoload.php", "<?php\n"),
    ];
    let site = go.world.project("site", &files);
    let told = go.asked(&site, vendor).told();
    assert_eq!(told, "not_applicable: vendor/ is not Go's, and go.mod requires nothing");
    for probe in ["modules.sums", "modules.tidy", "code.build", "code.vet"] {
        assert_eq!(go.asked(&site, &format!("go = \"{probe}\"")).told(), "pass", "{probe}");
    }
}

#[test]
fn what_is_wrong_with_a_package_says_nothing_of_sums() {
    let Some(go) = GoWorld::new() else { return };
    let project = with_dependency(&go);
    go.world.project(
        "my orders",
        &[
            ("one/one.go", "package one\n\nimport _ \"example.com/orders/two\"\n"),
            ("two/two.go", "package two\n\nimport _ \"example.com/orders/one\"\n"),
            ("both/a.go", "package a\n"),
            ("both/b.go", "package b\n"),
            ("site/site.go", "package site\n\nimport _ \"embed\"\n\n//go:embed dist/*\nvar Dist string\n"),
        ],
    );
    let sums = "go = \"modules.sums\"";
    assert_eq!(go.asked(&project, sums).told(), "pass");
    write(&project, "go.sum", "");
    let told = go.asked(&project, sums).told();
    assert!(told.starts_with("fail: missing go.sum entry"), "{told}");
}

#[test]
fn a_member_of_a_workspace_that_another_one_takes_from_it_is_a_doubt_about_tidiness() {
    let Some(go) = GoWorld::new() else { return };
    let work = go.world.project(
        "work",
        &[
            ("go.work", "go 1.22\n\nuse (\n\t./app\n\t./lib\n)\n"),
            ("app/go.mod", "module example.com/app\n\ngo 1.22\n"),
            ("app/main.go", &MAIN.replace("/lib", "/own/part")),
            ("lib/go.mod", "module example.com/own\n\ngo 1.22\n"),
            ("lib/part/part.go", "package lib\n\nconst Name = \"own\"\n"),
        ],
    );
    assert_eq!(go.asked(&work, "go = \"code.build\"").told(), "pass");
    let told = go.asked(&work, "go = \"modules.tidy\"").told();
    let member = "app, which takes example.com/own from the workspace and does not require it";
    assert_eq!(told, format!("warn: go mod tidy cannot tell of {member}"));
}

/// Two modules in a workspace; each needs another version of a third one.
fn workspace(go: &GoWorld) -> PathBuf {
    for version in ["v1.0.0", "v1.1.0"] {
        go.publish("example.com/lib", version, &[("lib.go", "package lib\n\nconst Name = \"lib\"\n")]);
    }
    let module = |name: &str, version: &str| {
        format!("module example.com/{name}\n\ngo 1.22\n\nrequire example.com/lib {version}\n")
    };
    let (one, two) = (module("one", "v1.0.0"), module("two", "v1.1.0"));
    let test = "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestWork(t *testing.T) {\n\tif os.Getenv(\"GOWORK\") != \"\" {\n\t\tt.Fatal(\"GOWORK is set\")\n\t}\n}\n";
    let project = go.world.project(
        "work",
        &[
            ("go.work", "go 1.22\n\nuse (\n\t./one\n\t./two\n)\n"),
            ("one/go.mod", &one),
            ("one/main.go", MAIN),
            ("one/main_test.go", test),
            ("two/go.mod", &two),
            ("two/main.go", MAIN),
        ],
    );
    for name in ["one", "two"] {
        go.go(&project.join(name), &["mod", "tidy"]);
    }
    project
}

#[test]
fn a_workspace_is_measured_without_its_go_work_sum_being_written() {
    let Some(mut go) = GoWorld::new() else { return };
    let project = workspace(&go);
    // go itself completes go.work.sum.
    fs::write(project.join("one/go.sum"), "").unwrap();
    fs::write(project.join("two/go.sum"), "").unwrap();
    go.world.set("GOFLAGS", "-modcacherw -mod=mod");
    let sums = go.asked(&project, "go = \"modules.sums\"").told();
    assert!(sums.starts_with("fail: go.work.sum lacks example.com/lib v1.0.0/go.mod"), "{sums}");
    for probe in ["code.build", "code.vet", "code.fmt"] {
        assert_eq!(go.asked(&project, &format!("go = \"{probe}\"")).told(), "pass", "{probe}");
    }
    // In a test's own environment it is as it was.
    assert_eq!(go.asked(&project, "go = \"code.test\"\ncover = \"== 0%\"").told(), "pass");
    go.world.set("GOFLAGS", "-modcacherw");
    go.go(&project, &["build", "-o", "/dev/null", "./one", "./two"]);
    assert!(project.join("go.work.sum").exists(), "this go writes it");
    assert_eq!(go.asked(&project, "go = \"modules.sums\"").told(), "pass");
    go.go(&project, &["work", "vendor"]);
    assert_eq!(go.asked(&project, "go = \"modules.vendor\"").told(), "pass");
    assert_eq!(go.asked(&project, "go = \"code.build\"").told(), "pass");
    write(&project, "vendor/example.com/lib/lib.go", "package lib\n\nconst Name = 1\n");
    let changed = go.asked(&project, "go = \"modules.vendor\"");
    assert_eq!(changed.places(), ["vendor/example.com/lib/lib.go:3:0 changed"]);
}

#[test]
fn a_replacement_outside_of_the_repository_is_named_by_its_line() {
    let Some(go) = GoWorld::new() else { return };
    let repository = go.world.project(
        "repository",
        &[
            ("app/go.mod", "module example.com/app\n\ngo 1.21\n\nreplace example.com/near => ../near\n"),
            ("app/app.go", "package app\n"),
            ("near/go.mod", "module example.com/near\n"),
        ],
    );
    go.world.project("far away", &[("go.mod", "module example.com/far\n"), ("far.go", "package far\n")]);
    let app = repository.join("app");
    let of = |directory: &Path| asked(&go.world, directory, &repository, "go = \"modules.local\"");
    let outside = "fail: go.mod:5: replace ../near is outside of the repository";
    assert_eq!(of(&app).told(), outside, "without git the module is all there is");
    let made = Command::new("git").args(["init", "-q"]).current_dir(&repository).status();
    assert!(made.unwrap().success());
    assert_eq!(of(&app).told(), "pass");
    write(
        &app,
        "go.mod",
        "module example.com/app\n\ngo 1.21\n\nreplace (\n\texample.com/near => ../near\n\texample.com/far => \"../../far away\"\n)\n",
    );
    let far = of(&app);
    assert_eq!(far.told(), "fail: go.mod:7: replace ../../far away is outside of the repository");
    assert_eq!(far.places(), ["go.mod:7:0 ../../far away is outside of the repository"]);
    let near = repository.join("near").display().to_string();
    let absolute = format!("module example.com/app\n\ngo 1.21\n\nreplace example.com/near => {near}\n");
    write(&app, "go.mod", &absolute);
    assert_eq!(of(&app).told(), format!("fail: go.mod:5: replace {near} is an absolute path"));
    write(&app, "go.mod", "module example.com/app\n\ngo 1.21\n");
    write(&repository, "go.work", "go 1.21\n\nuse ./app\n\nuse \"../far away\"\n");
    assert_eq!(
        of(&app).told(),
        format!(
            "fail: {}:5: use ../far away is outside of the repository",
            repository.join("go.work").display()
        )
    );
}
