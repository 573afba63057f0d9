//! Which Go runs in a directory: the one function that the shim and the command line share.
//!
//! Takes a [`Query`], gives a [`Resolution`] with its reason, or the [`ResolveError`] that prevents one. It reads
//! files and asks nothing else: no process, no network, no write. GOTOOLCHAIN is the go command's own and is
//! never consulted.

use crate::env::compiled_rules;
use crate::gover::goenv;
use crate::gover::gomod::{Minimum, Requirement};
use crate::gover::selector::{RequestedGo, Selector};
use crate::gover::version::Version;
use crate::gover::version_file::Pin;
use crate::home::installed;
use crate::home::paths::Home;
use crate::home::system_go::{self, SystemGo};
use crate::select::error::ResolveError;
use crate::select::main_module::{self, ModuleFile};
use crate::select::pin_files::{default_file, go_version_file};
use crate::select::pin_owners::{ForeignPin, PinOwners};
use crate::select::resolution::{Origin, Resolution, Rule, Selection, Source};
use crate::select::tool_file::{self, ToolFile};
use crate::sys::environment::Environment;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
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
    pub plus: Option<&'a RequestedGo>,
    /// The environment.
    pub environment: &'a dyn Environment,
    /// The running shim, which is never the Go outside gvmr.
    pub shim: Option<&'a Path>,
    /// What the trusted project file pins, and that file by its real path.
    pub pin: Option<(&'a Path, &'a compiled_rules::RulesPin)>,
}

/// Which Go runs there, and why.
pub fn resolve(question: &Query<'_>) -> Result<Resolution, ResolveError> {
    let mut owners = PinOwners::of(question.environment);
    let mut answer = decide(question, &mut owners)?;
    answer.ignored = owners.ignored;
    Ok(answer)
}

/// The pins above `directory` that do not count, for a question that has no answer.
pub fn foreign_pins(directory: &Path, environment: &dyn Environment) -> Vec<ForeignPin> {
    let mut owners = PinOwners::of(environment);
    // What is wrong with one that counts is said elsewhere.
    let _ = go_version_file(directory, &mut owners);
    let _ = tool_file::nearest(directory, None, &mut owners);
    owners.ignored
}

fn decide(question: &Query<'_>, owners: &mut PinOwners<'_>) -> Result<Resolution, ResolveError> {
    if let Some(wanted) = question.plus {
        return question.requested(wanted, Place::nowhere(Source::Argument, format!("+{wanted}")));
    }
    if let Some(word) = question.environment.get(VARIABLE) {
        // Files that set it may end in a blank or CRLF.
        let word = word.to_string_lossy().trim().to_owned();
        let wanted = RequestedGo::parse(&word).map_err(ResolveError::Variable)?;
        return question.requested(&wanted, Place::nowhere(Source::Variable, word));
    }
    let go_version = go_version_file(question.directory, owners)?;
    let project_file =
        question.pin.filter(|(file, _)| go_version.as_ref().is_none_or(|(other, _)| lies_above(other, file)));
    let decided = project_file.map(|(file, _)| file).or(go_version.as_ref().map(|(file, _)| file.as_path()));
    let above = decided.and_then(parent);
    let tool_file = tool_file::nearest(question.directory, above, owners);
    let mut further_up = None;
    if let Some(found) = tool_file {
        let nearer = project_file.is_none_or(|(file, _)| lies_above(&found.path, file));
        if nearer && found.is_in_project(question.directory) {
            return question.tool_file(found, true);
        }
        further_up = Some(found);
    }
    if let Some((file, pin)) = project_file {
        let place = Place::at(Source::ProjectFile, file.to_owned(), pin.line, pin.written.clone());
        return question.requested(&pin.wanted, place);
    }
    if let Some((file, pin)) = go_version {
        return question.pinned(&file, pin, Source::GoVersionFile, true);
    }
    if let Some(project) = main_module::find(question.directory, question.environment, question.home)? {
        let source = match project.kind {
            ModuleFile::Workspace => Source::GoWork,
            ModuleFile::Module => Source::GoMod,
        };
        return match project.requirement {
            Requirement::Default { .. } => question.fallback(),
            Requirement::Malformed { line, written } => {
                let answer = question.fallback()?;
                let (file, line) = (Some(project.file), Some(line));
                let reason = Origin { source, file, line, written, rule: Rule::Malformed };
                Ok(match answer.choice {
                    Selection::Missing { .. } => answer,
                    _ => Resolution { reason, ..answer },
                })
            }
            Requirement::AtLeast(minimum) => question.at_least(minimum, source, project.file),
        };
    }
    match further_up {
        Some(found) => question.tool_file(found, false),
        None => question.fallback(),
    }
}

