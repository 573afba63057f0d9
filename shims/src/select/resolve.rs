//! Which Go runs in a directory: the one function that the shim and the command line share.
//!
//! Takes a [`Question`], gives an [`Answer`] with its reason, or the [`Problem`] that prevents one. It reads
//! files and asks nothing else: no process, no network, no write. GOTOOLCHAIN is the go command's own and is
//! never consulted.

use crate::env::compiled_rules;
use crate::gover::gomod::{Minimum, Requirement};
use crate::gover::selector::Selector;
use crate::gover::version::Version;
use crate::gover::version_file::{self, Fault, Pin, Wish};
use crate::home::installed;
use crate::home::paths::Home;
use crate::home::shared_home;
use crate::home::system_go::{self, Outside};
use crate::select::error::Problem;
use crate::select::main_module::{self, Kind};
use crate::select::resolution::{Answer, Choice, Reason, Rule, Source};
use crate::sys::bounded::{self, PIN_LIMIT, Refusal};
use crate::sys::directory::climb;
use crate::sys::environment::Environment;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable that asks for a version.
pub const VARIABLE: &str = "GVMR_VERSION";

/// What decides which Go runs.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The home whose toolchains and default count.
    pub home: &'a Home,
    /// The absolute path of the directory that is asked about.
    pub directory: &'a Path,
    /// The version of a `+1.22` argument.
    pub plus: Option<&'a Selector>,
    /// The environment.
    pub environment: &'a dyn Environment,
    /// The running shim, which is never the Go outside gvmr.
    pub shim: Option<&'a Path>,
    /// What the trusted project file pins, and that file by its real path.
    pub pin: Option<(&'a Path, &'a compiled_rules::Pin)>,
}

/// Which Go runs there, and why.
pub fn resolve(question: &Question<'_>) -> Result<Answer, Problem> {
    if let Some(selector) = question.plus {
        let written = format!("+{selector}");
        return question.installed_or_missing(selector, Source::Argument, None, written, true);
    }
    if let Some(word) = question.environment.get(VARIABLE) {
        let word = word.to_string_lossy().into_owned();
        let selector = Selector::parse(&word).map_err(Problem::Variable)?;
        return question.installed_or_missing(&selector, Source::Variable, None, word, true);
    }
    let go_version = go_version_file(question.directory)?;
    if let Some((file, pin)) = question.pin
        && go_version.as_ref().is_none_or(|(other, _)| lies_above(other, file))
    {
        let place = Some((file.to_owned(), pin.line));
        return question.installed_or_missing(
            &pin.selector,
            Source::ProjectFile,
            place,
            pin.written.clone(),
            true,
        );
    }
    if let Some((file, pin)) = go_version {
        return question.pinned(file, pin, Source::GoVersionFile);
    }
    if let Some(project) = main_module::find(question.directory, question.environment, question.home)? {
        let source = match project.kind {
            Kind::Workspace => Source::GoWork,
            Kind::Module => Source::GoMod,
        };
        return match project.requirement {
            Requirement::Default { .. } => question.nobody_asks(),
            Requirement::AtLeast(minimum) => question.at_least(minimum, source, project.file),
        };
    }
    if let Some((file, pin)) = tool_versions_file(question.directory)? {
        return question.pinned(file, pin, Source::ToolVersions);
    }
    question.nobody_asks()
}

/// Whether `file` lies in a directory above that of `other`, which goes by its real path.
fn lies_above(file: &Path, other: &Path) -> bool {
    let directory = |file: &Path| fs::canonicalize(file.parent()?).ok();
    match (directory(file), other.parent()) {
        (Some(above), Some(below)) => below != above && below.starts_with(above),
        _ => false,
    }
}

/// The nearest `.go-version` and what it asks for.
pub fn go_version_file(directory: &Path) -> Result<Option<(PathBuf, Pin)>, Problem> {
    nearest(directory, ".go-version", |text| version_file::go_version(text).map(Some))
}

/// The nearest `.tool-versions` that has a `golang` line, and what that asks for.
pub fn tool_versions_file(directory: &Path) -> Result<Option<(PathBuf, Pin)>, Problem> {
    nearest(directory, ".tool-versions", version_file::tool_versions)
}

/// What the default asks for; `None` where none is set. It is the home's, or the user's own, where the home is
/// shared and another user keeps it.
pub fn default_file(home: &Home, environment: &dyn Environment) -> Result<Option<(PathBuf, Pin)>, Problem> {
    if shared_home::is_anothers(home)
        && let Some(file) = shared_home::own_default_file(environment)
        && let Some(pin) =
            grasp(&file, bounded::read_owned(&file, PIN_LIMIT, &shared_home::heeded()), DEFAULT)?
    {
        return Ok(Some((file, pin)));
    }
    home_default(home)
}

/// What the home's own default asks for, whoever asks.
pub fn home_default(home: &Home) -> Result<Option<(PathBuf, Pin)>, Problem> {
    let file = home.default_file();
    let pin = read_pin(&file, DEFAULT)?;
    Ok(pin.map(|pin| (file, pin)))
}

type Grammar = fn(&[u8]) -> Result<Option<Pin>, Fault>;

const DEFAULT: Grammar = |text| version_file::go_version(text).map(Some);

