//! Go's own client as the judge: it sees the same answers and has to come to the same verdicts.
//!
//! The judge is built from the copy of golang.org/x/mod that the machine's Go has in its cmd/go, so it needs
//! no network.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::cases::{self, Case, Go, SHORT, SIZE, Verdict};
use super::go;

/// The first release whose cmd/go has the corrections that the table speaks of.
const CORRECTED: &str = "1.26.8";

#[test]
fn go_comes_to_the_same_verdicts() {
    if !go::is_here(CORRECTED, "verdicts of Go's log client") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let oracle = build(directory.path());
    let cases: Vec<Case> = cases::all().into_iter().filter(|case| case.go != Go::Hangs).collect();
    let mut command = Command::new(oracle);
    command.arg("lookups");
    for (index, case) in cases.iter().enumerate() {
        let scene = directory.path().join(format!("case-{index}"));
        write_scene(case, &scene);
        command.arg(scene);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<&str> = verdicts.lines().collect();
    assert_eq!(verdicts.len(), cases.len());
    assert!(verdicts.iter().filter(|&&verdict| verdict == "fork").count() >= 3);
    for (case, verdict) in cases.iter().zip(verdicts) {
        let agreed = match &case.verdict {
            _ if case.go == Go::Accepts => verdict.starts_with("sum "),
            Verdict::Sum(sum) => verdict == format!("sum {sum}"),
            // Go first reads the tiles of the head it remembers, and may stumble there over the fork's.
            Verdict::Fork => verdict == "fork" || verdict.contains("inconsistent tile"),
            Verdict::Refused(_) => verdict.starts_with("refused "),
        };
        assert!(agreed, "{}: expected {:?}, Go says: {verdict}", case.name, case.verdict);
    }
}

#[test]
fn go_hashes_trees_the_same() {
    if !go::is_here("1.21", "Go's directory hash") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let oracle = build(directory.path());
    let trees = super::h1::trees();
    let mut child =
        Command::new(oracle).arg("hashes").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input = serde_json::to_vec(&trees).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let ours: Vec<String> = trees.iter().map(|tree| super::h1::manifest(tree).h1().to_string()).collect();
    assert_eq!(output.lines().collect::<Vec<_>>(), ours);
}

/// The answer and all tiles that the case's log has, as files.
fn write_scene(case: &Case, scene: &Path) {
    let sizes = [SHORT, SIZE - 1, SIZE, case.log.size()];
    let lookup = case.path();
    for path in case.log.paths(&sizes) {
        if path.starts_with("/lookup/") && path != lookup {
            continue;
        }
        if let Some(answer) = case.log.answer(&path) {
            let file = scene.join("remote").join(path.trim_start_matches('/'));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, answer).unwrap();
        }
    }
    fs::write(scene.join("key"), case.log.key()).unwrap();
    fs::write(scene.join("latest"), &case.remembered).unwrap();
    fs::write(scene.join("module"), format!("example.com/m{}", case.index)).unwrap();
    fs::write(scene.join("version"), "v1.0.0").unwrap();
}

fn build(directory: &Path) -> std::path::PathBuf {
    let source = directory.join("oracle");
    fs::create_dir(&source).unwrap();
    let vendored = Path::new(&go::env("GOROOT")).join("src/cmd/vendor/golang.org/x/mod");
    let copied = Command::new("cp").arg("-R").arg(&vendored).arg(source.join("mod")).status().unwrap();
    assert!(copied.success());
    fs::write(source.join("mod/go.mod"), "module golang.org/x/mod\n\ngo 1.25\n").unwrap();
    let module =
        "module oracle\n\ngo 1.25\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n";
    fs::write(source.join("go.mod"), module).unwrap();
    fs::write(source.join("main.go"), include_str!("oracle/main.go")).unwrap();
    let output = Command::new("go")
        .args(["build", "-o", "oracle", "."])
        .current_dir(&source)
        .envs([("GOTOOLCHAIN", "local"), ("GOWORK", "off"), ("GOFLAGS", ""), ("GOPROXY", "off")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    source.join("oracle")
}
