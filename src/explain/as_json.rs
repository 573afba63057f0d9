//! The table as scripts read it, without credentials.

use super::table::{VariableRow, VariableTable};
use super::{RuleOrigin, ValueSource};
use crate::config::redacted;
use gvmr_core::env::compiled_rules::When;
use gvmr_core::env::network::Network;
use gvmr_core::env::variable::Variable;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;

impl VariableTable {
    /// An object with a member for each variable; `named` are rows of which everything is told.
    pub fn as_json(&self, named: bool) -> Value {
        let network = Network::default();
        let members = self.rows.iter().map(|row| {
            let variable = row.explained.variable;
            let shadowed = row.explained.shadowed.iter().map(|(candidate, why)| {
                json!({
                    "value": secretless(variable, &candidate.value),
                    "from": from(&candidate.place),
                    "why": why.to_string(),
                })
            });
            let mut member = json!({
                "value": row.value().map(|value| secretless(variable, value)),
                "from": from_of(row),
                "shadowed": shadowed.collect::<Vec<_>>(),
            });
            if let Some(written) = row.written_otherwise() {
                member["written"] = secretless(variable, written);
            }
            if named {
                let idle = row.explained.elsewhere.iter().map(|ruled| {
                    json!({
                        "value": secretless(variable, &ruled.value),
                        "from": from_rule(&ruled.rule),
                        "why": ruled.rule.why_idle(&self.directory, &network),
                    })
                });
                member["elsewhere"] = idle.collect::<Vec<_>>().into();
            }
            (variable.name.to_owned(), member)
        });
        Value::Object(members.collect())
    }

    /// What there is to tell besides.
    pub fn notices_as_json(&self) -> Value {
        let notices = self.notices.iter();
        notices.map(|one| json!({ "kind": one.kind, "message": one.message })).collect::<Vec<_>>().into()
    }
}

fn secretless(variable: &Variable, value: &OsStr) -> Value {
    redacted::without_secrets(variable, value).into()
}

fn from_of(row: &VariableRow) -> Value {
    if row.is_unset() {
        return json!({ "kind": "unset" });
    }
    let mut value = from(&row.explained.place);
    if row.explained.kept {
        value["kept"] = true.into();
    }
    value
}

fn from(place: &ValueSource) -> Value {
    let at = |kind: &str, file: &Path, line: usize| json!({ "kind": kind, "file": file.display().to_string(), "line": line });
    match place {
        ValueSource::Process(name) => json!({ "kind": "process", "name": name }),
        ValueSource::Rule(rule) => from_rule(rule),
        ValueSource::Credentials => json!({ "kind": "credentials" }),
        ValueSource::Toolchain => json!({ "kind": "toolchain" }),
        ValueSource::UserFile { file, line } => at("go-env", file, *line),
        ValueSource::ToolchainFile { file, line } => at("toolchain-go-env", file, *line),
        ValueSource::Default => json!({ "kind": "default" }),
    }
}

fn from_rule(rule: &RuleOrigin) -> Value {
    let mut value = json!({
        "kind": if rule.project { "project" } else { "config" },
        "file": rule.file.display().to_string(),
        "line": rule.line,
        "override": rule.overrides,
    });
    match &rule.when {
        When::Always => {}
        When::Directory(path) => value["directory"] = path.display().to_string().into(),
        When::Network(conditions) => value["network"] = redacted::network_as_json(conditions),
    }
    value
}
