//! Where the programs of a Go project start.

use super::go_orders::{MAIN, measured, orders, verdict, with_go};
use crate::support::skip;
use std::fs;
use std::path::Path;

const WITH_C: &str = "package main\n\n// #include <stdio.h>\n// static int one(void) { return puts(\"one\"); }\n\
                      import \"C\"\n\nfunc main() { println(C.one()) }\n";
const TARGETS: [&str; 4] = ["static", "musl", "glibc 2.2", "glibc 99.0"];

#[test]
fn programs_start_where_their_loader_and_their_glibc_are() {
    let Some(mut world) = with_go() else { return };
    if !Path::new("/usr/bin/musl-gcc").exists() || !Path::new("/usr/bin/gcc").exists() {
        return skip("no gcc, or no musl-gcc");
    }
    let project = orders(&world, &[("main.go", MAIN)]);
    let mut verdicts = |variables: &[(&str, &str)]| {
        for (name, value) in variables {
            world.set(name, value);
        }
        let told = measured(&world, &project, "go = \"artifact.runs-on\"");
        assert_eq!(told["state"], "pass", "{told:#}");
        let of_target =
            |target| verdict(&world, &project, &format!("go = \"artifact.runs-on\"\ntarget = \"{target}\""));
        (told.to_string(), TARGETS.map(of_target))
    };
    let (told, all) = verdicts(&[("CGO_ENABLED", "0")]);
    assert!(told.contains("orders: static"), "{told}");
    assert_eq!(all, ["pass"; 4]);
    // A loader, and no library: as little use on another system.
    let (told, [_, musl, _, new]) = verdicts(&[("GOFLAGS", "-buildmode=pie")]);
    assert!(told.contains("orders: /lib64/ld-linux-x86-64.so.2"), "{told}");
    assert_eq!(musl, "fail: orders asks for /lib64/ld-linux-x86-64.so.2, which musl does not have");
    assert_eq!(new, "pass");
    fs::write(project.join("main.go"), WITH_C).unwrap();
    let (told, [fixed, musl, old, new]) = verdicts(&[("CGO_ENABLED", "1"), ("GOFLAGS", "")]);
    assert!(told.contains("orders: /lib64/ld-linux-x86-64.so.2, GLIBC_2."), "{told}");
    assert_eq!(fixed, "fail: orders asks for /lib64/ld-linux-x86-64.so.2 (target: static)");
    assert_eq!(musl, "fail: orders asks for /lib64/ld-linux-x86-64.so.2, which musl does not have");
    assert!(old.starts_with("fail: orders needs GLIBC_2.") && old.ends_with("(target: glibc 2.2)"), "{old}");
    assert_eq!(new, "pass");
    let (told, [fixed, musl, _, new]) = verdicts(&[("CC", "musl-gcc")]);
    assert!(told.contains("orders: /lib/ld-musl-x86_64.so.1"), "{told}");
    assert_eq!(fixed, "fail: orders asks for /lib/ld-musl-x86_64.so.1 (target: static)");
    assert_eq!(musl, "pass");
    assert_eq!(new, "fail: orders asks for /lib/ld-musl-x86_64.so.1, which glibc does not have");
    let (told, all) = verdicts(&[("GOFLAGS", "'-ldflags=-linkmode=external -extldflags=-static'")]);
    assert!(told.contains("orders: static"), "{told}");
    assert_eq!(all, ["pass"; 4]);
    // No Go, no project, and not Go's at all.
    let elsewhere = world.project("elsewhere", &[]);
    world.set("PATH", "/usr/bin:/bin");
    let env =
        verdict(&world, &elsewhere, "go = \"artifact.runs-on\"\npath = \"/usr/bin/env\"\ntarget = \"musl\"");
    assert!(
        env.starts_with("fail: /usr/bin/env asks for ") && env.ends_with("which musl does not have"),
        "{env}"
    );
    let script = verdict(&world, &elsewhere, "go = \"artifact.runs-on\"\npath = \"gvmr-check.toml\"");
    assert_eq!(script, "error: gvmr-check.toml: not a program of Linux (ELF)");
}
