//! The `exec` of a start-up file, for shells that do not tell of it.

use super::steps::TracedStep;
use crate::shell::FileLine;
use gvmr_core::sys::bounded;
use std::path::PathBuf;

/// The largest start-up file that is looked at, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Lets the last command begin with `exec` where its line says so: zsh leaves that out.
pub(super) fn name_last(steps: &mut [TracedStep]) {
    let Some(last) = steps.iter_mut().rfind(|step| step.place.is_some()) else { return };
    let is_exec = last.place.as_ref().is_some_and(|place| {
        let text = bounded::read(&place.file, MAX_BYTES).ok().flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines().nth(place.line.saturating_sub(1)).and_then(command).is_some()
    });
    if is_exec && !last.text.starts_with("exec ") {
        last.text.insert_str(0, "exec ");
    }
}

/// The first `exec` in these files of fish's, with the value that is there.
pub(super) fn first_in(files: &[PathBuf], value: Vec<u8>) -> Option<TracedStep> {
    let mut found = files.iter().find_map(|file| {
        let text = bounded::read(file, MAX_BYTES).ok()??;
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut lines = text.lines().enumerate();
        lines.find_map(|(index, line)| {
            let place = FileLine { file: file.clone(), line: index + 1 };
            Some(TracedStep { place: Some(place), value: Vec::new(), text: command(line)? })
        })
    })?;
    found.value = value;
    Some(found)
}

/// The command of a line that is `exec`, as in `status is-interactive; and exec bash`.
fn command(line: &str) -> Option<String> {
    let line = line.trim_start();
    let starts = line.match_indices("exec ").filter(|(at, _)| {
        let before = line.get(..*at).unwrap_or_default().trim_end();
        let word = before.rsplit([' ', ';']).next().unwrap_or_default();
        *at == 0
            || before.ends_with([';', '&', '|', ')', '{'])
            || matches!(word, "and" | "or" | "then" | "else" | "do")
    });
    let (at, _) = starts.last().filter(|_| !line.starts_with('#'))?;
    let behind = line.get(at..)?;
    Some(behind.split([';', '&', '|', '#']).next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exec_is_found_where_a_command_may_stand() {
        for (line, expected) in [
            ("exec bash", Some("exec bash")),
            ("  status is-interactive; and exec bash -l; end", Some("exec bash -l")),
            ("[[ -o interactive ]] && exec fish # mine", Some("exec fish")),
            ("case $- in *i*) exec fish ;; esac", Some("exec fish")),
            ("if true; then exec fish; fi", Some("exec fish")),
            ("# exec bash", None),
            ("echo exec bash", None),
            ("alias x='exec bash'", None),
        ] {
            assert_eq!(command(line).as_deref(), expected, "{line}");
        }
    }
}
