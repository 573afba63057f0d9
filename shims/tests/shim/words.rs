//! What may ask for a Go besides a plain version: words, ranges, fallbacks, and the files of mise and asdf.

use crate::support::{World, failed, ran};

#[test]
fn a_version_word_means_the_same_wherever_it_is_written() {
    let world = World::new();
    world
        .installed(&["1.20", "1.20.14", "1.22.3", "1.22.12", "1.26.1", "1.27.1"])
        .goroot("outside", "1.18.1");
    let outside = world.path("outside/bin");
    let go = |word: Option<&str>, variable: Option<&str>| {
        let mut command = world.command("go");
        command.env("PATH", &outside).args(word.map(|word| format!("+{word}")));
        ran(command.envs(variable.map(|word| ("GVMR_VERSION", word)))).one("toolchain")
    };
    for (word, expected) in [
        ("latest", "1.27.1"),
        ("stable", "1.27.1"),
        ("oldstable", "1.26.1"),
        ("1.22.x", "1.22.12"),
        ("1.22.*", "1.22.12"),
        ("1.x", "1.27.1"),
        ("v1.22.3", "1.22.3"),
        (">=1.21 <1.24", "1.22.12"),
        (">=1.21, <1.24", "1.22.12"),
        ("~1.20", "1.20.14"),
        ("1.20", "1.20.14"),
        ("1.20.0", "1.20"),
        ("system", "1.18.1"),
    ] {
        world.file("project/.go-version", format!("{word}\n"));
        assert_eq!(go(None, None), expected, ".go-version {word}");
        world.file("project/.go-version", "1.26.1\n");
        assert_eq!(go(Some(word), None), expected, "+{word}");
        assert_eq!(go(None, Some(word)), expected, "GVMR_VERSION={word}");
    }
    for word in ["1.21,1.22", "ref:master", "path:/opt/go", "newest", "1.2x"] {
        world.file("project/.go-version", format!("{word}\n"));
        let said = failed(&mut world.command("go"), 127);
        assert!(said.contains(".go-version:1: ") && said.contains(word.split(':').next().unwrap()), "{said}");
    }
}

#[test]
fn a_missing_version_is_named_by_a_command_that_helps() {
    let world = World::new();
    world.installed(&["1.19.13", "1.20.14"]);
    for (pin, command) in [
        ("1.19.0", "gvmr install 1.19.0"),
        ("1.20.0", "gvmr install 1.20.0"),
        ("oldstable", "gvmr install oldstable"),
        ("1.22.x", "gvmr install 1.22"),
        ("~1.22", "gvmr install '~1.22'"),
    ] {
        world.file("project/.go-version", pin);
        if pin == "oldstable" {
            continue; // 1.19.13 is one
        }
        let said = failed(&mut world.command("go"), 127);
        assert!(said.contains(&format!("run: {command}\n")), "{said}");
    }
}

#[test]
fn tool_versions_names_fallbacks_in_order() {
    let world = World::new();
    world.installed(&["1.21.1", "1.22.12"]).goroot("outside", "1.18.1");
    for (line, expected) in [
        ("golang 1.99.1 1.22.12", "1.22.12"),
        ("golang 1.22 1.21", "1.22.12"),
        ("golang 1.99.1 system", "1.18.1"),
        ("golang latest", "1.22.12"),
        ("golang latest:1.21", "1.21.1"),
        ("golang prefix:1.22", "1.22.12"),
    ] {
        world.file("project/.tool-versions", line);
        let said = ran(world.command("go").env("PATH", world.path("outside/bin")));
        assert_eq!(said.one("toolchain"), expected, "{line}");
    }
    world.file("project/.tool-versions", "golang 1.99.1 1.98\n");
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("\"1.99.1\"") && said.contains("gvmr install 1.99.1"), "{said}");
}

#[test]
fn mise_toml_counts_beside_tool_versions() {
    let world = World::new();
    world.installed(&["1.20.1", "1.21.1", "1.22.12", "1.23.1"]).directory("project/.git");
    let expect = |expected: &str, what: &str| assert_eq!(world.chosen(), expected, "{what}");
    world.file("project/.tool-versions", "golang 1.20.1");
    expect("1.20.1", ".tool-versions");
    world.file("project/.config/mise.toml", "[tools]\ngo = [\"1.99\", \"1.21\"]\n");
    expect("1.21.1", ".config/mise.toml and its fallback");
    world.file("project/.mise.toml", "[tools]\ngo = { version = \"1.22\" }\n");
    expect("1.22.12", ".mise.toml");
    world.file("project/mise.toml", "[tools]\nnode = \"20\"\n");
    expect("1.22.12", "a mise.toml without a Go");
    world.file("project/mise.local.toml", "[tools]\n\"go\" = 'latest'\n");
    expect("1.23.1", "mise.local.toml");
    world.file("project/.go-version", "1.20.1");
    expect("1.20.1", ".go-version comes first in one directory");
}

#[test]
fn a_file_of_another_tool_counts_inside_the_project_and_behind_go_mod_above_it() {
    let world = World::new();
    world.installed(&["1.20.1", "1.21.1", "1.22.1", "1.23.1"]).file("home/default", "1.23.1");
    world.file(".tool-versions", "golang 1.20.1").directory("project/deep/er");
    let in_directory = |name: &str| ran(world.command("go").current_dir(world.path(name))).one("toolchain");

    assert_eq!(in_directory("project/deep"), "1.20.1", "no go.mod: the one above counts");
    world.file("project/go.mod", "go 1.22\n");
    assert_eq!(in_directory("project/deep"), "1.23.1", "go.mod comes before one above the project");
    world.file("project/mise.toml", "[tools]\ngo = \"1.21\"\n");
    assert_eq!(in_directory("project/deep"), "1.21.1", "inside the project it is a choice");
    world.file("project/deep/.go-version", "1.22.1");
    assert_eq!(in_directory("project/deep/er"), "1.22.1", "the nearest directory comes first");
    world.file("project/deep/er/.tool-versions", "golang 1.20.1\n");
    assert_eq!(in_directory("project/deep/er"), "1.20.1", "whatever the file is called");
    world.directory("project/deep/er/.git").file("project/deep/er/go.mod", "go 1.22\n");
    world.file("project/deep/er/.tool-versions", "nodejs 20\n");
    assert_eq!(
        in_directory("project/deep/er"),
        "1.22.1",
        "and .go-version counts across repositories, as ever"
    );
}

#[test]
fn a_mistake_above_the_project_stops_nothing_below_it() {
    let world = World::new();
    world.installed(&["1.22.1"]).file("home/default", "1.22.1").file("project/go.mod", "go 1.22\n");
    world.file("mise.toml", "[tools]\ngo = \"{{ x }}\"\n");
    assert_eq!(world.chosen(), "1.22.1");
    std::fs::remove_file(world.path("project/go.mod")).unwrap();
    assert!(failed(&mut world.command("go"), 127).contains("mise.toml:2: go is a template"));
}

#[test]
fn a_default_in_words_moves_with_what_is_installed() {
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]);
    for (default, expected) in
        [("1\nlatest\n", "1.23.1"), ("1.22.1\noldstable\n", "1.22.1"), ("1.21.9\n~1.22\n", "1.22.1")]
    {
        world.file("home/default", default);
        assert_eq!(world.chosen(), expected, "{default:?}");
    }
    world.file("home/default", "1\nlatest\n").installed(&["1.24.1"]);
    assert_eq!(world.chosen(), "1.24.1");
}
