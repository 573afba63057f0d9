//! Files, records and homes of other users. Only root can make some.

use super::fixture::{Machine, is_root};
use crate::support::skip;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown, lchown, symlink};

const TAGS: &str = "[env]\nGOFLAGS = \"-tags=approved\"\n";
const SOMEONE: u32 = 4002;

#[test]
fn what_belongs_to_another_user_is_neither_trusted_nor_heeded() {
    if !is_root() {
        return skip("only root can give files away");
    }
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let file = project.join("gvmr.toml");
    machine.trust(&project, &[]).succeeds();
    chown(&file, Some(SOMEONE), None).unwrap();
    assert_eq!(
        (machine.gets(&project, "GOFLAGS"), machine.state(&project)),
        (String::new(), "foreign".to_owned())
    );
    let words = ["belongs to user 4002", "gvmr trust FILE", "next: "];
    machine.trust(&project, &[]).exits(7, &words);
    assert!(machine.world.gvmr(["trust", "--list"]).succeeds().starts_with("other owner"));
    chown(&file, Some(0), None).unwrap();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");

    // A link of other owner, and a link to other owner file.
    let other = project.join("other.toml");
    fs::rename(&file, &other).unwrap();
    symlink("other.toml", &file).unwrap();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");
    lchown(&file, Some(SOMEONE), None).unwrap();
    machine.trust(&project, &[]).exits(7, &words);
    assert_eq!(machine.gets(&project, "GOFLAGS"), "");
    lchown(&file, Some(0), None).unwrap();
    chown(&other, Some(SOMEONE), None).unwrap();
    machine.trust(&project, &[]).exits(7, &words);
    assert_eq!(machine.gets(&project, "GOFLAGS"), "");
}

#[test]
fn a_record_of_another_users_counts_as_none() {
    if !is_root() {
        return skip("only root can give files away");
    }
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    machine.trust(&project, &[]).succeeds();
    chown(machine.record(&project), Some(SOMEONE), None).unwrap();
    assert_eq!(
        (machine.gets(&project, "GOFLAGS"), machine.state(&project)),
        (String::new(), "damaged".to_owned())
    );
    machine.trust(&project, &[]).succeeds();
    assert_eq!(fs::metadata(machine.record(&project)).unwrap().uid(), 0);
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");
}

#[test]
fn a_directory_of_records_that_everyone_can_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    machine.trust(&project, &[]).succeeds();
    let directory = machine.record(&project).parent().unwrap().to_owned();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
    machine.trust(&project, &[]).exits(7, &["writable by all users"]);
}
