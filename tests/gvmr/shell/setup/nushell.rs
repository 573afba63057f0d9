//! nushell: set up, asked by the real `nu`, and taken back; its script does to `PATH` what the rule says.

use super::{everything, setup, user};
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use gvmr::shell::{Account, ScriptEntry, SessionKind, Sessions, Shell, quote};
use gvmr_core::home::paths::Home;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The `nu` of this machine: the program itself, since what is on `PATH` may be a script that needs its own programs there.
fn nu() -> Option<PathBuf> {
    let program = Command::new("nu").args(["--no-config-file", "-c", "print -n $nu.current-exe"]).output();
    let found = program.ok().filter(|answer| answer.status.success()).map(|answer| answer.stdout);
    if found.is_none() {
        skip("nushell is not installed");
    }
    found.map(OsString::from_vec).map(PathBuf::from)
}

/// What a login session prints, with this environment and no other.
fn in_nu(nu: &Path, variables: &[(&str, &OsStr)], words: &str) -> String {
    let mut command = Command::new(nu);
    command.args(["-l", "-c", words]).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    Run::of(&mut command).succeeds()
}

/// A user who has used nushell.
fn user_of_nu() -> World {
    let world = user();
    fs::create_dir_all(world.path("user/.config/nushell")).unwrap();
    world
}

#[test]
fn nushell_is_set_up_asked_and_taken_back() {
    let Some(nu) = nu() else { return };
    let world = user_of_nu();
    let home = world.path("user");
    fs::write(home.join(".config/nushell/config.nu"), "$env.config.show_banner = false\n").unwrap();
    let before = everything(&home);
    setup(&world, &["--yes"]).succeeds();
    let once = everything(&home);
    setup(&world, &["--yes", "--quiet"]).succeeds();
    assert_eq!(everything(&home), once);

    let account = Account { name: "u".to_owned(), uid: 0, home: home.clone(), shell: Some(nu.clone()) };
    let sessions = Sessions { account: &account, gvmr: gvmr() };
    let shell = Shell { name: "nu".to_owned(), also: Vec::new(), program: nu.clone() };
    for seen in sessions.of(std::slice::from_ref(&shell)) {
        let unreached = matches!(seen.kind, SessionKind::SshCommand | SessionKind::Command);
        assert_eq!(shell.out_of_reach(seen.kind).is_some(), unreached);
        assert_eq!(seen.failure, None, "{seen:?}");
        if !unreached {
            assert_eq!(seen.path.first(), Some(&world.home().join("shims")), "{seen:?}");
        }
    }

    // A home of gvmr that is gone keeps nobody from a session.
    fs::remove_file(world.home().join("env.nu")).unwrap();
    assert_eq!(in_nu(&nu, &[("HOME", home.as_os_str()), ("PATH", "/usr/bin".as_ref())], "print -n ok"), "ok");
    setup(&world, &["--undo", "--yes"]).succeeds();
    let mut after = everything(&home);
    after.retain(|path, _| before.contains_key(path) || !path.starts_with(home.join(".config/nushell"))); // its history
    assert_eq!(after, before);
}

#[test]
fn the_script_does_what_the_rule_says() {
    let Some(nu) = nu() else { return };
    let world = user_of_nu();
    setup(&world, &["--yes"]).succeeds();
    let user = world.path("user");
    let home = Home::at(world.home());
    let entry =
        ScriptEntry { home: &home, user_home: Some(&user), go_bin: None, export_home: false, shared: false };
    let (shims, user_name) = (home.shims().display().to_string(), user.display().to_string());
    for variables in [
        vec![("PATH", "/usr/bin:/bin".to_owned())],
        vec![("PATH", format!("/a:{shims}:/b:{shims}/:~/.local/share/gvmr/shims:/a"))],
        vec![("PATH", format!("/a:{user_name}/go/bin/:/b:{user_name}/go/bin"))],
        vec![("PATH", "/usr/bin".to_owned()), ("GOBIN", "/programs/".to_owned())],
        vec![("PATH", "/gp/bin:/usr/bin".to_owned()), ("GOPATH", "/gp/:/other".to_owned())],
        vec![("PATH", "/usr/bin".to_owned()), ("GOBIN", shims.clone())],
        vec![("PATH", format!("/usr/bin:{shims}")), ("IN_NIX_SHELL", "pure".to_owned())],
        vec![("PATH", "/usr/bin".to_owned()), ("DIRENV_DIR", "-/x".to_owned())],
    ] {
        let mut environment: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, &**value)).collect();
        environment.push(("HOME", &user_name));
        let expected = entry.path_in(&environment).unwrap();
        let given: Vec<_> = environment.iter().map(|(name, value)| (*name, OsStr::new(*value))).collect();
        let path = in_nu(&nu, &given, "print -n ($env.PATH | str join ':')");
        assert_eq!(OsString::from(path), expected, "{variables:?}");
    }
}

#[test]
fn words_and_assignments_mean_themselves() {
    let Some(nu) = nu() else { return };
    let world = user_of_nu();
    for value in ["", "a b", "it's", "$HOME (x) \"y\" \\n", "'\"'\\", "é", "`x` #y ~/z"] {
        let quoted = quote::nushell(OsStr::new(value)).into_string().unwrap();
        let user = world.path("user");
        let said = in_nu(&nu, &[("HOME", user.as_os_str())], &format!("print -n ({quoted} + '|')"));
        assert_eq!(said, format!("{value}|"));
    }
    let text = world.gvmr(["--quiet", "env", "--shell", "nu"]).succeeds();
    let user = world.path("user");
    let words = format!("{text}\nprint -n ($env.PATH | first)");
    assert_eq!(
        in_nu(&nu, &[("HOME", user.as_os_str())], &words),
        world.home().join("shims").display().to_string()
    );
}
