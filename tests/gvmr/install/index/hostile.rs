//! What is not an index, and entries that are not what they say.

use super::*;

fn error(reply: Reply) -> IndexError {
    Fixture::new(reply).read().unwrap_err()
}

/// The index of a good release and one more.
fn beside(other: Value) -> Index {
    let mut releases = list(&[("go1.90.0", &sum(1))]);
    releases.as_array_mut().unwrap().push(other);
    let index = Fixture::new(json_reply(&releases)).index();
    assert_eq!(sum_of(&index, "1.90.0"), Some([1; 32]));
    index
}

/// The index of a good release and another with one file, of which one field is changed.
fn with(field: &str, value: Value) -> Index {
    let mut release = list(&[("go1.90.1", &sum(1))])[0].clone();
    release["files"][0][field] = value;
    beside(release)
}

#[test]
fn what_is_not_an_index_is_named_as_what_it_is() {
    let kind = |reply| match error(reply) {
        IndexError::Net(error) => error.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(Reply::html()), NetErrorKind::Html);
    assert_eq!(kind(Reply::ok("\n <HTML><body>portal")), NetErrorKind::Html);
    assert_eq!(kind(Reply::endless()), NetErrorKind::TooLarge { limit: 16 << 20 });
    assert_eq!(kind(Reply::ok("[").declared(17 << 20)), NetErrorKind::TooLarge { limit: 16 << 20 });
    let half = list(&[("go1.90.0", &sum(1))]).to_string();
    assert!(matches!(kind(Reply::ok(&half).fault(Fault::CutAfter(99))), NetErrorKind::Cut { .. }));
    assert!(matches!(kind(Reply::ok(&half).chunked().fault(Fault::CutAfter(99))), NetErrorKind::Cut { .. }));
}

