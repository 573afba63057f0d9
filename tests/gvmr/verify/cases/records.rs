//! What a record is, and of which module it speaks.

use super::{Case, Go, Verdict, accepted, refused};
use crate::support::log::{TestLog, sum_of};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = other_records();
    cases.extend(ids());
    cases.extend(logged_lines());
    cases
}

fn other_records() -> Vec<Case> {
    let evil = "example.com/m5 v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    vec![
        Case::new("no such version", refused("Absent"), |case| {
            let path = case.path();
            case.log.forge(&path, None);
        }),
        // CVE-2026-42501: an answer without a line for our module was taken for proof.
        Case::new("the record of another module", refused("RecordMissing"), |case| {
            let other = case.log.answer("/lookup/example.com/m6@v1.0.0").unwrap();
            case.answer_with(other);
        }),
        // CVE-2026-56864: lines after the authenticated record were read as if they were in it.
        Case::new("our line in the signed head, behind another's record", refused("RecordMissing"), |case| {
            let text = format!("go.sum database tree\n700\n{}\n{evil}", case.root());
            let head = case.log.sign(&text);
            let answer = TestLog::lookup_answer(6, case.log.text(6), &head);
            case.answer_with(answer);
        }),
        Case::new("our line between another's record and the head", refused("BadSignature"), |case| {
            let tail = [evil.as_bytes(), b"\n", &case.log.head(700)].concat();
            let answer = TestLog::lookup_answer(6, case.log.text(6), &tail);
            case.answer_with(answer);
        }),
        Case::new("our line as the head's only text", refused("BadNote"), |case| {
            let tail = case.log.sign(evil);
            let answer = TestLog::lookup_answer(6, case.log.text(6), &tail);
            case.answer_with(answer);
        }),
        Case::new("our line added to the record", refused("NotInLog"), |case| {
            case.answer_parts(|_, text, _| text.insert_str(0, evil));
        }),
        Case::new("our line instead of the record", refused("NotInLog"), |case| {
            case.answer_parts(|_, text, _| evil.clone_into(text));
        }),
        Case::new("an empty answer", refused("NotAnAnswer"), |case| case.answer_with(Vec::new())),
        Case::new("an error document", refused("NotAnAnswer"), |case| {
            case.answer_with(b"{\"errors\":[{\"status\":401}]}\n\n".to_vec());
        }),
        Case::new("words", refused("NotAnAnswer"), |case| case.answer_with(b"upstream timed out".to_vec())),
        Case::new("a record without its id", refused("BadRecord"), |case| {
            case.answer_parts(|id, _, _| "x".clone_into(id));
        }),
        Case::new("an answer that ends in its record", refused("BadRecord"), |case| {
            case.answer_with(b"5\nexample.com/m5 v1.0.0 h1:\n".to_vec());
        }),
        Case::new("a page of a captive portal", refused("NotAnAnswer"), |case| {
            case.answer_with(b"<html>\n\n<body>Welcome</body></html>\n\n".to_vec());
        }),
        Case::new("a carriage return in the record", refused("BadRecord"), |case| {
            case.answer_parts(|_, text, _| *text = text.replace('\n', "\r\n"));
        }),
    ]
}

fn ids() -> Vec<Case> {
    let id = |name, verdict, id: &'static str| {
        Case::new(name, verdict, |case| case.answer_parts(|old, _, _| id.clone_into(old)))
    };
    let mut negative = id("a negative id", refused("BadRecord"), "-1");
    negative.go = Go::Accepts;
    negative.index = 0;
    negative.log.forge("/lookup/example.com/m5@v1.0.0", None);
    negative.answer_parts(|id, _, _| "-1".clone_into(id));
    vec![
        id("another record's id", refused("NotInLog"), "6"),
        id("an id beyond the tree", refused("BeyondTree"), "700"),
        id("an id far beyond the tree", refused("BeyondTree"), "9223372036854775807"),
        id("an id of 2^63", refused("BadRecord"), "9223372036854775808"),
        id("an id with a sign", accepted(), "+5"),
        id("an id with zeros before", accepted(), "0005"),
        id("an id with a space", refused("BadRecord"), "5 "),
        id("an id in hexadecimal", refused("BadRecord"), "0x5"),
        id("no id", refused("BadRecord"), ""),
        negative,
    ]
}

/// What the log itself recorded: it is not for the client to judge, but it has to be read exactly.
fn logged_lines() -> Vec<Case> {
    let logged = |name, verdict, text: String| {
        Case::new(name, verdict, |case| {
            case.index = case.log.add_text("example.com/m700", "v1.0.0", &text);
        })
    };
    let (first, second) = (sum_of(1), sum_of(2));
    let line = |sum: &str| format!("example.com/m700 v1.0.0 {sum}\n");
    vec![
        logged("a sum of a future kind first", Verdict::Sum(first.clone()), line("h2:x") + &line(&first)),
        logged("two sums", Verdict::Sum(first.clone()), line(&first) + &line(&second)),
        logged("only a sum of a future kind", refused("RecordMissing"), line("h2:x")),
        logged("only the sum of go.mod", refused("RecordMissing"), {
            format!("example.com/m700 v1.0.0/go.mod {first}\n")
        }),
        logged("a longer module path", refused("RecordMissing"), {
            format!("x.example.com/m700 v1.0.0 {first}\nexample.com/m7000 v1.0.0 {first}\n")
        }),
        logged("a longer version", refused("RecordMissing"), format!("example.com/m700 v1.0.0-rc {first}\n")),
        logged("an empty record", refused("RecordMissing"), "\n".to_owned()),
        logged("a line that begins with a space", refused("RecordMissing"), format!(" {}", line(&first))),
        logged("a sum cut short", refused("BadRecord"), line("h1:AAAA")),
        logged("a sum with a word after it", refused("BadRecord"), line(&format!("{first} x"))),
    ]
}
