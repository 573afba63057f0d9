//! What `gvmr trust` shows, keeps and takes back.

use super::fixture::{Machine, fifo};
use crate::support::typist::Typist;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const TAGS: &str = "[env]\nGOFLAGS = \"-tags=approved\"\n";

#[test]
fn what_is_approved_is_shown_and_listed_until_it_is_revoked() {
    let machine = Machine::new();
    let project =
        machine.project("a b/p", "go = \"1.98\"\n\n[env]\nGOPROXY = \"https://joe:canary@p.example/\"\n");
    let inner = machine.world.project("a b/p/inner", &[]);
    let file = project.join("gvmr.toml").display().to_string();
    let run = machine.trust(&inner, &[]);
    assert_eq!(run.stderr, "");
    let shown = run.succeeds();
    let expected = [
        file.as_str(),
        "  line 1: go 1.98",
        "  line 4: GOPROXY=https://***@p.example/  <- modules are downloaded from there",
    ];
    assert_eq!(shown, expected.join("\n"));
    assert_eq!(machine.listed(), [(file.clone(), "in-force".to_owned())]);
    assert_eq!(machine.gets(&inner, "GOPROXY"), "https://joe:canary@p.example/");

    let list = machine.world.gvmr(["trust", "--list"]).succeeds();
    assert_eq!(list, format!("in force        {file}"));
    let record = machine.record(&project);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&record), 0o600);
    let above = record.ancestors().skip(1).take_while(|above| *above != machine.world.home());
    for directory in above {
        assert_eq!(mode(directory), 0o700, "{}", directory.display());
    }

    machine.trust(&inner, &["--revoke"]).succeeds();
    assert_eq!(machine.listed(), []);
    assert_eq!(machine.kept(), [""; 0].map(std::path::PathBuf::from));
    assert_eq!(machine.gets(&inner, "GOPROXY"), "");
    machine.trust(&inner, &["--revoke"]).exits(2, &[&file, "is not trusted", "gvmr trust --list"]);
}

#[test]
fn on_a_terminal_it_shows_the_settings_and_asks() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let file = project.join("gvmr.toml").display().to_string();
    let ask = |words: &[&str], answer: Option<&str>| {
        let mut typist = Typist::start_in(&machine.world, &project, &[&["trust"], words].concat());
        if let Some(answer) = answer {
            let shown = typist.sees("Trust this file as it is now? [y/N] ");
            assert!(shown.contains(&file) && shown.contains("GOFLAGS=-tags=approved"), "{shown}");
            assert_eq!(machine.listed(), [], "nothing before the answer");
            typist.types(answer);
        }
        typist.ends()
    };
    for no in ["n\n", "\n", "x\n", "\x04"] {
        assert_eq!(ask(&[], Some(no)), Some(7), "{no:?}");
        assert_eq!(machine.listed(), []);
    }
    assert_eq!(ask(&[], Some("y\n")), Some(0));
    assert_eq!(machine.state(&project), "in-force");
    machine.trust(&project, &["--revoke"]).succeeds();
    assert_eq!(ask(&["--json"], Some("yes\n")), Some(0));
    assert_eq!(machine.state(&project), "in-force");
    machine.trust(&project, &["--revoke"]).succeeds();
    assert_eq!(ask(&["--yes"], None), Some(0));
    assert_eq!(machine.state(&project), "in-force");
}

#[test]
fn what_is_approved_is_what_was_shown() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let mut typist = Typist::start_in(&machine.world, &project, &["trust"]);
    typist.sees("[y/N] ");
    fs::write(project.join("gvmr.toml"), "[env]\nGOFLAGS = \"-toolexec=/x\"\n").unwrap();
    typist.types("y\n");
    assert_eq!(typist.ends(), Some(0));
    assert_eq!(machine.state(&project), "changed");
    assert_eq!(machine.gets(&project, "GOFLAGS"), "");
}

