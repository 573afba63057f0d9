//! Texts that are nearly always credentials: a fixed prefix, an alphabet and a length; keys in PEM; passwords in addresses.
//!
//! Takes the bytes of a file, gives places. Nothing is guessed from how random a text looks.

use crate::net::is_placeholder;
use flate2::Crc;

/// A place in a file, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundSecret {
    /// The rule's name.
    pub(super) rule: &'static str,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// A token with a fixed beginning.
struct TokenRule {
    name: &'static str,
    prefixes: &'static [&'static str],
    /// Which bytes may follow.
    alphabet: fn(u8) -> bool,
    /// How many follow: at least, at most.
    length: (usize, usize),
    /// What else must hold of what follows.
    holds: fn(&[u8]) -> bool,
}

fn any(_: &[u8]) -> bool {
    true
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_dotted_word(byte: u8) -> bool {
    is_word(byte) || byte == b'.'
}

fn is_base32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)
}

fn is_small_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// By the documents of those who give them out.
const TOKENS: [TokenRule; 16] = [
    // Amazon's own examples end so.
    TokenRule {
        name: "aws-access-key",
        prefixes: &["AKIA", "ASIA"],
        alphabet: is_base32,
        length: (16, 16),
        holds: |rest| !rest.ends_with(b"EXAMPLE"),
    },
    TokenRule {
        name: "github-token",
        prefixes: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        alphabet: is_alphanumeric,
        length: (36, 36),
        holds: has_checksum,
    },
    TokenRule {
        name: "github-fine-grained-token",
        prefixes: &["github_pat_"],
        alphabet: is_word,
        length: (82, 82),
        holds: any,
    },
    TokenRule {
        name: "gitlab-token",
        prefixes: &["glpat-", "gldt-", "glrt-"],
        alphabet: is_dotted_word,
        length: (20, 300),
        holds: any,
    },
    TokenRule {
        name: "slack-token",
        prefixes: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"],
        alphabet: is_word,
        length: (30, 300),
        holds: |rest| rest.first().is_some_and(u8::is_ascii_digit) && rest.contains(&b'-'),
    },
    TokenRule {
        name: "slack-webhook",
        prefixes: &["https://hooks.slack.com/services/T"],
        alphabet: |byte| byte.is_ascii_alphanumeric() || byte == b'/',
        length: (30, 100),
        holds: |rest| memchr::memchr_iter(b'/', rest).count() == 2,
    },
    TokenRule {
        name: "stripe-key",
        prefixes: &["sk_live_", "rk_live_"],
        alphabet: is_alphanumeric,
        length: (24, 300),
        holds: any,
    },
    TokenRule {
        name: "google-api-key",
        prefixes: &["AIza"],
        alphabet: is_word,
        length: (35, 35),
        holds: any,
    },
    TokenRule {
        name: "npm-token",
        prefixes: &["npm_"],
        alphabet: is_alphanumeric,
        length: (36, 36),
        holds: any,
    },
    TokenRule {
        name: "pypi-token",
        prefixes: &["pypi-AgEIcHlwaS5vcmc"],
        alphabet: is_word,
        length: (50, 1000),
        holds: any,
    },
    TokenRule {
        name: "docker-token",
        prefixes: &["dckr_pat_"],
        alphabet: is_word,
        length: (27, 27),
        holds: any,
    },
    TokenRule {
        name: "digitalocean-token",
        prefixes: &["dop_v1_", "doo_v1_"],
        alphabet: is_small_hex,
        length: (64, 64),
        holds: any,
    },
    TokenRule {
        name: "vault-token",
        prefixes: &["hvs.", "hvb."],
        alphabet: is_word,
        length: (90, 300),
        holds: any,
    },
    TokenRule {
        name: "sendgrid-key",
        prefixes: &["SG."],
        alphabet: is_dotted_word,
        length: (66, 66),
        holds: |rest| rest.get(22) == Some(&b'.'),
    },
    TokenRule {
        name: "openai-key",
        prefixes: &["sk-"],
        alphabet: is_word,
        length: (40, 300),
        holds: |rest| rest.windows(8).any(|part| part == b"T3BlbkFJ"),
    },
    TokenRule {
        name: "anthropic-key",
        prefixes: &["sk-ant-api03-"],
        alphabet: is_word,
        length: (80, 120),
        holds: any,
    },
];

