//! One generated state of everything that decides a variable: what the process sets, the go command's own file, project
//! files, the user's rules, and the directory. The same number gives the same combination, whatever machine it is on.

use super::layers;
use super::random::Random;
use super::values::{self, Value};
use super::variables::{self, Shown, VARIABLES, Variable};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A combination, all of whose paths lie below one directory.
#[derive(Debug)]
pub(super) struct Combination {
    pub(super) process: BTreeMap<String, String>,
    pub(super) goenv: GoEnv,
    pub(super) projects: Vec<Project>,
    pub(super) config: Config,
    pub(super) here: Here,
    pub(super) ask: Ask,
}

/// The go command's own file.
#[derive(Debug)]
pub(super) struct GoEnv {
    pub(super) file: PathBuf,
    /// `None` where a directory stands in its place, which cannot be read.
    pub(super) text: Option<String>,
    /// Whether it is not read at all: GOENV is `off`, or names another file, which is not there.
    pub(super) off: bool,
}

/// A `gvmr.toml`.
#[derive(Debug)]
pub(super) struct Project {
    /// Its directory, without links on the way.
    pub(super) directory: PathBuf,
    pub(super) trust: Trust,
    /// Which of the versions it pins.
    pub(super) pin: Option<usize>,
    pub(super) sections: Vec<Section>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Given,
    Never,
    /// It was trusted, and then a byte was added.
    Outdated,
}

/// The user's `config.toml`.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) file: PathBuf,
    pub(super) sections: Vec<Section>,
}

/// Rules with one condition, in the order of their file.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) when: When,
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug)]
pub(super) enum When {
    Always,
    /// As it is written, by its own name, and without links on the way.
    Directory {
        written: String,
        named: PathBuf,
        real: PathBuf,
    },
    /// The TOML lines, and whether this machine is there.
    Network {
        written: String,
        matches: bool,
    },
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) overrides: bool,
    pub(super) value: Value,
}

/// Where the tool is called.
#[derive(Clone, Debug)]
pub(super) struct Here {
    /// The directory that the shell stands in, and what it calls it.
    pub(super) start: PathBuf,
    pub(super) pwd: Option<PathBuf>,
    /// What follows `-C`.
    pub(super) change: Option<String>,
    /// The directory that counts, as the go command names it, and without links on the way.
    pub(super) logical: PathBuf,
    pub(super) physical: PathBuf,
}

/// How the version is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Argument,
    Variable,
}

/// What a machine has that combinations differ by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) root: &'a Path,
    /// TOML conditions that hold on this machine.
    pub(super) network: &'a [String],
}

/// Directories below the root, as `(name, without links)`.
pub(super) const DIRECTORIES: [(&str, &str); 14] = [
    ("user", "user"),
    ("user/work", "user/work"),
    ("user/work/team", "user/work/team"),
    ("user/work/team/app", "user/work/team/app"),
    ("user/work/team/app/sub/deep", "user/work/team/app/sub/deep"),
    ("user/workshop", "user/workshop"),
    ("user/workshop/app", "user/workshop/app"),
    ("elsewhere", "elsewhere"),
    ("elsewhere/x", "elsewhere/x"),
    ("link", "user/work"),
    ("link/team/app/sub", "user/work/team/app/sub"),
    ("long/way/round/to/a/home", "user"),
    ("long/way/round/to/a/home/work/team", "user/work/team"),
    ("user/work/team/out/x", "elsewhere/x"),
];

/// Links below the root, and where each leads.
pub(super) const LINKS: [(&str, &str); 3] =
    [("link", "user/work"), ("long/way/round/to/a/home", "user"), ("user/work/team/out", "elsewhere")];

impl Combination {
    /// The combination of this number.
    pub(super) fn new(number: u64, scene: Scene<'_>) -> Self {
        let random = &mut Random::new(number);
        let root = scene.root;
        let names = some_variables(random);
        let mut process = BTreeMap::new();
        process.insert("HOME".to_owned(), text(&root.join("user")));
        process.insert("PATH".to_owned(), text(&root.join("no-programs")));
        let settings = settings(random, root, &mut process);
        let config_file = config_file(random, root, &settings, &mut process);
        let goenv = goenv(random, root, &settings, &names, &mut process);
        set_some(random, root, &names, &mut process);
        noise(random, &mut process);
        let here = here(random, root);
        let mut combination = Self {
            process,
            goenv,
            projects: layers::projects(random, scene, &names),
            config: layers::config(random, scene, &names, config_file, &here),
            here,
            ask: *random.pick(&[Ask::Argument, Ask::Argument, Ask::Variable]),
        };
        combination.break_gopath(random, root);
        combination
    }

    /// A GOPATH of the process that cannot work, where a rule stands ready for it.
    fn break_gopath(&mut self, random: &mut Random, root: &Path) {
        if !random.chance(35) {
            return;
        }
        let whole = self.process.get("GOPATH").cloned();
        let missing = text(&root.join("nowhere/at/all"));
        let broken = random.pick(&["go", "~/go", missing.as_str()]).to_owned();
        self.process.insert("GOPATH".to_owned(), broken.to_owned());
        if self.environment().get("GOPATH").map(String::as_str) == Some(broken) {
            self.process.remove("GOPATH");
            self.process.extend(whole.map(|whole| ("GOPATH".to_owned(), whole)));
        }
    }
}

/// Few enough that the layers meet in most of them.
fn some_variables(random: &mut Random) -> Vec<&'static Variable> {
    let mut names: Vec<_> = VARIABLES.iter().filter(|_| random.chance(30)).collect();
    for name in ["GOPATH", "GOPROXY", "HTTPS_PROXY"] {
        if random.chance(60) && names.iter().all(|one| one.name != name) {
            names.push(variables::find(name));
        }
    }
    names
}