#[test]
fn json_says_as_much() {
    let machine = Machine::new();
    let project = machine.project(
        "p",
        "[env]\nGOFLAGS = \"-toolexec=/x\"\n[env.override]\nGOPATH = \"${PROJECT}/go\"\n[[network]]\n\
         gateway = \"10.0.2.2\"\nenv.HTTPS_PROXY = \"http://joe:canary@10.0.2.2:3128\"\n",
    );
    let json = machine.trust(&project, &["--json"]).json();
    assert_eq!(json["file"], project.join("gvmr.toml").to_str().unwrap());
    assert_eq!(json["go"], serde_json::Value::Null);
    let settings = json["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 3, "{json}");
    assert_eq!(settings[0]["name"], "GOFLAGS");
    assert_eq!(settings[0]["line"], 2);
    assert_eq!(settings[0]["risk"], "runs programs, or passes flags to programs that can");
    assert_eq!(settings[1]["value"], project.join("go").to_str().unwrap());
    assert_eq!(settings[1]["overrides"], true);
    assert_eq!(settings[2]["network"]["gateway"][0], "10.0.2.2");
    assert!(!json.to_string().contains("canary"));
    let revoked = machine.trust(&project, &["--revoke", "--json"]).json();
    assert_eq!(revoked["revoked"], project.join("gvmr.toml").to_str().unwrap());
    let error = machine.trust(&project, &["--revoke", "--json"]);
    assert_eq!((error.code, error.json()["error"]["kind"].as_str()), (Some(2), Some("usage")));
}

#[test]
fn a_file_is_named_by_itself_by_its_directory_and_through_links() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let user = machine.world.path("user");
    symlink(&project, machine.world.path("link")).unwrap();
    for name in ["../p", "../p/", "../p/gvmr.toml", "../link", "../link/gvmr.toml", "../p/../p/./gvmr.toml"] {
        let shown = machine.trust(&user, &[name]).succeeds();
        assert!(shown.starts_with(&format!("{}/gvmr.toml\n", project.display())), "{name}: {shown}");
        machine.trust(&user, &["--revoke", name]).succeeds();
        assert_eq!(machine.listed(), [], "{name}");
    }
    // Trusted under one name it holds under every other.
    machine.trust(&user, &["../link"]).succeeds();
    assert_eq!(machine.gets(&machine.world.path("link"), "GOFLAGS"), "-tags=approved");
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");
}

#[test]
fn nothing_but_a_regular_gvmr_toml_is_trusted() {
    let machine = Machine::new();
    let user = machine.world.path("user");
    let project = machine.world.project("p", &[("other.toml", TAGS)]);
    let refused = |path: &str, words: &[&str]| {
        machine.trust(&user, &[path]).exits(2, words);
        assert_eq!(machine.listed(), [], "{path}");
    };
    machine.trust(&project, &[]).exits(2, &["there is no", "p/gvmr.toml", "next: "]);
    refused("../p", &["there is no", "p/gvmr.toml"]);
    refused("../nowhere", &["there is no", "nowhere/gvmr.toml"]);
    machine.trust(&user, &[""]).exits(2, &["a value is required"]);
    refused("../p/other.toml", &["other.toml is not a project file", "expected the name gvmr.toml"]);
    let file = project.join("gvmr.toml");
    symlink("other.toml", project.join("alias.toml")).unwrap();
    refused("../p/alias.toml", &["not a project file"]);
    fs::create_dir(&file).unwrap();
    refused("../p", &["is a directory"]);
    refused("../p/gvmr.toml", &["is a directory"]);
    fs::remove_dir(&file).unwrap();
    fifo(&file);
    refused("../p", &["is a FIFO"]);
    fs::remove_file(&file).unwrap();
    symlink("nothing", &file).unwrap();
    refused("../p", &["symbolic link to a file that does not exist"]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, format!("#{}\n", "x".repeat(64 * 1024))).unwrap();
    refused("../p", &["larger than 64 KiB"]);
    fs::write(&file, "[env]\nPATH = \"/x\"\n").unwrap();
    refused("../p", &["gvmr.toml:2:", "PATH"]);
    fs::write(&file, "[env\n").unwrap();
    refused("../p", &["gvmr.toml:1:"]);
    assert_eq!(machine.kept().len(), 0);
}

