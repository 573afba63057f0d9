//! What the command line says: names, places of reports, and what is printed where.

use super::{check, project, write};
use crate::support::server::{Fault, Reply, Server};
use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TOUCHES: &str = "[a.b]\ncommand = [\"touch\", \"ran\"]\n";

#[test]
fn reports_that_would_be_lost_are_refused_before_anything_runs() {
    let world = World::new("off");
    let project = project(&world, TOUCHES);
    fs::create_dir(project.join("sub")).unwrap();
    std::os::unix::fs::symlink("gvmr-check.toml", project.join("link")).unwrap();
    for words in [
        &["--report", "json=-", "--report", "junit=-"][..],
        &["--report", "json=x", "--report", "junit=./sub/../x"],
        &["--report", "json=gvmr-check.toml"],
        &["--report", "json=link"],
    ] {
        let run = check(&world, &project, words);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{words:?}: {run:#?}");
        assert!(!project.join("ran").exists(), "{words:?}");
    }
    let mixed = check(&world, &project, &["--json", "--report", "github=-"]);
    assert!(mixed.exits(2, &["mixed on stdout"]).json()["error"]["code"] == 2);
    assert!(!project.join("ran").exists());
    assert_eq!(fs::read_to_string(project.join("gvmr-check.toml")).unwrap(), TOUCHES);
    check(&world, &project, &["--report", "json=/dev/null", "--report", "junit=/dev/null"]).succeeds();
}

#[test]
fn a_pipe_without_a_reader_is_an_error_and_one_with_a_reader_gets_the_report() {
    let world = World::new("off");
    let project = project(&world, TOUCHES);
    let pipe = project.join("pipe");
    Run::of(Command::new("mkfifo").arg(&pipe)).succeeds();
    check(&world, &project, &["--report", "json=pipe"]).exits(8, &["cannot write the report pipe"]);
    assert!(!project.join("ran").exists());
    // Open for both, so that the reader is there before the writer is.
    let held = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let reader = Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let run = check(&world, &project, &["--report", "json=pipe"]);
    drop(held);
    run.succeeds();
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(serde_json::from_slice::<Value>(&read).unwrap()["verdict"], "pass");
}

#[test]
fn a_plan_has_what_names_select() {
    let world = World::new("off");
    let text = format!("{TOUCHES}[a.c]\ncommand = [\"true\"]\n[d.e]\ncommand = [\"true\"]\n");
    let project = project(&world, &text);
    let ids = |words: &[&str]| {
        let plan = check(&world, &project, &[&["--plan", "--json"][..], words].concat()).json();
        let ids =
            plan["probes"].as_array().unwrap().iter().map(|probe| probe["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(&[]), "a.b a.c d.e");
    assert_eq!(ids(&["a"]), "a.b a.c");
    assert_eq!(ids(&["a.c", "d"]), "a.c d.e");
    assert_eq!(ids(&["--skip", "a"]), "d.e");
    check(&world, &project, &["--plan", "a.d"]).exits(2, &["a.d"]);
}

#[test]
fn kept_runs_are_there_for_scripts() {
    let world = World::new("off");
    let project = project(&world, TOUCHES);
    check(&world, &project, &[]).succeeds();
    write(&project, "gvmr-check.toml", "[a.b]\ncommand = [\"touch\", \"ran\"]\ntime = \"> 1h\"\n");
    check(&world, &project, &[]).exits(1, &[]);
    let history = check(&world, &project, &["--history", "--json"]).json();
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(history[0]["verdict"], "fail");
    let diff = check(&world, &project, &["--diff", "--json"]).json();
    assert_eq!(diff["last_pass"]["id"], history[1]["id"]);
    assert_eq!(diff["probes"][0]["figures"][0]["name"], "time");
    assert!(diff["probes"][0]["figures"][0]["before"].is_f64(), "{diff:#}");
}

#[test]
fn a_first_file_is_written_where_it_is_named() {
    let world = World::new("off");
    let project = world.project("new", &[]);
    world.gvmr_in(&project, ["check", "--init", "-f", "other.toml"]).exits(0, &["other.toml"]);
    assert!(project.join("other.toml").exists() && !project.join("gvmr-check.toml").exists());
    world.gvmr_in(&project, ["check", "--init", "-f", "other.toml"]).exits(8, &["exists"]);
    world.gvmr_in(&project, ["check", "--init", "-f", "."]).exits(2, &["not the name of a file"]);
}

#[test]
fn stderr_has_no_more_than_asked() {
    let world = World::new("off");
    let project = project(&world, "[a.b]\ncommand = [\"false\"]\n");
    let run = check(&world, &project, &["--report", "github=-"]);
    assert!(run.stderr.contains("gvmr: FAIL in"), "{run:#?}");
    let quiet = check(&world, &project, &["--quiet"]);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout.lines().count()), ("", 1), "{quiet:#?}");
}

#[test]
fn what_does_not_hold_is_told_with_its_cause_and_line() {
    let world = World::new("off");
    let server = Server::start(|request| match request.target.as_str() {
        "/login" => Reply::redirect(302, "/elsewhere"),
        _ => Reply::ok("{\"status\": \"DOWN\"}"),
    });
    for (lines, cause, line) in [
        (format!("http = \"{}\"\n", server.url("/login")), "status 302 to ", 1),
        (
            format!("http = \"{}\"\nok = \">= 90%\"\njson.\"/status\" = \"UP\"\n", server.url("/")),
            "json /status is",
            3,
        ),
        ("command = [\"true\"]\n\ntime = \"> 1h\"\n".to_owned(), "time is ", 4),
    ] {
        let project = project(&world, &format!("[a.b]\n{lines}"));
        let run = check(&world, &project, &["--report", "github=out", "--report", "gitlab=quality"]);
        let last = run.stdout.lines().last().unwrap().to_owned();
        assert!(last.contains(cause) && last.ends_with(&format!("gvmr-check.toml:{line}")), "{last}");
        let github = fs::read_to_string(project.join("out")).unwrap();
        assert!(github.contains(cause) && github.contains(&format!("line={line},")), "{github}");
        let quality: Value = serde_json::from_slice(&fs::read(project.join("quality")).unwrap()).unwrap();
        assert!(quality[0]["description"].as_str().unwrap().contains(cause), "{quality:#}");
        assert_eq!(quality[0]["location"]["lines"]["begin"], line);
    }
}

#[test]
fn hooks_that_hang_wait_side_by_side_and_reports_are_written_after_ctrl_c() {
    let world = World::new("off");
    let hangs = Server::start(|_| Reply::ok("").fault(Fault::Hang));
    let hook = |path: &str| format!("[[check.notify]]\nurl = \"{}\"\n", hangs.url(path));
    let text = format!("[a.b]\ncommand = [\"false\"]\n{}{}", hook("/one"), hook("/two"));
    let project = project(&world, &text);
    let mut command = world.command(gvmr(), &project);
    command.args(["check", "-f", "gvmr-check.toml", "--report", "junit=out.xml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while hangs.count("/one") == 0 || hangs.count("/two") == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before");
        std::thread::yield_now();
    }
    let start = Instant::now();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(output.status.signal(), Some(2));
    assert!(fs::read_to_string(project.join("out.xml")).unwrap().contains("<failure"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("gvmr check: FAIL in"));
}
