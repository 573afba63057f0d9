//! Commands of a trace as the shell tells of them: their places, and the value before each.

use super::parse::RawStep;
use super::steps::TracedStep;
use crate::shell::FileLine;

/// The steps where the shell says, and those of an `eval` at its own line: their lines count on from there.
pub(super) fn as_told(steps: Vec<RawStep>, shell: &str) -> Vec<TracedStep> {
    let mut eval: Option<(usize, FileLine)> = None;
    let steps = steps.into_iter().map(|RawStep { depth, file, line, value, text }| {
        eval.take_if(|(outer, place)| match shell {
            // It begins to count at 1 again, and tells no depth.
            "ksh" => line.is_some_and(|line| line > place.line),
            _ => depth <= *outer,
        });
        let told = line.filter(|_| file.is_absolute()).map(|line| FileLine { file, line });
        let place = match (&eval, told) {
            (Some((_, outer)), Some(told)) if told.file != outer.file => Some(told),
            (Some((_, outer)), _) => Some(outer.clone()),
            (None, told) => told,
        };
        if eval.is_none() && text.starts_with("eval ") {
            eval = place.clone().map(|place| (depth, place));
        }
        TracedStep { place, value, text }
    });
    steps.collect()
}

/// Lets an assignment have the value that was there before it.
pub(super) fn shift(steps: &mut [TracedStep], variable: &str) {
    let start = format!("{variable}=");
    let mut before: Option<Vec<u8>> = None;
    for step in steps {
        let shown = step.value.clone();
        if step.text.starts_with(&start)
            && let Some(before) = before
        {
            step.value = before;
        }
        before = Some(shown);
    }
}
