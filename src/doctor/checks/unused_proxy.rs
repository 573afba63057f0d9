//! A proxy that is set where go does not look, while the direct way fails.
//!
//! It is the cause of what fails: where a proxy is set, the direct way is not the one that was meant. That proxy is not one that
//! go would use, so it is not asked, and whether it would lead on is not known.

use super::network::{host_place, is_link_local, place};
use super::{Looked, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::network::HostFault;
use crate::doctor::network::routes::{self, Route};
use crate::doctor::place::FindingPlace;
use crate::net::{self, TrialFailure};
use gvmr_core::env::network::Network;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::{Environment as _, Process};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 1 << 20;

/// A proxy that is set where go does not look.
pub(in crate::doctor) fn set_elsewhere(facts: &Examination<'_>) -> Looked {
    let network = facts.network()?;
    let fails = network.failed().find(|(answer, fault, severity)| {
        let is_way =
            !matches!(fault, HostFault::Setting | HostFault::Trial(TrialFailure::Certificate { .. }));
        *severity == Severity::Error && answer.via.is_none() && is_way
    });
    let Some((answer, ..)) = fails else { return one(None) };
    let is_secure = answer.url.scheme() == "https";
    let variable = if is_secure { "HTTPS_PROXY" } else { "HTTP_PROXY" };
    if facts.setting(variable)?.written().is_some() {
        return one(None); // NO_PROXY leads past it, and that is told by what fails
    }
    let Some(Unused { place, who, value }) = elsewhere(facts, is_secure)? else { return one(None) };
    if !may_be_reached(value.as_deref()) {
        return one(None);
    }
    one(Some(
        Finding::at("proxy.not-used", Severity::Warning, place)
            .and(host_place(answer))
            .what(format!(
                "{} cannot be reached directly, and go does not use the proxy of {who}",
                answer.host()
            ))
            .why(format!(
                "for {} addresses go reads {variable} from the environment, and nothing else",
                answer.url.scheme()
            ))
            .by_hand(format!("export {variable} with that proxy, or set it in config.toml"))
            .as_cause(),
    ))
}

/// A proxy that other programs use.
struct Unused {
    place: FindingPlace,
    who: &'static str,
    value: Option<String>,
}

/// Whether a way leads to a proxy, as far as that is known without asking for it.
fn may_be_reached(value: Option<&str>) -> bool {
    let url = value.and_then(|value| {
        let is_whole = value.contains("://");
        net::parse(&if is_whole { value.to_owned() } else { format!("http://{value}") }).ok()
    });
    let host = url.as_ref().and_then(|url| url.host_str()).map(|host| host.trim_matches(['[', ']']));
    match host.and_then(|host| host.parse::<IpAddr>().ok()) {
        Some(address) => routes::to(address) != Route::None,
        None => {
            Network::default().seen().addresses.iter().any(|own| !own.is_loopback() && !is_link_local(*own))
        }
    }
}

fn elsewhere(facts: &Examination<'_>, is_secure: bool) -> Result<Option<Unused>, String> {
    for name in ["ALL_PROXY", "all_proxy"] {
        if let Some(value) = Process.get(name) {
            let value = Some(value.to_string_lossy().into_owned());
            return Ok(Some(Unused { place: FindingPlace::variable(name), who: name, value }));
        }
    }
    if is_secure && let Some(value) = facts.setting("HTTP_PROXY")?.written() {
        return Ok(Some(Unused { place: place(facts, "HTTP_PROXY"), who: "HTTP_PROXY", value: Some(value) }));
    }
    if let Some((file, text)) = facts.env_file() {
        let value = |line: &str| {
            let (name, value) = line.split_once('=')?;
            let is_proxy =
                ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].contains(&name.to_ascii_uppercase().as_str());
            is_proxy.then(|| value.to_owned())
        };
        let mut lines = text.lines().enumerate();
        if let Some((at, value)) = lines.find_map(|(at, line)| Some((at, value(line)?))) {
            let place = FindingPlace::line(file, Some(at + 1));
            return Ok(Some(Unused { place, who: "`go env -w`", value: Some(value) }));
        }
    }
    let git = facts.user_home().map(|home| home.join(".gitconfig"));
    let files = git.into_iter().map(|file| (file, "git")).chain(apt_files().map(|file| (file, "apt")));
    for (file, who) in files {
        if let Some((line, value)) = proxy_line(&file, who) {
            return Ok(Some(Unused { place: FindingPlace::line(file, Some(line)), who, value }));
        }
    }
    Ok(None)
}

fn apt_files() -> impl Iterator<Item = PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir("/etc/apt/apt.conf.d")
        .into_iter()
        .flatten()
        .flatten()
        .map(|one| one.path())
        .collect();
    files.sort();
    std::iter::once("/etc/apt/apt.conf".into()).chain(files)
}

/// The line of a program's settings that names a proxy, and the proxy where it is plain to see.
fn proxy_line(file: &Path, program: &str) -> Option<(usize, Option<String>)> {
    let bytes = bounded::read(file, MAX_BYTES).ok()??;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut section = String::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim().to_ascii_lowercase();
        if line.starts_with('[') {
            section.clone_from(&line);
        }
        let is_proxy = match program {
            "git" => {
                let key = line.split('=').next().unwrap_or_default().trim();
                section.starts_with("[http") && key == "proxy"
            }
            _ => !line.starts_with("//") && line.contains("::proxy") && line.contains("://"),
        };
        if is_proxy {
            let value = line.rsplit(['=', ' ']).next().map(|value| value.trim_matches(['"', ';']).to_owned());
            return Some((number + 1, value.filter(|value| value.contains(':'))));
        }
    }
    None
}
