//! What an index said before, and what this program was built with, stays in force.

use super::*;
use gvmr::verify::known_sum;

const KNOWN: &str = "go1.22.10.linux-amd64.tar.gz";

#[test]
fn the_built_in_sum_goes_before_the_indexs() {
    let known = known_sum(KNOWN).unwrap();
    let fixture = Fixture::new(
        json_reply(&list(&[("go1.22.10", &sum(9)), ("go1.22.9", "")])).header("ETag", "\"lie\""),
    );
    for round in 0..2 {
        let index = fixture.index();
        assert_eq!(sum_of(&index, "1.22.10"), Some(known), "{round}");
        assert_eq!(index.file(&version("1.22.10"), "amd64").unwrap().size, None, "another file's");
        assert_eq!(sum_of(&index, "1.22.9"), known_sum("go1.22.9.linux-amd64.tar.gz"));
        let [note] = index.notes() else { panic!("{:?}", index.notes()) };
        assert!(note.starts_with("go1.22.10.linux-amd64.tar.gz has the sha256 "), "{note}");
        assert!(
            note.contains(&format!("in the built-in table and {} in the index; the table applies", sum(9))),
            "{note}"
        );
    }
    fixture.says(json_reply(&list(&[("go1.22.10", "")])));
    let index = fixture.index();
    assert_eq!((sum_of(&index, "1.22.10"), index.notes()), (Some(known), &[][..]));
}

#[test]
fn the_first_sum_of_a_new_release_goes_before_a_later_one() {
    let mut fixture = Fixture::new(json_reply(&list(&[("go1.90.0", &sum(1))])));
    assert_eq!(sum_of(&fixture.index(), "1.90.0"), Some([1; 32]));
    fixture.says(json_reply(&list(&[("go1.90.0", &sum(2))])));
    for _ in 0..2 {
        let index = fixture.index();
        assert_eq!(sum_of(&index, "1.90.0"), Some([1; 32]));
        let [note] = index.notes() else { panic!("{:?}", index.notes()) };
        assert!(note.contains(&format!("from {} to {}; the first still applies", sum(1), sum(2))), "{note}");
    }
    fixture.says(json_reply(&list(&[("go1.90.0", "")])));
    let index = fixture.index();
    assert_eq!((sum_of(&index, "1.90.0"), index.notes()), (Some([1; 32]), &[][..]));
    fixture.goes_away();
    assert_eq!(sum_of(&fixture.index(), "1.90.0"), Some([1; 32]));
}

#[test]
fn what_an_index_lists_instead_is_known_whatever_the_server_says_of_changes() {
    let mut fixture = Fixture::new(json_reply(&list(&[("go1.90.0", &sum(1))])).header("ETag", "\"one\""));
    let remembered = |index: &Index| {
        let version = version("1.90.0");
        let memory = index.remembered(&version, index.file(&version, "amd64").unwrap());
        memory.map(|memory| (memory.copy().to_owned(), memory.now()))
    };
    assert_eq!(remembered(&fixture.index()), None);
    fixture.says(json_reply(&list(&[("go1.90.0", &sum(2))])).header("ETag", "\"two\""));
    for _ in 0..3 {
        // A "not modified" would hide it.
        assert_eq!(remembered(&fixture.index()), Some((fixture.copy(), Some([2; 32]))));
    }
    let index = fixture.index();
    let file = index.file(&version("1.90.0"), "amd64").unwrap();
    index.remembered(&version("1.90.0"), file).unwrap().replace(&file.name, [2; 32]).unwrap();
    for _ in 0..2 {
        let index = fixture.index();
        assert_eq!((sum_of(&index, "1.90.0"), remembered(&index)), (Some([2; 32]), None));
        assert_eq!(index.notes(), [""; 0]);
    }
    let server = fixture.server.as_ref().unwrap();
    let asked = server.requests().pop().unwrap().header("if-none-match").map(str::to_owned);
    assert_eq!(asked.as_deref(), Some("\"two\""), "once nothing is contested, changes are asked for again");
    fixture.says(json_reply(&list(&[("go1.90.0", "")])));
    assert_eq!(remembered(&fixture.index()), Some((fixture.copy(), None)));
    fixture.goes_away();
    assert_eq!(remembered(&fixture.index()), Some((fixture.copy(), None)));
}

#[test]
fn a_sum_that_was_unknown_may_become_known() {
    let fixture = Fixture::new(json_reply(&list(&[("go1.90.0", "")])));
    assert_eq!(sum_of(&fixture.index(), "1.90.0"), None);
    fixture.says(json_reply(&list(&[("go1.90.0", &sum(2))])));
    let index = fixture.index();
    assert_eq!((sum_of(&index, "1.90.0"), index.notes()), (Some([2; 32]), &[][..]));
}

