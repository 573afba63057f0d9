//! What shells print of the commands that they run, taken apart.

use super::steps::{LAST, MARK, SessionTrace, TracedStep};
use crate::shell::FileLine;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Words of shells about what they cannot parse.
const COMPLAINTS: [&str; 5] = ["yntax error", "parse error", "unexpected EOF", "Missing end", "unmatched"];

/// A command as the shell tells it.
#[derive(Debug)]
pub(super) struct RawStep {
    /// How deep it stands in files and `eval`, where the shell tells.
    pub(super) depth: usize,
    /// As it is told; empty where the shell tells none.
    pub(super) file: PathBuf,
    /// The line, where the shell counts.
    pub(super) line: Option<usize>,
    /// The variable.
    pub(super) value: Vec<u8>,
    /// The command.
    pub(super) text: String,
}

/// The output of a shell with `set -x`.
#[derive(Debug, Default)]
pub(super) struct RawTrace {
    /// Its commands.
    pub(super) steps: Vec<RawStep>,
    /// All else, each line with the number of commands before it.
    pub(super) said: Vec<(usize, String)>,
    /// Whether the last command of all was reached.
    pub(super) is_whole: bool,
}

/// What a trace tells of each command.
pub(super) fn raw(output: &[u8]) -> RawTrace {
    let mut trace = RawTrace::default();
    for line in output.split(|byte| *byte == b'\n') {
        match step(line) {
            Some(step) => {
                trace.is_whole |= step.text.contains(LAST);
                trace.steps.push(step);
            }
            None if line.is_empty() => {}
            None => trace.said.push((trace.steps.len(), String::from_utf8_lossy(line).into_owned())),
        }
    }
    trace
}

fn step(line: &[u8]) -> Option<RawStep> {
    let start = find(line, MARK)?;
    let before = String::from_utf8_lossy(line.get(..start)?);
    // bash repeats the sign, zsh tells a number.
    let signs = before.trim_end_matches(|one: char| one.is_ascii_digit());
    let depth = match before.strip_prefix(signs).map(str::parse) {
        Some(Ok(depth)) => depth,
        _ => signs.bytes().rev().take_while(|byte| *byte == b'+').count(),
    };
    let told = line.get(start + MARK.len()..)?;
    let end = find(told, MARK)?;
    let text = told.get(end + MARK.len()..)?.trim_ascii();
    let mut parts = told.get(..end)?.splitn(3, |byte| *byte == 0x1f);
    let (file, line, value) = (parts.next()?, parts.next()?, parts.next()?);
    Some(RawStep {
        depth,
        file: PathBuf::from(OsStr::from_bytes(file)),
        line: std::str::from_utf8(line).ok()?.parse().ok(),
        value: value.to_vec(),
        text: String::from_utf8_lossy(text).into_owned(),
    })
}

/// The output of fish, which tells each change and where it was made. It writes the home as `~`.
pub(super) fn fish(output: &[u8], variable: &str, files: &[PathBuf], home: &Path) -> SessionTrace {
    let mut trace = SessionTrace::default();
    let mut value: Option<Vec<u8>> = None;
    let mut changed: Option<(Vec<u8>, Option<FileLine>)> = None;
    let mut is_handlers = false;
    let finish = |trace: &mut SessionTrace,
                  value: &mut Option<Vec<u8>>,
                  changed: Option<(Vec<u8>, Option<FileLine>)>| {
        let Some((new, place)) = changed else { return };
        let before = value.replace(new).unwrap_or_default();
        trace.steps.push(TracedStep { place, value: before, text: variable.to_owned() });
    };
    for line in output.split(|byte| *byte == b'\n') {
        if let Some(at) = find(line, MARK) {
            finish(&mut trace, &mut value, changed.take());
            is_handlers = false;
            let told = line.get(at + MARK.len()..).unwrap_or_default();
            if told == LAST.as_bytes() {
                trace.is_whole = true;
                continue;
            }
            let new = told.get(..find(told, MARK).unwrap_or(told.len())).unwrap_or_default().to_vec();
            if value.is_none() {
                value = Some(new); // before all files
            } else {
                changed = Some((new, None));
            }
            continue;
        }
        let text = String::from_utf8_lossy(line);
        if text.starts_with("in event handler") {
            is_handlers = true;
        } else if let Some(place) = called(&text, home) {
            // The first place is our own function's; functions of fish act for who calls them.
            let is_fishs = place.file.starts_with("/usr/share/fish");
            if let Some((_, known @ None)) = changed.as_mut().filter(|_| is_handlers && !is_fishs) {
                *known = Some(place);
            }
        } else if !text.is_empty() && !text.starts_with("in ") && !text.starts_with("from sourcing file ") {
            trace.said.push((trace.steps.len() + usize::from(changed.is_some()), text.into_owned()));
        }
    }
    finish(&mut trace, &mut value, changed);
    trace.steps.push(TracedStep { place: None, value: value.unwrap_or_default(), text: String::new() });
    trace.unparsed = unparsed(&trace.said, files);
    trace
}

