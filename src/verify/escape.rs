//! Module paths and versions as they appear in URLs and file names.

/// The path of a lookup: `/lookup/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64`.
///
/// `None` for what is not a module path and version. Capitals become `!` and the small letter, so that
/// file systems that fold case keep modules apart. Stricter than Go where that costs no real module: a
/// version is of ASCII letters, digits and `.-+_~`.
pub(super) fn lookup_path(module: &str, version: &str) -> Option<String> {
    let host = module.split('/').next().unwrap_or_default();
    let host_is_valid = host.contains('.')
        && !host.starts_with('-')
        && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
    let valid = host_is_valid
        && module.split('/').all(|element| is_element(element, b"._~-"))
        && version.starts_with('v')
        && is_element(version, b"._~-+");
    valid.then(|| format!("/lookup/{}@{}", escape(module), escape(version)))
}

fn is_element(text: &str, punctuation: &[u8]) -> bool {
    !text.is_empty()
        && !text.starts_with('.')
        && !text.ends_with('.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || punctuation.contains(&byte))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(character.to_ascii_lowercase());
    }
    escaped
}
