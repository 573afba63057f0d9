//! Which versions of TLS a server accepts, found by offering one alone.
//!
//! The first message of a handshake is built here for versions up to 1.2, with the ciphers that servers of that time have:
//! rustls speaks neither 1.0 nor 1.1, and of 1.2 only the strong ciphers. Nothing of an answer is used but its version.

use std::io::{self, ErrorKind, Read, Write};

/// The versions that are offered by a message of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OldVersion {
    /// 1.0
    One,
    /// 1.1
    OneOne,
    /// 1.2
    OneTwo,
}

/// Cipher suites of RFC 5246, 5289, 8422 and 7905: what servers of any time have.
const SUITES: [u16; 22] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0xc023, 0xc027, 0x009c,
    0x009d, 0x009e, 0x009f, 0x002f, 0x0035, 0x003c, 0x0033, 0x0039, 0x000a,
];
/// secp256r1, x25519, secp384r1, secp521r1.
const GROUPS: [u16; 4] = [0x0017, 0x001d, 0x0018, 0x0019];
/// RSA and ECDSA with SHA-256, SHA-384, SHA-512 and SHA-1, and RSA-PSS.
const SIGNATURES: [u16; 9] = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201];

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;

impl OldVersion {
    fn code(self) -> u16 {
        match self {
            Self::One => 0x0301,
            Self::OneOne => 0x0302,
            Self::OneTwo => 0x0303,
        }
    }
}

/// Whether the server goes on with a handshake of exactly this version. A refusal is an alert or an end; silence is an error.
pub(super) fn is_accepted(
    stream: &mut (impl Read + Write),
    version: OldVersion,
    name: &str,
    random: [u8; 32],
) -> io::Result<bool> {
    stream.write_all(&client_hello(version, name, random))?;
    stream.flush()?;
    let mut header = [0; 5];
    if !fill(stream, &mut header)? || header[0] == ALERT {
        return Ok(false);
    }
    if header[0] != HANDSHAKE {
        return Err(io::Error::new(ErrorKind::InvalidData, "the server does not speak TLS on this port"));
    }
    let mut hello = [0; 6];
    if !fill(stream, &mut hello)? {
        return Ok(false);
    }
    let [kind, _, _, _, major, minor] = hello;
    Ok(kind == SERVER_HELLO && u16::from_be_bytes([major, minor]) == version.code())
}

/// Reads as much as `buffer` holds; `false` where the connection ends before.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match stream.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if is_end(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the other side closed the connection.
pub(super) fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}

/// A `ClientHello` (RFC 5246, 7.4.1.2) in its record.
fn client_hello(version: OldVersion, name: &str, random: [u8; 32]) -> Vec<u8> {
    let mut body = version.code().to_be_bytes().to_vec();
    body.extend(random);
    body.push(0); // no session
    body.extend(counted(&words(&SUITES)));
    body.extend([1, 0]); // no compression
    let mut extensions = Vec::new();
    // Addresses have no names (RFC 6066).
    if name.parse::<std::net::IpAddr>().is_err() {
        let host = [&[0][..], &counted(name.as_bytes())].concat();
        extensions.extend(extension(0, &counted(&host)));
    }
    extensions.extend(extension(10, &counted(&words(&GROUPS))));
    extensions.extend(extension(11, &[1, 0])); // uncompressed points
    if version == OldVersion::OneTwo {
        extensions.extend(extension(13, &counted(&words(&SIGNATURES))));
    }
    body.extend(counted(&extensions));
    let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    let message = [&[CLIENT_HELLO, length[1], length[2], length[3]][..], &body].concat();
    // The record's own version is the oldest, as all clients have it.
    [&[HANDSHAKE, 3, 1][..], &counted(&message)].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Bytes behind their length in two bytes.
fn counted(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
    [&length[..], bytes].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(content)].concat()
}
