//! What each mistake is, and where; that a file with one never yields a record, and that no message shows a value.

use super::{compile_config, compile_project};
use gvmr_core::env::compiled_rules::{CompiledRules, RECORD_LIMIT, RulesPin, SOURCE_LIMIT, When};
use gvmr_core::env::subnet::Subnet;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

const HOME: &str = "/h";

/// What stands in for a password: no message may hold it.
const CANARY: &str = "s3cr3tcanary";

/// A record, or line, column and message of each mistake.
type Compiled = Result<CompiledRules, Vec<(usize, usize, String)>>;

/// A text, and line, column and a part of the message of each of its mistakes.
type Case<'a> = (&'a str, &'a [(usize, usize, &'a str)]);

fn project(bytes: &[u8]) -> Compiled {
    let result = compile_project(Path::new("/p/gvmr.toml"), bytes, Some(Path::new(HOME)));
    checked(bytes, result.map_err(|error| (error.to_string(), error.mistakes)))
}

fn config(bytes: &[u8]) -> Compiled {
    let result = compile_config(Path::new("/h/.config/gvmr/config.toml"), bytes, Some(Path::new(HOME)));
    checked(bytes, result.map_err(|error| (error.to_string(), error.mistakes)))
}

/// What holds of every answer: the shim reads a record back as it is, and an error names places in the file.
fn checked(bytes: &[u8], result: Result<CompiledRules, (String, Vec<super::Mistake>)>) -> Compiled {
    match result {
        Ok(record) => {
            assert_eq!(CompiledRules::read(&record.write()).as_ref(), Some(&record));
            assert_eq!(record.body, bytes);
            assert!(record.write().len() as u64 <= RECORD_LIMIT);
            Ok(record)
        }
        Err((shown, mistakes)) => {
            assert!(!mistakes.is_empty() && !shown.contains(CANARY), "{shown}");
            assert!(shown.lines().count() == mistakes.len() && !shown.contains('\u{1b}'), "{shown}");
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!(mistakes.iter().all(|one| (1..=lines).contains(&one.line) && one.column > 0), "{shown}");
            assert!(mistakes.is_sorted_by_key(|one| (one.line, one.column)), "{shown}");
            Err(mistakes.into_iter().map(|one| (one.line, one.column, one.message)).collect())
        }
    }
}

