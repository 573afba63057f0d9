//! What a check found, as people and scripts read it.

use super::mend::Mend;
use super::place::FindingPlace;
use serde::Serialize;

/// How much a finding matters, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A `go` fails, runs another version than gvmr says, or cannot fetch.
    Error,
    /// It works, with a wrong or unsafe result.
    Warning,
    /// Worth knowing; alone it leaves a machine healthy.
    Note,
}

/// One cause of trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind, such as `goroot.in-env-file`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in half a sentence that names no place.
    pub what: String,
    /// What follows from it, in a sentence.
    pub why: String,
    /// Where it is written or seen, the decisive place first.
    pub places: Vec<FindingPlace>,
    /// The sessions that it breaks, as `bash login`.
    pub sessions: Vec<String>,
    /// What mends it.
    pub fix: Fix,
    /// The same for `--fix`, where gvmr can do it.
    pub mend: Option<Mend>,
    /// Whether what follows from it is not looked for: an error's consequences, and those of some warnings.
    pub is_cause: bool,
}

/// Why a kind of finding was not looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped(pub String);

impl<T: Into<String>> From<T> for Skipped {
    fn from(why: T) -> Self {
        Self(why.into())
    }
}

/// What mends a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Whether gvmr can do it.
    pub automatic: bool,
    /// The command to run, where one does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// What to do, in half a sentence.
    pub text: String,
}

impl Fix {
    /// In words, with the command.
    pub fn words(&self) -> String {
        match &self.command {
            _ if self.automatic => format!("--fix: {}", self.text),
            Some(command) => format!("to mend it: {} (`{command}`)", self.text),
            None => format!("to mend it: {}", self.text),
        }
    }
}

impl Finding {
    /// What follows from it, and in which sessions.
    pub fn consequence(&self) -> String {
        if self.sessions.is_empty() {
            self.why.clone()
        } else {
            format!("{}: {}", self.why, self.sessions.join(", "))
        }
    }

    /// A finding that this place shows.
    pub fn at(id: &'static str, severity: Severity, place: FindingPlace) -> Self {
        Self {
            id,
            severity,
            what: String::new(),
            why: String::new(),
            places: vec![place],
            sessions: Vec::new(),
            fix: Fix { automatic: false, command: None, text: String::new() },
            mend: None,
            is_cause: severity == Severity::Error,
        }
    }

    /// The same, which explains what fails.
    #[must_use]
    pub fn as_cause(self) -> Self {
        Self { is_cause: true, ..self }
    }

    /// An error that this place shows.
    pub fn error(id: &'static str, place: FindingPlace) -> Self {
        Self::at(id, Severity::Error, place)
    }

    /// With what is wrong.
    #[must_use]
    pub fn what(self, what: impl Into<String>) -> Self {
        Self { what: what.into(), ..self }
    }

    /// With what follows from it.
    #[must_use]
    pub fn why(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// With one more place.
    #[must_use]
    pub fn and(mut self, place: FindingPlace) -> Self {
        self.places.push(place);
        self
    }

    /// With what a person does about it.
    #[must_use]
    pub fn by_hand(mut self, text: impl Into<String>) -> Self {
        self.fix.text = text.into();
        self
    }

    /// With the command that a person runs.
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.fix.command = Some(command.into());
        self
    }

    /// With what gvmr does about it after a question, in half a sentence too.
    #[must_use]
    pub fn mended(mut self, mend: Mend, text: impl Into<String>) -> Self {
        self.fix = Fix {
            automatic: true,
            command: Some(format!("gvmr doctor --fix --only {}", self.id)),
            text: text.into(),
        };
        self.mend = Some(mend);
        self
    }

    /// The same where there is a mend; else the finding stays as it is.
    #[must_use]
    pub fn mended_if(self, mend: Option<Mend>, text: impl Into<String>) -> Self {
        match mend {
            Some(mend) => self.mended(mend, text),
            None => self,
        }
    }

    /// The same without the mend, which was tried.
    #[must_use]
    pub fn left_by_hand(self, text: impl Into<String>) -> Self {
        Self { fix: Fix { automatic: false, command: None, text: text.into() }, mend: None, ..self }
    }

    /// The area of its kind.
    pub fn area(&self) -> &'static str {
        area(self.id)
    }
}

/// The part of an id before the dot.
pub(super) fn area(id: &str) -> &str {
    id.split_once('.').map_or(id, |(area, _)| area)
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Finding", 8)?;
        fields.serialize_field("id", self.id)?;
        fields.serialize_field("severity", &self.severity)?;
        fields.serialize_field("area", self.area())?;
        fields.serialize_field("what", &self.what)?;
        fields.serialize_field("why", &self.why)?;
        fields.serialize_field("where", &self.places)?;
        fields.serialize_field("sessions", &self.sessions)?;
        fields.serialize_field("fix", &self.fix)?;
        fields.end()
    }
}
