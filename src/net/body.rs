//! A body as a stream: never longer than announced or allowed, never shorter without an error, never slower
//! than the floor. A cut connection is taken up again where the server can prove that the file is the same.

use super::classify;
use super::conditional::Validators;
use super::error::{NetError, NetErrorKind};
use super::exchange::{LazyExchange, Reply, Wanted};
use super::pace::Pace;
use super::redact::RedactedUrl;
use super::retry::Backoff;
use super::servers;
use super::stall::{StallNotice, StallWatch};
use super::waiting::RequestState;
use super::web_page;
use reqwest::Url;
use reqwest::blocking::Response;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

/// Bytes on their way. Errors it gives as [`io::Error`] hold a [`NetError`]; see [`NetError::of_io`].
pub struct Body {
    source: Source,
    url: RedactedUrl,
    via: Option<RedactedUrl>,
    length: Option<u64>,
    limit: u64,
    got: u64,
    /// The first bytes, which were looked at and not given yet; `None` before that.
    beginning: Option<Vec<u8>>,
    failed: Option<NetErrorKind>,
}

enum Source {
    File(File),
    Web(Box<Web>),
}

/// A response, and what is needed to ask for the rest of it.
struct Web {
    response: Response,
    shared: Arc<LazyExchange>,
    original: Url,
    validator: Option<HeaderValue>,
    pace: Pace,
    stall: StallWatch,
}

impl Body {
    pub(super) fn of_file(url: &Url, file: File, length: u64) -> Self {
        Self::new(Source::File(file), RedactedUrl::of(url), None, Some(length))
    }

    pub(super) fn of_answer(
        shared: &Arc<LazyExchange>,
        original: &Url,
        answer: Reply,
        states: &[Arc<RequestState>],
    ) -> Self {
        let length = answer.response.content_length();
        let validator = answer.response.headers().get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""));
        let patience = shared.settings().limits.patience;
        let via = answer.via.as_ref().map(|proxy| format!(" through proxy {proxy}")).unwrap_or_default();
        let stall = StallWatch::begin(StallNotice {
            notify: shared.settings().notify.clone(),
            patience,
            subject: format!("rest of {}", answer.url),
            line: format!(
                "still waiting for the rest of {}{via}: nothing came for {} s",
                answer.url,
                patience.as_secs()
            ),
            states: states.to_vec(),
        });
        let web = Web {
            stall,
            validator: validator.cloned(),
            response: answer.response,
            shared: Arc::clone(shared),
            original: original.clone(),
            pace: Pace::new(&shared.settings().limits),
        };
        Self::new(Source::Web(Box::new(web)), answer.url, answer.via, length)
    }

    fn new(source: Source, url: RedactedUrl, via: Option<RedactedUrl>, length: Option<u64>) -> Self {
        Self { source, url, via, length, limit: u64::MAX, got: 0, beginning: None, failed: None }
    }

    /// How many bytes will come in all, where the server said.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Where the bytes come from, after redirects.
    pub fn url(&self) -> &RedactedUrl {
        &self.url
    }

    /// The same body, which fails with [`NetErrorKind::TooLarge`] at the first byte beyond `limit`; at once
    /// where that many are announced.
    pub fn limited(mut self, limit: u64) -> Result<Self, NetError> {
        self.limit = limit;
        if self.length.is_some_and(|length| length > limit) {
            return Err(self.error(NetErrorKind::TooLarge { limit }));
        }
        Ok(self)
    }

    /// Whether the server calls this a web page.
    pub(super) fn is_called_html(&self) -> bool {
        let Source::Web(web) = &self.source else { return false };
        let kind = web.response.headers().get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        [&b"text/html"[..], b"application/xhtml+xml"]
            .iter()
            .any(|page| kind.get(..page.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(page)))
    }

    /// Whether the server sent no body because the one sent earlier still holds.
    pub(super) fn is_unchanged(&self) -> bool {
        matches!(&self.source, Source::Web(web) if web.response.status() == 304)
    }

    /// What the server says about this body.
    pub(super) fn validators(&self) -> Validators {
        match &self.source {
            Source::Web(web) => Validators::of(web.response.headers()),
            Source::File(_) => Validators::default(),
        }
    }

    pub(super) fn error(&self, kind: NetErrorKind) -> NetError {
        NetError { via: self.via.clone().map(Box::new), ..NetError::new(self.url.clone(), kind) }
    }

    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, NetErrorKind> {
        if let Some(kind) = &self.failed {
            return Err(kind.clone());
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.beginning.is_none() {
            self.beginning = Some(self.begin()?);
        }
        let Some(beginning) = self.beginning.as_mut().filter(|beginning| !beginning.is_empty()) else {
            return self.pull(buffer);
        };
        let length = beginning.len().min(buffer.len());
        buffer[..length].copy_from_slice(&beginning[..length]);
        beginning.drain(..length);
        Ok(length)
    }

    /// The first bytes, as many as tell that this is no web page. A server may send them one by one.
    fn begin(&mut self) -> Result<Vec<u8>, NetErrorKind> {
        let mut data = vec![0; web_page::LONGEST_BEGINNING];
        let mut length = 0;
        while length < data.len() {
            match self.pull(&mut data[length..])? {
                0 => break,
                read => length += read,
            }
            match web_page::begins(&data[..length]) {
                Some(true) => return Err(NetErrorKind::Html),
                Some(false) => break,
                None => {}
            }
        }
        data.truncate(length);
        Ok(data)
    }

    /// The next bytes of the source.
    fn pull(&mut self, buffer: &mut [u8]) -> Result<usize, NetErrorKind> {
        let read = match &mut self.source {
            Source::File(file) => file.read(buffer).map_err(|error| NetErrorKind::of_file(&error))?,
            Source::Web(web) => web.read(buffer, self.got, self.length)?,
        };
        self.got += read as u64;
        if self.got > self.limit {
            return Err(NetErrorKind::TooLarge { limit: self.limit });
        }
        // A file may have been cut or have grown since it was opened.
        if self.length.is_some_and(|length| self.got > length || (read == 0 && self.got < length)) {
            return Err(NetErrorKind::Cut { expected: self.length, got: self.got });
        }
        Ok(read)
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.advance(buffer).map_err(|kind| {
            self.failed = Some(kind.clone());
            io::Error::from(self.error(kind))
        })
    }
}

