use super::*;
use crate::env::compiled_rules::Conditions;
use crate::env::variable::{self, VARIABLES};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

/// In a network that no machine is in.
fn nowhere() -> When {
    When::Network(Conditions { interfaces: vec!["nosuch0".to_owned()], ..Conditions::default() })
}

fn directory(path: &str) -> When {
    When::Directory(path.into())
}

fn record(sections: Vec<Section>) -> CompiledRules {
    CompiledRules { source: "/f".into(), owner: None, home: None, pin: None, sections, body: Vec::new() }
}

fn section(line: usize, when: When, assignments: &[(&str, &str, bool)]) -> Section {
    let assignments = assignments.iter().map(|(name, value, overrides)| Assignment {
        line,
        variable: variable::find(name.as_bytes()).unwrap(),
        value: value.into(),
        overrides: *overrides,
    });
    Section { line, when, assignments: assignments.collect() }
}

fn lines(project: &CompiledRules, config: &CompiledRules, logical: &str, physical: &str) -> Vec<usize> {
    let names = Names { logical: logical.into(), physical: physical.into() };
    let applied = applied(Some(project), Some(config), &names, &Network::default());
    applied.iter().map(|one| one.assignment.line).collect()
}

#[test]
fn the_project_comes_first_and_the_nearest_directory_before_its_parents() {
    let one: &[_] = &[("GOPATH", "/x", false)];
    let project = record(vec![section(1, When::Always, one), section(2, nowhere(), one)]);
    let config = record(vec![
        section(11, When::Always, one),
        section(12, directory("/"), one),
        section(13, directory("/w/team"), one),
        section(14, directory("/w"), one),
        section(15, directory("/w/te"), one),
        section(16, nowhere(), one),
    ]);
    assert_eq!(lines(&project, &config, "/w/team/app", "/w/team/app"), [1, 13, 14, 12, 11]);
    assert_eq!(lines(&project, &config, "/w/team", "/w/team"), [1, 13, 14, 12, 11]);
    assert_eq!(lines(&project, &config, "/w/teams", "/w/teams"), [1, 14, 12, 11]);
    assert_eq!(lines(&project, &config, "/", "/"), [1, 12, 11]);
}

#[test]
fn a_rule_follows_its_link_wherever_that_leads_now() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    for directory in ["u/work/team", "v/work", "a/long/way"] {
        std::fs::create_dir_all(root.join(directory)).unwrap();
    }
    let link = root.join("a/long/way/home");
    let path = |path: &str| directory(root.join(path).to_str().unwrap());
    let one: &[_] = &[("GOPATH", "/x", false)];
    let config = record(vec![section(1, path("a/long/way/home"), one), section(2, path("u/work"), one)]);
    let here = |logical: &str| {
        let Names { logical, physical } = Names::of(&root.join(logical));
        lines(&record(Vec::new()), &config, logical.to_str().unwrap(), physical.to_str().unwrap())
    };
    assert_eq!(here("u/work/team"), [2]);
    std::os::unix::fs::symlink(root.join("u"), &link).unwrap();
    assert_eq!(here("u/work/team"), [2, 1], "how long the rule's path is says nothing");
    assert_eq!(here("a/long/way/home/work/team"), [2, 1]);
    assert!(here("v/work").is_empty());
    // By the shell's name too, as where the rule is written without the link.
    std::os::unix::fs::symlink(root.join("v"), root.join("u/work/out")).unwrap();
    assert_eq!(here("u/work/out/work"), [2, 1]);
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(root.join("v"), &link).unwrap();
    assert_eq!(here("v/work"), [1]);
    assert_eq!(here("u/work/team"), [2]);
}

fn value(variable: &'static Variable) -> impl Strategy<Value = String> {
    // `~x` and `x` are GOPATHs that no go command takes.
    let values = if variable.name == "GOPATH" { vec!["", "/g", "~x", "x"] } else { vec!["", "a", "b"] };
    select(values).prop_map(str::to_owned)
}

