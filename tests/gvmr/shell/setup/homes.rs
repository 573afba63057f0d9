//! Homes as people have them: everything comes back to the byte, and every session has the shim in between.

use super::{everything, setup, user, write};
use crate::support::world::World;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

/// Sets up twice and takes back, and asserts what each leaves. What gvmr keeps is in the comparison from the second round on.
fn round(world: &World) -> serde_json::Value {
    let home = world.path("user");
    let before = everything(&home);
    let report = setup(world, &["--yes", "--json"]);
    assert_eq!(report.code, Some(0), "{report:#?}");
    let once = everything(&home);
    setup(world, &["--yes", "--quiet"]).succeeds();
    assert_eq!(everything(&home), once);
    setup(world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);

    let kept = tree(&world.home());
    setup(world, &["--yes", "--quiet"]).succeeds();
    assert_eq!(everything(&home), once);
    setup(world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);
    assert_eq!(tree(&world.home()), kept);
    report.json()
}

/// The names in gvmr's home.
fn tree(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut names = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
            names.push(entry.path());
        }
    }
    names.sort();
    names
}

/// The state of every session of a shell, as the report has it.
fn states(report: &serde_json::Value, shell: &str) -> Vec<(String, String)> {
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let sessions = report["sessions"].as_array().unwrap().iter();
    let own = sessions.filter(|session| session["shell"] == shell);
    own.map(|session| (word(&session["session"]), word(&session["state"]))).collect()
}

fn assert_all_shims(report: &serde_json::Value, shell: &str) {
    let states = states(report, shell);
    let reached = states.iter().filter(|(_, state)| state == "shim").count();
    let out_of_reach = states.iter().filter(|(_, state)| state == "out-of-reach").count();
    assert_eq!(reached + out_of_reach, states.len(), "{shell}: {states:?}");
    assert!(states.is_empty() || reached > 1, "{shell}: {states:?}");
}

#[test]
fn an_empty_home() {
    let mut world = World::new("off");
    let report = round(world.set("SHELL", "/bin/bash"));
    for shell in ["bash", "zsh", "fish", "dash", "ksh", "mksh"] {
        assert_all_shims(&report, shell);
    }
}

