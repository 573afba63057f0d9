//! What the tests of a project say.

use super::go_project::GoWorld;
use super::write;
use std::fs;

const GO_MOD: &str = "module example.com/orders\n\ngo 1.21\n";

/// A file of tests with these functions.
fn tests_of(package: &str, functions: &str) -> String {
    format!(
        "package {package}\n\nimport (\n\t\"os\"\n\t\"testing\"\n\t\"time\"\n)\n\nvar _, _ = os.Args, time.Now\n\n{functions}\n"
    )
}

#[test]
fn tests_are_counted_and_failing_ones_named_by_place() {
    let Some(go) = GoWorld::new() else { return };
    let good = tests_of(
        "a",
        "func TestGood(t *testing.T) { time.Sleep(20 * time.Millisecond); t.Log(\"fine\") }\nfunc TestSkipped(t *testing.T) { t.Skip(\"no\") }",
    );
    let project = go
        .world
        .project("my orders", &[("go.mod", GO_MOD), ("a/a_test.go", &good), ("b/b.go", "package b\n")]);
    let test = "go = \"code.test\"";
    let passed = go.asked(&project, test);
    assert_eq!(passed.told(), "pass");
    assert_eq!((passed.figure("tests"), passed.figure("failed"), passed.figure("skipped")), (1.0, 0.0, 1.0));
    assert!(passed.remarks().contains("slowest: example.com/orders/a.TestGood 0.0"), "{}", passed.remarks());
    let bad = tests_of(
        "b",
        "func TestBad(t *testing.T) {\n\tt.Run(\"sub one\", func(t *testing.T) { t.Errorf(\"got %d\\nwant 2\", 1) })\n\tprintln(\"to stderr\")\n}",
    );
    write(&project, "b/b_test.go", &bad);
    let failed = go.asked(&project, test);
    assert_eq!(failed.told(), "fail: failed is 1, == 0 asked");
    assert_eq!((failed.figure("tests"), failed.figure("failed")), (2.0, 1.0));
    assert_eq!(failed.places(), ["b/b_test.go:12:0 TestBad/sub_one: got 1 want 2"]);
    assert!(
        failed.output().contains("to stderr") && !failed.output().contains("got 1"),
        "{}",
        failed.output()
    );
    // Of some packages, and with tags.
    assert_eq!(go.asked(&project, "go = \"code.test\"\npackages = [\"./a\"]").told(), "pass");
    write(&project, "b/b_test.go", &format!("//go:build slow\n\n{bad}"));
    assert_eq!(go.asked(&project, test).told(), "pass");
    let tagged = go.asked(&project, "go = \"code.test\"\ntags = [\"slow\"]");
    assert_eq!(tagged.places(), ["b/b_test.go:14:0 TestBad/sub_one: got 1 want 2"]);
    // Skipped tests alone are none.
    let skipped = go.asked(&project, "go = \"code.test\"\npackages = [\"./b\"]");
    assert_eq!(skipped.told(), "fail: tests is 0, >= 1 asked");
}

#[test]
fn a_package_that_ends_early_counts_as_failed_and_says_so() {
    let Some(mut go) = GoWorld::new() else { return };
    let panics = tests_of(
        "a",
        "func TestFine(t *testing.T) {}\nfunc TestPanics(t *testing.T) { var m map[string]int; m[\"a\"] = 1 }",
    );
    let exits = tests_of("b", "func TestExits(t *testing.T) { os.Exit(3) }");
    let wrong = tests_of("c", "func TestWrong(t *testing.T) { undefined() }");
    let slow = tests_of("d", "func TestSlow(t *testing.T) { time.Sleep(time.Minute) }");
    let refuses = tests_of("e", "func TestMain(m *testing.M) { println(\"no database\"); os.Exit(1) }");
    let project = go.world.project(
        "orders",
        &[
            ("go.mod", GO_MOD),
            ("a/a_test.go", &panics),
            ("b/b_test.go", &exits),
            ("c/c_test.go", &wrong),
            ("d/d_test.go", &slow),
            ("e/e_test.go", &refuses),
        ],
    );
    go.world.set("GOFLAGS", "-modcacherw -timeout=1s");
    let failed = go.asked(&project, "go = \"code.test\"");
    let told = failed.told();
    for why in [
        "example.com/orders/a: panic: assignment to entry in nil map",
        "example.com/orders/b: TestExits did not end",
        "example.com/orders/c: build failed",
        "example.com/orders/d: panic: test timed out after 1s",
        "example.com/orders/e: it failed, and none of its tests did",
        "failed is 5, == 0 asked",
    ] {
        assert!(told.contains(why), "{why}: {told}");
    }
    assert_eq!((failed.figure("tests"), failed.figure("skipped")), (4.0, 0.0));
    let places = failed.places();
    assert!(places.contains(&"c/c_test.go:11:32 undefined: undefined".to_owned()), "{places:?}");
    assert!(
        places.iter().any(|one| one.starts_with("a/a_test.go:12:0 TestPanics: panic: assign")),
        "{places:?}"
    );
    assert!(failed.output().contains("no database"), "{}", failed.output());
    // The time of the probe is another thing: nothing is known then.
    go.world.set("GOFLAGS", "-modcacherw");
    let late = go.asked(&project, "go = \"code.test\"\npackages = [\"./d\"]\ntimeout = \"3s\"").told();
    assert!(late.starts_with("error: go did not end within "), "{late}");
}

