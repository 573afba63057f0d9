//! Generated files that are right, compared with what a small model of their own says they mean.

use super::{compile_config, compile_project};
use gvmr_core::env::compiled_rules::{CompiledRules, Conditions, When};
use gvmr_core::env::subnet::Subnet;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A value as it is written between TOML's quotes, and what it means in `/proj` for the home `/home/u`.
type Written = (&'static str, &'static str);

const PATHS: &[Written] = &[
    ("~/go", "/home/u/go"),
    ("${HOME}/go", "/home/u/go"),
    ("/srv/go path", "/srv/go path"),
    ("/x/$${HOME}", "/x/${HOME}"),
    ("~", "/home/u"),
];
const LISTS: &[Written] = &[("~/go:/b", "/home/u/go:/b"), ("${HOME}:~/x", "/home/u:/home/u/x")];
const PROXIES: &[Written] = &[("p:80", "p:80"), ("http://joe:pw@p:3128/", "http://joe:pw@p:3128/")];
const TEXTS: &[Written] = &[
    ("a b", "a b"),
    ("-x=${HOME}/y", "-x=/home/u/y"),
    ("~/x", "~/x"),
    ("$HOME", "$HOME"),
    ("\\\"q\\\" ü", "\"q\" ü"),
];
const EMPTY: Written = ("", "");

#[derive(Clone, Debug)]
struct Assigned {
    name: &'static str,
    value: Written,
    overrides: bool,
}

