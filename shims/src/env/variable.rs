//! The variables that a rule may set for a directory or a network, and what kind of value each has.
//!
//! One fixed table: what is not in it cannot be set by a file.

/// What a value is, and so how it is written and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One absolute path.
    Directory,
    /// Absolute paths, separated by colons.
    DirectoryList,
    /// `0` or `1`.
    Switch,
    /// The URL of a proxy, or its `host:port`.
    Proxy,
    /// Anything else, on one line.
    Text,
}

/// A variable that a rule may set.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, in upper case.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The other spelling that programs know it by; the go command reads it where the upper-case one is unset.
    pub twin: Option<&'static str>,
}

const fn variable(name: &'static str, kind: Kind) -> Variable {
    Variable { name, kind, twin: None }
}

const fn proxy(name: &'static str, kind: Kind, twin: &'static str) -> Variable {
    Variable { name, kind, twin: Some(twin) }
}

/// All of them, in the order in which they are shown.
pub const VARIABLES: [Variable; 31] = [
    variable("GOPATH", Kind::DirectoryList),
    variable("GOBIN", Kind::Directory),
    variable("GOMODCACHE", Kind::Directory),
    variable("GOCACHE", Kind::Directory),
    variable("GOPROXY", Kind::Text),
    variable("GOPRIVATE", Kind::Text),
    variable("GONOPROXY", Kind::Text),
    variable("GONOSUMDB", Kind::Text),
    variable("GOSUMDB", Kind::Text),
    variable("GOFLAGS", Kind::Text),
    variable("GOEXPERIMENT", Kind::Text),
    variable("GOAUTH", Kind::Text),
    variable("CGO_ENABLED", Kind::Switch),
    variable("CGO_CFLAGS", Kind::Text),
    variable("CGO_CFLAGS_ALLOW", Kind::Text),
    variable("CGO_CFLAGS_DISALLOW", Kind::Text),
    variable("CGO_CPPFLAGS", Kind::Text),
    variable("CGO_CPPFLAGS_ALLOW", Kind::Text),
    variable("CGO_CPPFLAGS_DISALLOW", Kind::Text),
    variable("CGO_CXXFLAGS", Kind::Text),
    variable("CGO_CXXFLAGS_ALLOW", Kind::Text),
    variable("CGO_CXXFLAGS_DISALLOW", Kind::Text),
    variable("CGO_FFLAGS", Kind::Text),
    variable("CGO_FFLAGS_ALLOW", Kind::Text),
    variable("CGO_FFLAGS_DISALLOW", Kind::Text),
    variable("CGO_LDFLAGS", Kind::Text),
    variable("CGO_LDFLAGS_ALLOW", Kind::Text),
    variable("CGO_LDFLAGS_DISALLOW", Kind::Text),
    proxy("HTTP_PROXY", Kind::Proxy, "http_proxy"),
    proxy("HTTPS_PROXY", Kind::Proxy, "https_proxy"),
    proxy("NO_PROXY", Kind::Text, "no_proxy"),
];

/// The variable of exactly this name.
pub fn find(name: &[u8]) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name.as_bytes() == name)
}
