//! Variables that start-up files export: each finding begins with the line, and `--fix` turns it into a comment.

use super::fix::of_user;
use super::user_of::{Case, Spoil, UserOf};
use super::{findings, user_of};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use serde_json::json;
use std::path::Path;

const fn case(
    file: &'static str,
    spoil: Spoil,
    found: &'static [(&'static str, &'static str, &'static str)],
    mended: bool,
) -> Case {
    Case { file, spoil, found, mended }
}

#[test]
fn a_goroot_and_a_target_that_files_export_are_named_and_become_comments() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.has(&[
        case(
            ".bashrc",
            Spoil::Append("export GOROOT=/usr/local/go\n"),
            &[("goroot.exported", ".bashrc", "export GOROOT=/usr/local/go")],
            true,
        ),
        case(
            ".profile",
            Spoil::Append("GOROOT=/usr/local/go; export GOROOT\n"),
            &[("goroot.exported", ".profile", "GOROOT=/usr/local/go; export GOROOT")],
            true,
        ),
        case(
            ".profile",
            Spoil::Append("if true; then\n  export GOROOT=/opt\nfi\n"),
            &[("goroot.exported", ".profile", "export GOROOT=/opt")],
            false,
        ),
        case(
            ".profile",
            Spoil::Append("export GOROOT=\"$HOME/.local/share/gvmr/versions/go1.98.1\"\n"),
            &[],
            false,
        ),
        case(".profile", Spoil::Append("# export GOROOT=/usr/local/go\nGOROOT=/unexported\n"), &[], false),
        case(
            ".profile",
            Spoil::Append("export GOOS=windows\n"),
            &[("goenv.stale-target", ".profile", "export GOOS=windows")],
            true,
        ),
        case(
            ".profile",
            Spoil::Append("export CC=gcc-no-such\n"),
            &[("goenv.stale-target", ".profile", "export CC=gcc-no-such")],
            true,
        ),
        case(".profile", Spoil::Append("export CC=gcc-no-such CGO_ENABLED=0 GOOS=linux\n"), &[], false),
    ]);
}

/// `gvmr doctor --json` in a session of the user's, which has what its files export.
fn in_session(user: &UserOf, words: &[&str]) -> Run {
    let script = format!("'{}' doctor --json --no-network", gvmr().display());
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path(""));
    let id = user_of::UID.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]).args(words).arg(script);
    Run::of(&mut command)
}

#[test]
fn a_variable_of_this_process_is_traced_to_its_line() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["/bin/bash", "/usr/bin/zsh", "/bin/dash", "/usr/bin/ksh93", "/usr/bin/mksh"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        let file = if shell.ends_with("zsh") { ".zshenv" } else { ".profile" };
        let text = std::fs::read_to_string(user.path(file)).unwrap();
        let number = text.lines().count() + 2;
        for (line, id) in [
            ("export GOTOOLCHAIN=go1.22.1", "toolchain.overridden"),
            ("export GOPATH=\"~/go\"", "gopath.unusable"),
            ("export GOPATH=/dev/null/go", "gopath.unusable"),
        ] {
            user.write(file, format!("{text}# mine\n{line}\n"));
            let run = in_session(&user, &[shell, "-lc"]);
            assert_eq!(findings(&user.world, &run), [format!("{id} ~/{file}:{number}")], "{shell} {line}");
            let finding = run.json()["findings"][0].clone();
            assert_eq!(finding["fix"]["automatic"], true, "{finding:#}");
            let variable =
                finding["where"].as_array().unwrap().iter().any(|place| place["variable"].is_string());
            assert!(variable, "{finding:#}");
        }
    }
}

#[test]
fn a_variable_of_no_file_is_named_with_the_process_that_gave_it() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let run = in_session(&user, &["env", "GOTOOLCHAIN=go1.22.1", "sh", "-c"]);
    assert_eq!(findings(&user.world, &run), ["toolchain.overridden GOTOOLCHAIN"]);
    // A target for this process is meant.
    let run = in_session(&user, &["env", "GOOS=windows", "sh", "-c"]);
    assert_eq!(findings(&user.world, &run), [""; 0]);
    let run = in_session(&user, &["env", "GOROOT=/usr/local/go", "PATH=/usr/bin:/bin", "sh", "-c"]);
    assert_eq!(findings(&user.world, &run), [""; 0], "no go is on this PATH");
    // `sh -c` may become the command, or start it and have the variable first.
    let run = in_session(&user, &["env", "GOPATH=relative", "bash", "-c", "eval \"$0\"; exit $?"]);
    let places = run.json()["findings"][0]["where"].clone();
    assert_eq!(places[0]["variable"], "GOPATH");
    assert_eq!(places[1]["process"], "bash", "{places:#}");
}

/// What a login of bash does in a directory below the home.
fn login(user: &UserOf, directory: &str, script: &str) -> Run {
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path(directory));
    let id = user_of::UID.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]);
    Run::of(command.args(["/bin/bash", "-lc", script]))
}

/// The line at the end of `.profile` is found from a login in this directory, mended, gone from the next login and back
/// after the undo.
#[track_caller]
fn mended_for_logins(user: &UserOf, line: &str, directory: &str, id: &str, variable: &str) {
    let text = std::fs::read_to_string(user.path(".profile")).unwrap();
    user.write(".profile", format!("{text}# mine\n{line}\n"));
    let expected = [format!("{id} ~/.profile:{}", text.lines().count() + 2)];
    let doctor = format!("exec '{}' doctor --no-network --json", gvmr().display());
    let found = || findings(&user.world, &login(user, directory, &doctor));
    assert_eq!(found(), expected, "{line}");
    let before = of_user(&user.world);
    // The login that runs the mend keeps the value; the next one does not have it.
    let fixed = login(user, directory, &format!("{doctor} --fix --yes"));
    assert_eq!((fixed.code, &fixed.json()["findings"][0]["fixed"]), (Some(0), &json!(true)), "{line}");
    assert_eq!(found(), [""; 0], "{line}");
    let seen = login(user, directory, "go env").succeeds();
    assert!(!seen.lines().any(|one| one.starts_with(&format!("{variable}="))), "{seen}");
    user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
    assert!(before == of_user(&user.world), "each byte is back: {line}");
    assert_eq!(found(), expected, "{line}");
    user.write(".profile", text);
}

