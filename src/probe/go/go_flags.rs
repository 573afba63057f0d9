//! The flags of GOFLAGS: those that builds are made with, and those that change what the commands of a check do.
//!
//! Takes the value as go reads it, with entries in quotes; gives the entries that stay, and what the others do.

use crate::config::goflags;

/// What programs are built with, and how tests run. gvmr's own go commands keep these alone.
const KEPT: [&str; 24] = [
    "tags",
    "trimpath",
    "ldflags",
    "gcflags",
    "asmflags",
    "gccgoflags",
    "buildvcs",
    "modcacherw",
    "p",
    "race",
    "msan",
    "asan",
    "cover",
    "covermode",
    "coverpkg",
    "compiler",
    "buildmode",
    "installsuffix",
    "pgo",
    "linkshared",
    "pkgdir",
    "timeout",
    "parallel",
    "shuffle",
];

/// What bends a build, a test or a check, and how.
const EFFECTS: [(&str, &str); 21] = [
    ("mod", "lets builds change go.mod"),
    ("toolexec", "puts a program around the compiler"),
    ("insecure", "fetches modules without checks"),
    ("overlay", "puts other files in the place of sources"),
    ("modfile", "builds with another go.mod"),
    ("run", "leaves out tests"),
    ("skip", "leaves out tests"),
    ("short", "leaves out tests"),
    ("failfast", "leaves out tests after a failure"),
    ("list", "lists tests and runs none"),
    ("c", "builds tests, writes them here and runs none"),
    ("n", "prints commands and runs none"),
    ("exec", "runs tests by another program"),
    ("vet", "leaves out checks of go vet"),
    ("vettool", "puts a program in the place of go vet"),
    ("fix", "lets go vet change sources"),
    ("json", "changes what commands print"),
    ("coverprofile", "writes files"),
    ("o", "writes files"),
    ("count", "changes how often tests run"),
    ("fuzz", "runs one fuzz test"),
];

/// A flag of GOFLAGS.
pub(super) struct GoFlag<'v> {
    /// The whole word, without quotes around it.
    word: &'v str,
    /// Without `-` and `test.`.
    pub(super) name: &'v str,
    /// Behind `=`; empty where there is none.
    pub(super) value: &'v str,
}

/// The flags of a value; none of one that go refuses.
pub(super) fn entries(value: &str) -> Vec<GoFlag<'_>> {
    let of = |word| {
        let name = goflags::name(word)?;
        let value = word.split_once('=').map_or("", |(_, value)| value);
        Some(GoFlag { word, name: name.strip_prefix("test.").unwrap_or(name), value })
    };
    goflags::split(value).unwrap_or_default().into_iter().filter_map(of).collect()
}

/// The value with which gvmr's own go commands run. It is never empty: go takes an empty one for none, and reads its file.
/// One that go refuses stays, and go says why.
pub(super) fn kept(value: &str) -> String {
    if goflags::split(value).is_none() {
        return value.to_owned();
    }
    let kept = entries(value).into_iter().filter(|flag| KEPT.contains(&flag.name));
    let kept: Vec<_> = kept.filter_map(|flag| written(flag.word)).collect();
    if kept.is_empty() { " ".to_owned() } else { kept.join(" ") }
}

/// A word as it stands in GOFLAGS.
fn written(word: &str) -> Option<String> {
    if word.contains(char::is_whitespace) { quoted(word) } else { Some(word.to_owned()) }
}

/// A word in quotes, as go splits it; nothing where it has quotes of both kinds.
pub(super) fn quoted(word: &str) -> Option<String> {
    let quote = ['\'', '"'].into_iter().find(|quote| !word.contains(*quote))?;
    Some(format!("{quote}{word}{quote}"))
}

/// What bends builds, tests or checks: `-name` as it is told, and what it does.
pub(super) fn effects(value: &str) -> Vec<(String, &'static str)> {
    let effect = |one: &GoFlag<'_>| {
        let (name, effect) = EFFECTS.iter().find(|(name, _)| *name == one.name)?;
        let is_harmless = match *name {
            "mod" => one.value != "mod",
            "vet" => one.value == "all",
            "count" => one.value == "1",
            _ => matches!(one.value, "false" | "0"),
        };
        let told = if *name == "mod" { "mod=mod" } else { name };
        (!is_harmless).then(|| (format!("-{told}"), *effect))
    };
    entries(value).iter().filter_map(effect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_are_made_with_stays_and_the_rest_is_known_or_left_out() {
        let value = "-skip=TestB  --tags=a '-ldflags=-s -w' -test.run=A -v -short=false -mod=readonly -c";
        assert_eq!(kept(value), "--tags=a '-ldflags=-s -w'");
        let found: Vec<_> = effects(value).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, ["-skip", "-run", "-c"]);
        assert_eq!(kept("-json"), " ");
        assert_eq!(effects("-mod=mod -count=1"), [("-mod=mod".to_owned(), "lets builds change go.mod")]);
        assert_eq!((kept("'-tags=x").as_str(), effects("").len()), ("'-tags=x", 0));
        assert_eq!(quoted("A=it's").as_deref(), Some("\"A=it's\""));
        assert_eq!(quoted("'\""), None);
    }
}
