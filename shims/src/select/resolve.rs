//! Which Go runs in a directory: the one function that the shim and the command line share.
//!
//! Takes a [`Query`], gives a [`Resolution`] with its reason, or the [`ResolveError`] that prevents one. It reads
//! files and asks nothing else: no process, no network, no write. GOTOOLCHAIN is the go command's own and is
//! never consulted.

use crate::env::compiled_rules;
use crate::gover::gomod::{Minimum, Requirement};
use crate::gover::selector::Selector;
use crate::gover::version::Version;
use crate::gover::version_file::{self, Pin, PinnedGo, VersionFileError};
use crate::home::installed;
use crate::home::paths::Home;
use crate::home::shared_home;
use crate::home::system_go::{self, SystemGo};
use crate::select::error::ResolveError;
use crate::select::main_module::{self, ModuleFile};
use crate::select::resolution::{Origin, Resolution, Rule, Selection, Source};
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
pub struct Query<'a> {
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
    pub pin: Option<(&'a Path, &'a compiled_rules::RulesPin)>,
}

/// Which Go runs there, and why.
pub fn resolve(question: &Query<'_>) -> Result<Resolution, ResolveError> {
    if let Some(selector) = question.plus {
        let written = format!("+{selector}");
        return question.installed_or_missing(selector, Source::Argument, None, written, true);
    }
    if let Some(word) = question.environment.get(VARIABLE) {
        let word = word.to_string_lossy().into_owned();
        let selector = Selector::parse(&word).map_err(ResolveError::Variable)?;
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
            ModuleFile::Workspace => Source::GoWork,
            ModuleFile::Module => Source::GoMod,
        };
        return match project.requirement {
            Requirement::Default { .. } => question.fallback(),
            Requirement::AtLeast(minimum) => question.at_least(minimum, source, project.file),
        };
    }
    if let Some((file, pin)) = tool_versions_file(question.directory)? {
        return question.pinned(file, pin, Source::ToolVersions);
    }
    question.fallback()
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
pub fn go_version_file(directory: &Path) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    nearest(directory, ".go-version", |text| version_file::go_version(text).map(Some))
}

/// The nearest `.tool-versions` that has a `golang` line, and what that asks for.
pub fn tool_versions_file(directory: &Path) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    nearest(directory, ".tool-versions", version_file::tool_versions)
}

/// What the default asks for; `None` where none is set. It is the home's, or the user's own, where the home is
/// shared and another user keeps it.
pub fn default_file(
    home: &Home,
    environment: &dyn Environment,
) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    if shared_home::is_anothers(home)
        && let Some(file) = shared_home::own_default_file(environment)
        && let Some(pin) =
            grasp(&file, bounded::read_owned(&file, PIN_LIMIT, &shared_home::trusted_uids()), DEFAULT)?
    {
        return Ok(Some((file, pin)));
    }
    home_default(home)
}

/// What the home's own default selects, for any user.
pub fn home_default(home: &Home) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    let file = home.default_file();
    let pin = read_pin(&file, DEFAULT)?;
    Ok(pin.map(|pin| (file, pin)))
}

type Grammar = fn(&[u8]) -> Result<Option<Pin>, VersionFileError>;

const DEFAULT: Grammar = |text| version_file::go_version(text).map(Some);

fn nearest(directory: &Path, name: &str, grammar: Grammar) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    climb(directory, name, |file| {
        let pin = read_pin(file, grammar)?;
        Ok(pin.map(|pin| (file.to_path_buf(), pin)))
    })
}

fn read_pin(file: &Path, grammar: Grammar) -> Result<Option<Pin>, ResolveError> {
    grasp(file, bounded::read(file, PIN_LIMIT), grammar)
}

/// What the content of `file` asks for.
fn grasp(
    file: &Path,
    read: Result<Option<Vec<u8>>, Refusal>,
    grammar: Grammar,
) -> Result<Option<Pin>, ResolveError> {
    let text = match read {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(refusal) => return Err(ResolveError::Refused { file: file.to_path_buf(), refusal }),
    };
    grammar(&text).map_err(|fault| ResolveError::Pin { file: file.to_path_buf(), fault })
}

