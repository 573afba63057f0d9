//! Keys as other tools have them, and what they are called here.

/// Another tool's word, and ours. Of several, the first that a table knows is meant.
const SYNONYMS: [(&str, &str); 22] = [
    ("retries", "within"),
    ("retry", "within"),
    ("wait", "within"),
    ("interval", "every"),
    ("period", "every"),
    ("duration", "for"),
    ("coverage", "cover"),
    ("warn", "advisory"),
    ("warning", "advisory"),
    ("optional", "advisory"),
    ("expect_status", "status"),
    ("status_code", "status"),
    ("code", "status"),
    ("code", "exit"),
    ("exit_code", "exit"),
    ("body", "send"),
    ("depends_on", "needs"),
    ("description", "why"),
    ("url", "http"),
    ("cmd", "command"),
    ("exec", "command"),
    ("path", "file"),
];

/// Our word for `written`, where it is one of `known`.
pub(super) fn ours(written: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = written.to_ascii_lowercase().replace('-', "_");
    let fits = |(other, own): &&(&str, &'static str)| *other == plain && known.contains(own);
    SYNONYMS.iter().find(fits).map(|(_, own)| *own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_another_tool_is_known_where_ours_is_allowed() {
        assert_eq!(ours("retries", &["every", "within"]), Some("within"));
        assert_eq!(ours("expect-status", &["status"]), Some("status"));
        assert_eq!(ours("code", &["exit", "time"]), Some("exit"));
        assert_eq!(ours("coverage", &["time"]), None);
        assert_eq!(ours("color", &["status"]), None);
    }
}
