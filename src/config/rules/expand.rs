//! What a written value means: `~`, `${HOME}` and `${PROJECT}` replaced, and nothing else.
//!
//! Takes text, gives a value or what is wrong with it. Nothing is read but the two places that are given.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

const LITERAL: &str = "$${";
const OPEN: &str = "${";

/// What may be put in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    /// What `~` and `${HOME}` mean; absolute.
    pub(super) home: Option<&'a Path>,
    /// What `${PROJECT}` means; `None` in a file that belongs to no project.
    pub(super) project: Option<&'a Path>,
}

/// Any value: `${HOME}` and `${PROJECT}` replaced, `$${` a literal `${`.
pub(super) fn text(written: &str, places: Places<'_>) -> Result<OsString, String> {
    let mut value = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some(dollar) = rest.find('$') {
        let (before, after) = rest.split_at(dollar);
        value.extend_from_slice(before.as_bytes());
        if let Some(behind) = after.strip_prefix(LITERAL) {
            value.extend_from_slice(OPEN.as_bytes());
            rest = behind;
        } else if let Some(behind) = after.strip_prefix(OPEN) {
            let (name, behind) =
                behind.split_once('}').ok_or("\"${\" is not closed; write a literal \"${\" as \"$${\"")?;
            put(&mut value, places.named(name)?, behind);
            rest = behind;
        } else {
            value.push(b'$');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    value.extend_from_slice(rest.as_bytes());
    Ok(OsString::from_vec(value))
}

/// One absolute path.
pub(super) fn path(written: &str, places: Places<'_>) -> Result<OsString, String> {
    let value = element(written, places)?;
    if !Path::new(&value).is_absolute() {
        return Err(format!("the path must be absolute{}", places.examples()));
    }
    Ok(value)
}

/// Absolute paths with colons between them.
pub(super) fn list(written: &str, places: Places<'_>) -> Result<OsString, String> {
    text(written, places)?; // what is in braces may contain a colon, and is another mistake
    let mut value = OsString::new();
    for (index, one) in written.split(':').enumerate() {
        if one.is_empty() {
            return Err("the list has an empty element; put one colon between two paths".to_owned());
        }
        let one = path(one, places).map_err(|message| match index {
            0 if !written.contains(':') => message,
            _ => format!("element {}: {message}", index + 1),
        })?;
        if one.as_bytes().contains(&b':') {
            let which = "HOME or the path of the project contains a colon";
            return Err(format!("{which}, which separates the elements of the list"));
        }
        if index > 0 {
            value.push(":");
        }
        value.push(one);
    }
    Ok(value)
}

fn element(written: &str, places: Places<'_>) -> Result<OsString, String> {
    if written.starts_with(['"', '\'']) || written.ends_with(['"', '\'']) {
        let why = "the inner quotes would become part of the path";
        return Err(format!("{why}; remove them"));
    }
    if let Some(name) = bare_dollar(written) {
        return Err(match name {
            "HOME" | "PROJECT" => format!("\"${name}\" is not expanded; write \"${{{name}}}\""),
            _ => format!("variables are not expanded{}", places.examples()),
        });
    }
    let Some(rest) = written.strip_prefix('~') else { return text(written, places) };
    if !rest.is_empty() && !rest.starts_with('/') {
        return Err("\"~\" with a user's name is not expanded; write the path of that home".to_owned());
    }
    let mut value = Vec::new();
    put(&mut value, places.home()?, rest);
    value.extend_from_slice(text(rest, places)?.as_bytes());
    Ok(OsString::from_vec(value))
}

/// The name behind a `$` without braces.
fn bare_dollar(written: &str) -> Option<&str> {
    written.split('$').skip(1).find_map(|behind| {
        let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
        let end = behind.find(|one| !is_name(one)).unwrap_or(behind.len());
        behind.get(..end).filter(|name| name.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_'))
    })
}

/// Appends a place that `behind` follows, with one slash between the two.
fn put(value: &mut Vec<u8>, place: &OsStr, behind: &str) {
    let bytes = place.as_bytes();
    let doubled = behind.starts_with('/') && bytes.ends_with(b"/");
    value.extend_from_slice(bytes.strip_suffix(b"/").filter(|_| doubled).unwrap_or(bytes));
}

impl<'a> Places<'a> {
    fn named(self, name: &str) -> Result<&'a OsStr, String> {
        match (name, self.project) {
            ("HOME", _) => self.home(),
            ("PROJECT", Some(project)) => Ok(project.as_os_str()),
            ("PROJECT", None) => Err("${PROJECT} is known only in a project's gvmr.toml".to_owned()),
            (_, Some(_)) => Err("only ${HOME} and ${PROJECT} are expanded".to_owned() + ESCAPE),
            (_, None) => Err("only ${HOME} is expanded".to_owned() + ESCAPE),
        }
    }

    fn home(self) -> Result<&'a OsStr, String> {
        let unknown = "\"~\" and ${HOME} are unknown: HOME is not an absolute path";
        self.home.map(Path::as_os_str).ok_or_else(|| unknown.to_owned())
    }

    fn examples(self) -> &'static str {
        match self.project {
            Some(_) => "; write it as \"/…\", \"~/…\", \"${HOME}/…\" or \"${PROJECT}/…\"",
            None => "; write it as \"/…\", \"~/…\" or \"${HOME}/…\"",
        }
    }
}

