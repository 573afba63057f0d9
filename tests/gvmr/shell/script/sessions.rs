//! Whole sessions: start-up files with the line, shells inside shells, and what a script leaves behind.

use super::shells::{Shell, os, variables};
use gvmr::shell::{FISH, POSIX, ScriptEntry};
use gvmr_core::home::paths::Home;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// One user with gvmr.
struct Ground {
    _directory: TempDir,
    user: PathBuf,
    home: Home,
}

impl Ground {
    fn new(user: &str, below: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let user = directory.path().join(user);
        let home = Home::at(user.join(below));
        std::fs::create_dir_all(home.shims()).unwrap();
        std::fs::create_dir_all(home.root().join("completions")).unwrap();
        Self { _directory: directory, user, home }
    }

    fn entry(&self) -> ScriptEntry<'_> {
        ScriptEntry {
            home: &self.home,
            user_home: Some(&self.user),
            go_bin: None,
            export_home: false,
            shared: false,
        }
    }

    fn write_scripts(&self) {
        self.write("env", &self.entry().script(&POSIX).unwrap());
        self.write("env.fish", &self.entry().script(&FISH).unwrap());
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.home.root().join(name), bytes).unwrap();
    }

    fn line(&self, shell: Shell) -> Vec<u8> {
        if shell.is_fish() { self.entry().line(&FISH) } else { self.entry().line(&POSIX) }.unwrap()
    }

    /// `HOME` of the user, `ENV` of the script.
    fn variables(&self) -> BTreeMap<&'static str, OsString> {
        variables(&[
            ("HOME", self.user.as_os_str()),
            ("ROOT", self.home.root().as_os_str()),
            ("LC_ALL", OsStr::new("C.UTF-8")),
        ])
    }

    /// `PATH` after the script, where it was the usual one.
    fn path(&self) -> String {
        format!("{}:/usr/bin:/bin:{}/go/bin", self.home.shims().display(), self.user.display())
    }
}

const PLACES: [(&str, &str); 3] = [
    ("user", ".local/share/gvmr"),
    ("o'd \"d\" <(x) `y` $z é}", ".local/share/gvmr"),
    ("user", "g \"v\" $m'r}"),
];

#[test]
fn a_line_reads_the_script_or_does_nothing_at_all() {
    for (user, below) in PLACES {
        let ground = Ground::new(user, below);
        for shell in Shell::all() {
            let mut script = if shell.is_fish() { Vec::new() } else { b"set -euC\n".to_vec() };
            script.extend(ground.line(shell));
            script.extend(b"out \"$PATH\"\n");
            let missing = shell.outs(&script, &ground.variables());
            assert_eq!(os(&missing[0]), os(b"/usr/bin:/bin"), "{}", shell.name);
            ground.write_scripts();
            let there = shell.outs(&script, &ground.variables());
            assert_eq!(os(&there[0]), OsStr::new(&ground.path()), "{}", shell.name);
            if !shell.is_fish() && !shell.name.starts_with("zsh") {
                // fish and zsh set HOME themselves.
                let mut homeless = ground.variables();
                homeless.remove("HOME");
                let there = shell.outs(&script, &homeless);
                assert!(there[0].starts_with(ground.home.shims().as_os_str().as_bytes()), "{}", shell.name);
            }
            std::fs::remove_file(ground.home.root().join("env")).unwrap();
            std::fs::remove_file(ground.home.root().join("env.fish")).unwrap();
        }
    }
}

/// In the C locale fish takes the bytes of its environment for Latin-1: a `HOME` that is no ASCII is then another one, to
/// the programs it starts too.
#[test]
fn fish_finds_a_home_whose_name_it_misreads() {
    let Some(fish) = Shell::named("fish") else { return };
    let ground = Ground::new("José", ".local/share/gvmr");
    ground.write_scripts();
    let mut variables = ground.variables();
    variables.insert("LC_ALL", "C".into());
    let script = [ground.line(fish), b"out \"$PATH[1]\"\n".to_vec()].concat();
    assert_eq!(os(&fish.outs(&script, &variables)[0]), ground.home.shims().as_os_str());
}

