//! A run's document → the texts that people and other programs read.
//!
//! Pure. Text of programs, servers and files stands in every report, and breaks none: it ends no element, opens no
//! command and moves no cursor.

mod as_json;
mod circumstances;
mod diff;
mod explained;
mod figures;
mod github;
mod gitlab;
mod history;
mod junit;
mod last_line;
mod location;
mod markdown;
mod openmetrics;
mod order;
mod plain_text;
mod slack;
mod table;

pub use as_json::{diff_as_json, history_as_json};
pub use diff::diff;
pub use history::history;
pub use last_line::{last_line, outcome};
pub use slack::slack;
pub use table::table;

use crate::check::RunDocument;
use crate::terminal::json_text;
use explained::explained;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// The document itself.
    Json,
    /// `JUnit`'s XML, as CI servers read it.
    Junit,
    /// A page for job summaries and merge requests.
    Markdown,
    /// Annotations of GitHub Actions.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// Metrics for Prometheus.
    Openmetrics,
}

impl ReportFormat {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Json, Self::Junit, Self::Markdown, Self::Github, Self::Gitlab, Self::Openmetrics];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Openmetrics => "openmetrics",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// The run in this format.
pub fn report(format: ReportFormat, document: &RunDocument) -> String {
    let explained = explained(document);
    match format {
        ReportFormat::Json => json_text(document).unwrap_or_default(), // it has no keys but texts
        ReportFormat::Junit => junit::junit(&explained),
        ReportFormat::Markdown => markdown::markdown(&explained),
        ReportFormat::Github => github::github(&explained),
        ReportFormat::Gitlab => gitlab::gitlab(&explained),
        ReportFormat::Openmetrics => openmetrics::openmetrics(document),
    }
}

#[cfg(test)]
mod tests;
