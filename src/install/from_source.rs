//! The other pipeline: proved sources go in, a toolchain that was built here comes out.
//!
//! Takes a version; guarantees that its sources were proved before the first of their commands ran, and that the result
//! is committed like every other toolchain, with a receipt that says that it was built here and with what.

use super::pipeline::{joined, note_failures};
use super::progress::{Event, LockedProgress, Progress, Working};
use super::verifier::{LogAnswer, Unpacked};
use super::{InstallError, InstallOptions, InstallOutcome, Installer};
use crate::build::{self, Bootstrap, BootstrapGo, BuildError, Plan};
use crate::sources::{Form, MODULE, Source};
use crate::store::{ProofKind, Toolchain, VersionLock};
use crate::unpack;
use crate::verify::{self, Verified, known_sum};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use std::path::{Path, PathBuf};

impl Installer<'_> {
    /// Builds `version` here from its sources and installs it, unless it is there.
    pub fn build(
        &self,
        version: &Version,
        environment: &dyn Environment,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        self.published(version, || self.build_tree(version, environment, watch))
    }

    fn build_tree(
        &self,
        version: &Version,
        environment: &dyn Environment,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        let missing = build::missing_programs(version, environment);
        if !missing.is_empty() {
            return Err(BuildError::MissingPrograms { programs: missing }.into());
        }
        let bootstrap = self.bootstrap(version, environment, watch)?;
        let Some(lock) = self.lock(version, watch)? else {
            return self.present(version);
        };
        let watch: &dyn Progress = &LockedProgress::new(&lock, watch);
        watch.event(Event::Proving);
        let (unpacked, sources) = self.proved_sources(version, &lock, watch)?;
        let Unpacked { staging, source, form, .. } = unpacked;
        build::strip_to_source(staging.path())?;
        let log = self.log_file(version)?;
        let scratch = self.store.stage(&lock)?; // swept like a tree if this process is killed
        watch.event(Event::Building { with: bootstrap.version.toolchain_name(), log: log.clone() });
        let plan = Plan {
            version,
            goroot: staging.path(),
            final_goroot: &self.store.home().toolchain(version),
            bootstrap: Some(&bootstrap.goroot),
            log: &log,
            home_cache: scratch.path(),
            environment,
        };
        let mut line = |line: &str| watch.event(Event::BuildLine(line.to_owned()));
        let working = Working::new(&lock);
        let cancelled = || {
            working.look();
            watch.cancelled()
        };
        let built = build::build(&plan, &mut line, &cancelled);
        if watch.cancelled() {
            return Err(InstallError::Cancelled);
        }
        built?;
        let platform = self.sources.platform();
        let prefix = format!("{MODULE}@{}/", platform.module_version(version));
        let staged = unpack::built(staging.path(), &prefix).map_err(|error| InstallError::Unpack {
            toolchain: version.toolchain_name(),
            error: Box::new(error),
        })?;
        let published = self.lookup(&platform.module_version(version));
        if published.is_ok_and(|logged| logged.h1() == staged.manifest().h1()) {
            let same = "the build matches Go's own release, file for file";
            watch.event(Event::Note(same.to_owned()));
        }
        let with = bootstrap.version.toolchain_name();
        let verified = verify::built_here(staged.manifest(), sources, &platform.to_string(), &with);
        self.commit(Unpacked { staging, staged, source, form }, verified, watch)
    }

    /// A Go that can build `version`: an installed one, one on PATH, else one that is installed now.
    fn bootstrap(
        &self,
        version: &Version,
        environment: &dyn Environment,
        watch: &dyn Progress,
    ) -> Result<BootstrapGo, InstallError> {
        if let Bootstrap::CCompiler = build::bootstrap_of(version) {
            return Err(BuildError::Unsupported { version: version.clone() }.into());
        }
        let fit = |toolchain: &Toolchain| is_proved(toolchain) && self.runs(toolchain);
        let installed = self.store.toolchains()?.into_iter().filter(fit);
        let installed =
            installed.map(|toolchain| BootstrapGo { version: toolchain.version, goroot: toolchain.goroot });
        let candidates: Vec<_> =
            installed.chain(build::candidate_on_path(environment, self.store.home())).collect();
        if let Some(BootstrapGo { version, goroot }) = build::choose_bootstrap(version, &candidates) {
            return Ok(BootstrapGo { version: version.clone(), goroot: goroot.clone() });
        }
        let released = self.sources.listed().versions;
        let runs = |version: &Version| !self.host.assess(version).cannot_run();
        let Some(release) = build::bootstrap_release(version, &released, &runs) else {
            return Err(self.no_bootstrap(version, "no Go version that can build it runs here".to_owned()));
        };
        watch.event(Event::Note(format!(
            "installing {} first, which the build needs",
            release.toolchain_name()
        )));
        let outcome = self.install(release, InstallOptions::default(), watch)?;
        Ok(BootstrapGo { version: release.clone(), goroot: outcome.toolchain().goroot.clone() })
    }

    /// Whether an installed toolchain runs here: what was built here does.
    fn runs(&self, toolchain: &Toolchain) -> bool {
        let built = toolchain.receipt.as_ref().is_some_and(|receipt| receipt.proof == ProofKind::Built);
        built || !self.host.assess(&toolchain.version).cannot_run()
    }

    /// The sources of the first source that has them: the source archive where the table of known releases proves
    /// it, else the toolchain's module, for which the log does.
    fn proved_sources<'lock>(
        &self,
        version: &Version,
        lock: &'lock VersionLock,
        watch: &dyn Progress,
    ) -> Result<(Unpacked<'lock>, Verified), InstallError> {
        let platform = self.sources.platform();
        let prefix = format!("{MODULE}@{}/", platform.module_version(version));
        let archive = format!("{}.src.tar.gz", version.toolchain_name());
        let mut failures = Vec::new();
        for source in self.sources.entries() {
            if matches!(source, Source::Archives(_)) && known_sum(&archive).is_none() {
                continue;
            }
            let Some(fetched) = source.fetch_source(version) else { continue };
            let unpacked = fetched
                .map_err(InstallError::Source)
                .and_then(|fetched| self.unpack(fetched, &prefix, version, true, lock, watch));
            let unpacked = match unpacked {
                Ok(unpacked) => unpacked,
                Err(error) if error.passes_on() => {
                    failures.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            note_failures(&failures, watch);
            let verified = match unpacked.form {
                Form::Module => {
                    let witness = LogAnswer::ask(
                        self,
                        version,
                        std::slice::from_ref(source),
                        InstallOptions::default(),
                    )?;
                    witness.warnings().into_iter().for_each(|warning| watch.event(Event::Note(warning)));
                    witness.verify(&unpacked, platform, version, InstallOptions::default(), watch)?
                }
                Form::Archive { .. } => unpacked.known().ok_or_else(|| unpacked.is_not_known())?,
            };
            return Ok((unpacked, verified));
        }
        Err(joined(format!("the sources of {}", version.toolchain_name()), failures, watch))
    }

    /// Where the output of the build is kept.
    fn log_file(&self, version: &Version) -> Result<PathBuf, InstallError> {
        let directory = self.store.home().cache().join("build");
        let unusable = |source| InstallError::Unreadable { path: directory.clone(), source };
        std::fs::create_dir_all(&directory).map_err(unusable)?;
        Ok(Path::new(&directory).join(format!("{}.log", version.toolchain_name())))
    }

    fn no_bootstrap(&self, version: &Version, why: String) -> InstallError {
        let toolchain = format!("{} for {}", version.toolchain_name(), self.sources.platform());
        InstallError::NoBootstrap { toolchain, why }
    }
}

/// Whether a toolchain was proved when it was installed; what compiles others must not be worse than they.
fn is_proved(toolchain: &Toolchain) -> bool {
    toolchain.receipt.as_ref().is_some_and(|receipt| receipt.proof != ProofKind::None)
}
