//! What a server answers: its status, where it sends on to, and whether it is a web page.
//!
//! Takes a head and what comes behind it. Reads of a body only how it begins, and only where the head calls it a web page.

use crate::net::{tunnel, web_page};
use reqwest::Url;
use std::io::Read;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialAnswer {
    /// Its status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<Url>,
    /// Whether it is a web page: a login page, a captive portal, a wrong address.
    pub is_page: bool,
}

impl TrialAnswer {
    /// The answer to a request for `url` with this head; `None` where that is no HTTP.
    pub(super) fn read(head: &[u8], url: &Url, body: &mut impl Read) -> Option<Self> {
        let status = tunnel::status(head)?;
        let location = header(head, "location").and_then(|location| url.join(&location).ok());
        let location = location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308));
        let kind = header(head, "content-type").unwrap_or_default().to_ascii_lowercase();
        let is_called_page = kind.starts_with("text/html") || kind.starts_with("application/xhtml");
        let is_page = status == 200 && is_called_page && begins_page(body, head);
        Some(Self { status, location, is_page })
    }
}

/// Whether the body begins as a web page does. Where it ends or stalls before that is known, it is none.
fn begins_page(stream: &mut impl Read, head: &[u8]) -> bool {
    let is_chunked = header(head, "transfer-encoding").is_some_and(|coding| coding.contains("chunked"));
    let length = header(head, "content-length").and_then(|length| length.parse().ok());
    let most = length.unwrap_or(usize::MAX).min(web_page::LONGEST_BEGINNING);
    let mut body = Vec::new();
    let mut byte = [0];
    while body.len() < most && matches!(stream.read(&mut byte), Ok(1)) {
        body.push(byte[0]);
        // A chunk has its size in front, on a line.
        let size = if is_chunked {
            body.iter().position(|byte| *byte == b'\n').map_or(body.len(), |end| end + 1)
        } else {
            0
        };
        if let Some(is_page) = web_page::begins(body.get(size..).unwrap_or_default()) {
            return is_page;
        }
    }
    false
}

/// The value of a header, by its lower-case name.
fn header(head: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> TrialAnswer {
        let url = Url::parse("https://goproxy.corp.example/go/golang.org/toolchain/@v/list").unwrap();
        let end = text.find("\r\n\r\n").unwrap() + 4;
        TrialAnswer::read(&text.as_bytes()[..end], &url, &mut &text.as_bytes()[end..]).unwrap()
    }

    #[test]
    fn a_page_is_what_is_called_one_and_begins_as_one() {
        let page = "Content-Type: text/html; charset=utf-8\r\n";
        for (head, body, is_page) in [
            (page, "<!DOCTYPE html><title>sign in</title>", true),
            ("content-type: TEXT/HTML\r\nTransfer-Encoding: chunked\r\n", "1a\r\n<html><body>", true),
            (page, "v1.0.0\nv1.1.0\n", false),
            ("Content-Type: text/html\r\nContent-Length: 0\r\n", "<html>", false),
            ("Content-Type: text/plain\r\n", "<html>", false),
            ("", "<html>", false),
        ] {
            let answer = answer(&format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}"));
            assert_eq!((answer.status, answer.is_page), (200, is_page), "{head}{body}");
        }
    }

    #[test]
    fn a_redirect_leads_somewhere_and_no_other_answer_does() {
        let location = |status: u16, to: &str| {
            answer(&format!("HTTP/1.1 {status} X\r\nLocation: {to}\r\n\r\n")).location.map(String::from)
        };
        assert_eq!(location(302, "/login").as_deref(), Some("https://goproxy.corp.example/login"));
        assert_eq!(location(307, "https://sso.example/x?y").as_deref(), Some("https://sso.example/x?y"));
        assert_eq!(location(201, "/made"), None);
    }
}
