//! What an older build wrote is found by its marks, whatever its comments say: replaced by setup, and undone.

use super::{everything, setup, user, write};
use std::fs;

#[test]
fn files_of_an_older_build_are_replaced_and_undone() {
    let world = user();
    let home = world.path("user");
    let before = everything(&home);
    let files = [
        (
            ".config/fish/conf.d/zz-gvmr.fish",
            "# Written by gvmr setup.\nset -gx PATH /older $PATH\n# gvmr setup made 3 directories for this file\n",
        ),
        (
            ".config/environment.d/zz-gvmr.conf",
            "# Written by gvmr setup: puts the shims of gvmr first on PATH.\nPATH=/older:$PATH\n# gvmr setup made 2 directories for this file\n",
        ),
        (".bash_profile", "# >>> gvmr >>> setup made: this file\nPATH=/older:$PATH\n# <<< gvmr <<<\n"),
    ];
    let in_gvmr = [
        (
            "env",
            "# Written by gvmr setup: puts the shims of gvmr first on PATH, for sh, bash, zsh, ksh, dash and ash.\n/older\n",
        ),
        ("env.fish", "# Written by gvmr setup: puts the shims of gvmr first on PATH, for fish.\n/older\n"),
        ("completions/gvmr.bash", "# gvmr in bash\n# Put here by gvmr setup.\n/older\n"),
        ("completions/_gvmr", "#compdef gvmr\n# Put here by gvmr setup.\n/older\n"),
        ("completions/gvmr.fish", "# gvmr in fish\n# Put here by gvmr setup.\n/older\n"),
    ];
    let put = || {
        for (name, text) in &files {
            write(&home, name, text);
        }
        for (name, text) in &in_gvmr {
            write(&world.home(), name, text);
        }
    };
    put();
    let report = setup(&world, &["--yes", "--json"]).json();
    assert_eq!(report["failed"], serde_json::json!([]), "{report}");
    assert_eq!(report["scripts"]["failed"], serde_json::json!([]), "{report}");
    for (name, _) in &in_gvmr {
        let text = fs::read_to_string(world.home().join(name)).unwrap();
        assert!(text.contains("gvmr setup") && !text.contains("/older"), "{name}: {text}");
    }
    let profile = fs::read_to_string(home.join(".bash_profile")).unwrap();
    assert!(profile.contains("setup made: this file") && !profile.contains("/older"), "{profile}");
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);

    // Undone by this build without a run of its setup.
    put();
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(everything(&home), before);
    for (name, _) in &in_gvmr {
        assert!(!world.home().join(name).exists(), "{name}");
    }
}