impl Query<'_> {
    fn pinned(&self, file: PathBuf, pin: Pin, source: Source) -> Result<Resolution, ResolveError> {
        let line = pin.line;
        match pin.wish {
            PinnedGo::Version(selector) => {
                let written = selector.as_str().to_owned();
                let exact = source == Source::GoVersionFile;
                self.installed_or_missing(&selector, source, Some((file, line)), written, exact)
            }
            PinnedGo::Outside => {
                let Some(outside) = self.outside() else {
                    return Err(ResolveError::NothingOutside { file, line });
                };
                let written = "system".to_owned();
                let reason =
                    Origin { source, file: Some(file), line: Some(line), written, rule: Rule::System };
                Ok(Resolution { choice: Selection::System(outside), reason, exact: false })
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
    ) -> Result<Resolution, ResolveError> {
        let choice = match self.find(selector)? {
            Some((version, goroot)) => Selection::Installed { version, goroot },
            None => Selection::Missing { wanted: selector.clone() },
        };
        let rule = if selector.as_exact().is_some() { Rule::Exact } else { Rule::Prefix };
        let (file, line) = place.unzip();
        Ok(Resolution { choice, reason: Origin { source, file, line, written, rule }, exact })
    }

    /// The default if it satisfies, else the lowest installed version that does, else what the file names.
    fn at_least(&self, minimum: Minimum, source: Source, file: PathBuf) -> Result<Resolution, ResolveError> {
        let (choice, rule) = self.satisfying(&minimum)?;
        let Minimum { line, written, .. } = minimum;
        let reason = Origin { source, file: Some(file), line, written, rule };
        Ok(Resolution { choice, reason, exact: false })
    }

    fn satisfying(&self, minimum: &Minimum) -> Result<(Selection, Rule), ResolveError> {
        let enough = |version: &Version| *version >= minimum.version;
        let default = self.default()?;
        if let Some((_, _, selector)) = &default
            && let Some((version, goroot)) = self.find(selector)?
            && enough(&version)
        {
            return Ok((Selection::Installed { version, goroot }, Rule::DefaultSatisfies));
        }
        if let Some(version) = installed::lowest(&self.list()?, &minimum.version) {
            return Ok((self.installed(version.clone()), Rule::LowestInstalled));
        }
        if default.is_none()
            && let Some(outside) = self.outside()
            && outside.version.as_ref().is_some_and(enough)
        {
            return Ok((Selection::System(outside), Rule::OutsideSatisfies));
        }
        Ok((Selection::Missing { wanted: Selector::exact(&minimum.named) }, Rule::NothingSatisfies))
    }

    /// The default; without one the Go outside gvmr; without that the newest installed version.
    fn fallback(&self) -> Result<Resolution, ResolveError> {
        if let Some((file, line, selector)) = self.default()? {
            let written = selector.as_str().to_owned();
            return self.installed_or_missing(&selector, Source::Default, Some((file, line)), written, false);
        }
        let (choice, rule) = if let Some(outside) = self.outside() {
            (Selection::System(outside), Rule::NoDefault)
        } else if let Some(version) = installed::newest(&self.list()?) {
            (self.installed(version.clone()), Rule::NewestInstalled)
        } else {
            return Err(ResolveError::NothingAnywhere);
        };
        let reason = Origin { source: Source::Unset, file: None, line: None, written: String::new(), rule };
        Ok(Resolution { choice, reason, exact: false })
    }

    fn default(&self) -> Result<Option<(PathBuf, usize, Selector)>, ResolveError> {
        Ok(default_file(self.home, self.environment)?.and_then(|(file, pin)| match pin.wish {
            PinnedGo::Version(selector) => Some((file, pin.line, selector)),
            PinnedGo::Outside => None,
        }))
    }

    fn installed(&self, version: Version) -> Selection {
        Selection::Installed { goroot: self.home.toolchain(&version), version }
    }

    fn outside(&self) -> Option<SystemGo> {
        system_go::find(OsStr::new("go"), self.environment, self.home, self.shim)
    }

    fn find(&self, selector: &Selector) -> Result<Option<(Version, PathBuf)>, ResolveError> {
        installed::find(self.home, selector).map_err(|error| self.unlistable(error))
    }

    fn list(&self) -> Result<Vec<Version>, ResolveError> {
        installed::list(self.home).map_err(|error| self.unlistable(error))
    }

    fn unlistable(&self, error: std::io::Error) -> ResolveError {
        ResolveError::Versions { directory: self.home.versions(), error }
    }
}
