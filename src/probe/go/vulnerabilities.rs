//! Known vulnerabilities that the project's code reaches, as govulncheck finds them.

use super::project::{GoProject, count};
use super::vulnerability_report::{FoundVulnerability, Reach, VulnerabilityReport, VulnerableCall};
use crate::calendar;
use crate::check::file::{AllowedVulnerability, KnownVulnerabilities};
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::probe::failed;
use gvmr_core::sys::{printable, program};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const TOOL: &str = "golang.org/x/vuln/cmd/govulncheck";
const PROGRAM: &str = "govulncheck";

pub(super) fn measure(
    project: &GoProject<'_>,
    known: &KnownVulnerabilities,
) -> Result<Measurement, NotMeasured> {
    let modules = modules(project)?;
    let report = report(project, known)?;
    let mut measurement = Measurement::default();
    let today = calendar::date(project.surroundings.now_seconds);
    let allowed = allowed(&known.allow, &report, &today, &mut measurement);
    let mut counts: BTreeMap<Reach, usize> = BTreeMap::new();
    for found in report.found.iter().filter(|found| !allowed.contains(found.id.as_str())) {
        *counts.entry(found.reach).or_default() += 1;
        if found.reach == Reach::Called {
            measurement.findings.extend(findings(project, &modules, found));
        }
    }
    for (figure, reach) in
        [("called", Reach::Called), ("imported", Reach::Imported), ("required", Reach::Required)]
    {
        count(&mut measurement, figure, counts.get(&reach).copied().unwrap_or(0));
    }
    measurement.remarks.extend(report.database.iter().map(|database| {
        format!("{}, database {}", printable::text(&report.scanner), printable::text(database))
    }));
    Ok(measurement)
}

/// The paths of the modules that are worked on, and where they are.
fn modules(project: &GoProject<'_>) -> Result<BTreeMap<String, PathBuf>, NotMeasured> {
    project.modules()?; // where there are none, it says so
    let listed = project.module_lines("{{.Path}}\t{{.Dir}}")?;
    let modules = listed.iter().filter_map(|line| line.split_once('\t'));
    Ok(modules.map(|(path, directory)| (path.to_owned(), PathBuf::from(directory))).collect())
}

fn report(project: &GoProject<'_>, known: &KnownVulnerabilities) -> Result<VulnerabilityReport, NotMeasured> {
    let mut words = scanner(project)?;
    words.extend(["-format", "json"].map(str::to_owned));
    if let Some(database) = &known.database {
        words.extend(["-db".to_owned(), database.clone()]);
    }
    words.extend(project.patterns()?);
    let answer = project.program(&[], &words)?;
    if answer.code != 0 {
        return Err(answer.failure(PROGRAM));
    }
    VulnerabilityReport::parse(&answer.stdout).map_err(failed)
}

/// The tool of go.mod, whose version the project chose; else that of PATH.
fn scanner(project: &GoProject<'_>) -> Result<Vec<String>, NotMeasured> {
    if is_tool(project)? {
        return Ok(["go", "tool", PROGRAM].map(str::to_owned).to_vec());
    }
    match program::find(PROGRAM, project.surroundings.environment) {
        Some(program) => Ok(vec![program.display().to_string()]),
        None => Err(project.lacks(format!("govulncheck is not here; `go install {TOOL}@latest`"))),
    }
}

/// Whether a go.mod has it as a tool; reading that asks no network.
fn is_tool(project: &GoProject<'_>) -> Result<bool, NotMeasured> {
    for module in project.modules()? {
        let file = module.join("go.mod").display().to_string();
        let module: ModuleFile = serde_json::from_str(&project.said_by_go(&["mod", "edit", "-json", &file])?)
            .map_err(|error| failed(format!("go mod edit -json {file}: {error}")))?;
        if module.tools.iter().flatten().any(|tool| tool.path == TOOL) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What `go mod edit -json` says, as far as it counts here.
#[derive(Deserialize)]
struct ModuleFile {
    #[serde(rename = "Tool")]
    tools: Option<Vec<ModuleTool>>,
}

#[derive(Deserialize)]
struct ModuleTool {
    #[serde(rename = "Path")]
    path: String,
}

/// The ids that do not count now. One that is over says so, and one that is not found is a doubt.
fn allowed<'k>(
    allow: &'k [AllowedVulnerability],
    report: &VulnerabilityReport,
    today: &str,
    measurement: &mut Measurement,
) -> BTreeSet<&'k str> {
    let mut ids = BTreeSet::new();
    for one in allow {
        let id = printable::typed(&one.id);
        if !report.found.iter().any(|found| found.id == one.id) {
            measurement.doubts.push(format!("allow: {id} is not found; remove it"));
            continue;
        }
        match &one.until {
            Some(until) if today > until.as_str() => {
                measurement.remarks.push(format!("{id} was allowed until {until}, and counts again"));
            }
            _ => {
                ids.insert(one.id.as_str());
            }
        }
    }
    ids
}

/// Each place in the project that reaches it.
fn findings(
    project: &GoProject<'_>,
    modules: &BTreeMap<String, PathBuf>,
    found: &FoundVulnerability,
) -> Vec<CheckFinding> {
    let fixed = match &found.fixed_version {
        Some(version) => format!("fixed in {version}"),
        None => "not fixed".to_owned(),
    };
    let what = printable::text(&format!("{} ({fixed})", found.module));
    let finding = |file: String, place, symbol: &str| {
        CheckFinding::said(&found.id, file, place, &format!("{what}{}", printable::text(symbol)))
    };
    let of_call = |call: &VulnerableCall| {
        let directory = modules.get(&call.module)?;
        let file = project.told(&directory.join(&call.file));
        Some(finding(file, (call.line, call.column), &format!(" reached by {}", call.symbol)))
    };
    let calls: Vec<CheckFinding> = found.calls.iter().filter_map(of_call).collect();
    if calls.is_empty() { vec![finding("go.mod".to_owned(), (0, 0), "")] } else { calls }
}