/// `dash` and `ash` end at a `.` of a missing file, which locks people out.
#[test]
fn a_login_gets_past_the_line_when_gvmr_is_gone() {
    let ground = Ground::new("user", ".local/share/gvmr");
    for name in ["dash", "busybox ash", "mksh", "ksh93", "bash"] {
        let Some(shell) = Shell::named(name) else { continue };
        let profile =
            [b"set -eu\n".to_vec(), ground.line(shell), b"echo past the line\nset +eu\n".to_vec()].concat();
        std::fs::write(ground.user.join(".profile"), profile).unwrap();
        let output = shell.command(&ground.variables()).args(["-l", "-c", "echo here"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "past the line\nhere\n", "{name}: {output:?}");
        assert!(output.status.success(), "{name}: {output:?}");
    }
}

#[test]
fn shells_inside_shells_agree() {
    let ground = Ground::new("o'd $user", ".local/share/gvmr");
    ground.write_scripts();
    let shells = Shell::all();
    for (number, shell) in shells.iter().enumerate() {
        let read = if shell.is_fish() { "source $ROOT/env.fish" } else { ". \"$ROOT\"/env" };
        let next = shells.get(number + 1).map_or(String::new(), |next| {
            format!(
                "exec {} {} \"$ROOT\"/{}",
                next.path().unwrap().display(),
                next.arguments.join(" "),
                number + 1
            )
        });
        ground.write(&number.to_string(), format!("{read}\necho \"$PATH\"\n{next}\n").as_bytes());
    }
    let output = shells[0].command(&ground.variables()).arg(ground.home.root().join("0")).output().unwrap();
    shells[0].is_content(&output);
    let expected = format!("{}\n", ground.path()).repeat(shells.len());
    assert_eq!(said(&output), expected);
}

#[test]
fn nothing_is_left_behind() {
    let ground = Ground::new("user", ".local/share/gvmr");
    ground.write_scripts();
    for shell in Shell::all() {
        let (look, read) = if shell.is_fish() {
            ("set -n; functions -a; echo @", "source $ROOT/env.fish")
        } else if matches!(shell.name, "dash" | "busybox ash") {
            ("set; alias; trap; set +o; echo @", ". \"$ROOT\"/env")
        } else {
            ("set; alias; trap; set +o; typeset -f; echo @", ". \"$ROOT\"/env")
        };
        let script = format!("{look}\n{look}\n{read}\n{look}\n");
        let output = shell.command(&ground.variables()).args(["-c", &script]).output().unwrap();
        shell.is_content(&output);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let looks: Vec<Vec<&str>> = text.split("\n@\n").map(names).collect();
        assert_eq!(looks.len(), 4, "{}", shell.name);
        assert!(looks[0].len() > 10, "{}: {text}", shell.name);
        assert_eq!(looks[1], looks[2], "{}", shell.name);
    }
}

/// What was defined: of `NAME=value` the name, since values such as `PATH` and `RANDOM` differ.
fn names(look: &str) -> Vec<&str> {
    let lines = look.lines().map(|line| line.split_once('=').map_or(line, |(name, _)| name));
    let mut names: Vec<_> = lines.filter(|name| !["_", "KSH_MATCH"].contains(name)).collect(); // shells' own notes
    names.sort_unstable();
    names
}

#[test]
fn a_shell_without_path_keeps_the_usual_programs() {
    let ground = Ground::new("user", ".local/share/gvmr");
    ground.write_scripts();
    for shell in Shell::all() {
        let mut variables = ground.variables();
        variables.remove("PATH");
        let read = if shell.is_fish() { "source $ROOT/env.fish" } else { ". \"$ROOT\"/env" };
        let outs = shell.outs(format!("{read}\nout \"$PATH\"\n").as_bytes(), &variables);
        let path = String::from_utf8_lossy(&outs[0]);
        assert!(path.starts_with(ground.home.shims().to_str().unwrap()), "{}: {path}", shell.name);
        assert!(path.split(':').any(|element| element == "/usr/bin"), "{}: {path}", shell.name);
    }
}

/// With `nocasematch` a `case` of bash finds what its `%%` does not cut off; a loop on that would not end.
#[test]
fn bash_without_case_ends() {
    let Some(bash) = Shell::named("bash") else { return };
    let ground = Ground::new("user", ".local/share/gvmr");
    ground.write_scripts();
    let shims = ground.home.shims().display().to_string();
    let bin = format!("{}/go/bin", ground.user.display());
    let (loud, loud_bin) = (shims.to_uppercase(), bin.to_uppercase());
    let script =
        "shopt -s nocasematch extglob nullglob failglob\nPATH=$BEFORE\n. \"$ROOT\"/env\nout \"$PATH\"\n";
    for (before, after) in [
        (format!("{loud}:{loud}/:/bin:{shims}"), format!("{shims}:{loud}:{loud}/:/bin:{bin}")),
        (format!("{bin}:{loud_bin}:{bin}:/bin"), format!("{shims}:{bin}:{loud_bin}:/bin")),
        (format!("{loud_bin}:{loud_bin}:{loud_bin}/"), format!("{shims}:{loud_bin}:{loud_bin}:{loud_bin}/")),
    ] {
        let mut variables = ground.variables();
        variables.insert("BEFORE", OsString::from(&before));
        assert_eq!(os(&bash.outs(script.as_bytes(), &variables)[0]), OsStr::new(&after), "{before}");
    }
}

#[test]
fn completions_are_found_once() {
    let ground = Ground::new("us er", ".local/share/gvmr");
    ground.write_scripts();
    let completions = ground.home.root().join("completions");
    for name in ["_gvmr", "gvmr.fish"] {
        ground.write(&format!("completions/{name}"), b"");
    }
    ground.write("completions/gvmr.bash", b"_gvmr() { :; }\ncomplete -F _gvmr gvmr\n");
    let twice = [
        ("zsh", "-c", ". $ROOT/env; . $ROOT/env; print -r -- $FPATH"),
        ("zsh --emulate sh", "-c", ". \"$ROOT/env\"; . \"$ROOT/env\"; print -r -- \"$FPATH\""),
        ("fish", "-ic", "source $ROOT/env.fish; source $ROOT/env.fish; string join : -- $fish_complete_path"),
    ];
    for (name, flag, script) in twice {
        let Some(shell) = Shell::named(name) else { continue };
        let printed = said(&shell.command(&ground.variables()).args([flag, script]).output().unwrap());
        let times = printed.trim_end().split(':').filter(|element| Path::new(element) == completions).count();
        assert_eq!(times, 1, "{name}: {printed}");
    }
    let Some(bash) = Shell::named("bash") else { return };
    for (flag, expected) in [("-c", ""), ("-ic", "complete -F _gvmr gvmr\n")] {
        let script = "set -u; . \"$ROOT/env\"; complete -p gvmr 2>/dev/null; exit 0";
        let mut command = bash.command(&ground.variables());
        let output = command.args([flag, script]).output().unwrap();
        assert_eq!(said(&output), expected, "bash {flag}");
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_home_that_sessions_must_be_told_of_is_exported_where_none_is_set() {
    let ground = Ground::new("user", "else where/gvmr");
    let entry = ScriptEntry { export_home: true, ..ground.entry() };
    ground.write("env", &entry.script(&POSIX).unwrap());
    ground.write("env.fish", &entry.script(&FISH).unwrap());
    for shell in Shell::all() {
        let read = if shell.is_fish() { "source $ROOT/env.fish" } else { ". \"$ROOT\"/env" };
        let script = format!("{read}\n/usr/bin/env | /bin/grep '^GVMR_HOME='");
        let mut variables = ground.variables();
        for (set, expected) in [("", ground.home.root().to_str().unwrap()), ("/set", "/set")] {
            variables.insert("GVMR_HOME", set.into());
            let printed = said(&shell.command(&variables).args(["-c", &script]).output().unwrap());
            assert_eq!(printed, format!("GVMR_HOME={expected}\n"), "{}", shell.name);
        }
    }
}

/// Hardened machines make `PATH` readonly; an error of a special builtin would end a login there.
#[test]
fn a_readonly_path_ends_no_shell() {
    for shell in Shell::all().into_iter().filter(|shell| !shell.is_fish()) {
        let ground = Ground::new("user", ".local/share/gvmr");
        ground.write_scripts();
        let script = [b"readonly PATH\n".as_slice(), &ground.line(shell), b"echo alive\n"].concat();
        let file = ground.user.join("script");
        std::fs::write(&file, script).unwrap();
        let output = shell.command(&ground.variables()).arg(&file).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "alive\n", "{}: {output:?}", shell.name);
    }
}

/// What root wrote for every user leads to a user's own home, where there is one.
#[test]
fn the_machines_scripts_step_back_behind_a_users_own_home() {
    use std::os::unix::fs::PermissionsExt as _;
    if !rustix::process::geteuid().is_root() {
        return crate::support::skip("a home that this user cannot write to needs root");
    }
    for shell in Shell::all() {
        let own = Ground::new("user", ".local/share/gvmr");
        let machine = tempfile::tempdir().unwrap();
        let home = Home::at(machine.path());
        let entry =
            ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: true };
        let (name, bytes) = if shell.is_fish() {
            ("env.fish", entry.script(&FISH).unwrap())
        } else {
            ("env", entry.script(&POSIX).unwrap())
        };
        std::fs::write(machine.path().join(name), bytes).unwrap();
        for path in [machine.path(), own.user.parent().unwrap()] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let read = if shell.is_fish() { "source" } else { "." };
        let script = format!("{read} {}/{name}; echo \"$PATH\"", machine.path().display());
        let first = || {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(shell.path().unwrap());
            let arguments = shell.command(&own.variables());
            command.args(arguments.get_args()).arg("-c").arg(&script);
            command.env_clear().envs(own.variables()).env("PATH", "/usr/bin:/bin");
            let output = command.output().unwrap();
            let path = String::from_utf8(output.stdout).unwrap();
            path.split([':', ' ']).next().unwrap().trim().to_owned()
        };
        assert_eq!(first(), home.shims().display().to_string(), "{}", shell.name);
        let go = own.home.shims().join("go");
        std::fs::write(&go, "").unwrap();
        std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(first(), own.home.shims().display().to_string(), "{}", shell.name);
    }
}
