//! Which machines credentials are kept for: the lines of the user's `credentials` file.
//!
//! One entry a line, its fields separated by tabs: kind, machine, login, where the secret is, and the secret where it is
//! in the file itself. The shim reads the first two alone.
//!
//! ```text
//! https   git.corp.example/team             joe   file      s3cr3t
//! proxy   proxy.corp.example:3128           joe   keyring
//! proxy   https://proxy.corp.example:443    joe   keyring
//! ```

use crate::env::compiled_rules::RECORD_LIMIT;
use crate::home::user_dirs::UserDirs;
use crate::sys::private_file::{self, Exposure};
use crate::sys::process;

/// The text of the user's file, where only that user may read and replace it.
pub fn read(own: &UserDirs) -> Result<Option<String>, Exposure> {
    private_file::read(&own.credentials(), RECORD_LIMIT, process::effective_user())
}

/// What credentials are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialKind {
    /// A server that is asked over https, as the go command's credentials are.
    Https,
    /// An HTTP proxy.
    Proxy,
}

impl CredentialKind {
    /// The word in the file and in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Proxy => "proxy",
        }
    }

    /// The kind that a word of the file names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Https, Self::Proxy].into_iter().find(|kind| kind.word() == word)
    }
}

/// A line of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it is for.
    pub kind: CredentialKind,
    /// `host`, `host:port`, for https also with a path: `host/path`; for a proxy what [`proxy_machine`] gives.
    pub machine: &'a str,
    /// The user's name there.
    pub login: &'a str,
    /// The secret; `None` where a keyring keeps it.
    pub secret: Option<&'a str>,
}

/// The entries of the file; lines that are none are left out.
pub fn entries(text: &str) -> Vec<Entry<'_>> {
    text.lines().filter_map(entry).collect()
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let mut fields = line.splitn(5, '\t');
    let word = fields.next()?;
    let kind = [CredentialKind::Https, CredentialKind::Proxy].into_iter().find(|kind| kind.word() == word)?;
    let (machine, login, place) = (fields.next()?, fields.next()?, fields.next()?);
    let secret = match place {
        "file" => Some(fields.next()?),
        "keyring" => None,
        _ => return None,
    };
    Some(Entry { kind, machine, login, secret })
}

/// What a proxy setting such as `http://proxy:3128` or `proxy:3128` leads to: `host:port` for a proxy that is spoken to in
/// plain HTTP, as the go command does with every scheme that it does not know, and `https://host:port` or
/// `socks5://host:port` for the others. A login for the one is never for another. `None` where the setting brings
/// credentials of its own.
pub fn proxy_machine(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let authority = rest.split(['/', '?', '#']).next()?;
    if authority.is_empty() || authority.contains('@') {
        return None;
    }
    let authority = authority.to_ascii_lowercase();
    let has_port =
        authority.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let (scheme, port) = match scheme.to_ascii_lowercase().as_str() {
        "https" => ("https://", 443),
        "socks5" | "socks5h" => ("socks5://", 1080),
        _ => ("", 80),
    };
    Some(if has_port { format!("{scheme}{authority}") } else { format!("{scheme}{authority}:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_entry_and_anything_else_is_left_out() {
        let text = "https\tgit.corp/team\tjoe\tfile\ts3\tcret\nproxy\tproxy:3128\tjoe\tkeyring\nx\ty\tz\tfile\tw\nhttps\n";
        let entries = entries(text);
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].machine, entries[0].secret), ("git.corp/team", Some("s3\tcret")));
        assert_eq!((entries[1].kind, entries[1].secret), (CredentialKind::Proxy, None));
    }

    #[test]
    fn a_proxys_machine_has_its_scheme_and_port() {
        let machine = |value| proxy_machine(value).unwrap();
        assert_eq!(machine("http://Proxy.Corp:3128/"), "proxy.corp:3128");
        assert_eq!(machine("proxy:3128"), "proxy:3128");
        assert_eq!(machine("proxy"), "proxy:80");
        assert_eq!(machine("https://proxy"), "https://proxy:443");
        assert_eq!(machine("HTTPS://proxy:3128"), "https://proxy:3128");
        assert_eq!(machine("proxy:443"), "proxy:443");
        assert_eq!(machine("socks5://[fd00::1]:1080"), "socks5://[fd00::1]:1080");
        assert_eq!(machine("socks5h://proxy"), "socks5://proxy:1080");
        assert_eq!(machine("other://proxy"), "proxy:80");
        assert_eq!(machine("http://[fd00::1]"), "[fd00::1]:80");
        assert_eq!(proxy_machine("http://joe:secret@proxy:3128"), None);
        assert_eq!(proxy_machine(""), None);
    }
}
