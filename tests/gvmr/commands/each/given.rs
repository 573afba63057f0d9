//! Variables for one command: they reach every go below, and no rule changes them.

use super::world;
use crate::support::world::World;
use gvmr_core::env::compiled_rules::{Assignment, CompiledRules, Section, When};
use gvmr_core::env::variable;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use std::path::Path;

/// Settings of the user's that override GOPATH, GOFLAGS and a proxy in `project`, compiled.
fn override_in(world: &World, project: &Path) {
    let source = world.path("user/.config/gvmr/config.toml");
    let path = project.display();
    let body = format!(
        "[[directory]]\npath = \"{path}\"\nenv.override.GOPATH = \"{path}/rule\"\n\
         env.override.GOFLAGS = \"-rule\"\nenv.override.HTTPS_PROXY = \"http://rule:1\"\n"
    );
    let set = |line, name: &str, value: String| Assignment {
        line,
        variable: variable::find(name.as_bytes()).unwrap(),
        value: value.into(),
        overrides: true,
    };
    let assignments = vec![
        set(3, "GOPATH", format!("{path}/rule")),
        set(4, "GOFLAGS", "-rule".to_owned()),
        set(5, "HTTPS_PROXY", "http://rule:1".to_owned()),
    ];
    let section = Section { line: 1, when: When::Directory(project.to_owned()), assignments };
    let home = Some(world.path("user"));
    let record = CompiledRules {
        source: source.clone(),
        owner: None,
        home,
        pin: None,
        sections: vec![section],
        body: body.into(),
    };
    std::fs::create_dir_all(source.parent().unwrap()).unwrap();
    std::fs::write(&source, &record.body).unwrap();
    let own = UserDirs::of(&Home::at(world.home()), &Vec::new()).unwrap();
    std::fs::write(own.rules(), record.write()).unwrap();
    for directory in ["rule", "mine"] {
        std::fs::create_dir(project.join(directory)).unwrap(); // a GOPATH that is there
    }
}

/// What a program prints of these variables, `-` for one that it does not have.
fn values(environment: &str) -> [String; 4] {
    ["GOPATH", "GOFLAGS", "HTTPS_PROXY", "https_proxy"].map(|name| {
        let mut lines = environment.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or("-").to_owned()
    })
}

#[test]
fn no_rule_changes_what_is_given() {
    let (_mirror, mut world) = world(&["1.97.4", "1.98.1"]);
    let project = world.project("project", &[]);
    override_in(&world, &project);
    world.set("GOFLAGS", "-process");
    let (rule, mine) =
        (project.join("rule").display().to_string(), project.join("mine").display().to_string());
    let proxy = || "http://rule:1".to_owned();
    let seen = |arguments: &[&str]| values(&world.gvmr_in(&project, arguments).succeeds());
    assert_eq!(
        seen(&["exec", "1.97", "--", "go", "env"]),
        [rule.clone(), "-rule".to_owned(), proxy(), proxy()]
    );
    // exec itself applies none: the shim does, where each go runs.
    let no = || "-".to_owned();
    assert_eq!(seen(&["exec", "1.97", "--", "env"]), [no(), "-process".to_owned(), no(), no()]);
    let gopath = format!("GOPATH={mine}");
    let given = ["-e", &gopath, "--env", "GOFLAGS=", "-e", "https_proxy=http://mine:1"];
    let words = |first: &[&'static str], last: &[&'static str]| {
        [first, &given.map(|word| &*word.to_owned().leak()), last].concat()
    };
    let expected = [mine.clone(), no(), "http://mine:1".to_owned(), "http://mine:1".to_owned()];
    assert_eq!(seen(&words(&["exec"], &["1.97", "--", "go", "env"])), expected);
    assert_eq!(seen(&words(&["exec"], &["--", "env"])), expected);
    // Through another shim and another exec too.
    let nested = ["1.97", "--", "sh", "-c", "go +1.98 env"];
    assert_eq!(seen(&words(&["exec"], &nested)), expected);
    let json =
        world.gvmr_in(&project, words(&["each"], &["--json", "1.97", "1.98", "--", "go", "env"])).json();
    for row in [0, 1] {
        assert_eq!(values(json[row]["output"].as_str().unwrap()), expected);
    }
    world.set("GVMR_KEEP", "GOFLAGS");
    let kept = world.gvmr_in(&project, ["exec", "-e", "MINE=1", "1.97", "--", "go", "env"]).succeeds();
    assert!(kept.contains("\nGVMR_KEEP=GOFLAGS,MINE\n") && kept.contains("GOFLAGS=-process"), "{kept}");
}

#[test]
fn what_cannot_be_given_is_said_before_anything_runs() {
    let (_mirror, world) = world(&["1.98.1"]);
    for word in ["=x", "GOPATH", "A B=1", ""] {
        world.gvmr(["exec", "-e", word, "1.98", "--", "go"]).exits(2, &["is not NAME=VALUE", "next: "]);
    }
    for name in ["GOROOT", "GVMR_VERSION", "GVMR_KEEP", "GVMR_SHIM_DEPTH"] {
        world.gvmr(["exec", "-e", &format!("{name}=1"), "--", "go"]).exits(2, &[name, "cannot set"]);
    }
    world.gvmr(["exec", "1.98", "-e", "A=1", "--", "go"]).exits(127, &["put options before the version"]);
    // The shims stay first on a PATH that is given.
    let path = world.gvmr([
        "exec",
        "-e",
        "PATH=/usr/bin:/bin:rel",
        "1.98",
        "--",
        "sh",
        "-c",
        "echo $PATH; go version",
    ]);
    let path = path.succeeds();
    assert!(path.starts_with(&world.home().join("shims").display().to_string()), "{path}");
    assert!(path.ends_with("/bin:/usr/bin:/bin\ngo version go1.98.1 linux/amd64"), "{path}");
}
