//! Files in a pin's place that are no pins, and programs that cannot be executed.

use crate::support::{World, failed, output, ran, skip};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// What the shim says about a `.go-version` that it must not pass over: it exits 127 and names the file.
fn complaint(world: &World) -> String {
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("project/.go-version"), "{said}");
    said
}

#[test]
fn what_cannot_be_a_pin_is_an_error_and_never_passed_over() {
    let world = World::new();
    let pin = world.path("project/.go-version");
    world.installed(&["1.23.4"]).file(".go-version", "1.23.4").file("home/default", "1.23.4");

    world.directory("project/.go-version");
    assert!(complaint(&world).contains("a directory"));
    fs::remove_dir(&pin).unwrap();

    assert!(output(Command::new("mkfifo").arg(&pin)).status.success());
    assert!(complaint(&world).contains("a FIFO"));
    fs::remove_file(&pin).unwrap();

    for (target, word) in
        [("/dev/zero", "a device"), ("nothing", "does not exist"), (".go-version", "cannot be read")]
    {
        world.link("project/.go-version", target);
        assert!(complaint(&world).contains(word), "{target}");
        fs::remove_file(&pin).unwrap();
    }
    assert_eq!(world.chosen(), "1.23.4");
}

#[test]
fn what_a_pin_may_not_say() {
    let world = World::new();
    world.installed(&["1.23.4"]).file(".go-version", "1.23.4");
    for (text, word) in [
        (&b""[..], "no version found"),
        (b"# nothing\n", "no version found"),
        (b"../../x\n", ".go-version:1: \"../../x\" is not a Go version"),
        (b"\n\ngo 1.23\n", ".go-version:3: \"go 1.23\" is not a Go version"),
        (b"\x7fELF\x02\0\0\n", ".go-version:1: \"\\u{7f}ELF\\u{2}"),
    ] {
        world.file("project/.go-version", text);
        let said = complaint(&world);
        assert!(said.contains(word), "{said}");
        assert!(!said.contains(|letter: char| letter.is_control() && letter != '\n'), "{said:?}");
    }
    world.file("project/.go-version", "\n".repeat(64 * 1024 + 1));
    assert!(complaint(&world).contains("larger than 64 KiB"));
    world.file("project/.go-version", format!("{}1.23.4", "\n".repeat(64 * 1024 - 6)));
    assert_eq!(world.chosen(), "1.23.4");
    world.file("project/.go-version", "\u{feff}go1.23.4\r\n");
    assert_eq!(world.chosen(), "1.23.4");
}

#[test]
fn other_pins_are_checked_alike() {
    let world = World::new();
    world.installed(&["1.23.4"]);
    let said = failed(world.command("go").env("GVMR_VERSION", "newest"), 127);
    assert!(said.contains("GVMR_VERSION: \"newest\" is not a Go version"), "{said}");
    let not_utf8 = OsStr::from_bytes(b"1.23.4\xff");
    let said = failed(world.command("go").env("GVMR_VERSION", not_utf8), 127);
    assert!(said.contains("GVMR_VERSION: "), "{said}");
    assert!(failed(world.command("go").arg("+x"), 127).contains("\"x\" is not a Go version"));
    world.file("project/.tool-versions", "golang ref:master\n");
    assert!(failed(&mut world.command("go"), 127).contains(".tool-versions:1: \"ref:\" versions"));
    world.file("project/.tool-versions", "").file("project/mise.toml", "[tools]\n\ngo = \"{{ env.GO }}\"\n");
    assert!(failed(&mut world.command("go"), 127).contains("mise.toml:3: go is a template"));
    world.file("project/mise.toml", "").file("project/go.mod", "go 1.22\ntoolchain 1.23.4\n");
    assert!(failed(&mut world.command("go"), 127).contains("go.mod:2: invalid toolchain version \"1.23.4\""));
    world.file("project/go.mod", "\n".repeat(1024 * 1024 + 1));
    assert!(failed(&mut world.command("go"), 127).contains("larger than 1024 KiB"));
    let said = failed(world.command("go").env("GOWORK", "relative/go.work"), 127);
    assert!(said.contains("invalid GOWORK \"relative/go.work\": not an absolute path"), "{said}");
}

#[test]
fn a_pin_beyond_64_parents_is_not_searched() {
    let world = World::new();
    world
        .installed(&["1.22.1", "1.23.4"])
        .file("home/default", "1.22.1")
        .file("project/.go-version", "1.23.4");
    for (depth, expected) in [(64, "1.23.4"), (65, "1.22.1")] {
        let deep = format!("project{}", "/d".repeat(depth));
        world.directory(&deep);
        assert_eq!(ran(world.command("go").current_dir(world.path(&deep))).one("toolchain"), expected);
    }
}

#[test]
fn a_program_that_cannot_be_executed_says_why() {
    let world = World::new();
    world.installed(&["1.23.4"]).file("home/default", "1.23.4");
    let go = "home/versions/go1.23.4/bin/go";
    world.script(go, "#!/does/not/exist/sh\n");
    let said = failed(&mut world.command("go"), 126);
    assert!(said.contains("needs the loader /does/not/exist/sh, which this host lacks"), "{said}");
    world.file(go, "\0\0\0\0");
    let said = failed(&mut world.command("go"), 126);
    assert!(said.contains("cannot execute") && said.contains("gvmr doctor"), "{said}");
    fs::set_permissions(world.path(go), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(failed(&mut world.command("go"), 126).contains("ermission denied"));
    fs::remove_file(world.path(go)).unwrap();
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("does not exist") && said.contains("gvmr doctor"), "{said}");
}

/// A glibc program on a host without glibc: the file is there, and `execve` says that nothing is.
#[test]
fn a_missing_loader_is_named() {
    let world = World::new();
    world.installed(&["1.20.1"]).file("home/default", "1.20.1");
    let mut program = fs::read("/bin/true").unwrap();
    let Some(at) = program.windows(7).position(|bytes| bytes == b"/ld-lin") else {
        return skip("this machine's /bin/true names no loader");
    };
    program[at..at + 7].copy_from_slice(b"/no-lin");
    world.file("home/versions/go1.20.1/bin/go", program);
    let said = failed(&mut world.command("go"), 126);
    assert!(said.contains("the loader /lib") && said.contains("/no-lin"), "{said}");
}

#[test]
fn a_directory_that_is_gone_has_no_pins() {
    let world = World::new();
    world
        .installed(&["1.22.1", "1.23.4"])
        .file("home/default", "1.23.4")
        .file("project/.go-version", "1.22.1");
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg("/bin/mkdir gone; cd gone; /bin/rmdir ../gone; exec \"$0\"");
    shell.arg(world.path("home/shims/go")).current_dir(world.path("project")).env_clear();
    let said = String::from_utf8(output(&mut shell).stdout).unwrap(); // the shell itself complains on stderr
    assert!(said.starts_with("toolchain=1.23.4\n"), "{said}");
}
