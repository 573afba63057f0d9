//! A user's crontab: its `PATH`, through the `crontab` program alone.
//!
//! Takes the text of a crontab; gives it with marked blocks that set `PATH`, or without them, to the byte. cron expands
//! nothing, and an assignment counts for the lines below it: so one block is at the top, and one more behind
//! each line of the user's own that sets `PATH`, with the same directories behind the shims.

mod change;

pub use change::CrontabChange;

use super::edit::{BEGIN, END};
use crate::process::{self, Ending, KeptOutput, OutputLimits, ProgramOutput, Scope, Stop, Streams};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::program;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long `crontab` may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The most bytes of a crontab.
const MAX_BYTES: usize = 16 << 20;
/// The default `PATH` of jobs, and `/usr/local/bin`, which that lacks.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";

/// The crontab of this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crontab {
    text: Vec<u8>,
}

/// Why a crontab cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CrontabError {
    /// No directory of `PATH` that counts has a `crontab` program.
    #[error("PATH has no crontab (as root, gvmr searches only directories that no other user can write to)")]
    Absent,
    /// It cannot be started.
    #[error("cannot run crontab: {0}")]
    Program(io::Error),
    /// It refused.
    #[error("crontab {action}: {said}")]
    Refused {
        /// What it was asked: `-l`.
        action: &'static str,
        /// Its error message.
        said: String,
    },
    /// A block of gvmr's lacks its end.
    #[error("crontab line {line}: gvmr's block has no end")]
    Torn {
        /// Where it begins, from 1.
        line: usize,
    },
    /// Somebody else wrote one meanwhile.
    #[error("the crontab changed during the edit")]
    Changed,
}

impl CrontabError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Absent | Self::Program(_) => "install cron, or omit --cron",
            Self::Refused { .. } => "run `crontab -l`",
            Self::Torn { .. } => "run `crontab -e` and remove the rest of the block",
            Self::Changed => "run it again",
        }
    }
}

impl Crontab {
    /// What `crontab -l` prints; an empty one if the user has none.
    pub fn read() -> Result<Self, CrontabError> {
        let (output, succeeded) = crontab(&["-l"], None)?;
        let said = words(&output);
        if succeeded {
            Ok(Self { text: output.stdout })
        } else if said.contains("no crontab") || said.contains("can't open") {
            Ok(Self { text: Vec::new() }) // so say Debian's, BSD's and busybox's
        } else {
            Err(CrontabError::Refused { action: "-l", said })
        }
    }

    /// A crontab with this text.
    pub fn of(text: impl Into<Vec<u8>>) -> Self {
        Self { text: text.into() }
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether [`Crontab::with_path`] was applied.
    pub fn has_path(&self) -> bool {
        self.without_path().is_ok_and(|plain| plain != *self)
    }

    /// The line, from 1, of the first job that seems to run go.
    pub fn job_with_go(&self) -> Option<usize> {
        let is_go = |word: &[u8]| {
            let name = word.rsplit(|byte| *byte == b'/').next().unwrap_or(word);
            matches!(name, b"go" | b"gofmt") || name.starts_with(b"go1.")
        };
        let runs_go = |line: &[u8]| {
            let line = line.trim_ascii();
            let is_job = !line.starts_with(b"#") && !is_assignment(line);
            is_job && line.split(|byte| !byte.is_ascii_alphanumeric() && !b"/._-+".contains(byte)).any(is_go)
        };
        Some(self.text.split(|byte| *byte == b'\n').position(runs_go)? + 1)
    }

    /// What to say where a job runs go and no job has the shims on its `PATH`; `setup` is the command that puts them there.
    pub fn advice(&self, setup: &str) -> Option<String> {
        let line = self.job_with_go().filter(|_| !self.has_path())?;
        Some(format!(
            "line {line} of your crontab runs go, and cron jobs have a PATH of their own; run `{setup} --cron` to put the \
             shims there"
        ))
    }

    /// The same with the shims of `home` first on the `PATH` of every job.
    pub fn with_path(&self, home: &Home) -> Result<Self, CrontabError> {
        let plain = self.without_path()?;
        let mut text = block(home, DEFAULT_PATH);
        for line in plain.text.split_inclusive(|byte| *byte == b'\n') {
            text.extend(line);
            // A last line without its end has no job below it, and must come back as it is.
            if let Some(value) = path_in(line).filter(|_| line.ends_with(b"\n")) {
                text.extend(block(home, value));
            }
        }
        Ok(Self { text })
    }

    /// The same without what [`Crontab::with_path`] put there.
    pub fn without_path(&self) -> Result<Self, CrontabError> {
        let mut text = Vec::new();
        let mut begun = None;
        for (number, line) in self.text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let bare = line.trim_ascii_end();
            match begun {
                None if bare == BEGIN => begun = Some(number + 1),
                None => text.extend(line),
                Some(_) if bare == END => begun = None,
                Some(_) => {}
            }
        }
        begun.map_or(Ok(Self { text }), |line| Err(CrontabError::Torn { line }))
    }

    /// Makes this the user's crontab; an empty one is removed.
    pub fn install(&self) -> Result<(), CrontabError> {
        let (action, input) = if self.text.is_empty() { ("-r", None) } else { ("-", Some(&*self.text)) };
        match crontab(&[action], input)? {
            (_, true) => Ok(()),
            (output, false) => Err(CrontabError::Refused { action, said: words(&output) }),
        }
    }
}

