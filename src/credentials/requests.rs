//! Kept credentials for gvmr's own requests.

use super::{CredentialEntry, Credentials, CredentialsError, Keyring, KeyringError, Login, Logins};
use crate::net::{self, KeptLogin};
use gvmr_core::env::credentials::CredentialKind;

/// `settings` with all that is kept, and what could not be had of it. A keyring is asked only where it keeps something.
pub fn for_requests(
    credentials: &Credentials,
    keyring: Option<&Keyring>,
    settings: net::NetSettings,
) -> Result<(net::NetSettings, Vec<(CredentialEntry, KeyringError)>), CredentialsError> {
    let Logins { found, lacking } = credentials.logins(|_| true, keyring)?;
    let told = |login: Login| KeptLogin {
        place: login.kept.place_in_words(credentials),
        next_step: login.kept.next_step(),
        machine: login.kept.machine,
        login: login.kept.login,
        secret: login.secret.reveal().to_owned(),
    };
    let (https, proxies): (Vec<Login>, Vec<Login>) =
        found.into_iter().partition(|login| login.kept.kind == CredentialKind::Https);
    let told = |logins: Vec<Login>| logins.into_iter().map(told).collect::<Vec<_>>();
    Ok((settings.with_kept(&told(https), &told(proxies)), lacking))
}
