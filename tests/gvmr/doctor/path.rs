//! What start-up files do to PATH, in each shell.

use super::user_of::{Case, Spoil, UserOf};
use crate::support::mirror::Mirror;
use crate::support::skip;
use serde_json::json;

const fn case(
    file: &'static str,
    spoil: Spoil,
    found: &'static [(&'static str, &'static str, &'static str)],
    mended: bool,
) -> Case {
    Case { file, spoil, found, mended }
}

/// A line, what it is found to be, and whether `--fix` mends it.
type Line = (&'static str, &'static [(&'static str, &'static str, &'static str)], bool);

/// Lines at the end of `.profile`, below gvmr's own, in all shells like sh.
const PROFILE: &[Line] = &[
    ("PATH=/usr/bin:/bin\n", &[("path.overwritten", ".profile", "PATH=/usr/bin:/bin")], true),
    (
        "export PATH=\"$HOME/bin:/usr/bin\"\n",
        &[("path.overwritten", ".profile", "export PATH=\"$HOME/bin:/usr/bin\"")],
        true,
    ),
    ("PATH=$(echo /usr/bin:/bin)\n", &[("path.overwritten", ".profile", "PATH=$(echo /usr/bin:/bin)")], true),
    (
        "PATH=\"$HOME/old/bin:$PATH\"\n",
        &[("path.shim-not-first", ".profile", "PATH=\"$HOME/old/bin:$PATH\"")],
        true,
    ),
    ("OLD=$PATH; PATH=$OLD:/opt\n", &[], false),
    ("PATH=$PATH:$HOME/old/bin:/nonexistent/:\n", &[], false),
    ("PATH=\"$PATH:~/old/bin\"\n", &[], false),
];

fn profile(lines: &'static [Line], mends: bool) -> Vec<Case> {
    lines
        .iter()
        .map(|(line, found, mended)| case(".profile", Spoil::Append(line), found, *mended && mends))
        .collect()
}

#[test]
fn lines_that_take_the_shim_off_path_or_put_another_go_first_are_named_in_each_shell() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["/bin/bash", "/bin/dash", "/usr/bin/ksh93", "/usr/bin/mksh", "/usr/bin/busybox"] {
        let Some(user) = UserOf::set_up(shell, &mirror) else { continue };
        user.another_go("old/bin");
        // The others read it as dash does.
        let lines = if shell.ends_with("bash") || shell.ends_with("dash") { PROFILE } else { &PROFILE[2..5] };
        user.has(&profile(lines, shell == "/bin/bash"));
    }
}

#[test]
fn so_are_those_of_zsh_and_fish() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/usr/bin/zsh", &mirror) else { return skip("zsh and root") };
    user.another_go("old/bin");
    user.has(&[
        case(
            ".zshrc",
            Spoil::Write("# mine\nPATH=/usr/bin:/bin\n"),
            &[("path.overwritten", ".zshrc", "PATH=/usr/bin:/bin")],
            true,
        ),
        case(
            ".zshrc",
            Spoil::Write("path=(/usr/bin /bin)\n"),
            &[("path.overwritten", ".zshrc", "path=(/usr/bin /bin)")],
            true,
        ),
        case(
            ".zprofile",
            Spoil::Write("path=(~/old/bin $path)\n"),
            &[("path.shim-not-first", ".zprofile", "path=(~/old/bin $path)")],
            true,
        ),
        case(".zshrc", Spoil::Write("path+=(~/old/bin)\n"), &[], false),
    ]);
    let Some(user) = UserOf::set_up("/usr/bin/fish", &mirror) else { return skip("fish") };
    user.another_go("old/bin");
    let config = ".config/fish/config.fish";
    user.has(&[
        case(
            config,
            Spoil::Write("# mine\nset -gx PATH /usr/bin /bin\n"),
            &[("path.overwritten", ".config/fish/config.fish", "set -gx PATH /usr/bin /bin")],
            true,
        ),
        case(
            config,
            Spoil::Write("fish_add_path -P ~/old/bin\n"),
            &[("path.shim-not-first", ".config/fish/config.fish", "fish_add_path -P ~/old/bin")],
            true,
        ),
        case(config, Spoil::Write("set -gx PATH $PATH ~/old/bin\n"), &[], false),
    ]);
}

#[test]
fn a_line_in_a_file_that_another_one_reads_is_named_with_its_sessions() {
    let mirror = Mirror::small(&["1.98.1"]);
    for shell in ["bash", "dash", "ksh93", "mksh"] {
        let Some(user) = UserOf::set_up(&format!("/usr/bin/{shell}"), &mirror) else { continue };
        user.write("more.sh", "A=1\nPATH=/usr/bin:/bin; B=2\nC=3\n");
        user.write(
            ".profile",
            format!("{}. \"$HOME/more.sh\"\nD=4\n", std::fs::read_to_string(user.path(".profile")).unwrap()),
        );
        assert_eq!(user.found(), ["path.overwritten ~/more.sh:2"], "{shell}");
        // ksh and mksh read one more file in a terminal, and it has gvmr's lines.
        let expected = match shell {
            "ksh93" => vec!["ksh login command".to_owned()],
            "mksh" => vec!["mksh login command".to_owned()],
            shell => vec![format!("{shell} login"), format!("{shell} login command")],
        };
        assert_eq!(user.first()["sessions"], json!(expected));
        let first = user.first();
        assert!(first["where"][0]["text_redacted"].is_null(), "it sets more than PATH: {first:#}");
    }
}

/// What hides a go where gvmr is not set up.
const WITHOUT: &[Line] = &[
    (
        "PATH=\"$HOME/old/bin:$PATH\"\nPATH=/usr/bin:/bin\n",
        &[("path.overwritten", ".profile", "PATH=/usr/bin:/bin")],
        false,
    ),
    (
        "export PATH=\"~/old/bin:$PATH\"\n",
        &[("path.unexpanded", ".profile", "export PATH=\"~/old/bin:$PATH\"")],
        false,
    ),
    (
        "export PATH='$HOME/old/bin:/usr/bin:/bin'\n",
        &[("path.unexpanded", ".profile", "export PATH='$HOME/old/bin:/usr/bin:/bin'")],
        false,
    ),
    ("export PATH=\"~/nothing:$PATH\"\n", &[], false),
    (
        "PATH=$PATH:$HOME/old/bin/go\n",
        &[("path.bad-entry", ".profile", "PATH=$PATH:$HOME/old/bin/go")],
        false,
    ),
    (
        "PATH=\"$PATH:$HOME/old/bin;/opt\"\n",
        &[("path.bad-entry", ".profile", "PATH=\"$PATH:$HOME/old/bin;/opt\"")],
        false,
    ),
    ("PATH=\"$HOME/bin\"\n", &[("path.overwritten", ".profile", "PATH=\"$HOME/bin\"")], true),
];

#[test]
fn without_setup_a_go_that_cannot_be_reached_is_named() {
    for shell in ["/bin/bash", "/bin/dash"] {
        let Some(user) = UserOf::new(shell, None) else { continue };
        user.another_go("old/bin");
        user.has(&profile(WITHOUT, shell == "/bin/bash"));
    }
}

#[test]
fn an_alias_and_a_function_called_go_are_named_and_their_like_is_not() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    user.another_go("old/bin");
    user.has(&[
        case(
            ".bashrc",
            Spoil::Append("alias go=~/old/bin/go\n"),
            &[("path.alias", ".bashrc", "alias go=~/old/bin/go")],
            true,
        ),
        case(
            ".bashrc",
            Spoil::Append("alias ll='ls -l' go=/opt/go\n"),
            &[("path.alias", ".bashrc", "alias ll='ls -l' go=/opt/go")],
            false,
        ),
        case(
            ".bashrc",
            Spoil::Append("for name in go gofmt; do\n  alias $name=/opt/$name\ndone\n"),
            &[("path.alias", ".bashrc", "alias $name=/opt/$name")],
            false,
        ),
        case(
            ".bashrc",
            Spoil::Append("eval \"alias go='/opt/go run'\"\n"),
            &[("path.alias", ".bashrc", "eval \"alias go='/opt/go run'\"")],
            false,
        ),
        case(
            ".bashrc",
            Spoil::Append("go() { echo no; }\n"),
            &[("path.alias", ".bashrc", "go() { echo no; }")],
            false,
        ),
        case(".bashrc", Spoil::Append("alias gor='go run'\n_go() { :; }\ncomplete -F _go go\n"), &[], false),
        case(".bashrc", Spoil::Append("alias go='CGO_ENABLED=0 go'\n"), &[], false),
        case(".bashrc", Spoil::Append("alias go='grc go'\n"), &[], false),
        case(".bashrc", Spoil::Append("go() { echo \"$1\" >/dev/null; command go \"$@\"; }\n"), &[], false),
        case(
            ".bashrc",
            Spoil::Append("alias go='grc /opt/go'\n"),
            &[("path.alias", ".bashrc", "alias go='grc /opt/go'")],
            true,
        ),
        case(".bashrc", Spoil::Append("alias go=~/.local/share/gvmr/shims/go\n"), &[], false),
    ]);
    let Some(user) = UserOf::set_up("/usr/bin/zsh", &mirror) else { return skip("zsh") };
    user.has(&[
        case(
            ".zshrc",
            Spoil::Write("alias go=/opt/go\n"),
            &[("path.alias", ".zshrc", "alias go=/opt/go")],
            true,
        ),
        case(
            ".zshrc",
            Spoil::Write("alias -g go=/opt/go\n"),
            &[("path.alias", ".zshrc", "alias -g go=/opt/go")],
            true,
        ),
    ]);
    let Some(user) = UserOf::set_up("/usr/bin/fish", &mirror) else { return skip("fish") };
    let config = ".config/fish/config.fish";
    user.has(&[
        case(
            config,
            Spoil::Write("alias go=/opt/go\n"),
            &[("path.alias", ".config/fish/config.fish", "alias go=/opt/go")],
            true,
        ),
        case(
            config,
            Spoil::Write("function go\n  /opt/go $argv\nend\n"),
            &[("path.alias", ".config/fish/config.fish", "function go")],
            false,
        ),
    ]);
}
