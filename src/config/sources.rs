//! Where toolchains and gvmr's own releases come from: the `sources`, `index`, `mirrors`, `musl-index`, `musl-mirrors` and
//! `dist` settings.
//!
//! Takes text, gives an order and URLs. Never asks a server.

use super::config_toml::{File, List};
use super::error::ConfigError;
use crate::net::{self, Url, without_credentials, without_credentials_in_list};
use gvmr_core::sys::environment::Environment;
use std::path::{Path, PathBuf};

/// Go's own release index and archives.
const GO_INDEX: &str = "https://go.dev/dl/?mode=json&include=all";
const GO_ARCHIVES: &str = "https://go.dev/dl";

/// The sources of toolchains, as the user set them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSettings {
    /// Which sources are asked, in this order.
    pub order: Vec<SourceName>,
    /// The index of releases; `None` where it is switched off.
    pub index: Option<Url>,
    /// Whether the user set the index: then what it says of an archive must hold.
    pub index_named: bool,
    /// Where archives lie: `BASE/FILE`.
    pub mirrors: Vec<Url>,
    /// Whether the user set the mirrors.
    pub mirrors_named: bool,
    /// The index of builds for musl.
    pub musl_index: Option<Url>,
    /// Where builds for musl lie; empty where none are known.
    pub musl_mirrors: Vec<Url>,
    /// Where gvmr's own releases lie, if the user set that; `Some(None)` where updates are switched off.
    pub dist: Option<Option<Url>>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// Release archives from the mirrors.
    Archive,
    /// Toolchain modules through GOPROXY.
    Goproxy,
    /// A directory of archives.
    Directory(PathBuf),
}

impl SourceSettings {
    /// Reads the environment, and `file` for what is not set there.
    pub(super) fn read(environment: &dyn Environment, file: File) -> Result<Self, ConfigError> {
        let set = |variable: &str| environment.text(variable).filter(|value| !value.is_empty());
        let one = |name: Setting, written: Option<String>| {
            let value = set(name.variable).or(written);
            value.map(|value| name.url(&value)).transpose()
        };
        let several = |name: Setting, written: Option<List>| {
            let words = set(name.variable).map(List::One).or(written).map(List::into_words);
            let parsed = words.map(|words| {
                let all = words.join(",");
                words.iter().filter_map(|word| name.url_of(word, &all).transpose()).collect()
            });
            parsed.transpose()
        };
        let order = set("GVMR_SOURCES").map(List::One).or(file.sources);
        let order = order.map(|list| SourceName::parse_all(&list.into_words())).transpose()?;
        let index = one(INDEX, file.index)?;
        let mirrors: Option<Vec<Url>> = several(MIRRORS, file.mirrors)?;
        let default = |text: &str| Url::parse(text).ok();
        Ok(Self {
            order: order.unwrap_or_else(|| vec![SourceName::Archive, SourceName::Goproxy]),
            index_named: index.as_ref().is_some_and(Option::is_some),
            index: index.unwrap_or_else(|| default(GO_INDEX)),
            mirrors_named: mirrors.is_some(),
            mirrors: mirrors.unwrap_or_else(|| default(GO_ARCHIVES).into_iter().collect()),
            musl_index: one(MUSL_INDEX, file.musl_index)?.flatten(),
            musl_mirrors: several(MUSL_MIRRORS, file.musl_mirrors)?.unwrap_or_default(),
            dist: one(DIST, file.dist)?,
        })
    }
}

impl SourceName {
    fn parse_all(words: &[String]) -> Result<Vec<Self>, ConfigError> {
        let all = words.join(",");
        let parse = |word: &String| Self::parse(word, &all);
        let names: Vec<Self> = words.iter().map(parse).collect::<Result<_, _>>()?;
        if names.is_empty() { Err(Self::unknown("", "")) } else { Ok(names) }
    }

    fn parse(word: &str, all: &str) -> Result<Self, ConfigError> {
        match word.split_once(':') {
            None if word == "archive" => Ok(Self::Archive),
            None if word == "goproxy" => Ok(Self::Goproxy),
            Some(("dir", path)) if Path::new(path).is_absolute() => Ok(Self::Directory(path.into())),
            _ => Err(Self::unknown(word, all)),
        }
    }

    fn unknown(word: &str, all: &str) -> ConfigError {
        let secret = word.contains(['@', '?']) || all.contains('@');
        ConfigError::Value {
            setting: "sources (GVMR_SOURCES in the environment, or in config.toml)",
            allowed: "a list of archive, goproxy and dir:/absolute/path",
            value: if secret { without_credentials_in_list(all) } else { word.to_owned() },
        }
    }
}

/// A setting whose values are locations.
#[derive(Clone, Copy)]
struct Setting {
    name: &'static str,
    variable: &'static str,
}

