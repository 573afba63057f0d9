//! What a machine's own files do to its users: `/etc/environment` and `/etc/profile.d`; and a machine that root has set up.

use super::findings_of;
use crate::shell::system::sandbox::{GVMR, Machine};
use crate::support::world::Run;

const CANARY: &str = "Canary-3b90e2";
const DOCTOR: [&str; 4] = [GVMR, "doctor", "--json", "--no-network"];
const NONE: [&str; 0] = [];

/// A machine on which alice may start gvmr and has the files of `/etc/skel`.
fn machine() -> Option<Machine> {
    let machine = Machine::new()?;
    machine.run("chmod", &["-R", "a+rX", "/opt/build"]).succeeds();
    machine.run("cp", &["-a", "/etc/skel/.", "/home/alice/"]).succeeds();
    machine.run("chown", &["-R", "4001:4001", "/home/alice"]).succeeds();
    Some(machine)
}

/// The same with a go of alice's own below her home.
fn with_own_go() -> Option<Machine> {
    let machine = machine()?;
    let make = "mkdir -p go/bin && printf '#!/bin/sh\\necho hers\\n' > go/bin/go && chmod 755 go/bin/go";
    machine.as_alice(&["sh", "-c", &format!("cd && {make}")]).succeeds();
    Some(machine)
}

/// What alice's doctor finds, and that she sees no secret there.
#[track_caller]
fn alice(machine: &Machine) -> Vec<String> {
    let run = machine.as_alice(&DOCTOR);
    assert!(!format!("{run:?}").contains(CANARY), "{run:#?}");
    findings_of("/home/alice", &run)
}

/// What a command gets that `su` starts, whose PATH PAM reads from `/etc/environment`.
fn by_su(machine: &Machine, command: &str) -> Run {
    machine.run("su", &["alice", "-c", command])
}

#[test]
fn a_path_of_the_machine_without_its_programs_is_named_and_ubuntus_is_not() {
    let Some(machine) = machine() else { return };
    assert_eq!(alice(&machine), NONE);
    for (text, line) in [
        ("PATH=\"/opt/tools/bin\"\n", 1),
        ("# mine\nLANG=C.UTF-8\nPATH=/opt/tools/bin:/usr/local/bin # the tools\n", 3),
        ("PATH=/usr/bin:/bin\nexport PATH='/opt/tools'\n", 2),
    ] {
        machine.write("etc/environment", text, 0o644);
        let before = machine.everything();
        assert_ne!(by_su(&machine, "ls /").code, Some(0), "{text}");
        assert_eq!(alice(&machine), [format!("path.overwritten /etc/environment:{line}")], "{text}");
        // It is not a user's to change, and no root's without a look.
        machine.as_alice(&[GVMR, "doctor", "--no-network", "--fix", "--yes"]).exits(1, &[]);
        machine.run(GVMR, &["doctor", "--no-network", "--fix", "--yes"]).exits(1, &[]);
        assert!(machine.everything() == before, "{text}");
    }
    for whole in [
        "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin\"\n",
        "PATH=/usr/local/bin:/usr/bin\n",
        "#PATH=/opt/tools\nOLDPATH=/opt\n",
        "",
    ] {
        machine.write("etc/environment", whole, 0o644);
        by_su(&machine, "ls /").succeeds();
        assert_eq!(alice(&machine), NONE, "{whole}");
    }
}

#[test]
fn a_path_that_pam_does_not_expand_is_named_where_a_go_is_meant() {
    let Some(machine) = with_own_go() else { return };
    for path in
        ["$HOME/go/bin:/usr/bin:/bin", "\"~/go/bin:/usr/local/bin:/usr/bin:/bin\"", "/usr/bin:${HOME}/go/bin"]
    {
        machine.write("etc/environment", &format!("LANG=C.UTF-8\nPATH={path}\n"), 0o644);
        assert_ne!(by_su(&machine, "env go version").code, Some(0), "{path}");
        assert_eq!(alice(&machine), ["path.unexpanded /etc/environment:2"], "{path}");
    }
    for path in [
        "/home/alice/go/bin:/usr/bin:/bin",
        "$HOME/bin:/usr/bin:/bin",
        "/home/alice/go/bin:~/go/bin:/usr/bin",
    ] {
        machine.write("etc/environment", &format!("PATH={path}\n"), 0o644);
        assert_eq!(by_su(&machine, "env go version").code == Some(0), path.starts_with("/home"), "{path}");
        assert_eq!(alice(&machine), NONE, "{path}");
    }
}

