//! Which files are edited on which machines.

use gvmr::shell::{BlockPosition, Edit, EditContent, ScriptEntry, check_system_home, real_home};
use gvmr_core::home::paths::Home;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use tempfile::TempDir;

/// A machine with these empty files; a name that ends in a slash is a directory, `a -> b` a link.
fn machine(names: &[&str]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in names {
        if let Some((name, target)) = name.split_once(" -> ") {
            symlink(target, root.path().join(name)).unwrap();
        } else if name.ends_with('/') {
            std::fs::create_dir_all(root.path().join(name)).unwrap();
        } else {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let reads =
                if *name == "etc/profile" { "for i in /etc/profile.d/*.sh; do . $i; done\n" } else { "" };
            std::fs::write(path, reads).unwrap();
        }
    }
    root
}

fn edits(root: &Path) -> Vec<Edit> {
    let home = Home::at("/opt/gvmr");
    let entry = ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: false };
    entry.system_edits(root).unwrap()
}

/// One line an edit: the file, and `file`, `end`, `both` or `link`.
fn planned(root: &Path) -> Vec<String> {
    let line = |edit: &Edit| {
        let what = match &edit.content {
            EditContent::Whole { mode: 0o644, .. } => "file",
            EditContent::Block { place: BlockPosition::End, .. } => "end",
            EditContent::Block { place: BlockPosition::Both, .. } => "both",
            EditContent::Link(target) => return format!("{} -> {}", relative(root, edit), target.display()),
            _ => panic!("{edit:?}"),
        };
        format!("{} {what}", relative(root, edit))
    };
    edits(root).iter().map(line).collect()
}

fn relative(root: &Path, edit: &Edit) -> String {
    edit.path.strip_prefix(root).unwrap().display().to_string()
}

const LINKS: [&str; 3] = [
    "usr/local/bin/go -> /opt/gvmr/shims/go",
    "usr/local/bin/gofmt -> /opt/gvmr/shims/gofmt",
    "usr/local/bin/gvmr -> /opt/gvmr/shims/gvmr",
];

#[test]
fn debian() {
    let root = machine(&[
        "etc/profile",
        "etc/profile.d/",
        "etc/bash.bashrc",
        "etc/zsh/zshenv",
        "etc/zsh/zprofile",
        "etc/zsh/zshrc",
        "etc/zsh/zlogin",
        "etc/zsh/zlogout",
        "etc/fish/config.fish",
        "etc/mkshrc",
        "etc/skel/.bashrc",
        "etc/skel/.profile",
        "etc/environment",
        "usr/lib/systemd/systemd",
        "usr/lib/environment.d/99-environment.conf",
        "usr/local/bin/",
    ]);
    let expected = [
        "etc/profile.d/zz-gvmr.sh file",
        "etc/bash.bashrc both",
        "etc/zsh/zshenv end",
        "etc/zsh/zprofile end",
        "etc/zsh/zshrc end",
        "etc/zsh/zlogin end",
        "etc/fish/conf.d/zz-gvmr.fish file",
        "etc/fish/config.fish end",
        "etc/mkshrc end",
        "etc/skel/.bashrc both",
        "etc/skel/.profile end",
        "etc/environment.d/zz-gvmr.conf file",
    ];
    assert_eq!(planned(root.path()), [&expected[..], &LINKS].concat());
}

#[test]
fn fedora() {
    let root = machine(&[
        "etc/profile",
        "etc/profile.d/",
        "etc/bashrc",
        "etc/zshenv",
        "etc/zprofile",
        "etc/zshrc",
        "etc/kshrc",
        "etc/skel/.bashrc",
        "etc/skel/.bash_profile",
        "usr/lib/systemd/systemd",
        "usr/local/bin/",
    ]);
    let expected = [
        "etc/profile.d/zz-gvmr.sh file",
        "etc/bashrc both",
        "etc/zshenv end",
        "etc/zprofile end",
        "etc/zshrc end",
        "etc/kshrc end",
        "etc/skel/.bashrc both",
        "etc/environment.d/zz-gvmr.conf file",
    ];
    assert_eq!(planned(root.path()), [&expected[..], &LINKS].concat());
}

#[test]
fn alpine_without_and_with_a_profile_directory() {
    let bare = machine(&["bin/busybox", "usr/local/bin/"]);
    std::fs::create_dir(bare.path().join("etc")).unwrap();
    std::fs::write(bare.path().join("etc/profile"), "export PATH=/bin\n").unwrap();
    assert_eq!(planned(bare.path()), [&["etc/profile end"][..], &LINKS].concat());
    // A directory that /etc/profile does not read is of no use.
    std::fs::create_dir(bare.path().join("etc/profile.d")).unwrap();
    assert_eq!(planned(bare.path())[0], "etc/profile end");
    let root = machine(&["etc/profile", "etc/profile.d/", "etc/bash/bashrc"]);
    assert_eq!(planned(root.path()), ["etc/profile.d/zz-gvmr.sh file", "etc/bash/bashrc both"]);
}

