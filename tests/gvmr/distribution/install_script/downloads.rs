//! Each shell with each downloader, from servers and directories, as a file and from a pipe.

use super::SHELLS;
use super::forged::{Release, VERSION};
use super::machine::{Machine, is_there, serve};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

/// The name that the script looks for, and the program behind it.
const DOWNLOADERS: [(&str, &str); 3] = [("curl", "curl"), ("wget", "wget"), ("wget", "busybox")];

/// The files that an installation is, and their modes.
const INSTALLED: [(&str, u32); 6] = [
    ("bin/gvmr", 0o755),
    ("bin/gvmr-shim", 0o755),
    ("share/man/man1/gvmr.1", 0o644),
    ("share/bash-completion/completions/gvmr", 0o644),
    ("share/zsh/site-functions/_gvmr", 0o644),
    ("share/fish/vendor_completions.d/gvmr.fish", 0o644),
];

fn are_there(programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| !is_there(program));
    missing.inspect(|program| skip(&format!("{program} is not installed"))).is_none()
}

#[test]
fn every_shell_installs_with_every_downloader() {
    for shell in SHELLS {
        for (name, program) in DOWNLOADERS {
            if !are_there(&[shell[0], program]) {
                continue;
            }
            let mut machine = Machine::bare(&[(name, program)]);
            machine.tool("id", "echo 1000");
            let server = serve(&machine.release(&Release::of(VERSION)));
            machine.world.set("GVMR_DIST", &server.url(""));
            let said = Run::of(&mut machine.command(shell, &[])).succeeds();
            assert!(said.contains("checked: sha256 (no signature: "), "{shell:?} {program}: {said}");
            machine.has(VERSION);
            for (file, mode) in INSTALLED {
                let file = machine.world.path("user/.local").join(file);
                assert_eq!(
                    fs::metadata(&file).unwrap().permissions().mode() & 0o7777,
                    mode,
                    "{}",
                    file.display()
                );
            }
            assert!(!machine.world.path("user/.local/share/doc").exists());
            assert_eq!(
                server.targets(),
                ["/dist.json".to_owned(), format!("/{}", Release::of(VERSION).archive_name())]
            );
        }
    }
}

#[test]
fn a_directory_needs_no_downloader() {
    for scheme in ["", "file://", "file://localhost"] {
        let mut machine = Machine::bare(&[]);
        machine.tool("id", "echo 1000");
        let directory = machine.release(&Release::of(VERSION));
        machine.world.set("GVMR_DIST", &format!("{scheme}{}/", directory.display()));
        machine.install(&[]).succeeds();
        machine.has(VERSION);
    }
}

#[test]
fn piped_to_a_shell_it_takes_options() {
    for line in ["cat \"$0\" | sh -s -- --to \"$1\"", "sh -c \"$(cat \"$0\")\" install.sh --to \"$1\""] {
        let mut machine = Machine::new();
        machine.release(&Release::of(VERSION));
        let mut command = machine.world.command("/bin/sh".as_ref(), &machine.world.path("user"));
        command.args(["-c", line]).arg(machine.script()).arg(machine.world.path("a place"));
        Run::of(&mut command).succeeds();
        assert!(machine.world.path("a place/gvmr").exists());
        assert!(!machine.world.path("share").exists(), "there is no bin beside which it would be");
    }
}

#[test]
fn a_cut_download_of_the_script_does_nothing() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    let script = fs::read(machine.script()).unwrap();
    let whole = script.len() - 1; // without the last newline it is whole
    let cuts = (0..whole).step_by(61).chain(whole - 40..whole);
    for cut in cuts {
        fs::write(machine.world.path("install.sh"), &script[..cut]).unwrap();
        let run = machine.install(&[]);
        assert!(!machine.bin().exists(), "{cut} of {whole} bytes: {run:#?}");
    }
}

#[test]
fn a_proxy_is_asked() {
    for (name, program) in DOWNLOADERS {
        if !are_there(&[program]) {
            continue;
        }
        let mut machine = Machine::bare(&[(name, program)]);
        machine.tool("id", "echo 1000");
        let directory = machine.release(&Release::of(VERSION));
        let proxy = Server::start(move |request| {
            let path = request.target.strip_prefix("http://gvmr.example/dist/");
            path.map_or(Reply::status(404), |name| Reply::file(directory.join(name)))
        });
        machine.world.set("GVMR_DIST", "http://gvmr.example/dist").set("http_proxy", &proxy.url(""));
        machine.install(&[]).succeeds();
        machine.has(VERSION);
    }
}

#[test]
fn a_redirect_may_not_leave_tls() {
    let Some(authority) = authority() else { return };
    let mut machine = Machine::new();
    let plain = serve(&machine.release(&Release::of(VERSION)));
    let to = plain.url("");
    let server = Server::start_tls(authority.server(), move |request| {
        Reply::redirect(302, &format!("{to}{}", request.target))
    });
    machine.world.set("GVMR_DIST", &server.url(""));
    machine.world.set("CURL_CA_BUNDLE", authority.certificate().to_str().unwrap());
    machine.install(&[]).exits(1, &["cannot get https://127.0.0.1"]);
    machine.has_nothing();
    assert_eq!(plain.targets(), [""; 0]);
}

#[test]
fn a_downloader_that_checks_no_certificate_is_refused() {
    let Some(authority) = authority() else { return };
    if !are_there(&["busybox"]) {
        return;
    }
    let mut machine = Machine::bare(&[("wget", "busybox")]);
    machine.tool("id", "echo 1000");
    let directory = machine.release(&Release::of(VERSION));
    let server = Server::start_tls(authority.server(), move |request| Reply::directory(&directory, request));
    machine.world.set("GVMR_DIST", &server.url(""));
    machine.install(&[]).exits(1, &["cannot get https://127.0.0.1"]);
    machine.has_nothing();
}

#[test]
fn a_progress_line_is_for_terminals_only() {
    let mut machine = Machine::new();
    let server = serve(&machine.release(&Release::of(VERSION)));
    machine.world.set("GVMR_DIST", &server.url(""));
    let run = machine.install(&[]);
    assert_eq!(run.stderr, "", "{run:#?}");
    if !are_there(&["script"]) {
        return;
    }
    fs::remove_dir_all(machine.bin()).unwrap();
    let mut command = machine.world.command("/usr/bin/script".as_ref(), &machine.world.path("user"));
    let line = format!("dash {}", machine.script().display());
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    let said = Run::of(&mut command).succeeds();
    assert!(said.contains("100.0%"), "{said}");
    machine.has(VERSION);
}
