//! Whatever the files of a machine hold, looking at it ends and every version gets a verdict.

use super::fake_root::{AMD64, Machine, elf};
use super::{verdict, version};
use proptest::prelude::*;

const FILES: [&str; 12] = [
    "/bin/sh",
    "/lib64/ld-linux-x86-64.so.2",
    "/lib64/libc.so.6",
    "/lib/ld-musl-x86_64.so.1",
    "/etc/ld.so.conf",
    "/etc/ld-musl-x86_64.path",
    "/proc/cpuinfo",
    "/proc/config.gz",
    "/proc/self/mountinfo",
    "/proc/self/cgroup",
    "/proc/self/limits",
    "/proc/self/status",
];

fn content() -> impl Strategy<Value = Vec<u8>> {
    let whole = elf(AMD64, Some("/lib64/ld-linux-x86-64.so.2"), b"GLIBC_PRIVATE\0musl libc\0GNU C Library");
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let text = "(include |/lib:|Seccomp:|flags : |Max processes |0::/|1 2 3 / / - cgroup2 a )?.{0,60}\n";
    prop_oneof![
        bytes,
        text.prop_map(String::into_bytes),
        (0..=whole.len(), any::<prop::sample::Index>(), any::<u8>()).prop_map(move |(cut, at, byte)| {
            let mut file = whole.clone();
            *at.get_mut(&mut file) = byte;
            file.truncate(cut);
            file
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_machine_makes_it_panic(files in prop::collection::vec(content(), FILES.len()), release in ".{0,20}") {
        let machine = Machine::new(&release, "x86_64");
        let machine = FILES.iter().zip(&files).fold(machine, |machine, (path, bytes)| machine.bytes(path, bytes));
        let host = machine.host();
        for text in ["1", "1.4.3", "1.20.14", "1.22.0", "1.99999999999999999999"] {
            let _ = verdict(&host, text);
        }
        prop_assert!(!host.facts().is_empty());
        let _ = host.nearest(&version("1.19"), &[version("1.21.0")]);
    }
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let fifo = |path: &str| {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    for path in FILES {
        fifo(path.strip_prefix('/').unwrap());
    }
    let host = gvmr::host::Host::look_below(directory.path(), Machine::new("6.1.0", "x86_64").asked);
    assert!(host.facts().iter().any(|fact| fact.name == "kernel"));
}
