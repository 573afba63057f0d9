//! A text in which secrets of the environment are put in when it is used, and never before.
//!
//! What is displayed, stored or compared holds `${secret:NAME}` and no value.

use gvmr_core::sys::environment::Environment;
use reqwest::Url;
use std::fmt;

/// How a secret's name is told from a variable's.
pub(super) const PREFIX: &str = "secret:";

/// A text and the places of its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretText {
    parts: Vec<TextPart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TextPart {
    Literal(String),
    /// The name of an environment variable.
    Secret(String),
}

/// A text with its secrets in place. Not displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct RevealedText {
    /// All of it.
    pub text: String,
    /// The secrets in it, to be hidden wherever they come up.
    pub secrets: Vec<String>,
}

/// A secret that the environment does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment has no {name}, which ${{secret:{name}}} stands for")]
pub struct MissingSecret {
    /// The variable.
    pub name: String,
}

impl SecretText {
    pub(super) fn push(&mut self, literal: &str) {
        match self.parts.last_mut() {
            Some(TextPart::Literal(text)) => text.push_str(literal),
            _ => self.parts.push(TextPart::Literal(literal.to_owned())),
        }
    }

    pub(super) fn push_secret(&mut self, name: &str) {
        self.parts.push(TextPart::Secret(name.to_owned()));
    }

    /// Whether there is a secret in it.
    pub fn has_secret(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, TextPart::Secret(_)))
    }

    /// The text with `stand_in` in the place of each secret, to see whether it has the form it must have.
    pub fn with_stand_in(&self, stand_in: &str) -> String {
        let parts = self.parts.iter().map(|part| match part {
            TextPart::Literal(text) => text.as_str(),
            TextPart::Secret(_) => stand_in,
        });
        parts.collect()
    }

    /// Of an address that is a secret as a whole: its host; where that is a secret, too, what stands for it.
    pub fn host(&self) -> String {
        let host = match self.parts.first() {
            Some(TextPart::Literal(_)) => Url::parse(&self.with_stand_in("secret")).ok(),
            _ => None,
        };
        let host = host.and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_else(|| {
            let is_secret = |part: &&TextPart| matches!(part, TextPart::Secret(_));
            Self { parts: self.parts.iter().filter(is_secret).cloned().collect() }.to_string()
        })
    }

    /// The text with the secrets that the environment has.
    pub fn reveal(&self, environment: &dyn Environment) -> Result<RevealedText, MissingSecret> {
        let mut revealed = RevealedText { text: String::new(), secrets: Vec::new() };
        for part in &self.parts {
            match part {
                TextPart::Literal(text) => revealed.text.push_str(text),
                TextPart::Secret(name) => {
                    let value = environment.text(name).ok_or_else(|| MissingSecret { name: name.clone() })?;
                    revealed.text.push_str(&value);
                    revealed.secrets.push(value);
                }
            }
        }
        Ok(revealed)
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        let mut parts = Self::default();
        parts.push(text);
        parts
    }
}

impl fmt::Display for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            TextPart::Literal(text) => formatter.write_str(text),
            TextPart::Secret(name) => write!(formatter, "${{{PREFIX}{name}}}"),
        })
    }
}