/// The user's configuration directory.
fn settings(random: &mut Random, root: &Path, process: &mut BTreeMap<String, String>) -> PathBuf {
    if random.chance(20) {
        let directory = root.join("user/settings");
        process.insert("XDG_CONFIG_HOME".to_owned(), text(&directory));
        return directory;
    }
    if random.chance(10) {
        process.insert("XDG_CONFIG_HOME".to_owned(), String::new());
    }
    root.join("user/.config")
}

fn config_file(
    random: &mut Random,
    root: &Path,
    settings: &Path,
    process: &mut BTreeMap<String, String>,
) -> PathBuf {
    if random.chance(15) {
        let file = root.join("user/my gvmr.toml");
        process.insert("GVMR_CONFIG".to_owned(), text(&file));
        return file;
    }
    settings.join("gvmr/config.toml")
}

fn goenv(
    random: &mut Random,
    root: &Path,
    settings: &Path,
    names: &[&'static Variable],
    process: &mut BTreeMap<String, String>,
) -> GoEnv {
    let mut goenv = GoEnv { file: settings.join("go/env"), text: None, off: false };
    match random.below(8) {
        0 => {
            process.insert("GOENV".to_owned(), "off".to_owned());
            goenv.off = true;
        }
        1 => {
            process.insert("GOENV".to_owned(), text(&root.join("user/no such file")));
            goenv.off = true;
        }
        2 => {
            goenv.file = root.join("user/my go env");
            process.insert("GOENV".to_owned(), text(&goenv.file));
        }
        3 => {
            process.insert("GOENV".to_owned(), String::new());
        }
        _ => {}
    }
    if !random.chance(8) {
        goenv.text = Some(lines(random, root, names));
    }
    goenv
}

fn lines(random: &mut Random, root: &Path, names: &[&'static Variable]) -> String {
    let end = if random.chance(20) { "\r\n" } else { "\n" };
    let mut lines =
        vec!["# GOPATH=/commented/out".to_owned(), "HTTPS_PROXY=http://not.read.example:1".to_owned()];
    for variable in names {
        if !random.chance(55) {
            continue;
        }
        // What ends in a carriage return is no switch, experiment, level or directory to the go command.
        let is_strict =
            matches!(variable.name, "CGO_ENABLED" | "GOEXPERIMENT" | "GOCACHE" | "GOTMPDIR" | "GOAMD64");
        if variable.shown == Shown::Never || is_strict && end == "\r\n" {
            continue;
        }
        let name = variable.name;
        if random.chance(25) {
            lines.push(format!("{name}={}", values::plain(random, variable, "file-first", root)));
        }
        let value = values::plain(random, variable, "file", root);
        lines.push(match random.below(12) {
            0 if end == "\n" => format!("{name}="),
            1 => format!(" {name}={value}"),
            2 => format!("{name} ={value}"),
            3 => format!("{}={value}", name.to_lowercase()),
            4 => format!("#{name}={value}"),
            5 => name.to_owned(),
            _ => format!("{name}={value}"),
        });
    }
    let last = if random.chance(70) { end } else { "" };
    lines.join(end) + last
}

fn set_some(
    random: &mut Random,
    root: &Path,
    names: &[&'static Variable],
    process: &mut BTreeMap<String, String>,
) {
    for variable in names {
        if random.chance(45) {
            let value = values::plain(random, variable, "process", root);
            let value = if random.chance(25) { String::new() } else { value };
            process.insert(variable.name.to_owned(), value);
        }
        if let Some(twin) = variable.twin
            && random.chance(40)
        {
            let value = values::plain(random, variable, "lower", root);
            let value = if random.chance(25) { String::new() } else { value };
            process.insert(twin.to_owned(), value);
        }
    }
    if random.chance(30) {
        let mut kept: Vec<_> = names.iter().filter(|_| random.chance(30)).map(|one| one.name).collect();
        kept.push("NO_SUCH_VARIABLE");
        let separator = *random.pick(&[",", ", ", " ,"]);
        process.insert("GVMR_KEEP".to_owned(), kept.join(separator));
    }
}

/// What no rule sets, and must come through or go as without rules.
fn noise(random: &mut Random, process: &mut BTreeMap<String, String>) {
    for (name, value) in [
        ("GOTOOLCHAIN", "local"),
        ("GOTOOLCHAIN", ""),
        ("GOROOT", "/usr/local/another go"),
        ("GOTOOLDIR", "/old/tools"),
        ("GOINSECURE", "insecure.example"),
        ("GOPATHS", "/x"),
        ("ALL_PROXY", "http://all.example:1"),
        ("LANG", "C"),
        ("EMPTY", ""),
    ] {
        if random.chance(25) {
            process.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn here(random: &mut Random, root: &Path) -> Here {
    let (name, real) = *random.pick(&DIRECTORIES);
    let (named, physical) = (root.join(name), root.join(real));
    let (start, pwd, change, logical) = match random.below(8) {
        // As a program starts another, without a word about the directory.
        0 => (named, None, None, physical.clone()),
        // A word that is not true.
        1 => (named, Some(root.to_owned()), None, physical.clone()),
        2 => {
            let start = root.join("elsewhere");
            (start.clone(), Some(start), Some(text(&named)), physical.clone())
        }
        3 => {
            let start = root.join("elsewhere");
            (start.clone(), Some(start), Some(format!("../{name}")), physical.clone())
        }
        _ => (named.clone(), Some(named.clone()), None, named),
    };
    Here { start, pwd, change, logical, physical }
}

pub(super) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
