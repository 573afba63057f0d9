//! Elements of PATH that programs cannot look into, and lines that come to light by a mend.

use super::user_of::UserOf;
use crate::support::mirror::Mirror;
use crate::support::skip;
use serde_json::json;
use std::fs;

/// What is found first, whether `--fix` mends it, and what the file is then.
fn is_mended(user: &UserOf, file: &str, line: &str, id: &str, expected: &str) {
    user.write(file, format!("{line}\n"));
    let first = user.first();
    assert_eq!((&first["id"], &first["fix"]["automatic"]), (&json!(id), &json!(true)), "{line}: {first:#}");
    user.gvmr(&["doctor", "--fix", "--yes"]);
    assert_eq!(fs::read_to_string(user.path(file)).unwrap(), format!("{expected}\n"));
    assert!(!user.found().iter().any(|found| found.starts_with(id)), "{line}");
}

#[test]
fn a_quoted_element_is_one_finding_at_its_line_and_mended() {
    let Some(user) = UserOf::new("/bin/bash", None) else { return skip("bash and root") };
    user.another_go("old/bin");
    let profile = fs::read_to_string(user.path(".profile")).unwrap();
    // The stock ~/.bashrc behind it takes what programs print with `eval`.
    user.write(".profile", format!("PATH='$HOME/old/bin':$PATH\n{profile}"));
    assert_eq!(user.found(), ["path.unexpanded ~/.profile:1"]);
    let first = user.first();
    assert_eq!(first["why"], "no shell and no program finds go there", "{first:#}");
    let report = user.gvmr(&["doctor", "--json"]).stdout;
    assert!(!report.contains("there is no Go here yet"), "{report}");
    assert_eq!(user.first()["sessions"], json!(["bash login", "bash login command"]));
    for (line, expected) in [
        ("PATH='$HOME/old/bin':$PATH", "PATH=\"$HOME/old/bin\":$PATH"),
        ("PATH=$PATH:\"~/old/bin\"", "PATH=$PATH:\"$HOME/old/bin\""),
        ("PATH=\"$PATH:~/old/bin\"; A=1", "PATH=\"$PATH:$HOME/old/bin\"; A=1"),
    ] {
        is_mended(&user, ".profile", line, "path.unexpanded", expected);
    }
    user.write(".profile", &profile);
    let bashrc = fs::read_to_string(user.path(".bashrc")).unwrap();
    user.write(".bashrc", format!("PATH=\"$PATH:$HOME/old/bin/go\"\n{bashrc}"));
    assert_eq!(user.found(), ["path.bad-entry ~/.bashrc:1"]);
    let all = ["bash login", "bash login command", "bash new terminal", "bash ssh command"];
    assert_eq!(user.first()["sessions"], json!(all));
}

#[test]
fn so_is_one_of_zsh_and_fish() {
    let Some(user) = UserOf::new("/usr/bin/zsh", None) else { return skip("zsh and root") };
    user.another_go("old/bin");
    for (line, id, expected) in [
        ("path+=(~/old/bin/go)", "path.bad-entry", "path+=(~/old/bin)"),
        ("path=($path '~/old/bin')", "path.unexpanded", "path=($path \"$HOME/old/bin\")"),
        ("PATH+=\":~/old/bin\"", "path.unexpanded", "PATH+=\":$HOME/old/bin\""),
    ] {
        is_mended(&user, ".zshenv", line, id, expected);
    }
    let Some(user) = UserOf::new("/usr/bin/fish", None) else { return skip("fish") };
    user.another_go("old/bin");
    let expected = "set -gx PATH \"$HOME/old/bin\" $PATH";
    let line = "set -gx PATH \"~/old/bin\" $PATH";
    is_mended(&user, ".config/fish/config.fish", line, "path.unexpanded", expected);
}

