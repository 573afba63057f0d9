//! The table in words, without credentials.

use crate::config::redacted;
use crate::explain::table::{VariableRow, VariableTable};
use crate::explain::{RuleValue, ShadowReason, ValueSource};
use crate::terminal::{self, Cell, Tone};
use gvmr_core::env::network::Network;
use gvmr_core::env::variable::Variable;
use std::ffi::OsStr;
use std::path::Path;

/// How far the column of places moves to the right at most.
const WIDEST: usize = 60;

/// The value alone, as `go env NAME` prints it; empty where it is unset or not known.
pub(super) fn value(row: &VariableRow) -> String {
    row.value().map(|value| redacted::value(row.explained.variable, value)).unwrap_or_default()
}

/// A line for each variable and for each value that it shadows; `named` are all rows, even those of unset variables.
pub(super) fn rows(table: &VariableTable, named: bool) -> Vec<terminal::Row> {
    let network = named.then(Network::default);
    let mut pairs = Vec::new();
    for row in table.rows.iter().filter(|row| named || row.says_something()) {
        let name = row.explained.variable.name;
        let written = match row.value() {
            Some(_) => format!("{name}={}", value(row)),
            None => format!("{name}=?"),
        };
        pairs.push((written, place_of(row, table)));
        pairs.extend(shadowed(row, table));
        if let Some(network) = &network {
            let elsewhere = row.explained.elsewhere.iter();
            pairs.extend(elsewhere.map(|ruled| idle(ruled, &table.directory, network)));
        }
    }
    let longest = pairs.iter().map(|(left, _)| left.chars().count()).filter(|length| *length <= WIDEST).max();
    let width = longest.unwrap_or(0);
    let row = |(left, right): (String, String)| {
        let piped = format!("{left:width$}\t{right}");
        let tone = if left.starts_with(' ') { Tone::Dim } else { Tone::Plain };
        terminal::Row::new([Cell::new(left, tone), Cell::wrapped(right, Tone::Dim)], piped)
    };
    pairs.into_iter().map(row).collect()
}

fn shadowed(row: &VariableRow, table: &VariableTable) -> Vec<(String, String)> {
    let shadowed = row.explained.shadowed.iter().map(|(candidate, why)| {
        let place = candidate.place.words(row.explained.variable, table.reason.as_deref());
        match why {
            ShadowReason::Removes => ("  removed".to_owned(), place),
            _ => (not(row.explained.variable, &candidate.value), format!("{place}: {why}")),
        }
    });
    shadowed.collect()
}

fn idle(ruled: &RuleValue, directory: &Path, network: &Network) -> (String, String) {
    let why = ruled.rule.why_idle(directory, network);
    (not(ruled.variable, &ruled.value), format!("{}: does not apply: {why}", ruled.rule.words()))
}

/// A value that does not count; an empty one would remove the variable.
fn not(variable: &Variable, value: &OsStr) -> String {
    if value.is_empty() {
        "  not removed".to_owned()
    } else {
        format!("  not {}", redacted::value(variable, value))
    }
}

/// The place of the value that counts.
fn place_of(row: &VariableRow, table: &VariableTable) -> String {
    if row.is_unset() {
        return "unset".to_owned();
    }
    let mut text = row.explained.place.words(row.explained.variable, table.reason.as_deref());
    if row.explained.kept {
        text.push_str(", kept by GVMR_KEEP");
    }
    if row.explained.place == ValueSource::Default {
        text.push_str(derived(row.explained.variable));
    }
    match row.written_otherwise() {
        Some(written) => {
            format!("{text}, written as \"{}\"", redacted::value(row.explained.variable, written))
        }
        None => text,
    }
}

/// What the go command makes a default of.
fn derived(variable: &Variable) -> &'static str {
    match variable.name {
        "GONOPROXY" | "GONOSUMDB" => ", from GOPRIVATE",
        "GOMODCACHE" => ", from GOPATH",
        _ => "",
    }
}
