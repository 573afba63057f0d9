//! What the stories stand on.

pub(crate) mod zip;

/// Says why a test proves nothing here; under `GVMR_TESTS_SKIP_NOTHING=1` that is a failure.
pub(crate) fn skip(reason: &str) {
    assert!(
        std::env::var_os("GVMR_TESTS_SKIP_NOTHING").is_none_or(|value| value != "1"),
        "skipped: {reason}"
    );
    println!("skipped: {reason}");
}
