//! Generated `PATH`s in real shells: what a script leaves is what the rule says, and reading it twice changes nothing.

use super::shells::{Shell, os, variables};
use gvmr::shell::{FISH, POSIX, ScriptEntry};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Environment;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A user, a clone of that user, and somebody without gvmr.
struct Ground {
    directory: TempDir,
    /// Where gvmr lies below a home directory.
    below: &'static str,
    user: PathBuf,
    home: Home,
    /// Whether the script may name the home relative to `HOME`.
    is_relative: bool,
    go_bin: Option<&'static Path>,
}

/// Plain and odd names, both ways to name the home, both ways to know where `go install` puts programs.
fn ground(number: usize) -> Ground {
    let odd = number % 2 == 1;
    let (user, below) = if odd {
        ("o'd \"d\" $HOME `x` é [a]*", ".lo\\cal/sh're/${gv}mr")
    } else {
        ("user", ".local/share/gvmr")
    };
    let directory = tempfile::tempdir().unwrap();
    let user = directory.path().join(user);
    for home in [&user, &directory.path().join("clone")] {
        std::fs::create_dir_all(home.join(below).join("shims")).unwrap();
    }
    std::fs::create_dir(directory.path().join("other")).unwrap();
    let home = Home::at(user.join(below));
    let go_bin = (number % 3 == 2).then_some(Path::new("/settled dir/"));
    Ground { directory, below, user, home, is_relative: number % 4 < 3, go_bin }
}

impl Ground {
    fn entry(&self) -> ScriptEntry<'_> {
        let user_home = Some(self.user.as_path()).filter(|_| self.is_relative);
        ScriptEntry { home: &self.home, user_home, go_bin: self.go_bin, export_home: false, shared: false }
    }

    fn homes(&self) -> Vec<Option<OsString>> {
        let at = |name: &str| Some(self.directory.path().join(name).into_os_string());
        let user = self.user.as_os_str();
        let mut slash = user.to_owned();
        slash.push("/");
        let odd = ["", "relative", "/", "/a:b"].map(|home| Some(OsString::from(home)));
        [
            None,
            Some(user.to_owned()),
            Some(user.to_owned()),
            Some(slash),
            at("clone"),
            at("clone/"),
            at("other"),
        ]
        .into_iter()
        .chain(odd)
        .collect()
    }

    /// Elements that start-up files put on `PATH`, those the rule is about more often than in life.
    fn elements(&self) -> Vec<Vec<u8>> {
        let shims = |home: &str| format!("{home}/{}/shims", self.below);
        let user = self.user.to_str().unwrap();
        let clone = self.directory.path().join("clone");
        let clone = clone.to_str().unwrap();
        let mut texts = Vec::new();
        for home in [user, clone, "~", "$HOME", "${HOME}"] {
            texts.extend([shims(home), shims(home) + "/", format!("{home}/go/bin")]);
        }
        texts.extend(["/gobin", "/gobin/", "/gopath/bin", "/settled dir"].map(str::to_owned));
        texts.extend([shims(user), format!("{user}/go/bin/"), format!("{}/bin", shims(user))]);
        texts.extend(texts.clone());
        texts.extend(
            [
                "/usr/bin",
                "/bin",
                "/usr/bin/",
                "",
                ".",
                "rel",
                "~/bin",
                "/bin/go",
                "/go/bin",
                "/a b",
                "/q'uote",
                "/d\"q",
                "/$x`y`",
                "/back\\slash\\",
                "/gl*ob?[a]",
                "/*",
                "/é日",
                "/new\nline",
                "-n",
                "!x",
                "=",
            ]
            .map(str::to_owned),
        );
        let mut elements: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        elements.push(b"/\xff\xfe\x81".to_vec());
        elements
    }

    fn go_bins(&self) -> Vec<Option<OsString>> {
        let shims = Some(self.home.shims().into_os_string());
        let texts = ["", "/gobin", "/gobin/", "/gob in*", "relative", "/co:lon", "/", "/usr/bin"];
        [None, None, shims].into_iter().chain(texts.map(|text| Some(OsString::from(text)))).collect()
    }
}

const GO_PATHS: &[&str] = &["", "/gopath", "/gopath/:/second", ":/x", "rel:/x", "/", "/usr", "/g p*'"];

/// A session before it reads the script.
#[derive(Clone, Debug)]
struct Case(BTreeMap<&'static str, OsString>);

impl Environment for Case {
    fn get(&self, name: &str) -> Option<OsString> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }
}

impl Case {
    /// What each number picks, modulo how many there are.
    fn picked(ground: &Ground, picks: &(Vec<usize>, [usize; 4])) -> Self {
        fn pick<T: Clone>(from: &[T], number: usize) -> T {
            from[number % from.len()].clone()
        }
        let elements = ground.elements();
        let (path, [home, go_bin, go_path, other]) = picks;
        let path: Vec<_> = path.iter().map(|number| pick(&elements, *number)).collect();
        let go_paths: Vec<_> =
            [None, None].into_iter().chain(GO_PATHS.iter().map(|text| Some(OsString::from(text)))).collect();
        let mut variables = BTreeMap::from([("PATH", os(&path.join(&b':')).to_owned())]);
        let chosen = [
            ("HOME", pick(&ground.homes(), *home)),
            ("GOBIN", pick(&ground.go_bins(), *go_bin)),
            ("GOPATH", pick(&go_paths, *go_path)),
            ("IN_NIX_SHELL", (other % 8 == 1).then(|| OsString::from("pure"))),
            ("DIRENV_DIR", (other % 8 == 2).then(|| OsString::from("-/x"))),
        ];
        variables.extend(chosen.into_iter().filter_map(|(name, value)| Some((name, value?))));
        Self(variables)
    }