fn nearest(directory: &Path, name: &str, grammar: Grammar) -> Result<Option<(PathBuf, Pin)>, Problem> {
    climb(directory, name, |file| {
        let pin = read_pin(file, grammar)?;
        Ok(pin.map(|pin| (file.to_path_buf(), pin)))
    })
}

fn read_pin(file: &Path, grammar: Grammar) -> Result<Option<Pin>, Problem> {
    grasp(file, bounded::read(file, PIN_LIMIT), grammar)
}

/// What the content of `file` asks for.
fn grasp(
    file: &Path,
    read: Result<Option<Vec<u8>>, Refusal>,
    grammar: Grammar,
) -> Result<Option<Pin>, Problem> {
    let text = match read {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(refusal) => return Err(Problem::Refused { file: file.to_path_buf(), refusal }),
    };
    grammar(&text).map_err(|fault| Problem::Pin { file: file.to_path_buf(), fault })
}

impl Question<'_> {
    fn pinned(&self, file: PathBuf, pin: Pin, source: Source) -> Result<Answer, Problem> {
        let line = pin.line;
        match pin.wish {
            Wish::Version(selector) => {
                let written = selector.as_str().to_owned();
                let exact = source == Source::GoVersionFile;
                self.installed_or_missing(&selector, source, Some((file, line)), written, exact)
            }
            Wish::Outside => {
                let Some(outside) = self.outside() else {
                    return Err(Problem::NothingOutside { file, line });
                };
                let written = "system".to_owned();
                let reason =
                    Reason { source, file: Some(file), line: Some(line), written, rule: Rule::System };
                Ok(Answer { choice: Choice::Outside(outside), reason, exact: false })
            }
        }
    }

    fn installed_or_missing(
        &self,
        selector: &Selector,
        source: Source,
        place: Option<(PathBuf, usize)>,
        written: String,
        exact: bool,
    ) -> Result<Answer, Problem> {
        let choice = match self.find(selector)? {
            Some((version, goroot)) => Choice::Installed { version, goroot },
            None => Choice::Missing { wanted: selector.clone() },
        };
        let rule = if selector.as_exact().is_some() { Rule::Exact } else { Rule::Prefix };
        let (file, line) = place.unzip();
        Ok(Answer { choice, reason: Reason { source, file, line, written, rule }, exact })
    }

    /// The default if it satisfies, else the lowest installed version that does, else what the file names.
    fn at_least(&self, minimum: Minimum, source: Source, file: PathBuf) -> Result<Answer, Problem> {
        let (choice, rule) = self.satisfying(&minimum)?;
        let Minimum { line, written, .. } = minimum;
        let reason = Reason { source, file: Some(file), line, written, rule };
        Ok(Answer { choice, reason, exact: false })
    }

    fn satisfying(&self, minimum: &Minimum) -> Result<(Choice, Rule), Problem> {
        let enough = |version: &Version| *version >= minimum.version;
        let default = self.default()?;
        if let Some((_, _, selector)) = &default
            && let Some((version, goroot)) = self.find(selector)?
            && enough(&version)
        {
            return Ok((Choice::Installed { version, goroot }, Rule::DefaultSatisfies));
        }
        if let Some(version) = installed::lowest(&self.list()?, &minimum.version) {
            return Ok((self.installed(version.clone()), Rule::LowestInstalled));
        }
        if default.is_none()
            && let Some(outside) = self.outside()
            && outside.version.as_ref().is_some_and(enough)
        {
            return Ok((Choice::Outside(outside), Rule::OutsideSatisfies));
        }
        Ok((Choice::Missing { wanted: Selector::exact(&minimum.named) }, Rule::NothingSatisfies))
    }

    /// The default; without one the Go outside gvmr; without that the newest installed version.
    fn nobody_asks(&self) -> Result<Answer, Problem> {
        if let Some((file, line, selector)) = self.default()? {
            let written = selector.as_str().to_owned();
            return self.installed_or_missing(&selector, Source::Default, Some((file, line)), written, false);
        }
        let (choice, rule) = if let Some(outside) = self.outside() {
            (Choice::Outside(outside), Rule::NoDefault)
        } else if let Some(version) = installed::newest(&self.list()?) {
            (self.installed(version.clone()), Rule::NewestInstalled)
        } else {
            return Err(Problem::NothingAnywhere);
        };
        let reason = Reason { source: Source::Nobody, file: None, line: None, written: String::new(), rule };
        Ok(Answer { choice, reason, exact: false })
    }

    fn default(&self) -> Result<Option<(PathBuf, usize, Selector)>, Problem> {
        Ok(default_file(self.home, self.environment)?.and_then(|(file, pin)| match pin.wish {
            Wish::Version(selector) => Some((file, pin.line, selector)),
            Wish::Outside => None,
        }))
    }

    fn installed(&self, version: Version) -> Choice {
        Choice::Installed { goroot: self.home.toolchain(&version), version }
    }

    fn outside(&self) -> Option<Outside> {
        system_go::find(OsStr::new("go"), self.environment, self.home, self.shim)
    }

    fn find(&self, selector: &Selector) -> Result<Option<(Version, PathBuf)>, Problem> {
        installed::find(self.home, selector).map_err(|error| self.unlistable(error))
    }

    fn list(&self) -> Result<Vec<Version>, Problem> {
        installed::list(self.home).map_err(|error| self.unlistable(error))
    }

    fn unlistable(&self, error: std::io::Error) -> Problem {
        Problem::Versions { directory: self.home.versions(), error }
    }
}
