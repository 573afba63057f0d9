//! The keys of `go`: a question about a Go project, and its options. And all of them as one text.

use super::go_target::{
    AllowedVulnerability, BinaryPlatform, BinarySource, GoQuestion, GoTarget, GoTests, KnownVulnerabilities,
};
use super::model::{Dimension, ProbeTarget, SecretsTarget};
use super::probe::{ProbeDefaults, ProbeReader};
use super::reader::{FileReader, whole};
use super::substitution::Substitution;
use crate::calendar;
use crate::check::quantity::Measure;
use crate::net::Url;
use crate::toml_file::{Entry, Mistakes, document, entries, nearest};
use gvmr_core::sys::printable;
use std::ops::Range;
use std::path::Path;

/// The built-in probes, as a check file would have them.
pub const GO_PROJECT: &str = include_str!("go_project.toml");

/// The questions by their names.
const QUESTIONS: [(&str, QuestionReader); 16] = [
    ("toolchain.pin", |_| GoQuestion::Pin),
    ("toolchain.proof", |_| GoQuestion::Proof),
    ("toolchain.supported", |_| GoQuestion::Supported),
    ("toolchain.environment", |_| GoQuestion::Environment),
    ("modules.sums", |_| GoQuestion::Sums),
    ("modules.tidy", |_| GoQuestion::Tidy),
    ("modules.vendor", |_| GoQuestion::Vendor),
    ("modules.local", |_| GoQuestion::LocalReplacements),
    ("code.build", |reader| reader.counted("errors", GoQuestion::Build)),
    ("code.vet", |reader| reader.counted("findings", GoQuestion::Vet)),
    ("code.fmt", |reader| reader.counted("files", GoQuestion::Format)),
    ("code.test", |reader| GoQuestion::Tests(reader.go_tests())),
    ("artifact.binaries", |reader| GoQuestion::Binaries(reader.binary_source())),
    ("artifact.runs-on", |reader| {
        let platform = reader.binary_platform();
        GoQuestion::RunsOn(reader.binary_source(), platform)
    }),
    ("artifact.same-twice", |_| GoQuestion::SameTwice),
    ("security.vuln", |reader| GoQuestion::Vulnerabilities(reader.known_vulnerabilities())),
];

/// The kind `secrets`, of the whole project.
const SECRETS: &str = "security.secrets";

type QuestionReader = fn(&mut ProbeReader<'_, '_, '_, '_>) -> GoQuestion;

/// Whether a built-in probe is called so.
pub(super) fn is_question(id: &str) -> bool {
    id == SECRETS || QUESTIONS.iter().any(|(name, _)| *name == id)
}

/// The built-in probes of a Go project in `directory`. They stand on no line of a person's.
pub(super) fn dimensions(directory: &Path) -> Vec<Dimension> {
    let Ok((text, table)) = document(GO_PROJECT.as_bytes(), str::to_owned) else { return Vec::new() };
    let words = Substitution { built_in: &|_| None, variables: Vec::new() };
    let mut file = FileReader { mistakes: Mistakes::of(text), words, needs: Vec::new() };
    let defaults = ProbeDefaults { directory, prometheus: None, is_built_in: true };
    let of_table = |(key, value): Entry<'_, '_>| {
        super::dimension(&mut file, &defaults, key, value.get_ref().as_table()?)
    };
    let mut dimensions: Vec<Dimension> = entries(table.get_ref()).into_iter().filter_map(of_table).collect();
    for dimension in &mut dimensions {
        dimension.line = 0;
        for probe in &mut dimension.probes {
            probe.line = 0;
            probe.figures.iter_mut().for_each(|figure| figure.line = 0);
        }
    }
    dimensions
}

impl ProbeReader<'_, '_, '_, '_> {
    pub(super) fn go(&mut self) -> Option<ProbeTarget> {
        let span = self.table.limit("go")?.span();
        let name = self.table.text("go")?;
        if name == SECRETS {
            let (path, allow) = (self.defaults.directory.to_owned(), self.allowed_secrets());
            return Some(ProbeTarget::Secrets(SecretsTarget { path, allow }));
        }
        let Some((name, read)) = QUESTIONS.iter().find(|(known, _)| *known == name) else {
            let names = QUESTIONS.iter().map(|(name, _)| *name).chain([SECRETS]);
            let advice = match nearest(&name, names.clone()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("write one of {}", names.collect::<Vec<_>>().join(", ")),
            };
            self.table.mistake(
                &span,
                format!("there is no probe {} of Go projects; {advice}", printable::typed(&name)),
            );
            return None;
        };
        let question = read(self);
        Some(ProbeTarget::Go(GoTarget { name, question, is_named: !self.defaults.is_built_in }))
    }

