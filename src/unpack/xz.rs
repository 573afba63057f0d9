//! One xz stream with an integrity check, and nothing after it.
//!
//! The decoder's memory is limited before it is taken: an archive that asks for a larger dictionary is an error.

use super::error::Limit;
use super::error::UnpackError;
use super::input::Input;
use super::limits::ArchiveLimits;
use liblzma::stream::{Action, Error, Status, Stream, TELL_NO_CHECK, TELL_UNSUPPORTED_CHECK};

/// How errors call what they are about.
const ENTRY: &[u8] = b"xz";

pub(super) struct Xz {
    stream: Stream,
    limit: u64,
    ended: bool,
}

impl Xz {
    pub(super) fn new(limits: &ArchiveLimits) -> Result<Self, UnpackError> {
        let limit = limits.decoder;
        match Stream::new_stream_decoder(limit, TELL_NO_CHECK | TELL_UNSUPPORTED_CHECK) {
            Ok(stream) => Ok(Self { stream, limit, ended: false }),
            Err(error) => Err(failed(error, limit)),
        }
    }

    /// Fills a part of `room`; 0 bytes at the end, when everything is checked.
    pub(super) fn decode(&mut self, input: &mut Input, room: &mut [u8]) -> Result<usize, UnpackError> {
        while !self.ended {
            let before = (self.stream.total_in(), self.stream.total_out());
            let result = self.stream.process(input.available()?, room, Action::Run);
            let status = result.map_err(|error| failed(error, self.limit))?;
            let taken = self.stream.total_in() - before.0;
            let given = self.stream.total_out() - before.1;
            input.consume(usize::try_from(taken).unwrap_or(usize::MAX));
            if status == Status::StreamEnd {
                self.ended = true;
                if !input.is_at_end()? {
                    return Err(UnpackError::malformed(
                        ENTRY,
                        "bytes after the only stream",
                        &"none",
                        &"some",
                    ));
                }
            }
            if given > 0 {
                return Ok(usize::try_from(given).unwrap_or(usize::MAX));
            }
            if taken == 0 && !self.ended {
                return Err(broken("no progress"));
            }
        }
        Ok(0)
    }
}

fn failed(error: Error, limit: u64) -> UnpackError {
    match error {
        Error::MemLimit | Error::Mem => UnpackError::Limit { which: Limit::Decoder, limit },
        Error::NoCheck => UnpackError::malformed(ENTRY, "integrity check", &"one", &"none"),
        Error::UnsupportedCheck => {
            UnpackError::malformed(ENTRY, "integrity check", &"a known one", &"another")
        }
        Error::Format => UnpackError::malformed(ENTRY, "signature", &"that of xz", &"another"),
        Error::Options => UnpackError::malformed(ENTRY, "options", &"known ones", &"others"),
        Error::Data => broken("damaged data"),
        Error::Program => broken("an impossible state"),
    }
}

fn broken(got: &'static str) -> UnpackError {
    UnpackError::malformed(ENTRY, "content", &"compressed data", &got)
}
