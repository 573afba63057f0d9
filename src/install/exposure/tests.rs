use super::*;
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};

#[test]
fn what_others_own_or_may_write_is_named_and_nothing_below_it() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("go");
    for directory in ["bin", "src/fmt", "pkg/tool"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    for file in ["bin/go", "bin/gofmt", "src/fmt/print.go", "pkg/tool/link"] {
        fs::write(root.join(file), "").unwrap();
    }
    symlink("/tmp", root.join("link")).unwrap();
    let me = rustix::process::geteuid().as_raw();
    let find = || {
        let search = Search { owners: &[0, me], shared_groups: BTreeMap::new(), found: Vec::new() };
        of_tree(&root, search).into_iter().map(|found| (found.file, found.why)).collect::<Vec<_>>()
    };
    let mode = |file: &str, mode| fs::set_permissions(root.join(file), Permissions::from_mode(mode)).unwrap();
    assert_eq!(find(), []);
    mode("src", 0o777);
    mode("src/fmt/print.go", 0o666);
    mode("pkg/tool/link", 0o757);
    let by_all = "is writable by all users".to_owned();
    assert_eq!(find(), [("pkg/tool/link".to_owned(), by_all.clone()), ("src".to_owned(), by_all.clone())]);
    mode(".", 0o1777);
    assert_eq!(find(), [(".".to_owned(), by_all)], "anyone may add where the bit is sticky");
    mode(".", 0o755);
    mode("src", 0o755);
    mode("src/fmt/print.go", 0o664);
    mode("pkg/tool/link", 0o755);
    let group = root.join("src/fmt/print.go");
    if lchown(root.join("bin/gofmt"), Some(4002), None).is_err() || lchown(&group, None, Some(4003)).is_err()
    {
        return; // only root can give files away
    }
    let foreign = ("bin/gofmt".to_owned(), "belongs to user 4002".to_owned());
    assert_eq!(
        find(),
        [foreign.clone(), ("src/fmt/print.go".to_owned(), "is writable by group 4003".to_owned())]
    );
    lchown(&group, None, Some(0)).unwrap();
    assert_eq!(find(), [foreign]);
    lchown(root.join("link"), Some(4002), None).unwrap();
    assert_eq!(find().len(), 2, "who owns a link may replace it");
}
