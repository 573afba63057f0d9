//! What the environment of a command differs in that runs with one version of Go.
//!
//! Takes the version and the variables that a person gives for this command alone. Those are named in `GVMR_KEEP`:
//! no rule changes them for any go that the command starts. Rules themselves are not applied here: each go below has them
//! applied by the shim, for the directory that it runs in, and a rule of this directory would look there like a value of
//! the process's own, which beats what only fills.

use gvmr_core::env::rules::{KEEP, KeepList};
use gvmr_core::env::variable::{VARIABLES, Variable};
use gvmr_core::exec::child_environment::DEPTH;
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Environment;
use std::env::JoinPathsError;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use thiserror::Error;

/// Variables that cannot be given, and why.
const REFUSED: [(&str, &str); 5] = [
    ("GOROOT", "the version determines it"),
    ("GOTOOLDIR", "the version determines it"),
    ("GVMR_VERSION", "name the version before the command instead"),
    (KEEP, "gvmr uses it"),
    (DEPTH, "gvmr uses it"),
];

/// A Go that a command runs with.
#[derive(Clone, Copy, Debug)]
pub struct Go<'a> {
    /// The home that it is in.
    pub home: &'a Home,
    /// Its directory.
    pub goroot: &'a Path,
    /// Its version, where every go below is to be exactly that one.
    pub exact: Option<&'a Version>,
    /// Whether a GOTOOLCHAIN of the user's does not count either.
    pub never_switched: bool,
}

/// Variables that a person gives for one command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(Vec<(OsString, OsString)>);

/// Why a `NAME=VALUE` cannot be given.
#[derive(Debug, Error)]
pub enum NotGiven {
    /// It has no name, no `=`, or a name that a list of names cannot hold.
    #[error("{0} is not NAME=VALUE")]
    Malformed(String),
    /// The name means something to gvmr or to Go that a person cannot mean.
    #[error("cannot set {0}: {1}")]
    Refused(&'static str, &'static str),
}

impl Given {
    /// The variables in these words, `NAME=VALUE` each; of one name the last counts.
    pub fn parse(words: &[OsString]) -> Result<Self, NotGiven> {
        let mut given = Self::default();
        for (index, word) in words.iter().enumerate() {
            let bytes = word.as_bytes();
            // By its place alone: what was meant as the value may be a secret.
            let malformed = || NotGiven::Malformed(format!("-e number {}", index + 1));
            let equals = bytes.iter().position(|byte| *byte == b'=').ok_or_else(malformed)?;
            let (name, value) = (&bytes[..equals], &bytes[equals + 1..]);
            let is_odd = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || *byte == b',';
            if name.is_empty() || name.iter().any(is_odd) || value.contains(&0) {
                return Err(malformed());
            }
            let (name, value) = (OsStr::from_bytes(name), OsStr::from_bytes(value));
            if let Some((name, why)) = REFUSED.iter().find(|(refused, _)| name == *refused) {
                return Err(NotGiven::Refused(name, why));
            }
            given.0.retain(|(other, _)| other != name);
            given.0.push((name.to_owned(), value.to_owned()));
        }
        Ok(given)
    }

    /// Whether this very name is among them.
    pub fn names(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_os_str())
    }

    /// Sets them, or removes those whose value is empty. Who names one spelling of a proxy means both.
    fn apply(&self, command: &mut Command, environment: &dyn Environment) {
        let mut set = |name: &OsStr, value: &OsStr| {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        };
        let mut kept: Vec<OsString> = Vec::new();
        for (name, value) in &self.0 {
            let Some((variable, twin)) = proxy(name) else {
                kept.push(name.clone());
                set(name, value);
                continue;
            };
            kept.push(variable.name.into());
            set(name, value);
            for other in [variable.name, twin].into_iter().filter(|other| !self.names(other)) {
                set(OsStr::new(other), value);
            }
        }
        if kept.is_empty() {
            return;
        }
        let mut list = KeepList::of(environment);
        for name in kept {
            list.add(&name);
        }
        command.env(KEEP, list.into_list());
    }
}

/// The variable that has two spellings, of which `name` is one; and the other one than its own.
fn proxy(name: &OsStr) -> Option<(&'static Variable, &'static str)> {
    VARIABLES.iter().find_map(|variable| {
        let twin = variable.twin?;
        (name == variable.name || name == twin).then_some((variable, twin))
    })
}

/// Makes the command one that runs with this Go, or with what is outside gvmr. The shims come first on PATH, so that
/// `go +1.23` works below too; the toolchain's own directory has whatever they lack.
pub fn prepare(
    command: &mut Command,
    go: Option<Go<'_>>,
    given: &Given,
    environment: &dyn Environment,
) -> Result<(), JoinPathsError> {
    let path = match given.value("PATH") {
        Some(path) => path.to_owned(),
        None => environment.get("PATH").unwrap_or_default(),
    };
    given.apply(command, environment);
    let Some(go) = go else {
        command.env("PATH", path_with(&[], &path)?);
        return Ok(());
    };
    command.env("PATH", path_with(&[go.home.shims(), go.goroot.join("bin")], &path)?);
    command.env_remove("GOROOT").env_remove("GOTOOLDIR").env_remove(DEPTH);
    if let Some(version) = go.exact {
        command.env("GVMR_VERSION", version.exact().as_str());
        let users = given.names("GOTOOLCHAIN") || environment.get("GOTOOLCHAIN").is_some();
        if go.never_switched || !users {
            command.env("GOTOOLCHAIN", "local");
        }
    }
    Ok(())
}

