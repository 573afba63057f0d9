//! Start-up files that cannot be read, end early, hide one another or have lost gvmr's lines, in each shell.

use super::findings;
use super::user_of::{Case, Spoil, UserOf};
use crate::support::mirror::Mirror;
use crate::support::share::{Loses, Share};
use crate::support::skip;
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

const fn case(
    file: &'static str,
    spoil: Spoil,
    found: &'static [(&'static str, &'static str, &'static str)],
    mended: bool,
) -> Case {
    Case { file, spoil, found, mended }
}

const GUARD: &str = "case $- in *i*) ;; *) return ;; esac";

/// What happens to the files of bash.
const BASH: &[Case] = &[
    case(".bash_profile", Spoil::Write("EDITOR=vi\n"), &[("rc.hidden-profile", ".bash_profile", "")], true),
    case(".bash_login", Spoil::Write("EDITOR=vi\n"), &[("rc.hidden-profile", ".bash_login", "")], true),
    case(".bash_profile", Spoil::Write("[ -f ~/.bashrc ] && . ~/.bashrc\n"), &[], false),
    case(".bash_profile", Spoil::Write(". ~/.profile\n"), &[], false),
    case(".bashrc", Spoil::Restore, &[("rc.block-missing", ".bashrc", "")], true),
    case(
        ".bashrc",
        Spoil::Top("case $- in *i*) ;; *) return ;; esac\n"),
        &[("rc.guard-above-block", ".bashrc", GUARD)],
        true,
    ),
    case(
        ".bashrc",
        Spoil::Top("[ -t 0 ] || exit\n"),
        &[("rc.guard-above-block", ".bashrc", "[ -t 0 ] || exit")],
        false,
    ),
    case(".bashrc", Spoil::Append("echo )\n"), &[("rc.stops-early", ".bashrc", "echo )")], false),
    case(".profile", Spoil::Write("set -e\nfalse\n"), &[("rc.stops-early", ".profile", "false")], false),
    case(".profile", Spoil::Write("exit 0\n"), &[("rc.stops-early", ".profile", "exit 0")], false),
    case(".bashrc", Spoil::Carriage, &[("rc.stops-early", ".bashrc", "# >>> gvmr >>>")], true),
    case(".bashrc", Spoil::Append("echo hello\n"), &[], false),
    case(".bashrc", Spoil::Append("echo hello >&2\n"), &[], false),
    case(".bashrc", Spoil::Prepend("echo hello\n"), &[("rc.prints", ".bashrc", "echo hello")], false),
    case(".bashrc", Spoil::Prepend("echo hello >&2\n"), &[], false),
    case(".bashrc", Spoil::Append("# <<< gvmr <<<\n"), &[("rc.block-unterminated", ".bashrc", "-")], false),
    case(".bashrc", Spoil::Append("cat <<X >/dev/null\n  # >>> gvmr >>>\nX\n"), &[], false),
    case(".bashrc", Spoil::Append("case $- in *i*) exec fish ;; esac\n"), &[], false),
    case(".bashrc", Spoil::Append(". /nonexistent/x\n"), &[], false),
    case(".bashrc", Spoil::Append("shopt -s extglob\nls !(a) >/dev/null\n"), &[], false),
];

#[test]
fn what_keeps_bash_from_gvmrs_lines_is_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.has(BASH);
    // A block without its end that is as setup wrote it gets that back.
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    let number = text.lines().position(|line| line.starts_with("# >>> gvmr")).unwrap() + 1;
    user.write(".profile", text.replace("# <<< gvmr <<<\n", ""));
    assert_eq!(user.found(), [format!("rc.block-unterminated ~/.profile:{number}")]);
    user.is_mended_and_comes_back();
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    assert_eq!(fs::read_to_string(user.path(".profile")).unwrap(), text);
    user.write(".bash_profile", "EDITOR=vi\n");
    let first = user.first();
    assert_eq!(first["sessions"], json!(["bash login", "bash login command"]));
    assert!(first["where"][1]["file"].as_str().unwrap().ends_with("/.profile"), "{first:#}");
}

#[test]
fn what_keeps_zsh_and_fish_from_gvmrs_lines_is_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/usr/bin/zsh", &mirror) else { return skip("zsh and root") };
    user.has(&[
        case(".zshenv", Spoil::Write("EDITOR=vi\n"), &[("rc.block-missing", ".zshenv", "")], true),
        case(".zshenv", Spoil::Write("exit 1\n"), &[("rc.stops-early", ".zshenv", "exit 1")], false),
        case(".zshenv", Spoil::Append("echo hello\n"), &[("rc.prints", ".zshenv", "echo hello")], false),
        case(".zshenv", Spoil::Append("echo )\n"), &[("rc.stops-early", ".zshenv", "echo )")], false),
        case(".zshrc", Spoil::Write("alias gor='go run'\n"), &[], false),
    ]);
    let Some(user) = UserOf::set_up("/usr/bin/fish", &mirror) else { return skip("fish") };
    let ours = ".config/fish/conf.d/zz-gvmr.fish";
    user.has(&[
        case(ours, Spoil::Remove, &[("rc.block-missing", ".config/fish/conf.d/zz-gvmr.fish", "")], true),
        case(
            ".config/fish/config.fish",
            Spoil::Write("echo hello\n"),
            &[("rc.prints", ".config/fish/config.fish", "echo hello")],
            false,
        ),
        case(
            ".config/fish/config.fish",
            Spoil::Write("if true\n"),
            &[("rc.stops-early", ".config/fish/config.fish", "if true")],
            false,
        ),
    ]);
}

