use super::*;
use proptest::prelude::*;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

/// Each line sorts before the next; versions on one line are equal.
const IN_ORDER: &[&[&str]] = &[
    &["1", "1.0", "1.0.0"],
    &["1.2rc3"],
    &["1.2", "1.2.0"],
    &["1.2.3"],
    &["1.19alpha3"],
    &["1.19beta2"],
    &["1.19rc1"],
    &["1.19rc2"],
    &["1.19", "1.19.0"],
    &["1.19.1"],
    &["1.20", "1.20.0"],
    &["1.21"],
    &["1.21rc1"],
    &["1.21rc10"],
    &["1.21.0"],
    &["1.21.9"],
    &["1.21.10"],
    &["1.99999999999999998"],
    &["1.99999999999999999"],
    &["2"],
];

#[test]
fn versions_sort_as_go_sorts_them() {
    for (index, line) in IN_ORDER.iter().enumerate() {
        for (other_index, other_line) in IN_ORDER.iter().enumerate() {
            for (left, right) in
                line.iter().flat_map(|left| other_line.iter().map(move |right| (left, right)))
            {
                assert_eq!(version(left).cmp(&version(right)), index.cmp(&other_index), "{left} {right}");
            }
        }
    }
}

#[test]
fn malformed_versions() {
    let malformed = [
        "",
        "x",
        "go1.22",
        "v1.22",
        "1.",
        "1.22.",
        ".1",
        "01",
        "1.022",
        "1.22.00",
        "1.9.2rc2",
        "1.600+auto",
        "1.22-x",
        "1.22 ",
        " 1.22",
        "1.22rc1x",
        "1.22RC1",
        "1.22rc01",
        "1.2.3.4",
        "1..2",
        "-1",
        "１.22",
    ];
    for text in malformed {
        assert!(Version::parse(text).is_none(), "{text:?}");
    }
}

#[test]
fn language_versions() {
    let cases = [("1.2rc3", "1.2"), ("1.2.3", "1.2"), ("1", "1"), ("1.0.3", "1"), ("1.999testmod", "1.999")];
    for (text, language) in cases {
        assert_eq!(version(text).language().as_str(), language);
    }
    let is_language = |text| version(text).is_language();
    assert!(is_language("1.21") && is_language("1.22") && is_language("1.99999999999999999"));
    assert!(!["1.2rc3", "1.2.3", "1.999testmod", "1.20", "1", "1.21.0"].into_iter().any(is_language));
}

#[test]
fn names_of_releases() {
    for (text, first, exact, toolchain) in [
        ("1.22", "1.22.0", "1.22", "go1.22"),
        ("1.21", "1.21.0", "1.21", "go1.21"),
        ("1.20", "1.20.0", "1.20.0", "go1.20"),
        ("1.20.0", "1.20.0", "1.20.0", "go1.20"),
        ("1.20.1", "1.20.1", "1.20.1", "go1.20.1"),
        ("1.21.0", "1.21.0", "1.21.0", "go1.21.0"),
        ("1.24rc1", "1.24rc1", "1.24rc1", "go1.24rc1"),
        ("1", "1.0.0", "1.0.0", "go1"),
        ("1.0", "1.0.0", "1.0.0", "go1.0"),
        ("1.0.0", "1.0.0", "1.0.0", "go1"),
        ("1.0.3", "1.0.3", "1.0.3", "go1.0.3"),
    ] {
        let parsed = version(text);
        assert_eq!(parsed.first_release().as_str(), first, "first release of {text}");
        assert_eq!(parsed.exact().as_str(), exact, "{text} as exactly one");
        assert_eq!(parsed.toolchain_name(), toolchain, "the toolchain of {text}");
        assert_eq!(Version::from_toolchain(&parsed.toolchain_name()).unwrap(), parsed, "{text} and back");
    }
    assert_eq!(version("1.24rc1").prerelease(), "rc1");
    assert_eq!(version("1.24.1").prerelease(), "");
    assert_eq!(version("1.24").numbers(), Some((1, 24, 0)));
    assert_eq!(version("1.99999999999999999999").numbers(), None);
}

#[test]
fn toolchain_names() {
    let of = |name| Version::from_toolchain(name).map(|version| version.as_str().to_owned());
    for name in ["go1.2.3", "go1.2.3-bigcorp", "go1.2.3 X:boringcrypto", "go1.2.3\tx", "go1.2.3-a-b"] {
        assert_eq!(of(name).as_deref(), Some("1.2.3"), "{name}");
    }
    for name in ["1.2.3", "go1.2.3+bigcorp", "gccgo-go1.23rc4", "go1.2.3-a/b", "go1.2.3\\b", "go", "go-1", ""]
    {
        assert_eq!(of(name), None, "{name}");
    }
}

#[test]
fn what_is_older_than_a_minor_version() {
    for (text, minor, expected) in [
        ("1.8.7", 9, true),
        ("1.9", 9, false),
        ("1.9rc1", 9, false),
        ("1.20.14", 21, true),
        ("1.21rc1", 21, false),
        ("1", 9, true),
        ("0.9", 1, true),
        ("2.0.0", 99, false),
        ("1.99999999999999999999", 21, false),
    ] {
        assert_eq!(version(text).is_before(minor), expected, "{text} before 1.{minor}");
    }
}

proptest! {
    #[test]
    fn any_text_parses_or_not_without_a_panic(text in any::<String>(), other in "[0-9.a-z]{0,12}") {
        let _ = Version::from_toolchain(&text);
        if let (Some(left), Some(right)) = (Version::parse(&text), Version::parse(&other)) {
            prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
        }
    }

    #[test]
    fn what_parses_is_kept_as_written(text in "[1-9]{1,3}(\\.(0|[1-9][0-9]{0,30})(\\.[1-9]|rc[1-9])?)?") {
        prop_assert_eq!(version(&text).to_string(), text);
    }
}
