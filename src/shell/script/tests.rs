use super::*;
use crate::shell::EditContent;
use crate::shell::language::{FISH, POSIX};
use gvmr_core::home::paths::Home;

fn text(bytes: Result<Vec<u8>, ScriptError>) -> String {
    String::from_utf8(bytes.unwrap()).unwrap()
}

#[test]
fn the_line_is_one_that_a_person_can_read() {
    let home = Home::at("/home/u/.local/share/gvmr");
    let entry = ScriptEntry {
        home: &home,
        user_home: Some(Path::new("/home/u")),
        go_bin: None,
        export_home: false,
        shared: false,
    };
    assert_eq!(
        text(entry.line(&POSIX)),
        "if [ -r \"${HOME:-/home/u}/.local/share/gvmr/env\" ]; then . \"${HOME:-/home/u}/.local/share/gvmr/env\"; fi\n"
    );
    assert_eq!(
        text(entry.line(&FISH)),
        "if test -r \"$HOME/.local/share/gvmr/env.fish\"; source \"$HOME/.local/share/gvmr/env.fish\"; end\n"
    );
    let shared = ScriptEntry { user_home: None, ..entry };
    let line = text(shared.line(&POSIX));
    assert_eq!(
        line,
        "if [ -r '/home/u/.local/share/gvmr/env' ]; then . '/home/u/.local/share/gvmr/env'; fi\n"
    );
}

#[test]
fn the_scripts_bear_the_mark_and_no_placeholder_is_left() {
    let home = Home::at("/home/u/g@home@v?mr");
    for user_home in
        [None, Some(Path::new("/home/u")), Some(Path::new("/")), Some(Path::new("/home/u/g@home@v?mr"))]
    {
        for go_bin in [None, Some(Path::new("/x")), Some(Path::new("relative")), Some(Path::new("/"))] {
            let entry = ScriptEntry { home: &home, user_home, go_bin, export_home: true, shared: false };
            for script in [text(entry.script(&POSIX)), text(entry.script(&FISH))] {
                assert!(script.lines().next().unwrap().contains(EditContent::MARK));
                assert!(script.contains("/home/u/g@home@v?mr'"), "{script}");
                let bare = script.replace("g@home@v?mr", "");
                assert!(!bare.contains("\n?"), "{script}");
                for name in ["home", "shims", "below", "misspellings", "go-bin"] {
                    assert!(!bare.contains(&format!("@{name}")), "{script}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_stand_on_path_is_refused() {
    for home in ["/home/u:v/gvmr", "/home/a\nb", "relative", ""] {
        let home = Home::at(home);
        let entry =
            ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: false };
        for refused in [entry.script(&POSIX), entry.script(&FISH), entry.line(&POSIX), entry.line(&FISH)] {
            assert!(refused.unwrap_err().to_string().contains("cannot be on PATH"), "{home:?}");
        }
    }
}
