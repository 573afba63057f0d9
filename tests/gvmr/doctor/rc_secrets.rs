//! Passwords of proxies in files that sessions, cron and projects read: found by their place, shown in none.

use super::findings;
use super::user_of::{UID, UserOf};
use crate::auth::canary;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

const CANARY: &str = "Canary-41d7b0";

#[test]
fn a_password_in_each_file_is_found_and_shown_nowhere() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::set_permissions(user.path(""), fs::Permissions::from_mode(0o700)).unwrap();
    let address = format!("http://joe:{CANARY}@proxy.corp.example:3128");
    let files = [
        (".bashrc", format!("# export HTTPS_PROXY={address}\n")),
        (".xprofile", format!("export https_proxy=\"{address}\"; X=1\n")),
        (".config/environment.d/50-proxy.conf", format!("HTTPS_PROXY={address}\n")),
        (
            ".config/fish/config.fish",
            format!("set -gx GOPROXY https://joe:{CANARY}@go.corp.example,direct\n"),
        ),
        (
            ".config/fish/fish_variables",
            format!(
                "SETUVAR --export HTTPS_PROXY:http\\x3a//joe\\x3a{}\\x40proxy\\x3a3128\n",
                CANARY.replace('-', "\\x2d")
            ),
        ),
        (".profile", format!("export HTTPS_PROXY=joe:{CANARY}@proxy.corp.example:3128\n")),
        (".bash_aliases", format!("PROXY_URL=http://joe:{CANARY}@proxy:3128\n")),
        (".envrc", format!("export GOPROXY=https://joe:{CANARY}@go.corp.example\n")),
    ];
    // Nor is it in the words of a program that is started: sessions, traces, git.
    let watch = canary::Watch::start(vec![CANARY.to_owned()], &["cmdline"]);
    for (name, text) in &files {
        let before = fs::read_to_string(user.path(name)).unwrap_or_default();
        user.write(name, format!("{before}{text}"));
        let line = before.lines().count() + 1;
        let run = user.gvmr(&["doctor", "--json", "--only", "secret"]);
        assert_eq!(findings(&user.world, &run), [format!("secret.in-rc-file ~/{name}:{line}")]);
        let finding = run.json()["findings"][0].clone();
        assert_eq!(finding["severity"], "warning", "{finding:#}");
        for words in [&["doctor", "--json"][..], &["doctor"], &["doctor", "--fix", "--dry-run"]] {
            let run = user.gvmr(words);
            assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
        }
        user.write(name, &before);
    }
    watch.saw_nothing();
    // Who else can read the file makes it worse.
    let (name, text) = &files[1];
    user.write(name, text);
    fs::set_permissions(user.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(user.first()["severity"], "error");
    fs::set_permissions(user.path(""), fs::Permissions::from_mode(0o700)).unwrap();
    user.is_mended_and_comes_back();
    for made in ["credentials", "credentials.lock"] {
        assert!(!user.world.home().join(made).exists(), "{made} was not there before");
    }
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    let left = fs::read_to_string(user.path(name)).unwrap();
    assert_eq!(left, "export https_proxy=\"http://proxy.corp.example:3128\"; X=1\n");
    assert!(user.gvmr(&["auth", "list"]).succeeds().contains("proxy.corp.example:3128"));
    // Where the line cannot be restored, the login is not forgotten either.
    user.write(name, left + "export EDITOR=vi\n");
    user.gvmr(&["doctor", "--fix", "--undo"]).exits(8, &["changed since", "stays stored"]);
    assert!(user.gvmr(&["auth", "list"]).succeeds().contains("proxy.corp.example:3128"));
}

#[test]
fn what_only_looks_like_one_is_none_and_one_of_this_process_is_a_note() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(mut user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    let harmless = "export HTTPS_PROXY=http://proxy.corp.example:3128\nP=http://joe:$PASS@h\n\
                    export HTTP_PROXY=http://joe:$PASS@h http_proxy=http://joe:@h\nURL=https://u:p@h/x\n";
    user.write(".profile", format!("{text}{harmless}"));
    assert_eq!(user.found(), [""; 0]);
    user.write(".profile", &text);
    user.world.set("HTTPS_PROXY", &format!("http://joe:{CANARY}@127.0.0.1:9"));
    let run = user.gvmr(&["doctor", "--json", "--only", "secret"]);
    assert_eq!(findings(&user.world, &run), [""; 0]);
    assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    let finding = run.json()["findings"][0].clone();
    assert_eq!((&finding["id"], &finding["severity"]), (&json!("secret.in-environment"), &json!("note")));
}

/// What git does for this user, in a directory below the home.
fn git(user: &UserOf, directory: &str, words: &[&str]) {
    let mut command = user.world.command(Path::new("/usr/bin/setpriv"), &user.path(directory));
    let id = UID.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--", "git"]);
    command.args(["-c", "user.name=joe", "-c", "user.email=joe@corp.example"]).args(words);
    Run::of(&mut command).succeeds();
}

