//! The variables that a rule may set for a directory or a network, and what kind of value each has.
//!
//! One fixed table: what is not in it cannot be set by a file.

/// What a value is, and so how it is written and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
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
    pub kind: VariableKind,
    /// The other spelling that programs know it by; the go command reads it where the upper-case one is unset.
    pub twin: Option<&'static str>,
}

const fn variable(name: &'static str, kind: VariableKind) -> Variable {
    Variable { name, kind, twin: None }
}

const fn proxy(name: &'static str, kind: VariableKind, twin: &'static str) -> Variable {
    Variable { name, kind, twin: Some(twin) }
}

/// All of them, in the order in which they are shown.
pub const VARIABLES: [Variable; 48] = [
    variable("GOPATH", VariableKind::DirectoryList),
    variable("GOBIN", VariableKind::Directory),
    variable("GOMODCACHE", VariableKind::Directory),
    variable("GOCACHE", VariableKind::Directory),
    variable("GOPROXY", VariableKind::Text),
    variable("GOPRIVATE", VariableKind::Text),
    variable("GONOPROXY", VariableKind::Text),
    variable("GONOSUMDB", VariableKind::Text),
    variable("GOSUMDB", VariableKind::Text),
    variable("GOFLAGS", VariableKind::Text),
    variable("GOEXPERIMENT", VariableKind::Text),
    variable("GOAUTH", VariableKind::Text),
    variable("CGO_ENABLED", VariableKind::Switch),
    variable("CGO_CFLAGS", VariableKind::Text),
    variable("CGO_CFLAGS_ALLOW", VariableKind::Text),
    variable("CGO_CFLAGS_DISALLOW", VariableKind::Text),
    variable("CGO_CPPFLAGS", VariableKind::Text),
    variable("CGO_CPPFLAGS_ALLOW", VariableKind::Text),
    variable("CGO_CPPFLAGS_DISALLOW", VariableKind::Text),
    variable("CGO_CXXFLAGS", VariableKind::Text),
    variable("CGO_CXXFLAGS_ALLOW", VariableKind::Text),
    variable("CGO_CXXFLAGS_DISALLOW", VariableKind::Text),
    variable("CGO_FFLAGS", VariableKind::Text),
    variable("CGO_FFLAGS_ALLOW", VariableKind::Text),
    variable("CGO_FFLAGS_DISALLOW", VariableKind::Text),
    variable("CGO_LDFLAGS", VariableKind::Text),
    variable("CGO_LDFLAGS_ALLOW", VariableKind::Text),
    variable("CGO_LDFLAGS_DISALLOW", VariableKind::Text),
    proxy("HTTP_PROXY", VariableKind::Proxy, "http_proxy"),
    proxy("HTTPS_PROXY", VariableKind::Proxy, "https_proxy"),
    proxy("NO_PROXY", VariableKind::Text, "no_proxy"),
    variable("GOTMPDIR", VariableKind::Directory),
    variable("GODEBUG", VariableKind::Text),
    variable("GOINSECURE", VariableKind::Text),
    variable("GOVCS", VariableKind::Text),
    variable("GO386", VariableKind::Text),
    variable("GOAMD64", VariableKind::Text),
    variable("GOARM", VariableKind::Text),
    variable("GOARM64", VariableKind::Text),
    variable("GOMIPS", VariableKind::Text),
    variable("GOMIPS64", VariableKind::Text),
    variable("GOPPC64", VariableKind::Text),
    variable("GORISCV64", VariableKind::Text),
    variable("GOWASM", VariableKind::Text),
    variable("CC", VariableKind::Text),
    variable("CXX", VariableKind::Text),
    variable("AR", VariableKind::Text),
    variable("PKG_CONFIG", VariableKind::Text),
];

/// The variable of exactly this name.
pub fn find(name: &[u8]) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name.as_bytes() == name)
}