/// Where a version is asked for, and whether that forbids the go command to switch.
struct Place {
    source: Source,
    at: Option<(PathBuf, usize)>,
    written: String,
    exact: bool,
}

impl Place {
    fn nowhere(source: Source, written: String) -> Self {
        Self { source, at: None, written, exact: true }
    }

    fn at(source: Source, file: PathBuf, line: usize, written: String) -> Self {
        Self { source, at: Some((file, line)), written, exact: true }
    }
}

/// The same for a command that needs no particular version: what a go.mod asks for and nothing satisfies gives way to the
/// Go that runs where no file asks for one.
pub fn resolve_any(question: &Query<'_>) -> Result<Resolution, ResolveError> {
    without_minimum(question, resolve(question)?)
}

/// What becomes of this answer for a command that needs no particular version.
pub fn without_minimum(question: &Query<'_>, answer: Resolution) -> Result<Resolution, ResolveError> {
    let wanted = match &answer.choice {
        Selection::Missing { wanted } if answer.reason.rule == Rule::NothingSatisfies => wanted.clone(),
        _ => return Ok(answer),
    };
    let Some(choice) = question.stand_in()? else { return Ok(answer) };
    let reason = Origin { rule: Rule::NotNeeded, ..answer.reason.clone() };
    Ok(Resolution { choice, reason, exact: false, unmet: Some(wanted), ..answer })
}

/// `Path::parent` of an absolute file, without a walk through all its components.
fn parent(file: &Path) -> Option<&Path> {
    let file = file.as_os_str().as_bytes();
    let slash = file.iter().rposition(|byte| *byte == b'/')?;
    file.get(..slash.max(1)).map(|parent| Path::new(OsStr::from_bytes(parent)))
}

/// Whether `file` lies in a directory above that of `other`, which goes by its real path.
fn lies_above(file: &Path, other: &Path) -> bool {
    let directory = |file: &Path| fs::canonicalize(file.parent()?).ok();
    match (directory(file), other.parent()) {
        (Some(above), Some(below)) => below != above && below.starts_with(above),
        _ => false,
    }
}

