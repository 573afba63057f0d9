//! The arguments of `gvmr check`.

use crate::check::RunSelection;
use crate::check::file::series_key;
use crate::gate::GateOptions;
use clap::Args;
use std::path::PathBuf;

/// `gvmr check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 if all holds, with 1 if something does not hold or could not be measured, with 2 if the file or \
                        an option is wrong, with 7 if the file is not trusted, with 8 if a report cannot be written, and with 129, 130 or 143 if a signal ended it."
)]
pub struct CheckArgs {
    /// Dimensions or probes (dimension.probe) to run alone; by default all
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Run this file, which needs no trust then; by default the nearest gvmr-check.toml
    #[arg(long, short, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Leave out this dimension or probe
    #[arg(long, value_name = "NAME")]
    pub skip: Vec<String>,
    /// Run the dimensions after one that does not hold, too
    #[arg(long)]
    pub keep_going: bool,
    /// Set a variable that [check.vars] declares
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    pub variables: Vec<(String, String)>,
    /// The series of runs for baselines; by default the one that the file names
    #[arg(long, value_name = "KEY", value_parser = series_key)]
    pub key: Option<String>,
    /// Make this run the baseline if all else holds; comparisons with a baseline do not count
    #[arg(long, conflicts_with_all = ["names", "no_archive"])]
    pub accept: bool,
    /// Write a report too: json, junit, markdown, github, gitlab or openmetrics; `-` is stdout
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report)]
    pub reports: Vec<(String, PathBuf)>,
    /// Check the file and print what would run; needs no trust
    #[arg(long, conflicts_with_all = ["diff", "history", "init", "reports", "accept"])]
    pub plan: bool,
    /// Compare the newest run with the last one that passed, and run nothing
    #[arg(long, conflicts_with_all = ["history", "init", "reports", "accept", "skip", "names"])]
    pub diff: bool,
    /// List the kept runs, and run nothing
    #[arg(long, conflicts_with_all = ["init", "reports", "accept", "skip", "names"])]
    pub history: bool,
    /// Write a commented gvmr-check.toml with what is found here, and trust it
    #[arg(long, conflicts_with_all = ["reports", "accept", "skip", "names"])]
    pub init: bool,
    /// Do not keep this run
    #[arg(long)]
    pub no_archive: bool,
    /// Notify no one
    #[arg(long)]
    pub no_notify: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl From<&CheckArgs> for GateOptions {
    fn from(arguments: &CheckArgs) -> Self {
        let selection = RunSelection {
            only: arguments.names.iter().cloned().collect(),
            skipped: arguments.skip.iter().cloned().collect(),
            keeps_going: arguments.keep_going,
            jobs: 1, // as the file says
        };
        Self {
            selection,
            series: arguments.key.clone(),
            accepts: arguments.accept,
            keeps: !arguments.no_archive,
            notifies: !arguments.no_notify,
        }
    }
}

/// `NAME=VALUE`
fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `FORMAT=PATH`
fn report(text: &str) -> Result<(String, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("expected FORMAT=PATH, such as junit=check.xml")?;
    if path.is_empty() {
        return Err("the path is empty; `-` is stdout".to_owned());
    }
    Ok((format.to_owned(), PathBuf::from(path)))
}
