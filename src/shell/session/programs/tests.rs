use super::*;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

/// A directory with programs, and links to them.
fn machine(programs: &[&str], links: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    for name in programs {
        fs::File::create(path.join(name)).unwrap();
    }
    for (name, target) in links {
        symlink(target, path.join(name)).unwrap();
    }
    (directory, path)
}

fn found(bin: &Path, list: &[&str], login: Option<&str>) -> Vec<String> {
    let list: Vec<String> = list.iter().map(|name| format!("{}/{name}\n", bin.display())).collect();
    let login = login.map(|name| bin.join(name));
    let shells = shells(list.concat().as_bytes(), login.as_deref());
    shells
        .into_iter()
        .map(|shell| {
            let program = shell.program.file_name().unwrap().to_str().unwrap();
            format!("{}={program} {}", shell.name, shell.also.join(" ")).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn each_program_counts_once_with_all_its_names() {
    let (_directory, bin) = machine(
        &["bash", "dash", "zsh", "ksh93", "busybox", "tmux"],
        &[("rbash", "bash"), ("sh", "dash"), ("ksh", "ksh93"), ("ash", "busybox"), ("gone", "nowhere")],
    );
    let list =
        ["sh", "bash", "rbash", "dash", "tmux", "ksh93", "ksh", "zsh", "busybox", "ash", "gone", "fish"];
    let expected = ["bash=bash", "zsh=zsh", "dash=sh sh", "ash=busybox", "ksh=ksh93"];
    assert_eq!(found(&bin, &list, None), expected);
}

#[test]
fn the_login_shell_is_first_whether_it_is_listed_or_not() {
    let (_directory, bin) = machine(&["bash", "zsh", "fish"], &[]);
    assert_eq!(found(&bin, &["bash", "zsh"], Some("zsh")), ["zsh=zsh", "bash=bash"]);
    assert_eq!(found(&bin, &["bash"], Some("fish")), ["fish=fish", "bash=bash"]);
    assert_eq!(found(&bin, &[], Some("fish")), ["fish=fish"]);
    assert_eq!(found(&bin, &[], Some("nologin")), [""; 0]);
}

#[test]
fn bash_called_sh_is_another_shell_than_bash() {
    let (_directory, bin) = machine(&["bash", "dash"], &[("sh", "bash")]);
    assert_eq!(found(&bin, &["bash", "sh", "dash"], None), ["bash=bash", "sh=sh", "dash=dash"]);
    let (_directory, bin) = machine(&["busybox"], &[("sh", "busybox"), ("ash", "busybox")]);
    assert_eq!(found(&bin, &["sh", "ash"], None), ["ash=sh sh"]);
}

#[test]
fn comments_relative_lines_and_directories_are_no_shells() {
    let (_directory, bin) = machine(&["bash"], &[]);
    fs::create_dir(bin.join("zsh")).unwrap();
    let list = format!("# /bin/bash\n\nbash\n./bash\n{0}/zsh\n  {0}/bash \r\n{0}/sh", bin.display());
    let shells = shells(list.as_bytes(), None);
    assert_eq!(shells.iter().map(|shell| shell.name.as_str()).collect::<Vec<_>>(), ["bash"]);
}