impl Query<'_> {
    fn tool_file(&self, found: ToolFile, exact: bool) -> Result<Resolution, ResolveError> {
        let is_asdf = found.path.file_name() == Some(OsStr::new(tool_file::TOOL_VERSIONS));
        let source = if is_asdf { Source::ToolVersions } else { Source::MiseToml };
        self.pinned(&found.path, found.pin?, source, exact)
    }

    /// What a version file asks for: of several the first that is there, else the first.
    fn pinned(&self, file: &Path, pin: Pin, source: Source, exact: bool) -> Result<Resolution, ResolveError> {
        let Pin { wanted, fallbacks, line, .. } = pin;
        let resolve = |wanted: &RequestedGo| {
            let place = Place { exact, ..Place::at(source, file.to_owned(), line, wanted.to_string()) };
            self.requested(wanted, place)
        };
        let first = resolve(&wanted);
        for fallback in &fallbacks {
            match &first {
                Ok(Resolution { choice: Selection::Missing { .. }, .. })
                | Err(ResolveError::NothingOutside { .. }) => {}
                _ => break,
            }
            match resolve(fallback) {
                Ok(Resolution { choice: Selection::Missing { .. }, .. })
                | Err(ResolveError::NothingOutside { .. }) => {}
                found => return found,
            }
        }
        first
    }

    fn requested(&self, wanted: &RequestedGo, place: Place) -> Result<Resolution, ResolveError> {
        let Place { source, at, written, exact } = place;
        let (file, line) = at.unzip();
        let (choice, rule) = match wanted {
            RequestedGo::Version(selector) => self.installed_or_missing(selector)?,
            RequestedGo::System => {
                let Some(outside) = self.outside() else {
                    let refused = self.refused_outside();
                    return Err(ResolveError::NothingOutside { source, file, line, refused });
                };
                (Selection::System(outside), Rule::System)
            }
        };
        let exact = exact && rule != Rule::System;
        let reason = Origin { source, file, line, written, rule };
        Ok(Resolution { choice, reason, exact, unmet: None, ignored: Vec::new() })
    }

    fn installed_or_missing(&self, selector: &Selector) -> Result<(Selection, Rule), ResolveError> {
        let choice = match self.find(selector)? {
            Some((version, goroot)) => Selection::Installed { version, goroot },
            None => Selection::Missing { wanted: selector.clone() },
        };
        Ok((choice, Rule::of(selector)))
    }

    /// The default if it satisfies, else the lowest installed version that does, else what the file names. What the
    /// user's GOTOOLCHAIN says is never overruled: then the default runs, and go itself decides.
    fn at_least(&self, minimum: Minimum, source: Source, file: PathBuf) -> Result<Resolution, ResolveError> {
        let (mut choice, mut rule) = self.satisfying(&minimum)?;
        let mut unmet = None;
        if let Selection::Missing { wanted } = &choice
            && goenv::setting(self.environment, "GOTOOLCHAIN").is_some()
            && let Some(stand_in) = self.stand_in()?
        {
            unmet = Some(wanted.clone());
            (choice, rule) = (stand_in, Rule::ToolchainSetting);
        }
        let Minimum { line, written, .. } = minimum;
        let reason = Origin { source, file: Some(file), line, written, rule };
        Ok(Resolution { choice, reason, exact: false, unmet, ignored: Vec::new() })
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
        let installed = self.list()?;
        let (found, rule) = if minimum.language {
            (installed::newest_of_lowest_minor(&installed, &minimum.version), Rule::LowestMinor)
        } else {
            (installed::lowest(&installed, &minimum.version), Rule::LowestInstalled)
        };
        if let Some(version) = found {
            return Ok((self.installed(version.clone()), rule));
        }
        if default.is_none()
            && let Some(outside) = self.outside()
        {
            match &outside.version {
                Some(version) if !enough(version) => {}
                Some(_) => return Ok((Selection::System(outside), Rule::OutsideSatisfies)),
                None => return Ok((Selection::System(outside), Rule::OutsideDecides)),
            }
        }
        Ok((Selection::Missing { wanted: minimum.wanted() }, Rule::NothingSatisfies))
    }

    /// The default; without one the Go outside gvmr; without that the newest installed version.
    fn fallback(&self) -> Result<Resolution, ResolveError> {
        if let Some((file, line, selector)) = self.default()? {
            let written = selector.to_string();
            let (choice, rule) = self.installed_or_missing(&selector)?;
            let reason =
                Origin { source: Source::Default, file: Some(file), line: Some(line), written, rule };
            return Ok(Resolution { choice, reason, exact: false, unmet: None, ignored: Vec::new() });
        }
        let (choice, rule) = if let Some(outside) = self.outside() {
            (Selection::System(outside), Rule::NoDefault)
        } else if let Some(version) = installed::newest(&self.list()?) {
            (self.installed(version.clone()), Rule::NewestInstalled)
        } else {
            return Err(ResolveError::NothingAnywhere { refused: self.refused_outside() });
        };
        let reason = Origin { source: Source::Unset, file: None, line: None, written: String::new(), rule };
        Ok(Resolution { choice, reason, exact: false, unmet: None, ignored: Vec::new() })
    }

    /// [`Self::fallback`], as far as it is there.
    fn stand_in(&self) -> Result<Option<Selection>, ResolveError> {
        match self.fallback() {
            Ok(Resolution { choice: Selection::Missing { .. }, .. })
            | Err(ResolveError::NothingAnywhere { .. }) => Ok(None),
            Ok(answer) => Ok(Some(answer.choice)),
            Err(problem) => Err(problem),
        }
    }

    fn default(&self) -> Result<Option<(PathBuf, usize, Selector)>, ResolveError> {
        Ok(default_file(self.home, self.environment)?.and_then(|(file, pin)| match pin.wanted {
            RequestedGo::Version(selector) => Some((file, pin.line, selector)),
            RequestedGo::System => None,
        }))
    }

    fn installed(&self, version: Version) -> Selection {
        Selection::Installed { goroot: self.home.toolchain(&version), version }
    }

    /// The Go outside that does not count for root.
    fn refused_outside(&self) -> Option<PathBuf> {
        system_go::refused(OsStr::new("go"), self.environment, self.home, self.shim)
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