/// A PATH whose relative elements are gone: a project directory must not supply what runs in it.
fn path_with(first: &[PathBuf], path: &OsStr) -> Result<OsString, JoinPathsError> {
    let rest = std::env::split_paths(path).filter(|entry| entry.is_absolute());
    std::env::join_paths(first.iter().cloned().chain(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn given(words: &[&str]) -> Result<Given, NotGiven> {
        Given::parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    /// What differs: a value, or that there is none.
    fn differs(go: bool, words: &[&str], environment: &[(&str, &str)]) -> BTreeMap<String, Option<String>> {
        let (home, version) = (Home::at(Path::new("/h")), Version::parse("1.23.4").unwrap());
        let goroot = home.toolchain(&version);
        let go =
            go.then_some(Go { home: &home, goroot: &goroot, exact: Some(&version), never_switched: false });
        let mut command = Command::new("x");
        prepare(&mut command, go, &given(words).unwrap(), &environment.to_vec()).unwrap();
        let text = |text: &OsStr| text.to_str().unwrap().to_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    /// `-` is what is removed.
    fn value(all: &BTreeMap<String, Option<String>>, name: &str) -> String {
        all[name].clone().unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn what_is_no_assignment_or_breaks_the_meaning_is_refused() {
        for word in ["", "=x", "=", "GOPATH", "GO PATH=x", " GOPATH=x", "A\tB=1", "A,GOPATH=x", "A=\0"] {
            assert!(matches!(given(&[word]), Err(NotGiven::Malformed(_))), "{word:?}");
        }
        let error = given(&["A=1", "MY TOKEN=canary"]).unwrap_err();
        assert_eq!(error.to_string(), "-e number 2 is not NAME=VALUE");
        for name in ["GOROOT", "GOTOOLDIR", "GVMR_VERSION", "GVMR_KEEP", "GVMR_SHIM_DEPTH"] {
            let error = given(&[&format!("{name}=")]).unwrap_err();
            assert!(error.to_string().starts_with(&format!("cannot set {name}: ")), "{error}");
        }
        let odd = given(&["A=1=2", "lower.case-or not=".replace(' ', "_").as_str(), "A=3"]).unwrap();
        assert_eq!(odd.0, [("lower.case-or_not".into(), "".into()), ("A".into(), "3".into())]);
    }

    #[test]
    fn names_are_kept_from_rules_and_an_empty_value_unsets() {
        let all = differs(true, &["GOPATH=/x", "GOFLAGS=", "MINE=1"], &[("GVMR_KEEP", "GOPROXY,GOPATH")]);
        assert_eq!(value(&all, "GOPATH"), "/x");
        assert_eq!(value(&all, "GOFLAGS"), "-");
        assert_eq!(value(&all, "GVMR_KEEP"), "GOPROXY,GOPATH,GOFLAGS,MINE");
        assert_eq!(value(&all, "GOROOT"), "-");
        assert_eq!(value(&all, "GOTOOLCHAIN"), "local");
        assert!(!differs(true, &[], &[]).contains_key("GVMR_KEEP"));
        assert_eq!(value(&differs(false, &["GOPATH=/x"], &[]), "GVMR_KEEP"), "GOPATH");
    }

    #[test]
    fn one_spelling_of_a_proxy_means_both_and_two_mean_themselves() {
        for name in ["HTTPS_PROXY", "https_proxy"] {
            let all = differs(true, &[&format!("{name}=http://p")], &[]);
            assert_eq!(value(&all, "HTTPS_PROXY"), "http://p");
            assert_eq!(value(&all, "https_proxy"), "http://p");
            assert_eq!(value(&all, "GVMR_KEEP"), "HTTPS_PROXY");
        }
        let all = differs(true, &["no_proxy=a", "NO_PROXY="], &[]);
        assert_eq!((value(&all, "NO_PROXY"), value(&all, "no_proxy")), ("-".to_owned(), "a".to_owned()));
        assert_eq!(value(&all, "GVMR_KEEP"), "NO_PROXY");
    }

    #[test]
    fn the_shims_come_first_on_any_path_and_relative_elements_are_gone() {
        let shims = "/h/shims:/h/versions/go1.23.4/bin";
        let path = |words: &[&str]| value(&differs(true, words, &[("PATH", "/usr/bin:.::x:/bin")]), "PATH");
        assert_eq!(path(&[]), format!("{shims}:/usr/bin:/bin"));
        assert_eq!(path(&["PATH=/mine:y"]), format!("{shims}:/mine"));
        assert_eq!(path(&["PATH="]), shims);
        assert_eq!(value(&differs(false, &[], &[("PATH", "/usr/bin:.")]), "PATH"), "/usr/bin");
    }

    #[test]
    fn gotoolchain_is_the_users_unless_nothing_may_be_switched() {
        assert!(!differs(true, &[], &[("GOTOOLCHAIN", "auto")]).contains_key("GOTOOLCHAIN"));
        assert_eq!(value(&differs(true, &["GOTOOLCHAIN=auto"], &[]), "GOTOOLCHAIN"), "auto");
        let (home, version) = (Home::at(Path::new("/h")), Version::parse("1.23.4").unwrap());
        let go = Go { home: &home, goroot: Path::new("/g"), exact: Some(&version), never_switched: true };
        let mut command = Command::new("x");
        let environment = vec![("GOTOOLCHAIN", "auto")];
        prepare(&mut command, Some(go), &Given::default(), &environment).unwrap();
        assert!(command.get_envs().any(|one| one == (OsStr::new("GOTOOLCHAIN"), Some(OsStr::new("local")))));
    }
}
