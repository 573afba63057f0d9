//! What the tests stand on.

pub(crate) mod authority;
pub(crate) mod connection;
pub(crate) mod distribution;
pub(crate) mod fences;
pub(crate) mod log;
pub(crate) mod mark;
pub(crate) mod mirror;
pub(crate) mod namespaces;
pub(crate) mod pack;
pub(crate) mod passage;
pub(crate) mod rust;
pub(crate) mod scratch;
pub(crate) mod server;
pub(crate) mod share;
mod share_requests;
pub(crate) mod slow;
pub(crate) mod sources;
pub(crate) mod tar;
pub(crate) mod typist;
pub(crate) mod world;
pub(crate) mod zip;

/// Prints why a test cannot be told here, or fails where nothing may be skipped.
pub(crate) fn skip(reason: &str) {
    let nothing_is_skipped = std::env::var("GVMR_TESTS_SKIP_NOTHING").is_ok_and(|value| value == "1");
    assert!(!nothing_is_skipped, "nothing may be skipped: {reason}");
    eprintln!("skipped: {reason}");
}
