//! The variables that a rule may set, as the README lists them: a table of the test's own.

/// A variable.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) twin: Option<&'static str>,
    pub(super) shown: Shown,
}

/// Whether `go env` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Always,
    /// From this minor version on.
    Since(u32),
    Never,
}

const fn variable(name: &'static str, shown: Shown) -> Variable {
    Variable { name, twin: None, shown }
}

const fn proxy(name: &'static str, twin: &'static str) -> Variable {
    Variable { name, twin: Some(twin), shown: Shown::Never }
}

pub(super) const VARIABLES: [Variable; 48] = [
    variable("GOPATH", Shown::Always),
    variable("GOBIN", Shown::Always),
    variable("GOMODCACHE", Shown::Always),
    variable("GOCACHE", Shown::Always),
    variable("GOPROXY", Shown::Always),
    variable("GOPRIVATE", Shown::Always),
    variable("GONOPROXY", Shown::Always),
    variable("GONOSUMDB", Shown::Always),
    variable("GOSUMDB", Shown::Always),
    variable("GOFLAGS", Shown::Always),
    variable("GOEXPERIMENT", Shown::Always),
    variable("GOAUTH", Shown::Since(24)),
    variable("CGO_ENABLED", Shown::Always),
    variable("CGO_CFLAGS", Shown::Always),
    variable("CGO_CFLAGS_ALLOW", Shown::Never),
    variable("CGO_CFLAGS_DISALLOW", Shown::Never),
    variable("CGO_CPPFLAGS", Shown::Always),
    variable("CGO_CPPFLAGS_ALLOW", Shown::Never),
    variable("CGO_CPPFLAGS_DISALLOW", Shown::Never),
    variable("CGO_CXXFLAGS", Shown::Always),
    variable("CGO_CXXFLAGS_ALLOW", Shown::Never),
    variable("CGO_CXXFLAGS_DISALLOW", Shown::Never),
    variable("CGO_FFLAGS", Shown::Always),
    variable("CGO_FFLAGS_ALLOW", Shown::Never),
    variable("CGO_FFLAGS_DISALLOW", Shown::Never),
    variable("CGO_LDFLAGS", Shown::Always),
    variable("CGO_LDFLAGS_ALLOW", Shown::Never),
    variable("CGO_LDFLAGS_DISALLOW", Shown::Never),
    proxy("HTTP_PROXY", "http_proxy"),
    proxy("HTTPS_PROXY", "https_proxy"),
    proxy("NO_PROXY", "no_proxy"),
    variable("GOTMPDIR", Shown::Always),
    variable("GODEBUG", Shown::Never),
    variable("GOINSECURE", Shown::Always),
    variable("GOVCS", Shown::Always),
    variable("GO386", Shown::Never),
    variable("GOAMD64", Shown::Always),
    variable("GOARM", Shown::Never),
    variable("GOARM64", Shown::Never),
    variable("GOMIPS", Shown::Never),
    variable("GOMIPS64", Shown::Never),
    variable("GOPPC64", Shown::Never),
    variable("GORISCV64", Shown::Never),
    variable("GOWASM", Shown::Never),
    variable("CC", Shown::Always),
    variable("CXX", Shown::Always),
    variable("AR", Shown::Always),
    variable("PKG_CONFIG", Shown::Always),
];

/// The variable of this name.
pub(super) fn find(name: &str) -> &'static Variable {
    VARIABLES.iter().find(|variable| variable.name == name).unwrap()
}
