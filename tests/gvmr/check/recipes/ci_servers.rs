//! GitLab CI and GitHub Actions: jobs in new checkouts, with an archive that a cache brings along.

use super::super::baselines::FILE;
use super::{documents, file, machine, recipe, run, text, texts, tool};
use crate::support::world::{Run, World};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A CI server, which keeps one directory between jobs.
struct CiServer {
    world: World,
    /// The directory that its cache has, as the recipe says.
    cached: String,
    /// The shell and the options with which it runs a script.
    shell: &'static [&'static str],
}

impl CiServer {
    /// Runs a script in a new checkout, in which the project has this figure.
    fn job(&self, name: &str, figure: &str, variables: &[(String, String)], script: &str) -> (Run, PathBuf) {
        let checkout = self.world.project(name, &[("gvmr-check.toml", FILE), ("figure", figure)]);
        if self.cache().exists() {
            fs::rename(self.cache(), checkout.join(&self.cached)).unwrap();
        }
        let mut command = self.world.command(Path::new(self.shell[0]), &checkout);
        command.args(&self.shell[1..]).arg(script).envs(variables.iter().cloned());
        let run = Run::of(&mut command);
        fs::rename(checkout.join(&self.cached), self.cache()).unwrap();
        (run, checkout)
    }

    fn cache(&self) -> PathBuf {
        self.world.path("cache")
    }
}

/// Whether the schema of a CI server takes a file.
fn is_valid(schema: &str, name: &str, text: &str) -> Option<bool> {
    let (_directory, path) = file(name, text);
    let mut command = Command::new(tool("bin/check-jsonschema")?);
    Some(command.args(["--builtin-schema", schema]).arg(path).output().unwrap().status.success())
}

/// The variables of a table.
fn variables(table: &Value, replaced: &[(&str, &str)]) -> Vec<(String, String)> {
    let table = table.as_object().unwrap();
    let value = |value: &Value| {
        replaced.iter().fold(text(value).to_owned(), |text, (from, to)| text.replace(from, to))
    };
    table.iter().map(|(name, found)| (name.clone(), value(found))).collect()
}

#[test]
fn a_pipeline_of_gitlab_compares_with_the_last_one_that_passed() {
    let yaml = recipe(".gitlab-ci.yml");
    let Some(documents) = documents(&yaml) else { return };
    assert_eq!(is_valid("vendor.gitlab-ci", ".gitlab-ci.yml", &yaml), Some(true));
    let wrong = yaml.replace("when: always", "when: sometimes");
    assert_eq!(is_valid("vendor.gitlab-ci", ".gitlab-ci.yml", &wrong), Some(false));

    let job = &documents[0]["check"];
    let server = CiServer {
        world: machine(),
        cached: texts(&job["cache"]["paths"]).concat(),
        shell: &["bash", "-eo", "pipefail", "-c"],
    };
    let pipeline = |name: &str, figure: &str, accept: &str| {
        let directory = server.world.path(name).display().to_string();
        let mut variables = variables(&job["variables"], &[("$CI_PROJECT_DIR", &directory)]);
        variables.push(("ACCEPT".to_owned(), accept.to_owned()));
        let (run, checkout) = server.job(name, figure, &variables, &texts(&job["script"]).join("\n"));
        for report in job["artifacts"]["reports"].as_object().unwrap().values() {
            let size = fs::metadata(checkout.join(text(report))).unwrap().len();
            assert!(size > 0, "{report} {run:#?}");
        }
        run
    };
    let first = pipeline("first", "50", "").exits(1, &[]);
    assert!(first.stdout.contains("no baseline"), "{first:#?}");
    pipeline("second", "50", "yes").succeeds();
    pipeline("third", "55", "").succeeds();
    let fourth = pipeline("fourth", "61", "").exits(1, &[]);
    assert!(fourth.stdout.contains("value is 61, <= 60.5 asked"), "{fourth:#?}");
    fs::remove_dir_all(server.cache()).unwrap();
    let without_cache = pipeline("fifth", "55", "").exits(1, &[]);
    assert!(without_cache.stdout.contains("no baseline"), "{without_cache:#?}");
}

#[test]
fn a_workflow_of_github_annotates_and_its_next_run_compares() {
    let yaml = recipe(".github/workflows/check.yml");
    let Some(documents) = documents(&yaml) else { return };
    assert_eq!(is_valid("vendor.github-workflows", "check.yml", &yaml), Some(true));
    assert_eq!(actionlint(&yaml), Some(true));
    assert_eq!(actionlint(&yaml.replace("inputs.accept", "inputs.except")), Some(false));

    let job = &documents[0]["jobs"]["check"];
    let steps = job["steps"].as_array().unwrap();
    let [checkout, restore, check, save] = steps.as_slice() else { panic!("{steps:#?}") };
    assert!(text(&checkout["uses"]).starts_with("actions/checkout@"));
    assert!(text(&restore["uses"]).starts_with("actions/cache/restore@"));
    assert!(text(&save["uses"]).starts_with("actions/cache/save@") && save["if"] == "always()");
    assert_eq!(
        (&restore["with"]["path"], &restore["with"]["key"]),
        (&save["with"]["path"], &save["with"]["key"])
    );
    assert!(text(&save["with"]["key"]).starts_with(text(&restore["with"]["restore-keys"])));

    let world = machine();
    let summary = world.path("summary");
    fs::write(&summary, "").unwrap();
    let server =
        CiServer { world, cached: text(&save["with"]["path"]).to_owned(), shell: &["bash", "-e", "-c"] };
    let workflow = |name: &str, figure: &str, accept: &str| {
        let accept = [("${{ inputs.accept && 'yes' || '' }}", accept)];
        let mut given = variables(&job["env"], &[]);
        given.extend(variables(&check["env"], &accept));
        given.extend([
            ("GITHUB_STEP_SUMMARY".to_owned(), summary.display().to_string()),
            ("GITHUB_WORKSPACE".to_owned(), server.world.path(name).display().to_string()),
        ]);
        server.job(name, figure, &given, text(&check["run"])).0
    };
    let first = workflow("first", "50", "").exits(1, &[]);
    assert!(first.stdout.contains("::error file=gvmr-check.toml,line=2,title=a.b::"), "{first:#?}");
    workflow("second", "50", "yes").succeeds();
    workflow("third", "55", "").succeeds();
    let fourth = workflow("fourth", "61", "").exits(1, &[]);
    assert!(fourth.stdout.contains("::value is 61, <= 60.5 asked"), "{fourth:#?}");
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("no baseline") && summary.contains("60.5 (baseline 55 + 10%)"), "{summary}");
    let configured =
        run(&server.world, Path::new("git"), &server.world.path("user"), &["config", "--global", "--list"]);
    assert!(configured.succeeds().contains("safe.directory="));
}

/// Whether it finds nothing wrong.
fn actionlint(yaml: &str) -> Option<bool> {
    let (_directory, path) = file(".github/workflows/check.yml", yaml);
    Some(Command::new(tool("bin/actionlint")?).arg(path).output().unwrap().status.success())
}