#[test]
fn a_dropped_release_stays_listed_and_is_told_once_for_all() {
    let all = [("go1.90.2", &*sum(1)), ("go1.90.1", &sum(2)), ("go1.90.0", &sum(3)), ("go1.89.0", &sum(4))];
    let fixture = Fixture::new(json_reply(&list(&all)));
    fixture.index();
    fixture.says(json_reply(&list(&[all[1], all[3], ("go1.89.1", &sum(5))])).header("ETag", "\"fewer\""));
    for _ in 0..3 {
        let index = fixture.index();
        assert_eq!(listed(&index), ["1.89.0", "1.89.1", "1.90.0", "1.90.1", "1.90.2"]);
        assert_eq!(sum_of(&index, "1.90.2"), Some([1; 32]));
        let [note] = index.notes() else { panic!("{:?}", index.notes()) };
        assert!(note.contains("no longer lists 2 releases that it listed before, up to go1.90.2;"), "{note}");
        assert!(note.contains(fixture.copy().to_str().unwrap()), "{note}");
    }
    fixture.says(json_reply(&list(&[all[0], all[1], all[2], all[3]])));
    assert!(fixture.index().notes()[0].contains("1 releases that it listed before, up to go1.89.1"));
    std::fs::remove_file(fixture.copy()).unwrap();
    assert_eq!(fixture.index().notes(), [""; 0]);
}

#[test]
fn one_archive_of_a_release_can_be_dropped_too() {
    let mut both = list(&[("go1.90.0", &sum(1)), ("go1.89.0", &sum(1)), ("go1.89.1", &sum(1))]);
    both[0]["files"].as_array_mut().unwrap().push(archive("go1.90.0", "arm64", &sum(2)));
    let fixture = Fixture::new(json_reply(&both));
    fixture.index();
    both[0]["files"].as_array_mut().unwrap().pop();
    fixture.says(json_reply(&both));
    let index = fixture.index();
    assert_eq!(index.versions("arm64"), [version("1.90.0")]);
    assert!(index.notes()[0].contains("up to go1.90.0"), "{:?}", index.notes());
}

#[test]
fn a_list_of_the_newest_only_may_forget_what_a_newer_one_replaces() {
    let fixture = Fixture::new(json_reply(&list(&[("go1.90.1", &sum(1)), ("go1.89.7", &sum(2))])));
    fixture.index();
    fixture.says(json_reply(&list(&[("go1.90.2", &sum(3)), ("go1.89.8", &sum(4))])));
    assert_eq!(fixture.index().notes(), [""; 0]);
    fixture.says(json_reply(&list(&[("go1.91.0", &sum(5)), ("go1.90.2", &sum(3))])));
    let index = fixture.index();
    assert_eq!(index.notes(), [""; 0]);
    assert_eq!(listed(&index), ["1.89.7", "1.89.8", "1.90.1", "1.90.2", "1.91.0"]);
    fixture.says(json_reply(&list(&[("go1.90.2", &sum(3)), ("go1.89.8", &sum(4))])));
    assert!(fixture.index().notes()[0].contains("1 releases that it listed before, up to go1.91.0"));
}

#[test]
fn what_the_table_knows_and_the_index_never_listed_is_not_dropped() {
    let fixture = Fixture::new(json_reply(&list(&[("go1.27.0", "")])));
    let index = fixture.index();
    assert_eq!((listed(&index), index.notes()), (vec!["1.27.0".to_owned()], &[][..]));
}

#[test]
fn nonsense_after_a_good_answer_leaves_the_good_one_in_place() {
    let fixture = Fixture::new(json_reply(&list(&[("go1.90.0", &sum(1))])));
    fixture.index();
    let copy = std::fs::read(fixture.copy()).unwrap();
    for nonsense in [
        Reply::html(),
        Reply::ok("<!doctype html><title>sign in</title>"),
        Reply::ok("[]"),
        Reply::ok("{}"),
        Reply::ok("[{\"version\":"),
        Reply::ok("[]").fault(Fault::CutAfter(1)),
        Reply::status(403),
        Reply::status(304),
        Reply::endless(),
    ] {
        fixture.says(nonsense);
        let index = fixture.index();
        assert_eq!(listed(&index), ["1.90.0"]);
        assert!(index.failure().is_some() && index.age().is_some());
        assert_eq!(std::fs::read(fixture.copy()).unwrap(), copy);
    }
}

#[test]
fn a_memory_that_is_full_still_holds_what_it_holds() {
    let many = |from: u32, to: u32| -> Value {
        let releases: Vec<_> = (from..to).map(|patch| (format!("go1.90.{patch}"), sum(1))).collect();
        let arches = ["amd64", "arm64", "386", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        let files = |version: &str| arches.map(|arch| archive(version, arch, &sum(1)));
        releases.iter().map(|(version, _)| json!({ "version": version, "files": files(version) })).collect()
    };
    let fixture = Fixture::new(json_reply(&many(0, 3000)));
    assert_eq!(fixture.index().versions("amd64").len(), 3000);
    fixture.says(json_reply(&many(3000, 6000)));
    let index = fixture.index();
    assert_eq!(index.versions("amd64").len(), 3572);
    assert!(index.notes()[0].contains("go1.90.3571.linux-"), "{}", index.notes()[0]);
    assert!(index.notes()[8].starts_with("and 33992 more ignored"), "{}", index.notes()[8]);
    assert!(index.notes()[9].contains("no longer lists 3000 releases"), "{}", index.notes()[9]);
    assert_eq!(sum_of(&index, "1.90.0"), Some([1; 32]));
}
