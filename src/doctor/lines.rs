//! One line of a start-up file: what is shown of it, and how it may change.
//!
//! Takes a place; reads the file. Shows no text that may hold a secret, and offers no change of a file that is not the
//! user's, or that the shell could not read any more.

use super::assignment::Assignment;
use super::mend::{LineChange, LineMend, Mend};
use super::place::FindingPlace;
use super::shown_text::{shown_assignment, shown_line};
use crate::shell::{Account, FileLine, Shell};
use gvmr_core::sys::{bounded, printable};
use std::fs;
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The largest start-up file that is looked at, in bytes.
pub(super) const MAX_BYTES: u64 = 16 << 20;

/// A line, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceLine {
    /// Where it stands.
    pub(super) place: FileLine,
    /// Without its newline.
    pub(super) bytes: Vec<u8>,
}

impl SourceLine {
    /// Reads it; `None` where there is no such line.
    pub(super) fn read(place: &FileLine) -> Option<Self> {
        let text = bounded::read(&place.file, MAX_BYTES).ok()??;
        let bytes = text.split(|byte| *byte == b'\n').nth(place.line.checked_sub(1)?)?.to_vec();
        Some(Self { place: place.clone(), bytes })
    }

    /// The lines of a file, each as a shell's command.
    pub(super) fn all(file: &Path) -> std::vec::IntoIter<Self> {
        let text = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
        let is_fishs = is_of_universal_variables(file);
        let lines = text.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| {
            let universal = is_fishs.then(|| universal_variable(line)).flatten();
            let place = FileLine { file: file.to_owned(), line: index + 1 };
            Self { place, bytes: universal.unwrap_or_else(|| line.to_vec()) }
        });
        lines.collect::<Vec<_>>().into_iter()
    }

    /// The first line of a file for which this is so.
    pub(super) fn find(file: &Path, is_it: impl Fn(&str) -> bool) -> Option<Self> {
        Self::all(file).find(|line| is_it(&String::from_utf8_lossy(&line.bytes)))
    }

    /// Its text, without blanks around it.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes.trim_ascii()).into_owned()
    }

    /// Its place, with its text where that is harmless.
    pub(super) fn shown(&self) -> FindingPlace {
        match shown_line(&self.bytes) {
            Some(text) => self.with_text(&text),
            None => FindingPlace::line(&self.place.file, Some(self.place.line)),
        }
    }

    /// Its place with its text, where it gives `name` a value and does nothing else.
    pub(super) fn shown_as(&self, name: &str) -> Option<FindingPlace> {
        Some(self.with_text(&shown_assignment(&self.bytes, name)?))
    }

    /// The same; a CR at its end is not shown.
    pub(super) fn shown_without_cr(&self) -> FindingPlace {
        let bytes = self.bytes.strip_suffix(b"\r").unwrap_or(&self.bytes).to_vec();
        Self { bytes, place: self.place.clone() }.shown()
    }

    /// Its place with this text, which holds no secret.
    pub(super) fn with_text(&self, text: &str) -> FindingPlace {
        FindingPlace::written(&self.place.file, self.place.line, printable::text(text))
    }

    /// Whether it stands in a file of the user's, below the home, that this process may write.
    pub(super) fn is_own(&self, account: &Account) -> bool {
        let file = &self.place.file;
        file.starts_with(&account.home)
            && !is_of_universal_variables(file)
            && fs::metadata(file).is_ok_and(|found| found.is_file() && found.uid() == account.uid)
    }

    /// The change of the line to this.
    pub(super) fn replaced(&self, new: impl Into<Vec<u8>>) -> Mend {
        Mend::Lines(vec![self.changed(LineChange::Replace(new.into()))])
    }

    /// One change of it.
    pub(super) fn changed(&self, change: LineChange) -> LineMend {
        let FileLine { file, line } = &self.place;
        LineMend { file: file.clone(), line: *line, old: self.bytes.clone(), change }
    }

    /// The line as a comment, where it is the user's, does nothing but give `name` a value, and the shell can read the file
    /// without it.
    pub(super) fn without_assignment(
        &self,
        name: &str,
        account: &Account,
        shell: Option<&Shell>,
    ) -> Option<Mend> {
        self.only_assigns(name).then(|| self.without(account, shell)).flatten()
    }

    /// Whether it gives `name` a value and does nothing else.
    pub(super) fn only_assigns(&self, name: &str) -> bool {
        Assignment::of(&self.bytes, name).is_some_and(|assignment| assignment.is_all_of(&self.bytes, name))
    }

    /// The line as a comment, where it is the user's and the shell can read the file without it.
    pub(super) fn without(&self, account: &Account, shell: Option<&Shell>) -> Option<Mend> {
        let is_whole = !self.bytes.ends_with(b"\\") && !self.is_continuation();
        let may = is_whole && self.is_own(account) && shell.is_none_or(|shell| self.parses_without(shell));
        may.then(|| Mend::Lines(vec![self.changed(LineChange::CommentOut)]))
    }

    /// Whether the line above goes on in this one: without it, in the next.
    fn is_continuation(&self) -> bool {
        let Ok(Some(text)) = bounded::read(&self.place.file, MAX_BYTES) else { return false };
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
        let above = lines.iter().take(self.place.line.saturating_sub(1)).rev();
        // Blank lines and comments may stand between.
        let mut above = above.enumerate().skip_while(|(_, line)| line.is_empty() || line.starts_with(b"#"));
        above.next().is_some_and(|(distance, line)| {
            distance == 0 && line.ends_with(b"\\") || line.ends_with(b"&&") || line.ends_with(b"|")
        })
    }

    /// Whether the shell, which reads the file, can read it with this line as a comment: `then` and `{` want a command.
    fn parses_without(&self, shell: &Shell) -> bool {
        let Ok(Some(text)) = bounded::read(&self.place.file, MAX_BYTES) else { return false };
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let parsed_before = parses(shell, &lines.join(&b'\n'));
        if let Some(line) = self.place.line.checked_sub(1).and_then(|index| lines.get_mut(index)) {
            *line = b"#";
        }
        !parsed_before || parses(shell, &lines.join(&b'\n'))
    }
}

