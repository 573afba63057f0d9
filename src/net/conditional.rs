//! What a server says about a body's identity, for asking later whether the body has changed.

use reqwest::header::{ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED};

/// The longest validator that is kept, in bytes; real ones have some forty.
const MAX_LENGTH: usize = 512;

/// What a server said about the body it sent. May be kept as text: both are printable ASCII in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag`, quotes and the mark of a weak one included.
    pub etag: Option<String>,
    /// The `Last-Modified` date, never interpreted: it is sent back as it came.
    pub last_modified: Option<String>,
}

/// The answer to "has it changed?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It has, or the server cannot say: the whole body, and what to ask with next time.
    To {
        /// The body.
        data: Vec<u8>,
        /// What the server says about it; empty for a `file` URL.
        validators: Validators,
    },
    /// The server says that the validators still hold (304).
    No,
}

impl Validators {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(printable);
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    /// The request headers that ask, as far as these texts can be headers.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        use reqwest::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
        let header = |name, text: &Option<String>| {
            let value = HeaderValue::from_str(text.as_deref()?).ok();
            Some((name, value.filter(|value| printable(value).is_some())?))
        };
        [header(IF_NONE_MATCH, &self.etag), header(IF_MODIFIED_SINCE, &self.last_modified)]
            .into_iter()
            .flatten()
    }
}

fn printable(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let one_line = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    (one_line && !text.is_empty() && text.len() <= MAX_LENGTH).then(|| text.to_owned())
}
