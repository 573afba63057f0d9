//! A small release of one architecture, whose programs are scripts; each part may be forged.

use crate::support::tar::{Entry, Gzip};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// The version that most stories install.
pub(super) const VERSION: &str = "1.2.3";

pub(super) struct Release {
    /// In the manifest and in the names of files.
    pub(super) version: String,
    pub(super) entries: Vec<Entry>,
    /// The sha256 of the archive in the manifest; `None` for the true one.
    pub(super) sum: Option<String>,
    /// The size of the archive in the manifest; `None` for the true one.
    pub(super) size: Option<usize>,
}

impl Release {
    /// An honest release.
    pub(super) fn of(version: &str) -> Self {
        let release = Self { version: version.to_owned(), entries: Vec::new(), sum: None, size: None };
        release
            .with("bin/gvmr", &program(version))
            .with("bin/gvmr-shim", &format!("#!/bin/sh\necho shim of {version}\n"))
            .with("share/man/man1/gvmr.1", ".TH GVMR 1\n")
            .with("share/bash-completion/completions/gvmr", "complete gvmr\n")
            .with("share/zsh/site-functions/_gvmr", "#compdef gvmr\n")
            .with("share/fish/vendor_completions.d/gvmr.fish", "complete -c gvmr\n")
            .with("share/doc/gvmr/README.md", "# gvmr\n")
    }

    /// The same with one more file below the top folder.
    pub(super) fn with(self, name: &str, content: &str) -> Self {
        let name = format!("{}/{name}", self.top());
        self.entry(Entry::file(&name, content.as_bytes()))
    }

    /// The same with one more entry, or in the place of that with the same name.
    pub(super) fn entry(mut self, entry: Entry) -> Self {
        self.entries.retain(|other| other.name != entry.name);
        self.entries.push(entry);
        self
    }

    pub(super) fn top(&self) -> String {
        format!("gvmr-{}-linux-{}", self.version, std::env::consts::ARCH)
    }

    pub(super) fn archive_name(&self) -> String {
        format!("{}.tar.gz", self.top())
    }

    pub(super) fn archive(&self) -> Vec<u8> {
        let mut tar: Vec<u8> = self.entries.iter().flat_map(Entry::bytes).collect();
        tar.resize(tar.len() + 1024, 0);
        Gzip::of(&tar).bytes()
    }

    pub(super) fn manifest(&self) -> String {
        let archive = self.archive();
        let mut files = vec![(
            self.archive_name(),
            "archive",
            self.size.unwrap_or(archive.len()),
            self.sum.clone().unwrap_or_else(|| sha256(&archive)),
        )];
        for program in ["bin/gvmr", "bin/gvmr-shim"] {
            let name = format!("{}/{program}", self.top());
            if let Some(entry) = self.entries.iter().find(|entry| entry.name == name.as_bytes()) {
                let name = format!("{}/{program}", self.archive_name());
                files.push((name, "program", entry.content.len(), sha256(&entry.content)));
            }
        }
        let arch = std::env::consts::ARCH;
        let mut lines = String::new();
        for (at, (name, kind, size, sum)) in files.iter().enumerate() {
            let comma = if at + 1 < files.len() { "," } else { "" };
            writeln!(
                lines,
                "    {{\"name\": \"{name}\", \"kind\": \"{kind}\", \"arch\": \"{arch}\", \"size\": {size}, \
                 \"sha256\": \"{sum}\"}}{comma}"
            )
            .unwrap();
        }
        let version = &self.version;
        format!(
            "{{\n  \"name\": \"gvmr\",\n  \"version\": \"{version}\",\n  \"date\": \"2026-11-30\",\n  \"files\": [\n{lines}  ]\n}}\n"
        )
    }

    /// Writes the release into a directory, beside others; it becomes the newest.
    pub(super) fn write(&self, directory: &Path) {
        std::fs::create_dir_all(directory).unwrap();
        for name in ["dist.json".to_owned(), format!("dist-{}.json", self.version)] {
            std::fs::write(directory.join(name), self.manifest()).unwrap();
        }
        std::fs::write(directory.join(self.archive_name()), self.archive()).unwrap();
    }
}

/// A `gvmr` that says its version, and its words.
fn program(version: &str) -> String {
    format!(
        "#!/bin/sh\ncase $1 in --version) echo gvmr {version} ;; *) echo \"gvmr {version} did $*\" ;; esac\n"
    )
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