#[test]
fn a_password_in_a_file_that_git_tracks_is_an_error_and_in_one_beside_it_is_not() {
    if !Path::new("/usr/bin/git").exists() {
        return skip("git is not installed");
    }
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::set_permissions(user.path(""), fs::Permissions::from_mode(0o700)).unwrap();
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    let line = text.lines().count() + 1;
    let secret = format!("export HTTPS_PROXY=http://joe:{CANARY}@proxy.corp.example:3128\n");
    // As people keep their dotfiles: the file is a link into a repository.
    fs::remove_file(user.path(".bashrc")).unwrap();
    user.write("dotfiles/bashrc", format!("{text}{secret}"));
    symlink("dotfiles/bashrc", user.path(".bashrc")).unwrap();
    git(&user, "dotfiles", &["init", "--quiet"]);
    let found = || {
        let run = user.gvmr(&["doctor", "--json", "--only", "secret"]);
        assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
        assert_eq!(findings(&user.world, &run), [format!("secret.in-rc-file ~/.bashrc:{line}")]);
        let finding = run.json()["findings"][0].clone();
        let tells_of_git = finding["why"].as_str().unwrap().contains("git tracks the file");
        (finding["severity"].as_str().unwrap().to_owned(), tells_of_git)
    };
    assert_eq!(found(), ("warning".to_owned(), false), "a repository alone is no record");
    git(&user, "dotfiles", &["add", "bashrc"]);
    git(&user, "dotfiles", &["commit", "--quiet", "--message", "mine"]);
    assert_eq!(found(), ("error".to_owned(), true));
    user.is_mended_and_comes_back();
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    assert!(user.path(".bashrc").is_symlink());
    let left = fs::read_to_string(user.path("dotfiles/bashrc")).unwrap();
    assert_eq!(left, format!("{text}export HTTPS_PROXY=http://proxy.corp.example:3128\n"));
}

#[test]
fn of_several_logins_for_one_proxy_the_one_that_sessions_export_is_kept() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::set_permissions(user.path(""), fs::Permissions::from_mode(0o700)).unwrap();
    let before = fs::read_to_string(user.path(".profile")).unwrap();
    let line =
        |secret: &str| format!("export HTTPS_PROXY=http://joe:{CANARY}{secret}@proxy.corp.example:3128\n");
    let alias = format!("alias px='https_proxy=http://joe:{CANARY}-alias@proxy.corp.example:3128 curl'\n");
    let comment = format!("# {}", line("-old"));
    user.write(".profile", [&before, &comment, &line("-now"), &alias].map(String::as_str).concat());
    let automatic: Vec<_> = user.gvmr(&["doctor", "--json", "--only", "secret"]).json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["fix"]["automatic"].as_bool().unwrap())
        .collect();
    assert_eq!(automatic, [false, true, false]);
    user.gvmr(&["doctor", "--fix", "--yes", "--only", "secret"]);
    let left = fs::read_to_string(user.path(".profile")).unwrap();
    let now = "export HTTPS_PROXY=http://proxy.corp.example:3128\n";
    assert_eq!(left, format!("{before}{comment}{now}{alias}"));
    let stored = fs::read_to_string(user.path(".config/gvmr/credentials"))
        .or_else(|_| fs::read_to_string(user.world.home().join("credentials")))
        .unwrap();
    assert!(stored.contains(&format!("{CANARY}-now")), "the file holds another one");
}

#[test]
fn a_template_and_what_go_does_not_use_move_nowhere() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let before = fs::read_to_string(user.path(".profile")).unwrap();
    let templates = "# export HTTPS_PROXY=http://USER:PASSWORD@proxy.corp.example:3128\n\
                     # https_proxy=user:password@proxy.example.com\nexport http_proxy=http://me:xxxx@h:1\n\
                     export HTTP_PROXY=http://me:changeme@h:1 https_proxy=http://me:<password>@h\n";
    user.write(".profile", format!("{before}{templates}"));
    assert_eq!(user.found(), [""; 0]);
    user.write(".profile", format!("{before}export ALL_PROXY=http://joe:{CANARY}@proxy:1\n"));
    let first = user.first();
    assert_eq!((&first["id"], &first["fix"]["automatic"]), (&json!("secret.in-rc-file"), &json!(false)));
}

#[test]
fn a_plan_shows_no_word_that_may_be_a_secret() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let before = fs::read_to_string(user.path(".profile")).unwrap();
    let lines = [
        format!("export TOKEN={CANARY} PATH=/usr/bin:/bin\n"),
        format!("PATH=/usr/bin:/bin # {CANARY}\n"),
        format!(": joe {CANARY}; PATH=/usr/bin:/bin\n"),
        format!("export TOKEN={CANARY}\r\nif true; then\r\n"),
    ];
    for line in lines {
        user.write(".profile", format!("{before}{line}"));
        assert_eq!(user.first()["fix"]["automatic"], true, "{line}");
        for words in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["doctor", "--fix", "--dry-run"],
            &["doctor", "--fix", "--yes"],
        ] {
            let run = user.gvmr(words);
            assert!(!format!("{run:?}").contains(CANARY), "{line}{run:#?}");
        }
    }
}
