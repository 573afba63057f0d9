//! One client for everything that is read from elsewhere: `https`, `http` and `file` URLs.
//!
//! Takes a URL, gives bytes: a small body at once ([`Client::read`]), the same only if it changed
//! ([`Client::read_if_changed`]), or a large one as a stream ([`Client::open`]). Guarantees that every wait is bounded, that secrets go only to the origin they are
//! for, that `https` never turns into `http`, and that no error or debug output carries a credential.
//! Never decompresses, never runs a program, never decides whether bytes are to be trusted.

mod address;
mod body;
mod certificate;
mod classify;
mod client;
mod conditional;
mod credentials;
mod error;
mod exchange;
mod file;
mod handshake;
mod kept;
mod measured;
mod netrc;
mod netrc_lines;
mod no_proxy;
mod pace;
mod placeholder;
mod probe;
mod proxy;
mod redact;
mod redirect;
mod retry;
mod roots;
mod servers;
mod settings;
mod stall;
mod tls_versions;
mod trial;
mod tunnel;
mod waiting;
mod web_page;

pub use address::{NotAUrl, list_step, parse};
pub use body::Body;
pub use client::Client;
pub use conditional::{Changed, Validators};
pub use credentials::url_login;
pub use error::{CertificateFault, NetError, NetErrorKind, Phase, RedirectRefusal};
pub use handshake::{Connector, TLS_VERSIONS, TlsLook, accepts, look};
pub use kept::{KeptLogin, Sent};
pub use measured::{BodyFault, MeasuredAnswer, MeasuredRequest, MeasuringClient, MeasuringOptions};
pub use netrc::Netrc;
pub use netrc_lines::NetrcLines;
pub use no_proxy::NoProxy;
pub use placeholder::is_placeholder;
pub use proxy::{ProxyChoice, ProxyRefusal};
pub use redact::{
    RedactedUrl, without_credentials, without_credentials_in_list, without_credentials_in_text,
};
pub use reqwest::Url;
pub use roots::{Roots, fault_of_authorities};
pub use settings::{NetSettings, TransferLimits};
pub use trial::{Trial, TrialAnswer, TrialFailure, TrialStep};
pub use waiting::{Notify, RequestState};