/// Compiles each text and compares places and a part of each message.
fn expect(compile: fn(&[u8]) -> Compiled, cases: &[Case<'_>]) {
    for (text, expected) in cases {
        let mistakes = compile(text.as_bytes()).expect_err(text);
        let places: Vec<_> = mistakes.iter().map(|(line, column, _)| (*line, *column)).collect();
        let wanted: Vec<_> = expected.iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(places, wanted, "{text}\n{mistakes:#?}");
        for ((_, _, message), (_, _, part)) in mistakes.iter().zip(*expected) {
            assert!(message.contains(part), "{text}\n{message}\nlacks: {part}");
        }
    }
}

#[test]
fn a_key_that_is_not_allowed_is_named_with_what_is() {
    expect(
        project,
        &[
            ("Go = \"1.23\"", &[(1, 1, "did you mean go?")]),
            (
                "hook = \"x\"",
                &[(1, 1, "\"hook\" is not allowed in a project file; allowed: go, env and network")],
            ),
            ("[envs]\nX = 1", &[(1, 2, "did you mean env?")]),
            ("[networks]", &[(1, 2, "did you mean network?")]),
            ("GOPATH = \"/x\"", &[(1, 1, "below [env]")]),
            ("gateway = \"10.0.0.1\"", &[(1, 1, "below [[network]]")]),
            ("[override]\nGOPATH = \"/x\"", &[(1, 2, "write [env.override]")]),
            ("mirrors = \"https://x\"", &[(1, 1, "your own config.toml")]),
            ("[[directory]]\npath = \"/x\"", &[(1, 3, "your own config.toml")]),
            ("[env]\n  gopath = \"/x\"", &[(2, 3, "did you mean GOPATH?")]),
            ("[env]\nGOPROX = \"off\"", &[(2, 1, "did you mean GOPROXY?")]),
            ("[env]\nhttps_proxy = \"p:1\"", &[(2, 1, "write HTTPS_PROXY; a rule sets both spellings")]),
            ("[env]\noverride = \"x\"", &[(2, 12, "env.override must be a table")]),
            ("[env]\noverrides.GOPATH = \"/x\"", &[(2, 1, "did you mean override?")]),
            (
                "[env]\nPATH = \"/x\"\nLD_PRELOAD = \"/x\"",
                &[
                    (2, 1, "\"PATH\" is not a variable that a rule can set; allowed: GOPATH, GOBIN,"),
                    (3, 1, "CC, CXX, AR, PKG_CONFIG; CGO_*FLAGS also with _ALLOW and _DISALLOW"),
                ],
            ),
            (
                "[env.override]\nGOTOOLCHAIN = \"local\"\nGOROOT = \"/x\"",
                &[
                    (2, 1, "GOTOOLCHAIN follows from the selected version"),
                    (3, 1, "GOROOT follows from the selected version"),
                ],
            ),
            ("[env]\n\"https://joe:s3cr3tcanary@host\" = \"x\"", &[(2, 1, "this key is not a variable")]),
            (
                "[[network]]\ngateways = \"10.0.0.1\"\n",
                &[(1, 1, "it needs gateway, subnet or interface"), (2, 1, "did you mean gateway?")],
            ),
            (
                "[[network]]\nssid = \"x\"\ngateway = \"10.0.0.1\"",
                &[(2, 1, "gateway, subnet, interface, env and env.override")],
            ),
            (
                "[[network]]\nsubnet = \"10.0.0.0/8\"\nGOPROXY = \"off\"",
                &[(3, 1, "write env.GOPROXY or env.override.GOPROXY")],
            ),
            (
                "[[network]]\nsubnet = \"10.0.0.0/8\"\noverride.GOPROXY = \"off\"",
                &[(3, 1, "write env.override")],
            ),
        ],
    );
    expect(
        config,
        &[
            ("[[directory]]\npth = \"/x\"", &[(1, 1, "needs a path"), (2, 1, "did you mean path?")]),
            (
                "[[directory]]\npath = \"/x\"\ngo = \"1.23\"",
                &[(3, 1, "\"go\" is not allowed in [[directory]]")],
            ),
            ("[[directory]]\npath = \"/x\"\nenv.PATH = \"/x\"", &[(3, 5, "\"PATH\" is not a variable")]),
        ],
    );
}

#[test]
fn a_value_of_another_type_is_named_with_what_to_write() {
    expect(
        project,
        &[
            ("go = 1.20", &[(1, 6, "write it in quotes")]),
            ("go = 1", &[(1, 6, "write it in quotes")]),
            ("go = true", &[(1, 6, "got a boolean")]),
            ("go = [\"1.23\"]", &[(1, 6, "got a list")]),
            ("[go]", &[(1, 1, "got a table")]),
            ("go = \"\"", &[(1, 6, "not a Go version")]),
            ("go = \"newest\"", &[(1, 6, "not a Go version")]),
            ("go = \">=\"", &[(1, 6, "not a Go version")]),
            ("go = \"../../s3cr3tcanary\"", &[(1, 6, "not a Go version")]),
            ("env = \"GOPATH=/x\"", &[(1, 7, "env must be a table of variables, not a string")]),
            ("[[env]]\nGOPATH = \"/x\"", &[(1, 1, "env must be a table of variables, not a list")]),
            ("[network]\ngateway = \"10.0.0.1\"", &[(1, 1, "two brackets")]),
            ("network = [\"x\", {}]", &[(1, 12, "two brackets"), (1, 17, "it needs gateway")]),
            ("env.CGO_ENABLED = 0", &[(1, 19, "\"0\" or \"1\" in quotes, got an integer")]),
            ("env.CGO_ENABLED = true", &[(1, 19, "got a boolean")]),
            ("env.GOPATH = [\"/a\", \"/b\"]", &[(1, 14, "one string with \":\" between its paths")]),
            ("env.GOPROXY = [\"direct\"]", &[(1, 15, "one string, as in the environment")]),
            ("env.GOFLAGS = 2026-11-23", &[(1, 15, "a string in quotes, got a date")]),
            ("env.GOPATH.x = \"y\"", &[(1, 5, "got a table")]),
            (
                "[[network]]\ngateway = 10\nsubnet = []\ninterface = [\"eth0\", 1]",
                &[(2, 11, "not an integer"), (3, 10, "the list is empty"), (4, 22, "not an integer")],
            ),
            (
                "[[network]]\ngateway = \"10.0.0.x\"\nsubnet = \"10.0.0.0/33\"\ninterface = [\"eth 0\", \"averylonginterface\", \"\"]",
                &[
                    (2, 11, "not an address"),
                    (3, 10, "not a subnet"),
                    (4, 14, "not the name of an interface"),
                    (4, 23, "not the name of an interface"),
                    (4, 45, "not the name of an interface"),
                ],
            ),
        ],
    );
    expect(
        config,
        &[
            ("[directory]\npath = \"/x\"", &[(1, 1, "write [[directory]] with two brackets, got a table")]),
            ("[[directory]]\npath = [\"/x\"]", &[(2, 8, "path must be a string in quotes, got a list")]),
            ("[[directory]]\npath = \"work\"", &[(2, 8, "must be absolute")]),
            ("[[directory]]\npath = \"$HOME/work\"", &[(2, 8, "write \"${HOME}\"")]),
            ("[[directory]]\npath = \"${PROJECT}\"", &[(2, 8, "only in a project's gvmr.toml")]),
            (
                "[[directory]]\npath = \"~/a\"\n\n[[directory]]\npath = \"/h/./a/\"\n[[directory]]\npath = \"/h/b\"",
                &[(5, 8, "line 1 already has a rule for this directory")],
            ),
        ],
    );
}

#[test]
fn a_value_that_would_do_harm_or_nothing_is_named() {
    expect(
        project,
        &[
            ("env.GOPATH = \"go\"", &[(1, 14, "must be absolute")]),
            ("env.GOPATH = \"'~/go'\"", &[(1, 14, "inner quotes")]),
            ("env.GOPATH = \"~/a::/b\"", &[(1, 14, "empty")]),
            ("env.GOPATH = \"/a:b\"", &[(1, 14, "element 2")]),
            ("env.GOBIN = \"~joe/bin\"", &[(1, 13, "user's name")]),
            ("env.GOMODCACHE = \"$PROJECT/mod\"", &[(1, 18, "write \"${PROJECT}\"")]),
            ("env.GOCACHE = \"off\"", &[(1, 15, "must be absolute")]),
            ("env.GOFLAGS = \"-x=${USER}\"", &[(1, 15, "only ${HOME} and ${PROJECT}")]),
            ("env.GOFLAGS = \"a\\u0007b\"", &[(1, 15, "control characters")]),
            ("env.GOFLAGS = \"a\\u0000b\"", &[(1, 15, "control characters")]),
            ("env.GOFLAGS = \"\"\"-v\n-x\"\"\"", &[(1, 15, "one line")]),
            ("env.GOPROXY = \"\"", &[(1, 15, "sets nothing")]),
            ("env.CGO_ENABLED = \"yes\"", &[(1, 19, "must be \"0\" or \"1\"")]),
            ("env.HTTPS_PROXY = \"ftp://joe:s3cr3tcanary@p:1\"", &[(1, 19, "not a proxy address")]),
            ("env.HTTP_PROXY = \"http://joe:s3cr3tcanary#@p:1\"", &[(1, 18, "%23")]),
            ("env.GOPROXY = \"http://joe:s3cr3tcanary@p\"", &[(1, 15, "unencrypted")]),
            ("env.GOSUMDB = \"https://joe:s3cr3tcanary@p\"", &[(1, 15, "not a checksum database")]),
            ("env.override.GOPROXY = \",\"", &[(1, 24, "no entries")]),
        ],
    );
}

#[test]
fn what_is_not_toml_is_one_mistake() {
    expect(
        project,
        &[
            ("go = \"1.23", &[(1, 11, "not TOML")]),
            ("[env]\nGOPROXY = s3cr3tcanary", &[(2, 11, "not TOML")]),
            ("[env]\nGOPROXY = \"a\"\nGOPROXY = \"b\"", &[(3, 1, "duplicate key")]),
            ("[env]\nGOPATH = \"/a\"\n[env]\nGOBIN = \"/b\"", &[(3, 2, "duplicate key")]),
            ("\u{feff}[env", &[(1, 5, "not TOML")]),
        ],
    );
    let not_text = |bytes: &[u8]| {
        let found = project(bytes).unwrap_err();
        assert!(found.len() == 1 && found[0].2.contains("not UTF-8"), "{found:?}");
        (found[0].0, found[0].1)
    };
    assert_eq!(not_text(b"# \xc3\xbc\ngo = \"\xff\""), (2, 7));
    assert_eq!(not_text(b"\xff\xfeg\0o\0"), (1, 1));
    assert_eq!(
        not_text("# ü ".as_bytes().strip_suffix(b" ").map(|all| [all, b"\xe4"].concat()).unwrap().as_slice()),
        (1, 4)
    );
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let text = "go = 1.20\nhook = \"x\"\n[[network]]\nenv.GOPATH = \"x\"\n[env]\nGOPROX = \"off\"\r\nCGO_ENABLED = 1\n";
    let places: Vec<_> = project(text.as_bytes()).unwrap_err().iter().map(|one| (one.0, one.1)).collect();
    assert_eq!(places, [(1, 6), (2, 1), (3, 1), (4, 14), (6, 1), (7, 15)]);
    let error = compile_project(Path::new("/p\u{1b}/gvmr.toml"), b"go = 1\n\nx = 1", None).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.starts_with("/p\\u{1b}/gvmr.toml:1:6: ") && shown.contains("\n/p\\u{1b}/gvmr.toml:3:1: "),
        "{shown}"
    );
}

