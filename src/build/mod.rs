//! A tree of Go's sources becomes a working GOROOT, in place, by Go's own `make.bash`.
//!
//! Takes a staged source tree and an older Go that compiles it. The environment of the build is made from nothing,
//! its PATH holds a handful of basic programs and no C compiler, everything it writes outside the tree lies in one
//! scratch directory that is removed again, and it needs no network. So the result does not depend on the machine:
//! since 1.21 it is, byte for byte, the toolchain that Go's own builders publish, and its `h1` is the one in the log.
//!
//! Never leaves a process behind, not even when gvmr itself is killed; never starts what cannot end well (a
//! bootstrap that is too old, a missing program); never touches VERSION. It does not decide whether the sources may
//! be trusted, nor does it move the result: that is the caller's.

mod bootstrap;
mod environment;
mod error;
mod output;
mod plan;
mod programs;
mod tree;

pub use bootstrap::{
    Bootstrap, BootstrapGo, bootstrap_of, bootstrap_release, candidate_on_path, choose_bootstrap,
};
pub use error::BuildError;
pub use plan::Plan;
pub use programs::missing_programs;
pub use tree::strip_to_source;

use crate::process::{self, Ending, Scope, Stop, Streams};
use environment::Scratch;
use output::Output;

/// Builds the tree, which takes minutes.
///
/// `line` hears every line of the output as it comes, without its end and with at most 4 KiB at once; `cancelled` is
/// asked several times a second. When this returns, whatever it returns, no process of the build is running. After an
/// error the tree is half built, and the caller throws it away.
pub fn build(
    plan: &Plan<'_>,
    line: &mut dyn FnMut(&str),
    cancelled: &dyn Fn() -> bool,
) -> Result<(), BuildError> {
    let bootstrap = bootstrap::check(plan)?;
    let sources = tree::SourceTree::check(plan.goroot, plan.version)?;
    let programs = programs::find(plan.version, plan.environment)?;
    let log = output::open(plan.log).map_err(|source| BuildError::io("create", plan.log, source))?;
    let scratch = Scratch::create(plan.home_cache, &programs, plan.version)?;
    let mut output = Output::new(log, line, cancelled);
    let command = environment::command(plan, bootstrap.goroot, &scratch, &programs);
    let ending = process::run(command, Streams::Both, Scope::Group, &mut output);
    output.end();
    drop(scratch);
    match ending {
        Ok(Ending::Stopped) => return Err(BuildError::Cancelled),
        Ok(Ending::Exited(status)) if status.success() => {}
        Ok(Ending::Exited(status)) => {
            return Err(BuildError::Failed {
                version: plan.version.clone(),
                bootstrap: bootstrap.version,
                status,
                tail: output.into_tail(),
                log: plan.log.to_owned(),
            });
        }
        Err(Stop::Run(source)) => {
            return Err(BuildError::io("run", &plan.goroot.join("src/make.bash"), source));
        }
        Err(Stop::Hear(source)) => return Err(BuildError::io("write", plan.log, source)),
    }
    sources.check_result(plan.goroot)?;
    tree::tidy(plan.goroot, plan.version)
}