/// GitHub's tokens end with the CRC-32 of what stands before, in six digits of base 62.
fn has_checksum(rest: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((random, sum)) = rest.split_at_checked(30) else { return false };
    let value = sum.iter().try_fold(0_u64, |value, digit| {
        let digit = DIGITS.iter().position(|one| one == digit)?;
        Some(value * 62 + digit as u64)
    });
    value == Some(u64::from(crc32(random)))
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// All that is found in a file, in its order.
pub(super) fn find(bytes: &[u8]) -> Vec<FoundSecret> {
    let mut found = Vec::new();
    for rule in &TOKENS {
        for prefix in rule.prefixes {
            found.extend(
                memchr::memmem::find_iter(bytes, prefix)
                    .filter_map(|start| token(rule, prefix, bytes, start)),
            );
        }
    }
    found.extend(memchr::memmem::find_iter(bytes, PEM).filter_map(|start| private_key(bytes, start)));
    found.extend(memchr::memmem::find_iter(bytes, "://").filter_map(|start| address_password(bytes, start)));
    found
        .extend(memchr::memmem::find_iter(bytes, "machine").filter_map(|start| netrc_password(bytes, start)));
    found.sort_by_key(|secret| secret.start);
    found
}

fn token(rule: &TokenRule, prefix: &str, bytes: &[u8], start: usize) -> Option<FoundSecret> {
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    if before.is_some_and(|byte| is_word(*byte)) {
        return None; // a part of a longer word
    }
    let rest = bytes.get(start + prefix.len()..)?;
    let length = rest.iter().take_while(|byte| (rule.alphabet)(**byte)).count();
    // Of a sentence the point is no part.
    let rest = rest.get(..length)?;
    let length = length - rest.iter().rev().take_while(|byte| matches!(byte, b'.' | b'/')).count();
    let rest = rest.get(..length)?;
    let (least, most) = rule.length;
    let is_one = (least..=most).contains(&length) && (rule.holds)(rest) && !is_made_up(rest);
    is_one.then_some(FoundSecret { rule: rule.name, start, end: start + prefix.len() + length })
}

/// What people write for what they do not show: one character over and over.
fn is_made_up(rest: &[u8]) -> bool {
    let mut kinds = [false; 256];
    for byte in rest {
        kinds[usize::from(*byte)] = true;
    }
    kinds.iter().filter(|is_there| **is_there).count() <= 3
}

const PEM: &str = "-----BEGIN ";
/// The most of a header between its dashes.
const MAX_HEADER: usize = 40;
/// A key's shortest first line.
const MIN_KEY_LINE: usize = 16;

/// A private key: its first line, and content behind it. The line alone is a text about keys.
fn private_key(bytes: &[u8], start: usize) -> Option<FoundSecret> {
    let header = bytes.get(start + PEM.len()..)?;
    let length = memchr::memmem::find(header.get(..MAX_HEADER.min(header.len()))?, b"-----")?;
    let name = header.get(..length)?;
    if !name.ends_with(b"PRIVATE KEY") && !name.ends_with(b"PRIVATE KEY BLOCK") {
        return None;
    }
    let content = header.get(length + 5..)?;
    // In source, line ends are written as `\n`.
    let mut lines =
        content.get(..400.min(content.len()))?.split(|byte| matches!(byte, b'\n' | b'\r' | b'\\' | b'"'));
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_content = |line: &[u8]| {
        let line = line.strip_prefix(b"n").unwrap_or(line).trim_ascii();
        line.len() >= MIN_KEY_LINE && line.iter().all(is_base64) && !is_made_up(line)
    };
    let end = start + PEM.len() + length + 5;
    lines.any(is_content).then_some(FoundSecret { rule: "private-key", start, end })
}

/// `scheme://user:password@host`
fn address_password(bytes: &[u8], separator: usize) -> Option<FoundSecret> {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = bytes.get(..separator)?.iter().rev().take_while(|byte| is_scheme(byte)).count();
    let start = separator - scheme;
    if !bytes.get(start)?.is_ascii_alphabetic() {
        return None;
    }
    let rest = bytes.get(separator + 3..)?;
    let is_end = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b'|')
    };
    let authority = rest.get(..rest.iter().take(512).take_while(|byte| !is_end(byte)).count())?;
    let at = memchr::memrchr(b'@', authority)?;
    let (login, host) = (authority.get(..at)?, authority.get(at + 1..)?);
    let colon = memchr::memchr(b':', login)?;
    let password = login.get(colon + 1..)?;
    let is_host = host
        .first()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'[' || *byte == b'$' || *byte == b'{');
    if !is_host || is_placeholder(password) {
        return None;
    }
    Some(FoundSecret { rule: "url-password", start, end: separator + 3 + at })
}