#[test]
fn a_project_files_record_holds_what_it_says_in_its_order() {
    let text = b"go = \"1.20\"\n[[network]]\ngateway = [\"10.0.2.2\", \"fe80::1\"]\nsubnet = \"192.168.1.7/16\"\n\
        env.override.NO_PROXY = \"\"\nenv.HTTPS_PROXY = \"http://10.0.2.2:3128\"\n[env]\nGOPRIVATE = \"*.corp\"\n\
        [env.override]\nGOPATH = \"${PROJECT}/.gopath:~/go\"\n[[network]]\ninterface = \"eth0\"\n";
    let record = project(text).unwrap();
    assert_eq!(record.source, Path::new("/p/gvmr.toml"));
    assert_eq!(record.home.as_deref(), Some(Path::new(HOME)));
    assert!(matches!(&record.pin, Some(RulesPin { line: 1, written, .. }) if written == "1.20"));
    let [always, network] = &record.sections[..] else { panic!("{record:?}") }; // one that sets nothing is left out
    assert_eq!((&always.when, always.line), (&When::Always, 8));
    let set = |index: usize| {
        let one = &always.assignments[index];
        (one.line, one.variable.name, one.value.to_str().unwrap(), one.overrides)
    };
    assert_eq!(set(0), (8, "GOPRIVATE", "*.corp", false));
    assert_eq!(set(1), (10, "GOPATH", "/p/.gopath:/h/go", true));
    let When::Network(conditions) = &network.when else { panic!("{network:?}") };
    assert_eq!((network.line, conditions.gateways.len()), (2, 2));
    assert_eq!(conditions.subnets, [Subnet::parse("192.168.0.0/16").unwrap()]);
    assert_eq!(network.assignments[0].value, "");
    assert!(network.assignments[0].overrides && network.assignments[0].line == 5);
}

