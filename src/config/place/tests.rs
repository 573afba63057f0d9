use super::*;
use std::fs::Permissions;
use std::os::unix::fs::chown;

#[allow(clippy::disallowed_methods)] // a test's own directory
fn machine(line: &[u8]) -> tempfile::TempDir {
    let machine = tempfile::tempdir().unwrap();
    fs::create_dir_all(machine.path().join("etc/gvmr")).unwrap();
    fs::write(store::machine_file(machine.path()), line).unwrap();
    machine
}

#[test]
fn what_is_named_goes_first_and_a_users_own_is_the_last_resort() {
    let nothing = tempfile::tempdir().unwrap();
    let own = Some(nothing.path().join("own"));
    let of = |environment: Vec<(&str, &str)>, own: &Option<PathBuf>| {
        home(&environment, own.clone(), nothing.path())
    };
    assert_eq!(of(vec![], &own).unwrap(), nothing.path().join("own"));
    assert_eq!(of(vec![("GVMR_HOME", "/srv/go")], &own).unwrap(), Path::new("/srv/go"));
    assert!(matches!(of(vec![], &None), Err(ConfigError::NoHome)));
    let share = |environment: Vec<(&str, &str)>| home_to_share(&environment, nothing.path()).unwrap();
    assert_eq!(share(vec![]), Path::new("/opt/gvmr"));
    assert_eq!(share(vec![("GVMR_HOME", "/srv/go")]), Path::new("/srv/go"));
}

#[test]
fn a_home_that_no_path_can_hold_is_refused() {
    let nothing = tempfile::tempdir().unwrap();
    for (path, what) in [("/srv/a:b", "a colon"), ("/srv/a\nb", "a line break"), ("/:\n", "a colon")] {
        let named = vec![("GVMR_HOME", path)];
        let refusals = [
            home(&named, None, nothing.path()),
            home_to_share(&named, nothing.path()),
            home(&Vec::<(&str, &str)>::new(), Some(PathBuf::from(path)), nothing.path()),
        ];
        for refusal in refusals {
            assert!(matches!(&refusal, Err(ConfigError::OffPath { what: found, .. }) if *found == what));
        }
    }
    assert!(home(&vec![("GVMR_HOME", "/srv/a b;c'\\")], None, nothing.path()).is_ok());
}

#[test]
fn a_machines_word_that_is_wrong_names_its_file() {
    for line in
        [&b"relative/home\n"[..], b"", b"/no/such/home\n", b"/\n/\n", b"/\r\n", b"/etc/passwd\n", b"\xff"]
    {
        let machine = machine(line);
        let error = home(&vec![("HOME", "/h")], None, machine.path()).unwrap_err().to_string();
        assert!(error.contains("etc/gvmr/home"), "{line:?}: {error}");
        // Where something else decides, the file is not read.
        let named = vec![("GVMR_HOME", "/srv/go")];
        assert_eq!(home(&named, None, machine.path()).unwrap(), Path::new("/srv/go"));
    }
}

#[test]
fn only_roots_word_counts() {
    let word = machine(b"/\n");
    let file = store::machine_file(word.path());
    let ask = || home(&Vec::<(&str, &str)>::new(), None, word.path());
    if !rustix::process::geteuid().is_root() {
        assert!(ask().unwrap_err().to_string().contains("only root may set"));
        return;
    }
    assert_eq!(ask().unwrap(), Path::new("/"));
    fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
    assert!(ask().unwrap_err().to_string().contains("by users other than root"));
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    chown(&file, Some(65534), None).unwrap();
    assert!(ask().unwrap_err().to_string().contains("belongs to user 65534"));
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &file).unwrap();
    assert!(ask().unwrap_err().to_string().contains("not a regular file"));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(ask().unwrap_err().to_string().contains("not a regular file"));
}
