//! A run's document as the bytes of a file that is not too large.

use crate::check::{ProbeRecord, RunDocument};
use std::io;

/// The most findings of a probe where they are too many for the file.
const MAX_FINDINGS: usize = 1000;
/// The most bytes of a text where they are too long for the file.
const MAX_TEXT: usize = 2000;

/// One way to make a document smaller: how much of each probe stays at most, and what is said of it. Those that have more
/// are shortened first.
struct Step {
    most: usize,
    shorten: fn(&mut ProbeRecord, usize),
    says: fn(usize) -> String,
}

/// In this order, each after the one before has left nothing.
const STEPS: [Step; 4] = [
    Step {
        most: super::MAX_SIZE,
        shorten: |probe, most| {
            let output = probe.output.take().filter(|_| most > 0);
            probe.output = output.map(|text| last_bytes(&text, most).to_owned());
        },
        says: |most| format!("output to the last {most} bytes of a probe"),
    },
    Step {
        most: MAX_FINDINGS,
        shorten: |probe, most| probe.findings.truncate(most),
        says: |most| format!("findings to {most} of a probe"),
    },
    Step {
        most: MAX_TEXT,
        shorten: |probe, most| {
            let why = probe.why.iter_mut();
            let texts = probe.remarks.iter_mut().chain(why).chain([&mut probe.message]);
            texts.for_each(|text| text.truncate(first_bytes(text, most).len()));
        },
        says: |most| format!("texts to {most} bytes"),
    },
    Step {
        most: 1,
        shorten: |probe, most| probe.figures.retain(|figure| most > 0 || !figure.conditions.is_empty()),
        says: |_| "figures to those with a limit".to_owned(),
    },
];

/// The bytes of a document, at most `size`: where it is larger, shortened as little as that takes, and it says so. Fails
/// where that is not enough.
pub(super) fn fitting(document: &RunDocument, size: usize) -> io::Result<Vec<u8>> {
    let bytes = serde_json::to_vec_pretty(document)?;
    if bytes.len() <= size {
        return Ok(bytes);
    }
    let (mut document, mut said) = (document.clone(), Vec::new());
    for step in &STEPS {
        let shortened = |most: usize| -> io::Result<Vec<u8>> {
            let mut shorter = document.clone();
            shorter.probes.iter_mut().for_each(|probe| (step.shorten)(probe, most));
            let said: Vec<_> = said.iter().cloned().chain([(step.says)(most)]).collect();
            shorter.shortened = Some(said.join(", "));
            Ok(serde_json::to_vec(&shorter)?)
        };
        if shortened(0)?.len() <= size {
            let (mut fits, mut too_much) = (0, step.most + 1);
            while fits + 1 < too_much {
                let middle = usize::midpoint(fits, too_much);
                if shortened(middle)?.len() <= size { fits = middle } else { too_much = middle }
            }
            return shortened(fits);
        }
        document.probes.iter_mut().for_each(|probe| (step.shorten)(probe, 0));
        said.push((step.says)(0));
    }
    Err(io::Error::new(io::ErrorKind::FileTooLarge, "the run is larger than 1 MiB without its output"))
}

/// The beginning of a text, to the end of a character.
fn first_bytes(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rfind(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// The end of a text, from the beginning of a character.
fn last_bytes(text: &str, most: usize) -> &str {
    let start = (text.len().saturating_sub(most)..text.len()).find(|start| text.is_char_boundary(*start));
    text.get(start.unwrap_or(text.len())..).unwrap_or_default()
}
