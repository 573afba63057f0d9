use super::*;
use proptest::prelude::*;

fn selector(word: &str) -> Selector {
    Selector::parse(word).unwrap_or_else(|error| panic!("{error}"))
}

fn newest(word: &str, candidates: &[&str]) -> Option<String> {
    let candidates: Vec<Version> = candidates.iter().map(|text| Version::parse(text).unwrap()).collect();
    selector(word).newest(&candidates).map(Version::to_string)
}

#[test]
fn what_each_word_means() {
    for (word, meant) in [
        ("1.23.4", "exact 1.23.4"),
        ("go1.23.4", "exact 1.23.4"),
        ("v1.22.3", "exact 1.22.3"),
        ("1.24rc1", "exact 1.24rc1"),
        ("1.20.0", "exact 1.20.0"),
        ("1.21.0", "exact 1.21.0"),
        ("1.0.0", "exact 1.0.0"),
        ("latest:1.22.3", "exact 1.22.3"),
        ("1.23", "prefix 1.23"),
        ("v1.23", "prefix 1.23"),
        ("1.20", "prefix 1.20"),
        ("1", "prefix 1"),
        ("go1", "prefix 1"),
        ("1.22.x", "prefix 1.22"),
        ("v1.22.x", "prefix 1.22"),
        ("1.22.*", "prefix 1.22"),
        ("1.x", "prefix 1"),
        ("1.x.x", "prefix 1"),
        ("latest:1.22", "prefix 1.22"),
        ("prefix:1.22", "prefix 1.22"),
        ("latest", "latest"),
        ("stable", "latest"),
        ("oldstable", "oldstable"),
        (">=1.21 <1.24", "range >=1.21 <1.24"),
        (">=1.21, <1.24", "range >=1.21, <1.24"),
        ("~1.22", "range ~1.22"),
    ] {
        let selector = selector(word);
        let kind = match &selector {
            Selector::Exact(_) => "exact ",
            Selector::Prefix(_) => "prefix ",
            Selector::Range(_) => "range ",
            Selector::Latest | Selector::OldStable => "",
        };
        assert_eq!(format!("{kind}{selector}"), meant, "{word}");
    }
    assert_eq!(RequestedGo::parse("system"), Ok(RequestedGo::System));
    assert_eq!(RequestedGo::parse("1.22").unwrap(), RequestedGo::Version(selector("1.22")));
}

#[test]
fn the_first_release_below_1_21_is_written_as_itself_alone() {
    let release = Version::parse("1.20").unwrap();
    assert_eq!(Selector::exact(&release).to_string(), "1.20.0");
    assert_eq!(Selector::exact(&Version::from_toolchain("go1").unwrap()).to_string(), "1.0.0");
    assert_eq!(Selector::minor(&Version::parse("1.20.0").unwrap()).to_string(), "1.20");
}

#[test]
fn what_moves_means_the_newest_of_what_is_there() {
    let installed = ["1.2", "1.20.14", "1.21rc2", "1.22.9", "1.22.10", "1.23rc1", "2.0"];
    for (word, expected) in [
        ("1.22", Some("1.22.10")),
        ("1.22.x", Some("1.22.10")),
        ("1.2", Some("1.2")),
        ("1.20", Some("1.20.14")),
        ("1", Some("1.22.10")),
        ("1.x", Some("1.22.10")),
        ("1.23", None),
        ("1.23rc1", Some("1.23rc1")),
        ("1.22.8", None),
        ("latest", Some("2.0")),
        ("oldstable", Some("1.22.10")),
        (">=1.20 <1.22", Some("1.20.14")),
        ("<1.20", Some("1.2")),
        (">=1.23rc1 <2", Some("1.23rc1")),
    ] {
        assert_eq!(newest(word, &installed).as_deref(), expected, "{word}");
    }
    assert_eq!(newest("latest", &["1.24rc1"]), None);
    assert_eq!(newest("oldstable", &["1.24.0", "1.24.1"]), None);
}

#[test]
fn paths_options_and_unknown_words_are_not_versions() {
    for word in [
        "../../x",
        "/usr/local/go",
        "-v",
        "newest",
        "go",
        "",
        "1 22",
        "1.22\0",
        "system",
        "1.2x",
        "1.22rc",
        "1.22foo1",
        "x",
        "vgo1.22",
        "V1.22",
        "1.22.3.x",
        "1.22rc1.x",
        "latest:",
        "latest:latest",
        "prefix:go1.22",
        "lts",
    ] {
        let wrong = Selector::parse(word).unwrap_err();
        assert_eq!(wrong.kind, NotAVersionKind::Unknown, "{word:?}");
    }
    assert!(Selector::parse(&format!("1.{}", "9".repeat(63))).is_err());
}

#[test]
fn several_versions_and_other_kinds_are_named() {
    for (word, kind) in [
        ("1.21,1.22", NotAVersionKind::Several),
        ("1.27.1, go1.27.2", NotAVersionKind::Several),
        ("1.21,latest", NotAVersionKind::Unknown),
        (">=1.21,1.22", NotAVersionKind::Unknown),
        ("ref:master", NotAVersionKind::Unsupported("ref:")),
        ("path:/opt/go", NotAVersionKind::Unsupported("path:")),
    ] {
        assert_eq!(Selector::parse(word).unwrap_err().kind, kind, "{word}");
    }
}

#[test]
fn a_word_is_shown_cut_and_without_control_characters() {
    let wrong = Selector::parse(&format!("\u{1b}[2J{}", "x".repeat(100))).unwrap_err();
    assert!(wrong.to_string().is_ascii() || wrong.word.ends_with('…'));
    assert!(!wrong.word.contains('\u{1b}') && wrong.word.chars().count() < 60, "{}", wrong.word);
}

/// Words of every form, and near misses of them.
fn words() -> impl Strategy<Value = String> {
    let number = "(0|1|2|19|20|21|22)";
    let version = format!("(go|v)?{number}(\\.{number}(\\.{number}|rc1|\\.x|\\.\\*)?)?");
    prop_oneof![
        proptest::string::string_regex(&version).unwrap(),
        proptest::string::string_regex(&format!("(latest:|prefix:|>=|<|~|\\^|=){version}( <{version})?"))
            .unwrap(),
        "(latest|stable|oldstable|system|\\*)",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn what_is_written_parses_back_as_the_same(word in words()) {
        match RequestedGo::parse(&word) {
            Ok(parsed) => {
                prop_assert_eq!(RequestedGo::parse(&parsed.to_string()), Ok(parsed.clone()));
                let exact = |parsed: &RequestedGo| parsed.selector().and_then(Selector::as_exact).is_some();
                prop_assert_eq!(exact(&RequestedGo::parse(&parsed.to_string()).unwrap()), exact(&parsed));
            }
            Err(wrong) => prop_assert!(!wrong.word.chars().any(char::is_control)),
        }
    }

    #[test]
    fn an_exact_version_is_meant_by_its_own_words_alone(minor in 0_u64..40, patch in 0_u64..20, other in 0_u64..20) {
        let version = Version::parse(&format!("1.{minor}.{patch}")).unwrap();
        for text in [version.to_string(), Selector::exact(&version).to_string()] {
            let selector = selector(&text);
            prop_assert_eq!(selector.as_exact(), Some(&version));
            let neighbour = Version::parse(&format!("1.{minor}.{other}")).unwrap();
            prop_assert_eq!(selector.matches(&neighbour), patch == other);
        }
        let installed = Version::from_toolchain(&version.toolchain_name()).unwrap();
        prop_assert_eq!(selector(installed.as_str()), Selector::exact(&version));
    }
}