const INDEX: Setting =
    Setting { name: "index (GVMR_INDEX in the environment, or in config.toml)", variable: "GVMR_INDEX" };
const MIRRORS: Setting =
    Setting { name: "mirrors (GVMR_MIRROR in the environment, or in config.toml)", variable: "GVMR_MIRROR" };
const MUSL_INDEX: Setting = Setting {
    name: "musl-index (GVMR_MUSL_INDEX in the environment, or in config.toml)",
    variable: "GVMR_MUSL_INDEX",
};
const MUSL_MIRRORS: Setting = Setting {
    name: "musl-mirrors (GVMR_MUSL_MIRROR in the environment, or in config.toml)",
    variable: "GVMR_MUSL_MIRROR",
};

const DIST: Setting =
    Setting { name: "dist (GVMR_DIST in the environment, or in config.toml)", variable: "GVMR_DIST" };

impl Setting {
    /// The location in `value`: a URL or an absolute path; `None` for `off`.
    fn url(self, value: &str) -> Result<Option<Url>, ConfigError> {
        self.url_of(value, value)
    }

    /// The same for one of `all` locations. Where these have credentials, what seems to be one may be a piece of a
    /// password.
    fn url_of(self, value: &str, all: &str) -> Result<Option<Url>, ConfigError> {
        if value == "off" {
            return Ok(None);
        }
        // What begins with two slashes and has a login is an address without its scheme.
        let is_path = Path::new(value).is_absolute() && !(value.starts_with("//") && value.contains('@'));
        let url = if is_path { Url::from_file_path(value).ok() } else { net::parse(value).ok() };
        let fit = |url: &Url| match url.scheme() {
            "https" | "http" => url.has_host(),
            "file" => !url.has_host(),
            _ => false,
        };
        url.filter(fit).map(Some).ok_or_else(|| ConfigError::Address {
            setting: self.name,
            value: if all == value { without_credentials(value) } else { shown(value, all) },
        })
    }
}

/// What may be shown of one of several locations.
fn shown(value: &str, all: &str) -> String {
    if all.contains('@') { without_credentials_in_list(all) } else { without_credentials(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], file: File) -> Result<SourceSettings, ConfigError> {
        SourceSettings::read(&variables.to_vec(), file)
    }

    #[test]
    fn the_default_is_go_itself_and_then_its_proxy() {
        let settings = read(&[], File::default()).unwrap();
        assert_eq!(settings.order, [SourceName::Archive, SourceName::Goproxy]);
        assert_eq!(settings.index.unwrap().host_str(), Some("go.dev"));
        assert_eq!(settings.mirrors[0].as_str(), "https://go.dev/dl");
        assert!(!settings.index_named && !settings.mirrors_named && settings.musl_mirrors.is_empty());
    }

    #[test]
    fn the_environment_beats_the_file_and_off_means_none() {
        let file = || File {
            sources: Some(List::Several(vec!["dir:/srv/go".to_owned(), "goproxy".to_owned()])),
            index: Some("https://mirror.example/index.json".to_owned()),
            mirrors: Some(List::One("https://a.example/go, /srv/go".to_owned())),
            ..File::default()
        };
        let settings = read(&[], file()).unwrap();
        assert_eq!(settings.order, [SourceName::Directory("/srv/go".into()), SourceName::Goproxy]);
        let mirrors: Vec<_> = settings.mirrors.iter().map(Url::as_str).collect();
        assert_eq!(mirrors, ["https://a.example/go", "file:///srv/go"]);
        assert!(settings.index_named && settings.mirrors_named);
        let variables =
            [("GVMR_SOURCES", "archive"), ("GVMR_INDEX", "off"), ("GVMR_MIRROR", "http://b.example")];
        let settings = read(&variables, file()).unwrap();
        assert_eq!(settings.order, [SourceName::Archive]);
        assert!(settings.index.is_none() && !settings.index_named);
        assert_eq!(settings.mirrors.len(), 1);
    }

    #[test]
    fn mistakes_name_the_setting_and_show_no_password() {
        for (variable, value) in [
            ("GVMR_SOURCES", "archives"),
            ("GVMR_SOURCES", "dir:relative"),
            ("GVMR_SOURCES", ","),
            ("GVMR_INDEX", "ftp://user:secret@host/x"),
            ("GVMR_MIRROR", "relative/path"),
            ("GVMR_MUSL_MIRROR", "mailto:someone@example.com"),
            ("GVMR_DIST", "ftp://user:secret@host/gvmr"),
        ] {
            let error = read(&[(variable, value)], File::default()).unwrap_err().to_string();
            assert!(error.contains(variable) && !error.contains("secret"), "{error}");
        }
    }
}
