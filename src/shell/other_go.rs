//! What else is called `go` on the PATH of sessions, and which line puts it there.

use super::kind::{Base, FileContent, SHELLS, StartUpFile};
use super::{Account, FileLine, ProbeResult};
use gvmr_core::sys::bounded;
use gvmr_core::sys::directory::lead_to_one;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The largest start-up file that is looked through, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// Files of a user that start-up files often read, below the home.
const OTHERS: [&str; 2] = [".pam_environment", ".bash_aliases"];
/// Those of the machine.
const SHARED: [&str; 6] = [
    "/etc/profile",
    "/etc/environment",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/zsh/zshenv",
    "/etc/zsh/zshrc",
];
/// Directories in which sessions read every file.
const DIRECTORIES: [&str; 2] = ["/etc/profile.d", "/etc/fish/conf.d"];

/// Another `go`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Its path.
    pub go: PathBuf,
    /// The first line that names its directory, if one does.
    pub from: Option<FileLine>,
}

/// Every `go` that sessions have besides the one at `shim`, each once.
pub fn rivals(seen: &[ProbeResult], shim: &Path, account: &Account) -> Vec<Rival> {
    let all: BTreeSet<&PathBuf> = seen.iter().flat_map(|seen| &seen.all).collect();
    let others = all.into_iter().filter(|go| !lead_to_one(go, shim));
    let files = files(account);
    others
        .map(|go| Rival { go: go.clone(), from: go.parent().and_then(|bin| place(bin, &files, account)) })
        .collect()
}

fn files(account: &Account) -> Vec<PathBuf> {
    let below_home = |file: &StartUpFile| match file.base {
        Base::Home | Base::Zdotdir => account.home.join(file.path),
        Base::Config => account.home.join(".config").join(file.path),
    };
    let blocks = SHELLS.iter().flat_map(|shell| shell.files).filter(|file| file.content != FileContent::Own);
    let own = blocks.map(below_home).chain(OTHERS.map(|name| account.home.join(name)));
    let shared = SHARED.iter().map(PathBuf::from);
    let listed = DIRECTORIES.iter().filter_map(|directory| fs::read_dir(directory).ok()).flatten();
    let mut files: Vec<_> = own.chain(shared).collect();
    files.extend(listed.filter_map(|entry| Some(entry.ok()?.path())));
    files
}

/// The first line of these files that names a directory, as it is or relative to the home, and is not a comment.
fn place(directory: &Path, files: &[PathBuf], account: &Account) -> Option<FileLine> {
    // Every PATH has these; no line of the user's adds them.
    if matches!(directory.to_str(), Some("/usr/bin" | "/bin" | "/usr/local/bin")) {
        return None;
    }
    let mut names = vec![directory.as_os_str().as_bytes().to_vec()];
    if let Ok(below) = directory.strip_prefix(&account.home) {
        names.extend(
            ["$HOME/", "${HOME}/", "~/"].map(|home| [home.as_bytes(), below.as_os_str().as_bytes()].concat()),
        );
    }
    let found = |line: &[u8]| {
        let is_named = |name: &Vec<u8>| line.windows(name.len()).any(|window| window == &name[..]);
        !line.trim_ascii_start().starts_with(b"#") && names.iter().any(is_named)
    };
    files.iter().find_map(|file| {
        let text = bounded::read(file, MAX_BYTES).ok().flatten()?;
        let line = text.split(|byte| *byte == b'\n').position(found)? + 1;
        Some(FileLine { file: file.clone(), line })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_names_a_directory_is_found() {
        let home = tempfile::tempdir().unwrap();
        let account = Account { name: "u".to_owned(), uid: 1, home: home.path().to_owned(), shell: None };
        let files = files(&account);
        let write = |text: &str| {
            let mut file = fs::File::create(home.path().join(".bashrc")).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        };
        let line = |directory: &Path| place(directory, &files, &account).map(|place| place.line);
        write("# /opt/go/bin\nexport PATH=/opt/go/bin:$PATH\n");
        assert_eq!(line(Path::new("/opt/go/bin")), Some(2));
        assert_eq!(line(Path::new("/opt/other/bin")), None);
        write("\nPATH=\"$HOME/sdk/go/bin:$PATH\"\n");
        assert_eq!(line(&home.path().join("sdk/go/bin")), Some(2));
    }
}