#[test]
fn a_password_in_a_file_of_the_machine_is_named_to_whoever_can_read_it_and_stays() {
    let Some(machine) = machine() else { return };
    let proxy = format!("http://joe:{CANARY}@proxy.corp.example:3128");
    let file = "etc/environment";
    machine.write(file, &format!("LANG=C.UTF-8\nHTTPS_PROXY=\"{proxy}\"\n"), 0o644);
    assert_eq!(alice(&machine), ["secret.in-rc-file /etc/environment:2"]);
    let finding = machine.as_alice(&DOCTOR).json()["findings"][0].clone();
    assert_eq!((&finding["severity"], &finding["fix"]["automatic"]), (&"error".into(), &false.into()));
    let before = machine.everything();
    for as_root in [false, true] {
        let words = ["doctor", "--no-network", "--fix", "--yes"];
        let run = if as_root {
            machine.run(GVMR, &words)
        } else {
            machine.as_alice(&[&[GVMR][..], &words].concat())
        };
        assert!(run.code == Some(1) && !format!("{run:?}").contains(CANARY), "{run:#?}");
    }
    assert!(machine.everything() == before);
    machine.write("etc/profile.d/proxy.sh", &format!("export http_proxy={proxy}\n"), 0o644);
    machine.write(file, "HTTPS_PROXY=http://proxy.corp.example:3128\n", 0o644);
    assert_eq!(alice(&machine), ["secret.in-rc-file /etc/profile.d/proxy.sh:1"]);
    // Who cannot read the file learns nothing of it; root does.
    machine.write("etc/profile.d/proxy.sh", &format!("export http_proxy={proxy}\n"), 0o600);
    assert_eq!(alice(&machine), NONE);
    let run = machine.run(GVMR, &DOCTOR[1..]);
    assert_eq!(findings_of("/root", &run), ["secret.in-rc-file /etc/profile.d/proxy.sh:1"]);
    assert_eq!(run.json()["findings"][0]["severity"], "warning");
}

#[test]
fn a_goroot_that_the_machine_exports_is_named_unless_it_is_that_of_the_go() {
    let Some(machine) = machine() else { return };
    let file = "etc/profile.d/go.sh";
    // A go as a distribution has it: in each session, by a link.
    for directory in ["bin", "pkg/tool"] {
        machine.run("mkdir", &["-m", "755", "-p", &format!("/usr/local/go/{directory}")]).succeeds();
    }
    machine.write("usr/local/go/bin/go", "#!/bin/sh\necho \"${GOROOT-none}\"\n", 0o755);
    machine.write("usr/local/go/VERSION", "go1.20.1\n", 0o644);
    machine.run("chmod", &["-R", "a+rX", "/usr/local"]).succeeds();
    machine.run("ln", &["-s", "../go/bin/go", "/usr/local/bin/go"]).succeeds();
    for own in
        ["# export GOROOT=/opt\n", "export GOROOT=/usr/local/go\n", "export GOROOT=\n", "GOROOT=/opt\n"]
    {
        machine.write(file, own, 0o644);
        assert_eq!(alice(&machine), NONE, "{own}");
    }
    let text = "# go\nexport GOROOT=/opt/go1.4\n";
    machine.write(file, text, 0o644);
    assert_eq!(machine.as_alice(&["bash", "-lc", "go"]).succeeds(), "/opt/go1.4");
    assert_eq!(alice(&machine), ["goroot.exported /etc/profile.d/go.sh:2"]);
    let finding = machine.as_alice(&DOCTOR).json()["findings"][0].clone();
    assert_eq!((&finding["severity"], &finding["fix"]["automatic"]), (&"error".into(), &false.into()));
    assert_eq!(finding["sessions"], serde_json::json!(["bash login", "bash login command"]));
    machine.as_alice(&[GVMR, "doctor", "--no-network", "--fix", "--yes"]).exits(1, &[]);
    assert_eq!(std::fs::read_to_string(machine.path(file)).unwrap(), text);
    // gvmr's shim takes it away: other programs alone have it.
    machine.setup(&["--yes"]).succeeds();
    machine.run("/opt/gvmr/bin/gvmr", &["install", "1.98.1"]).succeeds();
    assert_eq!(alice(&machine), ["goroot.exported /etc/profile.d/go.sh:2"]);
    assert_eq!(machine.as_alice(&DOCTOR).json()["findings"][0]["severity"], "warning");
    let version = machine.as_alice(&["bash", "-lc", "go version"]).succeeds();
    assert_eq!(version, "go version go1.98.1 linux/amd64");
}

#[test]
fn a_machine_that_root_has_set_up_is_healthy_for_a_user_and_for_root() {
    let Some(machine) = machine() else { return };
    machine.run("cp", &["-a", "/etc/skel/.", "/root/"]).succeeds();
    machine.setup(&["--yes"]).succeeds();
    machine.run("/opt/gvmr/bin/gvmr", &["install", "1.98.1"]).succeeds();
    for program in [GVMR, "/opt/gvmr/shims/gvmr"] {
        let words = ["doctor", "--json", "--no-network"];
        let run = machine.as_alice(&[&[program][..], &words].concat());
        assert_eq!(findings_of("/home/alice", &run), NONE, "{}", run.stdout);
        let run = machine.run(program, &words);
        assert_eq!(findings_of("/root", &run), NONE, "{}", run.stdout);
    }
}