#[test]
fn what_is_gone_or_damaged_is_listed_and_can_be_revoked() {
    let machine = Machine::new();
    let projects =
        ["changed", "gone", "moved", "linked", "damaged", "mixed"].map(|name| machine.project(name, TAGS));
    let [changed, gone, moved, linked, damaged, mixed] = &projects;
    for project in &projects {
        machine.trust(project, &[]).succeeds();
    }
    fs::write(changed.join("gvmr.toml"), TAGS.replace("approved", "another")).unwrap();
    fs::remove_file(gone.join("gvmr.toml")).unwrap();
    fs::rename(moved, moved.with_file_name("elsewhere")).unwrap();
    fs::rename(linked, linked.with_file_name("target")).unwrap();
    symlink("target", linked).unwrap();
    fs::write(machine.record(damaged), b"gvmr rules 1\nsource ").unwrap();
    fs::copy(machine.record(changed), machine.record(mixed)).unwrap();
    let states = [
        (changed, "changed"),
        (gone, "gone"),
        (moved, "gone"),
        (linked, "gone"),
        (damaged, "damaged"),
        (mixed, "damaged"),
    ];
    for (project, state) in states {
        assert_eq!(machine.state(project), state, "{}", project.display());
    }
    for project in [
        changed,
        linked,
        damaged,
        mixed,
        &moved.with_file_name("elsewhere"),
        &linked.with_file_name("target"),
    ] {
        assert_eq!(machine.gets(project, "GOFLAGS"), "", "{}", project.display());
    }
    let list = machine.world.gvmr(["trust", "--list"]);
    assert!(list.stderr.contains("gvmr trust --revoke PATH"), "{list:?}");
    assert!(list.succeeds().contains("damaged record  "));
    // An approval heals a record; what is gone needs no file to be forgotten.
    machine.trust(damaged, &[]).succeeds();
    assert_eq!(machine.gets(damaged, "GOFLAGS"), "-tags=approved");
    for project in &projects {
        machine.trust(&machine.world.path("user"), &["--revoke", project.to_str().unwrap()]).succeeds();
    }
    assert_eq!(machine.kept().len(), 0, "{:?}", machine.kept());
}

#[test]
fn a_nearer_go_version_is_told() {
    let machine = Machine::new();
    let project = machine.project("p", "go = \"1.98\"\n");
    let inner = machine.world.project("p/inner", &[]);
    assert_eq!(machine.trust(&inner, &[]).stderr, "");
    fs::write(inner.join(".go-version"), "1.98.1\n").unwrap();
    let told = machine.trust(&inner, &[]).stderr;
    assert!(
        told.contains("go = \"1.98\" does not select the version") && told.contains("inner/.go-version:1"),
        "{told}"
    );
    assert_eq!(machine.trust(&project, &[]).stderr, "");
    // In one directory .go-version wins, as everybody else expects it to.
    fs::write(project.join(".go-version"), "1.98.1\n").unwrap();
    let told = machine.trust(&machine.world.path("user"), &["../p"]).stderr;
    assert!(told.contains("p/.go-version:1"), "{told}");
}

#[test]
fn records_of_files_and_of_directories_of_one_name_do_not_meet() {
    let machine = Machine::new();
    let file = machine.project("p", TAGS);
    machine.trust(&file, &[]).succeeds();
    fs::remove_file(file.join("gvmr.toml")).unwrap();
    let directory = machine.project("p/gvmr.toml", TAGS);
    machine.trust(&directory, &[]).succeeds();
    assert_eq!(
        machine.listed(),
        [(directory.join("gvmr.toml").display().to_string(), "in-force".to_owned())]
    );
    assert_eq!(machine.gets(&directory, "GOFLAGS"), "-tags=approved");
    machine.trust(&directory, &["--revoke"]).succeeds();
    assert_eq!(machine.kept().len(), 0);
}

#[test]
fn many_approvals_and_revocations_at_once_lose_nothing() {
    let machine = Machine::new();
    let projects: Vec<_> = (0..4).map(|number| machine.project(&format!("all/p{number}"), TAGS)).collect();
    std::thread::scope(|scope| {
        for project in &projects {
            let machine = &machine;
            scope.spawn(move || {
                for _ in 0..10 {
                    machine.trust(project, &[]).succeeds();
                    machine.trust(project, &["--revoke"]).succeeds();
                }
                machine.trust(project, &[]).succeeds();
            });
        }
    });
    assert_eq!(machine.listed().len(), 4);
    assert!(machine.listed().iter().all(|(_, state)| state == "in-force"));
}