#[test]
fn malformed_json_is_told_with_its_place() {
    let good = list(&[("go1.90.0", &sum(1))]).to_string();
    let quoted = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let nested = |field: &str| [format!("[{{\"{field}\":").as_bytes(), &b"[".repeat(3_000_000)].concat();
    for (body, expected) in [
        (b"".to_vec(), "line 1, column 0: EOF"),
        (b"not json".to_vec(), "line 1, column 2: expected ident"),
        (b"{\n\"error\": 1}".to_vec(), "line 1, column 0: invalid type: map, expected a list of releases"),
        (b"[\n1]".to_vec(), "line 2, column 1: invalid type: integer `1`, expected struct Release"),
        (b"[[]]".to_vec(), "invalid length 0, expected struct Release"),
        (b"[{}]".to_vec(), "missing field `version`"),
        (b"[{\"version\":\"go1.90.0\"}]".to_vec(), "missing field `files`"),
        (b"[{\"version\":\"go1.90.0\",\"files\":\"x\\u001b[2J\"}]".to_vec(), "expected a list of files"),
        (good.trim_end_matches(']').as_bytes().to_vec(), "EOF while parsing"),
        ([good.as_bytes(), b"[]"].concat(), "trailing characters"),
        (b"[\"\n\xff\"]".to_vec(), "line 2, column 1: expected UTF-8"),
        (quoted("\"size\":70000000", "\"size\":-1"), "expected u64"),
        (quoted("\"size\":70000000", "\"size\":1e99"), "expected u64"),
        (quoted("\"size\":70000000", "\"size\":7,\"size\":8"), "duplicate field `size`"),
        (quoted("\"files\":", "\"version\":\"go1.90.1\",\"files\":"), "duplicate field `version`"),
        (quoted("\"filename\":\"go1.90.0.linux-amd64.tar.gz\",", ""), "missing field `filename`"),
        (nested("version"), "invalid type: sequence, expected a string"),
        (nested("stable"), "EOF while parsing"),
        (b"[".repeat(3_000_000), "invalid type: sequence, expected a string"),
    ] {
        let error = error(Reply::ok(&body));
        assert!(matches!(error, IndexError::Malformed { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(expected), "{text} lacks {expected}");
        assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn lists_without_end_end() {
    let releases = "{\"version\":\"go1\",\"files\":[]},".repeat(20_001);
    let text = error(Reply::ok(format!("[{}]", releases.trim_end_matches(',')))).to_string();
    assert!(text.contains("expected at most 20000 releases"), "{text}");
    let file = archive("go1.90.0", "amd64", "").to_string().replace("linux", "plan9") + ",";
    let files = file.repeat(1001);
    let text = error(Reply::ok(format!(
        "[{{\"version\":\"go1.90.0\",\"files\":[{}]}}]",
        files.trim_end_matches(',')
    )))
    .to_string();
    assert!(text.contains("expected at most 1000 files"), "{text}");
    let arches: Vec<_> = (0..900).map(|number| archive("go1.90.1", &format!("a{number}"), "")).collect();
    let index = beside(json!({ "version": "go1.90.1", "files": arches }));
    assert!(
        index.file(&version("1.90.1"), "a63").is_some() && index.file(&version("1.90.1"), "a64").is_none()
    );
    assert_eq!(index.notes().len(), 9);
    assert_eq!(index.notes()[0], "ignoring the index entry \"go1.90.1.linux-a64.tar.gz\": too many entries");
    assert_eq!(index.notes()[8], "and 828 more ignored entries");
}

#[test]
fn a_list_without_anything_for_linux_is_no_index() {
    for body in ["[]".to_owned(), list(&[("go1.90.0", "")]).to_string().replace("linux", "darwin")] {
        let error = error(Reply::ok(body));
        assert!(matches!(&error, IndexError::Empty { refused, .. } if refused.is_empty()), "{error:?}");
    }
}

#[test]
fn a_name_is_exactly_what_version_and_processor_say() {
    for name in [
        "../go1.90.1.linux-amd64.tar.gz",
        "/etc/passwd",
        "https://evil.example/go1.90.1.linux-amd64.tar.gz",
        "go1.90.1.linux-amd64.tar.gz\u{1b}[2J",
        "go1.90.1.linux-amd64.tar.gz\n",
        "go1.90.0.linux-amd64.tar.gz",
        "go1.90.1.linux-arm64.tar.gz",
        "go1.90.1.linux-amd64-musl.tar.gz",
        "go1.90.1.linux-amd64.zip",
        "go1.90.1.src.tar.gz",
        "GO1.90.1.linux-amd64.tar.gz",
        "",
        &"x".repeat(5000),
    ] {
        let index = with("filename", json!(name));
        assert_eq!(listed(&index), ["1.90.0"], "{name:?}");
        let [note] = index.notes() else { panic!("{:?}", index.notes()) };
        assert!(note.ends_with(": expected the name \"go1.90.1.linux-amd64.tar.gz\""), "{note}");
        assert!(note.len() < 250 && !note.chars().any(char::is_control), "{note}");
    }
}

#[test]
fn version_and_processor_cannot_lead_elsewhere_either() {
    for (text, refused) in [
        ("go../../1.90.1", true),
        ("go1.90.1/../../x", true),
        ("1.90.1", true),
        ("go1.90.1\u{202e}", true),
        ("go1.90.1-musl", true),
        (&*format!("go1.90.{}", "1".repeat(40)), true),
        // Oddities of the kind that the real index has: passed over without a word.
        ("go1.90", false),
        ("go1.20.0", false),
        ("go1.9.2rc2", false),
        ("go1.90.01", false),
    ] {
        let index = beside(list(&[(text, &sum(1))])[0].clone());
        assert_eq!(listed(&index), ["1.90.0"], "{text:?}");
        assert_eq!(index.notes().len(), usize::from(refused), "{text:?} {:?}", index.notes());
        assert!(index.notes().iter().all(|note| !note.contains('\u{202e}')), "{:?}", index.notes());
    }
    for arch in ["../x", "amd64/..", "AMD64", "", "x\u{0}", "src.tar.gz", &"x".repeat(17)] {
        let index = beside(json!({ "version": "go1.90.1", "files": [archive("go1.90.1", arch, &sum(1))] }));
        assert_eq!(index.versions(arch), [], "{arch:?}");
        let [note] = index.notes() else { panic!("{arch:?}: {:?}", index.notes()) };
        assert!(note.ends_with(": not the name of a release archive"), "{note}");
    }
    let index = with("version", json!("go1.90.2"));
    assert!(index.notes()[0].ends_with(": its version is \"go1.90.2\", listed under \"go1.90.1\""));
}

#[test]
fn sums_and_sizes_are_what_they_are_or_unknown() {
    for wrong in [
        "x",
        &sum(1)[1..],
        &format!("{}0", sum(1)),
        &"zz".repeat(32),
        &"é".repeat(32),
        &format!("+{}", &sum(1)[1..]),
    ] {
        let index = with("sha256", json!(wrong));
        assert_eq!(listed(&index), ["1.90.0"], "{wrong:?}");
        assert!(index.notes()[0].ends_with("is not a sha256"), "{:?}", index.notes());
    }
    let index = with("sha256", json!(sum(0xab).to_uppercase()));
    assert_eq!(sum_of(&index, "1.90.1"), Some([0xab; 32]));
    let index = with("sha256", json!(""));
    assert_eq!(sum_of(&index, "1.90.1"), None);
    for (size, expected) in [(0, None), (1, Some(1)), (u64::MAX, Some(u64::MAX))] {
        let index = with("size", json!(size));
        assert_eq!(index.file(&version("1.90.1"), "amd64").unwrap().size, expected);
    }
    let mut bare = archive("go1.90.1", "amd64", "");
    bare.as_object_mut().unwrap().retain(|field, _| field != "sha256" && field != "size");
    let index = beside(json!({ "version": "go1.90.1", "files": [bare], "new": { "field": [1, null] } }));
    let file = index.file(&version("1.90.1"), "amd64").unwrap();
    assert_eq!((file.sha256, file.size), (None, None));
}

#[test]
fn an_archive_that_is_listed_twice_has_one_sum_or_none_is_believed() {
    let twice = |one: &str, other: &str| {
        let files = [archive("go1.90.1", "amd64", one), archive("go1.90.1", "amd64", other)];
        [beside(json!({ "version": "go1.90.1", "files": files })), {
            let mut releases = list(&[("go1.90.0", &sum(1)), ("go1.90.1", one), ("go1.90.1", other)]);
            releases[1]["stable"] = json!(false);
            Fixture::new(json_reply(&releases)).index()
        }]
    };
    for index in twice(&sum(1), &sum(1)).iter().chain(&twice("", &sum(1))).chain(&twice(&sum(1), "")) {
        assert_eq!(sum_of(index, "1.90.1"), Some([1; 32]));
        assert_eq!(index.notes(), [""; 0]);
    }
    for index in twice(&sum(1), &sum(2)) {
        assert_eq!(listed(&index), ["1.90.0"]);
        let expected =
            "ignoring the index entry \"go1.90.1.linux-amd64.tar.gz\": listed with different sha256 sums";
        assert_eq!(index.notes(), [expected]);
    }
}

#[test]
fn other_platforms_and_kinds_are_passed_over_whatever_they_say() {
    let mut others = Vec::new();
    for (os, kind) in
        [("darwin", "archive"), ("4", "archive"), ("", "archive"), ("linux", "installer"), ("linux", "")]
    {
        let mut file = archive("go1.90.1", "../..", "not a sum");
        (file["os"], file["kind"]) = (json!(os), json!(kind));
        others.push(file);
    }
    let index = beside(json!({ "version": "go1.90.1", "files": others }));
    assert_eq!((listed(&index), index.notes()), (vec!["1.90.0".to_owned()], &[][..]));
}
