//! The key whose signature makes a manifest gvmr's own. It is compiled in, and nothing else can replace it.

use super::SelfUpdateError;
use crate::net::RedactedUrl;
use minisign_verify::Signature;
use std::fmt;

/// The public half of the key that signs releases, as `minisign` writes it.
pub struct PublicKey(minisign_verify::PublicKey);

/// Bytes that this key's holder signed.
pub(super) struct SignedBytes(Vec<u8>);

impl PublicKey {
    /// The key that this gvmr was built with: `GVMR_PUBLIC_KEY` at that time.
    ///
    /// [`SelfUpdateError::NoKey`] where there was none: nothing can be trusted to replace this gvmr then.
    pub fn compiled_in() -> Result<Self, SelfUpdateError> {
        match option_env!("GVMR_PUBLIC_KEY") {
            None | Some("") => Err(SelfUpdateError::NoKey),
            Some(key) => Self::parse(key),
        }
    }

    /// A key as the second line of a `minisign.pub` file has it.
    pub fn parse(line: &str) -> Result<Self, SelfUpdateError> {
        minisign_verify::PublicKey::from_base64(line.trim()).map(Self).map_err(|_| SelfUpdateError::Key)
    }

    /// These bytes, if `signature` is the text of this key's signature of them.
    pub(super) fn check(
        &self,
        bytes: Vec<u8>,
        signature: &[u8],
        from: &RedactedUrl,
    ) -> Result<SignedBytes, SelfUpdateError> {
        let unsigned = || SelfUpdateError::Signature { from: from.clone() };
        let text = str::from_utf8(signature).map_err(|_| unsigned())?;
        let signature = Signature::decode(text).map_err(|_| unsigned())?;
        self.0.verify(&bytes, &signature, false).map_err(|_| unsigned())?;
        Ok(SignedBytes(bytes))
    }
}

impl SignedBytes {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublicKey").finish_non_exhaustive()
    }
}
