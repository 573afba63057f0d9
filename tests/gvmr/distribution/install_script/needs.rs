//! What a machine lacks is named, with what to do, before anything is downloaded.

use super::forged::{Release, VERSION};
use super::machine::Machine;

#[test]
fn a_missing_tool_is_named_with_the_command_that_installs_it() {
    for (tool, says) in [
        ("tar", "tar is missing; run: apt-get install tar"),
        ("gzip", "gzip is missing; run: apt-get install gzip"),
        ("sha256sum", "busybox is missing; run: apt-get install busybox"),
    ] {
        let mut machine = Machine::bare(&[("curl", "curl")]);
        machine.tool("id", "echo 1000");
        machine.release(&Release::of(VERSION));
        machine.without(tool);
        machine.install(&[]).exits(1, &[says, "nothing was installed"]);
        assert!(!machine.bin().exists());
    }
    let mut machine = Machine::bare(&[]);
    machine.tool("id", "echo 1000");
    machine.world.set("GVMR_DIST", "http://127.0.0.1/");
    machine.install(&[]).exits(1, &["curl and wget are missing; run: apt-get install curl"]);
}

#[test]
fn each_program_that_computes_sha256_will_do() {
    for (name, program) in [("shasum", "shasum"), ("openssl", "openssl"), ("busybox", "busybox")] {
        if !super::machine::is_there(program) {
            crate::support::skip(&format!("{program} is not installed"));
            continue;
        }
        let mut machine = Machine::bare(&[(name, program), ("perl", "perl")]);
        machine.tool("id", "echo 1000");
        machine.without("sha256sum");
        machine.release(&Release::of(VERSION));
        machine.install(&[]).succeeds();
        machine.has(VERSION);
        machine.release(&Release { sum: Some("0".repeat(64)), ..Release::of("1.2.4") });
        machine.install(&[]).exits(1, &["wrong sha256"]);
        machine.has(VERSION);
    }
}

#[test]
fn another_machine_is_named_with_what_to_do() {
    let other = "case $1 in -s) echo Linux ;; *) echo";
    let rows = [
        (format!("{other} i686 ;; esac"), "no binary for Linux on i686"),
        (format!("{other} armv7l ;; esac"), "no binary for Linux on armv7l"),
        ("case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac".to_owned(), "no binary for Darwin on aarch64"),
    ];
    for (uname, says) in rows {
        let mut machine = Machine::new();
        machine.release(&Release::of(VERSION));
        machine.tool("uname", &uname);
        machine
            .install(&[])
            .exits(1, &[says, "build gvmr from source: https://github.com/gvmr/gvmr#from-source"]);
        assert!(!machine.bin().exists());
    }
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    machine.tool("head", "printf '\\177ELF\\001'"); // the start of a 32-bit /bin/sh
    machine.install(&[]).exits(1, &[&format!("{} with 32-bit programs", std::env::consts::ARCH)]);
}

#[test]
fn other_names_of_an_architecture_are_known() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    let name = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    machine.tool("uname", &format!("case $1 in -s) echo Linux ;; *) echo {name} ;; esac"));
    machine.install(&[]).succeeds();
    machine.has(VERSION);
}