fn assignment() -> impl Strategy<Value = Assignment> {
    let few = ["GOPATH", "GOPROXY", "HTTPS_PROXY", "NO_PROXY"];
    let variables = VARIABLES.iter().filter(|one| few.contains(&one.name)).collect::<Vec<_>>();
    (select(variables), any::<bool>(), 1_usize..99).prop_flat_map(|(variable, overrides, line)| {
        let values = value(variable)
            .prop_filter("nothing is filled with nothing", move |value| overrides || !value.is_empty());
        values.prop_map(move |value| Assignment { line, variable, value: value.into(), overrides })
    })
}

fn sections() -> impl Strategy<Value = Vec<Section>> {
    let paths = ["/", "/w", "/w/team", "/link", "/other"];
    let when = prop_oneof![Just(When::Always), Just(nowhere()), select(paths.to_vec()).prop_map(directory),];
    let section = (when, proptest::collection::vec(assignment(), 0..4));
    let section = section.prop_map(|(when, assignments)| Section { line: 1, when, assignments });
    proptest::collection::vec(section, 0..5)
}

const NAMES: [&str; 7] = ["GOPATH", "GOPROXY", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", KEEP];

fn process() -> impl Strategy<Value = BTreeMap<&'static str, &'static str>> {
    let values = select(vec!["", "p", "GOPATH", "HTTPS_PROXY, GOPROXY"]);
    proptest::collection::btree_map(select(NAMES.to_vec()), values, 0..6)
}

fn view<'a>(environment: &BTreeMap<&'a str, &'a str>) -> Vec<(&'a str, &'a str)> {
    environment.iter().map(|(name, value)| (*name, *value)).collect()
}

/// The environment with the changes made.
fn changed<'a>(
    environment: &BTreeMap<&'a str, &'a str>,
    changes: &'a [Change],
) -> BTreeMap<&'a str, &'a str> {
    let mut environment = environment.clone();
    for change in changes {
        for name in [Some(change.name), change.twin].into_iter().flatten() {
            environment.remove(name);
            environment.extend(change.value.as_ref().map(|value| (name, value.to_str().unwrap())));
        }
    }
    environment
}

proptest! {
    #[test]
    fn rules_are_settled_after_one_time(project in sections(), config in sections(), process in process()) {
        let (project, config) = (record(project), record(config));
        let names = Names { logical: "/link/app".into(), physical: "/w/team/app".into() };
        let applied = applied(Some(&project), Some(&config), &names, &Network::default());
        let first = changes(&applied, &view(&process));
        let after = changed(&process, &first);
        let second = changes(&applied, &view(&after));
        prop_assert_eq!(changed(&after, &second), after.clone(), "{:?} then {:?}", first, second);
    }

    #[test]
    fn a_variable_changes_once_in_both_spellings_and_never_where_it_is_kept(
        project in sections(), config in sections(), process in process(),
    ) {
        let (project, config) = (record(project), record(config));
        let names = Names { logical: "/w/x".into(), physical: "/w/x".into() };
        let applied = applied(Some(&project), Some(&config), &names, &Network::default());
        let process = view(&process);
        let changes = changes(&applied, &process);
        for change in &changes {
            let variable = variable::find(change.name.as_bytes()).unwrap();
            prop_assert_eq!(changes.iter().filter(|other| other.name == change.name).count(), 1);
            prop_assert_eq!(change.twin, variable.twin);
            prop_assert!(!KeepList::of(&process).holds(variable));
            let beats = applied.iter().any(|one| one.assignment.overrides && one.assignment.variable == variable);
            prop_assert!(beats || !is_set(variable, &process), "{:?}", change);
            prop_assert!(change.value.is_some() || beats, "only an override removes: {:?}", change);
        }
    }
}

#[test]
fn a_variable_is_kept_by_either_of_its_names() {
    let is_kept = |list: &str, name: &str| {
        KeepList::of(&vec![(KEEP, list)]).holds(variable::find(name.as_bytes()).unwrap())
    };
    for list in ["HTTPS_PROXY", "https_proxy", "GOPATH, https_proxy ,"] {
        assert!(is_kept(list, "HTTPS_PROXY"), "{list}");
    }
    for list in ["", "http_proxy", "https_proxyx", "Https_Proxy"] {
        assert!(!is_kept(list, "HTTPS_PROXY"), "{list}");
    }
    assert!(is_kept("GOPATH", "GOPATH") && !is_kept("gopath", "GOPATH"));
}
