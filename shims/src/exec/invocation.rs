//! One call of a shim: which tool, with which arguments, from where; and what follows from that.
//!
//! Takes the shim's place, its arguments and environment. The shim and the program that it hands over to both go this way,
//! so that they cannot choose differently.

use crate::env::compiled_rules::CompiledRules;
use crate::env::env_context::{EnvContext, ResolvedEnv};
use crate::env::notice::Notice;
use crate::exec::called_shim::{self, CalledShim};
use crate::exec::need::Need;
use crate::gover::goenv;
use crate::gover::gomod::Requirement;
use crate::gover::selector::{NotAVersion, RequestedGo, Selector};
use crate::gover::version::Version;
use crate::home::installed;
use crate::home::shared_home::{self, foreign_default};
use crate::select::error::ResolveError;
use crate::select::main_module;
use crate::select::pin_owners::ForeignPin;
use crate::select::resolution::{Origin, Resolution, Rule, Selection, Source};
use crate::select::resolve::{self, Query, without_minimum};
use crate::sys::directory;
use crate::sys::environment::Block;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// A tool, and what it is called with.
#[derive(Clone, Debug)]
pub struct Invocation<'a> {
    /// The shim.
    pub place: &'a CalledShim,
    /// The tool's name in a toolchain's `bin`.
    pub tool: &'a OsStr,
    /// What the tool gets: its name, then its arguments.
    pub arguments: Vec<&'a CStr>,
    /// The environment.
    pub block: &'a Block<'a>,
    /// The version of the shim's own name.
    version: Option<Version>,
    /// The version of a `+1.22` argument.
    plus: Option<RequestedGo>,
}

impl<'a> Invocation<'a> {
    /// The call with these arguments, the name first.
    pub fn parse(
        place: &'a CalledShim,
        arguments: &[&'a CStr],
        block: &'a Block<'a>,
    ) -> Result<Self, NotAVersion> {
        let call = Self { version: place.version(), ..Self::decided(place, arguments, block) };
        if call.version.is_some() {
            return Ok(Self { tool: OsStr::new("go"), ..call });
        }
        let Some(plus) = called_shim::plus(arguments.get(1..).unwrap_or_default()) else { return Ok(call) };
        let mut arguments = call.arguments.clone();
        arguments.remove(1);
        Ok(Self { arguments, plus: Some(plus?), ..call })
    }

    /// The same where the version was chosen before, and what asked for it is no longer among the arguments.
    pub fn decided(place: &'a CalledShim, arguments: &[&'a CStr], block: &'a Block<'a>) -> Self {
        Self { place, tool: &place.name, arguments: arguments.to_vec(), block, version: None, plus: None }
    }

    /// The arguments after the tool's name.
    pub fn words(&self) -> &[&'a CStr] {
        self.arguments.get(1..).unwrap_or_default()
    }

    /// Whether it is `go1.25.14 download`: the wrappers of golang.org/dl of that name need that before anything else.
    pub fn is_download(&self) -> bool {
        self.version.is_some() && self.words() == [c"download"]
    }

    /// What counts where the tool will run. `compiled` is the user's `config.toml`, compiled just now.
    pub fn env_context(&self, compiled: Option<CompiledRules>) -> EnvContext {
        EnvContext::of(&self.place.home, &self.directory(), self.block, compiled)
    }

    /// Which Go runs. Where nothing satisfies go.mod, a command that needs no particular version gets the default.
    pub fn answer(&self, env_context: &EnvContext) -> Result<Resolution, ResolveError> {
        if let Some(version) = &self.version {
            return Ok(self.named(version));
        }
        let question = Query {
            home: &self.place.home,
            directory: &env_context.directory,
            plus: self.plus.as_ref(),
            environment: self.block,
            shim: Some(&self.place.program),
            pin: env_context.project.pin(),
        };
        let answer = resolve::resolve(&question)?;
        if answer.reason.rule != Rule::NothingSatisfies {
            return Ok(answer);
        }
        let need = Need::of(self.tool, self.words());
        if need == Need::Version {
            return Ok(answer);
        }
        let answer = without_minimum(&question, answer)?;
        let exact = answer.unmet.is_some() && need.keeps_local(answer.choice.version());
        Ok(Resolution { exact, ..answer })
    }

