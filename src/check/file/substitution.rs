//! `${NAME}` in the strings of a check file.
//!
//! Takes what the names stand for; a name that stands for nothing is a mistake. `$${` is a literal `${`.

use super::model::CheckVariable;
use super::secret_text::{PREFIX, SecretText};
use crate::toml_file::{nearest, quoted};

const OPEN: &str = "${";
const LITERAL: &str = "$${";

/// The names that each file has.
pub(super) const BUILT_IN: [&str; 4] = ["PROJECT", "HOST", "BRANCH", "REVISION"];

/// The value of a built-in name, asked for only where a file uses it; `None` where it has none here.
pub type BuiltInValue<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What the names of one file stand for.
pub(super) struct Substitution<'a> {
    pub(super) built_in: &'a BuiltInValue<'a>,
    pub(super) variables: Vec<CheckVariable>,
}

impl Substitution<'_> {
    /// A text without secrets.
    pub(super) fn text(&self, written: &str) -> Result<String, String> {
        self.text_but(written, &[])
    }

    /// The same, and the names in `kept` stay as they are written.
    pub(super) fn text_but(&self, written: &str, kept: &[&str]) -> Result<String, String> {
        let found = self.replaced(written, kept)?;
        if found.has_secret() {
            return Err(
                "a secret stands only in http, prometheus, server, url and the values of headers".to_owned()
            );
        }
        Ok(found.to_string())
    }

    /// A text that may hold secrets.
    pub(super) fn secret_text(&self, written: &str) -> Result<SecretText, String> {
        self.replaced(written, &[])
    }

    fn replaced(&self, written: &str, kept: &[&str]) -> Result<SecretText, String> {
        let mut found = SecretText::default();
        let mut rest = written;
        while let Some(dollar) = rest.find('$') {
            let (before, after) = rest.split_at(dollar);
            found.push(before);
            if let Some(behind) = after.strip_prefix(LITERAL) {
                found.push(OPEN);
                rest = behind;
            } else if let Some(behind) = after.strip_prefix(OPEN) {
                let (name, behind) = behind
                    .split_once('}')
                    .ok_or("\"${\" is not closed; write a literal \"${\" as \"$${\"")?;
                match name.strip_prefix(PREFIX) {
                    Some(name) if is_name(name) => found.push_secret(name),
                    Some(_) => return Err("a secret is written as ${secret:NAME}".to_owned()),
                    None if kept.contains(&name) => found.push(&format!("${{{name}}}")),
                    None => found.push(&self.value(name)?),
                }
                rest = behind;
            } else {
                found.push("$");
                rest = after.get(1..).unwrap_or_default();
            }
        }
        found.push(rest);
        Ok(found)
    }

    fn value(&self, name: &str) -> Result<String, String> {
        if let Some(variable) = self.variables.iter().find(|variable| variable.name == name) {
            return Ok(variable.value.clone());
        }
        if BUILT_IN.contains(&name) {
            return (self.built_in)(name).ok_or_else(|| format!("${{{name}}} has no value here"));
        }
        let declared = self.variables.iter().map(|variable| variable.name.as_str());
        let known = declared.chain(BUILT_IN);
        let advice = match nearest(name, known) {
            Some(near) => format!("did you mean ${{{near}}}?"),
            None => "declare it in [check.vars], or write a literal \"${\" as \"$${\"".to_owned(),
        };
        Err(format!("undeclared variable {}; {advice}", quoted(name)))
    }
}

/// The variable that a shell would put into a path: that of `$NAME/x`, and HOME of `~/x`.
pub(super) fn shell_name(written: &str) -> Option<&str> {
    if written == "~" || written.starts_with("~/") {
        return Some("HOME");
    }
    let is_first = |one: char| one.is_ascii_uppercase() || one == '_';
    let behind = written.split('$').skip(1).find(|behind| behind.starts_with(is_first))?;
    let end = behind.find(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    behind.get(..end.unwrap_or(behind.len()))
}

/// Whether a variable can be called so.
pub(super) fn is_name(name: &str) -> bool {
    let is_first = |one: char| one.is_ascii_alphabetic() || one == '_';
    name.len() <= 64
        && name.starts_with(is_first)
        && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::file::model::VariableOrigin;

    fn substitution(built_in: &BuiltInValue<'_>) -> String {
        let variable = |name: &str, value: &str| CheckVariable {
            name: name.to_owned(),
            value: value.to_owned(),
            origin: VariableOrigin::Default(1),
        };
        let words = Substitution { built_in, variables: vec![variable("SERVICE", "http://a:1")] };
        let all = [
            "${SERVICE}/ready",
            "$${SERVICE} costs $5 and 10$",
            "${HOST}",
            "${BRANCH}",
            "${SERVCE}",
            "${x y}",
            "${SERVICE",
            "${secret:TOKEN}",
            "${secret:a b}",
        ];
        let shown = all.map(|text| match words.text(text) {
            Ok(value) => format!("{text} = {value}"),
            Err(message) => format!("{text} ! {message}"),
        });
        shown.join("\n")
    }

    #[test]
    fn names_are_replaced_or_a_mistake() {
        let built_in = |name: &str| (name == "HOST").then(|| "vm1".to_owned());
        assert_eq!(
            substitution(&built_in),
            "${SERVICE}/ready = http://a:1/ready\n\
             $${SERVICE} costs $5 and 10$ = ${SERVICE} costs $5 and 10$\n\
             ${HOST} = vm1\n\
             ${BRANCH} ! ${BRANCH} has no value here\n\
             ${SERVCE} ! undeclared variable \"SERVCE\"; did you mean ${SERVICE}?\n\
             ${x y} ! undeclared variable \"x y\"; declare it in [check.vars], or write a literal \"${\" as \"$${\"\n\
             ${SERVICE ! \"${\" is not closed; write a literal \"${\" as \"$${\"\n\
             ${secret:TOKEN} ! a secret stands only in http, prometheus, server, url and the values of headers\n\
             ${secret:a b} ! a secret is written as ${secret:NAME}"
        );
    }

    #[test]
    fn secrets_are_put_in_late_and_shown_by_name() {
        let words = Substitution { built_in: &|_| None, variables: Vec::new() };
        let text = words.secret_text("Bearer ${secret:TOKEN}!").unwrap();
        assert_eq!(text.to_string(), "Bearer ${secret:TOKEN}!");
        let revealed = text.reveal(&vec![("TOKEN", "hush")]).unwrap();
        assert_eq!((revealed.text.as_str(), revealed.secrets), ("Bearer hush!", vec!["hush".to_owned()]));
        assert_eq!(
            text.reveal(&vec![("OTHER", "x")]).err().map(|error| error.name),
            Some("TOKEN".to_owned())
        );
        assert_eq!(words.text_but("a/${START_MS}", &["START_MS"]).unwrap(), "a/${START_MS}");
    }
}
