//! One call of a shim: which tool, with which arguments, from where; and what follows from that.
//!
//! Takes the shim's place, its arguments and environment. The shim and the program that it hands over to both go this way,
//! so that they cannot choose differently.

use crate::env::compiled_rules::CompiledRules;
use crate::env::env_context::{EnvContext, ResolvedEnv};
use crate::exec::called_shim::{self, CalledShim};
use crate::gover::selector::{NotAVersion, RequestedGo, Selector};
use crate::gover::version::Version;
use crate::home::installed;
use crate::select::error::ResolveError;
use crate::select::resolution::{Origin, Resolution, Rule, Selection, Source};
use crate::select::resolve::{Query, resolve};
use crate::sys::directory;
use crate::sys::environment::Block;
use std::ffi::{CStr, OsStr};
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

    /// What counts where the tool will run. `compiled` is the user's `config.toml`, compiled just now.
    pub fn env_context(&self, compiled: Option<CompiledRules>) -> EnvContext {
        EnvContext::of(&self.place.home, &self.directory(), self.block, compiled)
    }

    /// Which Go runs.
    pub fn answer(&self, env_context: &EnvContext) -> Result<Resolution, ResolveError> {
        if let Some(version) = &self.version {
            return Ok(self.named(version));
        }
        resolve(&Query {
            home: &self.place.home,
            directory: &env_context.directory,
            plus: self.plus.as_ref(),
            environment: self.block,
            shim: Some(&self.place.program),
            pin: env_context.project.pin(),
        })
    }

    /// What that Go gets.
    pub fn resolve_env(&self, env_context: &mut EnvContext, choice: &Selection) -> ResolvedEnv {
        env_context.resolve_env(&self.place.home, self.block, choice.goroot(), choice.version())
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
        Resolution { choice, reason, exact: false }
    }
}