/// What `crontab` prints, and how it ended.
fn crontab(arguments: &[&str], input: Option<&[u8]>) -> Result<(ProgramOutput, bool), CrontabError> {
    let program = program::find_in_system("crontab", &Process).ok_or(CrontabError::Absent)?;
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    if let Some(input) = input {
        let (reader, mut writer) = io::pipe().map_err(CrontabError::Program)?;
        command.stdin(reader);
        let input = input.to_vec();
        std::thread::spawn(move || writer.write_all(&input)); // where it ended early it says why
    }
    let limits = OutputLimits { time: LIMIT, kept: KeptOutput::All(MAX_BYTES), is_answer: |_| false };
    let output = process::output(command, Streams::Apart, Scope::Group, limits)
        .map_err(|(Stop::Run(error) | Stop::Hear(error))| CrontabError::Program(error))?;
    match output.ending {
        Ending::Exited(status) => Ok((output, status.success())),
        Ending::Stopped => Err(CrontabError::Program(io::ErrorKind::TimedOut.into())),
    }
}

fn words(output: &ProgramOutput) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn block(home: &Home, rest: &[u8]) -> Vec<u8> {
    let shims = home.shims();
    let rest: Vec<&[u8]> =
        rest.split(|byte| *byte == b':').filter(|element| *element != shims.as_os_str().as_bytes()).collect();
    let mut value = shims.as_os_str().as_bytes().to_vec();
    for element in rest {
        value.push(b':');
        value.extend(element);
    }
    // cron takes one pair of quotes off, and nothing else.
    let quote: &[u8] = if value.contains(&b'"') { b"'" } else { b"\"" };
    [BEGIN, b"\nPATH=", quote, &value, quote, b"\n", END, b"\n"].concat()
}

/// Whether a line sets a variable of the jobs below it.
fn is_assignment(line: &[u8]) -> bool {
    let Some(equals) = line.iter().position(|byte| *byte == b'=') else { return false };
    let name = line.get(..equals).unwrap_or_default().trim_ascii();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'"' | b'\'');
    !name.is_empty() && name.iter().all(plain)
}

/// What a line sets `PATH` to, as cron reads it: spaces around, one pair of quotes off.
fn path_in(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let name = [b"PATH".as_slice(), b"\"PATH\"", b"'PATH'"];
    let rest = name.into_iter().find_map(|name| line.strip_prefix(name))?.trim_ascii_start();
    let value = rest.strip_prefix(b"=")?.trim_ascii();
    match value {
        [first @ (b'"' | b'\''), inner @ .., last] if first == last => Some(inner),
        value => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(text: &str) -> String {
        let home = Home::at("/h/gvmr");
        String::from_utf8(Crontab::of(text).with_path(&home).unwrap().text).unwrap()
    }

    #[test]
    fn the_shims_are_first_for_every_job() {
        let top = "# >>> gvmr >>>\nPATH=\"/h/gvmr/shims:/usr/local/bin:/usr/bin:/bin\"\n# <<< gvmr <<<\n";
        assert_eq!(with(""), top);
        assert_eq!(with("* * * * * go version\n"), format!("{top}* * * * * go version\n"));
        let own = "# >>> gvmr >>>\nPATH=\"/h/gvmr/shims:/usr/local/go/bin:/bin\"\n# <<< gvmr <<<\n";
        for line in [
            "PATH=/usr/local/go/bin:/bin\n",
            " PATH = \"/usr/local/go/bin:/bin\"\n",
            "PATH='/usr/local/go/bin:/h/gvmr/shims:/bin'\n",
        ] {
            assert_eq!(with(&format!("{line}@daily go test\n")), format!("{top}{line}{own}@daily go test\n"));
        }
        assert_eq!(with("MYPATH=/x\n#PATH=/y\n"), format!("{top}MYPATH=/x\n#PATH=/y\n"));
    }

    #[test]
    fn a_job_that_runs_go_is_found() {
        for (text, line) in [
            ("", None),
            ("# go test\nMAILTO=go\n@daily make\n", None),
            ("@daily cd /src && go test ./...\n", Some(1)),
            ("PATH=/x\n\n0 3 * * * /usr/local/go/bin/go version >/dev/null\n", Some(3)),
            ("* * * * * CGO_ENABLED=0 go1.22.3 build\n", Some(1)),
            ("* * * * * gopls; /opt/go/run; mango\n", None),
            ("* * * * * (gofmt -l .)", Some(1)),
        ] {
            let crontab = Crontab::of(text);
            assert_eq!(crontab.job_with_go(), line, "{text}");
            assert!(!crontab.has_path());
            assert!(crontab.with_path(&Home::at("/h")).unwrap().has_path());
        }
    }

    #[test]
    fn a_last_line_without_its_end_comes_back_without_it() {
        for text in ["PATH=/x", "# c\nPATH=/x", "@daily go"] {
            let with = Crontab::of(text).with_path(&Home::at("/h")).unwrap();
            assert!(with.has_path());
            assert_eq!(with.without_path().unwrap().text(), text.as_bytes());
        }
    }

    #[test]
    fn a_torn_block_is_left_alone() {
        let torn = Crontab::of("a\n# >>> gvmr >>>\nPATH=x\n");
        assert!(matches!(torn.without_path(), Err(CrontabError::Torn { line: 2 })));
        assert!(matches!(torn.with_path(&Home::at("/h")), Err(CrontabError::Torn { line: 2 })));
    }

    proptest! {
        #[test]
        fn twice_is_once_and_undoing_gives_the_text_back(lines in proptest::collection::vec(r#"[ -~]{0,30}|PATH ?= ?["']?[a-z/:]{0,20}["']?"#, 0..8)) {
            let text: String = lines.into_iter().map(|line| line + "\n").collect();
            let home = Home::at("/h/gvmr");
            let plain = Crontab::of(text);
            let once = plain.with_path(&home).unwrap();
            prop_assert_eq!(&once.with_path(&home).unwrap(), &once);
            prop_assert_eq!(&once.without_path().unwrap(), &plain);
        }
    }
}
