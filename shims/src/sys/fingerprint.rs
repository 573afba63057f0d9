//! FNV-1a: a short name for bytes. It only tells apart what was said, and nothing is trusted for it.

/// 64 bits that other bytes hardly share by chance.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