impl Web {
    /// The next bytes; 0 only at the announced end, or where none was announced.
    fn read(&mut self, buffer: &mut [u8], got: u64, length: Option<u64>) -> Result<usize, NetErrorKind> {
        loop {
            let before = Instant::now();
            let Self { response, stall, .. } = self;
            let result = stall.over(|| response.read(buffer));
            let waited = before.elapsed();
            match result {
                Ok(read) if read > 0 || length.is_none_or(|length| got >= length) => {
                    self.pace.count(read, waited)?;
                    return Ok(read);
                }
                Err(error) if classify::is_timeout(&error) => return Err(self.pace.too_slow()),
                _ => self.pace.count(0, waited)?,
            }
            let before = Instant::now();
            let resumed = length.is_some_and(|length| self.resume(got, length));
            self.pace.count(0, before.elapsed())?;
            if !resumed {
                return Err(NetErrorKind::Cut { expected: length, got });
            }
        }
    }

    /// Asks for the bytes from `got` on. Only a strong validator shows that they belong to the same file; any
    /// answer but exactly these bytes of it means no.
    fn resume(&mut self, got: u64, length: u64) -> bool {
        let Some(validator) = self.validator.clone().filter(|_| got > 0) else { return false };
        let Ok(exchange) = self.shared.get() else { return false };
        let mut backoff = Backoff::new(self.shared.settings().limits);
        let (server, settings) = (servers::name(&self.original, None), self.shared.settings());
        let mut retry_after = None;
        while let Some(pause) = backoff.next(retry_after) {
            std::thread::sleep(pause);
            let wanted = Wanted::Rest { from: got, validator: &validator };
            match exchange.get(&self.original, wanted, backoff.answer_by(), &[]) {
                Ok(answer) => {
                    let headers = answer.response.headers();
                    let range = format!("bytes {got}-{}/{length}", length - 1);
                    let same = answer.response.status() == 206
                        && headers.get(ETAG).is_none_or(|tag| *tag == validator)
                        && headers
                            .get(CONTENT_RANGE)
                            .is_some_and(|value| value.as_bytes() == range.as_bytes());
                    if same {
                        self.response = answer.response;
                    }
                    return same;
                }
                Err(failure) if failure.is_gone() || !failure.error.is_transient() => return false,
                Err(failure) => {
                    let asked = failure.retry_after().filter(|wait| !wait.is_zero());
                    let servers = self.shared.servers();
                    retry_after = match asked {
                        Some(wait) => match servers.wait_as_asked(&server, &failure.error, wait, settings) {
                            None => return false,
                            granted => granted,
                        },
                        None => None,
                    };
                }
            }
        }
        false
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Body {{ {}, {} of {:?} bytes }}", self.url, self.got, self.length)
    }
}
