//! Start-up files that came without what they name, and a home of gvmr's that has lost a part.

use super::user_of::UserOf;
use crate::support::mirror::Mirror;
use crate::support::skip;
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn lines_of_gvmrs_without_their_script_are_one_finding_and_mended() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["/bin/bash", "/usr/bin/zsh", "/usr/bin/fish", "/bin/dash"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        for name in ["env", "env.fish", "env.nu"] {
            fs::remove_file(user.world.home().join(name)).unwrap();
        }
        let found = user.found();
        assert!(found.len() == 1 && found[0].starts_with("rc.block-missing ~/."), "{shell} {found:?}");
        assert!(!user.gvmr(&["doctor"]).stdout.contains("not set up here"), "{shell}");
        user.is_mended_and_comes_back();
    }
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::rename(user.world.home(), user.path("aside")).unwrap();
    assert_eq!(user.found(), ["rc.block-missing ~/.bashrc:1"]);
    fs::rename(user.path("aside"), user.world.home()).unwrap();
    // The home was another one.
    for name in [".bashrc", ".profile"] {
        let text = fs::read_to_string(user.path(name)).unwrap();
        user.write(name, text.replace(".local/share/gvmr/env", ".old/gvmr/env"));
    }
    assert_eq!(user.found(), ["rc.block-missing ~/.bashrc:1"]);
    user.is_mended_and_comes_back();
}

#[test]
fn a_link_to_nothing_is_named_by_the_start_up_file() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::remove_file(user.path(".bashrc")).unwrap();
    symlink("dotfiles/bashrc", user.path(".bashrc")).unwrap();
    assert_eq!(user.found(), ["rc.block-missing ~/.bashrc"]);
    assert_eq!(user.first()["fix"]["automatic"], false);
}

#[test]
fn a_missing_shim_directory_is_one_finding() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    fs::remove_dir_all(user.world.home().join("shims")).unwrap();
    assert_eq!(user.found(), ["gvmr.shim-broken ~/.local/share/gvmr/shims"]);
    let run = user.gvmr(&["doctor", "--fix", "--yes", "--json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn a_function_in_a_file_that_a_loop_reads_is_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let text = fs::read_to_string(user.path(".bashrc")).unwrap();
    user.write(".bashrc", format!("{text}for f in ~/.bashrc.d/*; do . \"$f\"; done\n"));
    user.write(".bashrc.d/10-ls.sh", "alias ll='ls -l'\n");
    user.write(".bashrc.d/20-go.sh", "# mine\ngo() {\n  command go \"$@\"\n}\n");
    assert_eq!(user.found(), [""; 0]);
    user.write(".bashrc.d/20-go.sh", "# mine\ngo() {\n  /opt/go/bin/go \"$@\"\n}\n");
    assert_eq!(user.found(), ["path.alias ~/.bashrc.d/20-go.sh:2"]);
}
