//! Whether two builds of a Go project give the same programs.

use super::go_orders::{commit, measured, verdict, with_go};
use crate::support::slow;
use std::fs;

const WITH_TIME: &str = "package main\n\n// static const char *built(void) { return __TIME__; }\n\
                         import \"C\"\n\nfunc main() { println(C.GoString(C.built())) }\n";
const SAME_TWICE: &str = "go = \"artifact.same-twice\"";

#[test]
fn two_builds_are_the_same_unless_the_time_is_compiled_in() {
    const TEST: &str = "check::go_same_twice::two_builds_are_the_same_unless_the_time_is_compiled_in";
    if slow::left_out(TEST) {
        return;
    }
    let Some(world) = with_go() else { return };
    // The module is below the top of the repository, and needs its sibling.
    let repository = world.project(
        "repository",
        &[
            ("app/go.mod", "module example.com/app\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n"),
            ("app/main.go", "package main\n\nimport \"example.com/lib\"\n\nfunc main() { println(lib.Name) }\n"),
            ("app/ignored.go", "package main\n\nvar x int = \"\"\n"),
            (".gitignore", "ignored.go\n"),
            ("lib/go.mod", "module example.com/lib\n"),
            ("lib/two words.go", "package lib\n\n// Name is a name.\nconst Name = \"lib\"\n"),
        ],
    );
    commit(&world, &repository);
    let project = repository.join("app");
    let probe = measured(&world, &project, SAME_TWICE);
    assert_eq!(probe["state"], "pass", "what git does not hand out is not built: {probe:#}");
    assert!(probe.to_string().contains("example.com/app: sha256 "), "{probe}");
    fs::write(project.join("main.go"), WITH_TIME).unwrap();
    let differs = verdict(&world, &project, SAME_TWICE);
    assert!(differs.starts_with("fail: example.com/app has sha256 "), "{differs}");
    assert!(differs.ends_with("… in the other"), "{differs}");
    fs::write(project.join("main.go"), "package main\n\nvar x int = \"\"\n").unwrap();
    let broken = verdict(&world, &project, SAME_TWICE);
    assert!(broken.starts_with("error: go build ended with 1: "), "{broken}");
}