#[test]
fn the_settings_own_keys_are_left_to_them() {
    let text = b"auto-install = 3\nmirrors = [\"x\"]\nnonsense = { a = 1 }\n[[directory]]\npath = \"~/work\"\nenv.GOPATH = \"~/work/go\"\n\
        [env]\nGOPRIVATE = \"x\"\n[[network]]\ninterface = \"eth0\"\nenv.GOPROXY = \"off\"\n[[directory]]\npath = \"~/play\"\nenv.GOFLAGS = \"-v\"\n";
    let record = config(text).unwrap();
    let places: Vec<_> = record.sections.iter().map(|section| section.line).collect();
    assert_eq!((places, record.pin), (vec![8, 4, 9, 12], None));
    assert_eq!(record.sections[1].when, When::Directory("/h/work".into()));
    let settings_only = config(b"auto-install = \"never\"\n").unwrap();
    assert!(settings_only.sections.is_empty());
    assert!(config(b"").unwrap().sections.is_empty() && project(b"").unwrap().sections.is_empty());
}

#[test]
fn what_a_record_cannot_hold_is_a_mistake() {
    let at = |file: &str, home: Option<&str>, text: &str| {
        compile_project(Path::new(file), text.as_bytes(), home.map(Path::new))
            .map_err(|error| error.to_string())
    };
    assert!(
        at("/p\nq/gvmr.toml", None, "")
            .unwrap_err()
            .contains("1:1: the path of this file contains a newline")
    );
    assert!(at("p/gvmr.toml", None, "").is_err());
    assert!(at("/p/gvmr.toml", Some("/h\n"), "").unwrap_err().contains("1:1: HOME contains a newline"));
    assert!(
        at("/p/gvmr.toml", None, "env.GOPATH = \"~/go\"")
            .unwrap_err()
            .contains("HOME is not an absolute path")
    );
    // A relative HOME is kept, since the shim compares it, and means nothing.
    assert_eq!(at("/p/gvmr.toml", Some("h"), "").unwrap().home, Some(PathBuf::from("h")));
    assert!(at("/p/gvmr.toml", Some("h"), "env.GOPATH = \"~/go\"").is_err());
    let long = format!("/{}", "h".repeat(4000));
    let values = "GOPRIVATE = \"${HOME}${HOME}${HOME}${HOME}${HOME}\"\n";
    let rules = format!("[[network]]\ninterface = \"eth0\"\nenv.{values}").repeat(60);
    assert!(at("/p/gvmr.toml", Some("/h"), &rules).is_ok());
    assert!(at("/p/gvmr.toml", Some(&long), &rules).unwrap_err().contains("exceed 512 KiB"));
}

