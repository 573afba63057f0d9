//! The version that another tool runs where no file selects one: its global version.
//!
//! Takes the environment; reads the one file of each tool that says it. Never runs anything.

use gvmr_core::gover::selector::{RequestedGo, Selector};
use gvmr_core::gover::version_file;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::environment::Environment;
use std::path::{Path, PathBuf};

/// A global version of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalVersion {
    /// The tool.
    pub owner: &'static str,
    /// The version, or its prefix.
    pub selector: Selector,
    /// The file that says it.
    pub file: PathBuf,
}

/// The tools, where each keeps it, and how it is written there.
const FILES: &[(&str, &[&str], Reader)] = &[
    ("goenv", &["$GOENV_ROOT/version", "~/.goenv/version"], go_version),
    ("asdf", &["~/.tool-versions"], tool_versions),
    ("mise", &["$MISE_GLOBAL_CONFIG_FILE", "~/.config/mise/config.toml"], tools_table),
    ("gvm", &["$GVM_ROOT/environments/default", "~/.gvm/environments/default"], gvm_environment),
    ("proto", &["$PROTO_HOME/.prototools", "~/.proto/.prototools"], top_table),
];

type Reader = fn(&[u8]) -> Option<Selector>;

/// The global version of the first tool that has one.
pub fn global_version(environment: &dyn Environment) -> Option<GlobalVersion> {
    FILES.iter().find_map(|(owner, files, read)| {
        files.iter().filter_map(|file| place(file, environment)).find_map(|file| {
            let text = bounded::read(&file, PIN_LIMIT).ok().flatten()?;
            Some(GlobalVersion { owner, selector: read(&text)?, file })
        })
    })
}

/// The path that a name of the table means; `None` where its variable is unset or not absolute.
fn place(name: &str, environment: &dyn Environment) -> Option<PathBuf> {
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    let variable = if first == "~" { "HOME" } else { first.trim_start_matches('$') };
    let path = PathBuf::from(environment.get(variable)?);
    path.is_absolute().then(|| if rest.is_empty() { path } else { path.join(Path::new(rest)) })
}

fn go_version(text: &[u8]) -> Option<Selector> {
    version(version_file::go_version(text).ok()?.wanted)
}

fn tool_versions(text: &[u8]) -> Option<Selector> {
    version(version_file::tool_versions(text).ok()??.wanted)
}

fn version(wanted: RequestedGo) -> Option<Selector> {
    match wanted {
        RequestedGo::Version(selector) => Some(selector),
        RequestedGo::System => None,
    }
}

/// `[tools]`, then `go = "1.22"`.
fn tools_table(text: &[u8]) -> Option<Selector> {
    of_go(toml::from_str::<toml::Table>(std::str::from_utf8(text).ok()?).ok()?.get("tools")?.as_table()?)
}

/// `go = "1.22"`
fn top_table(text: &[u8]) -> Option<Selector> {
    of_go(&toml::from_str::<toml::Table>(std::str::from_utf8(text).ok()?).ok()?)
}

fn of_go(table: &toml::Table) -> Option<Selector> {
    let value = table.get("go").or_else(|| table.get("golang"))?;
    Selector::parse(value.as_str()?).ok()
}

/// `export gvm_go_name; gvm_go_name="go1.22.3"`
fn gvm_environment(text: &[u8]) -> Option<Selector> {
    let text = String::from_utf8_lossy(text);
    let name = text.split_once("gvm_go_name=")?.1.trim_start_matches('"');
    let end = name.find(|one: char| one != '.' && !one.is_ascii_alphanumeric()).unwrap_or(name.len());
    Selector::parse(name.get(..end)?).ok()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_tools_own_file_is_read() {
        for (file, text, owner, expected) in [
            (".goenv/version", "1.22.3\n", "goenv", "1.22.3"),
            (".tool-versions", "nodejs 20\ngolang 1.22.3\n", "asdf", "1.22.3"),
            (".config/mise/config.toml", "[tools]\nnode = \"20\"\ngo = \"1.22\"\n", "mise", "1.22"),
            (
                ".gvm/environments/default",
                "export GVM_ROOT; GVM_ROOT=\"/h/.gvm\"\nexport gvm_go_name; gvm_go_name=\"go1.22.3\"\n",
                "gvm",
                "1.22.3",
            ),
            (".proto/.prototools", "go = \"1.22.3\"\n", "proto", "1.22.3"),
        ] {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let environment = vec![("HOME", home.path().to_str().unwrap())];
            assert_eq!(global_version(&environment), None);
            fs::write(&path, text).unwrap();
            let found = global_version(&environment).unwrap();
            assert_eq!(
                (found.owner, found.selector.to_string().as_str(), &found.file),
                (owner, expected, &path)
            );
            for other in ["", "system\n", "golang system\n", "[tools]\n", "\u{0}"] {
                fs::write(&path, other).unwrap();
                assert_eq!(global_version(&environment), None, "{other:?}");
            }
        }
    }
}
