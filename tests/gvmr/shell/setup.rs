//! `gvmr setup` as one user meets it: asked, shown, done, done again, undone.

mod crontab;
mod homes;
mod nushell;
mod older;
mod owners;

use crate::support::slow;
use crate::support::world::{Run, World, gvmr};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A user with files as Debian gives them, and some more.
fn user() -> World {
    let mut world = World::new("off");
    world.set("SHELL", "/bin/bash");
    let home = world.path("user");
    write(&home, ".bashrc", "case $- in\n    *i*) ;;\n      *) return;;\nesac\nPS1='$ '\n");
    write(&home, ".profile", "if [ -n \"$BASH_VERSION\" ]; then . \"$HOME/.bashrc\"; fi");
    write(&home, ".zshrc", "setopt prompt_subst\r\n");
    world
}

fn write(home: &Path, name: &str, text: &str) {
    let path = home.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Everything below a directory but what gvmr and the shells themselves keep: kind, mode and content.
fn everything(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let content = if metadata.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if metadata.is_file() {
                fs::read(&path).unwrap()
            } else {
                Vec::new()
            };
            let kept_by_programs = path.starts_with(root.join(".local"));
            if metadata.is_dir() && !kept_by_programs {
                open.push(path.clone());
            }
            if !kept_by_programs {
                found.insert(path, (metadata.mode(), content));
            }
        }
    }
    found
}

fn setup(world: &World, arguments: &[&str]) -> Run {
    world.gvmr(["setup"].iter().chain(arguments))
}

/// The same without root's rights over files: root reads and writes whatever it likes, so only without them is anything refused.
fn setup_without_rights(world: &World, arguments: &[&str]) -> Run {
    let home = world.path("user");
    if !rustix::process::geteuid().is_root() {
        return setup(world, arguments);
    }
    let mut command = world.command(Path::new("setpriv"), &home);
    command.args(["--bounding-set=-all", "--inh-caps=-all"]).arg(gvmr()).arg("setup");
    Run::of(command.args(arguments))
}

/// What `command -v go` says in a login session of bash.
fn go_in_bash(world: &World) -> String {
    let mut bash = world.command(Path::new("/bin/bash"), &world.path("user"));
    Run::of(bash.args(["-lc", "command -v go"])).succeeds()
}

#[test]
fn setup_twice_is_once_and_undone_is_as_it_was() {
    let world = user();
    let home = world.path("user");
    let before = everything(&home);
    let table = setup(&world, &["--yes"]).succeeds();
    assert!(table.starts_with("shell") && table.contains("bash"), "{table}");
    assert_eq!(go_in_bash(&world), world.home().join("shims/go").display().to_string());
    let once = everything(&home);
    assert!(once.len() > before.len() && once.iter().all(|(path, _)| !path.ends_with(".bash_profile")));

    let again = setup(&world, &["--yes"]);
    assert!(again.stderr.contains("all files are up to date"), "{again:#?}");
    assert_eq!(everything(&home), once);

    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);
    let nothing = setup(&world, &["--undo"]);
    assert!(nothing.stderr.contains("nothing to undo") && nothing.code == Some(0), "{nothing:#?}");
}

#[test]
fn what_was_appended_since_is_overtaken() {
    let world = user();
    setup(&world, &["--yes"]).succeeds();
    let profile = world.path("user/.profile");
    let appended = fs::read_to_string(&profile).unwrap() + "PATH=/usr/local/go/bin:$PATH\n";
    fs::write(&profile, appended).unwrap();
    setup(&world, &["--yes"]).succeeds();
    assert_eq!(go_in_bash(&world), world.home().join("shims/go").display().to_string());
    setup(&world, &["--undo", "--yes"]).succeeds();
    let text = fs::read_to_string(&profile).unwrap();
    assert!(text.ends_with("fi\nPATH=/usr/local/go/bin:$PATH\n"), "{text:?}");
}

#[test]
fn two_names_of_one_file_are_edited_once() {
    let world = user();
    let home = world.path("user");
    fs::remove_file(home.join(".profile")).unwrap();
    symlink(".bashrc", home.join(".profile")).unwrap();
    let before = everything(&home);
    setup(&world, &["--yes"]).succeeds();
    let text = fs::read_to_string(home.join(".bashrc")).unwrap();
    assert_eq!(text.matches(">>> gvmr >>>").count(), 2, "{text}");
    let once = everything(&home);
    setup(&world, &["--yes"]).succeeds();
    assert_eq!(everything(&home), once);
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);
}

#[test]
fn nothing_is_edited_without_permission() {
    let world = user();
    let before = everything(&world.path("user"));
    setup(&world, &[]).exits(2, &["--yes", "--dry-run"]);
    let shown = setup(&world, &["--dry-run"]).succeeds();
    assert!(shown.contains("+# >>> gvmr >>>") && shown.contains(".bashrc"), "{shown}");
    let json = setup(&world, &["--dry-run", "--json"]).json();
    assert!(json["needed"].as_array().unwrap().len() > 2, "{json}");
    assert_eq!(everything(&world.path("user")), before);
    assert!(!world.home().exists());
}

