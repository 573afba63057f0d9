//! Turns any room's error into words, one next step and an exit code. No other place knows exit codes.

mod command;
mod rooms;
mod run;

use crate::install::with_causes;
use serde::Serialize;
use std::error::Error as StdError;

/// What kind of failure ended a command. The exit code follows from the kind alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// A check failed or found something.
    Finding,
    /// The command line or a setting is wrong.
    Usage,
    /// No such version.
    UnknownVersion,
    /// A source could not be reached or refused.
    Network,
    /// Bytes are not what was proved.
    Integrity,
    /// An archive breaks its format's rules.
    Archive,
    /// Something needs the user's trust first.
    Trust,
    /// The file system failed.
    Storage,
    /// Someone else uses it.
    Busy,
    /// A file of gvmr's own is damaged.
    Corrupt,
    /// This host cannot run it.
    Host,
    /// A program cannot be executed.
    CannotExecute,
    /// There is nothing to execute.
    NotFound,
    /// Ctrl-C or SIGTERM.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of a command that ends with this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Finding => 1,
            Self::Usage => 2,
            Self::UnknownVersion => 3,
            Self::Network => 4,
            Self::Integrity => 5,
            Self::Archive => 6,
            Self::Trust => 7,
            Self::Storage => 8,
            Self::Busy => 9,
            Self::Corrupt => 10,
            Self::Host => 11,
            Self::CannotExecute => 126,
            Self::NotFound => 127,
            Self::Interrupted => 130,
        }
    }
}

/// A failure as the user sees it.
#[derive(Debug)]
pub struct Error {
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// What failed and where, expected and got; URLs without credentials.
    pub message: String,
    /// One next step.
    pub hint: Option<String>,
    /// Whether stdout holds the command's JSON already, which says as much: then no second document follows.
    pub in_data: bool,
    /// Whether stdout holds all of it already, in words.
    pub is_said: bool,
}

impl Error {
    /// An error of `kind` whose message is that of `cause` and of what caused it, without repetition.
    pub fn new(kind: ErrorKind, cause: &(dyn StdError + 'static)) -> Self {
        let message = with_causes(cause);
        Self { kind, message, hint: None, in_data: false, is_said: false }
    }

    /// An error said in these words.
    pub fn said(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, in_data: false, is_said: false }
    }

    /// A result that could not be written.
    #[allow(clippy::needless_pass_by_value)] // for `map_err`
    pub fn stdout(error: std::io::Error) -> Self {
        Self::said(ErrorKind::Storage, format!("cannot write to stdout: {error}"))
    }

    /// The same, with the next step that the room's own error knows.
    fn with_hint(kind: ErrorKind, cause: &(dyn StdError + 'static), hint: Option<String>) -> Self {
        Self { hint, ..Self::new(kind, cause) }
    }

    /// The same error, led by what it is about.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        Self { message: format!("{subject}: {}", self.message), ..self }
    }

    /// Adds the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error after its command has written JSON.
    #[must_use]
    pub fn after_data(mut self) -> Self {
        self.in_data = true;
        self
    }

    /// The same error where its command may have written JSON.
    #[must_use]
    pub fn after(self, json: bool) -> Self {
        if json { self.after_data() } else { self }
    }

    /// The same error after its command has printed all of it.
    #[must_use]
    pub fn already_said(mut self) -> Self {
        self.is_said = true;
        self
    }

    /// The form scripts read.
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({
            "error": {
                "kind": self.kind,
                "code": self.kind.exit_code(),
                "message": self.message,
                "hint": self.hint,
            }
        })
    }
}