#[test]
fn what_keeps_small_shells_from_gvmrs_lines_is_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["/bin/dash", "/usr/bin/ksh93", "/usr/bin/mksh", "/usr/bin/busybox"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        user.has(&[
            case(
                ".profile",
                Spoil::Prepend("# mine\n. \"$HOME/.cargo/env\"\n"),
                &[("rc.stops-early", ".profile", ". \"$HOME/.cargo/env\"")],
                true,
            ),
            case(
                ".profile",
                Spoil::Prepend("if [ -r ~/x ]; then . ~/x; fi\n[ -r ~/y ] && . ~/y\n"),
                &[],
                false,
            ),
            case(".profile", Spoil::Restore, &[("rc.block-missing", ".profile", "")], true),
        ]);
        // busybox goes on behind it.
        if !shell.ends_with("busybox") {
            let found = &[("rc.guard-above-block", ".profile", "return")];
            user.has(&[case(".profile", Spoil::Prepend("return\n"), found, true)]);
        }
    }
}

#[test]
fn a_file_that_root_left_is_named_and_moved_aside() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let file = user.path(".bash_profile");
    fs::write(&file, ". ~/.bashrc\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    chown(&file, Some(0), Some(0)).unwrap();
    assert_eq!(user.found(), ["rc.unreadable ~/.bash_profile"]);
    let first = user.first();
    assert_eq!(first["sessions"], json!(["bash login", "bash login command"]), "{first:#}");
    assert_eq!(first["fix"]["automatic"], true);
    let report = user.gvmr(&["doctor", "--json"]).json();
    assert!(
        report["skipped"]
            .as_array()
            .unwrap()
            .contains(&json!({"id": "session.without-go", "why": "after rc.unreadable"}))
    );
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    assert_eq!(user.found(), [""; 0]);
    user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
    assert_eq!(user.found(), ["rc.unreadable ~/.bash_profile"]);
    // One's own is made readable again.
    chown(&file, Some(super::user_of::UID), Some(super::user_of::UID)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o200)).unwrap();
    assert_eq!(user.found(), ["rc.unreadable ~/.bash_profile"]);
    assert_eq!(user.first()["fix"]["automatic"], true);
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o7777;
    for before in [0o200, 0o000] {
        fs::set_permissions(&file, fs::Permissions::from_mode(before)).unwrap();
        user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
        assert_eq!((user.found(), mode()), (Vec::<String>::new(), 0o600));
        user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
        assert_eq!(mode(), before);
    }
}

#[test]
fn a_link_to_what_the_user_may_not_see_is_named_and_moved_aside() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let closed = user.world.path("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    for name in [".profile", ".bashrc", ".bash_profile"] {
        let file = user.path(name);
        let before = fs::read(&file).ok();
        fs::write(closed.join(name), ". ~/.bashrc\n").unwrap();
        drop(fs::remove_file(&file));
        symlink(closed.join(name), &file).unwrap();
        assert_eq!(user.found(), [format!("rc.unreadable ~/{name}")]);
        let what = user.first()["what"].as_str().unwrap().to_owned();
        assert!(what.contains(&format!("{} belongs to user 0 and has mode 700", closed.display())), "{what}");
        user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
        assert_eq!(user.found(), [""; 0]);
        user.gvmr(&["doctor", "--fix", "--undo"]).succeeds();
        assert_eq!(fs::read_link(&file).unwrap(), closed.join(name));
        fs::remove_file(&file).unwrap();
        if let Some(bytes) = before {
            user.write(name, bytes);
        }
    }
    // One that leads to nothing hides nothing.
    symlink(user.world.path("nothing"), user.path(".bash_profile")).unwrap();
    assert_eq!(user.found(), [""; 0]);
}

#[test]
fn a_directory_in_a_files_place_and_one_of_roots_are_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    for name in [".bashrc", ".bash_profile"] {
        let file = user.path(name);
        let before = fs::read(&file).ok();
        drop(fs::remove_file(&file));
        fs::create_dir(&file).unwrap();
        assert_eq!(user.found(), [format!("rc.unreadable ~/{name}")]);
        assert!(user.first()["what"].as_str().unwrap().ends_with("it is a directory"));
        fs::remove_dir(&file).unwrap();
        if let Some(bytes) = before {
            user.write(name, bytes);
        }
    }
    let Some(user) = UserOf::set_up("/usr/bin/fish", &mirror) else { return skip("fish") };
    let scripts = user.path(".config/fish/conf.d");
    fs::set_permissions(&scripts, fs::Permissions::from_mode(0o700)).unwrap();
    chown(&scripts, Some(0), Some(0)).unwrap();
    assert_eq!(user.found(), ["rc.unreadable ~/.config/fish/conf.d"]);
    assert_eq!(user.first()["fix"]["automatic"], false);
    chown(&scripts, Some(super::user_of::UID), Some(super::user_of::UID)).unwrap();
    assert_eq!(user.found(), [""; 0]);
}

#[test]
fn a_file_on_a_share_that_cannot_be_read_is_named_with_its_mount() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let loses = Loses { owners: Some(0), modes: Some(0o600), ..Loses::default() };
    let Some(share) = Share::mount(loses) else { return skip("FUSE") };
    fs::write(share.path().join("profile"), ". ~/.bashrc\n").unwrap();
    // The directory itself can be passed.
    symlink(share.path().join("profile"), user.path(".bash_profile")).unwrap();
    let run = user.gvmr(&["doctor", "--json"]);
    assert_eq!(findings(&user.world, &run), ["rc.on-share ~/.bash_profile"]);
    let first = run.json()["findings"][0].clone();
    assert_eq!(first["fix"]["automatic"], false);
    let mount = first["where"].as_array().unwrap().iter().find(|place| place["mount"].is_string());
    assert_eq!(mount.unwrap()["type"], "fuse", "{first:#}");
    assert_eq!(Path::new(mount.unwrap()["mount"].as_str().unwrap()), share.path());
}
