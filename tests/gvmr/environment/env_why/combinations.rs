//! Generated machines: whatever is set wherever, the table names the place that Go's documentation and gvmr's say, and the
//! value that go itself says through the shim.

use super::fixture::Fixture;
use crate::support::skip;
use gvmr_core::env::variable::{VARIABLES, Variable, VariableKind};
use serde_json::Value;

/// Machines per Go.
const ROUNDS: u64 = 16;

/// The layers, strongest first; before and behind the process as many kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Project,
    Deep,
    Shallow,
    Everywhere,
}

const LAYERS: [Layer; 4] = [Layer::Project, Layer::Deep, Layer::Shallow, Layer::Everywhere];

/// Who set what: `(who, line, value)`, strongest first.
type Set = (Who, usize, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Override(Layer),
    Process(&'static str),
    Fill(Layer),
    GoEnv,
}

/// One machine: the text of its files and what it sets.
struct Machine {
    fixture: Fixture,
    random: u64,
    process: Vec<(&'static str, String)>,
    set: Vec<(&'static str, Vec<Set>)>,
}

#[test]
fn go_1_19_sees_what_the_table_says() {
    let Some(fixture) = Fixture::with_release("1.19.13") else { return skip("no go, or no network") };
    check(fixture, 1);
}

#[test]
fn go_1_22_sees_what_the_table_says() {
    let Some(fixture) = Fixture::with_release("1.22.10") else { return skip("no go, or no network") };
    check(fixture, 2);
}

#[test]
fn the_go_of_this_machine_sees_what_the_table_says() {
    let Some(fixture) = Fixture::with_go() else { return skip("no go") };
    check(fixture, 3);
}

/// Variables that count for other processors and programs too.
const PASSED_ON: [&str; 10] = [
    "GODEBUG",
    "GO386",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
];

fn check(fixture: Fixture, seed: u64) {
    let mut machine = Machine { fixture, random: seed, process: Vec::new(), set: Vec::new() };
    for round in 0..ROUNDS {
        machine.set_up();
        let process: Vec<(&str, &str)> =
            machine.process.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let table = machine.fixture.json(&process, &[]);
        let names: Vec<&str> =
            VARIABLES.iter().filter(|one| one.twin.is_none()).map(|one| one.name).collect();
        let names = [&names[..], &["GOROOT", "GOTOOLCHAIN"]].concat();
        let go = machine.fixture.go(&process, &[&["env", "-json"], &names[..]].concat()).json();
        for name in names {
            // This go knows nothing of them, and passes them on.
            if go[name] == "" && PASSED_ON.contains(&name) {
                continue;
            }
            assert_eq!(table[name]["value"], go[name], "round {round}, {name}: {table:#}");
        }
        for (name, set) in &machine.set {
            let told = (&table[*name]["from"], table[*name]["shadowed"].as_array().unwrap());
            machine.compare(set, told, &format!("round {round}, {name}: {:#}", table[*name]));
            if let (Some((_, _, value)), true) = (counting(set), name.ends_with("_PROXY")) {
                assert_eq!(table[*name]["value"], **value, "round {round}, {name}");
            }
        }
    }
}

/// What counts, by the documentation.
fn counting(set: &[Set]) -> Option<&Set> {
    let removes =
        set.first().is_some_and(|(who, _, value)| matches!(who, Who::Override(_)) && value.is_empty());
    let own = |set: &&Set| !removes || set.0 == Who::GoEnv;
    set.iter().find(own)
}

impl Machine {
    fn compare(&self, set: &[Set], (from, shadowed): (&Value, &Vec<Value>), context: &str) {
        match counting(set) {
            Some((who, line, _)) => {
                let (kind, file) = match who {
                    Who::Override(Layer::Project) | Who::Fill(Layer::Project) => ("project", "§/p/gvmr.toml"),
                    Who::Override(_) | Who::Fill(_) => ("config", "§/user/.config/gvmr/config.toml"),
                    Who::GoEnv => ("go-env", "§/user/.config/go/env"),
                    Who::Process(name) => {
                        assert_eq!(
                            from,
                            &serde_json::json!({ "kind": "process", "name": name }),
                            "{context}"
                        );
                        ("process", "")
                    }
                };
                assert_eq!(from["kind"], kind, "{context}");
                if kind != "process" {
                    assert_eq!(from["file"], self.fixture.text(file), "{context}");
                    assert_eq!(from["line"], *line, "{context}");
                }
            }
            None => assert!(
                ["default", "unset", "toolchain-go-env"].contains(&from["kind"].as_str().unwrap()),
                "{context}"
            ),
        }
        let others = set.len() - usize::from(counting(set).is_some());
        let told = shadowed.iter().filter(|one| one["from"]["kind"] != "toolchain-go-env").count();
        assert_eq!(told, others, "{context}");
    }

    /// Draws what is set where, and writes the files.
    fn set_up(&mut self) {
        self.process.clear();
        self.set = VARIABLES.iter().map(|variable| (variable.name, Vec::new())).collect();
        let mut project = Lines::default();
        let mut config = Lines::default();
        for layer in [Layer::Everywhere, Layer::Shallow, Layer::Deep, Layer::Project] {
            let lines = if layer == Layer::Project { &mut project } else { &mut config };
            let prefix = match layer {
                Layer::Shallow | Layer::Deep => {
                    lines.push("[[directory]]");
                    lines.push(if layer == Layer::Deep { "path = \"§/p/q\"" } else { "path = \"§/p\"" });
                    "env."
                }
                Layer::Everywhere | Layer::Project => {
                    lines.push("[env]");
                    ""
                }
            };
            for (number, variable) in VARIABLES.iter().enumerate() {
                for overrides in [false, true] {
                    if self.chance(if overrides { 8 } else { 4 }) {
                        let removes = overrides && self.chance(4);
                        let value = if removes { String::new() } else { self.value(variable) };
                        let word = if overrides { "override." } else { "" };
                        let line = lines.push(&format!("{prefix}{word}{} = \"{value}\"", variable.name));
                        let who = if overrides { Who::Override(layer) } else { Who::Fill(layer) };
                        self.set[number].1.push((who, line, self.fixture.text(&value)));
                    }
                }
            }
        }
        self.fixture.project(&project.text);
        self.fixture.config(&config.text);
        self.set_process_and_file();
        for (_, set) in &mut self.set {
            set.sort_by_key(|(who, ..)| rank(*who));
        }
    }

    fn set_process_and_file(&mut self) {
        let mut file = Lines::default();
        for (number, variable) in VARIABLES.iter().enumerate() {
            for name in [Some(variable.name), variable.twin].into_iter().flatten() {
                if self.chance(4) {
                    let value = self.value(variable);
                    self.process.push((name, value.clone()));
                    self.set[number].1.push((Who::Process(name), 0, self.fixture.text(&value)));
                }
            }
            if variable.twin.is_none() && self.chance(4) {
                let value = self.value(variable);
                let line = file.push(&format!("{}={value}", variable.name));
                self.set[number].1.push((Who::GoEnv, line, self.fixture.text(&value)));
            }
        }
        self.fixture.go_env_file(&file.text);
    }

    /// True once in `of` times.
    fn chance(&mut self, of: u64) -> bool {
        self.next().is_multiple_of(of)
    }

    fn value(&mut self, variable: &Variable) -> String {
        let number = self.next() % 1000;
        match (variable.name, variable.kind) {
            ("GOSUMDB", _) => ["off", "sum.golang.org"][usize::from(number.is_multiple_of(2))].to_owned(),
            ("GOAUTH", _) => ["off", "netrc"][usize::from(number.is_multiple_of(2))].to_owned(),
            ("GOEXPERIMENT", _) => "boringcrypto".to_owned(),
            ("GOFLAGS", _) => format!("-tags=t{number}"),
            ("GOPROXY", _) => format!("https://p{number}.example,direct"),
            ("CGO_LDFLAGS", _) => format!("-L/l{number}"),
            ("GOTMPDIR", _) => "§".to_owned(), // go needs it to be there
            ("GODEBUG", _) => "http2client=0".to_owned(),
            ("GO386" | "GOMIPS" | "GOMIPS64", _) => "softfloat".to_owned(),
            ("GOAMD64", _) => format!("v{}", 1 + number % 3),
            ("GOARM", _) => (5 + number % 3).to_string(),
            ("GOARM64", _) => format!("v8.{}", number % 6),
            ("GOPPC64", _) => "power9".to_owned(),
            ("GORISCV64", _) => "rva22u64".to_owned(),
            ("GOWASM", _) => "satconv".to_owned(),
            (name, _) if name.ends_with("ALLOW") => format!("-f{number}.*"),
            (name, VariableKind::Text) if name.starts_with("CGO_") => format!("-DX={number}"),
            (_, VariableKind::Text) => format!("*.n{number}.example"),
            (_, VariableKind::Switch) => (number % 2).to_string(),
            (_, VariableKind::Proxy) => format!("http://x{number}.example:3128"),
            (_, VariableKind::Directory | VariableKind::DirectoryList) => format!("§/d{number}"),
        }
    }

    /// A linear congruential generator: each run draws the same.
    fn next(&mut self) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.random >> 33
    }
}

fn rank(who: Who) -> usize {
    let layer = |layer| LAYERS.iter().position(|one| *one == layer).unwrap();
    match who {
        Who::Override(one) => layer(one),
        Who::Process(name) => 10 + usize::from(name.starts_with(|first: char| first.is_lowercase())),
        Who::Fill(one) => 20 + layer(one),
        Who::GoEnv => 30,
    }
}

/// A file that is written line by line.
#[derive(Default)]
struct Lines {
    text: String,
    count: usize,
}

impl Lines {
    /// The number of the new line.
    fn push(&mut self, line: &str) -> usize {
        self.text.push_str(line);
        self.text.push('\n');
        self.count += 1;
        self.count
    }
}
