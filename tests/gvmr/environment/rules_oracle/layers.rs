//! The files with rules of one state: projects' and the user's own.

use super::combination::{Config, DIRECTORIES, Here, Project, Rule, Scene, Section, Trust, When, text};
use super::random::Random;
use super::values::{self, Value};
use super::variables::Variable;
use std::path::{Path, PathBuf};

/// Project files on the way up from here and beside it.
pub(super) fn projects(random: &mut Random, scene: Scene<'_>, names: &[&'static Variable]) -> Vec<Project> {
    let mut projects = Vec::new();
    let places = ["user/work/team", "user/work/team/app", "user/work/team/app/sub/deep", "elsewhere", "user"];
    for (index, place) in places.into_iter().enumerate() {
        if !random.chance(if index == 1 { 55 } else { 25 }) {
            continue;
        }
        let directory = scene.root.join(place);
        let layer = Layer { tag: format!("project{index}"), project: Some(&directory), scene, names };
        let mut sections = vec![layer.section(random, 0, When::Always)];
        for number in 1..=random.below(3) {
            let when = network(random, scene);
            sections.push(layer.section(random, number, when));
        }
        let trust = *random.pick(&[Trust::Given, Trust::Given, Trust::Given, Trust::Never, Trust::Outdated]);
        let pin = random.chance(40).then(|| random.below(3));
        projects.push(Project { directory, trust, pin, sections });
    }
    projects
}

/// The user's own rules.
pub(super) fn config(
    random: &mut Random,
    scene: Scene<'_>,
    names: &[&'static Variable],
    file: PathBuf,
    here: &Here,
) -> Config {
    let layer = Layer { tag: "user".to_owned(), project: None, scene, names };
    let mut sections = Vec::new();
    if random.chance(60) {
        sections.push(layer.section(random, 0, When::Always));
    }
    let mut seen: Vec<PathBuf> = Vec::new();
    for number in 1..=random.below(7) {
        let when =
            if random.chance(75) { directory(random, scene.root, here) } else { network(random, scene) };
        if let When::Directory { real, .. } = &when {
            if seen.contains(real) {
                continue; // two rules for one directory are a mistake
            }
            seen.push(real.clone());
        }
        sections.push(layer.section(random, number, when));
    }
    Config { file, sections }
}

fn directory(random: &mut Random, root: &Path, here: &Here) -> When {
    let (name, real) = match random.below(12) {
        0 => ("user/work/te", "user/work/te"), // no such directory, and not a parent of team
        1..6 => *random.pick(&DIRECTORIES),
        _ => {
            let counts = |(name, real): &(&str, &str)| {
                here.logical.starts_with(root.join(name)) || here.physical.starts_with(root.join(real))
            };
            let counting: Vec<_> = DIRECTORIES.into_iter().filter(counts).collect();
            *random.pick(&counting)
        }
    };
    let (named, real) = (root.join(name), root.join(real));
    let below_home = name.strip_prefix("user").filter(|_| random.chance(60));
    let mut written = below_home.map_or_else(|| text(&named), |rest| format!("~{rest}"));
    if random.chance(15) && written != "~" {
        written.push('/');
    }
    When::Directory { written, named, real }
}

fn network(random: &mut Random, scene: Scene<'_>) -> When {
    let never = [
        "gateway = \"203.0.113.1\"",
        "subnet = [\"203.0.113.0/24\", \"2001:db8:113::/48\"]",
        "interface = \"nosuch0\"",
    ];
    let matches = !scene.network.is_empty() && random.chance(50);
    let mut written =
        if matches { random.pick(scene.network).clone() } else { (*random.pick(&never)).to_owned() };
    if !matches && !scene.network.is_empty() && random.chance(40) {
        // One kind holds and the other does not.
        let kind = |line: &str| line.split(' ').next().map(str::to_owned);
        let holds = random.pick(scene.network).clone();
        if kind(&holds) != kind(&written) {
            written = format!("{holds}\n{written}");
        }
    }
    When::Network { written, matches }
}

struct Layer<'a> {
    tag: String,
    project: Option<&'a Path>,
    scene: Scene<'a>,
    names: &'a [&'static Variable],
}

impl Layer<'_> {
    fn section(&self, random: &mut Random, number: usize, when: When) -> Section {
        let mut rules = Vec::new();
        for variable in self.names {
            for (overrides, chance, word) in [(false, 35, "fill"), (true, 20, "override")] {
                if !random.chance(chance) {
                    continue;
                }
                let tag = format!("{}-{number}-{word}", self.tag);
                let value = if overrides && random.chance(20) {
                    Value::empty()
                } else {
                    values::written(random, variable, &tag, self.scene.root, self.project)
                };
                rules.push(Rule { name: variable.name, overrides, value });
            }
        }
        Section { when, rules }
    }
}