/// The place in a line of fish's stack.
fn called(text: &str, home: &Path) -> Option<FileLine> {
    let (number, file) = text.trim().strip_prefix("called on line ")?.split_once(" of file ")?;
    let file = file.trim();
    let file = file.strip_prefix("~/").map_or_else(|| PathBuf::from(file), |below| home.join(below));
    Some(FileLine { file: Some(file).filter(|file| file.is_absolute())?, line: number.parse().ok()? })
}

/// The lines that the shell could not parse, by its own words.
pub(super) fn unparsed(said: &[(usize, String)], files: &[PathBuf]) -> Vec<FileLine> {
    let mut found: Vec<FileLine> = Vec::new();
    for (_, line) in said.iter().filter(|(_, line)| COMPLAINTS.iter().any(|words| line.contains(words))) {
        if let Some(place) = files.iter().find_map(|file| place(line, file))
            && !found.contains(&place)
        {
            found.push(place);
        }
    }
    found
}

/// The line of `file` of which a shell says something: the first number of its own.
fn place(said: &str, file: &Path) -> Option<FileLine> {
    let name = file.to_str()?;
    // fish shortens the home.
    let short =
        said.split(' ').next().and_then(|word| word.strip_prefix('~')).filter(|rest| name.ends_with(rest));
    let rest = match (said.find(name), short) {
        (Some(at), _) => [said.get(..at)?, " ", said.get(at + name.len()..)?].concat(),
        (None, Some(short)) if !short.is_empty() => said.get(1 + short.len()..)?.to_owned(),
        _ => return None,
    };
    let words = rest.split(|character: char| !character.is_ascii_alphanumeric());
    let line = words.into_iter().find_map(|word| word.parse().ok())?;
    Some(FileLine { file: file.to_owned(), line })
}

fn find(text: &[u8], mark: &str) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_whatever_stands_around_them() {
        let text = b"noise\n++@@gvmr@@/h/.profile\x1f12\x1f/a:/b@@gvmr@@ PATH=/b\n+@@gvmr@@half\n\
                     +@@gvmr@@\x1f\x1f/b@@gvmr@@ : gvmr_read_all\n";
        let trace = raw(text);
        let told: Vec<_> = trace
            .steps
            .iter()
            .map(|one| (one.file.to_str().unwrap(), one.line, &one.value[..], one.text.as_str()))
            .collect();
        let expected =
            [("/h/.profile", Some(12), &b"/a:/b"[..], "PATH=/b"), ("", None, b"/b", ": gvmr_read_all")];
        assert_eq!(told, expected);
        assert!(trace.is_whole);
        assert_eq!(trace.said, [(0, "noise".to_owned()), (1, "+@@gvmr@@half".to_owned())]);
    }

    #[test]
    fn changes_that_fish_tells_are_commands() {
        let text = b"@@gvmr@@/a@@gvmr@@\nhello\n@@gvmr@@/b:/a@@gvmr@@\nin function '__gvmr_trace' with arguments\n\
                     \tcalled on line 1 of file ~/c.fish\nin event handler: x\n\tcalled on line 9 of file \
                     /usr/share/fish/functions/fish_add_path.fish\nin function 'fish_add_path'\n\tcalled on line 3 of \
                     file ~/c.fish\n\
                     @@gvmr@@gvmr_read_all\n";
        let trace = fish(text, "PATH", &[], Path::new("/h"));
        assert!(trace.is_whole);
        let place = FileLine { file: "/h/c.fish".into(), line: 3 };
        assert_eq!(trace.steps[0].place, Some(place));
        let values: Vec<_> = trace.steps.iter().map(|step| &step.value[..]).collect();
        assert_eq!(values, [&b"/a"[..], b"/b:/a"]);
        assert_eq!(trace.said, [(0, "hello".to_owned())]);
    }

    #[test]
    fn each_shells_words_about_what_it_cannot_parse_name_the_line() {
        let file = PathBuf::from("/home/u1/.profile");
        for (said, line) in [
            ("/home/u1/.profile: line 5: unexpected EOF while looking for matching `)'", Some(5)),
            ("/home/u1/.profile:5: parse error near `$('", Some(5)),
            ("dash: 5: /home/u1/.profile: Syntax error: end of file unexpected (expecting \")\")", Some(5)),
            ("ash: /home/u1/.profile: line 5: syntax error: unexpected end of file", Some(5)),
            ("ksh93: .: /home/u1/.profile: syntax error at line 4: `(' unmatched", Some(4)),
            ("E: mksh: /home/u1/.profile[2]: syntax error: unmatched 'if'", Some(2)),
            ("~/.profile (line 1): Missing end to balance this if statement", Some(1)),
            ("/home/u1/.profile: line 3: nothing: command not found", None),
            ("/other: line 3: syntax error", None),
        ] {
            let found = unparsed(&[(0, said.to_owned())], std::slice::from_ref(&file));
            assert_eq!(found.first().map(|place| place.line), line, "{said}");
        }
    }
}
