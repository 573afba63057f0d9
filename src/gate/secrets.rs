//! The secrets that a check file uses, to be hidden wherever they come up.

use crate::check::SecretMask;
use crate::check::file::{CheckFile, ProbeTarget, RevealedText, SecretText};
use crate::net::{Url, url_login};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gvmr_core::sys::environment::Environment;

/// Stands for a secret in an address, to see what becomes of the parts around it.
const STAND_IN: &str = "gvmr0stand0in";

/// All secrets that the environment has. One that it lacks is told by its probe.
pub(super) fn mask(file: &CheckFile, environment: &dyn Environment) -> SecretMask {
    let (mut addresses, mut others) = (Vec::new(), Vec::new());
    for probe in file.probes() {
        match &probe.target {
            ProbeTarget::Http(target) => {
                addresses.push(&target.url);
                others.extend(target.headers.iter().map(|(_, value)| value));
            }
            ProbeTarget::Prometheus(target) => {
                addresses.push(&target.server);
                others.push(&target.query);
                others.extend(target.baseline.as_ref());
            }
            _ => {}
        }
    }
    let hooks = file.notifications.iter().map(|one| &one.url);
    others.extend(file.notifications.iter().flat_map(|one| one.headers.iter().map(|(_, value)| value)));
    let reveal = |text: &SecretText| text.reveal(environment).ok();
    let mut secrets: Vec<String> =
        others.into_iter().filter_map(reveal).flat_map(|one| one.secrets).collect();
    for address in addresses.into_iter().chain(hooks.clone()) {
        let Some(revealed) = reveal(address) else { continue };
        secrets.extend(in_address(address, &revealed));
        secrets.extend(revealed.secrets);
    }
    // The address of a hook lets anyone post there: all of it is one.
    secrets.extend(hooks.filter_map(reveal).map(|revealed| revealed.text));
    SecretMask::of(secrets)
}

/// What a secret becomes in an address: a name in other letters, steps that are gone, a login as it is sent.
fn in_address(text: &SecretText, revealed: &RevealedText) -> Vec<String> {
    let Ok(url) = Url::parse(&revealed.text) else { return Vec::new() };
    if !text.has_secret() {
        return Vec::new();
    }
    let parts = |url: &Url| {
        [url.host_str().unwrap_or_default(), url.path(), url.query().unwrap_or_default()].map(str::to_owned)
    };
    let mask = SecretMask::of(revealed.secrets.iter().cloned());
    let around = Url::parse(&text.with_stand_in(STAND_IN)).ok();
    let expected = around.as_ref().map(parts).unwrap_or_default().map(|part| part.replace(STAND_IN, "***"));
    let changed =
        parts(&url).into_iter().zip(expected).filter(|(part, expected)| mask.hide(part) != *expected);
    let mut found: Vec<String> = changed.map(|(part, _)| part.trim_matches('/').to_owned()).collect();
    found
        .extend(url_login(&url).map(|(user, password)| STANDARD_NO_PAD.encode(format!("{user}:{password}"))));
    found.retain(|part| !part.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::file::parsed;

    #[test]
    fn a_secret_of_an_address_is_hidden_as_the_address_has_it() {
        for (url, secret, shown, hidden) in [
            ("http://${secret:S}.invalid/", "TOK", "http://tok.invalid/", "http://***.invalid/"),
            ("http://${secret:S}.invalid/", "Bücher", "http://xn--bcher-kva.invalid/", "http://***/"),
            ("http://h/${secret:S}", "Path/SECRET/../UP", "http://h/Path/UP", "http://h/***"),
            ("http://h/a/${secret:S}/b", "p@ss wö", "http://h/a/p@ss%20w%C3%B6/b", "http://h/a/***/b"),
            ("http://joe:${secret:S}@h/", "hush", "Basic am9lOmh1c2g=", "Basic ***="),
            ("http://${secret:S}", "0x7f.1", "http://127.0.0.1/", "http://***/"),
            ("http://h/", "hush", "http://h/ hush", "http://h/ hush"),
        ] {
            let file = parsed(&format!("[a.b]\nhttp = \"{url}\""));
            assert_eq!(mask(&file, &vec![("S", secret)]).hide(shown), hidden, "{url} {secret}");
        }
    }
}
