//! `gvmr doctor --report`: broken machines, told without who and where.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const CANARY: &str = "Canary-c0ffee77";
/// What no report may have: the user, the machine, its addresses, its hosts, the secret.
const PRIVATE: [&str; 8] =
    ["joehannes", "vm7", "corp.example", "10.99.3.7", "192.168.56.9", "fd00:77::5", CANARY, "goproxy.c"];

/// A report of the user joehannes on the machine vm7.corp.example; the error code of doctor is by its findings.
fn report(world: &World, number: usize) -> String {
    let home = world.path("homes/joehannes");
    let passwd = world.path("passwd");
    fs::write(&passwd, format!("joehannes:x:0:0::{}:/bin/bash\n", home.display())).unwrap();
    let file = world.path(&format!("report{number}"));
    let mut command = Command::new("unshare");
    command.args(["--mount", "--uts", "/bin/sh", "-c"]);
    command.arg("mount --bind \"$1\" /etc/passwd && hostname vm7.corp.example && shift && exec \"$@\"");
    command.arg("sh").arg(&passwd).arg(gvmr()).args(["doctor", "--no-network", "--report"]).arg(&file);
    let inner = world.command("/bin/true".as_ref(), &home);
    command
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(&home);
    let run = Run::of(&mut command);
    assert!(matches!(run.code, Some(0 | 1)) && run.stdout.is_empty(), "{run:#?}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Run::of(&mut command);
    assert!(again.code == Some(2) && again.stderr.contains("exists"), "{again:#?}");
    fs::read_to_string(file).unwrap()
}

#[test]
fn ten_broken_machines_are_told_without_who_and_where() {
    let mirror = Mirror::small(&["1.98.1"]);
    let mut world = mirror.world();
    let home = world.path("homes/joehannes");
    fs::create_dir_all(home.join(".config/go")).unwrap();
    world.set("HOME", home.to_str().unwrap());
    world.set("USER", "joehannes");
    world.set("SHELL", "/bin/bash");
    for file in [".bashrc", ".profile"] {
        fs::copy(format!("/etc/skel/{file}"), home.join(file)).unwrap();
    }
    world.gvmr_in(&home, ["install", "1.98.1"]).succeeds();
    world.gvmr_in(&home, ["setup", "--yes"]).succeeds();
    let env_file = home.join(".config/go/env");
    let secret = format!("https://joehannes:{CANARY}@goproxy.corp.example/x");
    let broken: [(&str, String, &[(&str, &str)]); 10] = [
        ("goroot.in-env-file", format!("GOROOT={}/go", home.display()), &[]),
        ("secret.in-go-env", format!("GOPROXY={secret},off"), &[]),
        ("goenv.quoted", "GOPRIVATE=\"*.corp.example\"".to_owned(), &[]),
        ("goenv.quoted", "export GONOPROXY=vm7".to_owned(), &[("GONOSUMDB", "git.corp.example")]),
        ("gopath.unusable", format!("GOPATH={}/.bashrc/go", home.display()), &[]),
        ("goenv.stale-target", "GOOS=plan9".to_owned(), &[("HTTPS_PROXY", "http://10.99.3.7:3128")]),
        (
            "gopath.unusable",
            String::new(),
            &[("GOPATH", "joehannes/go"), ("NO_PROXY", "192.168.56.9,.corp.example")],
        ),
        (
            "cache.not-writable",
            String::new(),
            &[("GOCACHE", "vm7"), ("HTTP_PROXY", "http://[fd00:77::5]:3128")],
        ),
        ("host.tmpdir", String::new(), &[("TMPDIR", "/homes/joehannes/tmp"), ("GOPROXY", &secret)]),
        ("gvmr.rules", String::new(), &[("GVMR_AUTO_INSTALL", "vm7.corp.example")]),
    ];
    for (number, (id, text, variables)) in broken.iter().enumerate() {
        fs::write(&env_file, text).unwrap();
        for (name, value) in *variables {
            world.set(name, value);
        }
        let report = report(&world, number);
        for (name, _) in *variables {
            world.unset(name);
        }
        assert!(report.contains(&format!("\"id\": \"{id}\"")), "{id}: {report}");
        for private in PRIVATE {
            assert!(!report.contains(private), "{id} shows {private}: {report}");
        }
        assert!(!report.contains(home.to_str().unwrap()), "{report}");
        if number < 9 {
            assert!(report.contains("1.98.1") && report.contains("PATH=~/"), "{report}");
        }
    }
}

#[test]
fn a_report_goes_to_a_file_and_json_to_the_output() {
    let world = World::new("off");
    let words = ["doctor", "--no-network", "--only", "gvmr", "--report"];
    world.gvmr([&words[..], &["-"]].concat()).exits(2, &["name a file"]);
    assert!(!world.path("user/-").exists());
    let run = world.gvmr([&words[..], &["r.txt", "--json"]].concat());
    assert!(world.path("user/r.txt").exists());
    assert!(run.json()["findings"].is_array());
}