/// `set -Ux NAME 'a' 'b'` for `SETUVAR --export NAME:a\x1eb`, as fish keeps its universal variables.
fn universal_variable(line: &[u8]) -> Option<Vec<u8>> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("SETUVAR ")?;
    let (name, value) = line.strip_prefix("--export ").unwrap_or(line).split_once(':')?;
    let mut parts = value.split("\\x");
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    let words = bytes.split(|byte| *byte == 0x1e).map(|word| [b" '", word, b"'"].concat());
    Some([format!("set -Ux {name}").into_bytes(), words.collect::<Vec<_>>().concat()].concat())
}

/// Whether fish keeps its universal variables in it, and writes it by itself.
pub(super) fn is_of_universal_variables(file: &Path) -> bool {
    file.ends_with("fish/fish_variables")
}

/// Whether a shell can parse this file. One that cannot be read is no matter of its words.
pub(super) fn can_be_parsed(shell: &Shell, file: &Path) -> bool {
    bounded::read(file, MAX_BYTES).ok().flatten().is_none_or(|text| parses(shell, &text))
}

/// Whether a shell can parse this.
fn parses(shell: &Shell, text: &[u8]) -> bool {
    let run = || {
        // In memory: a diagnosis writes no file.
        let memory = rustix::fs::memfd_create("gvmr-doctor", rustix::fs::MemfdFlags::CLOEXEC).ok()?;
        let mut file = fs::File::from(memory);
        file.write_all(text).ok()?;
        file.rewind().ok()?;
        let mut command = Command::new(&shell.program);
        command.args((shell.program.file_name()? == "busybox").then_some("ash"));
        command.args(if shell.name == "bash" { &["-O", "extglob", "-n"][..] } else { &["-n"] });
        if shell.name == "fish" {
            command.arg("/dev/stdin");
        }
        command.stdin(file).stdout(Stdio::null()).stderr(Stdio::null());
        Some(command.status().ok()?.success())
    };
    run().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_line_that_a_block_needs_does_not_become_a_comment() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(".profile");
        let text = "if true; then\n  export GOROOT=/x\nfi\nexport GOROOT=/y\nGOROOT=/a; export GOROOT\nGOROOT=/z make\n\
                    export GOROOT=/b FOO=1\nexport A=1 \\\nGOROOT=/c\n[ -d /x ] &&\n# if there\nexport GOROOT=/d\n";
        fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
        let uid = rustix::process::geteuid().as_raw();
        let account = Account { name: "u".into(), uid, home: home.path().into(), shell: None };
        let shell = Shell { name: "dash".into(), also: vec![], program: PathBuf::from("/bin/sh") };
        let mended: Vec<_> = (1..13)
            .filter(|line| {
                let line = SourceLine::read(&FileLine { file: file.clone(), line: *line }).unwrap();
                line.without_assignment("GOROOT", &account, Some(&shell)).is_some()
            })
            .collect();
        assert_eq!(mended, [4, 5]);
    }

    #[test]
    fn a_universal_variable_of_fish_is_its_command() {
        let universal = |line: &str| String::from_utf8(universal_variable(line.as_bytes()).unwrap()).unwrap();
        assert_eq!(universal("SETUVAR --export GOPATH:/home/u/go"), "set -Ux GOPATH '/home/u/go'");
        assert_eq!(universal("SETUVAR a:/b\\x1ec\\x20d"), "set -Ux a '/b' 'c d'");
    }
}