#[test]
fn one_run_mends_what_comes_to_light_by_a_mend() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.another_go("old/bin");
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    let last = text.lines().count();
    // At the prompt bash runs that go, and env(1) the shim.
    user.write(".profile", format!("{text}export PATH=\"~/old/bin:$PATH\"\n"));
    assert_eq!(user.found(), [format!("path.unexpanded ~/.profile:{}", last + 1)]);
    user.is_mended_and_comes_back();
    user.write(".profile", format!("{text}export PATH='$HOME/old/bin':$PATH\n"));
    assert_eq!(user.found(), [""; 0], "bash expands no $ there");
    user.write(".profile", format!("{text}export GOROOT=$HOME/old\nPATH=$GOROOT/bin:$PATH\n"));
    assert_eq!(user.found()[0], format!("path.shim-not-first ~/.profile:{}", last + 2));
    user.is_mended_and_comes_back();
    // What was between it and the rest stays where it was.
    user.write(".profile", format!("{text}export GOROOT=$HOME/old\nPATH=$HOME/bin:$PATH:$GOROOT/bin\n"));
    assert_eq!(user.found(), [format!("goroot.exported ~/.profile:{}", last + 1)]);
    user.gvmr(&["doctor", "--fix", "--yes"]).succeeds();
    let mended = fs::read_to_string(user.path(".profile")).unwrap();
    assert!(mended.ends_with("export GOROOT=$HOME/old\nPATH=$HOME/bin:$PATH\n"), "{mended}");
    // Another use may need it.
    user.write(".profile", format!("{text}export GOROOT=$HOME/old\nls \"$GOROOT\" >/dev/null\n"));
    assert_eq!(user.first()["fix"]["automatic"], json!(false));
}

#[test]
fn what_eval_reads_stands_at_the_line_of_the_eval() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["/bin/bash", "/bin/dash", "/usr/bin/ksh93", "/usr/bin/mksh", "/usr/bin/zsh"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        user.another_go("old/bin");
        user.write("tool", "printf 'A=1\\nB=2\\nexport PATH=%s/old/bin:$PATH' \"$HOME\"\n");
        let file = if shell.ends_with("zsh") { ".zshrc" } else { ".profile" };
        let text = fs::read_to_string(user.path(file)).unwrap_or_default();
        user.write(file, format!("{text}eval \"$(sh ~/tool)\"\n"));
        let expected = format!("path.shim-not-first ~/{file}:{}", text.lines().count() + 1);
        assert_eq!(user.found(), [expected], "{shell}");
    }
}

#[test]
fn a_program_that_a_start_up_file_leaves_running_costs_no_time() {
    let Some(user) = UserOf::new("/bin/bash", None) else { return skip("bash and root") };
    user.another_go("old/bin");
    user.write("agent", "sleep 30 </dev/null >/dev/null 2>&1 &\n");
    user.write(".profile", "sh ~/agent\nPATH=\"$PATH:~/old/bin\"\n");
    let before = std::time::Instant::now();
    assert_eq!(user.found(), ["path.unexpanded ~/.profile:2"]);
    assert!(before.elapsed().as_secs() < 4, "{:?}", before.elapsed());
}

#[test]
fn a_line_below_debians_stock_lines_for_mksh_is_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/usr/bin/mksh", &mirror) else { return skip("mksh and root") };
    let Ok(stock) = fs::read_to_string("/etc/skel/.mkshrc") else { return skip("Debian's mksh") };
    user.write(".mkshrc", stock);
    user.gvmr(&["setup", "--yes"]).succeeds();
    assert_eq!(user.found(), [""; 0]);
    let text = fs::read_to_string(user.path(".mkshrc")).unwrap();
    let line = text.lines().count() + 1;
    for (last, id) in [("PATH=/usr/bin:/bin", "path.overwritten"), ("exec cat", "rc.stops-early")] {
        user.write(".mkshrc", format!("{text}{last}\n"));
        assert_eq!(user.found(), [format!("{id} ~/.mkshrc:{line}")]);
        assert_eq!(user.first()["sessions"], json!(["mksh login", "mksh new terminal"]));
    }
}