/// `machine HOST login USER password SECRET`, in one line.
fn netrc_password(bytes: &[u8], start: usize) -> Option<FoundSecret> {
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    if before.is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'')) {
        return None;
    }
    let line = bytes.get(start..)?.split(|byte| *byte == b'\n').next()?;
    let words: Vec<&[u8]> =
        line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).take(7).collect();
    let [b"machine", _, b"login", _, b"password", password] = words.as_slice() else { return None };
    let password = password.strip_suffix(b"\"").or_else(|| password.strip_suffix(b"'")).unwrap_or(password);
    let end = start + line.trim_ascii_end().len();
    (!is_placeholder(password)).then_some(FoundSecret { rule: "netrc-password", start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<&'static str> {
        find(text.as_bytes()).into_iter().map(|secret| secret.rule).collect()
    }

    /// A token of GitHub's form for these 30 characters.
    fn github(random: &str) -> String {
        const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut value = u64::from(crc32(random.as_bytes()));
        let mut sum = [b'0'; 6];
        for digit in sum.iter_mut().rev() {
            *digit = DIGITS[usize::try_from(value % 62).unwrap()];
            value /= 62;
        }
        format!("ghp_{random}{}", std::str::from_utf8(&sum).unwrap())
    }

    #[test]
    fn what_is_a_credential_is_found() {
        let github = github("0123456789abcdefghijABCDEFGHIJ");
        // The parts are put together here, so that no scanner takes this file for one that holds keys.
        let cases = [
            (["AKIA", "QWERTYUIOPASDF23"].concat(), "aws-access-key"),
            (github.clone(), "github-token"),
            (["glpat-", "aB3dE5gH7jK9mN1pQ3sT"].concat(), "gitlab-token"),
            (["sk_live_", "aB3dE5gH7jK9mN1pQ3sTuVwX"].concat(), "stripe-key"),
            (["AIza", "SyA1bC2dE3fG4hI5jK6lM7nO8pQ9rS0tU1v"].concat(), "google-api-key"),
            (["-----BEGIN ", "RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n"].concat(), "private-key"),
            (["-----BEGIN ", "PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\\n"].concat(), "private-key"),
            ("postgres://app:hunter2@db/orders".to_owned(), "url-password"),
            ("machine git.corp login ci password hunter2\n".to_owned(), "netrc-password"),
        ];
        for (text, rule) in cases {
            assert_eq!(rules(&text), [rule], "{text}");
            assert_eq!(rules(&format!("key = \"{text}\"")).first(), Some(&rule), "{text}");
        }
        let found = find(format!("a {github} b").as_bytes());
        assert_eq!((found[0].start, found[0].end), (2, 2 + github.len()));
    }

    #[test]
    fn what_only_looks_like_one_is_not() {
        let wrong_sum = github("0123456789abcdefghijABCDEFGHIJ").replace("0123", "1023");
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            &wrong_sum,
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "XAKIAQWERTYUIOPASDF23",
            "glpat-short",
            "sk_test_aB3dE5gH7jK9mN1pQ3sTuVwX",
            "-----BEGIN RSA PRIVATE KEY-----",
            "if strings.HasPrefix(line, \"-----BEGIN PRIVATE KEY-----\") { return parse(line) }",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n",
            "postgres://app:${DB_PASSWORD}@db/orders",
            "postgres://app:***@db",
            "postgres://app:<password>@db",
            "https://user:password@host",
            "https://user:xxxx@host",
            "https://user:%s@host",
            "https://host:8080/a@b",
            "see https://host/path and mail me@host",
            "http://[::1]:80/",
            "machine learning password manager",
            "the machine git.corp login ci password <password>",
        ] {
            assert_eq!(rules(text), [""; 0], "{text}");
        }
    }
}
