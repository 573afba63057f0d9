//! Signed notes and the keys that verify them, as `golang.org/x/mod/sumdb/note` defines both.
//!
//! Takes the bytes of a note and one trusted key; gives the text, but only if that key signed it.
//! Signatures of other keys are ignored; a bad signature that claims the trusted key is fatal.

use std::fmt;
use std::str;

use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// Base64 as Go's `StdEncoding` reads it: padding is required, the unused bits of the last digit are not
/// looked at.
pub(super) const GO_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

const ALGORITHM_ED25519: u8 = 1;
const SIGNATURE_PREFIX: &str = "\u{2014} ";
const MAX_SIGNATURES: usize = 100;

/// A key that verifies the notes of one server, written `NAME+HASH+BASE64`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    hash: u32,
    public_key: [u8; 32],
}

/// Why a text is not a usable verifier key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form `NAME+HASH+BASE64`.
    #[error("malformed verifier key, expected NAME+HASH+BASE64")]
    Malformed,
    /// Not Ed25519, the only algorithm there is.
    #[error("unknown key algorithm {0}, expected 1 (Ed25519)")]
    Algorithm(u8),
    /// The hash in the key is not that of its name and bytes: a part of the key was changed or lost.
    #[error("verifier key hash mismatch: expected {expected:08x}, got {got:08x}")]
    Hash {
        /// What the key's text says.
        expected: u32,
        /// What its name and bytes give.
        got: u32,
    },
}

/// Why a note was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a note at all, or not of the kind that was expected.
    #[error("malformed note: {0}")]
    Malformed(&'static str),
    /// A signature that names the trusted key is not by that key.
    #[error("invalid signature for key {key}")]
    BadSignature {
        /// The trusted key, as `NAME+HASH`.
        key: String,
    },
    /// Nothing that the trusted key signed.
    #[error("no signature by key {key}")]
    Unsigned {
        /// The trusted key, as `NAME+HASH`.
        key: String,
    },
}

impl Verifier {
    /// Reads `NAME+HASH+BASE64`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
        let (hash, key) = rest.split_once('+').ok_or(KeyError::Malformed)?;
        if hash.len() != 8 || !is_valid_name(name) {
            return Err(KeyError::Malformed);
        }
        let expected = u32::from_str_radix(hash, 16).map_err(|_| KeyError::Malformed)?;
        let key = GO_BASE64.decode(key).map_err(|_| KeyError::Malformed)?;
        let (&algorithm, public_key) = key.split_first().ok_or(KeyError::Malformed)?;
        let got = key_hash(name, &key);
        if got != expected {
            return Err(KeyError::Hash { expected, got });
        }
        if algorithm != ALGORITHM_ED25519 {
            return Err(KeyError::Algorithm(algorithm));
        }
        let public_key = public_key.try_into().map_err(|_| KeyError::Malformed)?;
        Ok(Self { name: name.to_owned(), hash: got, public_key })
    }

    /// The server's name: `sum.golang.org`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn has_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public_key).verify(text, signature).is_ok()
    }
}

/// Names the key without its bytes: `sum.golang.org+033de0ae`.
impl fmt::Display for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}+{:08x}", self.name, self.hash)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Opens a signed note and gives its text, which ends in a newline and is what `verifier` signed.
pub fn open<'a>(message: &'a [u8], verifier: &Verifier) -> Result<&'a str, NoteError> {
    let message = str::from_utf8(message).map_err(|_| NoteError::Malformed("not UTF-8"))?;
    if message.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Malformed("a control character"));
    }
    let blank = message.rfind("\n\n").ok_or(NoteError::Malformed("no blank line before signatures"))?;
    let (text, signatures) = message.split_at(blank + 1);
    let signatures = signatures
        .strip_prefix('\n')
        .and_then(|signatures| signatures.strip_suffix('\n'))
        .ok_or(NoteError::Malformed("no signature line at its end"))?;

    let mut signed = false;
    for (count, line) in signatures.split('\n').enumerate() {
        let signature = Signature::parse(line).ok_or(NoteError::Malformed("bad signature line"))?;
        if count >= MAX_SIGNATURES {
            return Err(NoteError::Malformed("more than 100 signatures"));
        }
        // Of several signatures by one key only the first one counts, as in x/mod.
        if signed || signature.name != verifier.name || signature.hash != verifier.hash {
            continue;
        }
        if !verifier.has_signed(text.as_bytes(), &signature.bytes) {
            return Err(NoteError::BadSignature { key: verifier.to_string() });
        }
        signed = true;
    }
    if signed { Ok(text) } else { Err(NoteError::Unsigned { key: verifier.to_string() }) }
}

struct Signature<'a> {
    name: &'a str,
    hash: u32,
    bytes: Vec<u8>,
}

impl<'a> Signature<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
        let decoded = GO_BASE64.decode(base64).ok()?;
        let (hash, bytes) = decoded.split_first_chunk::<4>()?;
        let valid = is_valid_name(name) && !bytes.is_empty();
        valid.then(|| Self { name, hash: u32::from_be_bytes(*hash), bytes: bytes.to_vec() })
    }
}

fn is_valid_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

/// The first four bytes of sha256 over the name, a newline and the key with its algorithm byte.
fn key_hash(name: &str, key: &[u8]) -> u32 {
    let sum: [u8; 32] =
        Sha256::new().chain_update(name).chain_update(b"\n").chain_update(key).finalize().into();
    u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]])
}
