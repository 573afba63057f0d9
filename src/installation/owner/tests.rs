use super::*;
use tempfile::TempDir;

#[allow(clippy::disallowed_methods)] // a test's own directory
/// A machine with these files, some of them empty.
fn machine(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

#[test]
fn the_records_of_the_system_name_the_package() {
    let gvmr = Path::new("/usr/bin/gvmr");
    let dpkg = |list: &str, text: &str| {
        let path = format!("var/lib/dpkg/info/{list}");
        of_the_system(machine(&[(&path, text)]).path(), gvmr)
    };
    let owner = |name: &str| Some(PackageOwner::Dpkg(name.to_owned()));
    assert_eq!(dpkg("gvmr.list", "/.\n/usr\n/usr/bin\n/usr/bin/gvmr\n/usr/bin/gvmr-shim\n"), owner("gvmr"));
    assert_eq!(dpkg("gvmr:arm64.list", "/usr/bin/gvmr\n"), owner("gvmr"));
    assert_eq!(dpkg("corp-tools.list", "/bin/gvmr\n"), owner("corp-tools"));
    assert_eq!(dpkg("gvmr.list", "/usr/bin/gvmr-shim\n/usr/local/bin/gvmr\n"), None);
    let apk = |text: &str| of_the_system(machine(&[("lib/apk/db/installed", text)]).path(), gvmr);
    let text =
        "P:busybox\nF:bin\nR:gvmr\n\nP:gvmr\nV:0.1.0\nF:usr\nF:usr/bin\nR:gvmr\na:0:0:755\nR:gvmr-shim\n";
    assert_eq!(apk(text), Some(PackageOwner::Apk("gvmr".to_owned())));
    assert_eq!(apk("P:gvmr\nF:usr/share\nR:gvmr\n"), None);
    assert_eq!(apk("P:$(reboot)\nF:usr/bin\nR:gvmr\n"), None, "no name that a shell would run");
}

#[test]
fn wheels_and_crates_are_found_beside_the_program() {
    let owner = |files: &[(&str, &str)]| {
        let root = machine(files);
        of_its_prefix(&root.path().join("bin/gvmr")).map(|owner| match owner {
            PackageOwner::Pip(python) => {
                format!("pip {}", python.strip_prefix(root.path()).unwrap().display())
            }
            PackageOwner::UvPip(_) => "uv pip".to_owned(),
            owner => format!("{owner:?}"),
        })
    };
    let installer =
        |text: &'static str| ("lib/python3.11/site-packages/gvmr-0.1.0.dist-info/INSTALLER", text);
    let python = ("bin/python3", "");
    assert_eq!(owner(&[installer("pip\n"), python]).as_deref(), Some("pip bin/python3"));
    assert_eq!(owner(&[installer("uv"), python]).as_deref(), Some("uv pip"));
    assert_eq!(owner(&[installer("uv"), ("uv-receipt.toml", "")]).as_deref(), Some("UvTool"));
    assert_eq!(owner(&[installer("pip"), ("pipx_metadata.json", "{}")]).as_deref(), Some("Pipx"));
    assert_eq!(owner(&[("conda-meta/gvmr-0.1.0-0.json", "{}")]).as_deref(), Some("Conda"));
    assert_eq!(owner(&[("conda-meta/gvmr-tools-1.json", "{}")]), None);
    let crates = "[v1]\n\"gvmr 0.1.0 (path+file:///src/gvmr)\" = [\"gvmr\"]\n";
    assert_eq!(owner(&[(".crates.toml", crates)]).as_deref(), Some("Cargo"));
    assert_eq!(owner(&[(".crates.toml", "[v1]\n\"ripgrep 14.1.0 (…)\" = [\"rg\"]\n")]), None);
    assert_eq!(owner(&[("bin/gvmr", "")]), None, "a plain file is the user's own");
}

#[test]
fn stores_are_known_by_their_path() {
    let owner = |path: &str| of_its_path(Path::new(path));
    assert_eq!(owner("/nix/store/abc-gvmr-0.1.0/bin/gvmr"), Some(PackageOwner::ReadOnlyStore));
    assert_eq!(owner("/home/linuxbrew/.linuxbrew/Cellar/gvmr/0.1.0/bin/gvmr"), Some(PackageOwner::Homebrew));
    assert_eq!(owner("/snap/gvmr/12/bin/gvmr"), Some(PackageOwner::Snap));
    assert_eq!(owner("/usr/local/bin/gvmr"), None);
}
