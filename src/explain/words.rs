//! Sources and rules in words: where a value is written, and why a rule does not apply here.

use super::{RuleOrigin, ValueSource};
use crate::config::redacted;
use gvmr_core::env::compiled_rules::When;
use gvmr_core::env::network::{Condition, Network, NetworkState};
use gvmr_core::env::variable::Variable;
use gvmr_core::sys::printable;
use std::fmt::Display;
use std::path::Path;

impl ValueSource {
    /// The source of this variable's value in words; `reason` is where the version comes from.
    pub fn words(&self, variable: &Variable, reason: Option<&str>) -> String {
        match self {
            Self::Toolchain if variable.name == "GOTOOLCHAIN" => {
                let pin = reason.map(|reason| format!(" for the exact pin at {reason}")).unwrap_or_default();
                format!(
                    "set by gvmr{pin}; for a tool that needs a newer Go: GOTOOLCHAIN=auto, or go +VERSION"
                )
            }
            Self::Process(name) if name.starts_with(|first: char| first.is_ascii_lowercase()) => {
                format!("the environment ({name})")
            }
            Self::Process(_) => "the environment".to_owned(),
            Self::Rule(rule) => rule.words(),
            // The netrc with stored logins is not among the changes that are explained.
            Self::Credentials if variable.name == "NETRC" => "set by gvmr for GOAUTH=off".to_owned(),
            Self::Credentials => "gvmr auth".to_owned(),
            Self::Toolchain => match reason {
                Some(reason) => format!("the toolchain that runs here ({reason})"),
                None => "the toolchain that runs here".to_owned(),
            },
            Self::UserFile { file, line } => format!("{}:{line} (go env -w)", printable::path(file)),
            Self::ToolchainFile { file, line } => format!("{}:{line}", printable::path(file)),
            Self::Default => "Go's default".to_owned(),
        }
    }
}

impl RuleOrigin {
    /// `/c/config.toml:9 (override, directory /home/joe/work)`
    pub fn words(&self) -> String {
        let mut remarks = Vec::new();
        if self.overrides {
            remarks.push("override".to_owned());
        }
        match &self.when {
            When::Always => {}
            When::Directory(path) => remarks.push(format!("directory {}", printable::path(path))),
            When::Network(conditions) => remarks.push(redacted::network(conditions)),
        }
        if remarks.is_empty() { self.place() } else { format!("{} ({})", self.place(), remarks.join(", ")) }
    }

    /// Why the rule does not apply in this directory and network.
    pub fn why_idle(&self, directory: &Path, network: &Network) -> String {
        match &self.when {
            When::Always => "its file is ignored".to_owned(),
            When::Directory(path) => {
                format!("{} is not in {}", printable::path(directory), printable::path(path))
            }
            When::Network(conditions) => {
                let seen = network.seen();
                let unmatched = network.unmatched(conditions).into_iter();
                let words = unmatched.map(|condition| match condition {
                    Condition::Gateway => {
                        format!("gateway is {}, not {}", any(&seen.gateways), listed(&conditions.gateways))
                    }
                    Condition::Subnet => {
                        let subnets: Vec<String> = conditions.subnets.iter().map(redacted::subnet).collect();
                        format!("{} in {}", addresses(&seen), listed(&subnets))
                    }
                    Condition::Interface => {
                        let interfaces = |names: &[String]| -> Vec<String> {
                            names.iter().map(|name| printable::text(name)).collect()
                        };
                        let (there, wanted) =
                            (interfaces(&seen.interfaces), interfaces(&conditions.interfaces));
                        format!("interface is {}, not {}", any(&there), listed(&wanted))
                    }
                });
                words.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

fn addresses(seen: &NetworkState) -> String {
    if seen.addresses.is_empty() {
        "no address is".to_owned()
    } else {
        format!("none of {} is", any(&seen.addresses))
    }
}

fn any(there: &[impl Display]) -> String {
    let all: Vec<String> = there.iter().map(ToString::to_string).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn listed(wanted: &[impl Display]) -> String {
    wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
