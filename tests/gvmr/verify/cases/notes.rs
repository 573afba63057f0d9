//! What a signed note is, and what a tree head.

use super::{Case, Go, LOG, Verdict, accepted, refused};
use crate::support::log::TestLog;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = head_texts();
    cases.extend(signatures());
    cases.extend(forms());
    cases.iter_mut().filter(|case| case.name == "a size of 2^63-1").for_each(|case| case.go = Go::Hangs);
    cases
}

fn head_texts() -> Vec<Case> {
    let head = |name, verdict, text: fn(&str) -> String| {
        Case::new(name, verdict, |case| {
            let text = text(&case.root());
            case.answer_head_text(&text);
        })
    };
    let bad = || refused("BadNote");
    vec![
        head("a further line", accepted(), |root| format!("go.sum database tree\n700\n{root}\nmore\n")),
        head("a blank line", accepted(), |root| format!("go.sum database tree\n700\n{root}\n\nmore\n")),
        head("a second format", bad(), |root| format!("go.sum database tree v2\n700\n{root}\n")),
        head("another title", bad(), |root| format!("go.sum database\n700\n{root}\n")),
        head("a size with a zero before", bad(), |root| format!("go.sum database tree\n0700\n{root}\n")),
        head("a size with a sign", bad(), |root| format!("go.sum database tree\n+700\n{root}\n")),
        head("a negative size", bad(), |root| format!("go.sum database tree\n-700\n{root}\n")),
        head("a size of 2^63", bad(), |root| format!("go.sum database tree\n9223372036854775808\n{root}\n")),
        head("a size of 2^61", refused("Remote"), |root| {
            format!("go.sum database tree\n2305843009213693952\n{root}\n")
        }),
        head("a size of 2^63-1", refused("Remote"), |root| {
            format!("go.sum database tree\n9223372036854775807\n{root}\n")
        }),
        head("a short hash", bad(), |root| format!("go.sum database tree\n700\n{}==\n", &root[..42])),
        head("a hash without padding", bad(), |root| {
            format!("go.sum database tree\n700\n{}\n", root.trim_end_matches('='))
        }),
        head("no hash", bad(), |_| "go.sum database tree\n700\n".to_owned()),
        head("a head of more than a million bytes", bad(), |root| {
            format!("go.sum database tree\n700\n{root}\n{}\n", "x".repeat(1_000_000))
        }),
    ]
}

fn signatures() -> Vec<Case> {
    vec![
        note("signed by another key of the same name", refused("BadNote"), |note| {
            let (text, _) = note.rsplit_once("\n\n").unwrap();
            let other = TestLog::new("other.example.com").sign(&format!("{text}\n"));
            String::from_utf8(other).unwrap().replace("other.example.com", LOG)
        }),
        note("signed by another key and with our key's hash", refused("BadSignature"), |note| {
            spoil_signature(&note)
        }),
        note("not signed", refused("BadNote"), |note| note.split('\u{2014}').next().unwrap().to_owned()),
        note("an unknown signature after ours", accepted(), |note| note + "\u{2014} witness AAAAAAAA\n"),
        note("an unknown signature before ours", accepted(), |note| {
            note.replacen("\n\n", "\n\n\u{2014} witness AAAAAAAA\n", 1)
        }),
        note("100 signatures", accepted(), |note| note + &"\u{2014} witness AAAAAAAA\n".repeat(99)),
        note("101 signatures", refused("BadNote"), |note| note + &"\u{2014} witness AAAAAAAA\n".repeat(100)),
        note("a bad second signature by our key", accepted(), |note| {
            let bad = spoil_signature(note.rsplit_once("\n\n").unwrap().1);
            note + &bad
        }),
        note("a bad first signature by our key", refused("BadSignature"), |note| {
            let (text, good) = note.rsplit_once("\n\n").unwrap();
            format!("{text}\n\n{}{good}", spoil_signature(good))
        }),
        note("the unused bits of the signature's last digit", accepted(), |note| {
            let (start, last) = note.strip_suffix("=\n").unwrap().split_at(note.len() - 3);
            let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let other = digits.find(last).unwrap() ^ 3;
            format!("{start}{}=\n", &digits[other..=other])
        }),
    ]
}

fn forms() -> Vec<Case> {
    let bad = || refused("BadNote");
    vec![
        note("a line after the signatures", bad(), |note| note + "tail\n"),
        note("a blank line after the signatures", bad(), |note| note + "\n"),
        note("no newline at the end", bad(), |note| note.trim_end().to_owned()),
        note("a carriage return", bad(), |note| note.trim_end().to_owned() + "\r\n"),
        note("a hyphen for the dash", bad(), |note| note.replace('\u{2014}', "-")),
        note("an unknown signature that is no base64", bad(), |note| note + "\u{2014} witness AAAA!AAA\n"),
        note("an unknown signature without a name", bad(), |note| note + "\u{2014}  AAAAAAAA\n"),
        note("an unknown signature of four bytes", bad(), |note| note + "\u{2014} witness AAAAAA==\n"),
        note("an unknown signature with a plus in its name", bad(), |note| note + "\u{2014} a+b AAAAAAAA\n"),
        note("an unknown signature with a wide space in its name", bad(), |note| {
            note + "\u{2014} a\u{3000}b AAAAAAAA\n"
        }),
        note("a tab in the text", bad(), |note| note.replacen("tree", "tree\t", 1)),
    ]
}

fn note(name: &'static str, verdict: Verdict, change: fn(String) -> String) -> Case {
    Case::new(name, verdict, |case| {
        case.answer_parts(|_, _, note| *note = change(String::from_utf8(note.clone()).unwrap()).into_bytes());
    })
}

/// Changes one character in the middle of the last line's base64.
fn spoil_signature(text: &str) -> String {
    let place = text.len() - 40;
    let other = if &text[place..=place] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..place], &text[place + 1..])
}