const ESCAPE: &str = "; write a literal \"${\" as \"$${\"";

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places<'static> {
        Places { home: Some(Path::new("/h")), project: Some(Path::new("/p q")) }
    }

    #[test]
    fn only_two_places_are_put_in_and_only_in_braces() {
        for (written, value) in [
            ("-modfile=${PROJECT}/go.mod", "-modfile=/p q/go.mod"),
            ("${HOME}${HOME}", "/h/h"),
            ("$HOME ~ $ $$ {HOME}", "$HOME ~ $ $$ {HOME}"),
            ("$${HOME}", "${HOME}"),
            ("$$${HOME}", "$${HOME}"),
            ("a$${b}${HOME}c", "a${b}/hc"),
            ("", ""),
        ] {
            assert_eq!(text(written, places()).unwrap(), value, "{written}");
        }
        for wrong in ["${USER}", "${}", "${HOME", "${HOME:-x}", "${home}", "x${"] {
            assert!(text(wrong, places()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_is_absolute_in_the_end() {
        for (written, value) in [
            ("~", "/h"),
            ("~/go", "/h/go"),
            ("${PROJECT}/.gopath", "/p q/.gopath"),
            ("/x/~/y", "/x/~/y"),
            ("/x/$1", "/x/$1"),
            ("/", "/"),
        ] {
            assert_eq!(path(written, places()).unwrap(), value, "{written}");
        }
        for (wrong, why) in [
            ("go", "absolute"),
            ("./go", "absolute"),
            (" ~/go", "absolute"),
            ("$${HOME}/go", "absolute"),
            ("'~/go'", "quotes"),
            ("\"~/go\"", "quotes"),
            ("$HOME/go", "write \"${HOME}\""),
            ("/x/$PROJECT", "write \"${PROJECT}\""),
            ("$GOPATH/bin", "variables are not expanded"),
            ("~joe/go", "user's name"),
            ("${GOPATH}/bin", "only ${HOME} and ${PROJECT}"),
        ] {
            let message = path(wrong, places()).unwrap_err();
            assert!(message.contains(why), "{wrong}: {message}");
        }
    }

    #[test]
    fn each_element_of_a_list_is_a_path() {
        assert_eq!(list("~/go:/x:${HOME}", places()).unwrap(), "/h/go:/x:/h");
        for (wrong, why) in [
            ("/a:", "empty"),
            (":/a", "empty"),
            ("/a::/b", "empty"),
            ("/a:b", "element 2: the path must be absolute"),
            ("/a:$HOME/b", "element 2"),
            ("${HOME:-/x}", "only ${HOME}"),
        ] {
            let message = list(wrong, places()).unwrap_err();
            assert!(message.contains(why), "{wrong}: {message}");
        }
        let colon = Places { project: Some(Path::new("/p:/etc")), ..places() };
        assert!(list("${PROJECT}/x", colon).unwrap_err().contains("colon"));
        assert_eq!(path("${PROJECT}/x", colon).unwrap(), "/p:/etc/x");
    }

    #[test]
    fn a_place_that_is_not_known_is_a_mistake_and_slashes_are_not_doubled() {
        let nowhere = Places { home: None, project: None };
        for wrong in ["~", "~/go", "${HOME}/go", "${PROJECT}/go"] {
            assert!(path(wrong, nowhere).unwrap_err().contains("known"), "{wrong}");
        }
        let root = Places { home: Some(Path::new("/")), project: Some(Path::new("/h/")) };
        assert_eq!(list("~:~/go:${HOME}/a:${PROJECT}/b", root).unwrap(), "/:/go:/a:/h/b");
    }
}
