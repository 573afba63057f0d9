//! Will this Go run here: made-up machines, this machine, and a real one whose only C library is musl.

mod command;
mod fake_root;
mod hostile;
mod musl_chroot;
mod releases;
pub(crate) mod this_machine;
mod verdicts;

use gvmr::host::{Host, HostVerdict};
use gvmr_core::gover::version::Version;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

/// The verdict on one version, with the reasons' words.
fn verdict(host: &Host, text: &str) -> (HostVerdict, Vec<&'static str>) {
    let assessment = host.assess(&version(text));
    (assessment.verdict, assessment.reasons.iter().map(|reason| reason.id).collect())
}

/// The values of the facts of this name.
fn facts(host: &Host, name: &str) -> Vec<String> {
    host.facts().into_iter().filter(|fact| fact.name == name).map(|fact| fact.value).collect()
}
