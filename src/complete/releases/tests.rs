use super::*;
use crate::request;
use crate::verify::known_versions;
use proptest::prelude::*;

const RELEASED: [&str; 13] = [
    "1.0.3", "1.2", "1.2.2", "1.20", "1.20.1", "1.21.0", "1.22.0", "1.22.1", "1.22.10", "1.22.2", "1.23.0",
    "1.23rc1", "1.24rc1",
];

fn parsed(texts: &[&str]) -> Vec<Version> {
    texts.iter().map(|text| Version::parse(text).unwrap()).collect()
}

fn words(word: &str) -> Vec<String> {
    let fit = matching(word, &parsed(&RELEASED), &parsed(&["1.22.1"]));
    fit.into_iter().map(|candidate| candidate.word).collect()
}

#[test]
fn minors_come_first_and_releases_once_a_minor_is_typed() {
    assert_eq!(words(""), ["latest", "oldstable", "1.23", "1.22", "1.21", "1.20", "1.2"]);
    assert_eq!(words("1.2"), ["1.23", "1.22", "1.21", "1.20", "1.2"]);
    assert_eq!(words("1.22"), ["1.22", "1.22.10", "1.22.2", "1.22.1", "1.22.0"]);
    assert_eq!(words("1.22.1"), ["1.22.10", "1.22.1"]);
    assert_eq!(words("1.2."), ["1.2.2", "1.2.0"]);
    assert_eq!(words("1.20"), ["1.20", "1.20.1", "1.20.0"]);
}

#[test]
fn prereleases_come_where_nothing_else_fits() {
    assert_eq!(words("1.24"), ["1.24rc1"]);
    assert_eq!(words("1.23r"), ["1.23rc1"]);
    assert_eq!(words("lat"), ["latest"]);
    assert_eq!(words("1.9"), [""; 0]);
    assert_eq!(words("-"), [""; 0]);
}

#[test]
fn the_help_says_what_a_minor_means_and_what_is_installed() {
    let help = |word: &str, installed: &str| {
        let fit = matching(word, &parsed(&RELEASED), &parsed(&[installed]));
        fit.into_iter().find(|candidate| candidate.word == word).unwrap().help
    };
    assert_eq!(help("1.22", "1.22.1"), "newest is 1.22.10");
    assert_eq!(help("1.22", "1.22.10"), "newest is 1.22.10, installed");
    assert_eq!(help("1.22.1", "1.22.1"), "installed");
    assert_eq!(help("1.20.0", "1.20"), "installed");
    assert_eq!(help("1.22.1", "1.22.2"), "");
}

proptest! {
    /// Each word that is offered for one of Go's own versions is a request that one of them fulfils, and the version
    /// itself is reached by typing on.
    #[test]
    fn what_is_offered_can_be_asked_for(index in any::<prop::sample::Index>(), length in 0usize..8) {
        let released = known_versions("amd64");
        let version = index.get(&released).exact().to_string();
        let word = version.get(..length).unwrap_or(&version);
        for candidate in matching(word, &released, &[]) {
            prop_assert!(candidate.word.starts_with(word));
            prop_assert!(request::parse(&candidate.word).unwrap().newest(&released).is_some(), "{candidate:?}");
        }
        let found = matching(&version, &released, &[]);
        prop_assert!(found.iter().any(|candidate| candidate.word == version), "{found:?}");
    }
}