    /// The lines that make a running shell this session, read the script twice and tell what is there.
    fn script(&self, shell: Shell) -> Vec<u8> {
        let mut lines = Vec::new();
        for name in ["PATH", "HOME", "GOBIN", "GOPATH", "IN_NIX_SHELL", "DIRENV_DIR"] {
            let fish = shell.is_fish();
            match self.0.get(name) {
                Some(value) if fish && name == "PATH" => {
                    let elements = value.as_bytes().split(|byte| *byte == b':');
                    let words: Vec<_> = elements.map(|element| shell.word(os(element))).collect();
                    lines.extend([b"set -gx PATH ", words.join(OsStr::new(" ")).as_bytes(), b"\n"].concat());
                }
                Some(value) => {
                    let (before, after) = if fish { ("set -gx ", " ") } else { ("", "=") };
                    lines.extend([before, name, after].concat().as_bytes());
                    lines.extend([shell.word(value).as_bytes(), b"\n"].concat());
                }
                None if fish => lines.extend(format!("set -e {name}\n").as_bytes()),
                None => lines.extend(format!("unset {name}\n").as_bytes()),
            }
        }
        let read: &[u8] = if shell.is_fish() {
            b"out \"$PATH\"\nsource $ENV_FISH\nout \"$PATH\"\nsource $ENV_FISH\nout \"$PATH\"\n"
        } else {
            b"out \"$PATH\"\n. \"$ENV_POSIX\"\nout \"$PATH\"\n. \"$ENV_POSIX\"\nout \"$PATH\"\n"
        };
        lines.extend(read);
        lines
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn a_script_does_what_the_rule_says(
        number in 0..12_usize,
        picks in vec((vec(any::<usize>(), 0..10), any::<[usize; 4]>()), 1..30),
        locale in prop::sample::select(&["C", "C.UTF-8"][..]),
    ) {
        let ground = ground(number);
        let cases: Vec<_> = picks.iter().map(|picks| Case::picked(&ground, picks)).collect();
        agrees(&ground, &cases, locale);
    }
}

#[track_caller]
fn agrees(ground: &Ground, cases: &[Case], locale: &str) {
    let (posix, fish) = (ground.directory.path().join("env"), ground.directory.path().join("env.fish"));
    std::fs::write(&posix, ground.entry().script(&POSIX).unwrap()).unwrap();
    std::fs::write(&fish, ground.entry().script(&FISH).unwrap()).unwrap();
    let variables = variables(&[
        ("LC_ALL", OsStr::new(locale)),
        ("ENV_POSIX", posix.as_os_str()),
        ("ENV_FISH", fish.as_os_str()),
    ]);
    for shell in Shell::all() {
        // As a start-up file could have left the shell.
        let mut script = if shell.is_fish() { Vec::new() } else { b"set -euCf\nIFS=/:xs\n".to_vec() };
        script.extend(cases.iter().flat_map(|case| case.script(shell)));
        let outs = shell.outs(&script, &variables);
        assert_eq!(outs.len(), 3 * cases.len(), "{} in {locale}", shell.name);
        for (outs, case) in outs.chunks(3).zip(cases) {
            let mut case = case.clone();
            case.0.insert("PATH", os(&outs[0]).to_owned()); // fish says . for an empty element
            let expected = ground.entry().path_in(&case).unwrap();
            assert_eq!(os(&outs[1]), expected, "{} in {locale}: {case:?}", shell.name);
            assert_eq!(os(&outs[1]), os(&outs[2]), "{} in {locale}, read twice: {case:?}", shell.name);
        }
    }
}

#[test]
fn the_rule_itself_keeps_its_word() {
    let ground = ground(0);
    let shims = ground.home.shims();
    let bin = ground.user.join("go/bin");
    let (shims, bin, user) = (shims.to_str().unwrap(), bin.to_str().unwrap(), ground.user.to_str().unwrap());
    let table = [
        (String::new(), format!("{shims}:/usr/local/bin:/usr/bin:/bin:{bin}")),
        ("/usr/bin:/bin".to_owned(), format!("{shims}:/usr/bin:/bin:{bin}")),
        (format!("/usr/bin:{shims}:{bin}:/bin:{bin}"), format!("{shims}:/usr/bin:{bin}:/bin")),
        (format!("{bin}/:{shims}/:~/.local/share/gvmr/shims:/bin:{shims}"), format!("{shims}:{bin}:/bin")),
        ("/usr/bin::/bin".to_owned(), format!("{shims}:/usr/bin::/bin:{bin}")),
    ];
    for (before, after) in table {
        let case = vec![("HOME", user), ("PATH", before.as_str())];
        assert_eq!(ground.entry().path_in(&case).unwrap().to_str().unwrap(), after, "{before}");
    }
    let held = format!("/nix/go:{shims}:{shims}");
    let nix = vec![("HOME", user), ("PATH", held.as_str()), ("IN_NIX_SHELL", "impure")];
    assert_eq!(ground.entry().path_in(&nix).unwrap().to_str().unwrap(), held);
}
