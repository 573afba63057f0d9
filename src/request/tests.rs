use super::*;

#[test]
fn a_rejected_spelling_says_what_is_allowed_and_what_was_meant() {
    for (text, meant) in [
        ("V1.23.4", Some("1.23.4")),
        ("Go 1.23.x", Some("1.23")),
        ("golang-1.22", Some("1.22")),
        ("1.24-rc1", Some("1.24rc1")),
        ("1.22@latest", Some("1.22")),
        ("go@1.22", Some("1.22")),
        ("go1.22.12.linux-amd64", Some("1.22.12")),
        ("!=1.22.12", None),
        ("tip", None),
        ("lts", None),
        ("1.9.2rc2", None),
        ("1.2x", None),
        ("1.22rc", None),
        ("01.2", None),
        ("../../etc", None),
        ("", None),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.suggestion.as_deref(), meant, "{text}");
        assert!(error.to_string().contains("latest, oldstable or"), "{error}");
    }
}

#[test]
fn a_word_of_another_tool_gets_a_pointer() {
    for (text, hint) in [
        ("go@1.23.4", "write 1.23.4"),
        ("tip", "gotip@latest"),
        ("lts", "oldstable"),
        ("unstable", "--prereleases"),
        ("garbage", "gvmr ls-remote"),
        ("system", "gvmr use system"),
        ("1.21,1.22", "separated by spaces"),
    ] {
        let error = parse(text).unwrap_err();
        let shown = error.hint().unwrap();
        assert!(shown.contains(hint), "{text}: {shown}");
    }
}

#[test]
fn system_is_a_go_and_no_version() {
    assert_eq!(parse_any(" system ").unwrap(), RequestedGo::System);
    assert_eq!(parse_any("v1.22.3").unwrap().to_string(), "1.22.3");
    assert!(parse("system").is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}") {
        match parse(&text) {
            Ok(request) => drop(request.to_string()),
            Err(error) => drop(error.hint()),
        }
    }
}