    /// A question that is answered by how many there are.
    fn counted(&mut self, figure: &'static str, question: GoQuestion) -> GoQuestion {
        self.figure(figure, Measure::Number);
        question
    }

    fn go_tests(&mut self) -> GoTests {
        self.figure("failed", Measure::Number);
        self.figure("tests", Measure::Number);
        self.figure("skipped", Measure::Number);
        self.figure("cover", Measure::Percent);
        GoTests {
            packages: self.words("packages"),
            race: self.table.flag("race").unwrap_or(false),
            tags: self.words("tags"),
        }
    }

    /// Words that become arguments, and so are none of go's own flags.
    fn words(&mut self, key: &'static str) -> Vec<String> {
        let words = self.table.texts(key).unwrap_or_default();
        let mut fit = Vec::new();
        for (word, span) in words {
            if word.is_empty() || word.starts_with('-') || word.contains(char::is_whitespace) {
                self.table.mistake(&span, format!("{} is not one of {key}", printable::typed(&word)));
            } else {
                fit.push(word);
            }
        }
        fit
    }

    fn binary_source(&mut self) -> BinarySource {
        let path = self.table.path("path", self.defaults.directory);
        let pid = self.pid();
        match (path, pid) {
            (Some(_), Some((_, span))) => {
                self.table.mistake(&span, "a program is a file or that of a process: path or pid");
                BinarySource::Built
            }
            (Some(path), None) => BinarySource::File(path),
            (None, Some((pid, _))) => BinarySource::Process(pid),
            (None, None) => BinarySource::Built,
        }
    }

    /// A number, or a text with one: `pid = "${PID}"`.
    fn pid(&mut self) -> Option<(u32, Range<usize>)> {
        let value = self.table.value("pid")?;
        let number = match value.get_ref().as_str() {
            Some(_) => self.table.text_of(value)?.parse().ok(),
            None => whole(value.get_ref()).and_then(|number| u32::try_from(number).ok()),
        };
        let number = number.filter(|number| (1..=1 << 22).contains(number));
        let number = number.ok_or_else(|| "a pid is the number of a process".to_owned());
        Some((self.table.file.mistakes.check(&value.span(), number)?, value.span()))
    }

    fn binary_platform(&mut self) -> Option<BinaryPlatform> {
        let span = self.table.limit("target")?.span();
        let text = self.table.text("target")?;
        let glibc = |text: &str| {
            let (major, minor) = text.strip_prefix("glibc ")?.trim().split_once('.')?;
            Some(BinaryPlatform::Glibc(major.parse().ok()?, minor.parse().ok()?))
        };
        let platform = match text.as_str() {
            "musl" => Some(BinaryPlatform::Musl),
            "static" => Some(BinaryPlatform::Static),
            text => glibc(text),
        };
        let wrong =
            format!("target is \"musl\", \"static\" or \"glibc 2.28\", not {}", printable::typed(&text));
        self.table.file.mistakes.check(&span, platform.ok_or(wrong))
    }

    fn known_vulnerabilities(&mut self) -> KnownVulnerabilities {
        self.figure("called", Measure::Number);
        self.figure("imported", Measure::Number);
        self.figure("required", Measure::Number);
        let span = self.table.span("db");
        let database = self.table.text("db").and_then(|text| {
            let is_fit =
                |url: Url| matches!(url.scheme(), "https" | "http" | "file") && url.password().is_none();
            let fit = Url::parse(&text).is_ok_and(is_fit).then_some(text);
            let wrong = "db is the address of a database, without a login: https:// or file://";
            self.table.file.mistakes.check(&span, fit.ok_or_else(|| wrong.to_owned()))
        });
        let mut allow = Vec::new();
        for (text, span) in self.texts_of_limit("allow") {
            let allowed = AllowedVulnerability::parse(&text).ok_or_else(|| {
                format!(
                    "write \"GO-2024-1234\" or \"GO-2024-1234 until 2027-01-31\", not {}",
                    printable::typed(&text)
                )
            });
            allow.extend(self.table.file.mistakes.check(&span, allowed));
        }
        KnownVulnerabilities { database, allow }
    }
}

impl AllowedVulnerability {
    /// `GO-2024-1234`, or `GO-2024-1234 until 2027-01-31`.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let id = words.next().filter(|id| id.starts_with("GO-") && id.len() > 3)?.to_owned();
        let until = match (words.next(), words.next(), words.next()) {
            (None, ..) => None,
            (Some("until"), Some(date), None) => {
                calendar::milliseconds(&format!("{date}T00:00:00Z"))?;
                Some(date.to_owned())
            }
            _ => return None,
        };
        Some(Self { id, until })
    }
}
