//! The completion scripts that setup installs.

/// Each script by its name in `completions/`.
pub(super) fn completion_scripts() -> [(&'static str, &'static [u8]); 3] {
    [
        ("gvmr.bash", include_bytes!("../../completions/gvmr.bash")),
        ("_gvmr", include_bytes!("../../completions/_gvmr")),
        ("gvmr.fish", include_bytes!("../../completions/gvmr.fish")),
    ]
}