#[test]
fn a_file_that_cannot_be_edited_is_named_and_the_others_are_edited() {
    if slow::left_out("shell::setup::a_file_that_cannot_be_edited_is_named_and_the_others_are_edited") {
        return;
    }
    let world = user();
    let home = world.path("user");
    fs::remove_file(home.join(".bashrc")).unwrap();
    fs::create_dir(home.join(".bashrc")).unwrap();
    fs::remove_file(home.join(".zshrc")).unwrap();
    symlink("nowhere", home.join(".zshrc")).unwrap();
    assert!(Command::new("mkfifo").arg(home.join(".zshenv")).status().unwrap().success());
    let run = setup(&world, &["--yes"]);
    let run = run.exits(8, &[".bashrc is a directory", "next:"]);
    assert!(fs::read_to_string(home.join(".profile")).unwrap().contains(">>> gvmr >>>"));
    assert_eq!(go_in_bash(&world), world.home().join("shims/go").display().to_string());
    if run.stdout.contains("zsh") {
        assert!(
            run.stderr.contains(".zshenv is a FIFO") && run.stderr.contains("which does not exist"),
            "{run:#?}"
        );
    }
}

#[test]
fn a_home_that_is_none_is_refused_before_anything_is_written() {
    let mut world = user();
    let home = world.path("user");
    world.set("GVMR_HOME", &world.path("gvmr").display().to_string());
    for (value, words) in
        [("", "HOME is not set"), ("/nonexistent/home", "No such file"), ("relative", "not an absolute path")]
    {
        world.set("HOME", value);
        setup(&world, &["--yes"]).exits(2, &[words, "next: "]);
    }
    world.set("HOME", &home.join(".profile").display().to_string());
    setup(&world, &["--yes"]).exits(2, &["not a directory"]);
    assert!(!world.path("gvmr").exists());
}

#[test]
fn a_home_of_ones_own_is_named_to_every_session() {
    let mut world = user();
    let custom = world.path("a place/gv'mr");
    fs::create_dir_all(custom.parent().unwrap()).unwrap();
    world.set("GVMR_HOME", &custom.display().to_string());
    setup(&world, &["--yes"]).succeeds();
    let mut bash = world.command(Path::new("/bin/bash"), &world.path("user"));
    bash.env_remove("GVMR_HOME");
    let seen =
        Run::of(bash.args(["-lc", "command -v go; echo \"$GVMR_HOME\"; gvmr where --shims"])).succeeds();
    let shims = custom.join("shims");
    assert_eq!(seen, format!("{}/go\n{}\n{}", shims.display(), custom.display(), shims.display()));
}

#[test]
fn a_read_only_home_ends_with_what_to_do() {
    let world = user();
    let home = world.path("user");
    let gvmr = world.home();
    fs::create_dir_all(&gvmr).unwrap();
    fs::set_permissions(&gvmr, fs::Permissions::from_mode(0o700)).unwrap();
    let before = everything(&home);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o555)).unwrap();
    let run = setup_without_rights(&world, &["--yes"]);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    run.exits(8, &[".profile", "next:"]);
    assert_eq!(everything(&home), before);
}

#[test]
fn editors_get_settings_without_an_edit() {
    let world = user();
    let before = everything(&world.path("user"));
    let settings = setup(&world, &["--vscode"]).json();
    assert_eq!(settings["go.alternateTools"]["go"], world.home().join("shims/go").display().to_string());
    assert_eq!(everything(&world.path("user")), before);
}

/// `gvmr setup` at a terminal, with this typed.
fn setup_at_a_terminal(world: &World, typed: &str) -> Option<Run> {
    let mut terminal = world.command(Path::new("script"), &world.path("user"));
    if Command::new("script").arg("--version").output().is_err() {
        crate::support::skip("script is not installed");
        return None;
    }
    terminal.args(["-qec", "\"$GVMR_UNDER_TEST\" setup", "/dev/null"]).env("GVMR_UNDER_TEST", gvmr());
    let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    Some(Run::from(child.wait_with_output().unwrap()))
}

#[test]
fn a_person_is_asked_once_and_what_they_say_counts() {
    let world = user();
    let before = everything(&world.path("user"));
    let Some(run) = setup_at_a_terminal(&world, "n\n") else { return };
    assert!(run.code == Some(0) && run.stdout.contains("nothing was edited"), "{run:#?}");
    assert_eq!(run.stdout.matches("[Y/n]").count(), 1, "{run:#?}");
    assert!(run.stdout.contains("user/.bashrc") && run.stdout.contains("--undo"), "{run:#?}");
    assert_eq!(everything(&world.path("user")), before);
    assert!(!world.home().exists());

    let run = setup_at_a_terminal(&world, "y\n").unwrap();
    assert!(run.code == Some(0) && run.stdout.contains("wrote"), "{run:#?}");
    assert_eq!(go_in_bash(&world), world.home().join("shims/go").display().to_string());
    let run = setup_at_a_terminal(&world, "").unwrap();
    assert!(run.code == Some(0) && !run.stdout.contains("[Y/n]"), "{run:#?}");
}
