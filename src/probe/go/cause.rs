//! The line of the go command's output that says why it failed. Its last ones are advice.

use crate::probe::program::last_line;

/// Lines that say what go does, or where it says more.
const NOTES: [&str; 8] = [
    "# ",
    "go: downloading ",
    "go: finding ",
    "go: found ",
    "go: warning: ",
    "go: to add ",
    "For more ",
    "collect2: ",
];

/// `: why`, where there is one: the first line of go itself or with a place, else the last line that is no advice.
pub(super) fn cause(text: &str) -> String {
    let is_advice = |line: &str| {
        line.trim().is_empty()
            || line.starts_with([' ', '\t'])
            || NOTES.iter().any(|note| line.starts_with(note))
    };
    let lines: Vec<&str> = text.lines().collect();
    let told = || lines.iter().enumerate().filter(|(_, line)| !is_advice(line));
    let found =
        told().find(|(_, line)| line.starts_with("go: ") || has_place(line)).or_else(|| told().next_back());
    let Some((at, first)) = found else { return last_line(text) };
    let mut whole = (*first).trim_end().trim_start_matches("go: ").to_owned();
    // What goes on is indented.
    for line in lines.iter().skip(at + 1).map(|line| line.trim()) {
        if ![":", " imports", " tested by"].iter().any(|end| whole.ends_with(end)) {
            break;
        }
        whole = format!("{whole} {line}");
    }
    last_line(&whole)
}

/// `file.go:3:4: message`
fn has_place(line: &str) -> bool {
    line.match_indices(':').any(|(at, _)| {
        let rest = line.get(at + 1..).unwrap_or_default();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(':')) && at > 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_shown_and_not_the_advice() {
        for (text, expected) in [
            (
                "go: downloading a.b/c v1.0.0\ngo: inconsistent vendoring in /p:\n\ta.b/c@v1.0.0: is not marked\n\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor\n",
                ": inconsistent vendoring in /p: a.b/c@v1.0.0: is not marked",
            ),
            (
                "# a.b/c\n/go/pkg/tool/link: running gcc failed: exit status 1\n/usr/bin/ld: cannot find -lx\ncollect2: error: ld returned 1 exit status\n",
                ": /usr/bin/ld: cannot find -lx",
            ),
            (
                "verifying a.b/c@v1.0.0: checksum mismatch\n\nFor more information, see 'go help module-auth'.\n",
                ": verifying a.b/c@v1.0.0: checksum mismatch",
            ),
            (
                "a.go:3:8: no required module provides package a.b/c; to add it:\n\tgo get a.b/c\n",
                ": a.go:3:8: no required module provides package a.b/c; to add it: go get a.b/c",
            ),
            ("go: a imports\n\tb imports\n\tc: not found\n", ": a imports b imports c: not found"),
            ("only this\n", ": only this"),
            ("", ""),
        ] {
            assert_eq!(cause(text), expected);
        }
    }
}
