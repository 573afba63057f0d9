//! Passwords of proxies in files that sessions, cron and projects read: found by their place, shown in none.

use super::findings;
use super::user_of::UserOf;
use crate::support::mirror::Mirror;
use crate::support::skip;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

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
