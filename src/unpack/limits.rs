//! How large an archive may be before it cannot be a toolchain.

use super::error::{Limit, UnpackError};

/// Caps on what one archive may cost. The defaults fit every toolchain from Go 1.2 to 1.27 with room to spare
/// and keep the memory of an unpacking below 24 MiB, and that of a decoder, whatever the archive says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of the archive. cmd/go's own limit is 500 MiB; the largest module had 151 MB.
    pub archive: u64,
    /// Bytes of all files together. cmd/go's own limit is 500 MiB; the largest tree had 444 MB.
    pub unpacked: u64,
    /// Files in the archive; Go 1.27 has 12,072.
    pub entries: u64,
    /// Directories that the files need; Go 1.27 has about 1,500.
    pub directories: u64,
    /// Bytes of all names together, without the prefix; Go 1.27 has 0.6 MB.
    pub names: u64,
    /// Bytes of one name, without the prefix; the longest so far has 111.
    pub path: u64,
    /// Elements of one name.
    pub depth: u64,
    /// Unpacked bytes for each byte of the archive read so far, looked at once 16 MiB have come out; real
    /// modules stay below 4, while a bomb reaches 1,000.
    pub ratio: u64,
    /// Bytes of memory that decoding xz may take: what all presets but `-9` need.
    pub decoder: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            archive: 500 << 20,
            unpacked: 500 << 20,
            entries: 24_576,
            directories: 8_192,
            names: 3 << 20,
            path: 400,
            depth: 32,
            ratio: 40,
            decoder: 34 << 20,
        }
    }
}

/// Unpacked bytes from which on the ratio is looked at.
const RATIO_FROM: u64 = 16 << 20;

/// What has come out of an archive so far.
#[derive(Debug, Default)]
pub(super) struct Budget(u64);

impl Budget {
    /// Counts unpacked bytes; `packed` bytes of the archive were read for all of them so far.
    pub(super) fn count(
        &mut self,
        bytes: u64,
        packed: u64,
        limits: &ArchiveLimits,
    ) -> Result<(), UnpackError> {
        self.0 += bytes;
        if self.0 > limits.unpacked {
            return Err(UnpackError::Limit { which: Limit::Unpacked, limit: limits.unpacked });
        }
        if self.0 > RATIO_FROM && self.0 > packed.saturating_mul(limits.ratio) {
            return Err(UnpackError::Limit { which: Limit::Ratio, limit: limits.ratio });
        }
        Ok(())
    }
}
