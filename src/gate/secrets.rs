//! The secrets that a check file uses, to be hidden wherever they come up.

use crate::check::file::{CheckFile, HttpTarget, ProbeTarget, SecretText};
use gvmr_core::sys::environment::Environment;

/// The values of all secrets that the environment has. One that it lacks is told by its probe.
pub(super) fn all(file: &CheckFile, environment: &dyn Environment) -> Vec<String> {
    let of_probes = file.probes().flat_map(|probe| match &probe.target {
        ProbeTarget::Http(target) => of_http(target),
        ProbeTarget::Prometheus(target) => {
            [Some(&target.server), Some(&target.query), target.baseline.as_ref()]
                .into_iter()
                .flatten()
                .collect()
        }
        _ => Vec::new(),
    });
    let of_headers = file.notifications.iter().flat_map(|one| one.headers.iter().map(|(_, value)| value));
    let values = of_probes.chain(of_headers).filter_map(|text| text.reveal(environment).ok());
    // The address of a hook lets anyone post there: all of it is one.
    let hooks = file.notifications.iter().filter_map(|one| one.url.reveal(environment).ok());
    let hooks = hooks.flat_map(|hook| hook.secrets.into_iter().chain([hook.text]));
    values.flat_map(|revealed| revealed.secrets).chain(hooks).collect()
}

fn of_http(target: &HttpTarget) -> Vec<&SecretText> {
    target.headers.iter().map(|(_, value)| value).chain([&target.url]).collect()
}