/// Pieces of TOML and of rules, in any order: near enough to both to get far.
fn nearly_toml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[env]\n".to_owned()),
        Just("[env.override]\n".to_owned()),
        Just("[[network]]\n".to_owned()),
        Just("[[directory]]\n".to_owned()),
        Just("[network]\n".to_owned()),
        Just("env.".to_owned()),
        Just("override.".to_owned()),
        Just(" = ".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        "(go|path|gateway|subnet|interface|GOPATH|GOBIN|GOPROXY|HTTPS_PROXY|CGO_ENABLED|GOSUMDB) = ",
        "\"(~/|/|\\$\\{HOME\\}|\\$\\$\\{|\\$|http://|s3cr3tcanary|@|:|,|direct|1\\.2|10\\.0\\.0\\.1|%|[ -~]){0,4}\"\n",
        "(1\\.20|true|\\[|\\]|\\{|\\}|\"|'|#|[0-9]{1,3})",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_give_a_record_or_mistakes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (project(&bytes), config(&bytes));
    }

    #[test]
    fn what_is_nearly_toml_gives_a_record_or_mistakes_without_a_secret(text in nearly_toml()) {
        let _ = (project(text.as_bytes()), config(text.as_bytes()));
    }

    #[test]
    fn no_value_is_ever_shown(
        name in proptest::sample::select(gvmr_core::env::variable::VARIABLES.iter().map(|one| one.name).collect::<Vec<_>>()),
        before in "[ -!#-\\[\\]-~]{0,8}",
        after in "[ -!#-\\[\\]-~]{0,8}",
        place in proptest::sample::select(vec!["env.", "env.override.", "", "env.x", "[[network]]\ngateway=", "[[network]]\nsubnet=",
            "[[network]]\ninterface=", "[[directory]]\npath="]),
        quote in proptest::sample::select(vec!["\"", "'", ""]),
    ) {
        let key = if place.ends_with('=') { String::new() } else { format!("{name} = ") };
        let before = before.replace('\'', "");
        let text = format!("{place}{key}{quote}{before}{CANARY}{}{quote}\n", after.replace('\'', ""));
        let _ = (project(text.as_bytes()), config(text.as_bytes()));
    }
}

#[test]
fn the_largest_file_is_compiled_in_a_moment() {
    let limit = usize::try_from(SOURCE_LIMIT).unwrap();
    for piece in
        ["[[network]]\n", "x.", "[", "{a=", "\"", "[[directory]]\npath=\"/a\"\n", "[env]\n", "a=1\n", "#\n"]
    {
        let text = piece.repeat(limit / piece.len());
        let started = std::time::Instant::now();
        let _ = (project(text.as_bytes()), config(text.as_bytes()));
        assert!(started.elapsed().as_secs() < 20, "{piece:?} took {:?}", started.elapsed());
    }
}
