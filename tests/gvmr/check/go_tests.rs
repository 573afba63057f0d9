//! What the tests of a project say.

use super::go_code::built_in;
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
    for place in [
        "b/b_test.go:11:0 TestExits did not end",
        "e/e_test.go:11:0 example.com/orders/e: it failed, and none of its tests did no database",
    ] {
        assert!(places.iter().any(|one| one.starts_with(place)), "{place}: {places:?}");
    }
}

#[test]
fn what_hangs_is_named_and_hides_no_failure() {
    let Some(mut go) = GoWorld::new() else { return };
    let bad = tests_of("a", "func TestBad(t *testing.T) { t.Error(\"bad\") }");
    let hangs = tests_of("b", "func TestHangs(t *testing.T) { select {} }");
    let project =
        go.world.project("orders", &[("go.mod", GO_MOD), ("a/a_test.go", &bad), ("b/b_test.go", &hangs)]);
    let of = |go: &GoWorld, lines: &str| go.asked(&project, &format!("go = \"code.test\"\n{lines}"));
    // go ends the test while there is time to say so.
    let ended = of(&go, "timeout = \"12s\"");
    let told = ended.told();
    assert!(told.starts_with("fail: example.com/orders/b: panic: test timed out after "), "{told}");
    assert!(told.ends_with("; failed is 2, == 0 asked"), "{told}");
    // go has its own limit, and the time is over before.
    go.world.set("GOFLAGS", "-modcacherw -timeout=1h");
    let late = of(&go, "timeout = \"5s\"");
    let told = late.told();
    assert!(told.starts_with("fail: go did not end within "), "{told}");
    assert!(told.contains("; example.com/orders/b.TestHangs did not end; "), "{told}");
    assert!((late.figure("failed") - 2.0).abs() < f64::EPSILON);
    let places = late.places();
    assert!(places.contains(&"a/a_test.go:11:0 TestBad: bad".to_owned()), "{places:?}");
    assert!(places.contains(&"b/b_test.go:11:0 TestHangs did not end".to_owned()), "{places:?}");
    // Without a failure nothing is known, but where it hangs.
    let alone = of(&go, "packages = [\"./b\"]\ntimeout = \"3s\"").told();
    assert!(alone.starts_with("error: go did not end within "), "{alone}");
    assert!(alone.ends_with("; example.com/orders/b.TestHangs did not end"), "{alone}");
}

#[test]
fn each_failed_test_is_named_whatever_it_printed() {
    let Some(go) = GoWorld::new() else { return };
    let functions = "func TestSilent(t *testing.T) { t.Fail() }
func TestPrints(t *testing.T) { println(\"panic: not really\\na_test.go:3: printed\"); t.Error(\"bad\") }
func TestAsserts(t *testing.T) { assert(t) }
func Example() {
	os.Stdout.WriteString(\"1\")
	// Output: 2
}
func assert(t *testing.T) {
	t.Helper()
	_, file, line, _ := runtime.Caller(0)
	t.Errorf(\"\\n\\tError Trace:\\t%s:%d\\n\\t            \\t/elsewhere/x.go:9\\n\\tError:      \\tNot equal: \\n\\t            \\texpected: 1\", file, line)
}
func TestZKilled(t *testing.T) { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }";
    let tests = tests_of("a", functions).replace("\t\"os\"\n", "\t\"os\"\n\t\"runtime\"\n\t\"syscall\"\n");
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("a/a_test.go", &tests)]);
    // Examples run after all tests.
    let failed = go.asked(&project, "go = \"code.test\"");
    assert_eq!(failed.told(), "fail: example.com/orders/a: TestZKilled did not end; failed is 4, == 0 asked");
    assert_eq!(
        failed.places(),
        [
            "a/a_test.go:13:0 TestSilent: it failed",
            "a/a_test.go:14:0 TestPrints: bad",
            "a/a_test.go:22:0 TestAsserts: Error: Not equal: expected: 1",
            "a/a_test.go:25:0 TestZKilled did not end signal: killed",
        ]
    );
    write(
        &project,
        "a/a_test.go",
        &tests.replace("syscall.Kill(os.Getpid(), syscall.SIGKILL); select {}", "_ = syscall.Kill"),
    );
    let failed = go.asked(&project, "go = \"code.test\"");
    assert_eq!(failed.told(), "fail: failed is 4, == 0 asked");
    assert_eq!(failed.places().last().unwrap(), "a/a_test.go:16:0 Example: got: 1 want: 2");
}

#[test]
fn examples_and_seeds_are_tests_and_benchmarks_are_not() {
    let Some(go) = GoWorld::new() else { return };
    let file = |functions: &str| tests_of("a", functions);
    let benchmark = file("func BenchmarkA(b *testing.B) {}");
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("a_test.go", &benchmark)]);
    assert_eq!(built_in(&go, &project, "code.test"), "not_applicable: no tests");
    assert_eq!(go.asked(&project, "go = \"code.test\"").told(), "fail: tests is 0, >= 1 asked");
    write(
        &project,
        "a_test.go",
        &file(
            "func Example() {\n\t// Output:\n}\nfunc FuzzA(f *testing.F) { f.Add(1); f.Fuzz(func(*testing.T, int) {}) }",
        ),
    );
    let both = go.asked(&project, "go = \"code.test\"");
    assert_eq!((both.told().as_str(), both.figure("tests")), ("pass", 2.0));
    let skip = |name: &str| format!("func {name}(t *testing.T) {{ t.Skip() }}\n");
    write(&project, "a_test.go", &file(&["TestA", "TestB", "TestC"].map(skip).concat()));
    let skipped = go.asked(&project, "go = \"code.test\"");
    assert_eq!(skipped.told(), "fail: tests is 0, >= 1 asked");
    assert!(skipped.remarks().contains("all 3 tests were skipped"), "{}", skipped.remarks());
}

#[test]
fn tests_have_the_environment_of_go_test() {
    let Some(mut go) = GoWorld::new() else { return };
    let shows = tests_of(
        "a",
        "func TestShows(t *testing.T) {\n\tt.Error(os.Getenv(\"LC_ALL\"), os.Getenv(\"GIT_OPTIONAL_LOCKS\"))\n}",
    );
    let project = go.world.project("orders", &[("go.mod", GO_MOD), ("a_test.go", &shows)]);
    let place = |go: &GoWorld| go.asked(&project, "go = \"code.test\"").places();
    go.world.unset("LC_ALL");
    assert_eq!(place(&go), ["a_test.go:12:0 TestShows: "]);
    go.world.set("LC_ALL", "de_DE.UTF-8").set("GIT_OPTIONAL_LOCKS", "it's 1");
    assert_eq!(place(&go), ["a_test.go:12:0 TestShows: de_DE.UTF-8 it's 1"]);
    write(&project, "go.work", "go 1.21\n\nuse .\n");
    assert_eq!(place(&go), ["a_test.go:12:0 TestShows: de_DE.UTF-8 it's 1"]);
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
    let places = told.places();
    assert!(["a_test.go:7:0 ", "a_test.go:8:0 "].iter().any(|at| places[0].starts_with(at)), "{places:?}");
    assert!(places[0].ends_with(" TestRace: data race"), "{places:?}");
}
