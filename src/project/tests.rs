use super::*;
use std::os::unix::fs::{PermissionsExt as _, symlink};

struct Place(tempfile::TempDir);

impl Place {
    /// A project `p` with a subdirectory, beside a file that is not part of it.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(place.path("p/.git")).unwrap();
        std::fs::create_dir_all(place.path("p/sub")).unwrap();
        place.put("outside", "secret");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes `new` through `name` of the project's subdirectory.
    fn write(&self, name: &str) -> Result<PathBuf, ProjectError> {
        let file = ProjectFile::find(&self.path("p/sub"), name)?;
        file.read(64, |bytes| bytes == b"old")?;
        file.replace(b"new", 0o644)?;
        Ok(file.path())
    }
}

#[test]
fn links_are_followed_inside_the_project() {
    let place = Place::new();
    let absolute = place.path("p/pin").into_os_string().into_string().unwrap();
    symlink(place.path("p"), place.path("alias")).unwrap();
    let aliased = place.path("alias/pin").into_os_string().into_string().unwrap();
    symlink("..", place.path("p/sub/up")).unwrap();
    for (link, target) in [
        ("relative", "../pin"),
        ("absolute", absolute.as_str()),
        ("through-alias", aliased.as_str()),
        ("through-directory", "up/pin"),
        ("around", "../sub/up/sub/../pin"),
        ("chain", "relative"),
    ] {
        place.put("p/pin", "old");
        symlink(target, place.path("p/sub").join(link)).unwrap();
        assert_eq!(place.write(link).unwrap(), place.path("p/pin"), "{link}");
        assert_eq!(place.text("p/pin"), "new");
        assert!(place.path("p/sub").join(link).is_symlink());
    }
    symlink("../later", place.path("p/sub/dangling")).unwrap();
    assert!(matches!(place.write("dangling"), Err(ProjectError::NotAFile { kind: "a link to nothing", .. })));
    assert!(!place.path("p/later").exists());
}

#[test]
fn nothing_is_written_where_they_lead_out() {
    let place = Place::new();
    let absolute = place.path("outside").into_os_string().into_string().unwrap();
    symlink(place.path(""), place.path("p/sub/away")).unwrap();
    for (link, target) in [
        ("relative", "../../outside"),
        ("absolute", absolute.as_str()),
        ("chain", "relative"),
        ("through-directory", "away/outside"),
        ("back-in", "../../p/../outside"),
        ("missing", "../../nothing"),
        ("device", "/dev/null"),
    ] {
        symlink(target, place.path("p/sub").join(link)).unwrap();
        let error = place.write(link).unwrap_err();
        assert!(matches!(error, ProjectError::LeadsOut { .. }) && error.is_refused(), "{link}: {error:?}");
    }
    let ProjectError::LeadsOut { target, root, .. } = place.write("chain").unwrap_err() else { panic!() };
    assert_eq!((target, root), (place.path("outside"), place.path("p")));
    assert_eq!(place.text("outside"), "secret");
    assert!(!place.path("nothing").exists());
    symlink("loop", place.path("p/sub/loop")).unwrap();
    assert!(matches!(place.write("loop"), Err(ProjectError::Loop { .. })));
}

#[test]
fn without_a_project_the_directory_itself_is_the_boundary() {
    let place = Place::new();
    std::fs::remove_dir(place.path("p/.git")).unwrap();
    place.put("p/pin", "old");
    symlink("../pin", place.path("p/sub/link")).unwrap();
    assert!(matches!(place.write("link"), Err(ProjectError::LeadsOut { .. })));
    place.put("p/go.mod", "");
    assert_eq!(place.write("link").unwrap(), place.path("p/pin"));
}

#[test]
fn a_link_does_not_overwrite_a_file_of_another_kind() {
    let place = Place::new();
    place.put("p/main.go", "package main");
    symlink("../main.go", place.path("p/sub/link")).unwrap();
    assert!(matches!(place.write("link"), Err(ProjectError::OtherFile { .. })));
    assert_eq!(place.text("p/main.go"), "package main");
    place.put("p/sub/plain", "anything else");
    place.write("plain").unwrap();
    place.put("p/sub/large", &"x".repeat(65));
    assert!(matches!(place.write("large"), Err(ProjectError::TooLarge { .. })));
    std::fs::create_dir(place.path("p/sub/directory")).unwrap();
    assert!(matches!(place.write("directory"), Err(ProjectError::NotAFile { kind: "a directory", .. })));
}

#[test]
fn modes_stay_and_leftovers_of_killed_writers_go() {
    let place = Place::new();
    place.put("p/sub/pin", "old");
    std::fs::set_permissions(place.path("p/sub/pin"), std::fs::Permissions::from_mode(0o660)).unwrap();
    // No process has the largest id.
    let (left, foreign) = (".pin.gvmr-4194304-0", ".pin.other-4194304-0");
    place.put(&format!("p/sub/{left}"), "half");
    place.put(&format!("p/sub/{foreign}"), "");
    place.write("pin").unwrap();
    assert_eq!(std::fs::metadata(place.path("p/sub/pin")).unwrap().permissions().mode() & 0o777, 0o660);
    let mut names: Vec<_> = std::fs::read_dir(place.path("p/sub"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [foreign, "pin"]);
}

#[test]
fn an_old_kernel_finds_the_same_directories() {
    let place = Place::new();
    symlink("..", place.path("p/sub/up")).unwrap();
    symlink("../..", place.path("p/sub/out")).unwrap();
    symlink("sub/up/sub", place.path("p/in")).unwrap();
    let project = Beneath::open(&place.path("p")).unwrap();
    for path in
        ["", ".", "sub", "sub/up", "in", "in/up/sub", "sub/out", "..", "sub/../../p", "in/../..", "none"]
    {
        let path = Path::new(path);
        let identity = |found: Stat| (found.st_dev, found.st_ino);
        let new = project.directory(path).map(|held| identity(fs::fstat(held.descriptor()).unwrap()));
        let old = project.resolve_and_compare(path).map(|held| identity(fs::fstat(held).unwrap()));
        // What leaves and comes back is told apart by the new kernel alone.
        if !path.to_string_lossy().contains("/p") {
            assert_eq!(new, old, "{}", path.display());
        }
        let is_inside = ["", ".", "sub", "sub/up", "in", "in/up/sub"].map(Path::new).contains(&path);
        assert_eq!(new.is_ok(), is_inside, "{}", path.display());
    }
}

#[test]
fn only_names_of_temporary_files_have_a_writer() {
    let writer = |name: &str| writer_of(OsStr::new(name), &prefix(".go-version"));
    for name in [".go-version.gvmr-4711-0", "..go-version.gvmr-4711-12"] {
        assert_eq!(writer(name), Pid::from_raw(4711), "{name}");
    }
    for name in [
        ".go-version",
        "go-version.gvmr-4711-0",
        ".go-version.gvmr-0-0",
        ".go-version.gvmr--1-0",
        ".go-version.gvmr-1",
        ".go-version.gvmr-1-x",
        ".tool-versions.gvmr-1-0",
        "...go-version.gvmr-1-0",
    ] {
        assert_eq!(writer(name), None, "{name}");
    }
}
