//! The modules that go.mod requires, and which of them Go would have to ask somebody about.
//!
//! Takes the current directory, reads go.mod, go.sum and the names in the module cache. Runs nothing.

use super::go_environment::GoEnvironment;
use super::resolver::Lookup;
use crate::sources::matches_prefix;
use gvmr_core::sys::bounded;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 4 << 20;

/// A required module.
#[derive(Clone, Debug)]
pub(in crate::doctor) struct ModuleNeed {
    /// The module's path.
    pub path: String,
    /// The go.mod.
    pub file: PathBuf,
    /// The line that requires it.
    pub line: usize,
    /// The host that its path begins with.
    pub host: String,
    /// Whether Go asks that host itself, and no proxy.
    pub is_direct: bool,
    /// Whether a proxy leads to that host, which looks up its name.
    pub is_proxied: bool,
    /// Whether a pattern keeps it from the checksum database.
    pub is_exempt: bool,
    /// Whether the module cache or `vendor` has it.
    pub is_there: bool,
    /// Whether go.sum has it.
    pub is_in_sum: bool,
    /// What is known of the host's name, where it was asked for.
    pub lookup: Option<Lookup>,
}

impl ModuleNeed {
    /// Whether the checksum database is asked about it.
    pub(in crate::doctor) fn needs_log(&self) -> bool {
        !self.is_in_sum && !self.is_exempt && !self.is_there
    }

    /// Whether Go fetches it from its own host.
    pub(in crate::doctor) fn is_fetched_directly(&self) -> bool {
        self.is_direct && !self.is_there
    }

    /// Whether anything depends on what its host is.
    pub(in crate::doctor) fn wants_lookup(&self) -> bool {
        self.needs_log() || self.is_fetched_directly()
    }
}

/// Ends of names that the public DNS does not have.
const OWN_DOMAINS: [&str; 12] = [
    "corp",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "home",
    "private",
    "test",
    "example",
    "invalid",
    "arpa",
];

impl ModuleNeed {
    /// Whether only this network knows its host. `public` tells whether the name servers here lead the names of all to their
    /// own addresses; where they lead these into this network too, an address says nothing. `None` where they know none.
    pub(in crate::doctor) fn is_private(&self, public: Option<bool>) -> bool {
        let end = self.host.rsplit('.').next().unwrap_or_default();
        let is_own = OWN_DOMAINS.contains(&end);
        let Some(lookup) = &self.lookup else { return is_own };
        let addresses = lookup.addresses();
        if addresses.is_empty() {
            return is_own || public == Some(true) && lookup.is_unknown();
        }
        is_own || public != Some(false) && addresses.iter().all(is_of_network)
    }
}

/// Whether an address means something in one network alone.
pub(super) fn is_of_network(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()
        }
    }
}

/// One `require` line.
#[derive(Debug, PartialEq, Eq)]
struct Require<'t> {
    path: &'t str,
    version: &'t str,
    line: usize,
}

/// The modules of the nearest go.mod; none where there is none.
pub(in crate::doctor) fn of(settings: &GoEnvironment<'_>) -> Vec<ModuleNeed> {
    let directory = settings.directory;
    let Some(file) = directory.ancestors().map(|above| above.join("go.mod")).find(|file| file.is_file())
    else {
        return Vec::new();
    };
    let text = text_of(&file);
    let root = file.parent().unwrap_or(directory);
    let sums = text_of(&root.join("go.sum"));
    let sums: BTreeSet<(&str, &str)> = sums.lines().filter_map(sum).collect();
    let value = |name: &str| settings.value(name).unwrap_or_default();
    let private = value("GOPRIVATE");
    let or_private =
        |name: &str| Some(value(name)).filter(|value| !value.is_empty()).unwrap_or(private.clone());
    let (no_proxy, no_sum) = (or_private("GONOPROXY"), or_private("GONOSUMDB"));
    let cache = Some(PathBuf::from(value("GOMODCACHE"))).filter(|cache| cache.is_absolute());
    let is_vendored = root.join("vendor/modules.txt").is_file();
    let requires = requires(&text);
    let need = |one: &Require<'_>| {
        let zip = format!("cache/download/{}/@v/{}.zip", escaped(one.path), escaped(one.version));
        ModuleNeed {
            path: one.path.to_owned(),
            file: file.clone(),
            line: one.line,
            host: one.path.split('/').next().unwrap_or_default().to_ascii_lowercase(),
            is_direct: matches_prefix(&no_proxy, one.path),
            is_proxied: false,
            is_exempt: matches_prefix(&no_sum, one.path),
            is_there: is_vendored || cache.as_ref().is_some_and(|cache| cache.join(zip).is_file()),
            is_in_sum: sums.contains(&(one.path, one.version)),
            lookup: None,
        }
    };
    requires
        .iter()
        .filter(|one| one.path.split('/').next().is_some_and(|host| host.contains('.')))
        .map(need)
        .collect()
}

fn text_of(file: &Path) -> String {
    let bytes = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Module and version of a line of go.sum; that of a go.mod alone proves no module.
fn sum(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (path, version) = (words.next()?, words.next()?);
    (!version.ends_with("/go.mod")).then_some((path, version))
}

/// The required modules that nothing replaces.
fn requires(text: &str) -> Vec<Require<'_>> {
    let (mut required, mut replaced) = (Vec::new(), BTreeSet::new());
    let mut block = "";
    for (number, line) in text.lines().enumerate() {
        let line_text = line.split("//").next().unwrap_or_default();
        let mut words =
            line_text.split_ascii_whitespace().map(|word| word.trim_matches(['"', '`'])).peekable();
        let Some(first) = words.peek().copied() else { continue };
        if first == ")" {
            block = "";
            continue;
        }
        let verb = if block.is_empty() { words.next().unwrap_or_default() } else { block };
        if words.peek() == Some(&"(") {
            block = verb;
            continue;
        }
        match (verb, words.next(), words.next()) {
            ("require", Some(path), Some(version)) => {
                required.push(Require { path, version, line: number + 1 });
            }
            ("replace", Some(path), _) => drop(replaced.insert(path)),
            _ => {}
        }
    }
    required.retain(|one| !replaced.contains(one.path));
    required
}

/// A path or version as the module cache spells it: capitals are `!` and the small letter.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        if letter.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(letter.to_ascii_lowercase());
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_their_lines_and_what_is_replaced_is_left_out() {
        let text = "module example.com/x\n\ngo 1.22\n\nrequire git.corp.example/a v1.0.0 // indirect\nrequire (\n\
                    \tgithub.com/B/c v0.1.0\n\t// nothing\n\texample.com/local v0.0.0\n)\n\
                    replace example.com/local => ../local\nexclude example.com/d v1.0.0\n";
        let found: Vec<_> = requires(text).into_iter().map(|one| (one.path, one.version, one.line)).collect();
        assert_eq!(found, [("git.corp.example/a", "v1.0.0", 5), ("github.com/B/c", "v0.1.0", 7)]);
        assert_eq!(escaped("github.com/BurntSushi/toml"), "github.com/!burnt!sushi/toml");
        assert_eq!(sum("a v1.0.0 h1:x="), Some(("a", "v1.0.0")));
        assert_eq!(sum("a v1.0.0/go.mod h1:x="), None);
    }
}
