//! Passwords are found by their place and never shown.

use super::findings;
use crate::support::world::World;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const CANARY: &str = "Canary-7f3a9c1e";

#[test]
fn a_password_is_found_in_each_place_and_shown_in_none() {
    let world = World::new("off");
    let home = world.path("user");
    let write = |name: &str, mode: u32, text: String| {
        let file = home.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    };
    write(".config/go/env", 0o600, format!("GOPROXY=https://joe:{CANARY}@goproxy.corp.example,direct\n"));
    write(
        ".gitconfig",
        0o600,
        format!("[url \"https://joe:{CANARY}@git.corp.example/\"]\n\tinsteadOf = x\n"),
    );
    write(".netrc", 0o644, format!("machine git.corp.example login joe password {CANARY}\n"));
    write(".git-credentials", 0o640, format!("https://joe:{CANARY}@git.corp.example\n"));
    fs::create_dir_all(world.path("user/p/.git")).unwrap();
    write(
        "p/.git/config",
        0o644,
        format!("[remote \"o\"]\n  url = https://joe:{CANARY}@git.corp.example/x.git\n"),
    );

    let run = world.gvmr_in(&home.join("p"), ["doctor", "--json"]);
    assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    let expected = [
        "secret.in-go-env ~/.config/go/env:1",
        "secret.in-git-config ~/.gitconfig:1",
        "secret.in-git-config ~/p/.git/config:2",
        "secret.file-mode ~/.netrc",
        "secret.file-mode ~/.git-credentials",
    ];
    assert_eq!(findings(&world, &run), expected);
    // A work tree that is linked has its repository's configuration.
    fs::create_dir_all(home.join("p/.git/worktrees/w")).unwrap();
    fs::create_dir(home.join("w")).unwrap();
    write("w/.git", 0o644, format!("gitdir: {}\n", home.join("p/.git/worktrees/w").display()));
    write("p/.git/worktrees/w/commondir", 0o644, "../..\n".to_owned());
    assert_eq!(findings(&world, &world.gvmr_in(&home.join("w"), ["doctor", "--json"])), expected);
    let run = world.gvmr_in(&home.join("p"), ["doctor"]);
    assert!(
        !format!("{run:?}").contains(CANARY) && run.stdout.contains("***@goproxy.corp.example"),
        "{run:#?}"
    );
}

#[test]
fn what_only_looks_like_a_password_is_none() {
    let world = World::new("off");
    let home = world.path("user");
    fs::create_dir_all(home.join(".config/go")).unwrap();
    fs::write(home.join(".config/go/env"), "GOPROXY=https://joe@goproxy.corp.example,http://h:80/a@b\n")
        .unwrap();
    fs::write(home.join(".gitconfig"), "[url \"ssh://git@git.corp.example:22/\"]\n").unwrap();
    fs::write(home.join(".netrc"), "machine x login y password z\n").unwrap();
    fs::set_permissions(home.join(".netrc"), fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [""; 0]);
}
