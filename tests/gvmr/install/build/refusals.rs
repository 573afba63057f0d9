//! What cannot end well is refused before anything starts.

use super::fake::{Fake, MAKES_A_GOROOT};
use gvmr::build::{BuildError, missing_programs, strip_to_source};
use gvmr_core::gover::version::Version;
use std::fs;
use std::os::unix::fs::symlink;

/// Leaves a mark where it has run.
fn marking() -> Fake {
    Fake::new(&format!("echo ran >../../mark\n{MAKES_A_GOROOT}"))
}

#[track_caller]
fn refused(fake: &Fake) -> BuildError {
    let error = fake.build().1.unwrap_err();
    assert!(!fake.path("mark").exists(), "make.bash ran: {error}");
    assert!(!fake.path("scratch").exists());
    error
}

#[test]
fn a_bootstrap_that_is_too_old_or_none() {
    let fake = marking();
    fake.write("bootstrap/VERSION", "go1.20.5");
    let BuildError::OldBootstrap { found, needed, .. } = refused(&fake) else { panic!() };
    assert_eq!((found.as_str(), needed.as_str()), ("1.20.5", "1.20.6"));
    fake.write("bootstrap/VERSION", "devel go1.24-0123456789");
    assert!(matches!(refused(&fake), BuildError::NotUsable { path, .. } if path == fake.path("bootstrap")));
    fake.write("bootstrap/VERSION", "go1.22.10");
    fs::remove_file(fake.path("bootstrap/bin/go")).unwrap();
    assert!(matches!(refused(&fake), BuildError::NotUsable { path, .. } if path == fake.path("bootstrap")));
    fs::remove_dir_all(fake.path("bootstrap")).unwrap();
    assert!(matches!(refused(&fake), BuildError::NotUsable { path, .. } if path == fake.path("bootstrap")));
}

#[test]
fn versions_written_in_c() {
    let fake = Fake::of("1.4.3", "echo ran >../../mark");
    assert!(matches!(refused(&fake), BuildError::Unsupported { .. }));
}

#[test]
fn a_tree_of_something_else() {
    let fake = marking();
    let is_tree = |error: &BuildError| matches!(error, BuildError::NotUsable { path, .. } if *path == fake.path("tree"));
    for text in ["go1.22.9\n", "devel go1.24-0123456789", ""] {
        fake.write("tree/VERSION", text);
        assert!(is_tree(&refused(&fake)), "{text}");
    }
    fake.write("tree/VERSION", "go1.22.10");
    fake.write("tree/bin/go", "");
    assert!(is_tree(&refused(&fake)));
    fs::remove_dir_all(fake.path("tree/bin")).unwrap();
    fs::remove_file(fake.path("tree/src/make.bash")).unwrap();
    assert!(is_tree(&refused(&fake)));
}

#[test]
fn a_scratch_directory_that_holds_something_stays_as_it_is() {
    let fake = marking();
    fake.write("scratch/precious", "mine");
    let error = fake.build().1.unwrap_err();
    assert!(matches!(error, BuildError::NotUsable { path, .. } if path == fake.path("scratch")));
    assert_eq!(fs::read_to_string(fake.path("scratch/precious")).unwrap(), "mine");
    assert!(!fake.path("mark").exists());
}

#[test]
fn missing_programs_are_named_all_at_once() {
    let version = |text: &str| Version::parse(text).unwrap();
    let fake = marking();
    let nothing: Vec<(&str, &str)> = vec![("PATH", "relative:.:")];
    let all = ["bash", "cat", "grep", "mv", "rm", "sed", "uname"];
    assert_eq!(missing_programs(&version("1.22.10"), &nothing), all);
    let cgo = vec![("PATH", ""), ("CGO_ENABLED", "1")];
    assert_eq!(missing_programs(&version("1.22.10"), &cgo), all, "cgo is decided when the toolchain runs");
    assert_eq!(missing_programs(&version("1.20.14"), &cgo).last(), Some(&"gcc"));
    let error = fake.build_in(&nothing, &mut |_| (), &|| false).unwrap_err();
    assert!(matches!(error, BuildError::MissingPrograms { programs } if programs == all));
    assert!(!fake.path("mark").exists());

    for name in all {
        fake.write(&format!("programs/{name}"), "");
    }
    fs::remove_file(fake.path("programs/sed")).unwrap();
    fs::create_dir(fake.path("programs/sed")).unwrap();
    fs::remove_file(fake.path("programs/mv")).unwrap();
    symlink("nothing", fake.path("programs/mv")).unwrap();
    let path = fake.path("programs").display().to_string();
    assert_eq!(missing_programs(&version("1.22.10"), &vec![("PATH", path.as_str())]), ["mv", "sed"]);
}

#[test]
fn a_log_that_cannot_be_written() {
    let fake = marking();
    fs::create_dir(fake.path("logs/log")).unwrap();
    assert!(matches!(refused(&fake), BuildError::Io { path, .. } if path == fake.path("logs/log")));
}

#[test]
fn stripped_to_source_a_tree_can_be_built_again() {
    let fake = Fake::new(MAKES_A_GOROOT);
    fake.write("tree/bin/go", "old");
    fake.write("tree/pkg/tool/linux_amd64/old", "old");
    fake.write("tree/pkg/linux_amd64/fmt.a", "old");
    strip_to_source(&fake.path("tree")).unwrap();
    strip_to_source(&fake.path("tree")).unwrap();
    fake.build().1.unwrap();
    assert!(
        !fake.path("tree/pkg/linux_amd64").exists() && !fake.path("tree/pkg/tool/linux_amd64/old").exists()
    );
}

#[test]
fn a_log_that_leads_elsewhere_is_not_followed() {
    let fake = marking();
    fs::write(fake.path("precious"), "precious").unwrap();
    symlink(fake.path("precious"), fake.path("logs/log")).unwrap();
    assert!(matches!(refused(&fake), BuildError::Io { path, .. } if path == fake.path("logs/log")));
    assert_eq!(fs::read_to_string(fake.path("precious")).unwrap(), "precious");
}
