//! What GOFLAGS and the go command's other settings say of a build, wherever they are set.

use super::go_flags::entries;

/// The kinds of builds that give a library.
const LIBRARIES: [&str; 4] = ["archive", "c-archive", "c-shared", "shared"];

/// The flags of GOFLAGS, and the system that go builds for.
pub(super) struct BuildSettings {
    flags: String,
    goos: String,
    /// Whether it is the system that go runs on.
    pub(super) is_native: bool,
}

impl BuildSettings {
    /// What go env says of these, in this order.
    pub(super) const NAMES: [&str; 5] = ["GOOS", "GOARCH", "GOHOSTOS", "GOHOSTARCH", "GOFLAGS"];

    /// Of the values of these names.
    pub(super) fn of([goos, goarch, host_os, host_arch, flags]: [&str; 5]) -> Self {
        let is_native = (goos, goarch) == (host_os, host_arch);
        Self { flags: flags.to_owned(), goos: goos.to_owned(), is_native }
    }

    /// The value of a flag; the last one counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let last = entries(&self.flags).into_iter().rfind(|flag| flag.name == name);
        last.map(|flag| flag.value).filter(|value| !value.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_split_and_the_last_one_counts() {
        let flags = " -tags=a  '-exec=env A=\"b\" run' --timeout=1s -tags=b -v".to_owned();
        let mut settings = BuildSettings { flags, goos: "linux".to_owned(), is_native: true };
        assert_eq!(settings.value("tags"), Some("b"));
        assert_eq!(settings.value("timeout"), Some("1s"));
        assert_eq!(settings.value("exec"), Some("env A=\"b\" run"));
        assert_eq!(settings.value("race"), None);
        assert_eq!(settings.is_not_a_program(), None);
        settings.flags.push_str(" -buildmode=c-archive");
        assert_eq!(
            settings.is_not_a_program().as_deref(),
            Some("go builds libraries (-buildmode=c-archive)")
        );
    }
}