#[test]
fn modules_that_a_file_switches_off_and_a_gopath_that_is_one_are_mended_for_the_next_login() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.write("module/go.mod", "module example.com/x\n\ngo 1.22\n");
    user.write("module/below/x.go", "package x\n");
    user.write("plain/src/x/go.mod", "module example.com/y\n");
    user.another_go("work/bin");
    user.write("work/go.mod", "module example.com/z\n");
    let off = "export GO111MODULE=off";
    mended_for_logins(&user, off, "module", "modules.switched-off", "GO111MODULE");
    mended_for_logins(&user, off, "module/below", "modules.switched-off", "GO111MODULE");
    let unknown = "GO111MODULE=no; export GO111MODULE";
    mended_for_logins(&user, unknown, "plain", "modules.switched-off", "GO111MODULE");
    mended_for_logins(&user, "export GOPATH=\"$HOME/work\"", "plain", "gopath.is-module-root", "GOPATH");
    let text = std::fs::read_to_string(user.path(".profile")).unwrap();
    let doctor = format!("exec '{}' doctor --no-network --json", gvmr().display());
    for (line, directory) in [
        (off, "plain"),
        ("export GO111MODULE=auto", "module"),
        ("export GO111MODULE=on", "module"),
        ("GO111MODULE=off", "module"),
        ("export GOPATH=$HOME/plain", "plain"),
        ("export GOPATH=$HOME/plain", "module"),
        // Go looks for a go.mod in the first element alone.
        ("export GOPATH=$HOME/plain:$HOME/work", "plain"),
    ] {
        user.write(".profile", format!("{text}{line}\n"));
        let run = login(&user, directory, &doctor);
        assert_eq!(findings(&user.world, &run), [""; 0], "{line} in {directory}");
    }
    user.write(".profile", text);
}

#[test]
fn a_bad_flag_goes_out_of_the_line_that_exports_it_and_out_of_the_file_of_go_env() {
    let Some(mirror) = Mirror::real(&["1.24.11"]) else { return skip("the module proxy does not answer") };
    let Some(user) = UserOf::new("/bin/bash", Some(&mirror)) else { return skip("bash and root") };
    user.gvmr(&["install", "1.24.11"]).succeeds();
    user.gvmr(&["setup", "--yes"]).succeeds();
    user.write("plain/x.go", "package x\n");
    let text = std::fs::read_to_string(user.path(".profile")).unwrap();
    let doctor = format!("exec '{}' doctor --no-network --json", gvmr().display());
    for (line, left) in [
        ("export GOFLAGS=-race=2", "# gvmr doctor 1: export GOFLAGS=-race=2"),
        ("export GOFLAGS=-nosuch", "# gvmr doctor 1: export GOFLAGS=-nosuch"),
        ("export GOFLAGS=\"'-ldflags=-s -w' -race=2\"", "export GOFLAGS=\"'-ldflags=-s -w'\""),
        ("GOFLAGS='-nosuch -v'; export GOFLAGS", "GOFLAGS='-v'; export GOFLAGS"),
    ] {
        user.write(".profile", format!("{text}{line}\n"));
        let expected = [format!("goenv.bad-flags ~/.profile:{}", text.lines().count() + 1)];
        let before = of_user(&user.world);
        // Found in a session that has it, and from a process that does not.
        assert_eq!(findings(&user.world, &login(&user, "plain", &doctor)), expected, "{line}");
        assert_eq!(user.found(), expected, "{line}");
        for in_login in [true, false] {
            let fixed = if in_login {
                login(&user, "plain", &format!("{doctor} --fix --yes"))
            } else {
                user.gvmr(&["doctor", "--fix", "--yes", "--json"])
            };
            assert_eq!(
                (fixed.code, &fixed.json()["findings"][0]["fixed"]),
                (Some(0), &json!(true)),
                "{line}"
            );
            let new = std::fs::read_to_string(user.path(".profile")).unwrap();
            let last = new.lines().next_back().unwrap();
            let number = last.strip_prefix("# gvmr doctor ").and_then(|rest| rest.split(':').next());
            assert_eq!(number.map_or(last.to_owned(), |number| last.replacen(number, "1", 1)), left);
            assert_eq!(user.found(), [""; 0], "{line}");
            user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
            assert!(before == of_user(&user.world), "each byte is back: {line}");
        }
    }
    for fine in ["export GOFLAGS='-v -race=true'", "GOFLAGS=-nosuch", "# export GOFLAGS=-nosuch"] {
        user.write(".profile", format!("{text}{fine}\n"));
        assert_eq!(user.found(), [""; 0], "{fine}");
    }
    user.write(".profile", text);
    user.write(".config/go/env", "GOFLAGS='-ldflags=-s -w' -race=2\n");
    assert_eq!(user.found(), ["goenv.bad-flags ~/.config/go/env:1"]);
    user.is_mended_and_comes_back();
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    let file = std::fs::read_to_string(user.path(".config/go/env")).unwrap();
    assert_eq!(file, "GOFLAGS='-ldflags=-s -w'\n");
}
