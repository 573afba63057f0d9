//! Stored credentials for gvmr's own requests.
//!
//! Takes the network settings, gives them with the credentials. Asks the keyring only where a secret is in it.

use super::{CredentialEntry, Credentials, CredentialsError, Keyring, KeyringError, Login, Logins};
use crate::net::{self, KeptLogin};
use gvmr_core::env::credentials::CredentialKind;

/// `settings` with all stored credentials, and the entries whose secret could not be read.
pub fn for_requests(
    credentials: &Credentials,
    keyring: Option<&Keyring>,
    settings: net::NetSettings,
) -> Result<(net::NetSettings, Vec<(CredentialEntry, KeyringError)>), CredentialsError> {
    let Logins { found, lacking } = credentials.logins(|_| true, keyring)?;
    let told = |login: Login| KeptLogin {
        place: login.entry.place_in_words(credentials),
        next_step: login.entry.next_step(),
        machine: login.entry.machine,
        login: login.entry.login,
        secret: login.secret.reveal().to_owned(),
    };
    let (https, proxies): (Vec<Login>, Vec<Login>) =
        found.into_iter().partition(|login| login.entry.kind == CredentialKind::Https);
    let told = |logins: Vec<Login>| logins.into_iter().map(told).collect::<Vec<_>>();
    Ok((settings.with_kept(&told(https), &told(proxies)), lacking))
}