#[derive(Clone, Debug)]
enum Rule {
    Always,
    Directory(Written),
    Network { gateways: Vec<&'static str>, subnet: Option<&'static str>, interfaces: Vec<&'static str> },
}

fn values(name: &str) -> Vec<Written> {
    match name {
        "GOPATH" => [PATHS, LISTS].concat(),
        "GOBIN" | "GOMODCACHE" | "GOCACHE" => PATHS.to_vec(),
        "CGO_ENABLED" => vec![("0", "0"), ("1", "1")],
        "HTTP_PROXY" | "HTTPS_PROXY" => PROXIES.to_vec(),
        "GOPROXY" => vec![
            ("direct", "direct"),
            ("https://a.example|file://${HOME}", "https://a.example|file:///home/u"),
        ],
        "GOSUMDB" => vec![("off", "off"), ("sum.golang.org", "sum.golang.org")],
        "GOFLAGS" => vec![("-x=${HOME}/y", "-x=/home/u/y"), ("'-tags=a b' -v", "'-tags=a b' -v")],
        _ => TEXTS.to_vec(),
    }
}

const NAMES: [&str; 12] = [
    "GOPATH",
    "GOBIN",
    "GOMODCACHE",
    "GOCACHE",
    "GOPROXY",
    "GOSUMDB",
    "GOFLAGS",
    "CGO_ENABLED",
    "CGO_LDFLAGS_ALLOW",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

fn assigned() -> impl Strategy<Value = Vec<Assigned>> {
    let one = (proptest::sample::select(NAMES.to_vec()), any::<bool>(), any::<proptest::sample::Index>());
    proptest::collection::vec(one, 0..5).prop_map(|all| {
        let mut seen = BTreeSet::new();
        let fresh = all.into_iter().filter(|(name, overrides, _)| seen.insert((*name, *overrides)));
        fresh
            .map(|(name, overrides, index)| {
                let mut values = values(name);
                values.extend(overrides.then_some(EMPTY));
                Assigned { name, value: values[index.index(values.len())], overrides }
            })
            .collect()
    })
}

fn network() -> impl Strategy<Value = Rule> {
    let gateways = proptest::sample::subsequence(vec!["10.0.2.2", "fe80::1", "0.0.0.0"], 0..=3);
    let subnet =
        proptest::option::of(proptest::sample::select(vec!["192.168.0.0/16", "fd00::/8", "10.1.1.1"]));
    let interfaces = proptest::sample::subsequence(vec!["eth0", "wlan0.5"], 0..=2);
    let all = (gateways, subnet, interfaces);
    let all = all.prop_filter("a condition", |(a, b, c)| !a.is_empty() || b.is_some() || !c.is_empty());
    all.prop_map(|(gateways, subnet, interfaces)| Rule::Network { gateways, subnet, interfaces })
}

fn rules(in_project: bool) -> impl Strategy<Value = Vec<(Rule, Vec<Assigned>)>> {
    const DIRECTORIES: [Written; 4] = [
        ("~/no-such/a//", "/home/u/no-such/a"),
        ("/no-such/./b", "/no-such/b"),
        ("${HOME}/no-such/c/../d", "/home/u/no-such/d"),
        ("/no such/é", "/no such/é"),
    ];
    let directories = if in_project { 0..=0 } else { 0..=4 };
    let directories = proptest::sample::subsequence(DIRECTORIES.to_vec(), directories);
    let directories = directories.prop_map(|all| all.into_iter().map(Rule::Directory).collect::<Vec<_>>());
    let networks = proptest::collection::vec(network(), 0..3);
    (directories, networks, any::<bool>())
        .prop_map(|(directories, networks, always)| {
            [directories, networks, if always { vec![Rule::Always] } else { Vec::new() }].concat()
        })
        .prop_shuffle()
        .prop_flat_map(|rules| {
            let count = rules.len();
            (Just(rules), proptest::collection::vec(assigned(), count))
        })
        .prop_map(|(rules, assigned)| rules.into_iter().zip(assigned).collect())
}

/// The file, written in one of the ways that TOML has for it.
fn file(rules: &[(Rule, Vec<Assigned>)], dotted: bool) -> String {
    let mut text = String::from("# a comment\n\n");
    let list = |all: &[&str]| match all {
        [one] => format!("\"{one}\""),
        all => {
            format!("[\n  {},\n]", all.iter().map(|one| format!("'{one}'")).collect::<Vec<_>>().join(", "))
        }
    };
    for (rule, assigned) in rules {
        let prefix = match rule {
            Rule::Always => "",
            Rule::Directory((written, _)) => {
                let _ = writeln!(text, "[[directory]]\npath = \"{written}\"");
                "directory."
            }
            Rule::Network { gateways, subnet, interfaces } => {
                text.push_str("[[network]]\n");
                for (key, values) in [("gateway", gateways), ("interface", interfaces)] {
                    if !values.is_empty() {
                        let _ = writeln!(text, "{key} = {}", list(values));
                    }
                }
                let _ = subnet.map(|subnet| writeln!(text, "subnet = \"{subnet}\""));
                "network."
            }
        };
        // At the top of a file only a header can follow another table's.
        let as_keys = dotted && !prefix.is_empty();
        for overrides in [false, true] {
            let table = if overrides { "env.override" } else { "env" };
            let mine: Vec<_> = assigned.iter().filter(|one| one.overrides == overrides).collect();
            if !as_keys && !mine.is_empty() {
                let _ = writeln!(text, "[{prefix}{table}]");
            }
            for one in mine {
                let before = if as_keys { format!("{table}.") } else { String::new() };
                let _ = writeln!(text, "{before}{} = \"{}\" # {}", one.name, one.value.0, one.value.0.len());
            }
        }
    }
    text
}

/// What a section means: when it counts, and what it sets in the order of the file.
type Meaning = (When, Vec<(&'static str, String, bool)>);

fn meaning(rules: &[(Rule, Vec<Assigned>)]) -> Vec<Meaning> {
    let mut sections: Vec<Meaning> = Vec::new();
    for (rule, assigned) in rules.iter().filter(|(_, assigned)| !assigned.is_empty()) {
        let of = |overrides| assigned.iter().filter(move |one| one.overrides == overrides);
        let sets = of(false).chain(of(true)).map(|one| (one.name, one.value.1.to_owned(), one.overrides));
        let sets = sets.collect();
        match rule {
            Rule::Always => sections.insert(0, (When::Always, sets)),
            Rule::Directory((_, path)) => sections.push((When::Directory(PathBuf::from(path)), sets)),
            Rule::Network { gateways, subnet, interfaces } => {
                let conditions = Conditions {
                    gateways: gateways.iter().map(|one| one.parse().unwrap()).collect(),
                    subnets: subnet.iter().map(|one| Subnet::parse(one).unwrap()).collect(),
                    interfaces: interfaces.iter().map(|one| (*one).to_owned()).collect(),
                };
                sections.push((When::Network(conditions), sets));
            }
        }
    }
    sections
}

/// What the shim reads out of a record, and that each line number leads to the right line.
fn read_back(record: &CompiledRules, text: &str) -> Vec<Meaning> {
    let record = CompiledRules::read(&record.write()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let sections = record.sections.iter().map(|section| {
        let header = lines[section.line - 1];
        match section.when {
            When::Always => assert_eq!(section.line, section.assignments[0].line),
            When::Directory(_) => assert_eq!(header, "[[directory]]"),
            When::Network(_) => assert_eq!(header, "[[network]]"),
        }
        let assignments = section.assignments.iter().map(|one| {
            assert!(lines[one.line - 1].contains(&format!("{} = ", one.variable.name)));
            (one.variable.name, one.value.to_str().unwrap().to_owned(), one.overrides)
        });
        (section.when.clone(), assignments.collect())
    });
    sections.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_users_file_means_what_the_model_says(rules in rules(false), dotted: bool) {
        let text = file(&rules, dotted);
        let record = compile_config(Path::new("/c/config.toml"), text.as_bytes(), Some(Path::new("/home/u")));
        let record = record.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(read_back(&record, &text), meaning(&rules), "{}", text);
    }

    #[test]
    fn a_projects_file_means_what_the_model_says(
        rules in rules(true),
        dotted: bool,
        pin in proptest::option::of("1\\.2[0-9](\\.[0-9]|rc1)?"),
    ) {
        let pin_line = pin.as_ref().map(|pin| format!("go = \"{pin}\"\n")).unwrap_or_default();
        let text = format!("{pin_line}{}", file(&rules, dotted));
        let record = compile_project(Path::new("/proj/gvmr.toml"), text.as_bytes(), Some(Path::new("/home/u")));
        let record = record.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(record.pin.as_ref().map(|pin| pin.written.clone()), pin);
        prop_assert_eq!(read_back(&record, &text), meaning(&rules), "{}", text);
    }

    #[test]
    fn one_mistake_anywhere_takes_the_whole_record(
        rules in rules(false),
        mistake in proptest::sample::select(vec!["[[network]]\n", "[[directory]]\n", "[[network]]\ninterface='e'\nenv.GOBIN='x'\n", "="]),
        first: bool,
    ) {
        let file = file(&rules, false);
        let text = if first { format!("{mistake}{file}") } else { format!("{file}{mistake}") };
        let record = compile_config(Path::new("/c/config.toml"), text.as_bytes(), Some(Path::new("/home/u")));
        prop_assert!(record.is_err(), "{}", text);
    }
}
