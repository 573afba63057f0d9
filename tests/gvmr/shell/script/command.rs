//! `gvmr env`, read by shells and by editors.

use super::shells::{Shell, os};
use crate::support::world::{Run, World, gvmr};
use gvmr::shell::quote;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

#[test]
fn eval_gives_the_path_that_the_rule_gives() {
    let world = World::new("off");
    let shims = world.home().join("shims");
    let user = world.path("user");
    let path = format!("/a b:/it's:/usr/bin:{}:/bin", shims.display());
    let expected = format!("{}:/a b:/it's:/usr/bin:/bin:{}/go/bin", shims.display(), user.display());
    for shell in Shell::all() {
        let script = if shell.is_fish() {
            "eval ($GVMR --quiet env --shell fish)\nout \"$PATH\"\n$GVMR --quiet env --shell fish | source\nout \"$PATH\"\n"
        } else {
            "eval \"$(\"$GVMR\" --quiet env)\"\nout \"$PATH\"\neval \"$(\"$GVMR\" --quiet env)\"\nout \"$PATH\"\n"
        };
        let program = gvmr();
        let variables =
            [("HOME", user.as_os_str()), ("PATH", OsStr::new(&path)), ("GVMR", program.as_os_str())]
                .map(|(name, value)| (name, value.to_owned()));
        for out in shell.outs(script.as_bytes(), &variables.into_iter().collect()) {
            assert_eq!(os(&out), OsStr::new(&expected), "{}", shell.name);
        }
    }
}

#[test]
fn a_home_of_any_bytes_comes_back() {
    let world = World::new("off");
    let user = world.path("user");
    let home = user.join(os(b"g\xffv 'mr'"));
    let output = Command::new(gvmr())
        .args(["env", "--shell", "bash"])
        .env_clear()
        .envs([("HOME", user.as_os_str()), ("PATH", OsStr::new("/usr/bin")), ("GVMR_HOME", home.as_os_str())])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let (path, bin) = (home.join("shims"), user.join("go/bin"));
    let path = [path.as_os_str(), OsStr::new("/usr/bin"), bin.as_os_str()].join(OsStr::new(":"));
    let (path, home) = (quote::posix(&path), quote::posix(home.as_os_str()));
    let expected =
        [b"export PATH=", path.as_bytes(), b";\nexport GVMR_HOME=", home.as_bytes(), b";\n"].concat();
    assert_eq!(os(&output.stdout), os(&expected));
}

#[test]
fn json_names_the_one_go_for_editors() {
    let mut world = World::new("off");
    world.set("GOBIN", "/programs");
    let shims = world.home().join("shims");
    let run = world.gvmr(["env", "--json"]);
    assert!(run.stderr.contains("gvmr install latest"), "{run:?}");
    let value = run.json();
    assert_eq!(value["go"], shims.join("go").to_str().unwrap());
    assert_eq!(value["gofmt"], shims.join("gofmt").to_str().unwrap());
    assert_eq!(value["shims"], shims.to_str().unwrap());
    assert_eq!(value["home"], world.home().to_str().unwrap());
    assert_eq!(value["path"], serde_json::json!([shims.to_str().unwrap(), "/usr/bin", "/bin", "/programs"]));
    assert_eq!(value["go_bin"], "/programs");
}

#[test]
fn before_anything_is_installed_it_says_what_to_run() {
    let world = World::new("off");
    let run = world.gvmr(["env"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("export PATH="), "{run:?}");
    assert!(!run.stdout.contains("GVMR_HOME"), "{run:?}");
    assert!(run.stderr.contains("gvmr install latest"), "{run:?}");
    assert_eq!(world.gvmr(["--quiet", "env"]).stderr, "");
}

#[test]
fn a_home_that_path_cannot_hold_is_refused() {
    let mut world = World::new("off");
    for (home, shown, what) in [("a:b", "/a:b ", "a colon"), ("a\nb", "/a\\nb ", "a line break")] {
        let home = world.path(home);
        world.set("GVMR_HOME", home.to_str().unwrap());
        for words in [&["env"][..], &["install", "1.22"], &["setup", "--yes"], &["list"], &["use", "1.22"]] {
            let refused: Run = world.gvmr(words.iter().copied());
            refused.exits(2, &[shown, what, "cannot be on PATH", "GVMR_HOME"]);
        }
        assert!(!home.exists());
    }
}
