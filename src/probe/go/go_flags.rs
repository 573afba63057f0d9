//! The flags of GOFLAGS: those that builds are made with, and those that change what the commands of a check do.
//!
//! Takes the value as go reads it, with entries in quotes; gives the entries that stay, and what the others do.

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

/// An entry of GOFLAGS.
pub(super) struct GoFlag<'v> {
    /// As it is written, with its quotes.
    written: &'v str,
    /// Without `-` and `test.`.
    pub(super) name: &'v str,
    /// Behind `=`; empty where there is none.
    pub(super) value: &'v str,
}

/// The entries: separated by blanks, and whole in quotes.
pub(super) fn entries(mut value: &str) -> Vec<GoFlag<'_>> {
    let mut found = Vec::new();
    loop {
        value = value.trim_start();
        let Some(first) = value.chars().next() else { return found };
        let quote = Some(first).filter(|first| matches!(first, '"' | '\''));
        let end = match quote {
            Some(quote) => value.get(1..).and_then(|rest| rest.find(quote)).map(|at| at + 2),
            None => value.find(char::is_whitespace),
        };
        let (written, rest) = value.split_at(end.unwrap_or(value.len()));
        let inner = quote.map_or(written, |quote| written.trim_matches(quote)).trim_start_matches('-');
        let (name, given) = inner.split_once('=').unwrap_or((inner, ""));
        found.push(GoFlag { written, name: name.strip_prefix("test.").unwrap_or(name), value: given });
        value = rest;
    }
}

/// The value with which gvmr's own go commands run. It is never empty: go takes an empty one for none, and reads its file.
pub(super) fn kept(value: &str) -> String {
    let kept: Vec<_> =
        entries(value).iter().filter(|one| KEPT.contains(&one.name)).map(|one| one.written).collect();
    if kept.is_empty() { " ".to_owned() } else { kept.join(" ") }
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
    }
}
