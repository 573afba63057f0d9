//! Values that every one of the versions takes, and that tell where they were written.

use super::combination::text;
use super::random::Random;
use super::variables::Variable;
use std::path::Path;

/// A value as a file writes it, and what it means.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) written: String,
    pub(super) means: String,
}

impl Value {
    /// The one that removes a variable.
    pub(super) fn empty() -> Self {
        Self { written: String::new(), means: String::new() }
    }
}

/// A value for the process or the go command's file, where nothing is replaced. `tag` tells the place.
pub(super) fn plain(random: &mut Random, variable: &Variable, tag: &str, root: &Path) -> String {
    let root = text(root);
    match variable.name {
        "GOPATH" if random.chance(25) => format!("{root}/gopath/{tag}:{root}/gopath/second"),
        "GOPATH" => format!("{root}/gopath/{tag}"),
        "GOBIN" => format!("/opt/{tag}/bin"),
        "GOMODCACHE" | "GOCACHE" => format!("{root}/caches/{tag}"),
        "GOPROXY" => format!("https://{tag}.example,direct"),
        "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" | "GOINSECURE" => format!("*.{tag}.example"),
        "GOSUMDB" => format!("sum.golang.org https://{tag}.example"),
        "GOFLAGS" => format!("-tags={tag} -mod=mod"),
        "GOEXPERIMENT" => {
            (*random.pick(&["fieldtrack", "preemptibleloops", "staticlockranking", "boringcrypto"]))
                .to_owned()
        }
        "GOAUTH" => format!("git /srv/{tag}"),
        "CGO_ENABLED" => (*random.pick(&["0", "1"])).to_owned(),
        "NO_PROXY" => format!(".{tag}.example"),
        "HTTP_PROXY" | "HTTPS_PROXY" => format!("http://{tag}.example:3128"),
        "GOTMPDIR" => root.clone(), // go needs it to be there
        "GODEBUG" => "http2client=0".to_owned(),
        "GOVCS" => format!("{tag}.example:git"),
        "CC" | "CXX" | "AR" | "PKG_CONFIG" => format!("/opt/{tag}/tool"),
        level if level.starts_with("GO") => level_of(level).to_owned(),
        _ => format!("-O1 -D{tag}"),
    }
}

/// A level of a processor that every go which knows the variable takes.
fn level_of(name: &str) -> &'static str {
    match name {
        "GOAMD64" => "v2",
        "GOARM" => "6",
        "GOARM64" => "v8.1",
        "GO386" | "GOMIPS" | "GOMIPS64" => "softfloat",
        "GOPPC64" => "power9",
        "GORISCV64" => "rva22u64",
        "GOWASM" => "satconv",
        _ => panic!("{name}"),
    }
}

/// A value for a rule; `project` is the directory of a project's file.
pub(super) fn written(
    random: &mut Random,
    variable: &Variable,
    tag: &str,
    root: &Path,
    project: Option<&Path>,
) -> Value {
    let home = text(&root.join("user"));
    let form = random.below(4);
    match (variable.name, form, project.map(text)) {
        ("GOPATH" | "GOBIN" | "GOMODCACHE" | "GOCACHE", 0, _) => {
            Value { written: format!("~/{tag}"), means: format!("{home}/{tag}") }
        }
        ("GOPATH", 1, _) => {
            Value { written: format!("${{HOME}}/{tag}:~/other"), means: format!("{home}/{tag}:{home}/other") }
        }
        ("GOPATH" | "GOBIN" | "GOCACHE", 2, Some(project)) => {
            Value { written: format!("${{PROJECT}}/.{tag}"), means: format!("{project}/.{tag}") }
        }
        ("GOFLAGS", 1, _) => Value {
            written: format!("-modfile=${{HOME}}/{tag}.mod"),
            means: format!("-modfile={home}/{tag}.mod"),
        },
        ("CGO_LDFLAGS" | "CGO_LDFLAGS_ALLOW", 1, _) => {
            Value { written: format!("-L$${{ORIGIN}}/~/{tag}"), means: format!("-L${{ORIGIN}}/~/{tag}") }
        }
        _ => {
            let value = plain(random, variable, tag, root);
            Value { written: value.clone(), means: value }
        }
    }
}
