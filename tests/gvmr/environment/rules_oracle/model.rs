//! Who wins, written down once more from the documentation alone: which environment the go command gets, and what it shows.

use super::combination::{Combination, GoEnv, LINKS, Project, Section, Trust, When};
use super::variables::{Shown, VARIABLES, Variable};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A version of Go under test.
#[derive(Clone, Debug)]
pub(super) struct Toolchain {
    pub(super) version: String,
    pub(super) minor: u32,
    pub(super) goroot: PathBuf,
    /// What it shows where nothing is set at all.
    pub(super) untouched: BTreeMap<String, String>,
}

impl Combination {
    /// The environment that the go command gets: the process's, with the rules applied; the version was asked for by name.
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = self.process.clone();
        for variable in &VARIABLES {
            if !self.is_kept(variable) {
                self.apply(variable, &mut environment);
            }
        }
        environment.retain(|name, _| name != "GOROOT" && name != "GOTOOLDIR");
        if environment.get("GOTOOLCHAIN").is_none_or(String::is_empty) {
            environment.insert("GOTOOLCHAIN".to_owned(), "local".to_owned());
        }
        environment
    }

    fn apply(&self, variable: &Variable, environment: &mut BTreeMap<String, String>) {
        let spellings = [Some(variable.name), variable.twin];
        let spellings = || spellings.into_iter().flatten();
        let set = |name: &str| self.process.get(name).filter(|value| !value.is_empty());
        let own = spellings().find_map(set);
        let is_broken = variable.name == "GOPATH" && own.is_some_and(|own| is_broken(own));
        let value = match (self.strongest(variable, true), self.strongest(variable, false)) {
            (Some(value), _) => value,
            (None, Some(fill)) if own.is_none() || is_broken => fill,
            _ => return,
        };
        for name in spellings() {
            environment.remove(name);
            if !value.is_empty() {
                environment.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn is_kept(&self, variable: &Variable) -> bool {
        let kept = self.process.get("GVMR_KEEP").map(String::as_str).unwrap_or_default();
        kept.split(',').any(|name| name.trim() == variable.name)
    }

    /// The value of the strongest rule: the project's networks, the project, the user's directories, networks, and the rest.
    fn strongest(&self, variable: &Variable, overrides: bool) -> Option<&str> {
        let project = self.project().map(|project| project.sections.as_slice()).unwrap_or_default();
        let config = self.config.sections.as_slice();
        let mut layers: Vec<&Section> = Vec::new();
        layers.extend(project.iter().filter(|section| is_network(section)));
        layers.extend(project.iter().filter(|section| matches!(section.when, When::Always)));
        layers.extend(self.directories());
        layers.extend(config.iter().filter(|section| is_network(section)));
        layers.extend(config.iter().filter(|section| matches!(section.when, When::Always)));
        let rules = layers.into_iter().flat_map(|section| &section.rules);
        let mut rules = rules.filter(|rule| rule.name == variable.name && rule.overrides == overrides);
        rules.next().map(|rule| rule.value.means.as_str())
    }

    /// The file that counts: the nearest of those that are trusted with what they hold.
    pub(super) fn project(&self) -> Option<&Project> {
        self.here.logical.ancestors().find_map(|directory| {
            let real = self.real(directory);
            let here = self.projects.iter().find(|project| project.directory == real);
            here.filter(|project| project.trust == Trust::Given)
        })
    }

    /// The directory that a name leads to.
    fn real(&self, directory: &Path) -> PathBuf {
        let root = Path::new(&self.process["HOME"]).parent().unwrap();
        let mut links = LINKS.iter();
        let real = links
            .find_map(|(link, to)| Some(root.join(to).join(directory.strip_prefix(root.join(link)).ok()?)));
        // Joining nothing leaves a final slash, which components do not have.
        real.map_or_else(|| directory.to_owned(), |real| real.components().collect())
    }

    /// The directory rules that count, the one nearest to here first.
    fn directories(&self) -> Vec<&Section> {
        let mut found: Vec<(usize, &Section)> = Vec::new();
        for section in &self.config.sections {
            let When::Directory { named, real, .. } = &section.when else { continue };
            let mut distances = Vec::new();
            for rule in [named, real] {
                for here in [&self.here.logical, &self.here.physical] {
                    distances.extend(here.strip_prefix(rule).map(|below| below.components().count()));
                }
            }
            found.extend(distances.into_iter().min().map(|distance| (distance, section)));
        }
        found.sort_by_key(|(distance, _)| *distance);
        found.into_iter().map(|(_, section)| section).collect()
    }
}

fn is_network(section: &Section) -> bool {
    matches!(section.when, When::Network { matches: true, .. })
}

/// Of the GOPATHs that combinations have, those that no go command could use.
fn is_broken(gopath: &str) -> bool {
    !gopath.starts_with('/') // one that is not there yet is made, with all above it
}

impl Toolchain {
    /// What `go env` shows of every variable that a rule may set and that it has.
    pub(super) fn shows(
        &self,
        environment: &BTreeMap<String, String>,
        goenv: &GoEnv,
    ) -> BTreeMap<String, String> {
        let file = goenv.settings();
        let mut shown = BTreeMap::new();
        let order = ["GOPATH", "GOPRIVATE"]; // others' defaults follow from these
        let rest = VARIABLES.iter().map(|variable| variable.name).filter(|name| !order.contains(name));
        for name in order.into_iter().chain(rest) {
            if !self.has(name) {
                continue;
            }
            let places = [environment.get(name), file.get(name)];
            let set = places.into_iter().flatten().find(|value| !value.is_empty());
            let emptied = file.contains_key(name);
            let value = set.cloned().unwrap_or_else(|| self.default(name, emptied, environment, &shown));
            // The go command takes lists of flags apart and puts them together again.
            let is_list = name.starts_with("CGO_") && name.ends_with("FLAGS");
            let value =
                if is_list { value.split_ascii_whitespace().collect::<Vec<_>>().join(" ") } else { value };
            shown.insert(name.to_owned(), value);
        }
        shown
    }

    fn has(&self, name: &str) -> bool {
        match super::variables::find(name).shown {
            Shown::Always => true,
            Shown::Since(minor) => self.minor >= minor,
            Shown::Never => false,
        }
    }

    fn default(
        &self,
        name: &str,
        emptied: bool,
        environment: &BTreeMap<String, String>,
        shown: &BTreeMap<String, String>,
    ) -> String {
        let home = &environment["HOME"];
        match name {
            "GOPATH" => format!("{home}/go"),
            "GOCACHE" => format!("{home}/.cache/go-build"),
            "GOMODCACHE" => format!("{}/pkg/mod", shown["GOPATH"].split(':').next().unwrap()),
            // Newer ones show where `go install` puts programs, older ones that nothing is set.
            "GOBIN" if !self.untouched["GOBIN"].is_empty() => {
                format!("{}/bin", shown["GOPATH"].split(':').next().unwrap())
            }
            "GONOPROXY" | "GONOSUMDB" => shown["GOPRIVATE"].clone(),
            // Since 1.20 cgo is off only where the environment names no compiler and none is on PATH.
            "CGO_ENABLED" if self.minor >= 20 && environment.get("CC").is_some_and(|cc| !cc.is_empty()) => {
                "1".to_owned()
            }
            // An empty line of the user's hides the toolchain's own go.env, which has the defaults of these since 1.21.
            "GOPROXY" | "GOSUMDB" if emptied && self.minor >= 21 => String::new(),
            _ => self.untouched[name].clone(),
        }
    }
}

impl GoEnv {
    /// What the go command reads out of it: the last line of a name counts, whatever is around the name belongs to it.
    fn settings(&self) -> BTreeMap<String, String> {
        let text = self.text.as_deref().filter(|_| !self.off).unwrap_or_default();
        let mut settings = BTreeMap::new();
        for line in text.split('\n') {
            let Some((name, value)) = line.split_once('=') else { continue };
            if name.starts_with(|first: char| first.is_ascii_uppercase()) {
                settings.insert(name.to_owned(), value.to_owned());
            }
        }
        settings
    }
}
