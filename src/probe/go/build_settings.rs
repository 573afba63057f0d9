//! What GOFLAGS and the go command's other settings say of a build, wherever they are set.

use super::project::GoProject;
use crate::check::NotMeasured;

/// The kinds of builds that give a library.
const LIBRARIES: [&str; 4] = ["archive", "c-archive", "c-shared", "shared"];

/// The flags of GOFLAGS, and the system that go builds for.
pub(super) struct BuildSettings {
    flags: Vec<String>,
    goos: String,
    /// Whether it is the system that go runs on.
    pub(super) is_native: bool,
}

impl BuildSettings {
    pub(super) fn of(project: &GoProject<'_>) -> Result<Self, NotMeasured> {
        let names = ["env", "GOOS", "GOARCH", "GOHOSTOS", "GOHOSTARCH", "GOFLAGS"];
        let answer = project.in_workspace(&[], &names)?;
        if answer.code != 0 {
            return Err(answer.failure("go env"));
        }
        let mut lines = answer.stdout.lines();
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (goos, goarch, host_os, host_arch) = (line(), line(), line(), line());
        let is_native = goos == host_os && goarch == host_arch;
        Ok(Self { flags: split(&line()), goos, is_native })
    }

    /// The value of a flag; the last one counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let of = |flag: &'_ String| {
            let (found, value) = flag.trim_start_matches('-').split_once('=')?;
            (found == name).then(|| flag.len() - value.len())
        };
        self.flags.iter().rev().find_map(|flag| flag.get(of(flag)?..))
    }

    /// Why what go builds is not a program of Linux.
    pub(super) fn is_not_a_program(&self) -> Option<String> {
        if !["linux", "android"].contains(&self.goos.as_str()) {
            return Some(format!(
                "go builds for {} (GOOS), and only programs of Linux can be read",
                self.goos
            ));
        }
        let mode = self.value("buildmode").filter(|mode| LIBRARIES.contains(mode))?;
        Some(format!("go builds libraries (-buildmode={mode})"))
    }
}

/// Words as go splits them: one in quotes may have blanks, and knows no escapes.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (start, end) = if ['\'', '"'].contains(&first) {
            (1, rest.get(1..).and_then(|inside| inside.find(first)).map_or(rest.len(), |at| at + 1))
        } else {
            (0, rest.find(char::is_whitespace).unwrap_or(rest.len()))
        };
        words.push(rest.get(start..end).unwrap_or_default().to_owned());
        rest = rest.get(end + start..).unwrap_or_default().trim_start();
    }
    words
}

/// A word in quotes, as go splits it; nothing where it has quotes of both kinds.
pub(super) fn quoted(word: &str) -> Option<String> {
    let quote = ['\'', '"'].into_iter().find(|quote| !word.contains(*quote))?;
    Some(format!("{quote}{word}{quote}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_split_and_the_last_one_counts() {
        let flags = split(" -tags=a  '-exec=env A=\"b\" run' --timeout=1s -tags=b -v \"-x=y");
        assert_eq!(flags, ["-tags=a", "-exec=env A=\"b\" run", "--timeout=1s", "-tags=b", "-v", "-x=y"]);
        let mut settings = BuildSettings { flags, goos: "linux".to_owned(), is_native: true };
        assert_eq!(settings.value("tags"), Some("b"));
        assert_eq!(settings.value("timeout"), Some("1s"));
        assert_eq!(settings.value("exec"), Some("env A=\"b\" run"));
        assert_eq!(settings.value("race"), None);
        assert_eq!(settings.is_not_a_program(), None);
        settings.flags.push("-buildmode=c-archive".to_owned());
        assert_eq!(
            settings.is_not_a_program().as_deref(),
            Some("go builds libraries (-buildmode=c-archive)")
        );
        assert_eq!(quoted("A=it's").as_deref(), Some("\"A=it's\""));
        assert_eq!(quoted("'\""), None);
    }
}