#[test]
fn coverage_is_that_of_all_statements_as_go_tool_cover_counts_them() {
    let Some(go) = GoWorld::new() else { return };
    let code = |package: &str| {
        format!(
            "package {package}\n\nfunc Sign(number int) int {{\n\tif number < 0 {{\n\t\treturn -1\n\t}}\n\treturn 1\n}}\n"
        )
    };
    let test = "package a\n\nimport (\n\t\"example.com/orders/b\"\n\t\"testing\"\n)\n\nfunc TestSigns(t *testing.T) { Sign(1); b.Sign(-1) }\n";
    let other = "package b\n\nimport \"testing\"\n\nfunc TestSign(t *testing.T) { Sign(1) }\n";
    let project = go.world.project(
        "orders",
        &[
            ("go.mod", GO_MOD),
            ("a/a.go", &code("a")),
            ("a/a_test.go", test),
            ("b/b.go", &code("b")),
            ("b/b_test.go", other),
            ("c/c.go", &code("c")),
        ],
    );
    let covered = go.asked(&project, "go = \"code.test\"\ncover = \">= 50%\"");
    assert_eq!(covered.told(), "pass");
    let profile = go.world.path("cover");
    let flag = format!("-coverprofile={}", profile.display());
    go.go(&project, &["test", "-coverpkg=./...", &flag, "./..."]);
    let total = go.go(&project, &["tool", "cover", &format!("-func={}", profile.display())]);
    let total = total.lines().last().unwrap().split_whitespace().last().unwrap().to_owned();
    assert_eq!(total, format!("{:.1}%", covered.figure("cover")));
    let failed = go.asked(&project, "go = \"code.test\"\ncover = \">= 70%\"").told();
    assert_eq!(failed, "fail: cover is 55.56 %, >= 70 % asked");
    // Of nothing there is no share.
    for name in ["a", "b", "c"] {
        fs::remove_dir_all(project.join(name)).unwrap();
    }
    write(&project, "x_test.go", "package x\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {}\n");
    let none = go.asked(&project, "go = \"code.test\"\ncover = \">= 1%\"").told();
    assert_eq!(none, "error: 0 of 0 statements: there is nothing to cover");
}

#[test]
fn races_are_found_or_it_is_an_error_that_they_cannot_be() {
    let Some(mut go) = GoWorld::new() else { return };
    let racing = "package a\n\nimport \"testing\"\n\nfunc TestRace(t *testing.T) {\n\tn, done := 0, make(chan bool)\n\tgo func() { n++; done <- true }()\n\tn++\n\t<-done\n}\n";
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("a_test.go", racing)]);
    assert_eq!(go.asked(&project, "go = \"code.test\"").told(), "pass");
    let race = "go = \"code.test\"\nrace = true";
    go.world.set("CGO_ENABLED", "0");
    let told = go.asked(&project, race).told();
    assert!(told.starts_with("error: ") && told.contains("-race requires cgo"), "{told}");
    go.world.set("CGO_ENABLED", "1").set("CC", "no-such-compiler");
    let told = go.asked(&project, race).told();
    assert!(told.starts_with("error: cgo: C compiler"), "{told}");
    go.world.unset("CC");
    let told = go.asked(&project, race);
    assert_eq!((told.told().as_str(), told.figure("failed")), ("fail: failed is 1, == 0 asked", 1.0));
}