#[test]
fn files_of_every_kind() {
    let world = user();
    let home = world.path("user");
    write(&home, ".bash_profile", "[ -n \"$PS1\" ] || return\nPATH=/usr/local/go/bin:$PATH\n");
    write(&home, ".bash_login", "");
    write(&home, ".zprofile", "PATH=/usr/bin:/bin\r\n");
    fs::write(home.join(".kshrc"), b"# \xff\xfe caf\xe9\nPATH=/usr/bin:/bin\\").unwrap();
    write(&home, ".mkshrc", "set -eu\n\n\n");
    write(&home, "dotfiles/zshrc", "PATH=/usr/bin:/bin");
    fs::remove_file(home.join(".zshrc")).unwrap();
    symlink("dotfiles/zshrc", home.join(".zshrc")).unwrap();
    write(&home, ".config/fish/config.fish", "set -gx PATH /usr/bin /bin");
    write(&home, ".config/environment.d/10-own.conf", "EDITOR=vi\n");
    for (name, mode) in [(".profile", 0o444), (".bashrc", 0o600), (".zprofile", 0o400), (".mkshrc", 0o755)] {
        fs::set_permissions(home.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let report = round(&world);
    for shell in ["bash", "zsh", "fish", "dash", "ksh", "mksh"] {
        assert_all_shims(&report, shell);
    }
}

#[test]
fn zsh_with_its_files_elsewhere_and_a_link_to_the_first() {
    let world = user();
    let home = world.path("user");
    write(&home, "z dir/.zshenv", "ZDOTDIR=\"$HOME/z dir\"\nPATH=/usr/bin:/bin\n");
    write(&home, "z dir/.zshrc", "PATH=/usr/bin:/bin\n");
    write(&home, "z dir/.zlogin", "PATH=/usr/bin:/bin\n");
    symlink("z dir/.zshenv", home.join(".zshenv")).unwrap();
    assert_all_shims(&round(&world), "zsh");
}

#[test]
fn a_configuration_directory_elsewhere() {
    let mut world = user();
    let home = world.path("user");
    write(&home, "settings/fish/config.fish", "set -gx PATH /usr/bin /bin\n");
    world.set("XDG_CONFIG_HOME", &home.join("settings").display().to_string());
    let report = round(&world);
    assert_all_shims(&report, "fish"); // which sees no XDG_CONFIG_HOME, as one that ssh starts
    let changed: Vec<_> =
        report["changed"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    if !states(&report, "fish").is_empty() {
        for file in [
            "settings/fish/conf.d/zz-gvmr.fish",
            "settings/fish/config.fish",
            ".config/fish/conf.d/zz-gvmr.fish",
        ] {
            assert!(changed.iter().any(|path| path.ends_with(file)), "{file}: {changed:?}");
        }
    }
}

#[test]
fn what_was_set_up_for_a_shell_and_a_directory_that_are_no_more_is_taken_back() {
    let mut world = user();
    let home = world.path("user");
    for directory in [".config/zsh", "settings"] {
        fs::create_dir_all(home.join(directory)).unwrap();
    }
    let before = everything(&home);
    world.set("ZDOTDIR", &home.join(".config/zsh").display().to_string());
    setup(&world, &["--yes"]).succeeds();
    world.set("ZDOTDIR", "").set("SHELL", "/bin/sh").set("PATH", "");
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);
}

#[test]
fn what_another_program_sets_after_the_block_is_found_and_named() {
    let world = user();
    let home = world.path("user");
    for go in ["sdk/bin/go", "late/bin/go"] {
        write(&home, go, "#!/bin/sh\n");
        fs::set_permissions(home.join(go), fs::Permissions::from_mode(0o755)).unwrap();
    }
    // Behind the three lines that setup puts at the top.
    write(&home, ".bashrc", "\nPATH=$HOME/sdk/bin:$PATH\n");
    // A file that only runs when the others are done, so no block can be behind it.
    write(&home, ".bash_profile", "trap 'PATH=$HOME/late/bin:$PATH' DEBUG\n");
    let run = setup(&world, &["--yes"]).exits(1, &["do not find the shim", "bash (login)"]);
    let line = format!(
        "also on PATH: {} ({}, line 5)",
        home.join("sdk/bin/go").display(),
        home.join(".bashrc").display()
    );
    assert!(run.stderr.contains(&line), "{line}: {run:#?}");
    let json = setup(&world, &["--yes", "--json"]).exits(1, &[]).json();
    assert!(states(&json, "bash").contains(&("login".to_owned(), "wrong".to_owned())), "{json}");
    assert!(states(&json, "bash").contains(&("terminal".to_owned(), "shim".to_owned())), "{json}");
    assert!(json["others"].as_array().unwrap().iter().any(|other| other["from"].is_string()), "{json}");
}

#[test]
fn what_a_killed_run_left_goes_with_the_next_one() {
    let world = user();
    let home = world.path("user");
    let before = everything(&home);
    let mut gone = std::process::Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    write(&home, &format!(".gvmr-setup-{}-0", gone.id()), "half");
    setup(&world, &["--undo"]).succeeds();
    assert_eq!(everything(&home), before);
}

#[test]
fn where_nothing_can_be_written_every_session_says_why() {
    let world = user();
    for name in [".bashrc", ".profile"] {
        let path = world.path("user").join(name);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
    }
    let run = setup(&world, &["--yes"]).exits(8, &[".profile is a directory", "cannot edit 2 files"]);
    let line = run.stderr.lines().find(|line| line.starts_with("warning: bash (login), ")).unwrap();
    assert!(line.ends_with(": a start-up file could not be edited"), "{run:#?}");
}