#[test]
fn arch() {
    let root = machine(&[
        "etc/profile",
        "etc/profile.d/",
        "etc/bash.bashrc",
        "etc/zsh/zprofile",
        "etc/skel/.bashrc",
        "etc/skel/.bash_profile",
        "usr/bin/fish",
        "usr/lib/systemd/systemd",
        "usr/local/bin/",
    ]);
    let expected = [
        "etc/profile.d/zz-gvmr.sh file",
        "etc/bash.bashrc both",
        "etc/zsh/zshenv end",
        "etc/zsh/zprofile end",
        "etc/fish/conf.d/zz-gvmr.fish file",
        "etc/skel/.bashrc both",
        "etc/environment.d/zz-gvmr.conf file",
    ];
    assert_eq!(planned(root.path()), [&expected[..], &LINKS].concat());
}

#[test]
fn a_zsh_without_files_reads_etc() {
    let root = machine(&["etc/profile", "etc/profile.d/", "usr/local/bin/zsh"]);
    assert_eq!(planned(root.path())[..2], ["etc/profile.d/zz-gvmr.sh file", "etc/zshenv end"]);
}

#[test]
fn systemd_gets_no_second_entry() {
    let root = machine(&["etc/profile", "etc/profile.d/", "lib/systemd/systemd"]);
    let environment = root.path().join("etc/environment");
    std::fs::write(&environment, "PATH=\"/usr/bin:/bin\"\n").unwrap();
    assert!(planned(root.path()).contains(&"etc/environment.d/zz-gvmr.conf file".to_owned()));
    std::fs::write(&environment, "PATH=\"/opt/gvmr/shims:/usr/bin:/bin\"\n").unwrap();
    assert_eq!(planned(root.path()), ["etc/profile.d/zz-gvmr.sh file"]);
}

#[test]
fn names_that_something_else_has_are_left_alone() {
    let root = machine(&[
        "etc/profile",
        "etc/profile.d/",
        "usr/local/bin/go",
        "usr/local/bin/gofmt -> ../go/bin/gofmt",
        "usr/local/bin/gvmr -> /opt/gvmr/shims/gvmr",
    ]);
    assert_eq!(planned(root.path()), ["etc/profile.d/zz-gvmr.sh file", LINKS[2]]);
    let home = Home::at("/opt/gvmr");
    let entry = ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: false };
    let taken = entry.system_names_taken(root.path());
    let taken: Vec<_> = taken.iter().map(|taken| (taken.path.as_path(), taken.target.as_deref())).collect();
    let bin = root.path().join("usr/local/bin");
    let expected = [(bin.join("go"), None), (bin.join("gofmt"), Some(Path::new("../go/bin/gofmt")))];
    assert_eq!(taken, expected.each_ref().map(|(path, target)| (path.as_path(), *target)));
}

#[test]
fn undo_asks_every_file_that_any_machine_has() {
    let home = Home::at("/opt/gvmr");
    let entry = ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: false };
    let empty = machine(&[]);
    let undone = entry.system_undo(empty.path()).unwrap();
    let every: Vec<_> = undone.iter().map(|edit| relative(empty.path(), edit)).collect();
    for file in
        ["etc/profile", "etc/profile.d/zz-gvmr.sh", "etc/zshenv", "etc/zsh/zshenv", "usr/local/bin/go"]
    {
        assert!(every.contains(&file.to_owned()), "{every:?}");
    }
    let mut once = every.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), every.len(), "a file has two rows: {every:?}");
}

#[test]
fn what_is_written_names_the_home_alone() {
    let root = machine(&["etc/profile", "etc/profile.d/", "etc/environment.d/", "etc/fish/"]);
    let text = |name: &str| {
        let edit = edits(root.path()).into_iter().find(|edit| edit.path.ends_with(name)).unwrap();
        let EditContent::Whole { bytes, .. } = edit.content else { panic!() };
        assert!(String::from_utf8_lossy(&bytes).contains(EditContent::MARK));
        String::from_utf8(bytes).unwrap()
    };
    assert!(text("zz-gvmr.sh").contains("'/opt/gvmr/env'"), "{}", text("zz-gvmr.sh"));
    assert!(text("zz-gvmr.fish").contains("'/opt/gvmr/env.fish'"));
    assert!(text("zz-gvmr.conf").ends_with("\nPATH=/opt/gvmr/shims:$PATH\n"));
}

#[test]
fn a_home_that_others_can_change_is_refused_with_the_directory_at_fault() {
    let check = |home: &Path| check_system_home(&real_home(home)).map_err(|error| error.to_string());
    for unfit in ["/opt/go home", "/opt/gvmr$", "opt/gvmr", "/opt/gvmr\"", "/opt/a:b"] {
        let error = check(Path::new(unfit)).unwrap_err();
        assert!(error.starts_with(unfit), "{error}");
    }
    check(Path::new("/usr/no-such-gvmr")).unwrap();
    let open = tempfile::tempdir().unwrap();
    let home = open.path().join("home");
    std::fs::create_dir_all(home.join("shims")).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o775)).unwrap();
    let fault = if rustix::process::geteuid().is_root() { home.clone() } else { home.join("shims") };
    // A link to it is no way around.
    let link = open.path().join("link");
    symlink(&home, &link).unwrap();
    for path in [home, link] {
        let error = check(&path).unwrap_err();
        assert!(error.starts_with(&format!("{} ", fault.display())) && error.contains("root"), "{error}");
    }
}