    /// The line to print first where the command's own answer would mislead: it tells of another version than go.mod asks
    /// for.
    pub fn caveat(&self, answer: &Resolution) -> Option<String> {
        let wanted = answer.unmet.as_ref()?;
        let is_told =
            answer.reason.rule == Rule::NotNeeded && Need::of(self.tool, self.words()) == Need::AnyLocally;
        is_told.then(|| {
            let next = shared_home::next_step(&self.place.home, &format!("install {wanted}"));
            let reason = Origin { rule: Rule::NothingSatisfies, ..answer.reason.clone() };
            format!("{reason}; run: {next}")
        })
    }

    /// What that Go gets, and what to tell first.
    pub fn resolve_env(&self, env_context: &mut EnvContext, answer: &Resolution) -> ResolvedEnv {
        let (goroot, version) = (answer.choice.goroot(), answer.choice.version());
        let mut resolved = env_context.resolve_env(&self.place.home, self.block, goroot, version);
        resolved.notices.extend(
            answer.ignored.iter().map(|pin| Notice::Pin { file: pin.file.clone(), owner: pin.owner }),
        );
        let foreign = if answer.exact { None } else { foreign_default(&self.place.home, self.block) };
        resolved.notices.extend(foreign.map(|(file, owner)| Notice::Config { file, owner }));
        resolved
    }

    /// Whether this go must be kept from switching to another version. A go before 1.21 never switches, and a setting that
    /// it does not read would reach the shims below it. Nor does one switch that only starts programs in a module whose
    /// file its version satisfies; `go` in a module of another directory may have to.
    #[allow(clippy::nonminimal_bool, reason = "each half is one reason")]
    pub fn keeps_local(&self, answer: &Resolution) -> bool {
        if !answer.exact {
            return false;
        }
        let Some(version) = answer.choice.version() else { return true };
        !version.is_before(21) && !(self.starts_programs() && self.satisfies_module(version))
    }

    /// Whether it is one of the commands that start programs and choose no version but by go.work and go.mod.
    fn starts_programs(&self) -> bool {
        let is_told = |word: &[u8]| matches!(word, b"generate" | b"run" | b"test" | b"tool");
        if !self.words().iter().take(3).any(|word| is_told(word.to_bytes())) {
            return false; // at no cost for the others
        }
        let words = called_shim::without_change_of_directory(self.words());
        // `go run PACKAGE@VERSION` switches as that package asks, and another file may be named as go.mod.
        let is_special = |word: &&[u8]| {
            word.contains(&b'@') || word.starts_with(b"-modfile") || word.starts_with(b"--modfile")
        };
        words.first().is_some_and(|word| is_told(word)) && !words.iter().any(is_special)
    }

    fn satisfies_module(&self, version: &Version) -> bool {
        let flags = goenv::setting(self.block, "GOFLAGS").unwrap_or_default();
        let names_module = flags.as_bytes().windows(8).any(|part| part == b"-modfile");
        if names_module || goenv::setting(self.block, "GOTOOLCHAIN").is_some() {
            return false;
        }
        match main_module::find(&self.directory(), self.block, &self.place.home) {
            Ok(Some(module)) => match module.requirement {
                Requirement::AtLeast(minimum) => *version >= minimum.version,
                Requirement::Default { .. } | Requirement::Malformed { .. } => true,
            },
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// The pins above that do not count, where it could not be decided which Go runs.
    pub fn foreign_pins(&self) -> Vec<ForeignPin> {
        resolve::foreign_pins(&self.directory(), self.block)
    }

    fn directory(&self) -> PathBuf {
        let change = if self.tool == "go" { called_shim::change_of_directory(self.words()) } else { None };
        // A directory that is gone has no pins; the tool itself will say what it thinks of it.
        directory::working(self.block, change)
            .or_else(|_| directory::working(self.block, None))
            .unwrap_or_else(|_| PathBuf::from("/"))
    }

    /// A shim called `go1.23.4` runs that version: the go command that looked for it has decided already.
    fn named(&self, version: &Version) -> Resolution {
        let wanted = Selector::exact(version);
        let version = wanted.as_exact().unwrap_or(version).clone();
        let choice = match installed::goroot(&self.place.home, &version) {
            Some(goroot) => Selection::Installed { version, goroot },
            None => Selection::Missing { wanted },
        };
        let written = self.place.name.to_string_lossy().into_owned();
        let reason = Origin { source: Source::Name, file: None, line: None, written, rule: Rule::Exact };
        Resolution { choice, reason, exact: false, unmet: None, ignored: Vec::new() }
    }
}
