//! Documents whose every text means something to some reader.

use super::{SAMPLE, sample};
use gvmr::check::RunDocument;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// How many documents have texts by chance.
const DOCUMENTS: usize = 120;
/// Fields that have one of a few words.
const WORDS: [&str; 2] = ["state", "verdict"];

/// What ends, opens or commands something in a format.
pub(super) const TEXTS: &[&str] = &[
    "]]>",
    "<![CDATA[",
    "::error::x",
    "::error file=a,line=1::x",
    "::add-mask::x",
    "##[error]x",
    "##vso[task.setvariable]x",
    "::stop-commands::x",
    "\n::error::x\n",
    "\r::error::x\r\n",
    "|",
    "| a | b |\n| --- | --- |",
    "\\|",
    "`",
    "```\n",
    "~~~\n",
    "<script>alert(1)</script>",
    "</testsuites>",
    "--> <!-- x",
    "&lt; &#0; &#x1F; &amp",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\",
    "\u{1b}]0;without an end",
    "\u{9b}31m",
    "\0",
    "\u{8}\u{b}\u{c}\u{7f}\u{85}",
    "\u{fffe}",
    "\u{ffff}\u{1ffff}",
    "\u{fffd}",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}",
    "\n",
    "\r\n\r\n",
    "\t",
    "\n# EOF\n",
    "\"} 1\n",
    "\\",
    "\\n",
    "'\"",
    "%0A%25",
    ",title=x",
    ":",
    "=",
    "@channel <!channel> <@U1> <http://evil.example|bank>",
    "@all",
    "\n/close\n",
    "/merge",
    "# x",
    "- x",
    "1. x",
    "* * *",
    "===",
    "    x",
    "![x](http://evil.example)",
    "[x](javascript:x)",
    "<http://evil.example>",
    "http://evil.example/?a=1&b=<x>",
    "www.evil.example",
    "http://a/_b_*c*~~d~~`e`|f|<i>[g](h)&lt;i&gt;@all",
    "https://[::1]/![x](y)",
    "*_~^$x$",
    "[^1]",
    "${START_MS}",
    "日本 é 🎉",
    "",
    " ",
];

/// Each text in all fields, then mixtures, then long ones.
pub(super) fn documents() -> Vec<RunDocument> {
    let mut documents: Vec<_> = TEXTS.iter().map(|text| with(|_| (*text).to_owned())).collect();
    documents.extend(TEXTS.iter().map(|text| with(|old| format!("{old}{text}{old}"))));
    let mut runner = TestRunner::deterministic();
    let piece = prop_oneof![
        3 => prop::sample::select(TEXTS).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z ]{0,8}",
    ];
    let texts = prop::collection::vec(prop::collection::vec(piece, 0..5).prop_map(|all| all.concat()), 40);
    for _ in 0..DOCUMENTS {
        let texts = texts.new_tree(&mut runner).unwrap().current();
        let mut next = texts.iter().cycle();
        documents.push(with(|_| next.next().unwrap().clone()));
    }
    documents.push(long());
    documents
}

/// A document with a mebibyte of what grows most in each text of its probes.
pub(super) fn long() -> RunDocument {
    let text = "|<&\u{1b}[31m\n`@".repeat((1 << 20) / 12);
    let mut document = sample();
    for probe in &mut document.probes {
        (probe.message, probe.why, probe.output) = (text.clone(), Some(text.clone()), Some(text.clone()));
        probe.remarks.push(text.clone());
    }
    document
}

/// The sample with other texts in all fields that have any.
pub(super) fn with(mut text: impl FnMut(&str) -> String) -> RunDocument {
    let mut value: Value = serde_json::from_str(SAMPLE).unwrap();
    replace(&mut value, &mut text);
    serde_json::from_value(value).unwrap()
}

fn replace(value: &mut Value, text: &mut dyn FnMut(&str) -> String) {
    match value {
        Value::String(old) => *old = text(old),
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, text)),
        Value::Object(fields) => {
            for (_, value) in fields.iter_mut().filter(|(name, _)| !WORDS.contains(&name.as_str())) {
                replace(value, text);
            }
        }
        _ => {}
    }
}
